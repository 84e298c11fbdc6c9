"""Digests: one short text for a statement and what is due, so that an approval names what was seen."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from connector.model.invoice import DueLine
from connector.model.statement import Statement


def statement_digest(statement: Statement, documents: Iterable[Sequence[DueLine]] = ()) -> str:
    """Digest every fate, line and due amount of a statement; names of persons are not part of it.

    ``documents``: what is due, as it stands on the documents of the close.
    """
    items = sorted(
        [item.work, item.on.isoformat(), item.real, item.billed, item.fate.value] for item in statement.items
    )
    body = {
        "customer": statement.customer,
        "period": str(statement.period),
        "items": items,
        "usage": sorted(
            [one.record, one.fate.value, str(one.quantity), str(one.amount)] for one in statement.usage
        ),
        "lines": sorted([*line.key, str(line.amount), str(line.seconds)] for line in statement.lines),
        "due": [
            sorted([due.role.value, *due.line.key, str(due.amount)] for due in document)
            for document in documents
        ],
    }
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()[:16]
