"""The whole agreement: how the customer is billed, times of the week, blocks, then each contract."""

from collections.abc import Iterator, Mapping
from typing import Literal

from connector.model.contract import Calendar, Contract, Customer, InvoiceTerms, Shift
from connector.model.price_list import PriceList
from connector.model.prices import Increase
from connector.report.contract.allowances import allowance, block
from connector.report.contract.english import ENGLISH
from connector.report.contract.fees import commitment, fee
from connector.report.contract.german import GERMAN
from connector.report.contract.language import Language
from connector.report.contract.prices import limit, price_table, rounding, sla_credit, surcharges, usage_table
from connector.report.words import clean

LANGUAGES: dict[Literal["en", "de"], Language] = {"en": ENGLISH, "de": GERMAN}
_DAY = 86400


def contract_text(
    customer: Customer,
    language: Literal["en", "de"] | None = None,
    price_lists: Mapping[str, PriceList] | None = None,
) -> str:
    """Write the whole agreement.

    Args:
        customer: the customer file.
        language: another than the customer's own.
        price_lists: of the house, by name; the rows of those that contracts name are written out.
    """
    words = LANGUAGES[language or customer.language]
    lines = [words.say("title", name=clean(customer.name)), *_terms(customer, words)]
    if customer.shifts:
        lines += ["", words.say("shifts")]
        lines += [f"  {name}: {_shift(shift, words)}" for name, shift in customer.shifts.items()]
    if customer.blocks:
        lines += ["", words.say("blocks"), *(f"  {block(one, words)}" for one in customer.blocks)]
    for contract in customer.contracts:
        found = (price_lists or {}).get(contract.price_list or "")
        lines += ["", *_contract(contract, customer, found, words)]
    return "\n".join(lines)


def _terms(customer: Customer, words: Language) -> list[str]:
    return [
        words.say("zone", zone=customer.timezone),
        words.say("start", day=words.dated(customer.billing_from)),
        *_invoice(customer.invoice, words),
        *([words.say("survey")] if customer.gates.survey == "hold-bad" else []),
        *([words.say("closing")] if customer.gates.closing == "hold-open" else []),
        *_calendars(customer, words),
        *_lookup(customer, words),
        *_budget(customer, words),
    ]


def _invoice(invoice: InvoiceTerms, words: Language) -> Iterator[str]:
    yield words.say(invoice.cycle, currency=invoice.currency, days=invoice.terms // _DAY, tax=invoice.tax)
    if invoice.group != "collective":
        yield words.say(f"group_{invoice.group}")
    if invoice.split_by:
        yield words.say(
            "split", what=f" {words.say('and')} ".join(words.facets[one] for one in invoice.split_by)
        )
    if invoice.approval == "required":
        yield words.say("approval")
        if invoice.approval_tolerates == "lower":
            yield words.say("tolerates")
    if invoice.horizon is not None:
        yield words.say("horizon", days=invoice.horizon // _DAY)


def _calendars(customer: Customer, words: Language) -> Iterator[str]:
    if customer.holidays:
        yield words.say("calendar", place=_place(customer.holidays))
        yield from _agreed(customer.holidays, words)
    for name, site in customer.sites.items():
        if site.timezone:
            yield words.say("site_zone", site=name, zone=site.timezone)
        if site.holidays:
            yield words.say("site_calendar", site=name, place=_place(site.holidays))
            yield from _agreed(site.holidays, words)


def _place(calendar: Calendar) -> str:
    return f"{calendar.country}-{clean(calendar.state)}" if calendar.state else calendar.country


def _agreed(calendar: Calendar, words: Language) -> Iterator[str]:
    for phrase, days in (("also", calendar.also), ("not", calendar.not_)):
        if days:
            yield words.say(phrase, days=", ".join(map(words.dated, days)))


def _lookup(customer: Customer, words: Language) -> Iterator[str]:
    """Say the order in which contracts are asked, where there is more than one at a time."""
    special = any(
        not one.covers.empty or one.per_incident or one.status == "pending" for one in customer.contracts
    )
    if special:
        yield words.say("lookup", holders=", ".join(words.say(f"holder_{one}") for one in customer.lookup))


def _budget(customer: Customer, words: Language) -> Iterator[str]:
    budget = customer.budget
    if budget is None:
        return
    yield words.say("budget", amount=words.money(budget.amount), per=words.say(f"per_{budget.per}"))
    if budget.warn_at:
        yield words.say("budget_warn", shares=", ".join(map(words.percent, budget.warn_at)))


def _shift(shift: Shift, words: Language) -> str:
    hours = [words.say("whole")]
    if shift.from_ is not None and shift.to is not None:
        hours = [words.say("hours", start=f"{shift.from_:%H:%M}", end=f"{shift.to:%H:%M}")]
    hours += [words.say("eve_from", time=f"{shift.eve_from:%H:%M}")] if shift.eve_from else []
    hours += [words.say("next_to", time=f"{shift.next_to:%H:%M}")] if shift.next_to else []
    days = ", ".join(words.weekdays[day] for day in shift.days) if shift.days else words.say("daily")
    holidays = [words.say(shift.holidays)] if shift.holidays != "as-weekdays" else []
    return "; ".join([", ".join(hours), days, *holidays])


def _contract(
    contract: Contract, customer: Customer, price_list: PriceList | None, words: Language
) -> Iterator[str]:
    start, end = words.dated(contract.valid.from_), contract.valid.to
    if end:
        yield words.say("contract_until", id=contract.id, start=start, end=words.last(end))
    else:
        yield words.say("contract", id=contract.id, start=start)
    yield from (f"  {line}" for line in _standing(contract, customer, words))
    yield f"  {rounding(contract.round, words)}"
    yield from (f"  {allowance(one, words)}" for one in contract.allowances)
    yield from _listed("fees", [fee(one, words) for one in contract.fees], words)
    yield from (f"  {commitment(one, words)}" for one in contract.commitments)
    yield from _numbered(words.say("prices"), price_table(contract.rates, words))
    yield from _numbered(words.say("usage"), usage_table(contract.usage, words))
    yield from _price_list(contract, price_list, words)
    yield from _listed("surcharges", surcharges(contract, words), words)
    yield from _listed("limits", [limit(one, words) for one in contract.limits], words)
    yield from _listed("sla", [sla_credit(one, words) for one in contract.sla_credits], words)
    yield from (f"  {_increase(one, words)}" for one in contract.increases)


def _standing(contract: Contract, customer: Customer, words: Language) -> Iterator[str]:
    if not contract.covers.empty:
        yield words.say("covers", what=words.condition(contract.covers))
    if contract.per_incident:
        yield words.say("per_incident")
    if contract.status == "pending":
        yield words.say(f"pending_{contract.pending}")
    if contract.valid.to is not None and (
        contract.open_requests == "ignore" or _followed(contract, customer)
    ):
        yield words.say(contract.open_requests)


def _followed(contract: Contract, customer: Customer) -> bool:
    end = contract.valid.to
    return any(end is not None and one.valid.from_ >= end for one in customer.contracts)


def _price_list(contract: Contract, price_list: PriceList | None, words: Language) -> Iterator[str]:
    if contract.price_list is None:
        return
    if contract.rates:
        yield f"  {words.say('price_list', name=contract.price_list)}"
    for version in price_list.versions if price_list else ():
        head = words.say("list_from", name=contract.price_list, day=words.dated(version.from_))
        rows = [*price_table(version.rates, words), *usage_table(version.usage, words)]
        yield from _numbered(head, rows)


def _increase(increase: Increase, words: Language) -> str:
    phrase = "fall" if increase.percent < 0 else "rise"
    what, why = words.say(f"increase_{increase.what}"), f" ({clean(increase.why)})" if increase.why else ""
    day, percent = words.dated(increase.from_), words.percent(abs(increase.percent))
    return words.say(phrase, day=day, what=what, percent=percent, why=why)


def _listed(head: str, lines: list[str], words: Language) -> Iterator[str]:
    if lines:
        yield f"  {words.say(head)}"
    yield from (f"    {line}" for line in lines)


def _numbered(head: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"  {head}"
    yield from (f"    {at}. {line}" for at, line in enumerate(lines, 1))
