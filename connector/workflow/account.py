"""A customer's account: what is stored and said of it, put together for rating."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from zoneinfo import ZoneInfo

from connector.mapping.owner import Moves, Owners
from connector.mapping.resolve import Resolver, resolve
from connector.model.basis import Basis
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.invoice import Billed
from connector.model.mapping import DeskMapping
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import RATED_KINDS, Fate, LineKey, Lot, Statement
from connector.model.work import Work
from connector.rating.compile import terms_of
from connector.rating.gates import standing
from connector.rating.history import Chapter, fold
from connector.rating.terms import Terms
from connector.store import ledger
from connector.store.decisions import decisions
from connector.store.early import EarlyWork
from connector.store.events import events
from connector.store.nouns import ClosedPeriod, Scope, SeenWork
from connector.store.work import claimed_work, latest_seq, owners, touched_since, unclaimed, work_between
from connector.workflow.basis import basis_now
from connector.workflow.house import House
from connector.workflow.used import Used

#: A desk's day and the customer's day of the same work differ by no more: 26 h between zones, and the
#: length of an entry that is not long (`work_between` sees to those).
_SLACK = timedelta(days=2)
#: The event of a close that withheld a difference until a person accepts it; its subject is CUSTOMER/PERIOD.
WITHHELD = "withheld"
#: Decisions after a close that can change what a closed period ought to be.
_REACHES_BACK = frozenset(Kind) - {Kind.CREDIT, Kind.TRANSFER, Kind.APPROVE, Kind.REBILL}


@dataclass(frozen=True, kw_only=True)
class Account:
    """One customer, as the house knows it at sequence number `seq`."""

    house: House
    customer: Customer
    basis: Basis  #: as the files stand now: for periods that are not closed
    terms: Terms  #: of that basis
    closed: Sequence[ClosedPeriod]  #: oldest first, without a gap
    decisions: Sequence[Decision]
    early: Sequence[EarlyWork]  #: what was billed before its period closed
    owners: Owners
    scope: Scope
    seq: int
    used: Used  #: the customer's usage

    @property
    def next_period(self) -> Period:
        """The period that closes next."""
        last = self.closed[-1].period if self.closed else None
        return self.customer.period_after(last) if last else self.customer.first_period

    def period_on(self, day: date) -> Period:
        """Return the billing period in which a day lies: a closed one as it closed, else as the file says."""
        known = (*(one.period for one in self.closed), self.next_period)
        return next((one for one in known if day in one), self.customer.period_of(day))

    @property
    def basis_json(self) -> str:
        """The basis as a close stores it."""
        return self.basis.model_dump_json(by_alias=True, exclude_defaults=True)

    def basis_of(self, digest: str) -> Basis:
        """Return the basis that a closed period keeps."""
        return Basis.model_validate_json(ledger.basis(self.house.store, digest))

    def work(self, period: Period, basis: Basis) -> list[Work]:
        """Return the customer's work near a period, in the words of that period's mappings."""
        return self.worded(self.seen(period), basis)

    def worded(self, work: Iterable[SeenWork], basis: Basis) -> list[Work]:
        """Put work into the words of a basis; a desk newer than the basis has the mapping of today."""
        mappings = {**self.basis.mappings, **basis.mappings}
        resolvers = {desk: Resolver(mapping) for desk, mapping in mappings.items()}
        return [_worded(seen, resolvers) for seen in work]

    def seen(self, period: Period) -> Iterator[SeenWork]:
        """Yield the customer's work near a period."""
        moves = Moves(standing(self.decisions))
        for seen in self.near(period):
            if owner_of(seen, moves, self.owners) == self.customer.customer:
                yield seen

    def near(self, period: Period, asof: int | None = None) -> Iterator[SeenWork]:
        """Yield work near a period that may be the customer's; ``asof``: as it was at a sequence number."""
        start, end = period.start - _SLACK, period.end + _SLACK
        return work_between(self.house.store, start, end, asof=asof, scope=self.scope)

    def billed(self, periods: Iterable[Period] | None = None) -> dict[LineKey, Billed]:
        """Return what is billed, all of it or of some periods; credits and transfers come always."""
        asked = None if periods is None else frozenset(periods)
        return ledger.billed(self.house.store, self.customer.customer, asked)

    def billed_work(self, period: Period) -> frozenset[str]:
        """Return the entries of a period whose charge is billed."""
        if period >= self.next_period:
            return frozenset(one.work for one in self.early if one.period == period)
        if not any(closed.period == period for closed in self.closed):
            return frozenset()
        fates = ledger.claims(self.house.store, self.customer.customer, period)
        return frozenset(work for (work, _), fate in fates.items() if fate is Fate.BILLED)

    def chapter(self, period: Period, basis: Basis, terms: Terms) -> Chapter:
        """Return a period, ready to be rated."""
        return Chapter(
            period,
            terms,
            lambda: self.work(period, basis),
            self.billed_work(period),
            usage=lambda: self.used.records(period, basis),
        )


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """Closed periods, rated again because something may have changed since the last close."""

    statements: tuple[Statement, ...]  #: those whose difference is due
    withheld: tuple[Problem, ...]  #: differences that wait for a person: no fact explains them, or too old
    opening: tuple[Lot, ...]  #: of the next period
    closings: tuple[tuple[Period, tuple[Lot, ...]], ...]


def open_account(house: House, name: str) -> Account:
    """Put a customer's account together.

    Raises:
        ConfigError: there is no such customer.
        Unreadable: its contract names a tax or calendar that is not known.
    """
    basis, said = basis_now(house, name), decisions(house.store)
    everyone = Owners(house.customers.values())
    mine = frozenset(
        number
        for number, (desk, words) in owners(house.store).items()
        if everyone.customer_of(desk, words) == name
    )
    keys = frozenset(one.target for one in said if one.to_customer == name)
    scope = Scope(customer=name, owners=mine, keys=keys)
    return Account(
        house=house,
        customer=basis.customer,
        basis=basis,
        terms=terms_of(basis),
        closed=ledger.closed(house.store, name),
        decisions=said,
        early=ledger.billed_early(house.store, name),
        owners=everyone,
        scope=scope,
        seq=latest_seq(house.store),
        used=Used(
            store=house.store,
            customer=name,
            timezone=basis.customer.timezone,
            owners=everyone,
            scope=scope,
            mappings=house.usage_mappings,
        ),
    )


def owner_of(seen: SeenWork, moves: Moves, owners: Owners) -> str:
    """Return the customer of an entry: by a person's word, else by its close, else as first seen."""
    said = moves.last_word(seen.entry)
    first = owners.customer_of(seen.entry.desk, seen.first_owner)
    if said is None:
        return seen.claimed_by or first
    return said or first or seen.claimed_by


def _worded(seen: SeenWork, resolvers: Mapping[str, Resolver]) -> Work:
    """Put an entry into the contract's words: its owner's as first seen, else as its ticket says now."""
    ticket = seen.ticket
    if ticket.owner is not seen.first_owner and ticket.owner != seen.first_owner:
        ticket = replace(ticket, owner=seen.first_owner)
    if seen.entry.desk in resolvers:
        return resolvers[seen.entry.desk].resolve(seen.entry, ticket)
    message = f"the configuration has no desk '{seen.entry.desk}' any more; put it back, or waive the work"
    problem = Problem(code="desk_unknown", about=seen.entry.key, message=message)
    return replace(resolve(seen.entry, ticket, DeskMapping()), problem=problem)


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
    if any(decision.kind in _REACHES_BACK for decision in _since(account, last.seq)):
        return 0
    days = chain(_unclaimed_days(account), _withheld_days(account), _touched_days(account))
    first = min(days, default=last.period.end + _SLACK)
    return sum(one.period.end <= first - _SLACK for one in account.closed)


def _touched_days(account: Account) -> Iterator[date]:
    """Yield the days of work and usage that changed since the last close and may lie in closed periods."""
    last = account.closed[-1]
    until = last.period.end
    zones = {ZoneInfo(zone) for zone in (*account.basis.zones, *account.basis_of(last.basis).zones)}
    for placed in touched_since(account.house.store, last.seq, account.scope, until + _SLACK):
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
            yield starts[target] + _SLACK


def _unclaimed_days(account: Account) -> Iterator[date]:
    """Yield the days of work in closed periods that no close claimed: it was not known whose it was."""
    first, end = account.closed[0].period.start, account.closed[-1].period.end
    zone, moves = ZoneInfo(account.customer.timezone), Moves(standing(account.decisions))
    for seen in unclaimed(account.house.store, first - _SLACK, end + _SLACK, account.scope):
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
    asof = account.closed[-1].seq
    accepted = accepted_since(account)
    then = fold(
        [_as_claimed(account, one, asof) for one in again], decisions(account.house.store, asof), opening
    )
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


def _as_claimed(account: Account, closed: ClosedPeriod, asof: int) -> Chapter:
    """Return a closed period with the work that it claims, as that was at a sequence number."""
    basis, period = account.basis_of(closed.basis), closed.period

    def work() -> list[Work]:
        claimed = claimed_work(account.house.store, account.customer.customer, period, asof)
        return account.worded(claimed, basis)

    return Chapter(
        period,
        terms_of(basis),
        work,
        account.billed_work(period),
        usage=lambda: account.used.claimed(period, basis, asof),
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
