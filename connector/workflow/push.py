"""Bring invoices into the books exactly once, although books cannot tell a second try from a second one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from connector.http import AuthFailed, ConfigError, Refused, RemoteError, Transient
from connector.model.invoice import DocumentState, Invoice, Receipt
from connector.model.problem import Problem
from connector.store import ledger
from connector.store.nouns import Status, StoredInvoice
from connector.workflow.house import House
from connector.workflow.target import Pushed, Target, changed, target_of

UNSURE = (
    "it is not known whether it arrived, and these books cannot be asked; "
    "look there, then settle it with --arrived ID or --not-arrived"
)
#: Told after each document: the books, documents so far, documents in all.
Progress = Callable[[str, int, int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksReport:
    """One run against one accounting system."""

    books: str
    documents: tuple[Pushed, ...] = ()
    left: int = 0  #: documents that were not reached
    problems: tuple[Problem, ...] = ()  #: what the log-in found
    fault: RemoteError | ConfigError | None = None  #: why it broke off


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What waits for one accounting system in one currency."""

    books: str
    currency: str
    documents: int
    net: Decimal
    gross: Decimal


class Unconfirmed(Exception):
    """The first push of an installation needs a person's yes; `totals` says to what."""

    def __init__(self, totals: tuple[Total, ...]) -> None:
        self.totals = totals
        super().__init__("nothing was ever pushed from this database; look at the totals, then say --yes")


def push(
    house: House, *, confirmed: bool = False, progress: Progress = lambda *_: None
) -> tuple[BooksReport, ...]:
    """Send every document that waits, oldest reference first; where the books shall post, post.

    A document that the books refuse is held and the others go on; books that do not answer end their own run.

    Raises:
        Unconfirmed: it would be the first push of this installation and ``confirmed`` is false.
        Busy: another process writes.
    """
    with house.writer():
        waiting = _waiting(house)
        if waiting and not confirmed and not ledger.pushed_before(house.store):
            raise Unconfirmed(first_push(house))
        by_books = groupby(waiting, key=lambda stored: stored.invoice.target)
        return tuple(_run(house, name, list(documents), progress) for name, documents in by_books)


def first_push(house: House) -> tuple[Total, ...]:
    """Sum up what waits, by books and currency."""
    sums: dict[tuple[str, str], Total] = {}
    for invoice in (stored.invoice for stored in _waiting(house)):
        key = (invoice.target, invoice.currency)
        total = sums.get(key) or Total(
            books=key[0], currency=key[1], documents=0, net=Decimal(0), gross=Decimal(0)
        )
        sums[key] = replace(
            total,
            documents=total.documents + 1,
            net=total.net + invoice.net,
            gross=total.gross + invoice.gross,
        )
    return tuple(sums.values())


def _waiting(house: House) -> list[StoredInvoice]:
    """List by books, oldest first: what is to be sent, and the drafts that are to be posted."""
    due, sending, pushed = (
        ledger.invoices(house.store, status=status) for status in (Status.DUE, Status.SENDING, Status.PUSHED)
    )
    waiting = [*due, *sending, *(stored for stored in pushed if _to_post(house, stored))]
    return sorted(waiting, key=lambda stored: (stored.invoice.target, _age(stored.invoice.reference)))


def _to_post(house: House, stored: StoredInvoice) -> bool:
    books, reference = house.settings.books.get(stored.invoice.target), stored.invoice.reference
    if books is None or not books.post or ledger.accepted(house.store, reference):
        return False
    receipt = ledger.receipt(house.store, reference)
    return receipt is not None and receipt.state is DocumentState.DRAFT


def _age(reference: str) -> tuple[int, str]:
    return len(reference), reference


def _run(house: House, name: str, documents: list[StoredInvoice], progress: Progress) -> BooksReport:
    report = BooksReport(books=name, left=len(documents))
    try:
        target = target_of(house, name)
        report = replace(report, problems=target.info.problems)
        for stored in documents:
            if report.fault or house.halted():
                break
            pushed = _send(target, stored)
            done = (*report.documents, pushed)
            report = replace(report, documents=done, left=len(documents) - len(done), fault=pushed.fault)
            progress(name, len(done), len(documents))
    except (RemoteError, ConfigError) as fault:
        return replace(report, fault=fault)
    return report


def _send(target: Target, stored: StoredInvoice) -> Pushed:
    """Find before create; an empty find is no proof while an earlier request may still be under way."""
    reference = stored.invoice.reference
    until = target.under_way_until(stored)  # as of before the find: what arrives after it is not seen
    found = target.find(reference)
    if found:
        return _adopt(target, stored, found)
    if stored.status is Status.PUSHED:
        return target.note(reference, Status.HELD, "it is gone from the books; decide rebill or accept")
    if stored.status is Status.SENDING:
        if target.blind:
            return target.note(reference, Status.UNSURE, UNSURE)
        if until:
            reason = f"its request may still be under way until {until:%H:%M:%S}; the next run looks again"
            return Pushed(reference=reference, status=Status.SENDING, reason=reason)
    return _create(target, stored)


def _create(target: Target, stored: StoredInvoice) -> Pushed:
    reference, house = stored.invoice.reference, target.house
    try:
        payload = target.books.render(_addressed(house, stored.invoice))
    except ConfigError as error:
        return target.note(reference, Status.DUE, str(error))
    except Refused as refusal:
        return _refused(target, reference, refusal)

    def attempt() -> None:
        """Note the attempt when its request goes out: what the adapter asks before may take minutes."""
        house.renew()
        ledger.record_attempt(house.store, reference, house.now())

    try:
        attempt()
        with house.noting(attempt):
            receipt = target.books.create(payload)
    except Transient as fault:
        return _lost(target, stored, fault)
    except AuthFailed as fault:
        return replace(target.note(reference, Status.DUE, fault.message), fault=fault)
    except Refused as refusal:
        return _refused(target, reference, refusal)
    return _post(target, stored.invoice, target.receive(stored.invoice, receipt))


def _addressed(house: House, invoice: Invoice) -> Invoice:
    """Take the customer's key in the books from the file as it stands now: a wrong one is mended there."""
    customer = house.customers.get(invoice.customer)
    key = customer.books.get(invoice.target) if customer else None
    return invoice if key is None else replace(invoice, buyer_key=key)


def _refused(target: Target, reference: str, refusal: Refused) -> Pushed:
    reason = f"the books refuse it: {refusal.message}; mend it, then settle {reference} --not-arrived"
    return target.note(reference, Status.HELD, reason)


def _lost(target: Target, stored: StoredInvoice, fault: RemoteError) -> Pushed:
    """The answer to a create was lost: only a find can tell whether it arrived."""
    reference = stored.invoice.reference
    if target.blind:
        return replace(target.note(reference, Status.UNSURE, UNSURE), fault=fault)
    try:
        found = target.find(reference)
    except RemoteError as worse:
        found, fault = [], worse
    if found:
        return _adopt(target, stored, found)
    reason = "no answer to its request, and it is not in the books so far; the next run looks again"
    return Pushed(reference=reference, status=Status.SENDING, reason=reason, fault=fault)


def _adopt(target: Target, stored: StoredInvoice, found: Sequence[Receipt]) -> Pushed:
    """Take what stands in the books under our reference for ours, if it is one and as we meant it."""
    reference = stored.invoice.reference
    if len(found) > 1:
        ids = ", ".join(receipt.remote_id for receipt in found)
        reason = (
            f"the books hold it {len(found)} times (ids {ids}); cancel all but one and settle --arrived ID"
        )
        return target.note(reference, Status.HELD, reason)
    before = ledger.receipt(target.house.store, reference)
    if changed(before, found[0]):
        return target.note(reference, Status.HELD, "it was changed in the books; decide rebill or accept")
    if before == found[0] and stored.status is Status.PUSHED:
        known = Pushed(reference=reference, status=stored.status, receipt=before)
        return _post(target, stored.invoice, known)
    return _post(target, stored.invoice, target.receive(stored.invoice, found[0]))


def _post(target: Target, invoice: Invoice, pushed: Pushed) -> Pushed:
    draft = pushed.receipt
    if draft is None or draft.state is not DocumentState.DRAFT or pushed.status is Status.HELD:
        return pushed
    if not target.settings.post:
        return pushed
    try:
        return target.receive(invoice, target.books.post(draft))
    except RemoteError as fault:
        reason = f"it is not posted yet: {fault.message}; the next run tries again"
        noted = target.note(invoice.reference, Status.PUSHED, reason)
        return replace(noted, receipt=draft, fault=None if isinstance(fault, Refused) else fault)
