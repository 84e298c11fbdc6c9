"""Checks of a customer file as a whole: validity, shifts, desks, books, and words that no mapping yields."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from connector.config.basis import taxes_of
from connector.config.check_contract import Fault, conditions_of, twice
from connector.config.validate import suggestion
from connector.model.contract import Contract, Customer
from connector.model.mapping import DeskMapping
from connector.model.settings import Settings

_SECONDS_PER_DAY = 86400


def customer_faults(
    customer: Customer, settings: Settings, mappings: Mapping[str, DeskMapping]
) -> Iterator[Fault]:
    """Find what is wrong in a customer file outside its single contracts, and in its words."""
    yield from _validity(customer)
    yield from _shifts(customer)
    yield from _desks(customer, settings)
    yield from _books(customer, settings)
    yield from _late_taxes(customer, settings)
    yield from _unknown_words(customer, mappings)
    for term in ("terms", "escalate_after"):
        if getattr(customer.invoice, term) % _SECONDS_PER_DAY:
            message = f"{term} counts whole days; write it as 14d"
            yield Fault(code="not_whole_days", path=f"invoice.{term}", message=message)


def _validity(customer: Customer) -> Iterator[Fault]:
    if not customer.contracts:
        yield Fault(code="no_contract", path="contracts", message="there is no contract; all work is held")
        return
    for id_ in twice(contract.id for contract in customer.contracts):
        message = f"contract id '{id_}' stands twice; give each its own"
        yield Fault(code="id_twice", path="contracts", message=message)
    ordered = sorted(enumerate(customer.contracts), key=lambda pair: pair[1].valid.from_)
    for (_, one), (index, after) in pairwise(ordered):
        yield from _joint(one, after, f"contracts.{index}.valid")
    first = ordered[0][1].valid.from_
    if customer.billing_from < first:
        message = f"billing begins before the first contract does ({first}): work in between is held"
        yield Fault(code="before_contract", path="billing_from", message=message, warning=True)


def _joint(one: Contract, after: Contract, path: str) -> Iterator[Fault]:
    end, start = one.valid.to, after.valid.from_
    if end is None or end > start:
        message = (
            f"contract '{after.id}' begins {start} while '{one.id}' still holds; end that with 'to: {start}'"
        )
        yield Fault(code="contracts_overlap", path=path, message=message)
    elif end < start:
        message = (
            f"no contract holds from {end} ('{one.id}' ends) to {start} ('{after.id}' begins); work is held"
        )
        yield Fault(code="contracts_gap", path=path, message=message, warning=True)


def _shifts(customer: Customer) -> Iterator[Fault]:
    used = {
        shift
        for index, contract in enumerate(customer.contracts)
        for _, condition in conditions_of(contract, f"contracts.{index}")
        for shift in condition.shift or ()
    }
    calendars = [customer.holidays, *(site.holidays for site in customer.sites.values())]
    for name, shift in customer.shifts.items():
        path = f"shifts.{name}"
        if name not in used:
            message = f"shift '{name}' is not used by any rate or allowance"
            yield Fault(code="shift_unused", path=path, message=message, warning=True)
        if shift.from_ is not None and shift.from_ == shift.to:
            message = f"shift '{name}' has no length; for the whole day leave 'from' and 'to' out"
            yield Fault(code="shift_empty", path=path, message=message)
        if shift.holidays != "as-weekdays" and not any(calendars):
            message = f"shift '{name}' asks for public holidays, but 'holidays' names no country"
            yield Fault(code="no_calendar", path=path, message=message)


def _desks(customer: Customer, settings: Settings) -> Iterator[Fault]:
    if not customer.match:
        message = "'match' is missing: no desk's work will find this customer"
        yield Fault(code="no_match", path="", message=message, warning=True)
    for desk, words in customer.match.items():
        known = (*settings.desks, *settings.usage)
        if desk not in known:
            message = f"desk '{desk}' is not in the configuration; {suggestion(desk, known)}"
            yield Fault(code="unknown_desk", path=f"match.{desk}", message=message)
        elif not all(words.values()) or not words:
            message = f"the words by which desk '{desk}' names this customer are missing"
            yield Fault(code="no_match", path=f"match.{desk}", message=message)


def _books(customer: Customer, settings: Settings) -> Iterator[Fault]:
    for books in customer.books:
        if books not in settings.books:
            message = f"books '{books}' are not in the configuration; {suggestion(books, settings.books)}"
            yield Fault(code="unknown_books", path=f"books.{books}", message=message)
    if len(customer.books) != 1:
        message = (
            "name exactly one accounting system that gets the invoices, as 'books: {NAME: {party: KEY}}'"
        )
        yield Fault(code="books_not_one", path="books", message=message)


def _late_taxes(customer: Customer, settings: Settings) -> Iterator[Fault]:
    for path, code in taxes_of(customer):
        rates = settings.taxes[code].rates if code in settings.taxes else ()
        first = min((rate.from_ for rate in rates), default=customer.billing_from)
        if first > customer.billing_from:
            message = f"tax '{code}' has no rate before {first}, but billing begins {customer.billing_from}"
            yield Fault(code="tax_begins_late", path=path, message=message)


def _unknown_words(customer: Customer, mappings: Mapping[str, DeskMapping]) -> Iterator[Fault]:
    """Find words in conditions that the mappings of the customer's desks can never yield."""
    desks = [mappings[desk] for desk in customer.match if desk in mappings]
    for index, contract in enumerate(customer.contracts):
        for path, condition in conditions_of(contract, f"contracts.{index}"):
            for facet, values in condition:
                known = _words(desks, facet)
                for word in values or ():
                    if known is not None and word not in known:
                        message = f"no mapping yields {facet} '{word}'; {suggestion(word, sorted(known))}"
                        yield Fault(
                            code="unknown_word", path=f"{path}.{facet}", message=message, warning=True
                        )


def _words(desks: list[DeskMapping], facet: str) -> set[str] | None:
    """Collect what the desks' mappings can say of a facet; None: anything."""
    if not desks or facet == "shift":
        return None
    lookups = [lookup for desk in desks for name, lookup in desk.facets.items() if name == facet]
    by_id = facet == "technician" and len(lookups) < len(desks)  # a desk's own ids stand where no table does
    if by_id or any(lookup.as_is for lookup in lookups):
        return None
    return {word for lookup in lookups for word in (*lookup.table.values(), lookup.empty) if word}
