"""A usage mapping tried on a file, without keeping anything."""

from dataclasses import dataclass
from pathlib import Path

from connector.config.usage import read_usage_file
from connector.mapping.owner import Owners
from connector.mapping.usage_rows import Broken, read_usage
from connector.mapping.usage_words import resolve_usage
from connector.model.problem import Problem
from connector.model.usage import UsageRecord
from connector.workflow.house import House
from connector.workflow.usage import mapping_of, with_tickets


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A record in the contract's words, and whose it is."""

    record: UsageRecord
    customer: str  #: empty: no customer file fits


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a file holds by a mapping."""

    records: tuple[Trial, ...] = ()
    problems: tuple[Problem, ...] = ()


def tried(house: House, path: Path, source: str) -> Tried:
    """Read a file by a source's mapping.

    Raises:
        ConfigError: the configuration has no such source.
        Unreadable: the file cannot be read.
    """
    mapping = mapping_of(house, source)
    try:
        reading = read_usage(read_usage_file(path, mapping).text, str(path), source, mapping)
    except Broken as error:
        return Tried(problems=(error.problem,))
    rows, unknown = with_tickets(house, reading.rows, mapping)
    owners = Owners(house.customers.values())
    trials: list[Trial] = []
    for row in rows:
        customer = owners.customer_of(row.owned_at, row.owner)
        zone = house.customers[customer].timezone if customer else house.settings.timezone
        trials.append(Trial(record=resolve_usage(row, mapping, zone), customer=customer))
    problems = [*reading.problems, *unknown]
    problems += [each.record.problem for each in trials if each.record.problem]
    problems += [_nobody(each) for each in trials if not each.customer]
    return Tried(records=tuple(trials), problems=tuple(problems))


def _nobody(each: Trial) -> Problem:
    message = "no customer file finds it by its 'match'; add its words there"
    return Problem(code="customer_unknown", about=each.record.key, message=message)
