"""How people write so much of something: time, money or a number; shares, factors, ranks and spans."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from connector.model.written import (
    DURATION,
    MONEY,
    parse_duration,
    parse_money,
    parse_percent,
    pattern,
    write_duration,
)


class Quantity(NamedTuple):
    """So much of something: time (``5h``), money (``300.00 EUR``) or a number (``10 calls``)."""

    kind: Literal["time", "money", "count"]
    amount: Decimal  #: seconds, money, or a number; never negative
    word: str = ""  #: the currency, or what is counted

    def __str__(self) -> str:
        if self.kind == "time":
            return write_duration(int(self.amount))
        return f"{self.amount:f} {self.word}"


_COUNT = r"(\d+(?:\.\d+)?) ([A-Za-z][A-Za-z-]*)"


def parse_quantity(value: Any) -> Quantity:
    """Read ``5h``, ``300.00 EUR`` or ``10 calls``."""
    if isinstance(value, Quantity):
        return value
    text = str(value)
    if text and re.fullmatch(DURATION, text):
        return Quantity("time", Decimal(parse_duration(text)))
    if re.fullmatch(MONEY, text):
        money = parse_money(text)
        if money.amount >= 0:
            return Quantity("money", *money)
    elif match := re.fullmatch(_COUNT, text):
        return Quantity("count", Decimal(match[1]), match[2])
    raise ValueError(f"'{value}' is no quantity; write it with its unit, as 5h, 300.00 EUR or 10 calls")


def parse_count(value: Any) -> Quantity:
    """Read ``42 licences``: a number with the word for what is counted."""
    try:
        found = parse_quantity(value)
    except ValueError:
        found = None
    if found is None or found.kind != "count":
        raise ValueError(f"'{value}' is no number of things; write it with its word, as 42 licences")
    return found


def _parse_factor(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if match := re.fullmatch(_FACTOR, str(value)):
        return Decimal(match[1])
    raise ValueError(f"'{value}' is no factor; write it as x2 or x1.5")


_FACTOR = r"x(\d+(?:\.\d+)?)"


def _parse_rank(value: Any) -> int:
    if isinstance(value, int):
        return value
    if re.fullmatch(r"[1-9]\d{0,2}", str(value)):
        return int(value)
    raise ValueError(f"'{value}' is no rank; write a whole number from 1 (drawn on first) to 999")


class Span(NamedTuple):
    """So many of a term's own windows: ``1 month``, ``3 periods``; ``always``: without end."""

    number: int  #: -1: without end
    unit: str  #: month, quarter ... or ``period``: whatever the term's windows are

    def __str__(self) -> str:
        return "always" if self.number < 0 else f"{self.number} {self.unit}{'s' if self.number != 1 else ''}"


_SPAN = r"([1-9]\d*) (week|month|quarter|half-year|year|period)s?"


def parse_span(value: Any) -> Span:
    """Read ``1 month``, ``3 periods`` or ``always``."""
    if isinstance(value, Span):
        return value
    if value == "always":
        return Span(-1, "period")
    if match := re.fullmatch(_SPAN, str(value)):
        return Span(int(match[1]), match[2])
    raise ValueError(f"'{value}' is no span; write 1 month, 2 quarters, 3 periods or always")


def _parse_share(value: Any) -> Any:
    if isinstance(value, Quantity | Decimal):
        return value
    return parse_percent(value) if str(value).endswith("%") else parse_quantity(value)


def _write_share(value: Any) -> str:
    return f"{value}%" if isinstance(value, Decimal) else str(value)


Amounted = Annotated[
    Quantity,
    BeforeValidator(parse_quantity),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^(?=.)(({DURATION})|\d+(\.\d+)? [A-Za-z][A-Za-z-]*)$",
            "examples": ["5h", "300.00 EUR", "10 calls"],
        }
    ),
]
Counted = Annotated[
    Quantity, BeforeValidator(parse_count), PlainSerializer(str), pattern(_COUNT, "42 licences", "10 calls")
]
Factor = Annotated[
    Decimal,
    BeforeValidator(_parse_factor),
    PlainSerializer(lambda value: f"x{value:f}"),
    pattern(_FACTOR, "x1.5"),
]
Rank = Annotated[
    int,
    BeforeValidator(_parse_rank),
    WithJsonSchema(
        {"type": ["integer", "string"], "minimum": 1, "maximum": 999, "pattern": r"^[1-9]\d{0,2}$"}
    ),
]
Lasting = Annotated[
    Span,
    BeforeValidator(parse_span),
    PlainSerializer(str),
    pattern(rf"({_SPAN}|always)", "1 month", "3 periods", "always"),
]
#: A part: a percentage, or a quantity.
Share = Annotated[
    Decimal | Quantity,
    BeforeValidator(_parse_share),
    PlainSerializer(_write_share),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^(?=.)(({DURATION})|\d+(\.\d+)?(%| [A-Za-z][A-Za-z-]*))$",
            "examples": ["50%", "10h"],
        }
    ),
]
