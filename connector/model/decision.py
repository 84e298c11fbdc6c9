"""Decisions: what a person says before (or, with a correction, after) the invoice. Append-only."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from connector.model.period import Period


class Kind(StrEnum):
    """What was decided. The comment says what a decision of this kind names."""

    WAIVE = "waive"  #: target: its work is free
    HOLD = "hold"  #: target: its charge waits
    DISPUTE = "dispute"  #: target: the customer objects; its charge waits
    RELEASE = "release"  #: target: no gate, hold or dispute keeps its charge any longer
    CHARGE = "charge"  #: target: it is billed whatever desk or contract say; amount: hourly rate or None
    REASSIGN = "reassign"  #: target, to_customer: it belongs to another customer
    KEEP = "keep"  #: target: it stays with the customer of its first snapshot
    CREDIT = "credit"  #: customer, period (the invoice it lowers), amount: goodwill, net
    TRANSFER = "transfer"  #: customer, period, amount: net, carried to the next period
    DISCOUNT = "discount"  #: customer, period, amount or percent: lowers the period's charges
    BORROW = (
        "borrow"  #: customer, period, allowance, seconds or amount: so much of the next grant may be used now
    )
    APPROVE = "approve"  #: customer, period, digest, amount: the statement as shown is accepted
    OPENING = "opening"  #: customer, allowance, seconds or amount: balance taken over at the start
    ACCEPT = "accept"  #: target (a document or problem): the difference stands as it is
    REBILL = "rebill"  #: target (a document): what it billed is due again
    UNDO = "undo"  #: undoes: another decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision with who, when and why."""

    id: str  #: ``D-17``; running, in the order of the store
    kind: Kind
    by: str  #: who decided
    at: datetime  #: aware
    why: str  #: never empty
    customer: str = ""  #: the customer it concerns
    target: str = ""  #: ``desk/ticket`` or ``desk/ticket/entry``, or a document's reference
    period: Period | None = None
    amount: Decimal | None = None  #: net, positive, in the customer's currency
    percent: Decimal | None = None
    tax: str = ""  #: tax code of a credit; empty: the customer's own
    to_customer: str = ""
    digest: str = ""  #: of the approved statement
    allowance: str = ""  #: id of the allowance an opening balance belongs to
    seconds: int | None = None  #: opening balance of an allowance
    until: "Period | None" = None  #: last period in which an opening balance may be used
    undoes: str = ""  #: id of the decision that no longer counts

    def names(self, work_key: str) -> bool:
        """Tell whether the target is this entry or its ticket."""
        return work_key == self.target or work_key.startswith(f"{self.target}/")
