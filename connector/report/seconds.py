"""The seconds of the whole house: a row for each customer, a column for each fate."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from connector.report.words import duration, section, table


class Worked(Protocol):
    """Where a customer's work ended."""

    @property
    def customer(self) -> str:
        """Empty: no known customer."""

    @property
    def entries(self) -> int:
        """How many there are."""

    @property
    def seconds(self) -> Mapping[str, int]:
        """Real seconds by fate."""

    @property
    def records(self) -> int:
        """How many usage records there are."""

    @property
    def usage(self) -> Mapping[str, int]:
        """Usage records by fate; what stands is counted in each period."""

    @property
    def lost(self) -> tuple[str, ...]:
        """Keys of entries and usage records that no statement bears."""


def seconds_text(rows: Sequence[Worked]) -> str:
    """Write the rows and their sum."""
    fates = list(rows[0].seconds)
    sums = {fate: sum(each.seconds[fate] for each in rows) for fate in fates}
    body = [_row(each.customer or "(nobody known)", each.entries, each.seconds) for each in rows]
    body.append(_row("together", sum(each.entries for each in rows), sums))
    lines = table(
        [("Customer", "Entries", "Worked", *map(str.capitalize, fates)), *body],
        right=frozenset(range(1, 3 + len(fates))),
        indent=0,
    )
    lost = [f"  {key}" for each in rows for key in each.lost]
    return "\n".join([*lines, *section("Usage", _usage(rows, fates)), *section("Not accounted for", lost)])


def _usage(rows: Sequence[Worked], fates: Sequence[str]) -> list[str]:
    """Write the usage records by fate, if there are any."""
    used = [each for each in rows if each.records]
    if not used:
        return []
    body = [
        (each.customer or "(nobody known)", str(each.records), *(str(each.usage[fate]) for fate in fates))
        for each in used
    ]
    head = ("Customer", "Records", *map(str.capitalize, fates))
    return table([head, *body], right=frozenset(range(1, 2 + len(fates))))


def _row(name: str, entries: int, seconds: Mapping[str, int]) -> tuple[str, ...]:
    return (name, str(entries), duration(sum(seconds.values())), *map(duration, seconds.values()))


def seconds_data(rows: Sequence[Worked]) -> list[dict[str, Any]]:
    """Give the rows as data, in real seconds."""
    return [
        {
            "customer": each.customer,
            "entries": each.entries,
            **each.seconds,
            "usage": {"records": each.records, **each.usage},
            "lost": list(each.lost),
        }
        for each in rows
    ]
