"""Pools: what allowances and blocks grant, what work takes, what is carried over, owed and lapses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from connector.model.period import Period, cycles_later, windows
from connector.model.statement import Lot
from connector.rating.proration import share_of
from connector.rating.rows import ALWAYS, PoolTerms

Units = int | Fraction


class Edge(NamedTuple):
    """A day on which something happens to a pool: of several on one day, the first kind comes first."""

    day: date
    kind: int  #: `_ENDS`, `_SETTLES` or `_GRANTS`
    window: Period


_ENDS, _SETTLES, _GRANTS = range(3)


@dataclass(slots=True)
class Rest:
    """What is left of one grant."""

    amount: Units
    granted: date
    until: date
    of: Units  #: what it began with; of what was carried over: what was carried
    carried: bool = False


@dataclass(slots=True)
class Settled:
    """Over-use that falls due on a day."""

    on: date
    amount: Units


@dataclass(slots=True)
class Pool:
    """An allowance or block within one period. ``rests`` are used up from the first."""

    terms: PoolTerms
    key: str
    edges: list[Edge]  #: still to come, the next one last
    overdraft: Units | None  #: how much may be owed; None: any amount
    rests: list[Rest] = field(default_factory=list)
    debt: Units = 0
    granted: Units = 0
    carried_in: Units = 0
    used: Units = 0
    over: Units = 0
    lapsed: Units = 0  #: before the period's end
    settled: list[Settled] = field(default_factory=list)
    bought: list[date] = field(default_factory=list)  #: a block's automatic renewals
    asked: Units = 0  #: what the entry that is just asking has asked for so far, for thresholds
    asking: str = ""
    next_day: date = ALWAYS  #: of the next edge

    @property
    def whole(self) -> Units:
        """What it is of which warned shares are told: the present grants, and what was carried into them."""
        return sum([rest.of for rest in self.rests])

    @property
    def left(self) -> Units:
        """What is still there; negative: owed."""
        return sum([rest.amount for rest in self.rests]) - self.debt

    def usable(self, day: date) -> Units:
        """Return what work of a day may take, what may be owed left out."""
        if day >= self.next_day:
            self.advance(day)
        return sum([rest.amount for rest in self.rests if rest.granted <= day < rest.until])

    def take(self, wanted: Units, day: date) -> Units:
        """Take what is wanted, as far as it goes and may be owed."""
        rest = wanted
        for lot in self.rests:
            if rest and lot.granted <= day < lot.until:
                part = min(rest, lot.amount)
                lot.amount -= part
                rest -= part
        if rest and self.overdraft != 0:
            owed = rest if self.overdraft is None else min(rest, max(self.overdraft - self.debt, 0))
            self.debt += owed
            rest -= owed
        self.used += wanted - rest
        self.over += rest
        return wanted - rest

    def advance(self, day: date) -> None:
        """Let happen what happens up to and with a day."""
        while self.edges and self.edges[-1].day <= day:
            edge = self.edges.pop()
            if edge.kind == _ENDS:
                self._end(edge.window)
            elif edge.kind == _SETTLES:
                self._settle(edge.day)
            else:
                self._grant(edge.window)
        self.next_day = self.edges[-1].day if self.edges else ALWAYS

    def _grant(self, window: Period) -> None:
        amount = self._granted_in(window)
        paid = min(self.debt, amount)
        self.debt -= paid
        self.granted += amount
        self.rests.append(Rest(amount - paid, max(window.start, self.terms.start), window.end, amount - paid))

    def _granted_in(self, window: Period) -> Units:
        terms = self.terms
        start, end = max(window.start, terms.start), min(window.end, terms.end)
        if terms.cycle is None or terms.prorate == "none" or (start, end) == window:
            return terms.of
        part = terms.of * share_of(terms.prorate, start, end, window)
        return part if terms.kind == "money" else int(part)

    def _end(self, window: Period) -> None:
        """End a window: what is not carried over lapses."""
        carry, start = self.terms.carry, max(window.start, self.terms.start)
        ended = min(window.end, self.terms.end)
        for rest in self.rests:
            if rest.granted == start and rest.until == window.end:
                rest.until = ended if carry is None else self._carried_until(window, carry.windows)
        if carry is not None:
            if carry.compounding:
                for rest in self.rests:
                    rest.until = self._carried_until(window, carry.windows)
            self._cut(self._cap(carry.share, carry.cap))
        kept = [rest for rest in self.rests if rest.until > ended and rest.amount]
        for rest in kept:
            rest.of, rest.carried = rest.amount, True
        self.lapsed += sum([rest.amount for rest in self.rests if rest.until <= ended])
        self.rests = kept

    def _carried_until(self, window: Period, count: int) -> date:
        """Return the first day after so many further windows."""
        cycle = self.terms.cycle
        if count < 0 or cycle is None:
            return ALWAYS
        if self.terms.anchor is None:
            return cycles_later(cycle, window.end, count)
        passed = next(
            number
            for number in range(1, 10_000)
            if cycles_later(cycle, self.terms.anchor, number) >= window.end
        )
        return cycles_later(cycle, self.terms.anchor, passed + count)

    def _cap(self, share: Decimal | None, cap: Decimal | None) -> Units | None:
        if share is not None:
            part = Fraction(self.terms.of) * Fraction(share) / 100
            return part if self.terms.kind == "money" else int(part)
        if cap is None:
            return None
        return Fraction(cap) if self.terms.kind == "money" else int(cap)

    def _cut(self, cap: Units | None) -> None:
        """Let lapse what is carried beyond the cap, of the newest first."""
        if cap is None:
            return
        beyond = max(sum([rest.amount for rest in self.rests]) - cap, 0)
        for rest in reversed(self.rests):
            part = min(beyond, rest.amount)
            rest.amount -= part
            beyond -= part
            self.lapsed += part

    def _settle(self, day: date) -> None:
        if self.debt:
            self.settled.append(Settled(day, self.debt))
            self.debt = 0

    def renew(self, day: date) -> None:
        """Buy a block once more, valid for as long as the first one."""
        terms = self.terms
        until = ALWAYS if terms.end == ALWAYS else day + (terms.end - terms.start)
        self.granted += terms.of
        self.rests.append(Rest(terms.of, day, until, terms.of))
        self.bought.append(day)

    def closing(self, period: Period) -> tuple[list[Lot], Units]:
        """End the period: return what is carried out of it, and what lapses with its end."""
        self.usable(period.last_day)
        before = self.lapsed
        self.advance(period.end)
        out = [
            Lot(
                allowance=self.terms.name,
                amount=rest.amount,
                granted=rest.granted,
                until=rest.until,
                key=self.key,
                of=0 if rest.carried else rest.of,
            )
            for rest in self.rests
            if rest.until > period.end and (rest.amount or not rest.carried)
        ]
        gone = sum([rest.amount for rest in self.rests if rest.until <= period.end])
        if self.debt:
            owed = Lot(
                allowance=self.terms.name, amount=-self.debt, granted=period.start, until=ALWAYS, key=self.key
            )
            out.append(owed)
        return out, self.lapsed - before + gone


def open_pool(
    terms: PoolTerms, key: str, period: Period, first: Period, lots: Iterable[Lot], overdraft: Units
) -> Pool:
    """Open a pool for a period, with what was carried into it.

    Args:
        terms: what grants.
        key: the value of the facet that has a pool of its own; empty: there is one pool.
        period: the billing period.
        first: the first period that is billed: grants of windows that began before it are given in it.
        lots: what the period before left.
        overdraft: how much of the next grant a person allowed to be used in this period.
    """
    allowed = None if terms.overdraft is None else max(terms.overdraft, overdraft)
    carried = sorted(lots, key=lambda lot: lot.granted)
    # One with a key begins with its first work: whatever window it is in, that is granted then.
    edges = _edges(terms, period, period if key and not carried else first)
    if terms.block and carried:  # its rest was taken over, so that it is not granted whole
        edges = (edge for edge in edges if edge.kind != _GRANTS)
    pool = Pool(terms, key, sorted(edges, reverse=True), allowed)
    for lot in carried:
        if lot.amount < 0:
            pool.debt -= lot.amount
        else:
            pool.rests.append(Rest(lot.amount, lot.granted, lot.until, lot.of or lot.amount, not lot.of))
        pool.carried_in += lot.amount
    pool.advance(period.start)
    return pool


def _edges(terms: PoolTerms, period: Period, first: Period) -> Iterator[Edge]:
    """Yield when grants begin and end in a period, and when debts are settled."""
    for window in _windows(terms, period):
        granted = max(window.start, terms.start, first.start)
        if granted in period:
            yield Edge(granted, _GRANTS, window)
        ended = min(window.end, terms.end)
        if period.start < ended <= period.end:
            yield Edge(ended, _ENDS, window)
    if terms.settles and period.start < terms.end <= period.end:
        yield Edge(terms.end, _SETTLES, period)
    if terms.settles:
        for window in windows(terms.settles, None, period.start, period.end):
            if period.start < window.end <= period.end:
                yield Edge(window.end, _SETTLES, window)


def _windows(terms: PoolTerms, period: Period) -> Iterator[Period]:
    start, end = max(period.start, terms.start), min(period.end, terms.end)
    if start >= end:
        return
    if terms.cycle is None:
        yield Period(terms.start, terms.end)
    else:
        yield from windows(terms.cycle, terms.anchor, start, end)


def plain(amount: Units) -> Decimal | int:
    """Give exact money as a decimal: a reader wants no fractions."""
    if isinstance(amount, Fraction):
        return Decimal(amount.numerator) / Decimal(amount.denominator)
    return amount
