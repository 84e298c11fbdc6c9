"""Billing when a ticket is closed: soon, once, and what changes later becomes a correction."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.desk import Raw
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.invoice import Role
from connector.model.statement import Fate
from connector.model.work import TicketSnapshot, WorkEntry
from connector.report.money import reckoning
from connector.store import ledger
from connector.store.nouns import Seen
from connector.store.work import mark_synced, save_page
from connector.workflow.account import open_account
from connector.workflow.close import Closed, close, close_due
from connector.workflow.conservation import conservation
from connector.workflow.decide import decide
from connector.workflow.explain import explain
from connector.workflow.house import House
from connector.workflow.on_close import ON_CLOSE, closed_tickets
from connector.workflow.replay import replay
from connector.workflow.statements import preview
from tests.workflow.standins import ACME, APRIL, MARCH, Clock, make_house


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock)
    clock.at = datetime(2026, 3, 12, 6, tzinfo=UTC)
    write(made)
    yield made
    made.close()


def write(house: House, contract: dict[str, Any] | None = None, **changes: Any) -> None:
    terms = {"tax": "DE-19", "cycle": "on_close", **changes.pop("invoice", {})}
    of = {**ACME["contracts"][0], "allowances": [], **(contract or {})}
    house.customers = {
        "acme": Customer.model_validate({**ACME, "contracts": [of], "invoice": terms, **changes})
    }


def book(house: House, ticket: str, *hours: float, closed: bool = True, on: date = date(2026, 3, 10)) -> None:
    """Let the desk have a ticket with entries of so many hours."""
    work = tuple(
        WorkEntry(
            desk="zammad", ticket=ticket, entry=f"{ticket}{number}", seconds=int(each * 3600), worked_on=on
        )
        for number, each in enumerate(hours)
    )
    snapshot = TicketSnapshot(
        desk="zammad",
        ticket=ticket,
        number=ticket,
        title="Printer",
        owner={"organization": "ACME GmbH"},
        work=work,
        changed_at=house.now(),
        closed=closed,
    )
    raw = Raw(ticket=ticket, payload={"hours": hours, "closed": closed})
    save_page(house.store, "zammad", [Seen(raw=raw, snapshot=snapshot)], None, house.now())
    mark_synced(house.store, "zammad", house.now(), house.now())


def say(house: House, kind: Kind, **facts: Any) -> None:
    said = Decision(id="", kind=kind, by="Mara", at=house.now(), why="agreed", customer="acme")
    decide(house, replace(said, **facts))


def nets(found: list[Closed]) -> list[str]:
    return [f"{one.period} {document.net}" for one in found for document in one.invoices]


def month_end(house: House, clock: Clock, month: int = 4) -> list[Closed]:
    clock.at = datetime(2026, month, 6, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    return close_due(house)


def all_proven(house: House) -> bool:
    references = [one.invoice.reference for one in ledger.invoices(house.store)]
    explained = all(one.proven for reference in references for one in explain(house, reference))
    return explained and all(replay(house, reference).proven for reference in references)


def test_a_closed_ticket_is_billed_at_once_and_once(house: House, clock: Clock) -> None:
    write(house, {"fees": [{"id": "base", "amount": "40.00 EUR"}]})
    book(house, "1", 1, 0.5)
    book(house, "2", 2, closed=False)
    (billed,) = close_due(house)
    assert (billed.early, nets([billed])) == (True, ["2026-03 112.50"])
    assert [line.role for line in billed.invoices[0].lines] == [Role.CHARGE]
    assert billed.invoices[0].issued_on == date(2026, 3, 12)
    assert close_due(house) == []
    book(house, "2", 2)
    book(house, "3", 4)
    assert nets(close_due(house)) == ["2026-03 450.00"]  # one document for all that were closed since
    (shown,) = preview(house, None, None)
    assert [line.text.partition(",")[0] for line in shown.invoices[0].lines] == ["base"]
    assert nets(month_end(house, clock)) == ["2026-03 40.00"]
    assert all_proven(house)
    (closed,) = ledger.closed(house.store, "acme")
    assert closed.net == Decimal("602.50")


def test_what_changes_later_is_corrected_at_the_close_or_with_the_next_document(
    house: House, clock: Clock
) -> None:
    book(house, "1", 2)
    book(house, "2", 1)
    assert nets(close_due(house)) == ["2026-03 225.00"]
    book(house, "1", 1)
    assert close_due(house) == []  # no credit note for itself: it waits
    book(house, "3", 3)
    assert nets(close_due(house)) == ["2026-03 150.00"]
    book(house, "2")
    book(house, "3", 4, closed=False)
    (closed,) = month_end(house, clock)
    assert nets([closed]) == ["2026-03 0.00"]
    assert sorted(str(line.amount) for line in closed.invoices[0].lines) == ["-75.00", "75.00"]
    assert all_proven(house)
    assert sum(one.amount for one in ledger.billed(house.store, "acme").values()) == Decimal("375.00")


def test_each_ticket_may_have_a_document_of_its_own(house: House) -> None:
    write(house, invoice={"group": "ticket"})
    book(house, "1", 1)
    book(house, "2", 2)
    assert nets(close_due(house)) == ["2026-03 75.00", "2026-03 150.00"]
    assert close_due(house) == []
    assert all_proven(house)


def test_gates_hold_before_and_act_no_longer_after(house: House, clock: Clock) -> None:
    write(house, gates={"closing": "hold-open"})
    book(house, "1", 1)
    book(house, "2", 1)
    say(house, Kind.HOLD, target="zammad/2")
    assert nets(close_due(house)) == ["2026-03 75.00"]
    book(house, "1", 1, closed=False)
    (shown,) = preview(house, None, None)
    assert [(one.code, one.about) for one in shown.statement.problems] == [
        ("held_after_billing", "zammad/1/10"),
        ("held", "zammad/2/20"),
    ]
    assert shown.invoices == ()
    seconds = conservation(house)[0].seconds
    assert (seconds["billed"], seconds["held"], seconds["open"]) == (3600, 3600, 0)
    (closed,) = month_end(house, clock)
    assert (closed.invoices, closed.skipped) == ((), "")
    assert ledger.claims(house.store, "acme") == {
        ("zammad/1/10", MARCH.start): Fate.BILLED,
        ("zammad/2/20", MARCH.start): Fate.HELD,
    }
    assert all_proven(house)


def test_an_approval_is_waited_for(house: House, clock: Clock) -> None:
    write(house, invoice={"approval": "required", "approval_tolerates": "lower"})
    book(house, "1", 2)
    (waits,) = close_due(house)
    (found,) = closed_tickets(open_account(house, "acme"))
    assert waits.skipped == (
        "closed tickets of 2026-03 wait for the customer's approval of 150.00 EUR "
        f"(statement {found.digest[:12]}): deskbill decide approve acme --period 2026-03 --on-close"
    )
    say(house, Kind.APPROVE, period=MARCH, target=ON_CLOSE, digest=found.digest, amount=Decimal("150.00"))
    book(house, "2", 1, closed=False)  # other work does not void it
    assert nets(close_due(house)) == ["2026-03 150.00"]
    (closed,) = month_end(house, clock)  # nor is the month approved by it, although its net is lower
    assert closed.skipped == "2026-03 waits for the customer's approval of 75.00 EUR"
    say(house, Kind.APPROVE, period=MARCH, digest="0" * 16, amount=Decimal("80.00"))
    assert nets(close_due(house)) == ["2026-03 75.00"]


def test_a_month_that_is_over_but_not_closed_is_billed_apart(house: House, clock: Clock) -> None:
    book(house, "1", 1)
    clock.at = datetime(2026, 4, 2, tzinfo=UTC)
    book(house, "2", 2, on=date(2026, 4, 1))
    assert nets(close_due(house)) == ["2026-03 75.00", "2026-04 150.00"]
    assert [str(one.period) for one in month_end(house, clock)] == ["2026-03"]
    assert [str(one.period) for one in month_end(house, clock, 5)] == ["2026-04"]
    assert all_proven(house)
    assert [one.period for one in ledger.billed_early(house.store, "acme")] == [MARCH, APRIL]


def test_what_is_rated_and_invoiced_agrees_with_what_was_billed_before(house: House) -> None:
    book(house, "1", 2)
    book(house, "2", 1, closed=False)
    close_due(house)
    book(house, "1", 1)
    (shown,) = preview(house, None, None)
    (sums,) = reckoning(shown.statement, shown.invoices).values()
    assert (sums["rated"], sums["billed before"], sums["invoiced"]) == (
        Decimal("150.00"),
        Decimal("-150.00"),
        Decimal("0.00"),
    )
    assert [str(line.amount) for line in shown.invoices[0].lines] == ["75.00", "-75.00"]


def test_what_a_block_paid_for_and_what_no_ticket_bears_waits_for_the_close(
    house: House, clock: Clock
) -> None:
    block = {
        "id": "ten",
        "of": "10h",
        "price": "800.00 EUR",
        "bought": "2026-03-01",
        "tax_point": "delivery",
        "prepaid_tax": "DE-19",
    }
    write(house, blocks=[block])
    book(house, "1", 2)
    assert close_due(house) == []
    (shown,) = preview(house, None, None)
    assert sorted(str(line.amount) for line in shown.invoices[0].lines) == ["-160.00", "160.00", "800.00"]


def test_a_document_that_was_lost_in_the_books_is_due_again_and_proven(house: House, clock: Clock) -> None:
    book(house, "1", 1)
    ((first,),) = [one.invoices for one in close_due(house)]
    again = ledger.reissue(house.store, first.reference, house.now(), "Mara")
    assert close_due(house) == []
    assert [one.proven for one in explain(house, again)] == [True]
    assert [one.invoices for one in month_end(house, clock)] == [()]


def test_a_person_may_close_by_hand(house: House) -> None:
    book(house, "1", 1)
    early, billed = close(house, None, ["acme"])
    assert "is not over before" in early.skipped
    assert nets([billed]) == ["2026-03 75.00"]


STEPS = st.lists(
    st.tuples(st.sampled_from("1234"), st.integers(0, 4), st.booleans(), st.sampled_from([3, 4])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=20, deadline=None)
@given(steps=STEPS, group=st.sampled_from(["collective", "ticket"]))
def test_whatever_happens_all_is_billed_once_in_the_end(
    steps: list[tuple[str, int, bool, int]], group: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Work is booked, changed and deleted, tickets close and open again, and each time all due is billed."""
    clock = Clock(datetime(2026, 4, 2, 6, tzinfo=UTC))
    house = make_house(tmp_path_factory.mktemp("house"), clock=clock)
    allowance = {"id": "some", "of": "2h"}
    write(
        house,
        {"allowances": [allowance], "fees": [{"id": "base", "amount": "9.90 EUR"}]},
        invoice={"group": group},
    )
    for ticket, hours, closed, month in steps:
        clock.forward(minutes=5)
        book(house, ticket, hours / 2, 0.1, closed=closed, on=date(2026, month, 1))
        for found in close_due(house):
            assert found.early
            assert all(one.net > 0 for one in found.invoices)
        assert close_due(house) == []
    for month in (4, 5):
        month_end(house, clock, month)
    account = open_account(house, "acme")
    assert [one.period for one in account.closed] == [MARCH, APRIL]
    assert sum(one.amount for one in account.billed().values()) == sum(one.net for one in account.closed)
    assert all_proven(house)
    house.close()
