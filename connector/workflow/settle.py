"""A person's word about a document: what arrived, that it is due again, that the books are right."""

from collections.abc import Sequence
from datetime import datetime

from connector.model.decision import Decision, Kind
from connector.model.invoice import DocumentState, Receipt
from connector.store import decisions, events, ledger
from connector.store.nouns import Status, StoredInvoice
from connector.workflow.decide import Refusal
from connector.workflow.house import House
from connector.workflow.target import Pushed, Target, target_of

_SETTLED = (Status.SENDING, Status.UNSURE, Status.HELD)


def settle(house: House, reference: str, arrived: str | None) -> Pushed:
    """Say what a person found in the books about a document whose outcome is unknown, or that is held.

    Args:
        house: the house.
        reference: our reference.
        arrived: the books' own id of the one document that counts; None: nothing arrived, it is due again.

    Raises:
        Refusal: the document is in another state, or the books say otherwise.
        StoreError: there is no such document.
        RemoteError, ConfigError: the books cannot be asked.
        Busy: another process writes.
    """
    with house.writer():
        stored = ledger.invoice(house.store, reference)
        if stored.status not in _SETTLED:
            raise Refusal(f"{reference} is {stored.status}; only sending, unsure and held can be settled")
        target = target_of(house, stored.invoice.target)
        until = target.under_way_until(stored)  # as of before the find: what arrives after it is not seen
        found = target.find(reference)
        if arrived is None:
            settled = _not_arrived(target, stored, found, until)
        else:
            settled = target.receive(stored.invoice, _named(target, stored, found, arrived))
        events.record(house.store, house.now(), house.actor, "settle", reference, arrived or "not arrived")
        return settled


def rebill(house: House, reference: str, by: str, why: str) -> str:
    """Make a document due again under a new reference, which is returned; the books must hold it no more.

    Raises:
        Refusal: it was not sent, its outcome is unknown, or it still stands in the books.
        StoreError: there is no such document, or it was billed again before.
        RemoteError, ConfigError: the books cannot be asked.
        Busy: another process writes.
    """
    with house.writer():
        target, stored = _sent(house, reference)
        until = target.under_way_until(stored)
        standing = [one for one in target.find(reference) if one.state is not DocumentState.CANCELLED]
        if standing:
            raise Refusal(
                f"{reference} still stands in the books (id {_ids(standing)}); cancel it there first"
            )
        if until:
            raise Refusal(f"the request for {reference} may still be under way until {until:%H:%M:%S} UTC")
        _say(house, Kind.REBILL, stored, by, why)
        return ledger.reissue(house.store, reference, house.now(), by)


def accept(house: House, reference: str, by: str, why: str) -> Receipt | None:
    """Take what the books hold under a reference for good, even if that is nothing; it is returned.

    Raises:
        Refusal: it was not sent, its outcome is unknown, or the books hold it more than once.
        StoreError: there is no such document, or it was billed again before.
        RemoteError, ConfigError: the books cannot be asked.
        Busy: another process writes.
    """
    with house.writer():
        target, stored = _sent(house, reference)
        found = target.find(reference)
        if len(found) > 1:
            raise Refusal(
                f"the books hold {reference} {len(found)} times (ids {_ids(found)}); cancel all but one"
            )
        _say(house, Kind.ACCEPT, stored, by, why)
        receipt = found[0] if found else None
        ledger.accept(house.store, reference, receipt, by, house.now())
        return receipt


def _sent(house: House, reference: str) -> tuple[Target, StoredInvoice]:
    stored = ledger.invoice(house.store, reference)
    if stored.status is Status.DUE:
        raise Refusal(f"{reference} was not sent yet; the next push sends it")
    if stored.status in (Status.SENDING, Status.UNSURE):
        raise Refusal(f"{reference} is {stored.status}: settle first whether it arrived")
    return target_of(house, stored.invoice.target), stored


def _say(house: House, kind: Kind, stored: StoredInvoice, by: str, why: str) -> None:
    if not by.strip() or not why.strip():
        raise Refusal("a decision says who decided and why")
    about = stored.invoice
    decisions.decide(
        house.store,
        Decision(
            id="", kind=kind, by=by, at=house.now(), why=why, customer=about.customer, target=about.reference
        ),
    )


def _ids(found: Sequence[Receipt]) -> str:
    return ", ".join(receipt.remote_id for receipt in found)


def _not_arrived(
    target: Target, stored: StoredInvoice, found: Sequence[Receipt], until: datetime | None
) -> Pushed:
    reference = stored.invoice.reference
    if found:
        raise Refusal(f"the books do hold {reference} (id {_ids(found)}); settle it with --arrived ID")
    if ledger.receipt(target.house.store, reference):
        raise Refusal(f"{reference} did arrive, and the books confirmed it; decide rebill or accept")
    if until:
        raise Refusal(f"the request for {reference} may still be under way until {until:%H:%M:%S} UTC")
    return target.note(reference, Status.DUE)


def _named(target: Target, stored: StoredInvoice, found: Sequence[Receipt], arrived: str) -> Receipt:
    invoice = stored.invoice
    if target.blind:
        return Receipt(
            reference=invoice.reference,
            remote_id=arrived,
            state=DocumentState.HANDED_OVER,
            currency=invoice.currency,
            net=invoice.net,
            tax=invoice.tax,
            gross=invoice.gross,
        )
    for receipt in found:
        if receipt.remote_id == arrived:
            return receipt
    held = _ids(found) or "none"
    raise Refusal(f"the books hold no document {arrived} under {invoice.reference}; they hold: {held}")
