"""Two sides of a comparison: the house as its files were at a revision, or as one file says, and as it is.

Both sides look at the same ledger. Nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from connector.config.check import sound
from connector.config.load import (
    load_customer,
    load_customers,
    load_mapping,
    load_price_lists,
    load_settings,
    mapping_path,
)
from connector.config.usage import load_usage_mapping
from connector.config.validate import Unreadable
from connector.git import Revision, checked_out
from connector.http import ConfigError
from connector.mapping.owner import Owners
from connector.model.basis import Basis, Origin
from connector.model.contract import Customer
from connector.model.mapping import DeskMapping
from connector.model.problem import Problem
from connector.model.settings import Settings
from connector.model.usage_mapping import UsageMapping
from connector.store.work import owners
from connector.workflow.basis import basis_now
from connector.workflow.house import House

Read = tuple[Customer, Origin]


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The same house, written in two ways."""

    old: House
    new: House
    old_name: str
    new_name: str
    problems: tuple[Problem, ...] = ()  #: of customer files of either side
    unread: frozenset[str] = frozenset()  #: customers whose file only one side can read

    def customers(self) -> list[str]:
        """Name all customers that can be compared."""
        return sorted({*self.old.customers, *self.new.customers} - self.unread)


@contextmanager
def since(house: House, revision: str) -> Iterator[Sides]:
    """Hold the files of a revision of the house's repository against the working tree.

    Raises:
        ConfigError: there is no git, no repository, or no such revision.
        Unreadable: the configuration or a mapping of that revision is wrong.
    """
    with checked_out(house.path.parent, revision) as copy:
        try:
            old = _as_of(house, copy)
        except Unreadable as error:
            raise Unreadable([_cited(problem, copy) for problem in error.problems]) from None
        yield _sides(house, old, copy)


def _sides(house: House, old: House, copy: Revision) -> Sides:
    bad_now = _broken(house.problems, house.path.parent)
    bad_then = _broken(old.problems, copy.folder)
    unread = [
        *(name for name in old.customers.keys() - house.customers if _at(old, name, copy.folder) in bad_now),
        *(
            name
            for name in house.customers.keys() - old.customers
            if _at(house, name, house.path.parent) in bad_then
        ),
    ]
    origins = {
        name: origin.model_copy(update={"file": copy.cite(origin.file)})
        for name, origin in old.origins.items()
    }
    list_origins = {
        name: origin.model_copy(update={"file": copy.cite(origin.file)})
        for name, origin in old.list_origins.items()
    }
    told = [problem for problem in house.problems if problem.source]
    told += [cited for problem in old.problems if (cited := _cited(problem, copy)) not in told]
    return Sides(
        old=replace(old, origins=origins, list_origins=list_origins),
        new=house,
        old_name=copy.name,
        new_name="working tree",
        problems=tuple(told),
        unread=frozenset(unread),
    )


def _at(house: House, name: str, folder: Path) -> str:
    return _from(house.origins[name].file, folder)


def _from(file: str, folder: Path) -> str:
    """Write a file as a path from the house's folder."""
    return file.removeprefix(f"{folder}/")


def _broken(problems: Iterable[Problem], folder: Path) -> frozenset[str]:
    return frozenset(_from(problem.source.file, folder) for problem in problems if problem.source)


def _cited(problem: Problem, copy: Revision) -> Problem:
    source = problem.source and replace(problem.source, file=copy.cite(problem.source.file))
    return replace(problem, source=source, message=copy.cite(problem.message))


def _as_of(house: House, copy: Revision) -> House:
    """Return the house by the files of a revision; what the repository does not hold is taken as it is."""
    config = copy.folder / house.path.name
    settings, origin = load_settings(config) if config.is_file() else (house.settings, house.origin)
    mappings = _mappings(house, settings, copy)
    written, problems = _customers(house, settings, copy)
    lists, list_faults = load_price_lists(copy.folder / settings.price_lists)
    usage = _usage_mappings(house, settings, copy)
    kept, errors = sound(written, settings, mappings, lists, usage)
    return replace(
        house,
        settings=settings,
        origin=origin,
        mappings=mappings,
        usage_mappings=usage,
        customers={customer.customer: customer for customer, _ in kept},
        origins={customer.customer: place for customer, place in kept},
        price_lists={name: noun for name, (noun, _) in lists.items()},
        list_origins={name: place for name, (_, place) in lists.items()},
        problems=(*problems, *list_faults, *errors),
    )


def _mappings(house: House, settings: Settings, copy: Revision) -> Mapping[str, DeskMapping]:
    found: dict[str, DeskMapping] = {}
    for desk, options in settings.desks.items():
        path = mapping_path(options.mapping, copy.folder)
        if desk in house.mappings and not path.is_file():
            found[desk] = house.mappings[desk]
        else:
            found[desk], _ = load_mapping(path)
    return found


def _usage_mappings(house: House, settings: Settings, copy: Revision) -> Mapping[str, UsageMapping]:
    found: dict[str, UsageMapping] = {}
    for source, options in settings.usage.items():
        path = mapping_path(options.mapping, copy.folder, shelf="usage")
        if source in house.usage_mappings and not path.is_file():
            found[source] = house.usage_mappings[source]
        else:
            found[source], _ = load_usage_mapping(path)
    return found


def _customers(house: House, settings: Settings, copy: Revision) -> tuple[list[Read], list[Problem]]:
    """Read the customer files of a revision; one that is the same now was read with the house."""
    now = {
        _at(house, name, house.path.parent): (house.customers[name], house.origins[name])
        for name in house.customers
    }
    folder = copy.folder / settings.customers

    def read(path: Path) -> Read:
        name = _from(str(path), copy.folder)
        return load_customer(path) if copy.differs(name) or name not in now else now[name]

    return load_customers(folder, read) if folder.is_dir() else ([], [])


def of_files(house: House, old: Path, new: Path) -> Sides:
    """Hold one customer file against another of the same customer; all else is as it is.

    Raises:
        Unreadable: one of them is wrong.
        ConfigError: they name two customers.
    """
    was, now = trial(house, old), trial(house, new)
    if was[0].customer != now[0].customer:
        raise ConfigError(
            f"{old} is of customer '{was[0].customer}', {new} of '{now[0].customer}'; "
            "compare two files of the same customer"
        )
    return Sides(
        old=with_customer(house, was), new=with_customer(house, now), old_name=str(old), new_name=str(new)
    )


def trial(house: House, file: Path) -> Read:
    """Read a customer file that need not stand in the customers' folder.

    Raises:
        Unreadable: it is wrong.
    """
    return checked(house, load_customer(file))


def checked(house: House, read: Read) -> Read:
    """Return a customer as it was read; raise `Unreadable` if it could not be billed so."""
    kept, errors = sound([read], house.settings, house.mappings, usage=house.usage_mappings)
    if errors:
        raise Unreadable(errors)
    return kept[0]


def with_customer(house: House, read: Read) -> House:
    """Return the house with one customer written in another way."""
    customer, origin = read
    return replace(
        house,
        customers={**house.customers, customer.customer: customer},
        origins={**house.origins, customer.customer: origin},
    )


def affected(sides: Sides) -> list[str]:
    """Name the customers of whom a rating may come out differently: rated by other terms, or other work."""
    moved = _moved(sides)
    return [name for name in sides.customers() if name in moved or not _same_terms(sides, name)]


def _same_terms(sides: Sides, name: str) -> bool:
    both = name in sides.old.customers and name in sides.new.customers
    return both and _terms(sides.old, name) == _terms(sides.new, name)


def _terms(house: House, name: str) -> Basis:
    return basis_now(house, name).model_copy(update={"origin": Origin(), "list_origins": {}})


def _moved(sides: Sides) -> frozenset[str]:
    """Name the customers who have work on one side that is not theirs on the other."""
    then, now = Owners(sides.old.customers.values()), Owners(sides.new.customers.values())
    moved: set[str] = set()
    for desk, words in owners(sides.new.store).values():
        mine, theirs = then.customer_of(desk, words), now.customer_of(desk, words)
        if mine != theirs:
            moved |= {mine, theirs}
    return frozenset(moved)
