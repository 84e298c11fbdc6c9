"""Stored invoices with their lines, and what they billed together."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, repeat
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, true, union_all
from sqlalchemy.exc import IntegrityError

from connector.model.contract import Party
from connector.model.invoice import Billed, Invoice, InvoiceKind, InvoiceLine, Role, TaxTotal
from connector.model.period import Period
from connector.model.statement import LineKey
from connector.store.counters import take
from connector.store.engine import Store, insert_rows
from connector.store.ledger_tables import invoices as rows
from connector.store.ledger_tables import lines
from connector.store.nouns import Status, StoredInvoice, StoreError

_CHARGES = (Role.CHARGE, Role.LATE)
#: Columns that are not the invoice's own.
_OURS = ("id", "status", "reason", "seq", "created_at", "attempted_at", "replaces", "basis")
#: What of these is left waits, for however long, for a document that can bear it.
_WAIT = (Role.CREDIT, Role.CARRIED_OUT, Role.CARRIED_IN)


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


def billed(store: Store, customer: str, periods: Collection[Period] | None = None) -> dict[LineKey, Billed]:
    """Sum by line key what the customer's invoices billed; replaced invoices do not count.

    ``periods`` asks for what belongs to some periods only. Credits and transfers come all the same: what is
    left of them waits for any later document.
    """
    query = (
        select(rows.c.id, lines)
        .join(rows, rows.c.reference == lines.c.reference)
        .where(lines.c.customer == customer, rows.c.status != Status.REPLACED)
    )
    asked = [query.where(part) for part in _parts(periods)]
    sums: dict[LineKey, Billed] = {}
    with store.read() as connection:
        for row in connection.execute(union_all(*asked).order_by("id", "position")).mappings():
            sums[row["key"]] = _added(sums.get(row["key"]), _line(row), row["reference"])
    return sums


def _parts(periods: Collection[Period] | None) -> list[ColumnElement[bool]]:
    """Ask for the lines of periods and for those that wait, each by the index of role and period."""
    if periods is None:
        return [true()]
    named = sorted(str(period) for period in periods)
    of_periods = [role for role in Role if role not in _WAIT]
    return [lines.c.role.in_(of_periods) & lines.c.period.in_(named), lines.c.role.in_(_WAIT)]


def charged(store: Store, customer: str, keys: Collection[LineKey]) -> set[LineKey]:
    """Return those of some keys under which an invoice charges the customer; replaced ones do not count."""
    if not keys:
        return set()
    query = select(lines.c.key).where(lines.c.customer == customer, lines.c.charged.in_(list(keys)))
    with store.read() as connection:
        return set(connection.execute(query).scalars())


def billed_nets(store: Store, customer: str) -> dict[Role, Decimal]:
    """Sum by role what all the customer's invoices billed; replaced invoices do not count."""
    query = (
        select(lines.c.role, lines.c.amount)
        .join(rows, rows.c.reference == lines.c.reference)
        .where(lines.c.customer == customer, rows.c.status != Status.REPLACED)
    )
    nets: dict[Role, Decimal] = {}
    with store.read() as connection:
        for role, amount in connection.execute(query):
            nets[role] = nets.get(role, Decimal(0)) + amount
    return {Role(role): net for role, net in nets.items()}


def issued_on(store: Store, references: Collection[str]) -> dict[str, date]:
    """Return when some invoices were issued, by reference."""
    query = select(rows.c.reference, rows.c.issued_on).where(rows.c.reference.in_(sorted(references)))
    with store.read() as connection:
        return {row.reference: row.issued_on for row in connection.execute(query)}


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
        insert_rows(connection, lines, _line_columns(issued))
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


def _line_columns(issued: Invoice) -> dict[str, Iterable[Any]]:
    names = InvoiceLine.__dataclass_fields__
    return {
        **{name: map(attrgetter(name), issued.lines) for name in names},
        "reference": repeat(issued.reference),
        "customer": repeat(issued.customer),
        "period": (line.key.period for line in issued.lines),
        "charged": (line.key if line.role in _CHARGES else None for line in issued.lines),
    }


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
