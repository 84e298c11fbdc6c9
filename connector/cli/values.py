"""How days, periods, amounts and times are written on the command line: as in the contracts."""

import getpass
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import click

from connector.model.period import Period, parse_period
from connector.model.written import parse_duration, parse_percent


class Value(click.ParamType[Any]):
    """A value that one of our readers takes; its ValueError is what the person is told."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the value as it was written."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no day; write it as 2026-03-31") from None


def _period(text: str) -> Period:
    try:
        return parse_period(text)
    except ValueError:
        raise ValueError(
            f"'{text}' is no period; write 2026-03, 2026-Q1, 2026-H1, 2026, 2026-W10 or 2026-03-10/2026-04-01"
        ) from None


def _amount(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise ValueError(f"'{text}' is no amount; write it with a dot and without currency, as 50.00")
    return Decimal(text)


DAY = Value("YYYY-MM-DD", _day)
PERIOD = Value("period", _period)
AMOUNT = Value("amount", _amount)
DURATION = Value("duration", parse_duration)
PERCENT = Value("percent", parse_percent)


def who_and_why(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add who decides and why, which no decision goes without."""
    why = click.option("--why", required=True, help="The reason, for the customer's and the auditor's eyes.")
    by = click.option("--by", default=getpass.getuser, help="Who decides (default: your login name).")
    return by(why(function))
