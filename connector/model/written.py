"""How people write values in YAML: durations with unit, money with currency, days, times, percentages.

Every scalar reaches these types as the text that stands in the file; a bare number is an error.
"""

import re
from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from connector.model.money import Money, digits_of

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
DURATION = r"(\d+d)?(\d+h)?(\d+m)?(\d+s)?"
MONEY = r"(-?\d+(?:\.\d+)?) ([A-Z]{3})"
PERCENT = r"(\d+(?:\.\d+)?)%"


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
    match = re.fullmatch(DURATION, str(value))
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
    match = re.fullmatch(MONEY, str(value))
    if not match:
        raise ValueError(f"'{value}' is no amount of money; write it with its currency, as 95.00 EUR")
    amount, currency = Decimal(match[1]), match[2]
    digits = max(digits_of(currency), -int(amount.as_tuple().exponent))
    return Money(amount.quantize(Decimal(1).scaleb(-digits)), currency)


def parse_percent(value: Any) -> Decimal:
    """Read ``19%`` as the number 19."""
    if isinstance(value, Decimal):
        return value
    match = re.fullmatch(PERCENT, str(value))
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


def _many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def pattern(regex: str, *examples: str) -> WithJsonSchema:
    """Say in the schema how a value is written."""
    return WithJsonSchema({"type": "string", "pattern": f"^{regex}$", "examples": list(examples)})


Duration = Annotated[
    int, BeforeValidator(parse_duration), PlainSerializer(write_duration), pattern(DURATION, "15m", "5h")
]
Amount = Annotated[Money, BeforeValidator(parse_money), PlainSerializer(str), pattern(MONEY, "95.00 EUR")]
Percent = Annotated[
    Decimal,
    BeforeValidator(parse_percent),
    PlainSerializer(lambda value: f"{value}%"),
    pattern(PERCENT, "19%"),
]
SignedPercent = Annotated[
    Decimal,
    BeforeValidator(_parse_signed_percent),
    PlainSerializer(lambda value: f"{value}%"),
    pattern(rf"-?{PERCENT}", "3.2%", "-1%"),
]
Day = Annotated[
    date,
    BeforeValidator(_parse_day),
    PlainSerializer(date.isoformat),
    pattern(r"\d{4}-\d\d-\d\d", "2026-03-31"),
]
TimeOfDay = Annotated[
    time,
    BeforeValidator(_parse_time),
    PlainSerializer(lambda value: f"{value:%H:%M}"),
    pattern(r"([01]\d|2[0-3]):[0-5]\d", "20:00"),
]
Flag = Annotated[
    bool,
    BeforeValidator(_parse_flag),
    PlainSerializer(lambda value: "yes" if value else "no"),
    WithJsonSchema({"enum": ["yes", "no"]}),
]
Zone = Annotated[
    str, BeforeValidator(_parse_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})
]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]


def _told(text: str) -> str:
    if text in ("yes", "no"):
        raise ValueError(f"'{text}' is no reason; write the words that people shall read, or remove the key")
    return text


#: Why work is free or waits, in the words that stand on statements.
Reason = Annotated[Text, AfterValidator(_told)]
#: One value, or a list of values any of which will do.
OneOrMany = Annotated[
    tuple[str, ...],
    BeforeValidator(_many),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
