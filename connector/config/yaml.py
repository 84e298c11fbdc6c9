"""The strict reader: YAML becomes dicts, lists and texts, and every part keeps the place where it stands.

YAML's guessing is left out: ``20:00`` stays ``20:00`` and ``NO`` stays ``NO``; the nouns give the types.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from connector.config.validate import Unreadable, unreadable
from connector.model.basis import Origin
from connector.model.problem import Problem, Source

_At = tuple[int, int]  # line and column, from 1

_DEEPEST = 40
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> tuple[Any, Origin]:
    """Read one file.

    Raises:
        Unreadable: it cannot be opened, is not UTF-8, or is not the plain YAML that we take.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror}; check the path and its rights"
        raise _refused(str(path), 1, 1, reason) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8-sig"))
        reason = "this is not UTF-8; save the file with the encoding UTF-8"
        raise _refused(str(path), line, column, reason) from None
    return parse(text, str(path))


def parse(text: str, file: str) -> tuple[Any, Origin]:
    """Read YAML text; ``file`` is what citations call it. Errors as `read`."""
    if "\t" in text:
        line, column = _place(text[: text.index("\t")])
        raise _refused(file, line, column, "a tab stands here; write spaces")
    builder = _Builder(file, _events(text, file))
    tree = builder.document()
    if builder.problems:
        raise Unreadable(builder.problems)
    return tree, Origin(file=file, lines=builder.lines, keys=builder.keys)


def _start(event: Any) -> _At:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _place(before: str) -> _At:
    """Count line and column, from 1, of what follows this text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _refused(file: str, line: int, column: int, message: str) -> Unreadable:
    return Unreadable([unreadable(Source(file=file, line=line, column=column), message)])


def _events(text: str, file: str) -> Iterator[Any]:
    try:
        try:
            return iter(list(yaml.parse(text, _FAST)))
        except yaml.YAMLError:
            # The slow reader tells the error: the fast one's words differ by platform, and it counts bytes.
            return iter(list(yaml.parse(text, yaml.SafeLoader)))
    except yaml.reader.ReaderError as error:
        line, column = _place(text[: error.position])
        raise _refused(file, line, column, "a control character stands here; remove it") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = f"this is not YAML: {error.problem}; check the indentation, and quote text with ': ' or '#'"
        raise _refused(file, line, column, reason) from None


class _Builder:
    """Builds the tree from the parser's events and collects what is refused."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self.file = file
        self.events = events
        self.problems: list[Problem] = []
        self.lines: dict[str, _At] = {}
        self.keys: dict[str, _At] = {}

    def document(self) -> Any:
        next(self.events)  # the stream's start
        start = next(self.events)
        if not isinstance(start, yaml.DocumentStartEvent):
            self.refuse(start, "the file is empty")
            return None
        if start.version or start.tags:
            self.refuse(start, "a % directive is not taken; remove it")
        tree = self.node(next(self.events), "", 0)
        next(self.events)  # the document's end
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            self.refuse(after, "a second document begins here; put it into a file of its own")
        return tree

    def refuse(self, event: Any, message: str, place: _At | None = None) -> None:
        line, column = place or _start(event)
        self.problems.append(unreadable(Source(file=self.file, line=line, column=column), message))

    def node(self, event: Any, path: str, depth: int) -> Any:
        self.lines.setdefault(path, _start(event))
        if depth > _DEEPEST:
            self.refuse(event, "this is nested too deep")
            raise Unreadable(self.problems)
        if isinstance(event, yaml.AliasEvent):
            self.refuse(event, f"alias '*{event.anchor}' is not taken; write the value out")
            return ""
        if event.anchor:
            self.refuse(
                event, f"anchor '&{event.anchor}' is not taken; write the value out where it is needed"
            )
        if event.tag:
            self.refuse(event, f"tag '{event.tag}' is not taken; remove it, every value is read as text")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, depth)
        return self.scalar(event, path)

    def scalar(self, event: Any, path: str) -> str:
        value: str = event.value
        if not value and not event.style:
            name = path.rpartition(".")[2]
            what = (
                f"no value stands after '{name}:'" if name and not name.isdigit() else "no value stands here"
            )
            self.refuse(event, f"{what}; write one or remove it", self.keys.get(path))
        return value.rstrip("\n") if event.style in ("|", ">") else value

    def sequence(self, path: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, _joined(path, str(len(items))), depth + 1))
        return items

    def mapping(self, path: str, depth: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, depth)
            inner, place = _joined(path, key), _start(event)
            if key in pairs:
                first = self.keys[inner][0]
                self.refuse(event, f"key '{key}' stands twice, first in line {first}; keep one of them")
            self.keys.setdefault(inner, place)
            value = next(self.events)
            if not isinstance(value, yaml.ScalarEvent):
                self.lines.setdefault(inner, place)  # a block is cited by its key
            pairs[key] = self.node(value, inner, depth + 1)
        return pairs

    def key(self, event: Any, depth: int) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse(
                event, "a key must be one word or text; put text that begins with [, {, & or * in quotes"
            )
            self.node(event, "?", depth + 1)
            return "?"
        if event.value == "<<" and not event.style:
            self.refuse(event, "merge key '<<' is not taken; write the keys out")
        elif not event.value and not event.style:
            self.refuse(event, "a key is missing before ':'")
        if event.anchor or event.tag:
            self.refuse(event, "a key takes neither anchor nor tag; remove it")
        return str(event.value)


def _joined(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part
