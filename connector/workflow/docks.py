"""The docks: the installed adapters, and their options read from the configuration."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from connector.config.load import load_books_mapping
from connector.config.validate import Unreadable, validate
from connector.http import ConfigError
from connector.model.basis import Origin
from connector.model.mapping import DeskMapping
from connector.model.problem import Problem
from connector.model.settings import BooksSettings, DeskSettings, Settings
from connector.model.written import Written

Group = Literal["desks", "books"]


class Adapter(Protocol):
    """What a module under the entry-point groups `deskbill.desks` and `deskbill.books` exports."""

    Settings: type[Written]

    def connect(self, settings: Any, session: Any) -> Any:
        """Return a `Desk` or `Books` on a session, or on a `Folder` where the settings have no ``url``."""


def read_options(
    settings: Settings, origin: Origin, mappings: Mapping[str, DeskMapping]
) -> dict[tuple[Group, str], Written]:
    """Check every adapter's options, so that a wrong one is told as file:line:column like any other."""
    found: dict[tuple[Group, str], Written] = {}
    problems: list[Problem] = []
    docks: list[tuple[Group, str, DeskSettings | BooksSettings, dict[str, Any]]] = [
        *(("desks", name, desk, {"time": mappings[name].time}) for name, desk in settings.desks.items()),
        *(("books", name, books, _tables(origin, books)) for name, books in settings.books.items()),
    ]
    for group, name, dock, extra in docks:
        wanted = adapter_of(group, dock.adapter).Settings
        try:
            tree = {**dock.options, **extra, "name": name}
            found[group, name] = validate(wanted, tree, origin, at=f"{group}.{name}.options")
        except Unreadable as error:
            problems += error.problems
    if problems:
        raise Unreadable(problems)
    return found


def _tables(origin: Origin, books: BooksSettings) -> dict[str, Any]:
    """Read the lookup tables of an accounting system, which become options of its adapter."""
    if books.mapping is None:
        return {}
    mapping, _ = load_books_mapping(Path(origin.file).parent / books.mapping)
    return mapping.model_dump(exclude_defaults=True)


def adapters(group: Group) -> dict[str, EntryPoint]:
    """List the installed adapters by name, ours and those of other packages."""
    return {entry.name: entry for entry in entry_points(group=f"deskbill.{group}")}


def adapter_of(group: Group, name: str) -> Adapter:
    """Load an adapter's module.

    Raises:
        ConfigError: there is none of that name, or it cannot be loaded.
    """
    known = adapters(group)
    if name not in known:
        installed = ", ".join(sorted(known)) or "none"
        raise ConfigError(f"no adapter '{name}' for {group}; installed are: {installed}")
    try:
        return cast("Adapter", known[name].load())
    except ImportError as error:
        raise ConfigError(f"the adapter '{name}' for {group} cannot be loaded: {error}") from error


def secret_names(settings: Written) -> list[str]:
    """Name the secrets that an adapter's settings point to: the options ``secret`` and ``..._secret``."""
    return [value for key, value in settings if value and (key == "secret" or key.endswith("_secret"))]
