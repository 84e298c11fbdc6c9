"""The statement: what a customer's period comes to, item by item, before anything is billed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
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
    values: tuple[str | int | Decimal | Fraction | date | None, ...]
    source: Source | None = None  #: the contract line that the rule comes from


#: Kinds of lines that a statement makes; credits and transfers arise only on a document.
RATED_KINDS = frozenset(
    {
        "work",  # time, calls, visits
        "covered",  # work that a bought block covers, at 0.00
        "prepaid",  # what a block with its tax point at delivery takes off again
        "surcharge",  # an amount per entry, ticket, visit or day
        "limit",  # up to a minimum, or down to a cap
        "sla",  # what a missed response gives back
        "usage",
        "fee",
        "block",  # a block that was bought
        "settlement",  # over-use of an allowance that is charged
        "commitment",  # what is missing to a minimum per term
        "discount",
        "carried",  # an opening balance
    }
)


class LineKey(NamedTuple):
    """What one line is about. What was billed under a key and what ought to be differ by the correction."""

    kind: str  #: one of `RATED_KINDS`, or credit, transfer_out, transfer_in
    period: str  #: the period whose statement makes the line, as ``2026-03``
    ticket: str = ""  #: ``desk/ticket``
    service: str = ""
    technician: str = ""  #: opaque id
    price: str = ""  #: hourly rate as written, e.g. ``95.00``; another unit is named: ``25.00/call``
    tax: str = ""  #: tax code
    percent: str = ""  #: tax rate at the date of supply, e.g. ``19``
    split: str = ""  #: split key, e.g. the cost centre
    ref: str = ""  #: contract/fee id, block id, or decision id
    contract: str = ""  #: id of the contract that prices it


class RatedItem(NamedTuple):
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


class Line(NamedTuple):
    """What ought to be billed under one key, rounded once."""

    key: LineKey
    amount: Decimal  #: net, rounded to the currency; signed
    category: str  #: tax category word, e.g. ``standard``
    text: str  #: the service's or fee's name for the customer; empty: work without a service
    service_from: date  #: first day of supply
    service_to: date  #: last day of supply
    seconds: int = 0  #: billed seconds; 0 for what is no time
    real: int = 0  #: real seconds
    price: Decimal | None = None  #: per ``unit``; None: the amount stands for itself
    unit: str = "piece"  #: hour, day, block, call, visit, entry, percent, or the word for what is counted
    per_seconds: int = 0  #: length of the unit of a time price: 3600 for an hour; 0: ``quantity`` is counted
    quantity: Decimal = Decimal(1)  #: of counted units
    part: tuple[int, int] | None = None  #: days that are paid, of so many
    less: Decimal = Decimal(
        0
    )  #: money that an allowance by value took off, exact; the last time unit is parted
    #: of a limit or commitment: what charges come to without it; of a percentage: what it is taken of
    reached: Decimal | None = None
    number: str = ""  #: the ticket number that people see
    title: str = ""  #: the ticket's title
    work: tuple[str, ...] = ()  #: keys of the entries, in worked order
    source: Source | None = None  #: the contract line that prices it


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What one period leaves to the next: the rest of a grant, what is owed, or what was counted so far."""

    allowance: str  #: ``contract/allowance``, ``blocks/block``, or the term that counts
    amount: int | Fraction  #: seconds, calls, units or money (exact); negative: owed by the customer
    granted: date  #: first day of the window that it was granted for
    until: date  #: first day on which it can no longer be used
    key: str = ""  #: of an allowance that each value of a facet has: the value; of a call: its ticket
    of: int | Fraction = 0  #: what it was when granted, as long as its window lasts; 0: it was carried over


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowancePosition:
    """How an allowance or block stands at the end of a period, in its unit: seconds, money or a number."""

    allowance: str
    granted: Decimal | int
    carried_in: Decimal | int  #: negative: a debt
    used: Decimal | int
    left: Decimal | int  #: at the period's end, before what lapses then; negative: a debt
    carried_out: Decimal | int
    lapsed: Decimal | int
    owed: bool  #: what is left was due but not delivered
    unit: str = "time"  #: time, money or count
    word: str = ""  #: the currency, or what is counted
    key: str = ""  #: of an allowance that each value of a facet has: the value
    over: Decimal | int = 0  #: what was asked for beyond it
    settled: Decimal | int = 0  #: over-use that was charged
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The moment at which an allowance was used to a warned share."""

    allowance: str
    percent: Decimal
    used: Decimal | int  #: at which it was reached, in its unit
    work: str  #: the entry that reached it
    on: date
    into_entry: int  #: billed seconds into that entry
    at: datetime | None = None  #: aware, if the time of day is known
    unit: str = "time"
    word: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedUsage:
    """A usage record in a period, with exactly one fate."""

    record: str  #: key of the usage record
    fate: Fate
    quantity: Decimal  #: that counts in this period
    amount: Decimal = Decimal(0)  #: its part of the line's amount; the parts sum to the line
    reason: str = ""
    line: LineKey | None = None
    facets: Mapping[str, str] = field(default_factory=dict)  #: contact, item, cost_centre ...: whom it is for
    trail: tuple[Step, ...] = ()


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
class BudgetPosition:
    """How a budget stands; amounts are net."""

    amount: Decimal
    currency: str
    term: Period
    spent: Decimal  #: billed in the term, and what is open up to now
    forecast: Decimal  #: at the term's end, if it goes on as so far
    warned: Decimal | None  #: the highest percentage that is reached and warned of

    @property
    def percent(self) -> Decimal:
        """The share that is spent, in whole percent, rounded down."""
        return self.spent * 100 // self.amount if self.amount else Decimal(0)


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
    usage: tuple[RatedUsage, ...] = ()

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
