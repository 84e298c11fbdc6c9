"""Promises 1 to 4 at the level of the house: random histories with closes and restarts on a real ledger.

A failing history is told step by step; replayed as a test of its own it belongs into test_found.py.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from connector.model.decision import Decision, Kind
from connector.model.period import Period
from connector.model.statement import RATED_KINDS, Fate, LineKey
from connector.model.work import Survey, TicketSnapshot, WorkEntry
from connector.report.replay import first_difference
from connector.store import decisions, ledger
from connector.store.ledger_tables import claims
from connector.workflow.close import apply_contract, close
from connector.workflow.decide import Refusal, decide
from connector.workflow.explain import explain
from connector.workflow.push import push
from connector.workflow.replay import replay
from connector.workflow.statements import house_statement, preview
from connector.workflow.sync import sync
from tests.laws.oracle import MARCH, Oracle, amounts, fates
from tests.laws.profiles import stories
from tests.laws.town import CUSTOMERS, ORGANIZATIONS, Town

NOT_OVER = "2026-04 is not over before"
#: Days at the edges of months and of a contract.
JANUARY = [date(2026, 1, 9), date(2026, 1, 20), date(2026, 1, 31)]
FEBRUARY = [date(2026, 2, 1), date(2026, 2, 14), date(2026, 2, 26)]
DAYS = st.sampled_from(JANUARY + FEBRUARY)
HOURS = st.sampled_from([9, None, 3, 23])
MINUTES = st.sampled_from([90, 10, 50, 200, 6000, -20])
SERVICES = st.sampled_from(["on-site", "phone", "maintenance", ""])
NAMES = st.sampled_from(sorted(CUSTOMERS))
TICKETS = st.sampled_from(["1", "2", "3"])
PULLED = st.sampled_from([True, True, False])
GRANTS = st.sampled_from([Kind.CREDIT, Kind.TRANSFER, Kind.DISCOUNT])


class History(RuleBasedStateMachine):
    """What people do at the desk, and what the house does with it."""

    entries = Bundle("entries")

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.oracle = Oracle()
        self.booked = 0
        self.looked = True  #: nothing happened in the house since it was looked at
        for ticket, organization in zip("123", ("ACME", "Bolt", "Stranger"), strict=True):
            self.town.desk.put(_ticket(ticket, organization))

    def tell(self, sentence: str) -> None:
        self.town.clock.forward(minutes=1)
        if currently_in_test_context():
            note(f"- {sentence}")

    # At the desk.

    @initialize(target=entries, on=DAYS, at=HOURS, minutes=MINUTES, service=SERVICES)
    def begin(self, on: date, at: int | None, minutes: int, service: str) -> str:
        return self._book("1", on, at, minutes, service, pulled=True)

    @rule(target=entries, ticket=TICKETS, on=DAYS, at=HOURS, minutes=MINUTES, service=SERVICES, pulled=PULLED)
    def book(
        self, ticket: str, on: date, at: int | None, minutes: int, service: str, *, pulled: bool = True
    ) -> str:
        return self._book(ticket, on, at, minutes, service, pulled=pulled)

    def _book(self, ticket: str, *facts: Any, pulled: bool) -> str:
        self.booked += 1
        entry = f"{ticket}/e{self.booked}"
        self._change(entry, "is booked", *facts, pulled=pulled)
        return entry

    @rule(entry=entries, on=DAYS, at=HOURS, minutes=MINUTES, service=SERVICES, pulled=PULLED)
    def edit(
        self, entry: str, on: date, at: int | None, minutes: int, service: str, *, pulled: bool = True
    ) -> None:
        self._change(entry, "is edited, or comes back", on, at, minutes, service, pulled=pulled)

    def _change(self, entry: str, what: str, *facts: Any, pulled: bool) -> None:
        on, at, minutes, service = facts
        when = on if at is None else f"{on} {at:02}:00 UTC"
        ticket, _, name = entry.partition("/")
        self._put(ticket, _entry(ticket, name, *facts))
        self._seen(f"{entry} {what}: {minutes} min {service or 'of no service'} on {when}", pulled)

    @rule(entry=entries, pulled=PULLED)
    def delete(self, entry: str, *, pulled: bool = True) -> None:
        ticket, _, name = entry.partition("/")
        self._put(ticket, without=name)
        self._seen(f"{entry} is deleted", pulled)

    @rule(ticket=TICKETS, organization=st.sampled_from(sorted(ORGANIZATIONS)), pulled=PULLED)
    def rehome(self, ticket: str, organization: str, *, pulled: bool = True) -> None:
        self._put(ticket, owner={"organization": organization})
        self._seen(f"ticket {ticket} now names {organization}", pulled)

    def _put(self, ticket: str, entry: WorkEntry | None = None, without: str = "", **facts: Any) -> None:
        before = self.town.desk.tickets[ticket]
        gone = entry.entry if entry else without
        work = [one for one in before.work if one.entry != gone] + ([entry] if entry else [])
        self.town.desk.put(replace(before, work=tuple(work), **facts))

    def _seen(self, sentence: str, pulled: bool) -> None:
        self.tell(f"{sentence}{', and pulled' if pulled else ''}")
        if pulled:
            self._pull()

    # In the house.

    @rule()
    def pull(self) -> None:
        self.tell("the house pulls")
        self._pull()

    def _pull(self) -> None:
        (report,) = sync(self.town.house)
        assert report.complete
        self.oracle.learn(self.town.desk.tickets)
        self.looked = False

    @rule(names=st.sampled_from([["acme"], ["bolt"], ["cora"], sorted(CUSTOMERS)]))
    def close(self, names: Sequence[str]) -> None:
        for name in names:
            if self.oracle.next_period(name) < MARCH:  # the last close is left to the judge
                self._close(name)

    def _close(self, name: str) -> None:
        period = self.oracle.next_period(name)
        self.tell(f"{name} {period} closes")
        (closed,) = close(self.town.house, None, [name])
        assert (closed.period, closed.skipped) == (period, "")
        self._closed(name)

    def _closed(self, name: str) -> None:
        """The ledger holds, to the cent and the second, what all facts come to."""
        ought = self.oracle.close(name, self.town.prices[name])
        assert billed(self.town, name) == amounts(ought)
        with self.town.house.store.read() as connection:
            rows = connection.execute(select(claims).where(claims.c.customer == name))
            claimed = {(row.work, row.period_start): (Fate(row.fate), row.seconds) for row in rows}
        assert claimed == fates(ought)
        self.looked = False

    @rule(lost=st.sampled_from([None, "before", "after"]), down=st.booleans())
    def send(self, lost: Any, *, down: bool = False) -> None:
        """The answer to the first create may be lost, before or after it is kept; the books may stay down."""
        answer = f", an answer is lost {lost} the document is there" if lost else ""
        self.tell(f"the house pushes{answer}{', the books are down from then on' if down else ''}")
        books = self.town.books
        books.lost, books.falls_silent = [lost] if lost else [], down
        push(self.town.house, confirmed=True)
        books.lost, books.falls_silent, books.fault = [], False, None
        self.town.clock.forward(minutes=6)

    @rule()
    def restart(self) -> None:
        self.tell("the house is closed and opened again")
        self._reopen()

    @rule(name=NAMES, price=st.sampled_from([80, 50]))
    def edit_contract(self, name: str, price: int) -> None:
        self.tell(f"the contract of {name} now says {price}.00 EUR, and the house is opened again")
        self.town.prices[name] = price
        self._reopen()

    @rule()
    def know_the_stranger(self) -> None:
        self.tell("Stranger turns out to be Cora, whose file says so; the house is opened again")
        self.town.also = "Cora, Stranger"
        self.oracle.customers["Stranger"] = "cora"
        self._reopen()

    def _reopen(self) -> None:
        self.town.restart()
        self.looked = False

    @rule(name=NAMES, start=st.sampled_from([date(2026, 1, 15), date(2026, 2, 1)]))
    def apply(self, name: str, start: date) -> None:
        self.tell(f"contract apply {name} --from {start}")
        apply_contract(self.town.house, name, start, "Mara", "agreed")
        for period in self.oracle.kept[name]:
            if period.end > start:
                self.oracle.kept[name][period] = self.town.prices[name]
        self._heard()

    # What people decide.

    @rule(entry=entries, kind=st.sampled_from([Kind.WAIVE, Kind.CHARGE, Kind.KEEP]), whole=st.booleans())
    def say(self, entry: str, kind: Kind, *, whole: bool = False) -> None:
        self._decide(kind, target=_target(entry, whole))

    @rule(entry=entries)
    def charge_at(self, entry: str) -> None:
        self._decide(Kind.CHARGE, target=_target(entry, whole=False), amount=Decimal("95.00"))

    @rule(entry=entries, to=NAMES, whole=st.booleans())
    def reassign(self, entry: str, to: str, *, whole: bool = False) -> None:
        self._decide(Kind.REASSIGN, target=_target(entry, whole), to_customer=to)

    @rule(name=NAMES, kind=GRANTS, amount=st.sampled_from([Decimal("33.33"), Decimal("900.00")]))
    def grant(self, name: str, kind: Kind, amount: Decimal) -> None:
        self._decide(kind, customer=name, period=self.oracle.next_period(name), amount=amount)

    @rule(name=NAMES)
    def discount(self, name: str) -> None:
        period = self.oracle.next_period(name)
        self._decide(Kind.DISCOUNT, customer=name, period=period, percent=Decimal(10))

    @precondition(lambda self: self.oracle.decisions)
    @rule(back=st.integers(1, 3))
    def undo(self, back: int) -> None:
        self._decide(Kind.UNDO, undoes=self.oracle.decisions[-min(back, len(self.oracle.decisions))].id)

    def _decide(self, kind: Kind, **facts: Any) -> None:
        told = ", ".join(f"{name} {fact}" for name, fact in facts.items())
        said = Decision(id="", kind=kind, by="Mara", at=self.town.clock(), why="agreed", **facts)
        try:
            number = decide(self.town.house, said).id
        except Refusal as refusal:
            self.tell(f"refused: {kind}, {told}: {refusal}")
        else:
            self.tell(f"{number}: {kind}, {told}")
            self._heard()

    def _heard(self) -> None:
        self.oracle.decisions = decisions.decisions(self.town.house.store)
        self.looked = False

    # What holds at any time.

    @invariant()
    def previews_agree(self) -> None:
        if not self.looked:
            for shown in preview(self.town.house, None, None):
                ought = self.oracle.statements(shown.customer, self.town.prices[shown.customer])[-1]
                assert shown.statement.period == ought.period
                assert fates([shown.statement]) == fates([ought])
                assert amounts([shown.statement]) == amounts([ought])
                assert "engine_difference" not in {problem.code for problem in shown.problems}
        self.looked = True

    # What holds in the end.

    def teardown(self) -> None:
        """Judge a history; Hypothesis calls it whatever happened, and one failure is enough."""
        try:
            if sys.exc_info()[0] is None:
                self.judge()
        finally:
            self.town.remove()

    def judge(self) -> None:
        """Pull and close all, then hold the promises against it."""
        self.pull()
        for name in CUSTOMERS:
            while self.oracle.next_period(name) <= MARCH:
                self._close(name)
        self.send(None)
        self.every_second_has_one_fate()
        self.nothing_happens_twice()
        self.books_hold_the_ledger()
        self.every_line_is_explained()
        self.every_document_replays()

    def every_second_has_one_fate(self) -> None:
        found: dict[str, int] = defaultdict(int)
        for name in CUSTOMERS:
            for key, seconds in self.oracle.before_start(name).items():
                found[key] += seconds
        with self.town.house.store.read() as connection:
            for row in connection.execute(select(claims)):
                found[row.work] += row.seconds
        for seen in house_statement(self.town.house)[0]:
            found[seen.entry.key] += seen.entry.seconds
        assert found == {entry.key: entry.seconds for _, entry in self.oracle.entries()}

    def nothing_happens_twice(self) -> None:
        documents = len(self.town.books.documents)
        for ticket in self.town.desk.tickets.values():
            self.town.desk.put(replace(ticket, title="Scanner"))  # all is rated again, and comes to the same
        self.pull()
        assert {one.skipped[: len(NOT_OVER)] for one in close(self.town.house, None, None)} == {NOT_OVER}
        for shown in preview(self.town.house, None, None):
            lines = [line for one in shown.invoices for line in one.lines]
            assert {line.key.period for line in lines if line.key.kind in RATED_KINDS} <= {"2026-04"}
        push(self.town.house, confirmed=True)
        assert documents == len(self.town.books.documents)

    def books_hold_the_ledger(self) -> None:
        ours = sorted(
            (one.invoice.reference, one.invoice.net, one.invoice.gross)
            for one in ledger.invoices(self.town.house.store)
        )
        assert sorted((one.reference, one.net, one.gross) for one in self.town.books.documents) == ours

    def every_line_is_explained(self) -> None:
        for stored in ledger.invoices(self.town.house.store):
            for one in explain(self.town.house, stored.invoice.reference):
                assert one.proven, one.title

    def every_document_replays(self) -> None:
        for stored in ledger.invoices(self.town.house.store):
            found = replay(self.town.house, stored.invoice.reference)
            assert found.proven, first_difference(found.stored, found.computed)


class PlainHistory(History):
    """Without gates and holds, which act on what is not billed yet: then it is the same when facts arrive.

    Credits and transfers are left out of the comparison: they are capped by what a document bears.
    """

    def judge(self) -> None:
        super().judge()
        at_once = self._at_once()
        try:
            for name in CUSTOMERS:
                assert billed(self.town, name) == billed(at_once, name)
        finally:
            at_once.remove()

    def _at_once(self) -> Town:
        """Let another house learn all facts before its first close; each period keeps the price it had."""
        town = Town(also=self.town.also)
        for ticket in self.oracle.tickets.values():
            firsts = [self.oracle.first_owner[entry.key] for entry in ticket.work]
            for count, owner in enumerate(firsts, 1):
                known = tuple(
                    entry for entry, first in zip(ticket.work, firsts, strict=True) if first in firsts[:count]
                )
                town.desk.put(replace(ticket, owner={"organization": owner}, work=known))
                sync(town.house)
            town.desk.put(ticket)
        sync(town.house)
        for said in self.oracle.decisions:
            decisions.decide(town.house.store, said)
        for period in sorted({period for kept in self.oracle.kept.values() for period in kept}):
            self._close_at(town, period)
        return town

    def _close_at(self, town: Town, period: Period) -> None:
        names = [name for name, kept in self.oracle.kept.items() if period in kept]
        town.prices.update({name: self.oracle.kept[name][period] for name in names})
        town.restart()
        town.clock.forward(minutes=1)
        close(town.house, period, names)


class GatedHistory(History):
    """With surveys, tickets that are not closed, and people who hold, dispute and release."""

    @rule(ticket=TICKETS, survey=st.sampled_from([Survey.BAD, Survey.GOOD]))
    def answer(self, ticket: str, survey: Survey) -> None:
        self._put(ticket, survey=survey)
        self._seen(f"the survey of ticket {ticket} says {survey}", pulled=True)

    @rule(ticket=TICKETS, closed=st.booleans())
    def set_closed(self, ticket: str, *, closed: bool) -> None:
        self._put(ticket, closed=closed)
        self._seen(f"ticket {ticket} is {'closed' if closed else 'open again'}", pulled=True)

    @rule(
        entry=History.entries,
        kind=st.sampled_from([Kind.HOLD, Kind.DISPUTE, Kind.RELEASE]),
        whole=st.booleans(),
    )
    def keep_back(self, entry: str, kind: Kind, *, whole: bool = False) -> None:
        self._decide(kind, target=_target(entry, whole))


def billed(town: Town, name: str) -> dict[LineKey, Decimal]:
    """What all documents together bill a customer under what a statement makes."""
    found = ledger.billed(town.house.store, name)
    return {key: one.amount for key, one in found.items() if key.kind in RATED_KINDS and one.amount}


def _target(entry: str, whole: bool) -> str:
    return f"desk/{entry.partition('/')[0]}" if whole else f"desk/{entry}"


def _ticket(ticket: str, organization: str) -> TicketSnapshot:
    return TicketSnapshot(
        desk="desk",
        ticket=ticket,
        number=f"10{ticket}",
        title="Printer",
        owner={"organization": organization},
        work=(),
        changed_at=datetime(2026, 1, 1, tzinfo=UTC),
        closed=True,
    )


def _entry(ticket: str, entry: str, on: date, at: int | None, minutes: int, service: str) -> WorkEntry:
    start = None if at is None or minutes < 0 else datetime.combine(on, time(at), UTC)
    return WorkEntry(
        desk="desk",
        ticket=ticket,
        entry=entry,
        seconds=minutes * 60,
        worked_on=on,
        started_at=start,
        ended_at=start + timedelta(minutes=minutes) if start else None,
        technician="t1",
        activity=service,
    )


TestPlainHistory = PlainHistory.TestCase
TestPlainHistory.settings = stories(18)
TestGatedHistory = GatedHistory.TestCase
TestGatedHistory.settings = stories(18)
