"""Wording: what an invoice line says to the customer, in the customer's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.documents.figures import arithmetic, figures
from connector.documents.phrases import counted, day, days, duration, figure, label, named, say
from connector.model.invoice import DueLine, InvoiceLine, Role
from connector.model.making import maker
from connector.model.period import Period, parse_period
from connector.model.statement import Line

_make_line = maker(InvoiceLine)


class Issued(NamedTuple):
    """How an earlier document is named to the customer."""

    number: str  #: the books' number; empty as long as there is none
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What a document's lines are worded with."""

    currency: str
    language: str
    issued: Mapping[str, Issued] = field(default_factory=dict)  #: earlier documents, by reference
    #: by purchase of a block, ``blocks/ten`` or ``blocks/ten/2026-07/1``: the document that billed it
    bought: Mapping[str, str] = field(default_factory=dict)
    following: Period | None = None  #: the period after the one that closes; None: the next of its cycle


def invoice_line(position: int, due: DueLine, voice: Voice, technician: str = "") -> InvoiceLine:
    """Put a due line into words and figures: ``quantity x unit_price`` rounded is the amount.

    ``technician`` is named as who did the work; empty: nobody is.
    """
    line = due.line
    text = _text(due, voice)
    if technician:
        text = f"{text}, {say(voice.language, 'by', name=technician)}"
    quantity, unit, price = figures(due, voice.currency)
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


def _text(due: DueLine, voice: Voice) -> str:
    line, language = due.line, voice.language
    period = parse_period(line.key.period)
    if due.role is Role.CREDIT:
        return say(language, "credit", why=line.text)
    if due.role is Role.DISCOUNT:
        return say(language, "discount", why=line.text)
    if due.role is Role.CARRIED_OUT:
        following = voice.following or period.next()
        return say(language, "out", next=named(following, language), why=line.text)
    if due.role is Role.CARRIED_IN:
        origin = say(language, "in", period=named(period, language), label=label(period, language))
        return ", ".join([origin, *_invoices(due, voice)])
    if due.role is Role.CORRECTION and due.before:
        said = say(
            language,
            "correction",
            what=_what(line, language),
            period=named(period, language),
            new=figure(line.amount, language),
            old=figure(due.before.amount, language),
            currency=voice.currency,
        )
        return ", ".join([said, *_invoices(due, voice)])
    parts = [_what(line, language), *_how(line, voice), _when(line, language)]
    if due.role is Role.LATE:
        parts.append(say(language, "late", period=named(period, language)))
    return ", ".join(parts)


def _what(line: Line, language: str) -> str:
    """Name what is billed: the service or fee, on its ticket."""
    name = line.text or say(language, "usage" if line.key.kind == "usage" else "work")
    if line.key.kind == "surcharge" and name == _last(line.key.ref):
        name = say(language, "surcharge", name=name)
    return say(language, "ticket", number=line.number, name=name) if line.number else name


def _how(line: Line, voice: Voice) -> list[str]:
    """Say why the line is there, where its name alone does not, and how its amount comes about."""
    language, kind = voice.language, line.key.kind
    if kind == "covered":
        much = (
            duration(line.seconds, language) if line.seconds else counted(line.quantity, line.unit, language)
        )
        return [say(language, "covered", much=much, block=_block(line, voice))]
    said: list[str] = []
    if kind in ("limit", "commitment"):
        phrase = kind if kind == "commitment" else "cap" if line.amount < 0 else "minimum"
        bound = figure(line.price or line.amount, language)
        said.append(say(language, phrase, price=bound, currency=voice.currency))
    elif kind == "prepaid":
        said += [say(language, kind), *_purchases(line.key.ref, voice)]
    elif kind in ("sla", "settlement"):
        said.append(say(language, kind))
    return [*said, *arithmetic(line, voice.currency, language)]


def _block(line: Line, voice: Voice) -> str:
    """Name the block that covers work, with the invoices on which it was bought and bought again."""
    name, purchases = _last(line.key.ref), _purchases(line.key.ref, voice)
    return say(voice.language, "bought", name=name, invoice=", ".join(purchases)) if purchases else name


def _last(ref: str) -> str:
    return ref.rpartition("/")[2]


def _purchases(block: str, voice: Voice) -> list[str]:
    references = [
        reference for ref, reference in voice.bought.items() if ref == block or ref.startswith(f"{block}/")
    ]
    return [
        _named(one, voice.issued[one], voice.language)
        for one in dict.fromkeys(references)
        if one in voice.issued
    ]


def _when(line: Line, language: str) -> str:
    if line.key.kind == "block":
        first, last = day(line.service_from, language), day(line.service_to, language)
        return say(language, "valid" if first != last else "open", first=first, last=last)
    return days(line.service_from, line.service_to, language)


def _invoices(due: DueLine, voice: Voice) -> list[str]:
    references = due.before.references if due.before else ()
    return [_named(one, voice.issued[one], voice.language) for one in references if one in voice.issued]


def _named(reference: str, document: Issued, language: str) -> str:
    """Name a document by its number; our reference is never printed as one."""
    phrase = "invoice" if document.number else "unnumbered"
    return say(language, phrase, number=document.number, reference=reference, on=day(document.on, language))
