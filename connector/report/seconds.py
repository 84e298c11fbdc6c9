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
    def lost(self) -> tuple[str, ...]:
        """Keys of entries that no statement bears."""


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
    return "\n".join([*lines, *section("Not accounted for", lost)])


def _row(name: str, entries: int, seconds: Mapping[str, int]) -> tuple[str, ...]:
    return (name, str(entries), duration(sum(seconds.values())), *map(duration, seconds.values()))


def seconds_data(rows: Sequence[Worked]) -> list[dict[str, Any]]:
    """Give the rows as data, in real seconds."""
    return [
        {"customer": each.customer, "entries": each.entries, **each.seconds, "lost": list(each.lost)}
        for each in rows
    ]
