"""The plan: what edits of the files change in money, on closed periods as if they had held, and open ones."""

from collections.abc import Iterator, Sequence
from typing import Literal

from connector.http import ConfigError
from connector.model.change import Comparison, CustomerChange, PeriodChange
from connector.model.period import Period, months_later
from connector.model.statement import Lot
from connector.rating.changes import changes
from connector.rating.openings import counts_every_ticket
from connector.store.nouns import ClosedPeriod
from connector.workflow.account import Account, open_account
from connector.workflow.horizon import reopen_within
from connector.workflow.reel import Reel, open_periods, opening_of
from connector.workflow.sides import Sides, affected


def plan(sides: Sides, customers: Sequence[str], months: int) -> Comparison:
    """Rate on both sides whatever may come out differently.

    Args:
        sides: the house as it was and as it is written.
        customers: whom to look at; empty: all.
        months: how far back closed periods are rated, from the end of the last one.

    Raises:
        ConfigError: a customer stands on neither side.
    """
    known = sides.customers()
    for name in customers:
        if name not in known and name not in sides.unread:
            raise ConfigError(f"no customer '{name}'; there are: {', '.join(known) or 'none'}")
    names = [name for name in affected(sides) if not customers or name in customers]
    return Comparison(
        old=sides.old_name,
        new=sides.new_name,
        customers=tuple(_customer(sides, name, months) for name in names),
        problems=sides.problems,
    )


def _customer(sides: Sides, name: str, months: int) -> CustomerChange:
    file = _file(sides, name)
    first = open_account(sides.old if file == "removed" else sides.new, name)
    old = None if file == "new" else first if file == "removed" else open_account(sides.old, name)
    new = None if file == "removed" else first
    return CustomerChange(
        customer=name,
        name=first.customer.name,
        file=file,
        periods=(*(_closed(first, old, new, months) if old and new else ()), *_open(first, old, new)),
    )


def _file(sides: Sides, name: str) -> Literal["changed", "new", "removed", "same"]:
    if name not in sides.old.customers:
        return "new"
    if name not in sides.new.customers:
        return "removed"
    return "same" if sides.old.customers[name] == sides.new.customers[name] else "changed"


def _closed(account: Account, old: Account, new: Account, months: int) -> Iterator[PeriodChange]:
    """Rate the last closed periods as if either side had always held, from the stored position on."""
    closed = last_closed(account, months)
    if not closed:
        return
    opening = opening_of(account, closed)
    periods = [one.period for one in closed]
    was, now = (_reel(side, periods, opening) for side in (old, new))
    yield from compared(was, now, closed=True)


def _open(account: Account, old: Account | None, new: Account | None) -> Iterator[PeriodChange]:
    """Rate the open periods; closed ones keep what they were rated with, so their position stands."""
    opening = reopen_within(account).opening
    was, now = (_reel(side, [*open_periods(side)] if side else [], opening) for side in (old, new))
    yield from compared(was, now, closed=False)


def _reel(account: Account | None, periods: Sequence[Period], opening: Sequence[Lot]) -> Reel | None:
    return Reel(account=account, periods=tuple(periods), opening=opening) if account else None


def last_closed(account: Account, months: int) -> Sequence[ClosedPeriod]:
    """Return the closed periods of the last so many months, counted from the end of the last one."""
    if not account.closed:
        return ()
    first = months_later(account.closed[-1].period.end, -months)
    return [one for one in account.closed if one.period.start >= first]


def compared(old: Reel | None, new: Reel | None, *, closed: bool) -> Iterator[PeriodChange]:
    """Rate both sides in step, so that no more than one period's work is in memory."""
    together = old is not None and new is not None and _same_work(old.account, new.account)
    periods = {period for reel in (old, new) if reel for period in reel.periods}
    for period in sorted(periods):
        work = new.work(period) if new and together else None
        was, now = (reel.frame(period, work) if reel else None for reel in (old, new))
        yield PeriodChange(
            period=period,
            closed=closed,
            old=was.figures if was else None,
            new=now.figures if now else None,
            changes=tuple(changes(was.charges if was else (), now.charges if now else ())),
        )


def _same_work(old: Account, new: Account) -> bool:
    """Tell whether both sides see the same work in the same words, and openings too or neither."""
    counts = counts_every_ticket(old.basis), counts_every_ticket(new.basis)
    return old.scope == new.scope and old.basis.mappings == new.basis.mappings and counts[0] == counts[1]
