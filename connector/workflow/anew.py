"""Rating anew: periods as the close of one of them rated them, from what was known and kept then."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain

from connector.mapping.owner import Moves, Owners
from connector.model.basis import Basis
from connector.model.period import Period
from connector.model.statement import Fate, Statement
from connector.model.usage import UsageRecord
from connector.model.work import Work
from connector.rating.compile import terms_of
from connector.rating.gates import standing
from connector.rating.history import Chapter, fold
from connector.store import ledger
from connector.store.decisions import decisions
from connector.store.nouns import ClosedPeriod, StoredInvoice
from connector.workflow.account import Account, owner_of


def order_of(stored: StoredInvoice) -> tuple[Period, bool, int]:
    """Tell the order of bills: what was billed before a period closed comes before its close."""
    return stored.invoice.period, not stored.basis, stored.seq


def as_issued(account: Account, stored: StoredInvoice) -> dict[Period, Statement]:
    """Rate a customer's periods as it was done when a document was issued."""
    if not stored.basis:
        return as_of(account, stored.invoice.period)
    done = [one for one in account.closed if one.closed_at <= stored.created_at]
    before = as_of(account, done[-1].period) if done else {}
    bases = _bases(account, done, stored.created_at)
    basis, period = account.basis_of(stored.basis), stored.invoice.period
    first = bases[done[-1].period].customer.period_after(done[-1].period) if done else None
    following = first or basis.customer.first_period
    while following <= period:
        bases[following] = basis
        following = basis.customer.period_after(following)
    statements = _replayed(account, bases, stored.seq, before.values())
    return {one.period: one for one in statements}


def _bases(account: Account, closed: Iterable[ClosedPeriod], at: datetime) -> dict[Period, Basis]:
    """Return what closed periods were rated with at a moment."""
    digests = ledger.bases_at(account.house.store, account.customer.customer, at)
    return {one.period: account.basis_of(digests[one.period]) for one in closed}


def as_of(account: Account, last: Period) -> dict[Period, Statement]:
    """Rate a customer's closed periods as the close of one of them did, close after close."""
    statements: list[Statement] = []
    for number, close in enumerate(account.closed, 1):
        if close.period <= last:
            bases = _bases(account, account.closed[:number], close.closed_at)
            statements = _replayed(account, bases, close.seq, statements)
    return {one.period: one for one in statements}


def _replayed(
    account: Account, bases: Mapping[Period, Basis], seq: int, before: Iterable[Statement]
) -> list[Statement]:
    """Rate periods with what was known at a sequence number; ``before`` is what the close before it did."""
    name, before = account.customer.customer, list(before)
    said = decisions(account.house.store, seq)
    customers = {**account.house.customers, name: bases[max(bases)].customer}
    moves, owners = Moves(standing(said)), Owners(customers.values())
    early = [one for one in account.early if one.seq <= seq]
    claimed = frozenset([*(item.work for one in before for item in one.items), *(one.work for one in early)])
    billed = {period: frozenset(one.work for one in early if one.period == period) for period in bases}
    billed |= {
        one.period: frozenset(item.work for item in one.items if item.fate is Fate.BILLED) for one in before
    }

    def work(period: Period) -> list[Work]:
        near = account.near(period, seq)
        then = (replace(one, claimed_by=name if one.entry.key in claimed else "") for one in near)
        mine = (one for one in then if owner_of(one, moves, owners) == name)
        opened = account.opened(period, bases[period], moves, owners, seq)
        return account.worded(chain(mine, opened), bases[period])

    used = {one.period: frozenset(each.record for each in one.usage) for one in before}

    def usage(period: Period) -> list[UsageRecord]:
        known = used.get(period, frozenset())
        return account.used.as_of(period, bases[period], seq, owners, known)

    chapters = [
        Chapter(
            period,
            terms_of(basis),
            partial(work, period),
            billed.get(period, frozenset()),
            usage=partial(usage, period),
        )
        for period, basis in bases.items()
    ]
    return fold(chapters, said, ())
