"""Hold the ledger's documents against what the books have under our references, and name each difference."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from connector.http import ConfigError
from connector.model.invoice import DocumentState, Receipt
from connector.store import ledger
from connector.store.nouns import Accepted, Status, StoredInvoice
from connector.workflow.target import Pushed, Target, changed, difference, live

_ARRIVED = (Status.PUSHED, Status.POSTED, Status.PAID)
_DECIDE = "decide rebill (due again under a new reference) or accept"


class Kind(StrEnum):
    """What differs."""

    MISSING_IN_LEDGER = "missing_in_ledger"  #: the desk has it, the ledger does not or did not
    CHANGED_AFTER_BILLING = "changed_after_billing"  #: the next invoice corrects it
    DELETED_AFTER_BILLING = "deleted_after_billing"  #: the next invoice corrects it
    MISSING_IN_BOOKS = "missing_in_books"
    CHANGED_IN_BOOKS = "changed_in_books"  #: the totals are the same
    AMOUNT_DIFFERS = "amount_differs"
    TWICE_IN_BOOKS = "twice_in_books"
    UNKNOWN_IN_BOOKS = "unknown_in_books"  #: it bears our prefix, but the ledger does not have it
    CANCELLED_IN_BOOKS = "cancelled_in_books"
    NOT_ADOPTED = "not_adopted"  #: it stands in the books as we meant it, and the ledger does not know yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row of a reconciliation."""

    kind: Kind
    about: str  #: a document's reference, or ``desk/ticket/entry`` or ``desk/ticket``
    message: str  #: what differs, and what a person can do
    place: str  #: the desk or the books
    customer: str = ""
    ours: Decimal | None = None  #: gross by the ledger
    theirs: Decimal | None = None  #: gross by the books


def compare(
    target: Target, documents: Sequence[StoredInvoice], *, fix: bool
) -> Iterator[Difference | Pushed]:
    """Yield the differences of some books, and with ``fix`` the documents that were adopted.

    With ``fix`` a document that is gone, cancelled or changed there is held until a person decides.

    Raises:
        ConfigError: these books cannot be asked.
        RemoteError: they do not answer.
    """
    if target.blind:
        raise ConfigError(f"{target.name} cannot be asked for documents; compare them by hand")
    ours = {stored.invoice.reference: stored for stored in documents}
    held: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in target.books.status(list(ours)):
        held[receipt.reference].append(receipt)
    for reference, stored in ours.items():
        found = live(held[reference])
        kind, message = _verdict(target, stored, found)
        if kind is None or (kind is Kind.NOT_ADOPTED and fix):
            yield from _refreshed(target, stored, found) if fix else ()
        else:
            if fix and stored.status in _ARRIVED:
                target.note(reference, Status.HELD, message)
            yield _row(target, stored, kind, message, found)
    yield from _unknown(target, ours)


def _refreshed(target: Target, stored: StoredInvoice, found: Sequence[Receipt]) -> Iterator[Pushed]:
    """Read the receipt anew, where there is one that says something new."""
    store, reference = target.house.store, stored.invoice.reference
    if stored.status is Status.REPLACED or not found or ledger.accepted(store, reference):
        return
    if stored.status not in _ARRIVED or ledger.receipt(store, reference) != found[0]:
        yield target.receive(stored.invoice, found[0])


def _verdict(target: Target, stored: StoredInvoice, found: Sequence[Receipt]) -> tuple[Kind | None, str]:
    reference = stored.invoice.reference
    before = ledger.receipt(target.house.store, reference)
    if _settled(target, reference, found):
        return None, ""
    if len(found) > 1:
        ids = ", ".join(receipt.remote_id for receipt in found)
        return (
            Kind.TWICE_IN_BOOKS,
            f"it stands there {len(found)} times (ids {ids}); cancel all but one there",
        )
    if stored.status is Status.REPLACED:
        return _of_replaced(found)
    if not found:
        return (Kind.MISSING_IN_BOOKS, f"it is gone; {_DECIDE}") if before else (None, "")
    return _of_one(stored, before, found[0])


def _of_replaced(found: Sequence[Receipt]) -> tuple[Kind | None, str]:
    if not found or found[0].state is DocumentState.CANCELLED:
        return None, ""
    return Kind.TWICE_IN_BOOKS, "it was billed again under a new reference, but still stands; cancel it there"


def _of_one(stored: StoredInvoice, before: Receipt | None, now: Receipt) -> tuple[Kind | None, str]:
    wrong = difference(stored.invoice, now)
    if now.state is DocumentState.CANCELLED:
        return Kind.CANCELLED_IN_BOOKS, wrong
    if wrong:
        return Kind.AMOUNT_DIFFERS, f"{wrong}; {_DECIDE}"
    # A document that was held for a wrong figure and has the right one now was mended, not tampered with.
    if before and not difference(stored.invoice, before) and changed(before, now):
        return Kind.CHANGED_IN_BOOKS, f"a person changed it, its totals are the same; {_DECIDE}"
    if stored.status not in _ARRIVED:
        return Kind.NOT_ADOPTED, "it stands there as we meant it; reconcile --fix takes that over"
    return None, ""


def _settled(target: Target, reference: str, found: Sequence[Receipt]) -> bool:
    """Tell whether a person accepted just what is there."""
    accepted: Accepted | None = ledger.accepted(target.house.store, reference)
    if accepted is None:
        return False
    return [(one.remote_id, one.digest) for one in found] == (
        [(accepted.receipt.remote_id, accepted.receipt.digest)] if accepted.receipt else []
    )


def _unknown(target: Target, ours: Mapping[str, StoredInvoice]) -> Iterator[Difference]:
    pattern = re.compile(rf"{re.escape(target.house.settings.reference)}-\d{{4}}-\d{{4,}}")
    for receipt in target.books.everything():
        if pattern.fullmatch(receipt.reference) and receipt.reference not in ours:
            yield Difference(
                kind=Kind.UNKNOWN_IN_BOOKS,
                about=receipt.reference,
                place=target.name,
                theirs=receipt.gross,
                message=f"document {receipt.remote_id} bears a reference of ours that the ledger never gave "
                "to these books; was an older database restored?",
            )


def _row(
    target: Target, stored: StoredInvoice, kind: Kind, message: str, found: Sequence[Receipt]
) -> Difference:
    return Difference(
        kind=kind,
        about=stored.invoice.reference,
        message=message,
        place=target.name,
        customer=stored.invoice.customer,
        ours=stored.invoice.gross,
        theirs=found[0].gross if found else None,
    )
