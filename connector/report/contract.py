"""A customer's contracts in plain sentences, for the customer's eyes, in the customer's language."""

from datetime import timedelta
from typing import Literal

from connector.model.contract import Allowance, Condition, Contract, Customer, Fee, Rate, Rounding, Shift
from connector.report.phrases import LANGUAGES, Language
from connector.report.words import clean, number

_DAY = 86400


def contract_text(customer: Customer, language: Literal["en", "de"] | None = None) -> str:
    """Write the whole agreement. ``language``: another than the customer's own."""
    words = LANGUAGES[language or customer.language]
    lines = [words.say("title", name=clean(customer.name)), *_terms(customer, words)]
    if customer.shifts:
        lines += ["", words.say("shifts")]
        lines += [f"  {name}: {_shift(shift, words)}" for name, shift in customer.shifts.items()]
    for contract in customer.contracts:
        lines += ["", *_contract(contract, words)]
    return "\n".join(lines)


def _terms(customer: Customer, words: Language) -> list[str]:
    invoice = customer.invoice
    said = [
        words.say("zone", zone=customer.timezone),
        words.say("start", day=words.date(customer.billing_from)),
        words.say("invoice", currency=invoice.currency, days=invoice.terms // _DAY, tax=invoice.tax),
    ]
    said += [words.say("approval")] if invoice.approval == "required" else []
    said += [words.say("survey")] if customer.gates.survey == "hold-bad" else []
    said += [words.say("closing")] if customer.gates.closing == "hold-open" else []
    return said


def _shift(shift: Shift, words: Language) -> str:
    hours = (
        words.say("hours", start=f"{shift.from_:%H:%M}", end=f"{shift.to:%H:%M}")
        if shift.from_ is not None and shift.to is not None
        else words.say("whole")
    )
    days = ", ".join(words.weekdays[day] for day in shift.days) if shift.days else words.say("daily")
    holidays = [words.say(shift.holidays)] if shift.holidays != "as-weekdays" else []
    return "; ".join([hours, days, *holidays])


def _contract(contract: Contract, words: Language) -> list[str]:
    start, end = words.date(contract.valid.from_), contract.valid.to
    lines = [
        words.say("contract_until", id=contract.id, start=start, end=words.date(end - timedelta(days=1)))
        if end
        else words.say("contract", id=contract.id, start=start)
    ]
    lines.append(f"  {_rounding(contract.round, words)}")
    lines += [f"  {_allowance(allowance, words)}" for allowance in contract.allowances]
    lines += [
        f"  {words.say(fee.in_, what=fee.text or fee.id, price=_price(fee, words))}" for fee in contract.fees
    ]
    if contract.rates:
        lines.append(f"  {words.say('prices')}")
        lines += [f"    {at}. {_rate(rate, words)}" for at, rate in enumerate(contract.rates, 1)]
    return lines


def _price(fee: Fee, words: Language) -> str:
    return words.money(fee.amount)


def _rounding(terms: Rounding, words: Language) -> str:
    more = words.say("minimum", time=words.time(terms.minimum)) if terms.minimum else ""
    more += words.say("grace", time=words.time(terms.grace)) if terms.grace else ""
    if terms.to == 1:
        return words.say("exact", more=more)
    return words.say(terms.mode, step=words.time(terms.to), more=more)


def _allowance(allowance: Allowance, words: Language) -> str:
    said = [words.say("allowance", time=words.time(allowance.of), what=_condition(allowance.for_, words))]
    said.append(
        words.say("carry", months=allowance.carry_over) if allowance.carry_over else words.say("lapse")
    )
    if allowance.warn_at:
        said.append(words.say("warn", shares=", ".join(f"{number(share)}%" for share in allowance.warn_at)))
    said.append(words.say(allowance.then))
    return " ".join(said)


def _rate(rate: Rate, words: Language) -> str:
    what = clean(rate.text) if rate.text else _condition(rate.when, words)
    if rate.hourly:
        said = words.say("hourly", what=what, price=words.money(rate.hourly))
        return f"{said}. {_rounding(rate.round, words)}" if rate.round else said
    if rate.included:
        owed = rate.included.owed
        return (
            words.say("owed", what=what, time=words.time(owed)) if owed else words.say("included", what=what)
        )
    if rate.free or rate.hold:
        return words.say("free" if rate.free else "held", what=what, why=clean(rate.free or rate.hold or ""))
    return words.say("otherwise")


def _condition(condition: Condition, words: Language) -> str:
    named = [
        f"{words.facets[facet]} {words.any_of(values)}"
        for facet in Condition.model_fields
        if (values := getattr(condition, facet))
    ]
    return ", ".join(named) or words.say("all")
