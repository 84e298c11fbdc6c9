"""What the vault takes and gives: work as seen, closings, stored invoices, what was billed, events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from connector.desk import Raw
from connector.model.invoice import Invoice, Receipt
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import Fate, Lot
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store.usage_nouns import UsageClaim


class StoreError(Exception):
    """The database cannot do what was asked; the sentence says why and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A ticket as a pull brought it."""

    raw: Raw
    snapshot: TicketSnapshot | None = None  #: None: it could not be parsed; the work known so far stands
    problem: Problem | None = None  #: why it cannot be believed; it stands until the ticket parses again


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What saving did, in work entries."""

    new: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            new=self.new + other.new,
            changed=self.changed + other.changed,
            deleted=self.deleted + other.deleted,
            unchanged=self.unchanged + other.unchanged,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenWork:
    """A work entry with its ticket, as the vault knows it now or knew it at a sequence number."""

    entry: WorkEntry
    ticket: TicketSnapshot  #: without its work; ``changed_at`` is that of the last change of its facts
    first_owner: Mapping[str, str]  #: the owner in the snapshot in which the entry was first seen
    claimed_by: str = ""  #: the customer whose closed period claimed it; empty: none yet
    seq: int = 0  #: of the newer of the entry's and the ticket's version


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTicket:
    """A ticket of which the desk says when it was opened, as the vault knows or knew it."""

    ticket: TicketSnapshot  #: without its work
    opened_on: date
    first_owner: Mapping[str, str]  #: with whom its first work was seen; without work as it says itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The work that may concern a customer: what meets any of the three."""

    customer: str = ""  #: work that a closed period of this customer claimed; empty: does not ask
    owners: frozenset[int] = frozenset()  #: owner ids, as `connector.store.work.owners` gives them
    keys: frozenset[str] = frozenset()  #: ``desk/ticket`` or ``desk/ticket/entry``


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The fate of an entry in a customer's closed period; a later close may replace it."""

    work: str  #: key of the work entry
    period_start: date  #: first day of the period the fate belongs to, which may lie before the closed one
    fate: Fate
    seconds: int  #: real seconds, signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Work and usage of one customer that closed periods hold back."""

    customer: str
    entries: int
    seconds: int  #: real, of these entries
    usage: int = 0  #: usage records


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """All that one close writes, in one transaction."""

    customer: str
    period: Period
    basis_json: str  #: `connector.model.basis.Basis` as JSON
    seq: int  #: facts and decisions up to this number were rated
    opening: tuple[Lot, ...]  #: allowance position before
    closing: tuple[Lot, ...]  #: allowance position after
    statement_digest: str
    net: Decimal  #: of the statement
    claims: Sequence[Claim]
    invoices: Sequence[Invoice]  #: without references, which are taken in the transaction; none: nothing due
    reference_prefix: str  #: ``db`` gives ``db-2026-0001``
    by: str  #: who closed it
    rerated: Sequence[
        tuple[Period, tuple[Lot, ...]]
    ] = ()  #: earlier periods rated again, with their new closing position
    #: those of them whose claims are given anew: what is not claimed again is no longer theirs
    reclaimed: Sequence[Period] = ()
    usage_claims: Sequence[UsageClaim] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyBilling:
    """All that is written when work of closed tickets is billed before its period closes."""

    customer: str
    period: Period  #: it is still open
    basis_json: str  #: that it was rated with
    seq: int  #: facts and decisions up to this number were rated
    invoices: Sequence[Invoice]  #: without references; at least one
    work: Sequence[str]  #: keys of the entries that they charge: gates act on them no longer
    reference_prefix: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeriod:
    """A closed period as it is stored."""

    customer: str
    period: Period
    closed_at: datetime  #: aware
    basis: str  #: digest of the basis that counts now
    seq: int  #: facts and decisions up to this number were rated
    opening: tuple[Lot, ...]
    closing: tuple[Lot, ...]  #: as the newest close that rated this period left it (`Closing.rerated`)
    net: Decimal
    statement_digest: str
    held: int  #: entries that it holds back, as its newest rating says
    by: str


class Status(StrEnum):
    """How far a stored invoice has come."""

    DUE = "due"  #: it is to be sent
    SENDING = "sending"  #: a create was tried, its outcome is not known yet
    UNSURE = "unsure"  #: its outcome cannot be found out; a person settles it
    PUSHED = (
        "pushed"  #: a draft stands in the books, a file was handed over, or a person accepted what is there
    )
    POSTED = "posted"
    PAID = "paid"
    HELD = "held"  #: a person must look; the reason says why
    REPLACED = "replaced"  #: issued again under another reference; its lines no longer count as billed


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInvoice:
    """An invoice with what became of it."""

    invoice: Invoice
    status: Status
    seq: int  #: the closing's sequence number
    created_at: datetime  #: aware
    attempted_at: datetime | None = None  #: aware; when a create was last tried
    reason: str = ""  #: why it is held or unsure
    replaces: str = ""  #: the reference that this one was issued for again
    basis: str = ""  #: of a document before the close of its period: digest of what it was rated with


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A person took what the books hold for good. What counts as billed is not changed by it."""

    reference: str
    receipt: Receipt | None  #: what the books held then; None: nothing
    by: str
    at: datetime  #: aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge removed."""

    raw: int  #: raw records
    notes: int  #: versions of work entries whose note was blanked


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, for the log of the house."""

    at: datetime  #: aware
    actor: str
    kind: str  #: close, rebase, reissue, accept, forget, purge, cycle ...
    subject: str  #: a customer, a reference, a desk
    detail: str = ""
