"""Wording: what an invoice line says to the customer, in the customer's language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from connector.model.invoice import DueLine, InvoiceLine, Role
from connector.model.making import maker
from connector.model.money import SECONDS_PER_HOUR, rounded
from connector.model.period import Period, parse_period
from connector.model.statement import Line
from connector.model.written import write_duration

_make_line = maker(InvoiceLine)


class Issued(NamedTuple):
    """How an earlier document is named to the customer."""

    number: str  #: the books' number; empty as long as there is none
    on: date


_MONTHS_DE = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)

_PHRASES = {
    "en": {
        "work": "Work",
        "ticket": "Ticket {number}: {name}",
        "time": "{time} at {price} {currency}/h",
        "on": "on {days}",
        "by": "by {name}",
        "period": "{first} to {last}",
        "late": "of {period}, not billed before",
        "correction": "Correction of {what}, {period}: {new} instead of {old} {currency}",
        "invoice": "invoice {number} of {on}",
        "unnumbered": "invoice of {on} (our reference {reference})",
        "discount": "Discount: {why}",
        "credit": "Credit: {why}",
        "out": "carried to {next}: {why}",
        "in": "from {period}, service period {label}",
    },
    "de": {
        "work": "Arbeit",
        "ticket": "Ticket {number}: {name}",
        "time": "{time} zu {price} {currency}/Std.",
        "on": "am {days}",
        "by": "durch {name}",
        "period": "{first} bis {last}",
        "late": "aus {period}, bisher nicht berechnet",
        "correction": "Korrektur zu {what}, {period}: {new} statt {old} {currency}",
        "invoice": "Rechnung {number} vom {on}",
        "unnumbered": "Rechnung vom {on} (unser Zeichen {reference})",
        "discount": "Nachlass: {why}",
        "credit": "Gutschrift: {why}",
        "out": "Übertrag auf {next}: {why}",
        "in": "Übertrag aus {period}, Leistungszeitraum {label}",
    },
}


def invoice_line(
    position: int,
    due: DueLine,
    *,
    currency: str,
    language: str,
    issued: Mapping[str, Issued],
    technician: str = "",
) -> InvoiceLine:
    """Put a due line into words and figures: ``quantity x unit_price`` rounded is the amount.

    ``technician`` is named as who did the work; empty: nobody is.
    """
    line = due.line
    text = _text(due, currency, language, issued)
    if technician:
        text = f"{text}, {_PHRASES[language]['by'].format(name=technician)}"
    quantity, unit, price = _figures(due, currency)
    return _make_line(
        position=position,
        key=line.key,
        role=due.role,
        text=_one_line(text),
        quantity=quantity,
        unit=unit,
        unit_price=price,
        amount=due.amount,
        tax=line.key.tax,
        category=line.category,
        percent=Decimal(line.key.percent),
        service_from=line.service_from,
        service_to=line.service_to,
        seconds=line.seconds - (due.before.seconds if due.before else 0),
        name=line.text,
        number=line.number,
        corrects=due.before.references if due.before else (),
    )


def _one_line(text: str) -> str:
    """Take out what cannot be printed: a desk's ticket number and a person's reason stand in the text."""
    printable = text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())


def _figures(due: DueLine, currency: str) -> tuple[Decimal, str, Decimal]:
    """Return quantity, unit and price. Hours are printed only if hours x price is the amount."""
    line = due.line
    if due.before is None and line.hourly is not None:
        hours = Decimal(line.seconds) / SECONDS_PER_HOUR
        if hours == round(hours, 2) and rounded(hours * line.hourly, currency) == due.amount:
            return hours.quantize(Decimal("0.01")), "hour", line.hourly
    return Decimal(-1 if due.amount < 0 else 1), "piece", abs(due.amount)


def _text(due: DueLine, currency: str, language: str, issued: Mapping[str, Issued]) -> str:
    phrases, line = _PHRASES[language], due.line
    period = parse_period(line.key.period[:7])
    if due.role is Role.CREDIT:
        return phrases["credit"].format(why=line.text)
    if due.role is Role.DISCOUNT:
        return phrases["discount"].format(why=line.text)
    if due.role is Role.CARRIED_OUT:
        return phrases["out"].format(next=month(period.next(), language), why=line.text)
    if due.role is Role.CARRIED_IN:
        origin = phrases["in"].format(period=month(period, language), label=label(period, language))
        return ", ".join([origin, *_invoices(due, language, issued)])
    if due.role is Role.CORRECTION and due.before:
        said = phrases["correction"].format(
            what=_what(line, language),
            period=month(period, language),
            new=line.amount,
            old=due.before.amount,
            currency=currency,
        )
        return ", ".join([said, *_invoices(due, language, issued)])
    parts = [_what(line, language), *_time(line, currency, language), _when(line, language)]
    if due.role is Role.LATE:
        parts.append(phrases["late"].format(period=month(period, language)))
    return ", ".join(parts)


def _what(line: Line, language: str) -> str:
    phrases = _PHRASES[language]
    name = line.text or phrases["work"]
    return phrases["ticket"].format(number=line.number, name=name) if line.number else name


def _time(line: Line, currency: str, language: str) -> list[str]:
    if line.hourly is None:
        return []
    time = write_duration(line.seconds)
    return [_PHRASES[language]["time"].format(time=time, price=line.hourly, currency=currency)]


def _when(line: Line, language: str) -> str:
    first, last = day(line.service_from, language), day(line.service_to, language)
    if first == last:
        return _PHRASES[language]["on"].format(days=first)
    return _PHRASES[language]["period"].format(first=first, last=last)


def _invoices(due: DueLine, language: str, issued: Mapping[str, Issued]) -> list[str]:
    references = due.before.references if due.before else ()
    return [_named(one, issued[one], language) for one in references if one in issued]


def _named(reference: str, document: Issued, language: str) -> str:
    """Name a document by its number; our reference is never printed as one."""
    phrase = _PHRASES[language]["invoice" if document.number else "unnumbered"]
    return phrase.format(number=document.number, reference=reference, on=day(document.on, language))


@lru_cache(maxsize=4096)  # a document names the same few days hundreds of times
def day(when: date, language: str) -> str:
    """Write a day: ``5 March 2026`` or ``05.03.2026``."""
    return f"{when:%d.%m.%Y}" if language == "de" else f"{when.day} {when:%B %Y}"


def month(period: Period, language: str) -> str:
    """Write a month: ``March 2026`` or ``März 2026``."""
    if language == "de":
        return f"{_MONTHS_DE[period.start.month - 1]} {period.start.year}"
    return f"{period.start:%B %Y}"


def label(period: Period, language: str) -> str:
    """Write a service period: ``1-31 March 2026`` or ``01.03.-31.03.2026``."""
    if language == "de":
        return f"{period.start:%d.%m.}-{period.last_day:%d.%m.%Y}"
    return period.label()
