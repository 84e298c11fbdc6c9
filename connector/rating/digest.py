"""Digests: one short text for a statement and what is due, so that an approval names what was seen."""

import hashlib
import json
from collections.abc import Iterable

from connector.model.invoice import DueLine
from connector.model.statement import Statement


def statement_digest(statement: Statement, lines: Iterable[DueLine] = ()) -> str:
    """Digest every fate, line and due amount of a statement; names of persons are not part of it."""
    items = sorted(
        [item.work, item.on.isoformat(), item.real, item.billed, item.fate.value] for item in statement.items
    )
    body = {
        "customer": statement.customer,
        "period": str(statement.period),
        "items": items,
        "lines": sorted([*line.key, str(line.amount), str(line.seconds)] for line in statement.lines),
        "due": sorted([due.role.value, *due.line.key, str(due.amount)] for due in lines),
    }
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()[:16]
