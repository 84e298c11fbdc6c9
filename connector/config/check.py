"""The contract check: what can be read but cannot be meant, with the line and how to mend it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from connector.config.basis import tax_problems
from connector.config.calendars import calendar_problems
from connector.config.check_contract import Fault, contract_faults
from connector.config.check_customer import customer_faults
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.mapping import DeskMapping
from connector.model.problem import Problem
from connector.model.settings import Settings


class Findings(NamedTuple):
    """What a check found. With an error the file would bill wrongly or not at all; a warning may be meant."""

    errors: list[Problem]
    warnings: list[Problem]


def check_house(
    settings: Settings,
    origin: Origin,
    customers: Sequence[tuple[Customer, Origin]],
    mappings: Mapping[str, DeskMapping],
) -> Findings:
    """Check the configuration, every customer, and the customers against each other."""
    findings = _sorted(settings_faults(settings), "", origin)
    for customer, place in customers:
        found = check_customer(customer, place, settings, mappings)
        findings.errors.extend(found.errors)
        findings.warnings.extend(found.warnings)
    for (one, one_place), (other, other_place) in combinations(customers, 2):
        for desk in _shared_desks(one, other):
            fault = _match_twice(desk, other, other_place)
            findings.errors.append(_problem(fault, one.customer, one_place))
    return findings


def sound(
    customers: Iterable[tuple[Customer, Origin]], settings: Settings, mappings: Mapping[str, DeskMapping]
) -> tuple[list[tuple[Customer, Origin]], list[Problem]]:
    """Keep the customers whose files have no error; return with them the errors of those left out."""
    kept, errors = [], []
    for customer, place in customers:
        found = check_customer(customer, place, settings, mappings).errors
        errors.extend(found)
        if not found:
            kept.append((customer, place))
    return kept, errors


def check_customer(
    customer: Customer, origin: Origin, settings: Settings, mappings: Mapping[str, DeskMapping]
) -> Findings:
    """Check one customer file against the configuration and the mappings (by desk name)."""
    faults = [*customer_faults(customer, settings, mappings)]
    for index, contract in enumerate(customer.contracts):
        faults.extend(contract_faults(contract, f"contracts.{index}", customer, origin))
    findings = _sorted(faults, customer.customer, origin)
    findings.errors.extend(tax_problems(customer, origin, settings))
    findings.errors.extend(calendar_problems(customer, origin))
    return Findings(sorted(findings.errors, key=_line), sorted(findings.warnings, key=_line))


def settings_faults(settings: Settings) -> Iterator[Fault]:
    """Find tax codes that say nothing or say it twice."""
    for code, tax in settings.taxes.items():
        days = [rate.from_ for rate in tax.rates]
        if not days:
            yield Fault(code="tax_without_rate", path=f"taxes.{code}", message=f"tax '{code}' has no rate")
        for index, day in enumerate(days):
            if day in days[:index]:
                message = f"tax '{code}' has two rates from {day}; keep one of them"
                yield Fault(code="tax_rate_twice", path=f"taxes.{code}.rates.{index}", message=message)


def _sorted(faults: Iterable[Fault], about: str, origin: Origin) -> Findings:
    findings = Findings([], [])
    for fault in faults:
        (findings.warnings if fault.warning else findings.errors).append(_problem(fault, about, origin))
    return findings


def _problem(fault: Fault, about: str, origin: Origin) -> Problem:
    return Problem(code=fault.code, message=fault.message, about=about, source=origin.source(fault.path))


def _line(problem: Problem) -> tuple[int, int]:
    return (problem.source.line, problem.source.column) if problem.source else (0, 0)


def _shared_desks(one: Customer, other: Customer) -> Iterator[str]:
    """Yield the desks of which the same owner would fit both customers."""
    for desk in one.match.keys() & other.match.keys():
        mine, theirs = one.match[desk], other.match[desk]
        words = mine.keys() & theirs.keys()
        if words and all(not set(mine[word]).isdisjoint(theirs[word]) for word in words):
            yield desk


def _match_twice(desk: str, other: Customer, place: Origin) -> Fault:
    message = (
        f"the same words of desk '{desk}' also match customer '{other.customer}' "
        f"({place.source(f'match.{desk}')}); its work can belong to one only"
    )
    return Fault(code="match_twice", path=f"match.{desk}", message=message)
