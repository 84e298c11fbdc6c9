"""The proof-reader: a written tree becomes a noun, or sentences that say where, what and how to mend it."""

import difflib
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from connector.model.basis import Origin
from connector.model.problem import Problem, Source

Noun = TypeVar("Noun", bound=BaseModel)
_Place = tuple[int | str, ...]

_SHOWN = 60  # characters of a wrong value that a sentence repeats

_KEYS = "keys with values belong here, as 'key: value', but {found} stands here"
_LIST = "a list belongs here, as [a, b] or one '- a' a line, but {found} stands here"
_SENTENCES = {
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "dict_type": _KEYS,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "string_type": "one value belongs here, but {found} stands here",
    "string_too_short": "the text is empty; write one or remove the key",
    "int_type": "{found} is no whole number",
    "int_parsing": "{found} is no whole number",
    "decimal_parsing": "{found} is no number",
}
_FORMS = {
    r"^[A-Z]{2}$": "two capital letters, as DE",
    r"^[A-Z]{3}$": "three capital letters, as EUR",
    r"^[0-9A-Z]{2,4}$": "a code of 2 to 4 capital letters or digits, as EM or 0204",
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": "letters, digits, '.', '_' and '-' without spaces, as support-2026",
}


class Unreadable(Exception):
    """A file that cannot be used as it stands, with every problem found in it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(cited(problem) for problem in self.problems))


def cited(problem: Problem) -> str:
    """Write a problem as ``file:line:column: sentence``."""
    return f"{problem.source}: {problem.message}" if problem.source else problem.message


def unreadable(source: Source, message: str) -> Problem:
    """Make the problem of a place that cannot be read."""
    return Problem(code="unreadable", message=message, source=source)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Point to the known word that was probably meant, or list them all."""
    choices = list(known)
    swapped = [one for one in choices if sorted(one) == sorted(word)]
    close = swapped or difflib.get_close_matches(word, choices, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"possible: {', '.join(choices)}" if choices else "there are none to choose from"


def validate(noun: type[Noun], tree: Any, origin: Origin, at: str = "") -> Noun:
    """Make a noun of a tree of texts.

    Args:
        noun: the model, whose own ``ValueError`` sentences are passed on as they are.
        tree: dicts, lists and texts, as `connector.config.yaml` reads them.
        origin: where the file's parts stand.
        at: the path of ``tree`` within the file, e.g. ``desks.zammad.options``.

    Raises:
        Unreadable: with all problems, in the order of the file.
    """
    try:
        return noun.model_validate(tree, by_alias=True, by_name=False)
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = [_problem(noun, detail, origin, at) for detail in _chosen(details)]
    raise Unreadable(sorted(problems, key=_position))


def _chosen(details: Iterable[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Of a value that may be a word or a block of keys, keep what is said of the form that was written."""
    for detail in details:
        place, kind = detail["loc"], detail["type"]
        arm = next((part for part in place if isinstance(part, str) and re.match(_ARM, part)), None)
        if arm is None:
            yield detail
        elif (kind, isinstance(detail["input"], dict)) != ("literal_error", True) and (
            kind != "model_type" or place[-1] != arm
        ):
            yield {**detail, "loc": tuple(part for part in place if part != arm)}


#: How pydantic names the forms of a choice within a place.
_ARM = r"(literal|function-after)\["


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.source.line, problem.source.column) if problem.source else (0, 0)


def _problem(noun: type[BaseModel], detail: ErrorDetails, origin: Origin, at: str) -> Problem:
    place, kind = detail["loc"], detail["type"]
    of_key = place[-1:] == ("[key]",)
    if of_key:
        place = place[:-1]
    path = ".".join([*filter(None, [at]), *map(str, place)])
    source = origin.key_source(path) if of_key or kind == "extra_forbidden" else origin.source(path)
    if kind == "missing":
        return unreadable(source, f"'{place[-1]}' is missing{_within(place)}; add the key with its value")
    if kind == "extra_forbidden" or (of_key and kind == "literal_error"):
        known = _expected(detail) if of_key else _keys(noun, place[:-1])
        key = str(place[-1])
        return unreadable(source, f"unknown key '{key}'{_within(place)}; {suggestion(key, known)}")
    label = _label(place)
    return unreadable(source, f"{label}: {_sentence(detail)}" if label else _sentence(detail))


def _sentence(detail: ErrorDetails) -> str:
    kind, found, context = detail["type"], _found(detail["input"]), detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"]).replace(f"'{detail['input']}'", found)
    if kind == "literal_error":
        return f"{found} is not possible; {suggestion(str(detail['input']), _expected(detail))}"
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        return f"{found} has the wrong form; write {_FORMS.get(pattern, f'it in the form {pattern}')}"
    return _SENTENCES.get(kind, "{found} does not fit here").format(found=found)


def _expected(detail: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))


def _found(value: Any) -> str:
    if isinstance(value, dict):
        return "a block of keys"
    if isinstance(value, list | tuple):
        return "a list"
    return f"'{textwrap.shorten(str(value), _SHOWN, placeholder='...')}'"


def _label(place: _Place) -> str:
    """Name a place by its key, with the index if it is an item: ``rates[2]``."""
    indexes: list[str] = []
    for part in reversed(place):
        if isinstance(part, str):
            return part + "".join(indexes)
        indexes.insert(0, f"[{part}]")
    return "".join(indexes)


def _within(place: _Place) -> str:
    label = _label(place[:-1])
    return f" in {label}" if label else ""


def _keys(noun: Any, place: _Place) -> list[str]:
    for part in place:
        noun = _part(noun, part)
    noun = _bare(noun)
    return [field.alias or name for name, field in noun.model_fields.items()]


def _part(noun: Any, part: int | str) -> Any:
    noun = _bare(noun)
    if isinstance(part, int):
        return get_args(noun)[0]
    if get_origin(noun) is dict:
        return get_args(noun)[1]
    return next(
        field.annotation for name, field in noun.model_fields.items() if (field.alias or name) == part
    )


def _bare(noun: Any) -> Any:
    """Take off the wrappings of a type: annotations and 'or nothing'."""
    while get_origin(noun) in (Annotated, Union, UnionType):
        kinds = [kind for kind in get_args(noun) if kind is not NoneType]
        models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        noun = (models or kinds)[0]
    return noun
