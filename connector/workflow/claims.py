"""Claims: which entries the closed periods billed."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from connector.model.statement import Fate


def billed_by_start(claims: Mapping[tuple[str, date], Fate]) -> dict[date, frozenset[str]]:
    """Gather the entries whose charge is billed by the first day of their period, in one go."""
    found: dict[date, set[str]] = defaultdict(set)
    for (work, start), fate in claims.items():
        if fate is Fate.BILLED:
            found[start].add(work)
    return {start: frozenset(works) for start, works in found.items()}
