"""Prices: what one unit of work costs by a row, after cost plus, index, surcharges and tiers."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from connector.model.money import SECONDS_PER_HOUR
from connector.model.prices import Tiers
from connector.model.statement import Step
from connector.rating.rows import Facets, RateTerms, SurchargeTerms
from connector.rating.terms import ContractTerms, Terms

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


def price_of(
    terms: Terms, contract: ContractTerms, rate: RateTerms, facets: Facets, surcharges: list[SurchargeTerms]
) -> Price | None:
    """Price one unit of work by a row; None: the row does not charge, or its cost is not known."""
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


def tiers_of(
    contract: ContractTerms, rate: RateTerms, surcharges: list[SurchargeTerms]
) -> Iterator[PricedTier]:
    """Yield the steps of a row's tier table, each with its price."""
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
