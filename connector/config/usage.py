"""Usage sources: their mapping files, and the files that they name."""

import hashlib
from collections.abc import Mapping
from glob import glob
from pathlib import Path
from typing import NamedTuple

from connector.config import yaml
from connector.config.load import mapping_path
from connector.config.validate import Unreadable, unreadable, validate
from connector.model.basis import Origin
from connector.model.problem import Problem, Source
from connector.model.settings import Settings, UsageSettings
from connector.model.usage_mapping import UsageMapping


class UsageMappings(NamedTuple):
    """The mapping files of the configured usage sources, by source, and what is wrong with the others."""

    mappings: Mapping[str, UsageMapping]
    problems: list[Problem]


class UsageFile(NamedTuple):
    """A usage file's content."""

    text: str
    digest: str  #: of the file together with its mapping: with both the same, there is nothing to read


def load_usage_mapping(path: Path) -> tuple[UsageMapping, Origin]:
    """Read the mapping file of a usage source; raises `Unreadable` with every problem of the file."""
    tree, origin = yaml.read(path)
    return validate(UsageMapping, tree, origin), origin


def load_usage_mappings(settings: Settings, origin: Origin) -> UsageMappings:
    """Read the mapping file of each usage source; paths are relative to the configuration file."""
    mappings: dict[str, UsageMapping] = {}
    problems: list[Problem] = []
    for source, options in settings.usage.items():
        if source in settings.desks:
            message = f"'{source}' is a desk too; customers' words are found by that name, so choose another"
            problems.append(unreadable(origin.key_source(f"usage.{source}"), message))
        path = mapping_path(options.mapping, Path(origin.file).parent, shelf="usage")
        try:
            mappings[source], place = load_usage_mapping(path)
        except Unreadable as error:
            problems.extend(error.problems)
            continue
        problems.extend(_desk_faults(mappings[source], place, settings))
    return UsageMappings(mappings, problems)


def _desk_faults(mapping: UsageMapping, place: Origin, settings: Settings) -> list[Problem]:
    ticket = mapping.columns.ticket
    if ticket is None or ticket.desk in settings.desks:
        return []
    message = (
        f"desk '{ticket.desk}' is not in the configuration; there are: {', '.join(settings.desks) or 'none'}"
    )
    return [unreadable(place.source("columns.ticket.desk"), message)]


def usage_files(source: UsageSettings, folder: Path) -> list[str]:
    """Find the files of a source, in order; hidden ones are passed over. Names are relative to the folder."""
    found = {name for pattern in source.files for name in _matching(pattern, folder)}
    return sorted(name for name in found if (folder / name).is_file())


def _matching(pattern: str, folder: Path) -> list[str]:
    return glob(pattern, root_dir=folder)  # noqa: PTH207 (Path.glob refuses a pattern that begins at the root)


def read_usage_file(path: Path, mapping: UsageMapping) -> UsageFile:
    """Read a usage file.

    Raises:
        Unreadable: it is gone, may not be read, or is written in another encoding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable([_broken(path, f"cannot be read: {error.strerror}")]) from None
    encoding = "utf-8-sig" if mapping.encoding.lower() in ("utf-8", "utf8") else mapping.encoding
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"is not written in {mapping.encoding}; see 'encoding' in the mapping"
        raise Unreadable([_broken(path, message, line)]) from None
    digest = hashlib.sha256(content + mapping.model_dump_json(by_alias=True).encode()).hexdigest()
    return UsageFile(text, digest)


def _broken(path: Path, message: str, line: int = 1) -> Problem:
    return Problem(code="usage_file", message=message, source=Source(file=str(path), line=line))
