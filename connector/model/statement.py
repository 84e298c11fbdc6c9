"""The statement: what a customer's period comes to, item by item, before anything is billed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from connector.model.period import Period
from connector.model.problem import Problem, Source


class Fate(StrEnum):
    """Where a second of work ends. A `BILLED` item of a period that is not closed yet is reported as open."""

    BILLED = "billed"
    INCLUDED = "included"  #: in an allowance or fee
    FREE = "free"  #: the contract or a person says so
    HELD = "held"  #: a Problem says why


class Step(NamedTuple):
    """One step of a trail, kept as figures; `connector.report.trail` puts it into words."""

    rule: str  #: rounding, netting, allowance, price, decision, gate ...
    values: tuple[str | int | Decimal | date | None, ...]
    source: Source | None = None  #: the contract line that the rule comes from


class LineKey(NamedTuple):
    """What one line is about. What was billed under a key and what ought to be differ by the correction."""

    kind: str  #: work, fee, discount, credit, transfer, carried (an opening balance)
    period: str  #: first day of the period whose statement makes the line, ISO
    ticket: str = ""  #: ``desk/ticket``
    service: str = ""
    technician: str = ""  #: opaque id
    price: str = ""  #: hourly rate as written, e.g. ``95.00``
    tax: str = ""  #: tax code
    percent: str = ""  #: tax rate at the date of supply, e.g. ``19``
    split: str = ""  #: split key, e.g. the cost centre
    ref: str = ""  #: contract/fee id, or decision id


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedItem:
    """A piece of one work entry with exactly one fate."""

    work: str  #: key of the work entry
    ticket: str  #: ``desk/ticket``
    on: date  #: local day
    real: int  #: real seconds, signed
    billed: int  #: seconds after netting, rounding and minimum; what an allowance was asked for
    fate: Fate
    reason: str = ""  #: why it is free or held, or what includes it
    line: LineKey | None = None  #: the line that charges it; set exactly when billed
    allowance: str = ""  #: the allowance that covers it
    worth: Decimal = Decimal(0)  #: net at the contract's rate of what is held or waived, rounded; 0: unpriced
    taxed: tuple[str, str] = ("", "")  #: tax code and percent of that worth, as in a line key
    trail: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What ought to be billed under one key, rounded once."""

    key: LineKey
    amount: Decimal  #: net, rounded to the currency; signed
    category: str  #: tax category word, e.g. ``standard``
    text: str  #: the service's or fee's name for the customer; empty: work without a service
    service_from: date  #: first day of supply
    service_to: date  #: last day of supply
    seconds: int = 0  #: billed seconds; 0 for what is no time
    real: int = 0  #: real seconds
    hourly: Decimal | None = None
    number: str = ""  #: the ticket number that people see
    title: str = ""  #: the ticket's title
    work: tuple[str, ...] = ()  #: keys of the entries, in worked order
    source: Source | None = None  #: the contract line that prices it


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Time of an allowance that is still there: this period's grant, or what was carried over."""

    allowance: str
    seconds: int
    granted: date  #: first day of the period it was granted for
    until: date  #: first day of the last period in which it can be used


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowancePosition:
    """How an allowance stands at the end of a period."""

    allowance: str
    granted: int
    carried_in: int
    used: int
    left: int
    carried_out: int
    lapsed: int
    owed: bool  #: what is left was due but not delivered
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The moment at which an allowance was used to a warned share."""

    allowance: str
    percent: Decimal
    seconds: int  #: the used time at which it was reached
    work: str  #: the entry that reached it
    on: date
    into_entry: int  #: billed seconds into that entry
    at: datetime | None = None  #: aware, if the time of day is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the contract owes the customer in the period, and what was delivered."""

    name: str
    owed: int  #: seconds promised
    delivered: int  #: real seconds
    source: Source | None = None

    @property
    def missing(self) -> int:
        """Seconds due but not delivered."""
        return max(0, self.owed - self.delivered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """All items of a customer's period, each with its fate, and the lines that they come to."""

    customer: str
    period: Period
    currency: str
    items: tuple[RatedItem, ...]
    lines: tuple[Line, ...]  #: in printed order
    problems: tuple[Problem, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    allowances: tuple[AllowancePosition, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    closing: tuple[Lot, ...] = ()  #: the opening position of the next period

    @property
    def net(self) -> Decimal:
        """Sum of the rounded lines."""
        return sum((line.amount for line in self.lines), Decimal(0))

    def seconds(self) -> Mapping[Fate, int]:
        """Real seconds by fate."""
        totals = dict.fromkeys(Fate, 0)
        for item in self.items:
            totals[item.fate] += item.real
        return totals
