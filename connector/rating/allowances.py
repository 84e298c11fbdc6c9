"""Allowances: what is there at the start, what each piece takes, what is left, carried over and lapsed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.model.period import Period, month_of
from connector.model.statement import AllowancePosition, Delivery, Lot, Step, Threshold
from connector.rating.localtime import Calendar
from connector.rating.pieces import Piece
from connector.rating.terms import AllowanceTerms, Terms


@dataclass(slots=True)
class Pool:
    """An allowance within one period. ``lots`` are used up from the first."""

    terms: AllowanceTerms
    granted: int
    carried_in: int
    lots: list[Lot]
    used: int = 0
    asked: int = 0  #: billed seconds of the entry that is just asking, for thresholds
    asking: str = ""

    @property
    def left(self) -> int:
        """Seconds still there."""
        return self.granted + self.carried_in - self.used

    def take(self, piece: Piece, wanted: int, clock: Calendar) -> tuple[int, list[Threshold]]:
        """Give a piece what it wants, as far as it goes, and tell which warned shares that reached."""
        if self.asking != piece.work.key:
            self.asking, self.asked = piece.work.key, 0
        taken = min(wanted, self.left)
        reached = [
            self._threshold(percent, piece, clock)
            for percent in self.terms.warn_at
            if self._reaches(percent, taken)
        ]
        self.used += taken
        self.asked += wanted
        return taken, reached

    def _share(self, percent: Decimal) -> Decimal:
        return (self.granted + self.carried_in) * percent / 100

    def _reaches(self, percent: Decimal, taken: int) -> bool:
        return taken > 0 and self.used < self._share(percent) <= self.used + taken

    def _threshold(self, percent: Decimal, piece: Piece, clock: Calendar) -> Threshold:
        share = int(self._share(percent))
        into_piece = share - self.used
        return Threshold(
            allowance=self.terms.name,
            percent=percent,
            seconds=share,
            work=piece.work.key,
            on=piece.on,
            into_entry=self.asked + into_piece,
            at=None if piece.start is None else clock.wall(piece.start + into_piece),
        )


def open_pools(terms: Terms, period: Period, opening: Sequence[Lot]) -> dict[str, Pool]:
    """Grant the period's allowances, and put in what was carried over, the oldest first."""
    pools: dict[str, Pool] = {}
    carried = sorted(opening, key=lambda lot: lot.granted)
    for contract in terms.contracts_in(period):
        for allowance in contract.allowances:
            lots = [lot for lot in carried if _id_of(lot) == allowance.id]
            carried = [lot for lot in carried if lot not in lots]
            grant = Lot(
                allowance=allowance.name,
                seconds=allowance.of,
                granted=period.start,
                until=months_after(period, allowance.carry_over).start,
            )
            pools[allowance.name] = Pool(
                terms=allowance,
                granted=allowance.of,
                carried_in=sum(lot.seconds for lot in lots),
                lots=[*lots, grant],
            )
    return pools


def months_after(period: Period, count: int) -> Period:
    """Return the month so many months later."""
    years, month = divmod(period.start.month - 1 + count, 12)
    return month_of(date(period.start.year + years, month + 1, 1))


class Cover(NamedTuple):
    """The part of a piece that an allowance covers."""

    billed: int  #: rounded seconds
    real: int  #: real seconds
    by: AllowanceTerms


def cover(pools: dict[str, Pool], piece: Piece, clock: Calendar) -> tuple[list[Cover], list[Threshold]]:
    """Let the fitting allowances cover a piece one after the other, as far as they go."""
    covers: list[Cover] = []
    thresholds: list[Threshold] = []
    billed, real = piece.billed, piece.net
    for allowance in piece.allowances:
        pool = pools[allowance.name]
        before, wanted = pool.left, real if allowance.eats_worked else billed
        taken, reached = pool.take(piece, wanted, clock)
        thresholds.extend(reached)
        piece.steps.append(Step("allowance", (allowance.id, before, taken, pool.left), allowance.source))
        if taken:
            part = Cover(
                billed if taken == wanted else taken, real if taken == wanted else min(taken, real), allowance
            )
            covers.append(part)
            billed, real = billed - part.billed, real - part.real
        if not billed:
            break
    return covers, thresholds


def closing_lots(pools: Collection[Pool], opening: Iterable[Lot], period: Period) -> tuple[Lot, ...]:
    """Return what is carried over: unused time that is still usable in the next period.

    What was carried in for an allowance that no contract of the period grants waits for one that does.
    """
    granted = {pool.terms.id for pool in pools}
    rest = [lot for pool in pools for lot in _rest(pool)]
    waiting = [lot for lot in opening if _id_of(lot) not in granted]
    return tuple(lot for lot in (*waiting, *rest) if lot.until >= period.end)


def _id_of(lot: Lot) -> str:
    """Return the allowance's id, which contracts that follow each other share."""
    return lot.allowance.rpartition("/")[2]


def _rest(pool: Pool) -> list[Lot]:
    """Take what was used off the oldest lots."""
    used, rest = pool.used, []
    for lot in pool.lots:
        spent = min(used, lot.seconds)
        used -= spent
        if lot.seconds > spent:
            rest.append(
                Lot(
                    allowance=lot.allowance, seconds=lot.seconds - spent, granted=lot.granted, until=lot.until
                )
            )
    return rest


def position(pool: Pool, closing: Sequence[Lot]) -> AllowancePosition:
    """Tell how an allowance stands at the period's end."""
    ids = {lot.allowance for lot in pool.lots}
    carried = sum(lot.seconds for lot in closing if lot.allowance in ids)
    return AllowancePosition(
        allowance=pool.terms.name,
        granted=pool.granted,
        carried_in=pool.carried_in,
        used=pool.used,
        left=pool.left,
        carried_out=carried,
        lapsed=pool.left - carried,
        owed=pool.terms.owed,
        source=pool.terms.source,
    )


def owed_of(pool: Pool) -> Delivery:
    """Tell what of an owed allowance was delivered."""
    terms = pool.terms
    return Delivery(
        name=terms.name, owed=pool.granted + pool.carried_in, delivered=pool.used, source=terms.source
    )
