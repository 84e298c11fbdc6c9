"""Tickets opened in closed periods where each is a call: what was known of them at a close, what is new."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import NamedTuple

from connector.mapping.owner import Moves, Owners
from connector.model.basis import Basis
from connector.model.decision import Decision
from connector.model.period import Period
from connector.rating.gates import standing
from connector.rating.openings import counts_every_ticket
from connector.store.decisions import decisions
from connector.store.nouns import ClosedPeriod, Scope, SeenWork
from connector.store.work import opened_on, opened_since, tickets_opened
from connector.workflow.account import Account, owned, owner_of


class Known(NamedTuple):
    """What was known at a close."""

    seq: int  #: facts up to this number
    decisions: list[Decision]
    owners: Owners  #: by the customer's words as they were then


def known_at(account: Account, close: ClosedPeriod) -> Known:
    """Return what was known when a period closed."""
    said = decisions(account.house.store, close.seq)
    return Known(close.seq, said, _owners_of(account, account.basis_of(close.basis)))


def opened_then(account: Account, period: Period, basis: Basis, known: Known) -> Iterator[SeenWork]:
    """Yield the openings that were the customer's at a close, and would be by the words of today.

    No claim keeps an opening. So what a customer's words no longer match is missing here, and is told as a
    difference that no fact explains; what they match since is missing too, and becomes due by itself.
    """
    moves = Moves(standing(known.decisions))
    for seen in account.opened(period, basis, moves, known.owners, known.seq):
        if owner_of(seen, moves, account.owners) == account.customer.customer:
            yield seen


def opened_days(account: Account, last: Basis, decided: Iterable[str]) -> Iterator[date]:
    """Yield the days on which tickets were opened of which a closed period knew something else, or nothing.

    Args:
        account: with a closed period.
        last: the basis of the last one.
        decided: tickets and entries of which a person has said something since.
    """
    store, close = account.house.store, account.closed[-1]
    counts: dict[str, bool] = {}
    days = chain(
        opened_since(store, close.seq, account.scope, close.period.end),
        (day for target in decided for day in opened_on(store, target)),
        _matched_since(account, last),
    )
    for day in set(days):
        for one in account.closed:
            if day in one.period and _counts(account, one.basis, counts):
                yield day


def _counts(account: Account, digest: str, known: dict[str, bool]) -> bool:
    """Tell whether a basis counts every ticket; answers are remembered."""
    if digest not in known:
        known[digest] = counts_every_ticket(account.basis_of(digest))
    return known[digest]


def _matched_since(account: Account, last: Basis) -> Iterator[date]:
    """Yield the days on which tickets were opened whose words the customer's ``match`` has only now."""
    if last.customer.match == account.customer.match:
        return
    name = account.customer.customer
    new = account.scope.owners - owned(account.house, _owners_of(account, last), name)
    start, end = account.closed[0].period.start, account.closed[-1].period.end
    for one in tickets_opened(account.house.store, start, end, Scope(owners=new)):
        yield one.opened_on


def _owners_of(account: Account, basis: Basis) -> Owners:
    """Return the owners with this customer's words as a basis has them."""
    customers = {**account.house.customers, account.customer.customer: basis.customer}
    return Owners(customers.values())
