"""A customer's account: what is stored and said of it, put together for rating."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from connector.config import basis as reading
from connector.mapping.owner import Owners, moved_work
from connector.mapping.resolve import resolve
from connector.model.basis import Basis
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.invoice import Billed
from connector.model.period import Period, month_of
from connector.model.problem import Problem
from connector.model.statement import Fate, LineKey, Lot, Statement
from connector.model.work import Work
from connector.rating.gates import standing
from connector.rating.history import Chapter, fold
from connector.rating.terms import Terms, terms_of
from connector.store import ledger
from connector.store.decisions import decisions
from connector.store.nouns import ClosedPeriod, Scope, SeenWork
from connector.store.work import latest_seq, owners, touched_since, work_between
from connector.workflow.house import House

#: A desk's day and the customer's day of the same instant can differ by one.
_SLACK = timedelta(days=1)
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
    billed: Mapping[LineKey, Billed]
    claims: Mapping[tuple[str, date], Fate]  #: by work key and first day of the period
    owners: Owners
    scope: Scope
    seq: int

    @property
    def next_period(self) -> Period:
        """The period that closes next."""
        return self.closed[-1].period.next() if self.closed else self.customer.first_period

    def basis_of(self, digest: str) -> Basis:
        """Return the basis that a closed period keeps."""
        return Basis.model_validate_json(ledger.basis(self.house.store, digest))

    def work(self, period: Period, basis: Basis, asof: int | None = None) -> list[Work]:
        """Return the customer's work near a period, in the words of that period's mappings."""
        return self.worded(self.seen(period, asof), basis)

    def worded(self, work: Iterable[SeenWork], basis: Basis) -> list[Work]:
        """Put work into the words of a basis; a desk newer than the basis has the mapping of today."""
        mappings = {**self.basis.mappings, **basis.mappings}
        return [resolve(seen.entry, seen.ticket, mappings[seen.entry.desk]) for seen in work]

    def seen(self, period: Period, asof: int | None = None) -> Iterator[SeenWork]:
        """Yield the customer's work near a period."""
        said = [one for one in self.decisions if asof is None or one.id in self._said_by(asof)]
        moved = moved_work(standing(said))
        start, end = period.start - _SLACK, period.end + _SLACK
        for seen in work_between(self.house.store, start, end, asof=asof, scope=self.scope):
            if self.owner_of(seen, moved) == self.customer.customer:
                yield seen

    def _said_by(self, seq: int) -> frozenset[str]:
        return frozenset(one.id for one in decisions(self.house.store, seq))

    def owner_of(self, seen: SeenWork, moved: Mapping[str, str]) -> str:
        """Return the customer of an entry: by a person's word, else by its close, else as first seen."""
        entry = seen.entry
        given = moved.get(entry.key) or moved.get(f"{entry.desk}/{entry.ticket}")
        return given or seen.claimed_by or self.owners.customer_of(entry.desk, seen.first_owner)

    def billed_work(self, period: Period) -> frozenset[str]:
        """Return the entries of a period whose charge is billed."""
        return frozenset(
            work
            for (work, start), fate in self.claims.items()
            if start == period.start and fate is Fate.BILLED
        )

    def chapter(self, period: Period, basis: Basis, terms: Terms, asof: int | None = None) -> Chapter:
        """Return a period, ready to be rated."""
        return Chapter(period, terms, lambda: self.work(period, basis, asof), self.billed_work(period))


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """Closed periods, rated again because something may have changed since the last close."""

    statements: tuple[Statement, ...]  #: those whose difference is due
    withheld: tuple[Problem, ...]  #: differences that no fact explains
    opening: tuple[Lot, ...]  #: of the next period
    closings: tuple[tuple[Period, tuple[Lot, ...]], ...]


def open_account(house: House, name: str) -> Account:
    """Put a customer's account together.

    Raises:
        ConfigError: there is no such customer.
        Unreadable: its contract names a tax or calendar that is not known.
    """
    customer = house.customer(name)
    basis = reading.build(
        customer, house.origins[name], house.settings, house.mappings, house.today().year + 1
    )
    said = decisions(house.store)
    everyone = Owners(house.customers.values())
    mine = frozenset(
        number
        for number, (desk, words) in owners(house.store).items()
        if everyone.customer_of(desk, words) == name
    )
    keys = frozenset(target for target, owner in moved_work(standing(said)).items() if owner == name)
    return Account(
        house=house,
        customer=customer,
        basis=basis,
        terms=terms_of(basis),
        closed=ledger.closed(house.store, name),
        decisions=said,
        billed=ledger.billed(house.store, name),
        claims=ledger.claims(house.store, name),
        owners=everyone,
        scope=Scope(customer=name, owners=mine, keys=keys),
        seq=latest_seq(house.store),
    )


def reopen(account: Account) -> Reopened:
    """Rate those closed periods again of which a fact or a decision changed since the last close."""
    first = _first_touched(account)
    before, again = account.closed[:first], account.closed[first:]
    opening = before[-1].closing if before else ()
    statements = fold([_chapter(account, one) for one in again], account.decisions, opening)
    withheld = _unexplained(account, again, opening) if again else {}
    return Reopened(
        statements=tuple(one for one in statements if one.period not in withheld),
        withheld=tuple(withheld.values()),
        opening=statements[-1].closing if statements else opening,
        closings=tuple((one.period, one.closing) for one in statements),
    )


def _chapter(account: Account, closed: ClosedPeriod, asof: int | None = None) -> Chapter:
    basis = account.basis_of(closed.basis)
    return account.chapter(closed.period, basis, terms_of(basis), asof)


def _first_touched(account: Account) -> int:
    """Return the index of the first closed period to rate again; their number if none is."""
    if not account.closed:
        return 0
    last = account.closed[-1]
    if any(decision.kind in _REACHES_BACK for decision in _since(account, last.seq)):
        return 0
    day = touched_since(account.house.store, last.seq, account.scope)
    if day is None:
        return len(account.closed)
    start = month_of(day - _SLACK).start
    return sum(one.period.start < start for one in account.closed)


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
    newer = _since(account, asof)
    if any(one.kind in (Kind.REASSIGN, Kind.KEEP) for one in newer):
        return {}  # whose work it was at the last close can no longer be told from whose it is now
    accepted = {one.target for one in newer if one.kind is Kind.ACCEPT}
    chapters = [_claimed_only(account, _chapter(account, one, asof)) for one in again]
    then = fold(chapters, decisions(account.house.store, asof), opening)
    found: dict[Period, Problem] = {}
    for statement in then:
        target = f"{statement.customer}/{statement.period}"
        difference = _difference(statement, account.billed)
        if difference and target not in accepted:
            message = (
                f"what {statement.period} comes to has changed by {difference} {statement.currency} although "
                f"no work and no decision did; to bill it: deskbill decide accept {target}"
            )
            found[statement.period] = Problem(
                code="engine_difference", about=target, message=message, amount=difference
            )
    return found


def _claimed_only(account: Account, chapter: Chapter) -> Chapter:
    """Leave out work that the close did not know to be this customer's."""
    start = chapter.period.start
    return chapter._replace(
        work=lambda: [work for work in chapter.work() if (work.key, start) in account.claims]
    )


def _difference(statement: Statement, billed: Mapping[LineKey, Billed]) -> Decimal:
    """Return by how much a statement's lines differ from what is billed: the largest, by line."""
    start = statement.period.start.isoformat()
    ought = {line.key: line.amount for line in statement.lines}
    billed_lines = {
        key: one.amount
        for key, one in billed.items()
        if key.period == start and not key.kind.startswith(("transfer", "credit"))
    }
    differences = [
        ought.get(key, Decimal(0)) - billed_lines.get(key, Decimal(0)) for key in {**ought, **billed_lines}
    ]
    return max(differences, key=abs, default=Decimal(0))
