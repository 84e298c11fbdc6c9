"""An accounting system at work: what it holds under our references, and whether that is what we meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.books import Books, BooksInfo
from connector.http import RemoteError
from connector.model.invoice import DocumentState, Invoice, Receipt
from connector.model.settings import BooksSettings
from connector.store import ledger
from connector.store.nouns import Status, StoredInvoice
from connector.workflow.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of one document in this run."""

    reference: str
    status: Status
    reason: str = ""  #: why it is held, unsure or waits
    receipt: Receipt | None = None  #: what the books hold, if one document was found or made
    fault: RemoteError | None = None  #: why its outcome is not known; it ends the run of these books


@dataclass(frozen=True, slots=True)
class Target:
    """Books at work, logged in."""

    house: House
    name: str  #: in the configuration
    settings: BooksSettings
    books: Books
    info: BooksInfo

    @property
    def blind(self) -> bool:
        """Tell whether these books cannot find a document by our reference."""
        return self.info.find == "none"

    def find(self, reference: str) -> list[Receipt]:
        """Return what the books hold under a reference; cancelled ones only if there is nothing else."""
        return [] if self.blind else live(self.books.find(reference))

    def note(self, reference: str, status: Status, reason: str = "") -> Pushed:
        """Set a document's status, if that is news."""
        before = ledger.invoice(self.house.store, reference)
        if (before.status, before.reason) != (status, reason):
            ledger.set_status(self.house.store, reference, status, reason, self.house.now())
        return Pushed(reference=reference, status=status, reason=reason)

    def receive(self, invoice: Invoice, receipt: Receipt) -> Pushed:
        """Keep what the books hold, and hold the document unless that is what we meant."""
        wrong = difference(invoice, receipt)
        ledger.record_receipt(self.house.store, receipt, self.house.now(), held=wrong)
        status = ledger.invoice(self.house.store, invoice.reference).status
        return Pushed(reference=invoice.reference, status=status, reason=wrong, receipt=receipt)

    def under_way_until(self, stored: StoredInvoice) -> datetime | None:
        """Tell until when a request that got no answer may still be at work; None: it is surely over."""
        if stored.attempted_at is None:
            return None
        until = stored.attempted_at + timedelta(seconds=self.settings.longest_request)
        return until if self.house.now() < until else None


def target_of(house: House, name: str) -> Target:
    """Log in at books of the configuration. Raises `RemoteError` and `ConfigError`."""
    books = house.book(name)
    return Target(house, name, house.settings.books[name], books, books.check())


def live(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Leave out cancelled documents, unless there are only such."""
    found = list(receipts)
    return [receipt for receipt in found if receipt.state is not DocumentState.CANCELLED] or found


def difference(invoice: Invoice, receipt: Receipt) -> str:
    """Say what is wrong with what the books hold, to the cent, with both figures; empty: nothing."""
    if receipt.state is DocumentState.CANCELLED:
        return f"it is cancelled in the books (id {receipt.remote_id}); decide rebill or accept"
    facts = (
        ("net", invoice.net, receipt.net),
        ("tax", invoice.tax, receipt.tax),
        ("gross", invoice.gross, receipt.gross),
        ("currency", invoice.currency, receipt.currency or invoice.currency),
    )
    return "; ".join(
        f"{name} {ours} here, {theirs} in the books" for name, ours, theirs in facts if ours != theirs
    )


def changed(before: Receipt | None, now: Receipt) -> bool:
    """Tell whether a person changed a document in the books since we last read it."""
    return before is not None and bool(before.digest) and before.digest != now.digest
