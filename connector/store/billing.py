"""Stored invoices with their lines, and what they billed together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, true
from sqlalchemy.exc import IntegrityError

from connector.model.contract import Party
from connector.model.invoice import Billed, Invoice, InvoiceKind, InvoiceLine, Role, TaxTotal
from connector.model.statement import LineKey
from connector.store.counters import take
from connector.store.engine import Store
from connector.store.ledger_tables import invoices as rows
from connector.store.ledger_tables import lines
from connector.store.nouns import Status, StoredInvoice, StoreError

_CHARGES = (Role.CHARGE, Role.LATE)
#: Columns that are not the invoice's own.
_OURS = ("id", "status", "reason", "seq", "created_at", "attempted_at", "replaces", "basis")


class AlreadyBilled(StoreError):
    """A charge stands on an invoice already; only a correction can follow."""


def invoices(
    store: Store, *, customer: str | None = None, status: Status | None = None
) -> list[StoredInvoice]:
    """Return stored invoices, oldest first; of one customer, of one status, if asked."""
    wanted: ColumnElement[bool] = true()
    if customer is not None:
        wanted &= rows.c.customer == customer
    if status is not None:
        wanted &= rows.c.status == status
    with store.read() as connection:
        return list(load(connection, wanted))


def invoice(store: Store, reference: str) -> StoredInvoice:
    """Return one stored invoice.

    Raises:
        StoreError: there is none under this reference.
    """
    with store.read() as connection:
        return load_one(connection, reference)


def billed(store: Store, customer: str) -> dict[LineKey, Billed]:
    """Sum by line key what the customer's invoices billed; replaced invoices do not count."""
    query = (
        select(lines)
        .join(rows, rows.c.reference == lines.c.reference)
        .where(lines.c.customer == customer, rows.c.status != Status.REPLACED)
        .order_by(rows.c.id, lines.c.position)
    )
    sums: dict[LineKey, Billed] = {}
    with store.read() as connection:
        for row in connection.execute(query).mappings():
            sums[row["key"]] = _added(sums.get(row["key"]), _line(row), row["reference"])
    return sums


def _added(before: Billed | None, line: InvoiceLine, reference: str) -> Billed:
    if before is None:
        return Billed(amount=line.amount, seconds=line.seconds, references=(reference,), line=line)
    return replace(
        before,
        amount=before.amount + line.amount,
        seconds=before.seconds + line.seconds,
        references=tuple(dict.fromkeys((*before.references, reference))),
    )


def load_one(connection: Connection, reference: str) -> StoredInvoice:
    """Read one stored invoice inside a transaction."""
    for stored in load(connection, rows.c.reference == reference):
        return stored
    raise StoreError(f"there is no invoice '{reference}'")


def load(connection: Connection, wanted: ColumnElement[bool]) -> Iterator[StoredInvoice]:
    """Read stored invoices inside a transaction, oldest first."""
    theirs = select(lines).join(rows, rows.c.reference == lines.c.reference).where(wanted)
    found = connection.execute(theirs.order_by(rows.c.id, lines.c.position)).mappings()
    grouped = groupby(found, lambda row: row["reference"])
    its_lines = {reference: tuple(map(_line, group)) for reference, group in grouped}
    for row in connection.execute(select(rows).where(wanted).order_by(rows.c.id)).mappings():
        yield _stored(row, its_lines.get(row["reference"], ()))


def issue(
    connection: Connection,
    due: Invoice,
    prefix: str,
    seq: int,
    now: datetime,
    *,
    replaces: str | None = None,
    basis: str | None = None,
) -> Invoice:
    """Store a document under the next reference of its year of issue.

    ``basis`` is the digest of what it was rated with, if its period is still open.

    Raises:
        AlreadyBilled: one of its charges stands on another invoice.
    """
    year = f"{prefix}-{due.issued_on.year}"
    issued = replace(due, reference=f"{year}-{take(connection, f'reference {year}'):04}")
    ours = {
        "status": Status.DUE,
        "reason": "",
        "seq": seq,
        "created_at": now,
        "replaces": replaces,
        "basis": basis,
    }
    connection.execute(insert(rows).values(**_invoice_row(issued), **ours))
    try:
        connection.execute(insert(lines), [_line_row(issued, line) for line in issued.lines])
    except IntegrityError as error:
        raise AlreadyBilled(
            f"{issued.customer}: a charge would be billed twice; nothing was written"
        ) from error
    return issued


def _invoice_row(issued: Invoice) -> dict[str, Any]:
    row = {name: getattr(issued, name) for name in Invoice.__dataclass_fields__ if name != "lines"}
    return row | {
        "seller": _party(issued.seller),
        "buyer": _party(issued.buyer),
        "taxes": [
            [one.tax, one.category, str(one.percent), str(one.base), str(one.amount), one.text]
            for one in issued.taxes
        ],
    }


def _party(party: Party) -> dict[str, Any]:
    return party.model_dump(mode="json", by_alias=True, exclude_none=True)


def _line_row(issued: Invoice, line: InvoiceLine) -> dict[str, Any]:
    row = {name: getattr(line, name) for name in InvoiceLine.__dataclass_fields__}
    charged = line.key if line.role in _CHARGES else None
    return row | {"reference": issued.reference, "customer": issued.customer, "charged": charged}


def _line(row: RowMapping) -> InvoiceLine:
    told = {name: row[name] for name in InvoiceLine.__dataclass_fields__}
    return InvoiceLine(**{**told, "role": Role(row["role"])})


def _stored(row: RowMapping, its_lines: tuple[InvoiceLine, ...]) -> StoredInvoice:
    told: Mapping[str, Any] = {name: value for name, value in row.items() if name not in _OURS}
    return StoredInvoice(
        invoice=Invoice(
            **{
                **told,
                "kind": InvoiceKind(row["kind"]),
                "seller": Party.model_validate(row["seller"]),
                "buyer": Party.model_validate(row["buyer"]),
                "taxes": tuple(map(_tax_total, row["taxes"])),
                "lines": its_lines,
            }
        ),
        status=Status(row["status"]),
        seq=row["seq"],
        created_at=row["created_at"],
        attempted_at=row["attempted_at"],
        reason=row["reason"],
        replaces=row["replaces"] or "",
        basis=row["basis"] or "",
    )


def _tax_total(told: Sequence[str]) -> TaxTotal:
    tax, category, percent, base, amount, text = told
    return TaxTotal(
        tax=tax,
        category=category,
        percent=Decimal(percent),
        base=Decimal(base),
        amount=Decimal(amount),
        text=text,
    )
