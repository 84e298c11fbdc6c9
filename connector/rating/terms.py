"""Terms: what was agreed, made ready for rating: look-ups that answer by facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from connector.model.allowance import Block
from connector.model.contract import Gates, Holder, Item, Tax
from connector.model.fee import Commitment, Fee
from connector.model.period import Cycle, Period, period_of
from connector.model.prices import (
    Increase,
    Limit,
    Proration,
    Rate,
    Rounding,
    SlaCredit,
    Surcharge,
    UsagePrice,
)
from connector.model.problem import Source
from connector.rating.localtime import Calendar

#: No day is later: what is usable until then does not lapse.
ALWAYS = date.max
Facets = Mapping[str, str]


class Fit(NamedTuple):
    """How a condition stands to work whose facets are known: what is left to ask is the shift."""

    shifts: frozenset[str] | None  #: any of them will do; None: any time
    barred: frozenset[str]  #: none of them may be

    def stands(self, shifts: frozenset[str]) -> bool:
        """Tell whether it holds in these shifts."""
        return (self.shifts is None or not self.shifts.isdisjoint(shifts)) and self.barred.isdisjoint(shifts)

    @property
    def asks_shift(self) -> bool:
        """Tell whether the time of day matters."""
        return self.shifts is not None or bool(self.barred)


_ANY_TIME = Fit(None, frozenset())


@dataclass(frozen=True, slots=True)
class When:
    """A condition and its exception, split into what the mapping answers and what the clock answers."""

    facets: tuple[tuple[str, frozenset[str]], ...] = ()
    shifts: frozenset[str] | None = None
    unless: "When | None" = None

    def fit(self, facets: Facets) -> Fit | None:
        """Hold it against facets; None: they do not fit, whatever the time of day."""
        if not all(facets.get(name, "") in values for name, values in self.facets):
            return None
        barred = self.unless.fit(facets) if self.unless else None
        if barred is None:
            return _ANY_TIME if self.shifts is None else Fit(self.shifts, frozenset())
        if barred.shifts is None:
            return None
        return Fit(self.shifts, barred.shifts)


@dataclass(frozen=True, slots=True)
class RateTerms:
    """A row of the price table."""

    row: Rate
    when: When
    rounding: Rounding
    rounding_of: str  #: whose rounding it is: work under the same one is added up together
    tax: str
    source: Source
    name: str  #: ``contract/rates/2``
    label: str  #: the service's name for people
    raised: Decimal = Decimal(1)  #: what the price is multiplied by, from an index


class CarryTerms(NamedTuple):
    """What becomes of the rest of a grant."""

    windows: int  #: how many later windows it can be used in; -1: all
    share: Decimal | None  #: the most that is carried, in percent of the grant
    cap: Decimal | None  #: or in units
    compounding: bool


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """What an allowance or a block grants, to which work, and what follows when it is used up."""

    name: str  #: ``contract/allowance`` or ``blocks/block``
    id: str
    kind: str  #: time, money or count
    word: str  #: the currency, or what is counted
    when: When
    of: int | Fraction  #: per grant
    cycle: Cycle | None  #: None: one grant, for the whole validity
    anchor: date | None  #: from which windows are counted; None: by the calendar
    start: date
    end: date  #: first day outside; `ALWAYS`
    order: tuple[int | bool | date, ...]  #: the lowest is drawn on first
    source: Source
    contract: str = ""  #: id; empty: of a block that any contract may draw on
    contracts: frozenset[str] = frozenset()  #: of a block: which may draw on it; empty: all
    each: str = ""  #: the facet of which each value has a pool of its own
    weights: tuple[tuple[When, Fraction], ...] = ()
    carry: CarryTerms | None = None
    warn_at: tuple[Decimal, ...] = ()
    eats_worked: bool = False
    holds: bool = False
    overdraft: int | Fraction | None = 0  #: how much may be owed; None: any amount
    next: str = ""
    then_contract: str = ""
    settles: Cycle | None = None
    settle_price: Decimal | None = None
    prorate: Proration = "none"
    owed: bool = False
    tax: str = ""
    block: Block | None = None

    def key_of(self, facets: Facets) -> str:
        """Return which of its pools work draws on."""
        return facets.get(self.each, "") if self.each else ""

    def weight(self, facets: Facets, shifts: frozenset[str]) -> Fraction | None:
        """Return how much more or less work eats than its time; None: just its time."""
        for when, factor in self.weights:
            fit = when.fit(facets)
            if fit is not None and fit.stands(shifts):
                return factor
        return None


class SurchargeTerms(NamedTuple):
    """A surcharge of a contract."""

    row: Surcharge
    when: When
    tax: str
    source: Source
    name: str


class LimitTerms(NamedTuple):
    """A minimum or cap of a contract."""

    row: Limit
    when: When
    source: Source
    name: str


class SlaTerms(NamedTuple):
    """What a missed response gives back."""

    row: SlaCredit
    when: When
    source: Source
    name: str


class UsageTerms(NamedTuple):
    """A row that prices usage."""

    row: UsagePrice
    when: When
    tax: str
    source: Source
    name: str
    raised: Decimal


class FeeTerms(NamedTuple):
    """A recurring fee of a contract."""

    name: str  #: ``contract/fee``
    row: Fee
    counted: When | None
    tax: str
    source: Source


class CommitmentTerms(NamedTuple):
    """What a contract comes to at least per term."""

    name: str
    row: Commitment
    tax: str
    source: Source


class Epoch(NamedTuple):
    """A contract's prices from a day on, until the next epoch."""

    start: date
    rates: tuple[RateTerms, ...]
    usage: tuple[UsageTerms, ...]


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """A contract."""

    id: str
    start: date
    end: date | None
    active: bool
    bills_pending: bool
    per_incident: bool
    ignores_open: bool
    holder: Holder
    covers: When
    combine: str
    epochs: tuple[Epoch, ...]  #: the latest first
    pools: tuple[PoolTerms, ...]  #: its allowances, in written order
    surcharges: tuple[SurchargeTerms, ...]
    limits: tuple[LimitTerms, ...]
    sla_credits: tuple[SlaTerms, ...]
    fees: tuple[FeeTerms, ...]
    commitments: tuple[CommitmentTerms, ...]
    increases: tuple[Increase, ...]

    def holds_on(self, day: date) -> bool:
        """Tell whether the contract's validity has the day."""
        return self.start <= day and (self.end is None or day < self.end)

    def touches(self, period: Period) -> bool:
        """Tell whether it is valid on any day of a period."""
        return self.start < period.end and (self.end is None or self.end > period.start)

    def epoch_on(self, day: date) -> Epoch:
        """Return the prices of a day; before the first epoch, those of the first."""
        return next((epoch for epoch in self.epochs if epoch.start <= day), self.epochs[-1])

    def raised(self, day: date, what: str) -> Decimal:
        """Return by how much an index has raised prices until a day."""
        return raised(self.increases, day, what)


def raised(increases: Iterable[Increase], day: date, what: str) -> Decimal:
    """Multiply the increases of a kind of price (rates, fees) up to a day."""
    factor = Decimal(1)
    for increase in increases:
        if increase.from_ <= day and increase.what in ("all", what):
            factor *= 1 + increase.percent / 100
    return factor


@dataclass(frozen=True, slots=True)
class Terms:
    """What rating knows of a customer beside the facts."""

    customer: str
    currency: str
    cycle: Cycle  #: of its billing periods
    billing_from: date
    gates: Gates
    tax: str
    tax_by_line: bool
    taxes: Mapping[str, Tax]
    lookup: tuple[Holder, ...]
    split_by: tuple[str, ...]  #: the facets whose values no line spans
    items: Mapping[str, Item]
    contracts: tuple[ContractTerms, ...]  #: in the order of time
    blocks: tuple[PoolTerms, ...]
    costs: Mapping[str, Decimal]  #: by technician: what an hour costs the house
    calendar: Calendar
    site_calendars: Mapping[str, Calendar]
    any_ignores: bool  #: some contract leaves out tickets that were opened while it was valid
    asked: tuple[
        str, ...
    ]  #: the facets that any condition asks about: work that agrees in them is of one kind
    remembered: dict[object, Any] = field(default_factory=dict)  #: answers that never change

    @property
    def first_period(self) -> Period:
        """The period in which billing begins."""
        return self.period_of(self.billing_from)

    def period_of(self, day: date) -> Period:
        """Return the billing period in which a day lies."""
        return period_of(self.cycle, day)

    def contract(self, id_: str) -> ContractTerms | None:
        """Return a contract by its id."""
        return next((contract for contract in self.contracts if contract.id == id_), None)

    def contract_on(self, day: date) -> ContractTerms | None:
        """Return a contract that is valid on a day."""
        return next((contract for contract in self.contracts if contract.holds_on(day)), None)

    def contracts_in(self, period: Period) -> list[ContractTerms]:
        """Return the contracts that are valid on any day of a period, in the order of time."""
        return [contract for contract in self.contracts if contract.touches(period)]

    def calendar_at(self, site: str) -> Calendar:
        """Return the clock and holidays of a site; the customer's own where the site says nothing."""
        return self.site_calendars.get(site, self.calendar)

    def percent(self, tax: str, day: date) -> Decimal:
        """Return a tax code's rate on the day of supply."""
        found = self.remembered.get((tax, day))
        if found is None:
            rates = [rate for rate in self.taxes[tax].rates if rate.from_ <= day]
            found = max(rates, key=lambda rate: rate.from_).percent if rates else Decimal(0)
            self.remembered[tax, day] = found
        return Decimal(found)

    def split_of(self, facets: Facets) -> str:
        """Return the values that no line spans, as a line key has them."""
        if len(self.split_by) == 1:
            return facets.get(self.split_by[0], "")
        return " / ".join([facets.get(name, "") for name in self.split_by]).strip(" /")
