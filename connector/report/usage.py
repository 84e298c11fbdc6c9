"""Usage in a statement: how many records there are by fate, and each of them as data."""

from collections import Counter
from typing import Any

from connector.model.statement import Fate, RatedUsage, Statement
from connector.report.words import clean, plain, table

_WORDS = {Fate.BILLED: "charged", Fate.INCLUDED: "included", Fate.FREE: "free", Fate.HELD: "held"}
_USAGE = ("record", "fate", "quantity", "amount", "reason", "facets")


def usage_lines(statement: Statement) -> list[str]:
    """Count the usage records by fate and reason; what is held stands among the problems too."""
    counts = Counter((each.fate, "" if each.fate is Fate.HELD else each.reason) for each in statement.usage)
    rows = [
        (_WORDS[fate], f"{counts[fate, reason]} records", clean(reason))
        for fate in Fate
        for reason in sorted({why for of, why in counts if of is fate})
    ]
    return table(rows, right=frozenset({1})) if rows else []


def used_data(each: RatedUsage) -> dict[str, Any]:
    """Give a rated usage record without its trail."""
    return {name: plain(getattr(each, name)) for name in _USAGE}
