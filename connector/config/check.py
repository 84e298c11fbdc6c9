"""The contract check: what can be read but cannot be meant, with the line and how to mend it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from connector.config.basis import PriceLists, list_problems, named_lists, tax_problems
from connector.config.calendars import calendar_problems
from connector.config.check_allowances import allowance_faults
from connector.config.check_customer import customer_faults
from connector.config.check_rates import last_row_faults, rate_faults, tier_faults
from connector.config.check_terms import term_faults
from connector.config.check_validity import validity_faults
from connector.config.check_words import (
    Answering,
    Sources,
    cost_faults,
    currency_faults,
    id_faults,
    shift_faults,
    word_faults,
)
from connector.config.parts import Fault, amounts_of
from connector.model.basis import Origin
from connector.model.contract import Contract, Customer
from connector.model.mapping import DeskMapping
from connector.model.price_list import PriceList
from connector.model.problem import Problem
from connector.model.settings import Settings

#: A customer file as it was read.
Written = tuple[Customer, Origin]


class Findings(NamedTuple):
    """What a check found. With an error the file would bill wrongly or not at all; a warning may be meant."""

    errors: list[Problem]
    warnings: list[Problem]


def check_house(
    settings: Settings,
    origin: Origin,
    customers: Sequence[Written],
    mappings: Mapping[str, DeskMapping],
    price_lists: PriceLists | None = None,
    usage: Mapping[str, Answering] | None = None,
) -> Findings:
    """Check the configuration, price lists, every customer, and the customers against each other."""
    lists = price_lists or {}
    findings = _sorted(settings_faults(settings), "", origin)
    for noun, place in lists.values():
        _extend(findings, check_price_list(noun, place, settings))
    for customer, place in customers:
        _extend(findings, check_customer(customer, place, settings, mappings, lists, usage))
    findings.errors.extend(_matched_twice(customers))
    named = {name for customer, _ in customers for name in named_lists(customer)}
    for name, (_, place) in lists.items():
        if name not in named:
            message = (
                f"no contract names price list '{name}'; name it with 'price_list: {name}', or remove it"
            )
            fault = Fault(code="price_list_unused", path="price_list", message=message, warning=True)
            findings.warnings.append(_problem(fault, "", place))
    return findings


def sound(
    customers: Iterable[Written],
    settings: Settings,
    mappings: Mapping[str, DeskMapping],
    price_lists: PriceLists | None = None,
    usage: Mapping[str, Answering] | None = None,
) -> tuple[list[Written], list[Problem]]:
    """Keep the customers whose files have no error; return with them the errors of those left out."""
    kept, errors = [], []
    for customer, place in customers:
        found = check_customer(customer, place, settings, mappings, price_lists, usage).errors
        errors.extend(found)
        if not found:
            kept.append((customer, place))
    return kept, errors


def check_customer(
    customer: Customer,
    origin: Origin,
    settings: Settings,
    mappings: Mapping[str, DeskMapping],
    price_lists: PriceLists | None = None,
    usage: Mapping[str, Answering] | None = None,
) -> Findings:
    """Check one customer file against the configuration, the mappings (by desk name) and the price lists.

    Args:
        customer: the file.
        origin: where its parts stand.
        settings: the configuration.
        mappings: of all desks.
        price_lists: of the house.
        usage: the mappings of the usage sources; None: what they say is not looked at.
    """
    lists = price_lists or {}
    desks = {desk: mappings[desk] for desk in customer.match if desk in mappings}
    sources = Sources(desks, usage)
    faults = [
        *customer_faults(customer, settings, lists, sources),
        *validity_faults(customer, mappings),
        *id_faults(customer),
        *currency_faults(customer),
        *shift_faults(customer),
        *word_faults(customer, sources),
        *allowance_faults(customer, lists),
        *_list_faults(customer, settings, lists),
    ]
    for index, contract in enumerate(customer.contracts):
        faults.extend(
            _contract_faults(contract, f"contracts.{index}", customer, origin, settings, lists, sources)
        )
    findings = _sorted(faults, customer.customer, origin)
    findings.errors.extend(tax_problems(customer, origin, settings, customer.customer))
    findings.errors.extend(list_problems(customer, origin, lists))
    findings.errors.extend(calendar_problems(customer, origin))
    return Findings(sorted(findings.errors, key=_line), sorted(findings.warnings, key=_line))


def _contract_faults(
    contract: Contract,
    at: str,
    customer: Customer,
    origin: Origin,
    settings: Settings,
    lists: PriceLists,
    sources: Sources,
) -> Iterator[Fault]:
    found = lists.get(contract.price_list or "")
    yield from rate_faults(contract.rates, f"{at}.rates", origin)
    yield from last_row_faults(contract, at, found[0] if found else None)
    yield from tier_faults(contract, at)
    yield from term_faults(contract, at, lists)
    known = sources.words(f"{at}.rates", "technician")
    rated: list[tuple[str, Contract | PriceList]] = [(at, contract)]
    rated += [(f"{at}.price_list", found[0])] if found else []
    for path, noun in rated:
        yield from cost_faults(noun, path, customer.invoice.currency, settings, known)


def check_price_list(noun: PriceList, origin: Origin, settings: Settings) -> Findings:
    """Check one price list by itself."""
    faults: list[Fault] = [*tier_faults(noun, "")]
    for number, version in enumerate(noun.versions):
        faults.extend(rate_faults(version.rates, f"versions.{number}.rates", origin))
    amounts = [amount for _, amount in amounts_of(noun, "")]
    for path, amount in amounts_of(noun, ""):
        if amount.currency != amounts[0].currency:
            message = f"{amount} stands among amounts in {amounts[0].currency}; a price list has one currency"
            faults.append(Fault(code="currency_differs", path=path, message=message))
    findings = _sorted(faults, "", origin)
    return Findings([*findings.errors, *tax_problems(noun, origin, settings)], findings.warnings)


def _list_faults(customer: Customer, settings: Settings, lists: PriceLists) -> Iterator[Fault]:
    """Find price lists that are wrong in themselves, or in another currency than the customer's."""
    for index, contract in enumerate(customer.contracts):
        if not contract.price_list or contract.price_list not in lists:
            continue
        noun, place = lists[contract.price_list]
        path = f"contracts.{index}.price_list"
        if errors := check_price_list(noun, place, settings).errors:
            message = (
                f"price list '{noun.price_list}' has an error of its own ({errors[0].source}); mend it first"
            )
            yield Fault(code="price_list_broken", path=path, message=message)
        for where, amount in amounts_of(noun, ""):
            if amount.currency != customer.invoice.currency:
                message = (
                    f"price list '{noun.price_list}' is not in the invoice's currency "
                    f"{customer.invoice.currency}: {amount} in {place.source(where)}; use another list"
                )
                yield Fault(code="currency_differs", path=path, message=message)
                break


def _extend(findings: Findings, found: Findings) -> None:
    findings.errors.extend(found.errors)
    findings.warnings.extend(found.warnings)


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


def _matched_twice(customers: Sequence[Written]) -> Iterator[Problem]:
    """Yield one problem for each customer and desk whose words also find a later customer."""
    for number, (one, place) in enumerate(customers, 1):
        found: dict[str, list[Written]] = {}
        for other in customers[number:]:
            for desk in _shared_desks(one, other[0]):
                found.setdefault(desk, []).append(other)
        for desk, others in found.items():
            yield _problem(_match_twice(desk, others), one.customer, place)


def _match_twice(desk: str, others: Sequence[Written]) -> Fault:
    (other, place), more = others[0], len(others) - 1
    also = f"{other.customer}' ({place.source(f'match.{desk}')}){f' and {more} more' if more else ''}"
    message = f"the same words of desk '{desk}' also match customer '{also}; its work can belong to one only"
    return Fault(code="match_twice", path=f"match.{desk}", message=message)
