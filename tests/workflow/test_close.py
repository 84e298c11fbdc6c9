"""Closing: what must have happened before, what a closed period keeps, what an approval names."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connector.desk import Raw
from connector.http import ConfigError
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.period import parse_period
from connector.model.statement import Fate
from connector.model.work import Survey, TicketSnapshot, WorkEntry
from connector.store.nouns import Seen
from connector.store.privacy import forget
from connector.store.work import mark_synced, save_page
from connector.workflow.balance import balances, owed
from connector.workflow.close import apply_contract, close, close_due
from connector.workflow.decide import decide
from connector.workflow.explain import explain
from connector.workflow.house import House
from connector.workflow.standing import standing
from connector.workflow.statements import house_statement, preview
from tests.workflow.standins import ACME, Clock, make_house

MARCH, APRIL = parse_period("2026-03"), parse_period("2026-04")
FEE = {"id": "base", "amount": "40.00 EUR", "in": "advance"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock)
    write(made)
    yield made
    made.close()


def write(house: House, **changes: Any) -> None:
    """Edit the customer file; ``contract`` changes its one contract."""
    contract = {**ACME["contracts"][0], "allowances": [], **changes.pop("contract", {})}
    customer = Customer.model_validate({**ACME, "contracts": [contract], **changes})
    house.customers = {"acme": customer}


def book(house: House, hours: float, day: int = 10, month: int = 3, ticket: str = "1", **facts: Any) -> None:
    """Let the desk have a ticket with one entry of so many hours; no hours: with none."""
    at = datetime(2026, month, day, 9, tzinfo=UTC)
    entry = WorkEntry(
        desk="zammad",
        ticket=ticket,
        entry=f"{ticket}0",
        seconds=int(hours * 3600),
        worked_on=at.date(),
        technician=facts.pop("technician", ""),
        technician_name=facts.pop("technician_name", ""),
    )
    snapshot = TicketSnapshot(
        desk="zammad",
        ticket=ticket,
        number=ticket,
        title="Printer",
        owner={"organization": facts.pop("organization", "ACME GmbH")},
        work=(entry,) if hours else (),
        changed_at=at,
        **facts,
    )
    seen = Seen(raw=Raw(ticket=ticket, payload={"hours": hours}), snapshot=snapshot)
    save_page(house.store, "zammad", [seen], None, house.now())
    mark_synced(house.store, "zammad", house.now(), house.now())


def say(house: House, kind: Kind, **facts: Any) -> Decision:
    said = Decision(id="", kind=kind, by="Mara", at=house.now(), why="agreed", customer="acme")
    return decide(house, replace(said, **facts))


def nets(house: House) -> list[Decimal | None]:
    return [one.invoices[0].net if one.invoices else None for one in close_due(house)]


def test_a_period_closes_some_days_after_its_end(house: House, clock: Clock) -> None:
    clock.at = datetime(2026, 4, 3, 21, tzinfo=UTC)  # 23:00 in Berlin
    book(house, 1)
    assert close_due(house) == []
    clock.at = datetime(2026, 4, 3, 22, tzinfo=UTC)  # midnight: 4 April
    mark_synced(house.store, "zammad", clock.at, clock.at)
    assert nets(house) == [Decimal("75.00")]
    assert close_due(house) == []


def test_a_person_may_close_as_soon_as_it_is_over(house: House, clock: Clock) -> None:
    clock.at = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
    book(house, 1)
    (early,) = close(house, MARCH, None)
    assert "2026-03 is not over before 2026-04-01 00:00 CEST" in early.skipped
    clock.at = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    (closed,) = close(house, MARCH, None)
    assert closed.invoices[0].net == Decimal("75.00")


def test_date_and_number_year_are_those_of_the_issuers_clock(house: House, clock: Clock) -> None:
    write(house, timezone="America/New_York")
    clock.at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 00:30 of 2027 in Berlin, 18:30 of 2026 there
    book(house, 1)
    (closed,) = close(house, MARCH, None)
    assert (closed.invoices[0].issued_on, closed.invoices[0].reference) == (date(2027, 1, 1), "db-2027-0001")


def test_it_is_refused_while_a_desk_is_not_synced_past_the_end(house: House) -> None:
    (never,) = close(house, MARCH, None)
    assert "zammad has not been synced past the end of 2026-03; run deskbill sync" in never.skipped
    book(house, 1)
    mark_synced(house.store, "zammad", datetime(2026, 3, 31, 21, 59, tzinfo=UTC), house.now())
    (before,) = close(house, MARCH, None)
    assert before.skipped == never.skipped


def test_periods_close_one_after_the_other(house: House, clock: Clock) -> None:
    clock.at = datetime(2026, 6, 10, tzinfo=UTC)
    book(house, 1)
    book(house, 2, month=5, ticket="2")
    closed = close_due(house)
    assert [str(one.period) for one in closed] == ["2026-03", "2026-04", "2026-05"]
    assert [one.invoices[0].net if one.invoices else None for one in closed] == [
        Decimal("75.00"),
        None,
        Decimal("150.00"),
    ]


def test_an_approval_is_waited_for_and_any_change_voids_it(house: House, clock: Clock) -> None:
    write(house, invoice={"tax": "DE-19", "approval": "required"})
    book(house, 1)
    (waits,) = close_due(house)
    assert waits.skipped == "2026-03 waits for the customer's approval of 75.00 EUR"
    (shown,) = preview(house, None, None)
    assert shown.state == "waits for approval"
    say(house, Kind.APPROVE, period=MARCH, digest=shown.digest, amount=Decimal("75.00"))
    book(house, 1.5)
    (void,) = close_due(house)
    assert void.skipped == "2026-03 changed since Mara approved 75.00 EUR; it is 112.50 EUR"
    clock.at = datetime(2026, 4, 10, 22, tzinfo=UTC)  # midnight: a week after 4 April
    assert standing(house, 86400).problems == ()
    clock.forward(seconds=1)
    (shown,) = preview(house, None, None)
    assert [one.code for one in shown.problems] == ["approval_overdue"]
    assert [one.about for one in standing(house, 86400).problems] == ["acme/2026-03"]
    say(house, Kind.APPROVE, period=MARCH, digest=shown.digest, amount=Decimal("112.50"))
    assert standing(house, 86400).problems == ()
    assert nets(house) == [Decimal("112.50")]


def test_an_approval_may_tolerate_a_lower_net(house: House) -> None:
    write(house, invoice={"tax": "DE-19", "approval": "required", "approval_tolerates": "lower"})
    book(house, 2)
    (shown,) = preview(house, None, None)
    say(house, Kind.APPROVE, period=MARCH, digest=shown.digest, amount=Decimal("150.00"))
    book(house, 1)
    assert nets(house) == [Decimal("75.00")]


def test_another_statement_of_the_same_net_is_not_lower(house: House) -> None:
    write(house, invoice={"tax": "DE-19", "approval": "required", "approval_tolerates": "lower"})
    book(house, 2)
    (shown,) = preview(house, None, None)
    say(house, Kind.APPROVE, period=MARCH, digest=shown.digest, amount=Decimal("150.00"))
    book(house, 0)
    book(house, 2, ticket="2")
    (void,) = close_due(house)
    assert void.skipped == "2026-03 changed since Mara approved 150.00 EUR; it is 150.00 EUR"


def test_a_bad_survey_holds_the_charge_and_a_release_bills_it_once(house: House, clock: Clock) -> None:
    write(house, gates={"survey": "hold-bad"})
    book(house, 1, survey=Survey.BAD)
    assert nets(house) == [None]
    clock.at = datetime(2026, 5, 6, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    say(house, Kind.RELEASE, target="zammad/1")
    (april,) = close_due(house)
    (line,) = april.invoices[0].lines
    assert (line.role.value, line.amount) == ("late", Decimal("75.00"))
    assert "of March 2026, not billed before" in line.text


def test_an_edited_contract_changes_a_closed_period_only_when_applied(house: House, clock: Clock) -> None:
    book(house, 1)
    assert nets(house) == [Decimal("75.00")]
    write(house, contract={"rates": [{"hourly": "80.00 EUR"}]})
    clock.at = datetime(2026, 5, 6, tzinfo=UTC)
    book(house, 1, day=20, ticket="2")
    (shown,) = preview(house, APRIL, None)
    assert [line.amount for line in shown.invoices[0].lines] == [
        Decimal("75.00")
    ]  # the late hour, at the old price
    assert shown.problems == ()
    (applied,) = apply_contract(house, "acme", date(2026, 3, 1), "Mara", "agreed on the phone")
    assert sorted(line.amount for line in applied.invoices[0].lines) == [
        Decimal("-75.00"),
        Decimal("80.00"),
        Decimal("80.00"),
    ]
    assert applied.problems == ()
    assert nets(house) == [Decimal("85.00")]
    assert all(
        one.proven for reference in ("db-2026-0001", "db-2026-0002") for one in explain(house, reference)
    )


def test_a_fee_in_advance_that_was_missed_is_told_and_applied(house: House, clock: Clock) -> None:
    book(house, 1)
    assert nets(house) == [Decimal("75.00")]
    write(house, contract={"fees": [FEE]})
    clock.at = datetime(2026, 5, 6, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    (shown,) = preview(house, None, None)
    (problem,) = shown.problems
    assert (problem.code, problem.amount) == ("fee_missed", Decimal("40.00"))
    assert "deskbill contract apply acme --from 2026-03-31" in problem.message
    (applied,) = apply_contract(house, "acme", date(2026, 3, 31), "Mara", "the fee was agreed in March")
    assert applied.problems == ()
    # March is the first month, so it bears its own fee too; then April's and May's.
    assert nets(house) == [Decimal("120.00")]


def test_balance_and_what_is_owed(house: House, clock: Clock) -> None:
    write(house, contract={"allowances": [{"id": "phone", "of": "5h", "owed": "yes"}]})
    clock.at = datetime(2026, 3, 20, tzinfo=UTC)
    book(house, 6)
    say(house, Kind.CREDIT, period=APRIL, amount=Decimal("50.00"))
    (position,) = balances(house, None)
    assert position.amounts == {
        "open": Decimal("75.00"),
        "billed": Decimal(0),
        "credits_left": Decimal("50.00"),
        "carried": Decimal(0),
        "held": Decimal(0),
    }
    assert [(one.allowance, one.left) for one in position.allowances] == [("support/phone", 0)]
    ((name, delivery),) = owed(house, MARCH)
    assert (name, delivery.owed, delivery.missing) == ("acme", 18000, 0)


def test_technicians_are_named_only_where_the_customer_is_told_who_worked(house: House) -> None:
    book(house, 1)
    book(house, 2, ticket="2", technician="7", technician_name="Kim")
    (silent,) = preview(house, None, None)
    write(house, invoice={"tax": "DE-19", "show_technicians": "yes"})
    (telling,) = preview(house, None, None)
    assert [line.text.endswith("on 10 March 2026") for line in silent.invoices[0].lines] == [True, True]
    assert [line.text.endswith(", by Kim") for line in telling.invoices[0].lines] == [False, True]
    forget(house.store, "zammad", "7", house.now())
    (forgotten,) = preview(house, None, None)
    assert [line.text for line in forgotten.invoices[0].lines] == [
        line.text for line in silent.invoices[0].lines
    ]


def test_forgetting_a_person_moves_no_amount_and_leaves_the_proof(house: House) -> None:
    book(house, 1, technician="7", technician_name="Kim")
    close_due(house)
    forget(house.store, "zammad", "7", house.now())
    book(house, 1, technician="7", technician_name="Kim")  # the desk tells it again
    (april,) = preview(house, None, None)
    assert (april.invoices, april.problems) == ((), ())
    assert [(one.amount, one.proven) for one in explain(house, "db-2026-0001")] == [(Decimal("75.00"), True)]


def test_work_of_no_known_customer_is_held_by_the_house(house: House) -> None:
    book(house, 1, organization="Nobody & Sons")
    unowned, seconds = house_statement(house)
    assert ([one.entry.key for one in unowned], seconds) == (["zammad/1/10"], 3600)
    assert nets(house) == [None]
    say(house, Kind.REASSIGN, target="zammad/1", to_customer="acme")
    assert house_statement(house) == ([], 0)
    house.customers = {}  # acme's file cannot be read any more
    assert house_statement(house) == (unowned, 3600)


def test_an_entry_is_explained_wherever_it_stands(house: House) -> None:
    book(house, 1)
    book(house, 2, ticket="2", day=12)
    (opened,) = explain(house, "zammad/1/10")
    assert (opened.amount, opened.proven, opened.title) == (
        Decimal("75.00"),
        True,
        "zammad/1/10 in 2026-03: work",
    )
    close_due(house)
    (closed,) = explain(house, "zammad/1")
    assert closed.amount == Decimal("75.00")
    assert len(explain(house, "db-2026-0001")) == 2
    (line,) = explain(house, "db-2026-0001:2")
    assert line.amount == Decimal("150.00")


@pytest.mark.parametrize(("month", "fate"), [(2, Fate.FREE), (6, Fate.BILLED)])
def test_work_before_the_start_and_after_today_is_explained_too(house: House, month: int, fate: Fate) -> None:
    book(house, 1, month=month)
    (shown,) = explain(house, "zammad/1")
    assert [(item.fate, item.real) for item in shown.items] == [(fate, 3600)]


def test_work_of_a_desk_that_left_the_configuration_is_held(house: House) -> None:
    book(house, 1)
    house.mappings = {}
    (shown,) = preview(house, None, None)
    (problem,) = shown.statement.problems
    assert (problem.code, problem.about, shown.invoices) == ("desk_unknown", "zammad/1/10", ())


def test_a_period_is_explained_open_and_closed_and_after_a_correction(house: House, clock: Clock) -> None:
    write(house, contract={"fees": [FEE]}, gates={"survey": "hold-bad"})
    book(house, 1)
    book(house, 2, ticket="2", survey=Survey.BAD)
    shown = explain(house, "acme/2026-03")
    assert [(one.title.partition(" ")[2], one.amount, one.proven) for one in shown] == [
        ("zammad/1", Decimal("75.00"), True),
        ("base", Decimal("40.00"), True),
        ("base", Decimal("40.00"), True),
        ("in 2026-03: not charged", Decimal(0), True),
    ]
    assert shown[-1].items[0].fate is Fate.HELD
    close_due(house)
    book(house, 3)
    clock.at = datetime(2026, 5, 6, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    assert [one.proven for one in explain(house, "acme/2026-03")] == [True, True, True, True]
    close_due(house)
    corrected = explain(house, "acme/2026-03")
    assert (corrected[0].amount, corrected[0].proven) == (Decimal("225.00"), True)
    correction = next(one for one in explain(house, "db-2026-0002") if one.before is not None)
    assert (correction.amount, correction.before) == (Decimal("150.00"), Decimal("75.00"))
    with pytest.raises(ConfigError, match="acme has no period '2025-01'; the first is 2026-03, the present"):
        explain(house, "acme/2025-01")


def test_a_period_that_was_billed_at_another_price_is_not_proven(house: House) -> None:
    book(house, 1)
    close_due(house)
    with house.store.begin() as connection:
        connection.execute(text("UPDATE bases SET document = replace(document, '75.00 EUR', '70.00 EUR')"))
    assert [(one.amount, one.proven) for one in explain(house, "acme/2026-03")] == [(Decimal("70.00"), False)]
