"""Cover: what of a piece its allowances and blocks take over, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from connector.model.allowance import Renewal
from connector.model.statement import Step, Threshold
from connector.rating.allowances import Pool, Units, plain
from connector.rating.pieces import Piece
from connector.rating.price import Price
from connector.rating.reservoir import Reservoir
from connector.rating.rows import PoolTerms
from connector.rating.terms import Terms
from connector.rating.tiers import Tally

NO_MONEY = Fraction()


class Cover(NamedTuple):
    """The part of a piece that an allowance covers."""

    billed: int  #: rounded seconds
    real: int  #: real seconds
    by: PoolTerms


@dataclass(slots=True)
class Drawn:
    """What was drawn for a piece."""

    covers: list[Cover] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    stop: PoolTerms | None = None  #: the first used-up one that says what becomes of the rest
    less: Fraction = NO_MONEY  #: money taken beyond the whole seconds that it covers


class Run(NamedTuple):
    """What drawing needs beside pools and piece."""

    terms: Terms
    tally: Tally


def cover(pools: Reservoir, piece: Piece, run: Run) -> Drawn:
    """Let the fitting allowances cover a piece in their order, as far as they go."""
    drawn = Drawn()
    billed, real, only = piece.billed, piece.net, ""
    for by in piece.choice.pools:
        if by.kind == "count" or (only and by.id != only) or not billed:
            continue
        pool = pools.pool(by, by.key_of(piece.work.facets))
        part, used_up = _draw(pool, piece, billed, real, drawn, run)
        if part is not None:
            drawn.covers.append(part)
            billed, real = billed - part.billed, real - part.real
        if used_up:
            only = by.next
            if drawn.stop is None and (by.holds or by.then_contract):
                drawn.stop = by
    return drawn


def _draw(
    pool: Pool, piece: Piece, billed: int, real: int, drawn: Drawn, run: Run
) -> tuple[Cover | None, bool]:
    """Draw on one pool; tell whether it was used up before all was covered."""
    if pool.terms.kind == "money":
        return _draw_money(pool, piece, billed, real, drawn, run)
    weight = pool.terms.weight(piece.work.facets, piece.shifts) if pool.terms.weights else None
    base = real if pool.terms.eats_worked else billed
    wanted: Units = base if weight is None else _whole(base * weight)
    taken = _take(pool, piece, wanted, drawn, run.terms)
    if taken == wanted:
        return Cover(billed, real, pool.terms), False
    seconds = int(taken if weight is None else taken / weight)
    part = Cover(min(seconds, billed), min(seconds, real), pool.terms)
    return (part if part.billed else None), True


def _draw_money(
    pool: Pool, piece: Piece, billed: int, real: int, drawn: Drawn, run: Run
) -> tuple[Cover | None, bool]:
    """Let money pay for time: whole seconds are covered, what is left of it lowers the rest's price."""
    covered, used_up = 0, False
    for part, price in _priced_parts(piece, billed, run.tally):
        per_second = Fraction(price.amount) / price.per_seconds
        taken = _take(pool, piece, part * per_second, drawn, run.terms) if per_second else 0
        used_up = taken < part * per_second
        seconds = int(taken / per_second) if used_up else part
        drawn.less += taken - seconds * per_second
        covered += seconds
        if piece.choice.tiers:
            run.tally.count(piece, seconds)
        if used_up:
            break
    return (Cover(covered, min(covered, real), pool.terms) if covered else None), used_up


def _priced_parts(piece: Piece, billed: int, tally: Tally) -> list[tuple[int, Price]]:
    """Return the parts of time that have a price of their own; none where the price is not known yet."""
    choice = piece.choice
    if choice.price is not None:
        parts = [(billed, choice.price)]
    elif choice.tiers and not choice.by_total:
        parts = list(tally.parts(piece, billed))
    else:
        parts = []
    charged = any(price.per_seconds and price.amount for _, price in parts)
    return parts if charged else []


def _take(pool: Pool, piece: Piece, wanted: Units, drawn: Drawn, terms: Terms) -> Units:
    """Take from a pool, with its step in the trail and the warned shares that it reached."""
    before = pool.usable(piece.on)
    used = pool.whole - pool.left
    taken = pool.take(wanted, piece.on)
    if pool.terms.block:
        taken += _renewed(pool, piece, wanted - taken)
    values = (
        pool.terms.id,
        plain(before),
        plain(taken),
        plain(before - taken),
        pool.terms.kind,
        pool.terms.word,
    )
    piece.steps.append(Step("allowance", (*values, pool.key), pool.terms.source))
    if pool.terms.warn_at and taken:
        drawn.thresholds.extend(reached(pool, piece, used, wanted, terms))
    return taken


def reached(pool: Pool, piece: Piece, used: Units, wanted: Units, terms: Terms) -> Iterator[Threshold]:
    """Yield the warned shares that taking has reached; ``used`` is what was used before."""
    if pool.asking != piece.work.key:
        pool.asking, pool.asked = piece.work.key, 0
    seconds = _seconds_per_unit(pool, piece)
    clock = terms.calendar_at(piece.work.facets.get("site", ""))
    whole, now = pool.whole, pool.whole - pool.left
    for percent in pool.terms.warn_at:
        share = whole * Fraction(percent) / 100
        if used < share <= now:
            into_piece = int((share - used) * seconds)
            yield Threshold(
                allowance=pool.terms.name,
                percent=percent,
                used=plain(_whole(share)),
                work=piece.work.key,
                on=piece.on,
                into_entry=int(pool.asked * seconds) + into_piece,
                at=None if piece.start is None else clock.wall(piece.start + into_piece),
                unit=pool.terms.kind,
                word=pool.terms.word,
                key=pool.key,
            )
    pool.asked += wanted


def _seconds_per_unit(pool: Pool, piece: Piece) -> Fraction:
    """Return how many billed seconds one unit of a pool pays for."""
    price = piece.choice.price
    if pool.terms.kind == "money" and price and price.amount:
        return price.per_seconds / Fraction(price.amount)
    if pool.terms.kind != "time":
        return Fraction()
    weight = pool.terms.weight(piece.work.facets, piece.shifts) if pool.terms.weights else None
    return Fraction(1) if weight is None else 1 / weight


def _renewed(pool: Pool, piece: Piece, wanted: Units) -> Units:
    """Buy a block again while little is left of it, if it says so; the new one gives what is wanted."""
    renewal = pool.terms.block.renew if pool.terms.block else None
    taken: Units = 0
    while renewal and renewal.by == "automatic" and pool.left < below(pool.terms, renewal):
        pool.renew(piece.on)
        piece.steps.append(Step("renewed", (pool.terms.id, piece.on), pool.terms.source))
        pool.over -= wanted - taken
        taken += pool.take(wanted - taken, piece.on)
    return taken


def below(terms: PoolTerms, renewal: Renewal) -> Units:
    """Return what is left of a block when it is renewed."""
    share = renewal.below
    if isinstance(share, Decimal):
        return _whole(terms.of * Fraction(share) / 100)
    return _whole(Fraction(share.amount))


def _whole(amount: Units) -> Units:
    """Give a fraction that is whole as the int that it is."""
    return amount.numerator if isinstance(amount, Fraction) and amount.denominator == 1 else amount
