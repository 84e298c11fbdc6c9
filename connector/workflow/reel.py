"""A reel: one side of a comparison, rated period after period; what one carries over opens the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.model.change import Charge, Figures
from connector.model.period import Period
from connector.model.statement import Lot
from connector.model.work import Work
from connector.rating.changes import charge_of, figures
from connector.rating.history import fold
from connector.store.nouns import ClosedPeriod
from connector.workflow.account import Account
from connector.workflow.statements import current_period


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a rated period comes to; the statement itself is not kept."""

    figures: Figures
    charges: tuple[Charge, ...]


@dataclass(kw_only=True)
class Reel:
    """An account that is rated as its files stand, also where a period is closed."""

    account: Account
    periods: tuple[Period, ...]  #: oldest first, without a gap
    opening: Sequence[Lot]  #: of the next one

    def work(self, period: Period) -> list[Work]:
        """Read the work near a period."""
        return self.account.work(period, self.account.basis)

    def frame(self, period: Period, work: Sequence[Work] | None = None) -> Frame | None:
        """Rate the next of the periods; None: it is not one of them. ``work``: as it was read already."""
        return self.rated(period, work) if period in self.periods else None

    def rated(self, period: Period, work: Sequence[Work] | None = None) -> Frame:
        """Rate the next of the periods."""
        near = self.work(period) if work is None else work
        chapter = self.account.chapter(period, self.account.basis, self.account.terms)
        (statement,) = fold([chapter._replace(work=lambda: near)], self.account.decisions, self.opening)
        self.opening = statement.closing
        return Frame(
            figures=figures(statement, self.account.terms, self.account.customer.invoice.tax_rounding),
            charges=tuple(map(charge_of, statement.lines)),
        )


def opening_of(account: Account, closed: Sequence[ClosedPeriod]) -> Sequence[Lot]:
    """Return the stored position that opens the first of some closed periods."""
    before = [one for one in account.closed if one.period < closed[0].period]
    return before[-1].closing if before else ()


def open_periods(account: Account) -> Iterator[Period]:
    """Yield the periods that are not closed, up to the present one."""
    period, last = account.next_period, current_period(account)
    while period.start < last.end:
        yield period
        period = account.customer.period_after(period)
