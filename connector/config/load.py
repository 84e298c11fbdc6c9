"""The files of the house: the configuration, the customers' folder, the desks' mappings."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

import jmespath
from jmespath.exceptions import JMESPathError

from connector.config import yaml
from connector.config.basis import PriceLists
from connector.config.resources import packaged
from connector.config.validate import Unreadable, unreadable, validate
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.mapping import BooksMapping, DeskMapping
from connector.model.price_list import PriceList
from connector.model.problem import Problem
from connector.model.settings import Settings

_PACKAGED = "packaged:"
Noun = TypeVar("Noun")


class Customers(NamedTuple):
    """What a folder of customer files holds: the good ones in the order of their names, and what is wrong."""

    customers: list[tuple[Customer, Origin]]
    problems: list[Problem]


class ReadLists(NamedTuple):
    """What the folder of price lists holds, by name, and what is wrong with the others."""

    price_lists: PriceLists
    problems: list[Problem]


class Mappings(NamedTuple):
    """The mapping files of the configured desks, by desk name, and what is wrong with the others."""

    mappings: Mapping[str, tuple[DeskMapping, Origin]]
    problems: list[Problem]


def load_settings(path: Path) -> tuple[Settings, Origin]:
    """Read the configuration file.

    Raises:
        Unreadable: with every problem of the file.
    """
    tree, origin = yaml.read(path)
    return validate(Settings, tree, origin), origin


def load_customer(path: Path) -> tuple[Customer, Origin]:
    """Read one customer file; raises `Unreadable` with every problem of the file."""
    tree, origin = yaml.read(path)
    return validate(Customer, tree, origin), origin


def load_price_list(path: Path) -> tuple[PriceList, Origin]:
    """Read one price list; raises `Unreadable` with every problem of the file."""
    tree, origin = yaml.read(path)
    return validate(PriceList, tree, origin), origin


def load_mapping(path: Path) -> tuple[DeskMapping, Origin]:
    """Read a desk's mapping file; raises `Unreadable` with every problem of the file."""
    tree, origin = yaml.read(path)
    mapping = validate(DeskMapping, tree, origin)
    if problems := _unparsable(mapping, origin):
        raise Unreadable(problems)
    return mapping, origin


def _unparsable(mapping: DeskMapping, origin: Origin) -> list[Problem]:
    problems = []
    lookups = {
        **{f"facets.{facet}": lookup for facet, lookup in mapping.facets.items()},
        **{f"fields.{field}": lookup for field, lookup in mapping.fields.items()},
    }
    for path, lookup in lookups.items():
        try:
            jmespath.compile(lookup.from_)
        except JMESPathError:
            message = (
                f"from: '{lookup.from_}' is no JMESPath; write it as entry.activity or ticket.fields.site"
            )
            problems.append(unreadable(origin.source(f"{path}.from"), message))
    return problems


def load_books_mapping(path: Path) -> tuple[BooksMapping, Origin]:
    """Read the mapping file of an accounting system; raises `Unreadable` with every problem of the file."""
    tree, origin = yaml.read(path)
    return validate(BooksMapping, tree, origin), origin


def load_customers(
    folder: Path, read: Callable[[Path], tuple[Customer, Origin]] = load_customer
) -> Customers:
    """Read all ``*.yaml`` and ``*.yml`` files of a folder; a bad one is a problem and the others go on.

    Hidden files are passed over. ``read`` reads one file; it may know some already.

    Of files that claim the same ``customer`` none is taken: which one holds is for a person to say.

    Raises:
        Unreadable: the folder itself cannot be read.
    """
    found, problems = _read_all(_yaml_files(folder, "customers"), read)
    kept, twins = _without_twins("customer", [(noun.customer, noun, origin) for noun, origin in found])
    return Customers([pair for _, pair in kept], [*problems, *twins])


def load_price_lists(folder: Path) -> ReadLists:
    """Read all price lists of a folder, as `load_customers` does. No folder: no price lists.

    Raises:
        Unreadable: the folder cannot be read though it is there.
    """
    if not folder.exists():
        return ReadLists({}, [])
    found, problems = _read_all(_yaml_files(folder, "price_lists"), load_price_list)
    kept, twins = _without_twins("price_list", [(noun.price_list, noun, origin) for noun, origin in found])
    return ReadLists(dict(kept), [*problems, *twins])


def _read_all(
    paths: Iterable[Path], load: Callable[[Path], tuple[Noun, Origin]]
) -> tuple[list[tuple[Noun, Origin]], list[Problem]]:
    found: list[tuple[Noun, Origin]] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(load(path))
        except Unreadable as error:
            problems.extend(error.problems)
    return found, problems


def _yaml_files(folder: Path, key: str) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _is_yaml(path))
    except OSError as error:
        message = f"{folder}: cannot be read: {error.strerror}; check '{key}' in the configuration"
        raise Unreadable([Problem(code="unreadable", message=message)]) from None


def _is_yaml(path: Path) -> bool:
    hidden = path.name.startswith(".")  # as the lock that an editor puts beside a file
    return path.suffix.lower() in {".yaml", ".yml"} and not hidden


def _without_twins(
    key: str, found: list[tuple[str, Noun, Origin]]
) -> tuple[list[tuple[str, tuple[Noun, Origin]]], list[Problem]]:
    """Part what has a name of its own from the problems of files that claim the same one."""
    files: dict[str, list[str]] = {}
    for name, _, origin in found:
        files.setdefault(name, []).append(origin.file)
    code = "customer_twice" if key == "customer" else "price_list_twice"
    problems = [
        Problem(
            code=code,
            message=f"{key.replace('_', ' ')} '{name}' stands in {', '.join(others)} too; rename one",
            about=name if key == "customer" else "",
            source=origin.source(key),
        )
        for name, _, origin in found
        if (others := [file for file in files[name] if file != origin.file])
    ]
    return [(name, (noun, origin)) for name, noun, origin in found if len(files[name]) == 1], problems


def load_mappings(settings: Settings, origin: Origin) -> Mappings:
    """Read the mapping file of each configured desk; paths are relative to the configuration file."""
    mappings: dict[str, tuple[DeskMapping, Origin]] = {}
    problems: list[Problem] = []
    for desk, options in settings.desks.items():
        try:
            mappings[desk] = load_mapping(mapping_path(options.mapping, Path(origin.file).parent))
        except Unreadable as error:
            problems.extend(error.problems)
    return Mappings(mappings, problems)


def mapping_path(written: str, folder: Path, shelf: str = "desks") -> Path:
    """Find a mapping file as the configuration writes it: a path from its folder, or ``packaged:NAME``."""
    if written.startswith(_PACKAGED):
        return packaged(shelf, f"{written.removeprefix(_PACKAGED)}.yaml")
    return folder / written
