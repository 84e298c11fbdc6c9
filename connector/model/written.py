"""How people write values in YAML: durations with unit, money with currency, days, times, percentages.

Every scalar reaches these types as the text that stands in the file; a bare number is an error.
"""

import re
from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from connector.model.money import Money, digits_of

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = r"(\d+d)?(\d+h)?(\d+m)?(\d+s)?"
_MONEY = r"(-?\d+(?:\.\d+)?) ([A-Z]{3})"
_PERCENT = r"(\d+(?:\.\d+)?)%"


class Written(BaseModel):
    """A mapping that a person writes: unknown keys are refused.

    Not pydantic's strict mode, which refuses a list for a tuple. Nothing is converted silently all the same:
    every scalar arrives as text, and pydantic makes no text of numbers, nor the other way for these types.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


def parse_duration(value: Any) -> int:
    """Read ``1h30m`` as seconds."""
    if isinstance(value, int):
        return value
    match = re.fullmatch(_DURATION, str(value))
    if not value or not match:
        raise ValueError(f"'{value}' is no duration; write it with its unit, as 15m, 5h or 1h30m")
    return sum(int(part[:-1]) * _UNITS[part[-1]] for part in match.groups() if part)


def write_duration(seconds: int) -> str:
    """Write seconds as ``1h30m``; zero is ``0m``. A negative figure gets a leading minus."""
    sign, rest, text = ("-" if seconds < 0 else ""), abs(seconds), ""
    for unit in ("h", "m", "s"):
        count, rest = divmod(rest, _UNITS[unit])
        text += f"{count}{unit}" if count else ""
    return sign + (text or "0m")


def parse_money(value: Any) -> Money:
    """Read ``95.00 EUR``. Digits beyond the currency's are kept: rates may have them, amounts are rounded."""
    if isinstance(value, Money):
        return value
    match = re.fullmatch(_MONEY, str(value))
    if not match:
        raise ValueError(f"'{value}' is no amount of money; write it with its currency, as 95.00 EUR")
    amount, currency = Decimal(match[1]), match[2]
    digits = max(digits_of(currency), -int(amount.as_tuple().exponent))
    return Money(amount.quantize(Decimal(1).scaleb(-digits)), currency)


def parse_percent(value: Any) -> Decimal:
    """Read ``19%`` as the number 19."""
    if isinstance(value, Decimal):
        return value
    match = re.fullmatch(_PERCENT, str(value))
    if not match:
        raise ValueError(f"'{value}' is no percentage; write it as 19% or 7.5%")
    return Decimal(match[1])


def _parse_signed_percent(value: Any) -> Decimal:
    text = str(value)
    return -parse_percent(text[1:]) if text.endswith("%") and text.startswith("-") else parse_percent(value)


def _parse_day(value: Any) -> date:
    if isinstance(value, date):
        return value
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError(f"'{value}' is no day; write it as 2026-03-31")


def _parse_time(value: Any) -> time:
    if isinstance(value, time):
        return value
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(value)):
        raise ValueError(f"'{value}' is no time of day; write it as 20:00 (midnight is 00:00)")
    return time.fromisoformat(value)


def _parse_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("yes", "no"):
        raise ValueError(f"'{value}' is neither yes nor no")
    return bool(value == "yes")


def _parse_zone(value: Any) -> str:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{value}' is no time zone; write its IANA name, as Europe/Berlin") from None
    return str(value)


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
    if text and re.fullmatch(_DURATION, text):
        return Quantity("time", Decimal(parse_duration(text)))
    if re.fullmatch(_MONEY, text):
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


def _many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _pattern(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": list(examples)})


Duration = Annotated[
    int, BeforeValidator(parse_duration), PlainSerializer(write_duration), _pattern(_DURATION, "15m", "5h")
]
Amount = Annotated[Money, BeforeValidator(parse_money), PlainSerializer(str), _pattern(_MONEY, "95.00 EUR")]
Percent = Annotated[
    Decimal,
    BeforeValidator(parse_percent),
    PlainSerializer(lambda value: f"{value}%"),
    _pattern(_PERCENT, "19%"),
]
SignedPercent = Annotated[
    Decimal,
    BeforeValidator(_parse_signed_percent),
    PlainSerializer(lambda value: f"{value}%"),
    _pattern(rf"-?{_PERCENT}", "3.2%", "-1%"),
]
Day = Annotated[
    date,
    BeforeValidator(_parse_day),
    PlainSerializer(date.isoformat),
    _pattern(r"\d{4}-\d\d-\d\d", "2026-03-31"),
]
TimeOfDay = Annotated[
    time,
    BeforeValidator(_parse_time),
    PlainSerializer(lambda value: f"{value:%H:%M}"),
    _pattern(r"([01]\d|2[0-3]):[0-5]\d", "20:00"),
]
Flag = Annotated[
    bool,
    BeforeValidator(_parse_flag),
    PlainSerializer(lambda value: "yes" if value else "no"),
    WithJsonSchema({"enum": ["yes", "no"]}),
]
Amounted = Annotated[
    Quantity,
    BeforeValidator(parse_quantity),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^(?=.)(({_DURATION})|\d+(\.\d+)? [A-Za-z][A-Za-z-]*)$",
            "examples": ["5h", "300.00 EUR", "10 calls"],
        }
    ),
]
Counted = Annotated[
    Quantity, BeforeValidator(parse_count), PlainSerializer(str), _pattern(_COUNT, "42 licences", "10 calls")
]
Factor = Annotated[
    Decimal,
    BeforeValidator(_parse_factor),
    PlainSerializer(lambda value: f"x{value:f}"),
    _pattern(_FACTOR, "x1.5"),
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
    _pattern(rf"({_SPAN}|always)", "1 month", "3 periods", "always"),
]
#: A part: a percentage, or a quantity.
Share = Annotated[
    Decimal | Quantity,
    BeforeValidator(_parse_share),
    PlainSerializer(_write_share),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^(?=.)(({_DURATION})|\d+(\.\d+)?(%| [A-Za-z][A-Za-z-]*))$",
            "examples": ["50%", "10h"],
        }
    ),
]
Zone = Annotated[
    str, BeforeValidator(_parse_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})
]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]
#: One value, or a list of values any of which will do.
OneOrMany = Annotated[
    tuple[str, ...],
    BeforeValidator(_many),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
