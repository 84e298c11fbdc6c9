"""Tiers: prices that depend on how much there is, counted within a billing period or over a longer term."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from connector.model.period import Period, period_of
from connector.model.statement import Lot, Step
from connector.rating.pieces import Piece
from connector.rating.price import Price, PricedTier, reached
from connector.rating.rows import ALWAYS, RateTerms
from connector.rating.terms import Terms

_PREFIX = "=tiers:"


@dataclass(slots=True)
class Tally:
    """How much each tier table has counted so far, by table and first day of the term."""

    terms: Terms
    period: Period
    counts: dict[tuple[str, date], int] = field(default_factory=dict)
    ends: dict[tuple[str, date], date] = field(default_factory=dict)

    @classmethod
    def of(cls, terms: Terms, period: Period, opening: Iterable[Lot]) -> "Tally":
        """Begin with what earlier periods of a term counted."""
        tally = cls(terms, period)
        for lot in opening:
            if lot.allowance.startswith(_PREFIX):
                key = lot.allowance.removeprefix(_PREFIX), lot.granted
                tally.counts[key], tally.ends[key] = int(lot.amount), lot.until
        return tally

    def parts(self, piece: Piece, billed: int) -> Iterator[tuple[int, Price]]:
        """Yield how many seconds of a piece fall into each step, with its price. `count` counts them."""
        rest, before = billed, self.counts.get(self._key(piece), 0)
        for tier in piece.choice.tiers:
            room = rest if tier.bound is None else max(tier.bound - before, 0)
            part = min(room, rest)
            if part:
                yield part, _stepped(piece, tier, before, before + part)
                before, rest = before + part, rest - part

    def count(self, piece: Piece, amount: int) -> None:
        """Count what was charged, or what money paid for, at the steps' prices."""
        key = self._key(piece)
        self.counts[key] = self.counts.get(key, 0) + amount

    def next_call(self, piece: Piece) -> Price:
        """Return what the next call costs. `count` counts it."""
        number = self.counts.get(self._key(piece), 0) + 1
        tier = reached(piece.choice.tiers, number)
        return _stepped(piece, tier, number - 1, number)

    def _key(self, piece: Piece) -> tuple[str, date]:
        rate = piece.choice.rate
        window = self._window(rate, piece.on) if rate else self.period
        key = (rate.name if rate else "", window.start)
        self.ends[key] = window.end
        return key

    def _window(self, rate: RateTerms, day: date) -> Period:
        per = rate.row.tiers.per if rate.row.tiers else "period"
        if per == "period":
            return self.period
        if per == "term":
            contract = self.terms.contract(rate.name.partition("/")[0])
            return Period(contract.start if contract else day, (contract and contract.end) or ALWAYS)
        return period_of(per, day)

    def closing(self) -> Iterator[Lot]:
        """Yield what terms that go on have counted."""
        for (name, start), count in self.counts.items():
            if self.ends[name, start] > self.period.end:
                yield Lot(allowance=_PREFIX + name, amount=count, granted=start, until=self.ends[name, start])


def _stepped(piece: Piece, tier: PricedTier, before: int, after: int) -> Price:
    source = piece.choice.rate.source if piece.choice.rate else None
    step = Step("tier", (before, after, tier.bound, tier.price.unit), source)
    return tier.price._replace(steps=(step, *tier.price.steps))
