"""A customer's account: what is stored and said of it, put together for rating."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

from connector.mapping.owner import Moves, Owners
from connector.mapping.resolve import Resolver, resolve
from connector.model.basis import Basis
from connector.model.contract import Customer
from connector.model.decision import Decision
from connector.model.invoice import Billed
from connector.model.mapping import DeskMapping
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import Fate, LineKey
from connector.model.work import Work
from connector.rating.compile import terms_of
from connector.rating.gates import standing
from connector.rating.history import Chapter
from connector.rating.openings import counts_every_ticket, opening
from connector.rating.terms import Terms
from connector.store import ledger
from connector.store.decisions import decisions
from connector.store.early import EarlyWork
from connector.store.nouns import ClosedPeriod, Scope, SeenWork
from connector.store.work import latest_seq, owners, tickets_opened, work_between
from connector.workflow.basis import basis_now
from connector.workflow.house import House
from connector.workflow.used import Used

#: A desk's day and the customer's day of the same work differ by no more: 26 h between zones, and the
#: length of an entry that is not long (`work_between` sees to those).
SLACK = timedelta(days=2)


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
        """Return the customer's work near a period, and openings that count, in the words of its basis."""
        moves = Moves(standing(self.decisions))
        return self.worded(chain(self.seen(period), self.opened(period, basis, moves, self.owners)), basis)

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
        start, end = period.start - SLACK, period.end + SLACK
        return work_between(self.house.store, start, end, asof=asof, scope=self.scope)

    def opened(
        self, period: Period, basis: Basis, moves: Moves, owners: Owners, asof: int | None = None
    ) -> Iterator[SeenWork]:
        """Yield the openings of the customer's tickets in a period, if its basis counts every ticket."""
        if not counts_every_ticket(basis):
            return
        name, scope = self.customer.customer, self.scope
        if owners is not self.owners:
            scope = replace(scope, owners=owned(self.house, owners, name))
        for one in tickets_opened(self.house.store, period.start, period.end, scope, asof):
            entry = opening(one.ticket.desk, one.ticket.ticket, one.opened_on)
            seen = SeenWork(entry=entry, ticket=one.ticket, first_owner=one.first_owner)
            if owner_of(seen, moves, owners) == name:
                yield seen

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


def open_account(house: House, name: str) -> Account:
    """Put a customer's account together.

    Raises:
        ConfigError: there is no such customer.
        Unreadable: its contract names a tax or calendar that is not known.
    """
    basis, said = basis_now(house, name), decisions(house.store)
    everyone = Owners(house.customers.values())
    keys = frozenset(one.target for one in said if one.to_customer == name)
    scope = Scope(customer=name, owners=owned(house, everyone, name), keys=keys)
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


def owned(house: House, everyone: Owners, name: str) -> frozenset[int]:
    """Return the ids of the owners whose words are a customer's."""
    known = owners(house.store).items()
    return frozenset(id_ for id_, (desk, words) in known if everyone.customer_of(desk, words) == name)


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
