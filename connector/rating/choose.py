"""Choosing: which contract, row, price, allowances and surcharges hold for work of one kind on one day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

from connector.model.work import Work
from connector.rating.price import Price, PricedTier, price_of, tiers_of
from connector.rating.rows import (
    Facets,
    Fit,
    LimitTerms,
    PoolTerms,
    RateTerms,
    SlaTerms,
    SurchargeTerms,
    UsageTerms,
)
from connector.rating.terms import ContractTerms, Terms

NO_SHIFTS = frozenset[str]()


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
    counted: str = ""  #: what is paid for by its number: call, visit, entry; empty: its time is
    unknown_cost: bool = False  #: the price is cost plus, and the configuration knows no cost

    @property
    def by_total(self) -> bool:
        """Tell whether the period's total decides the price."""
        tiers = self.rate.row.tiers if self.rate else None
        return tiers is not None and tiers.mode == "top"


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
        found = terms.remembered[kind, day] = _offer(terms, owned(terms, facets), kind, day)
    answer: Offer = found
    return answer


def owned(terms: Terms, facets: Facets) -> Facets:
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
    tiers = tuple(tiers_of(contract, rate, surcharges))
    price = price_of(terms, contract, rate, facets, surcharges)
    return Choice(
        rate=rate,
        price=price,
        tiers=tiers,
        pools=tuple(one for one, fit in fits.pools if fit.stands(shifts)),
        extras=tuple(one for one in surcharges if one.row.amount and one.row.per != "hour"),
        limits=tuple(one for one, fit in fits.limits if fit.stands(shifts)),
        sla_credits=tuple(one for one, fit in fits.sla_credits if fit.stands(shifts)),
        counted=_counted(price, tiers),
        unknown_cost=rate.row.cost_plus is not None and price is None,
    )


def _counted(price: Price | None, tiers: Sequence[PricedTier]) -> str:
    known = price or (tiers[0].price if tiers else None)
    return "" if known is None or known.per_seconds else known.unit


def waits_for(contract: str, day: date, what: str) -> str:
    """Say why what a pending contract would price is held."""
    return (
        f"contract {contract} is agreed but not active on {day}; its {what} waits until it is, "
        "or say 'pending: bill'"
    )


def usage_rows(contract: ContractTerms, facets: Facets, day: date) -> UsageTerms | None:
    """Return the row of a contract that prices usage of these facets on a day."""
    rows = contract.epoch_on(day).usage
    return next((row for row in rows if row.when.fit(facets) is not None), None)


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
