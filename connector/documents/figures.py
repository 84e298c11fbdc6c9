"""Figures: quantity, unit and price of an invoice line, so that the customer can compute the amount again."""

from decimal import Decimal
from typing import NamedTuple

from connector.documents.phrases import counted, duration, figure, number, say
from connector.model.invoice import DueLine
from connector.model.money import rounded
from connector.model.statement import Line

_CENT = Decimal("0.01")
_HOUR = 3600


class Figures(NamedTuple):
    """What stands in the columns of a line: ``quantity x price`` rounded is its amount."""

    quantity: Decimal
    unit: str
    price: Decimal  #: never negative


def figures(due: DueLine, currency: str) -> Figures:
    """Return the unit's quantity and price where they give the amount; else once the amount itself."""
    if due.before is None and due.line.price is not None:
        found = _in_units(due.line, due.line.price)
        if found and rounded(found.quantity * found.price, currency) == due.amount:
            return found
    return Figures(Decimal(-1 if due.amount < 0 else 1), "piece", abs(due.amount))


def _in_units(line: Line, price: Decimal) -> Figures | None:
    quantity = line.quantity
    if _of_money(line):
        return None
    if line.per_seconds:
        quantity = Decimal(line.seconds) / line.per_seconds
        if quantity != round(quantity, 2):
            return None
        quantity = quantity.quantize(_CENT)
    return Figures(quantity if price >= 0 else -quantity, line.unit, abs(price))


def _of_money(line: Line) -> bool:
    """Tell whether an amount stands for itself: over-use of an allowance of money, at 1.00 a piece."""
    return line.key.kind == "settlement" and not line.per_seconds and line.unit == "piece"


def arithmetic(line: Line, currency: str, language: str) -> list[str]:
    """Put into words how the amount of a line comes about; nothing where the amount stands for itself."""
    if line.price is None or _of_money(line):
        return []
    price = figure(abs(line.price), language)
    words = {"price": price, "currency": currency}
    said: list[str] = []
    if line.per_seconds:
        time, length = duration(line.seconds, language), duration(line.per_seconds, language)
        phrase = "hour" if line.per_seconds == _HOUR else "day" if line.unit == "day" else "length"
        said.append(say(language, phrase, time=time, length=length, **words))
    elif line.unit != "piece" or line.quantity != 1 or line.part:
        quantity = counted(line.quantity, line.unit, language)
        said.append(say(language, "counted", quantity=quantity, **words))
    if line.part:
        paid, of = (number(Decimal(days), language) for days in line.part)
        said.append(say(language, "part", paid=paid, of=of))
    if line.less:
        less = max(line.less.normalize(), rounded(line.less, currency), key=_digits)
        said.append(say(language, "less", amount=figure(less, language), currency=currency))
    return said


def _digits(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)
