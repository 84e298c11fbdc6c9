"""What became of an invoice: attempts, receipts of the books, and what a person says of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, insert, select, update

from connector.model.invoice import DocumentState, Receipt
from connector.store.billing import issue, load_one
from connector.store.engine import Store
from connector.store.events import note
from connector.store.ledger_tables import acceptances, invoices, lines, receipts
from connector.store.nouns import Accepted, Status, StoreError

_STATUS_OF = {
    DocumentState.DRAFT: Status.PUSHED,
    DocumentState.HANDED_OVER: Status.PUSHED,
    DocumentState.POSTED: Status.POSTED,
    DocumentState.PAID: Status.PAID,
    DocumentState.CANCELLED: Status.HELD,
}
_CANCELLED = "cancelled in the books; decide rebill or accept"


def record_attempt(store: Store, reference: str, now: datetime) -> None:
    """Note, before it is made, that a create is tried.

    Raises:
        StoreError: the invoice is neither due nor sending.
    """
    with store.begin() as connection:
        status = _status(connection, reference)
        if status not in (Status.DUE, Status.SENDING):
            raise StoreError(f"{reference} is {status}; only an invoice that is due is sent")
        _put(connection, reference, status=Status.SENDING, attempted_at=now)


def record_receipt(store: Store, receipt: Receipt, now: datetime, held: str = "") -> None:
    """Add what the books hold; the invoice's status follows its state, unless it was replaced.

    A receipt equal to the last one is not added again. ``held`` says what is wrong with it, so that a person
    looks.
    """
    with store.begin() as connection:
        status = _status(connection, receipt.reference)
        _put_receipt(connection, receipt, now)
        if status != Status.REPLACED:
            reason = _CANCELLED if receipt.state == DocumentState.CANCELLED else ""
            status = Status.HELD if held else _STATUS_OF[receipt.state]
            _put(connection, receipt.reference, status=status, reason=held or reason)


def set_status(store: Store, reference: str, status: Status, reason: str, now: datetime) -> None:
    """Say how an invoice stands, and why; logged.

    Raises:
        StoreError: it was replaced: that is final.
    """
    with store.begin() as connection:
        _refuse_replaced(connection, reference)
        _put(connection, reference, status=status, reason=reason)
        note(connection, now, "", "status", reference, f"{status}: {reason}" if reason else str(status))


def receipt(store: Store, reference: str, until: datetime | None = None) -> Receipt | None:
    """Return what the books held last, or last up to a moment; None: nothing was read back by then."""
    with store.read() as connection:
        row = _latest(connection, reference, until)
        return _receipt(row) if row else None


def reissue(store: Store, reference: str, now: datetime, by: str) -> str:
    """Make what an invoice billed due again under a new reference, which is returned.

    The old one is replaced: its lines no longer count. Kind, dates, lines and totals are copied as they are.

    Raises:
        StoreError: it was replaced before.
    """
    with store.begin() as connection:
        _refuse_replaced(connection, reference)
        old = load_one(connection, reference)
        _put(connection, reference, status=Status.REPLACED)
        connection.execute(update(lines).where(lines.c.reference == reference).values(charged=None))
        prefix = reference.rsplit("-", 2)[0]
        new = issue(
            connection, old.invoice, prefix, old.seq, now, replaces=reference, basis=old.basis or None
        )
        note(connection, now, by, "reissue", reference, new.reference)
    return new.reference


def pushed_before(store: Store) -> bool:
    """Tell whether this installation ever tried to send anything."""
    with store.read() as connection:
        tried = exists().where(invoices.c.attempted_at.is_not(None))
        answered = exists().where(receipts.c.id.is_not(None))
        return bool(connection.execute(select(tried | answered)).scalar())


def accept(store: Store, reference: str, receipt: Receipt | None, by: str, now: datetime) -> None:
    """Take what the books hold for good: no difference to it is reported any more.

    It is not sent again, and what counts as billed stays: no correction follows from it.

    Raises:
        StoreError: it was replaced.
    """
    with store.begin() as connection:
        _refuse_replaced(connection, reference)
        held = None if receipt is None else _put_receipt(connection, receipt, now)
        connection.execute(insert(acceptances).values(reference=reference, receipt_id=held, by=by, at=now))
        stands = receipt is not None and receipt.state != DocumentState.CANCELLED
        status = _STATUS_OF[receipt.state] if receipt and stands else Status.PUSHED
        _put(connection, reference, status=status, reason="")
        note(connection, now, by, "accept", reference, receipt.state if receipt else "nothing in the books")


def accepted(store: Store, reference: str) -> Accepted | None:
    """Return the newest acceptance of what the books hold; None: nobody accepted anything."""
    query = (
        select(acceptances)
        .where(acceptances.c.reference == reference)
        .order_by(acceptances.c.id.desc())
        .limit(1)
    )
    with store.read() as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        of = select(receipts).where(receipts.c.id == row.receipt_id)
        held = connection.execute(of).mappings().first()
        receipt = _receipt(held) if held else None
        return Accepted(reference=reference, receipt=receipt, by=row.by, at=row.at)


def _status(connection: Connection, reference: str) -> Status:
    status = connection.execute(select(invoices.c.status).where(invoices.c.reference == reference)).scalar()
    if status is None:
        raise StoreError(f"there is no invoice '{reference}'")
    return Status(status)


def _refuse_replaced(connection: Connection, reference: str) -> None:
    if _status(connection, reference) == Status.REPLACED:
        raise StoreError(f"{reference} was issued again under another reference; work on that one")


def _put(connection: Connection, reference: str, **values: Any) -> None:
    connection.execute(update(invoices).where(invoices.c.reference == reference).values(**values))


def _latest(connection: Connection, reference: str, until: datetime | None = None) -> RowMapping | None:
    query = select(receipts).where(receipts.c.reference == reference).order_by(receipts.c.id.desc()).limit(1)
    if until is not None:
        query = query.where(receipts.c.at <= until)
    return connection.execute(query).mappings().first()


def _put_receipt(connection: Connection, receipt: Receipt, now: datetime) -> int:
    last = _latest(connection, receipt.reference)
    if last and _receipt(last) == receipt:
        return int(last["id"])
    row = {name: getattr(receipt, name) for name in Receipt.__dataclass_fields__}
    (added,) = connection.execute(insert(receipts).values(at=now, **row)).inserted_primary_key or (0,)
    return int(added)


def _receipt(row: RowMapping) -> Receipt:
    told = {name: row[name] for name in Receipt.__dataclass_fields__}
    return Receipt(**{**told, "state": DocumentState(row["state"])})
