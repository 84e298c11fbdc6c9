"""The files of the house: the configuration, the customers' folder, the desks' mappings."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import jmespath
from jmespath.exceptions import JMESPathError

from connector.config import yaml
from connector.config.resources import packaged
from connector.config.validate import Unreadable, unreadable, validate
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.mapping import BooksMapping, DeskMapping
from connector.model.problem import Problem
from connector.model.settings import Settings

_PACKAGED = "packaged:"


class Customers(NamedTuple):
    """What a folder of customer files holds: the good ones in the order of their names, and what is wrong."""

    customers: list[tuple[Customer, Origin]]
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


def load_mapping(path: Path) -> tuple[DeskMapping, Origin]:
    """Read a desk's mapping file; raises `Unreadable` with every problem of the file."""
    tree, origin = yaml.read(path)
    mapping = validate(DeskMapping, tree, origin)
    if problems := _unparsable(mapping, origin):
        raise Unreadable(problems)
    return mapping, origin


def _unparsable(mapping: DeskMapping, origin: Origin) -> list[Problem]:
    problems = []
    for facet, lookup in mapping.facets.items():
        try:
            jmespath.compile(lookup.from_)
        except JMESPathError:
            message = (
                f"from: '{lookup.from_}' is no JMESPath; write it as entry.activity or ticket.fields.site"
            )
            problems.append(unreadable(origin.source(f"facets.{facet}.from"), message))
    return problems


def load_books_mapping(path: Path) -> tuple[BooksMapping, Origin]:
    """Read the mapping file of an accounting system; raises `Unreadable` with every problem of the file."""
    tree, origin = yaml.read(path)
    return validate(BooksMapping, tree, origin), origin


def load_customers(folder: Path) -> Customers:
    """Read all ``*.yaml`` and ``*.yml`` files of a folder; a bad one is a problem and the others go on.

    Hidden files are passed over.

    Of files that claim the same ``customer`` none is taken: which one holds is for a person to say.

    Raises:
        Unreadable: the folder itself cannot be read.
    """
    found: list[tuple[Customer, Origin]] = []
    problems: list[Problem] = []
    for path in _yaml_files(folder):
        try:
            found.append(load_customer(path))
        except Unreadable as error:
            problems.extend(error.problems)
    return _without_twins(found, problems)


def _yaml_files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _is_yaml(path))
    except OSError as error:
        message = f"{folder}: cannot be read: {error.strerror}; check 'customers' in the configuration"
        raise Unreadable([Problem(code="unreadable", message=message)]) from None


def _is_yaml(path: Path) -> bool:
    hidden = path.name.startswith(".")  # as the lock that an editor puts beside a file
    return path.suffix.lower() in {".yaml", ".yml"} and not hidden


def _without_twins(found: list[tuple[Customer, Origin]], problems: list[Problem]) -> Customers:
    files: dict[str, list[str]] = {}
    for customer, origin in found:
        files.setdefault(customer.customer, []).append(origin.file)
    for customer, origin in found:
        others = [file for file in files[customer.customer] if file != origin.file]
        if others:
            message = f"customer '{customer.customer}' stands in {', '.join(others)} too; rename one"
            problems.append(
                Problem(
                    code="customer_twice",
                    message=message,
                    about=customer.customer,
                    source=origin.source("customer"),
                )
            )
    return Customers([pair for pair in found if len(files[pair[0].customer]) == 1], problems)


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
