"""How figures are written in reports: amounts as -25.00, times as 1h 30m, tables in plain ASCII."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from connector.model.money import Money, rounded
from connector.model.period import Period
from connector.model.problem import Problem, Source
from connector.model.written import Written, write_duration


def duration(seconds: int) -> str:
    """Write seconds as ``1h 30m``; zero is ``0m``, a negative figure gets a leading minus."""
    text = write_duration(seconds)
    for unit in ("h", "m"):
        text = text.replace(unit, f"{unit} ")
    return text.rstrip()


def money(amount: Decimal, currency: str) -> str:
    """Write an amount with the digits of its currency, dot and no thousands mark."""
    return f"{rounded(amount, currency):f}"


def number(value: Decimal) -> str:
    """Write a percentage or quantity without the zeros that say nothing."""
    return f"{value.normalize():f}"


def clean(text: str, width: int = 0) -> str:
    """Put a desk's words on one line, without control characters, cut to ``width`` (0: whole)."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line[: width - 3].rstrip() + "..." if 0 < width < len(line) else line


def table(
    rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset(), indent: int = 2
) -> list[str]:
    """Align cells in columns; ``right`` numbers the columns of figures."""
    lines = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        (
            " " * indent
            + "  ".join(
                cell.rjust(width) if at in right else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
        ).rstrip()
        for line in lines
    ]


def section(title: str, lines: Sequence[str]) -> list[str]:
    """Head lines with a title; nothing at all if there are none."""
    return ["", title, *lines] if lines else []


def problem_line(problem: Problem, currency: str = "EUR") -> str:
    """Write a problem with its place first, as editors and people look for it, then the work it is about."""
    of_work = problem.about if "/" in problem.about else ""
    places = [str(problem.source), of_work] if problem.source else [problem.about]
    stake = f" ({money(problem.amount, currency)} at stake)" if problem.amount is not None else ""
    said = ": ".join(clean(part) for part in (*places, problem.message) if part)
    return f"  {said}{stake} [{problem.code}]"


def plain(value: Any) -> Any:
    """Turn nouns into what JSON can say: fields become keys, decimals text, days ISO, periods ``2026-03``."""
    match value:
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case Decimal():
            return f"{value:f}"
        case Period() | Money() | Source():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case Written():
            return value.model_dump(mode="json", by_alias=True, exclude_none=True)
        case Mapping():
            return {_key(key): plain(item) for key, item in value.items()}
        case _:
            return _composed(value)


def _key(key: Any) -> str:
    return str(key.value if isinstance(key, Enum) else key)


def _composed(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON")
