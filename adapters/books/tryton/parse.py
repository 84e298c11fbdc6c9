"""Reads an invoice of Tryton as a receipt. A credit note is one with negative figures."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from connector.model.invoice import DocumentState, Receipt

#: What a person can change in a draft; number and state move by themselves.
_CHANGEABLE = ("invoice_date", "payment_term_date", "description", "comment", "party")
_LINE = ("type", "description", "quantity", "unit_price", "amount", "account", "taxes")
_TAX = ("tax", "base", "amount")

FIELDS = [
    *("number", "reference", "state", "currency.code", "untaxed_amount", "tax_amount", "total_amount"),
    *_CHANGEABLE,
    *(f"lines.{field}" for field in _LINE),
    *(f"taxes.{field}" for field in _TAX),
]

_STATES = {
    "draft": DocumentState.DRAFT,
    "validated": DocumentState.DRAFT,  # has no number yet
    "posted": DocumentState.POSTED,
    "paid": DocumentState.PAID,
    "cancelled": DocumentState.CANCELLED,
}


def receipt_of(row: dict[str, Any]) -> Receipt:
    """Read a row that has `FIELDS`."""
    return Receipt(
        reference=row["reference"] or "",
        remote_id=str(row["id"]),
        state=_STATES[row["state"]],
        number=row["number"] or "",
        currency=row["currency."]["code"],
        net=row["untaxed_amount"],
        tax=row["tax_amount"],
        gross=row["total_amount"],
        lines=tuple(line["amount"] for line in row["lines."] if line["type"] == "line"),
        digest=_digest(row),
    )


def _digest(row: dict[str, Any]) -> str:
    parts = [
        [[_plain(part[field]) for field in fields] for part in row[name]]
        for name, fields in (("lines.", _LINE), ("taxes.", _TAX))
    ]
    facts = [[_plain(row[field]) for field in _CHANGEABLE], row["currency."]["code"], parts]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _plain(value: Any) -> str | list[Any]:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # 37.50 and 37.5 are the same figure
    return value if isinstance(value, list) else str(value or "")
