"""How the trade's values stand in columns: exact decimals, days, moments and small nouns, all as text."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from connector.model.period import Period
from connector.model.problem import Problem, Source
from connector.model.statement import LineKey, Lot


def canonical(value: Any) -> str:
    """Write JSON in the one form that digests and unique keys rest on."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def write_moment(value: datetime) -> str:
    """Write an aware datetime in UTC."""
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone; every moment in the vault is aware")
    return value.astimezone(UTC).isoformat()


def _write_exact(value: Decimal) -> str:
    text = str(value)
    return f"{value:f}" if "E" in text else text


def _write_key(key: LineKey) -> str:
    # As `canonical` does, which takes five times as long: each charge is written twice.
    return f"[{','.join(map(encode_basestring, key))}]"


def _read_period(text: str) -> Period:
    start, _, end = text.partition("/")
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def write_problem(problem: Problem) -> str:
    """Write a problem with its place and amount."""
    source = problem.source
    return canonical(
        {
            "code": problem.code,
            "message": problem.message,
            "about": problem.about,
            "source": [source.file, source.line, source.column] if source else None,
            "amount": None if problem.amount is None else str(problem.amount),
        }
    )


def read_problem(text: str) -> Problem:
    """Read what `write_problem` wrote."""
    data = json.loads(text)
    if data["source"]:
        file, line, column = data["source"]
        data["source"] = Source(file=file, line=line, column=column)
    if data["amount"] is not None:
        data["amount"] = Decimal(data["amount"])
    return Problem(**data)


def _write_lots(lots: tuple[Lot, ...]) -> str:
    return canonical(
        [
            [lot.allowance, str(lot.amount), str(lot.granted), str(lot.until), lot.key, str(lot.of)]
            for lot in lots
        ]
    )


def _read_lots(text: str) -> tuple[Lot, ...]:
    return tuple(
        Lot(
            allowance=name,
            amount=_read_units(amount),
            granted=date.fromisoformat(granted),
            until=date.fromisoformat(until),
            key=key,
            of=_read_units(of),
        )
        for name, amount, granted, until, key, of in json.loads(text)
    )


def _read_units(text: str) -> int | Fraction:
    return Fraction(text) if "/" in text else int(text)


@lru_cache(maxsize=4096)  # thousands of rows say the same few words
def read_words(text: str) -> Mapping[str, str]:
    """Read a mapping of text to text; whoever gets it leaves it as it is."""
    words: dict[str, str] = json.loads(text)
    return words


class Written(TypeDecorator[Any]):
    """A value kept as text by a pair of functions. NULL stays None."""

    impl = Text
    cache_ok = True

    def __init__(self, write: Callable[[Any], str], read: Callable[[str], Any]) -> None:
        super().__init__()
        self.write, self.read = write, read

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002 (the base's signature)
        """Return the function that writes a parameter."""
        write = self.write
        return lambda value: None if value is None else write(value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[str | None], Any]:  # noqa: ARG002 (the base's signature)
        """Return the function that reads a column."""
        read = self.read
        return lambda text: None if text is None else read(text)


#: A Decimal, digit by digit.
EXACT = Written(_write_exact, Decimal)
#: A date, ISO 8601.
DAY = Written(date.isoformat, date.fromisoformat)
#: An aware datetime, ISO 8601 in UTC, so that the order of the texts is the order of time.
MOMENT = Written(write_moment, datetime.fromisoformat)
#: A Period, ISO 8601: ``2026-03-01/2026-04-01``.
SPAN = Written("{0.start}/{0.end}".format, _read_period)
#: Any JSON value, canonical.
JSON = Written(canonical, json.loads)
#: A mapping of text to text.
WORDS = Written(lambda words: canonical(dict(words)), read_words)
#: A tuple of texts.
NAMES = Written(lru_cache(maxsize=1024)(canonical), lambda text: tuple(json.loads(text)))
#: A tuple of Decimals.
AMOUNTS = Written(
    lambda amounts: canonical([f"{amount:f}" for amount in amounts]),
    lambda text: tuple(map(Decimal, json.loads(text))),
)
#: A LineKey, as a list.
KEY = Written(_write_key, lambda text: LineKey(*json.loads(text)))
#: A tuple of Lot.
LOTS = Written(_write_lots, _read_lots)
#: A Problem.
TROUBLE = Written(write_problem, read_problem)
#: A tuple of Problems.
TROUBLES = Written(
    lambda problems: canonical([write_problem(one) for one in problems]),
    lambda text: tuple(map(read_problem, json.loads(text))),
)
