"""Rows: single terms of a contract made ready: conditions, prices, pools, surcharges, fees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from connector.model.allowance import Block
from connector.model.fee import Commitment, Fee
from connector.model.period import Cycle
from connector.model.price_list import UsagePrice
from connector.model.prices import Limit, Proration, Rate, Rounding, SlaCredit, Surcharge
from connector.model.problem import Source

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
