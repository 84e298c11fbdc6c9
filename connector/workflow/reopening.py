"""Reopening: closed periods are rated again where a fact or a decision may have changed what they come to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from zoneinfo import ZoneInfo

from connector.mapping.owner import Moves
from connector.model.basis import Basis
from connector.model.decision import Decision, Kind
from connector.model.invoice import Billed
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import RATED_KINDS, LineKey, Lot, Statement
from connector.model.work import Work
from connector.rating.compile import terms_of
from connector.rating.gates import standing
from connector.rating.history import Chapter, fold
from connector.store.decisions import decisions
from connector.store.events import events
from connector.store.nouns import ClosedPeriod
from connector.store.work import claimed_work, first_days, touched_since, unclaimed
from connector.workflow.account import SLACK, Account, owner_of
from connector.workflow.opened import Known, known_at, opened_days, opened_then

#: The event of a close that withheld a difference until a person accepts it; its subject is CUSTOMER/PERIOD.
WITHHELD = "withheld"
#: Decisions on work, whose target says which.
_ON_WORK = frozenset(
    {Kind.WAIVE, Kind.HOLD, Kind.DISPUTE, Kind.RELEASE, Kind.CHARGE, Kind.REASSIGN, Kind.KEEP}
)
#: Decisions on one period.
_ON_PERIODS = frozenset({Kind.DISCOUNT, Kind.BORROW, Kind.ACCEPT})
#: Decisions that leave what a closed period ought to be as it is.
_REACHES_NO_CLOSED = frozenset({Kind.CREDIT, Kind.TRANSFER, Kind.APPROVE, Kind.REBILL})


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """Closed periods, rated again because something may have changed since the last close."""

    statements: tuple[Statement, ...]  #: those whose difference is due
    withheld: tuple[Problem, ...]  #: differences that wait for a person: no fact explains them, or too old
    opening: tuple[Lot, ...]  #: of the next period
    closings: tuple[tuple[Period, tuple[Lot, ...]], ...]


def reopen(account: Account) -> Reopened:
    """Rate those closed periods again of which a fact or a decision changed since the last close."""
    first = _first_touched(account)
    before, again = account.closed[:first], account.closed[first:]
    opening = before[-1].closing if before else ()
    bases = {one.period: account.basis_of(one.basis) for one in again}
    chapters = [account.chapter(period, basis, terms_of(basis)) for period, basis in bases.items()]
    statements = fold(chapters, account.decisions, opening)
    withheld = _unexplained(account, again, opening) if again else {}
    return Reopened(
        statements=tuple(one for one in statements if one.period not in withheld),
        withheld=tuple(withheld.values()),
        opening=statements[-1].closing if statements else opening,
        closings=tuple((one.period, one.closing) for one in statements),
    )


def _first_touched(account: Account) -> int:
    """Return the index of the first closed period to rate again; their number if none is."""
    if not account.closed:
        return 0
    last = account.closed[-1]
    basis = account.basis_of(last.basis)
    meant = _meant_since(account)
    named = [one.target for one in meant if one.kind in _ON_WORK]
    days = chain(
        _decided_days(account, meant),
        _unclaimed_days(account),
        _withheld_days(account),
        _touched_days(account, basis),
        (day + SLACK for day in opened_days(account, basis, named)),
    )
    first = min(days, default=last.period.end + SLACK)
    return sum(one.period.end <= first - SLACK for one in account.closed)


def _meant_since(account: Account) -> list[Decision]:
    """Return the decisions since the last close; in the place of an undoing what it undoes."""
    said = {one.id: one for one in account.decisions}
    return [said.get(one.undoes, one) for one in _since(account, account.closed[-1].seq)]


def _decided_days(account: Account, meant: Iterable[Decision]) -> Iterator[date]:
    """Yield the first days that decisions speak of."""
    for one in meant:
        if one.kind in _ON_WORK:
            yield from first_days(account.house.store, one.target)
        elif one.kind in _ON_PERIODS:
            yield from (period.start + SLACK for period in _periods_of(account, one))
        elif one.kind not in _REACHES_NO_CLOSED:
            yield account.closed[0].period.start + SLACK


def _periods_of(account: Account, said: Decision) -> Iterator[Period]:
    """Yield the closed period that a decision names, by itself or as ``CUSTOMER/PERIOD``."""
    name = account.customer.customer
    periods = (one.period for one in account.closed)
    return (one for one in periods if one == said.period or said.target == f"{name}/{one}")


def _touched_days(account: Account, basis: Basis) -> Iterator[date]:
    """Yield the days of work and usage that changed since the last close and may lie in closed periods."""
    last = account.closed[-1]
    until = last.period.end
    zones = {ZoneInfo(zone) for zone in (*account.basis.zones, *basis.zones)}
    for placed in touched_since(account.house.store, last.seq, account.scope, until + SLACK):
        began = placed.started_at
        days = (placed.worked_on, *(began.astimezone(zone).date() for zone in zones if began))
        if min(days) < until:
            yield placed.worked_on
    yield from account.used.touched_days(last.seq, until)
    yield from account.used.unclaimed_days([one.period for one in account.closed])


def _withheld_days(account: Account) -> Iterator[date]:
    """Yield a day of each period whose difference a close withheld, until a person accepts it."""
    name = account.customer.customer
    accepted = {one.target: one.at for one in account.decisions if one.kind is Kind.ACCEPT}
    starts = {f"{name}/{one.period}": one.period.start for one in account.closed}
    withheld = {one.subject: one.at for one in reversed(events(account.house.store, kind=WITHHELD))}
    for target in withheld.keys() & starts.keys():
        if target not in accepted or accepted[target] < withheld[target]:
            yield starts[target] + SLACK


def _unclaimed_days(account: Account) -> Iterator[date]:
    """Yield the days of work in closed periods that no close claimed: it was not known whose it was."""
    first, end = account.closed[0].period.start, account.closed[-1].period.end
    zone, moves = ZoneInfo(account.customer.timezone), Moves(standing(account.decisions))
    for seen in unclaimed(account.house.store, first - SLACK, end + SLACK, account.scope):
        began = seen.entry.started_at
        day = began.astimezone(zone).date() if began else seen.entry.worked_on
        if first <= day < end and owner_of(seen, moves, account.owners) == account.customer.customer:
            yield day


def accepted_since(account: Account) -> set[str]:
    """Return the differences that a person accepted since the last close."""
    said = _since(account, account.closed[-1].seq)
    return {one.target for one in said if one.kind is Kind.ACCEPT}


def _since(account: Account, seq: int) -> list[Decision]:
    """Return the decisions after a sequence number that may concern the customer."""
    known = {one.id for one in decisions(account.house.store, seq)}
    name = account.customer.customer
    return [
        one
        for one in account.decisions
        if one.id not in known and name in (one.customer or name, one.to_customer)
    ]


def _unexplained(
    account: Account, again: Sequence[ClosedPeriod], opening: Sequence[Lot]
) -> dict[Period, Problem]:
    """Rate what was known at the last close: what differs from the bills has no fact for a cause."""
    accepted = accepted_since(account)
    known = known_at(account, account.closed[-1])
    then = fold([_as_claimed(account, one, known) for one in again], known.decisions, opening)
    billed = account.billed(one.period for one in again)
    found: dict[Period, Problem] = {}
    for statement in then:
        target = f"{statement.customer}/{statement.period}"
        difference = difference_of(statement, billed)
        if difference and target not in accepted:
            message = (
                f"what {statement.period} comes to has changed by {difference} {statement.currency} although "
                f"no work and no decision did; to bill it: deskbill decide accept {target}"
            )
            found[statement.period] = Problem(
                code="engine_difference", about=target, message=message, amount=difference
            )
    return found


def _as_claimed(account: Account, closed: ClosedPeriod, known: Known) -> Chapter:
    """Return a closed period with the work that it claims, as that was known at a close."""
    basis, period = account.basis_of(closed.basis), closed.period

    def work() -> list[Work]:
        claimed = claimed_work(account.house.store, account.customer.customer, period, known.seq)
        return account.worded(chain(claimed, opened_then(account, period, basis, known)), basis)

    return Chapter(
        period,
        terms_of(basis),
        work,
        account.billed_work(period),
        usage=lambda: account.used.claimed(period, basis, known.seq),
    )


def difference_of(statement: Statement, billed: Mapping[LineKey, Billed]) -> Decimal:
    """Return by how much a statement's lines differ from what is billed; the largest, if they cancel out."""
    period = str(statement.period)
    ought = {line.key: line.amount for line in statement.lines}
    billed_lines = {
        key: one.amount for key, one in billed.items() if key.period == period and key.kind in RATED_KINDS
    }
    differences = [
        ought.get(key, Decimal(0)) - billed_lines.get(key, Decimal(0)) for key in {**ought, **billed_lines}
    ]
    return sum(differences, Decimal(0)) or max(differences, key=abs, default=Decimal(0))
