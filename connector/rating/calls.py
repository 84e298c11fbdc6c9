"""Calls, visits and entries: what is paid for by its number, counted once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from connector.model.period import Period
from connector.model.statement import Lot, Step, Threshold
from connector.rating.allowances import Pool, plain
from connector.rating.cover import reached
from connector.rating.pieces import Piece
from connector.rating.price import Price
from connector.rating.reservoir import Reservoir
from connector.rating.rounding import scope_of
from connector.rating.rows import ALWAYS, PoolTerms
from connector.rating.terms import Terms
from connector.rating.tiers import Tally

#: Under this name a position carries which tickets were counted: a call counts once in its life.
CALLS = "=calls"
_SCOPES = {"call": "ticket", "visit": "visit", "entry": "entry"}


class Taken(NamedTuple):
    """What allowances of calls and of money do for something that is counted."""

    by: PoolTerms | None  #: it covers it whole
    stop: PoolTerms | None  #: the first used-up one that says what becomes of the rest
    less: Fraction  #: money that was taken off its price


@dataclass(slots=True)
class Counting:
    """What was counted so far."""

    terms: Terms
    period: Period
    tally: Tally
    seen: dict[tuple[object, ...], str] = field(default_factory=dict)  #: by scope: what it is counted as
    before: frozenset[str] = frozenset()  #: tickets that an earlier period counted

    @classmethod
    def of(cls, terms: Terms, period: Period, opening: Iterable[Lot], tally: Tally) -> "Counting":
        """Begin with what earlier periods counted."""
        before = frozenset(lot.key for lot in opening if lot.allowance == CALLS)
        return cls(terms, period, tally, before=before)

    def counts(self, piece: Piece) -> bool:
        """Tell whether a piece is paid for by number."""
        return piece.choice.counted != "" and (piece.net > 0 or every_ticket(piece)) and piece.real >= 0

    def counted(self, piece: Piece) -> str:
        """Say that a piece belongs to what is counted already; empty: it does not."""
        unit = piece.choice.counted
        if unit == "call" and piece.work.ticket in self.before:
            return "its call was counted in an earlier period"
        seen = self.seen.get(_scope(piece, unit))
        return f"its {unit} is counted already: {seen}" if seen else ""

    def remember(self, piece: Piece, as_: str) -> None:
        """Count a piece's call, visit or entry."""
        self.seen[_scope(piece, piece.choice.counted)] = as_

    def price(self, piece: Piece) -> Price:
        """Return what the next one costs."""
        price = piece.choice.price
        return price if price is not None else self.tally.next_call(piece)

    def draw(self, piece: Piece, pools: Reservoir, thresholds: list[Threshold]) -> Taken:
        """Let allowances of calls take one, and those of money its price."""
        stop, less, only = None, Fraction(), ""
        for by in piece.choice.pools:
            if by.kind == "time" or (only and by.id != only):
                continue
            pool = pools.pool(by, by.key_of(piece.work.facets))
            wanted = Fraction(1) if by.kind == "count" else Fraction(self.price(piece).amount) - less
            if by.kind == "count" and not _has_one(pool, piece):
                taken = Fraction()
                pool.over += 1
            else:
                taken = self._take(pool, piece, wanted, thresholds)
            if taken == wanted:
                return Taken(by, None, Fraction())
            less += taken if by.kind == "money" else 0
            only = by.next
            stop = stop or (by if by.holds or by.then_contract else None)
        return Taken(None, stop, less)

    def _take(self, pool: Pool, piece: Piece, wanted: Fraction, thresholds: list[Threshold]) -> Fraction:
        before, used, terms = pool.usable(piece.on), pool.whole - pool.left, pool.terms
        units = wanted if terms.kind == "money" else 1
        taken = pool.take(units, piece.on)
        values = (
            terms.id,
            plain(before),
            plain(taken),
            plain(before - taken),
            terms.kind,
            terms.word,
            pool.key,
        )
        piece.steps.append(Step("allowance", values, terms.source))
        if taken and terms.warn_at:
            thresholds.extend(reached(pool, piece, used, units, self.terms))
        return Fraction(taken)

    def closing(self) -> Iterator[Lot]:
        """Yield which tickets were counted so far."""
        now = {str(scope[1]) for scope, _ in self.seen.items() if scope[0] == "call"}
        for ticket in sorted(self.before | now):
            yield Lot(allowance=CALLS, amount=1, granted=self.period.start, until=ALWAYS, key=ticket)


def _has_one(pool: Pool, piece: Piece) -> bool:
    """Tell whether one more may be taken whole: of what is there, or of what may be owed."""
    owable = pool.overdraft is None or pool.debt + 1 <= pool.overdraft
    return pool.usable(piece.on) >= 1 or owable


def every_ticket(piece: Piece) -> bool:
    """Tell whether a ticket is a call even if nothing on it is billable."""
    return piece.choice.rate is not None and piece.choice.rate.row.count == "every ticket"


def _scope(piece: Piece, unit: str) -> tuple[object, ...]:
    rule = "call" if unit == "call" or piece.choice.rate is None else piece.choice.rate.name
    return scope_of(piece, _SCOPES[unit], rule)
