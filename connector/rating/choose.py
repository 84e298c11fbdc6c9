"""Choosing: which contract, row, price, allowances and surcharges hold for work of one kind on one day."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import NamedTuple

from connector.model.money import SECONDS_PER_HOUR
from connector.model.prices import Tiers
from connector.model.statement import Step
from connector.model.work import Work
from connector.rating.terms import (
    ContractTerms,
    Facets,
    Fit,
    LimitTerms,
    PoolTerms,
    RateTerms,
    SlaTerms,
    SurchargeTerms,
    Terms,
    UsageTerms,
)

NO_SHIFTS = frozenset[str]()
_ONE = Decimal(1)


class Price(NamedTuple):
    """What one unit costs, after surcharges and increases."""

    amount: Decimal
    unit: str  #: hour, day, block, call, visit, entry
    per_seconds: int  #: length of the unit of time; 0: it is counted
    text: str  #: as a line key has it
    steps: tuple[Step, ...] = ()  #: how it came about


class PricedTier(NamedTuple):
    """One step of a tier table with its price."""

    bound: int | None  #: up to and with so many seconds or calls; None: without end
    price: Price


@dataclass(frozen=True, slots=True)
class Choice:
    """All that is decided for work of one kind in one set of shifts."""

    rate: RateTerms | None
    price: Price | None = None  #: None: the row does not charge, or its price depends on how much there is
    tiers: tuple[PricedTier, ...] = ()
    pools: tuple[PoolTerms, ...] = ()  #: in the order in which they are drawn on
    extras: tuple[SurchargeTerms, ...] = ()  #: amounts per entry, ticket, visit or day
    limits: tuple[LimitTerms, ...] = ()
    sla_credits: tuple[SlaTerms, ...] = ()
    unknown_cost: bool = False  #: the price is cost plus, and the configuration knows no cost


class Choices:
    """The choices for one kind of work under one contract's prices, by shifts; each is made once."""

    def __init__(self, make: Callable[[frozenset[str]], Choice], *, asks_shift: bool) -> None:
        self._make = make
        self._made: dict[frozenset[str], Choice] = {}
        self.asks_shift = asks_shift  #: the time of day matters

    def within(self, shifts: frozenset[str]) -> Choice:
        """Return what holds in these shifts."""
        choice = self._made.get(shifts)
        if choice is None:
            choice = self._made[shifts] = self._make(shifts)
        return choice


class Offer(NamedTuple):
    """What holds for one kind of work on one day."""

    contract: ContractTerms | None
    pending: bool  #: the contract is not active yet
    choices: Choices


_NOTHING = Offer(None, False, Choices(lambda _: Choice(None), asks_shift=False))


def offer(terms: Terms, facets: Facets, day: date) -> Offer:
    """Select the contract for work of these facets on a day, with all that it says of such work."""
    get = facets.get
    kind = tuple([get(name, "") for name in terms.asked])
    found = terms.remembered.get((kind, day))
    if found is None:
        found = terms.remembered[kind, day] = _offer(terms, _owned(terms, facets), kind, day)
    answer: Offer = found
    return answer


def _owned(terms: Terms, facets: Facets) -> Facets:
    """Add the owner of the item where the desk names none."""
    item = terms.items.get(facets.get("item", ""))
    if item is None:
        return facets
    owner = {"org_unit": item.org_unit, "contact": item.contact}
    return {**{name: value for name, value in owner.items() if value}, **facets}


def _offer(terms: Terms, facets: Facets, kind: tuple[str, ...], day: date) -> Offer:
    contract, pending = select(terms, facets, day)
    if contract is None:
        return _NOTHING
    return Offer(contract, pending, choices_of(terms, contract, facets, kind, day))


def choices_of(
    terms: Terms, contract: ContractTerms, facets: Facets, kind: tuple[str, ...], day: date
) -> Choices:
    """Return what a contract says of work of a kind, with the prices of a day."""
    epoch = contract.epoch_on(day)
    found = terms.remembered.get((contract.id, epoch.start, kind))
    if found is None:
        fits = _Fits.of(terms, contract, epoch.rates, facets)
        make = partial(_choose, terms, contract, facets, fits)
        found = terms.remembered[contract.id, epoch.start, kind] = Choices(make, asks_shift=fits.asks_shift)
    answer: Choices = found
    return answer


def select(terms: Terms, facets: Facets, day: date) -> tuple[ContractTerms | None, bool]:
    """Look a contract up: a valid one in the order of holders, else a pending one, else per incident."""
    fitting = sorted(
        (one for one in terms.contracts if one.holder in terms.lookup and one.covers.fit(facets) is not None),
        key=lambda one: terms.lookup.index(one.holder),
    )
    named = [one for one in fitting if not one.per_incident]
    for one in named:
        if one.active and one.holds_on(day):
            return one, False
    for one in named:
        if one.start > day or (not one.active and one.holds_on(day)):
            return one, True
    return next((one for one in fitting if one.per_incident and one.holds_on(day)), None), False


class _Fits(NamedTuple):
    """The terms of a contract whose facets fit; the shift is asked apart."""

    rates: tuple[tuple[RateTerms, Fit], ...]
    pools: tuple[tuple[PoolTerms, Fit], ...]
    surcharges: tuple[tuple[SurchargeTerms, Fit], ...]
    limits: tuple[tuple[LimitTerms, Fit], ...]
    sla_credits: tuple[tuple[SlaTerms, Fit], ...]

    @classmethod
    def of(
        cls, terms: Terms, contract: ContractTerms, rates: tuple[RateTerms, ...], facets: Facets
    ) -> "_Fits":
        blocks = (one for one in terms.blocks if not one.contracts or contract.id in one.contracts)
        pools = sorted((*contract.pools, *blocks), key=lambda pool: pool.order)
        return cls(
            tuple((one, fit) for one in rates if (fit := one.when.fit(facets))),
            tuple((one, fit) for one in pools if (fit := one.when.fit(facets))),
            tuple((one, fit) for one in contract.surcharges if (fit := one.when.fit(facets))),
            tuple((one, fit) for one in contract.limits if (fit := one.when.fit(facets))),
            tuple((one, fit) for one in contract.sla_credits if (fit := one.when.fit(facets))),
        )

    @property
    def asks_shift(self) -> bool:
        """Tell whether the time of day matters; rows below one that always fits decide nothing."""
        rest = (*self.pools, *self.surcharges, *self.limits, *self.sla_credits)
        weights = (when.shifts is not None for pool, _ in self.pools for when, _ in pool.weights)
        return any(fit.asks_shift for _, fit in (*self.rates[:1], *rest)) or any(weights)


def _choose(
    terms: Terms, contract: ContractTerms, facets: Facets, fits: _Fits, shifts: frozenset[str]
) -> Choice:
    rate = next((one for one, fit in fits.rates if fit.stands(shifts)), None)
    if rate is None:
        return Choice(None)
    surcharges = [one for one, fit in fits.surcharges if rate.row.surcharges and fit.stands(shifts)]
    price = _price(terms, contract, rate, facets, surcharges)
    return Choice(
        rate=rate,
        price=price,
        tiers=tuple(_tiers(contract, rate, surcharges)),
        pools=tuple(one for one, fit in fits.pools if fit.stands(shifts)),
        extras=tuple(one for one in surcharges if one.row.amount and one.row.per != "hour"),
        limits=tuple(one for one, fit in fits.limits if fit.stands(shifts)),
        sla_credits=tuple(one for one, fit in fits.sla_credits if fit.stands(shifts)),
        unknown_cost=rate.row.cost_plus is not None and price is None,
    )


def _price(
    terms: Terms, contract: ContractTerms, rate: RateTerms, facets: Facets, surcharges: list[SurchargeTerms]
) -> Price | None:
    row = rate.row
    if row.cost_plus is not None:
        cost = terms.costs.get(facets.get("technician", ""))
        if cost is None:
            return None
        base = tidy(cost * (1 + row.cost_plus / 100), cost)
        step = Step("cost_plus", (cost, row.cost_plus, base, terms.currency), rate.source)
        return _surcharged(contract, rate, base, "hour", SECONDS_PER_HOUR, surcharges, (step,))
    found = _written(rate)
    return _surcharged(contract, rate, *found, surcharges) if found else None


def _written(rate: RateTerms) -> tuple[Decimal, str, int] | None:
    """Return amount, unit and the unit's seconds of a row's price."""
    row = rate.row
    if row.daily:
        return row.daily.amount.amount, "day", row.daily.day
    if row.per_block:
        return row.per_block.amount.amount, "block", int(row.per_block.of.amount)
    units = (
        (row.hourly, "hour", SECONDS_PER_HOUR),
        (row.per_call, "call", 0),
        (row.per_visit, "visit", 0),
        (row.flat, "entry", 0),
    )
    return next(((price.amount, unit, seconds) for price, unit, seconds in units if price), None)


def _tiers(
    contract: ContractTerms, rate: RateTerms, surcharges: list[SurchargeTerms]
) -> Iterator[PricedTier]:
    tiers = rate.row.tiers
    if tiers is None:
        return
    unit, seconds = tier_unit(tiers)
    for step in tiers.steps:
        bound = int(step.to.amount) if step.to else None
        yield PricedTier(bound, _surcharged(contract, rate, step.price.amount, unit, seconds, surcharges))


def tier_unit(tiers: Tiers) -> tuple[str, int]:
    """Return the unit that a tier table of work prices: hours, or calls."""
    return ("hour", SECONDS_PER_HOUR) if tiers.of_time or len(tiers.steps) == 1 else ("call", 0)


def reached(tiers: Iterable[PricedTier], count: int) -> PricedTier:
    """Return the step in which the last of so many lies."""
    return next(tier for tier in tiers if tier.bound is None or count <= tier.bound)


def _surcharged(
    contract: ContractTerms,
    rate: RateTerms,
    base: Decimal,
    unit: str,
    per_seconds: int,
    surcharges: list[SurchargeTerms],
    steps: tuple[Step, ...] = (),
) -> Price:
    """Raise a price by the index, then by factors in the contract's way, then by amounts per hour."""
    amount = base
    if rate.raised != 1:
        amount = indexed(base, rate.raised)
        steps = (*steps, Step("index", (base, rate.raised, amount), rate.source))
    factors = [(one, one.row.by) for one in surcharges if one.row.by is not None]
    if factors:
        factor = combined(contract.combine, [by for _, by in factors])
        raised = tidy(amount * factor, base)
        names = ", ".join(one.row.text or one.row.id for one, _ in factors)
        steps = (*steps, Step("surcharge", (names, amount, factor, raised), factors[-1][0].source))
        amount = raised
    for one in surcharges:
        if one.row.amount and one.row.per == "hour" and per_seconds:
            more = tidy(one.row.amount.amount * per_seconds / SECONDS_PER_HOUR, base)
            steps = (*steps, Step("surcharge_amount", (one.row.text or one.row.id, more, unit), one.source))
            amount = tidy(amount + more, base)
    return Price(amount, unit, per_seconds, price_text(amount, unit, per_seconds), steps)


def combined(way: str, factors: list[Decimal]) -> Decimal:
    """Combine factors: add what each adds, multiply them, or take the highest."""
    if way == "highest":
        return max(factors)
    product, added = _ONE, _ONE
    for factor in factors:
        product *= factor
        added += factor - 1
    return product if way == "multiply" else added


def indexed(base: Decimal, factor: Decimal) -> Decimal:
    """Raise a price, rounded half up to the digits that it is written with."""
    return (base * factor).quantize(base, ROUND_HALF_UP)


def tidy(amount: Decimal, like: Decimal) -> Decimal:
    """Write an amount with the digits of another, and with more only where it needs them."""
    short = amount.quantize(like)
    return short if short == amount else amount.normalize()


def price_text(amount: Decimal, unit: str, per_seconds: int = 0) -> str:
    """Write a price as a line key has it: ``95.00``, ``25.00/call``, ``900.00/day of 28800``."""
    text = f"{amount:f}"
    if unit == "hour":
        return text
    return f"{text}/{unit} of {per_seconds}" if per_seconds else f"{text}/{unit}"


def usage_rows(terms: Terms, contract: ContractTerms, facets: Facets, day: date) -> UsageTerms | None:
    """Return the row of a contract that prices usage of these facets on a day."""
    rows = contract.epoch_on(day).usage
    return next((row for row in rows if row.when.fit(_owned(terms, facets)) is not None), None)


def ignored_under(terms: Terms, work: Work, day: date) -> ContractTerms | None:
    """Return the expired contract that ignores work on tickets which were opened while it was valid."""
    opened = work.opened_on
    if opened is None:
        return None
    fitting = (
        one
        for one in terms.contracts
        if one.ignores_open and one.end is not None and one.start <= opened < one.end <= day
    )
    return next((one for one in fitting if one.covers.fit(work.facets) is not None), None)
