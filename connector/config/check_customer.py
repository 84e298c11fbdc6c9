"""Checks of a customer file as a whole: shifts, holidays, desks, books, taxes, usage, terms in whole days."""

from collections.abc import Iterator
from datetime import date

from connector.config.basis import PriceLists, taxes_of
from connector.config.calendars import calendar_fault, calendars_of, public_holidays
from connector.config.check_words import Sources
from connector.config.parts import Fault, asked_of
from connector.config.validate import suggestion
from connector.model.contract import Calendar, Customer
from connector.model.settings import Settings

_SECONDS_PER_DAY = 86400


def customer_faults(
    customer: Customer, settings: Settings, price_lists: PriceLists, sources: Sources
) -> Iterator[Fault]:
    """Find what is wrong in a customer file outside its single contracts."""
    yield from _shifts(customer)
    yield from _holidays(customer)
    yield from _desks(customer, settings)
    yield from _books(customer, settings)
    yield from _late_taxes(customer, settings, price_lists)
    yield from _usage(customer, sources)
    for term in ("terms", "escalate_after", "horizon"):
        if (getattr(customer.invoice, term) or 0) % _SECONDS_PER_DAY:
            message = f"{term} counts whole days; write it as 14d"
            yield Fault(code="not_whole_days", path=f"invoice.{term}", message=message)


def _shifts(customer: Customer) -> Iterator[Fault]:
    used = {shift for _, facet, values in asked_of(customer, "") if facet == "shift" for shift in values}
    calendars = [customer.holidays, *(site.holidays for site in customer.sites.values())]
    for name, shift in customer.shifts.items():
        path = f"shifts.{name}"
        if name not in used:
            message = f"no condition asks for shift '{name}'; use it, or remove it"
            yield Fault(code="shift_unused", path=path, message=message, warning=True)
        if shift.from_ is not None and shift.from_ == shift.to:
            message = f"shift '{name}' has no length; for the whole day leave 'from' and 'to' out"
            yield Fault(code="shift_empty", path=path, message=message)
        if shift.holidays != "as-weekdays" and not any(calendars):
            message = f"shift '{name}' asks for public holidays, but 'holidays' names no country"
            yield Fault(code="no_calendar", path=path, message=message)


def _holidays(customer: Customer) -> Iterator[Fault]:
    """Find agreed holidays that change nothing."""
    first = min((one.valid.from_ for one in customer.contracts), default=customer.billing_from)
    ends = [one.valid.to for one in customer.contracts]
    last = None if not ends or None in ends else max(end for end in ends if end is not None)
    for path, calendar in calendars_of(customer):
        if calendar_fault(calendar)[0]:
            continue
        for key, days in (("also", calendar.also), ("not", calendar.not_)):
            for number, day in enumerate(days):
                if message := _idle_day(calendar, key, day, max(first, customer.billing_from), last):
                    place = f"{path}.{key}.{number}"
                    yield Fault(code="holiday_idle", path=place, message=message, warning=True)


def _idle_day(calendar: Calendar, key: str, day: date, first: date, last: date | None) -> str:
    public = public_holidays(calendar.country, calendar.state, day.year, day.year).get(day)
    if day < first or (last is not None and day >= last):
        return f"{day} lies outside all contracts; remove it, or mend the year"
    if key == "also" and public:
        return f"{day} is a public holiday anyway ({public}); remove it from 'also'"
    if key == "not" and not public:
        return f"{day} is no public holiday here; remove it from 'not', or mend the day"
    return ""


def _desks(customer: Customer, settings: Settings) -> Iterator[Fault]:
    if not customer.match:
        message = "'match' is missing: no desk's work will find this customer"
        yield Fault(code="no_match", path="", message=message, warning=True)
    for desk, words in customer.match.items():
        known = (*settings.desks, *settings.usage)
        if desk not in known:
            message = (
                f"the configuration has no desk and no usage source '{desk}'; {suggestion(desk, known)}; "
                "or add it there under 'desks' or 'usage'"
            )
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


def _late_taxes(customer: Customer, settings: Settings, price_lists: PriceLists) -> Iterator[Fault]:
    for path, code in taxes_of(customer, price_lists):
        rates = settings.taxes[code].rates if code in settings.taxes else ()
        first = min((rate.from_ for rate in rates), default=customer.billing_from)
        if first > customer.billing_from:
            message = f"tax '{code}' has no rate before {first}, but billing begins {customer.billing_from}"
            yield Fault(code="tax_begins_late", path=path, message=message)


def _usage(customer: Customer, sources: Sources) -> Iterator[Fault]:
    """Find prices of usage and counted fees while no source tells of any."""
    if sources.usage is None or sources.usage:
        return
    for index, contract in enumerate(customer.contracts):
        for row, fee in enumerate(contract.fees):
            if fee.counted is not None:
                message = (
                    f"fee '{fee.id}' is counted, but the configuration has no 'usage' that tells how many; "
                    "add the source, or say 'quantity'"
                )
                path = f"contracts.{index}.fees.{row}.counted"
                yield Fault(code="usage_without_source", path=path, message=message)
        if contract.usage:
            message = (
                f"contract '{contract.id}' prices usage, but the configuration has no 'usage'; add the source"
            )
            path = f"contracts.{index}.usage"
            yield Fault(code="usage_without_source", path=path, message=message, warning=True)
