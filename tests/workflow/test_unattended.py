"""What nobody would look at: charges held in closed periods, customers without a file, unbilled months."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.http import ConfigError
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.problem import Problem
from connector.workflow.balance import balances
from connector.workflow.close import apply_contract, close
from connector.workflow.decide import Refusal, decide
from connector.workflow.departed import departed
from connector.workflow.explain import explain
from connector.workflow.house import House
from connector.workflow.standing import standing
from connector.workflow.statements import preview
from connector.workflow.sync import sync
from tests.workflow.standins import ACME, APRIL, MARCH, FakeDesk

HOLD = {**ACME["contracts"][0], "allowances": [], "rates": [{"hold": "ask Mara"}]}


def write(house: House, **changes: Any) -> None:
    """Edit the customer file."""
    customer = Customer.model_validate({**ACME, **changes})
    house.customers = {customer.customer: customer}
    house.origins = {customer.customer: next(iter(house.origins.values()))}


def close_held(house: House, desk: FakeDesk) -> Problem:
    """Close March, which holds an hour; give what the close said of it."""
    write(house, contracts=[HOLD])
    desk.put("1", a=3600)
    sync(house)
    (closed,) = close(house, MARCH, None)
    (problem,) = closed.problems
    return problem


def told(house: House) -> list[Problem]:
    (shown,) = preview(house, APRIL, None)
    return [problem for problem in shown.problems if problem.code == "held_in_closed"]


def test_a_close_tells_what_it_holds(house: House, desk: FakeDesk) -> None:
    problem = close_held(house, desk)
    assert (problem.code, problem.about, problem.message) == ("rate_hold", "zammad/1/a", "ask Mara")


def test_what_a_closed_period_holds_stays_in_sight(house: House, desk: FakeDesk) -> None:
    close_held(house, desk)
    (problem,) = told(house)
    assert problem.about == "acme/2026-03"
    assert "still holds zammad/1/a" in problem.message
    assert "deskbill contract apply acme --from 2026-03-01" in problem.message
    assert [balance.held_seconds for balance in balances(house, "acme")] == [3600]
    (known,) = standing(house, 86400).problems
    assert (known.code, known.about) == ("held_in_closed", "acme")
    assert "1 entries, 1h" in known.message


def test_a_decision_lets_it_go(house: House, desk: FakeDesk) -> None:
    close_held(house, desk)
    charge = Decision(id="", kind=Kind.CHARGE, by="Mara", at=house.now(), why="agreed", target="zammad/1")
    decide(house, replace(charge, amount=Decimal(80)))
    assert told(house) == []
    (shown,) = preview(house, APRIL, None)
    assert shown.invoices[0].net == Decimal("80.00")
    assert balances(house, "acme")[0].held_seconds == 0


def test_mended_files_let_it_go_when_they_are_applied(house: House, desk: FakeDesk) -> None:
    close_held(house, desk)
    write(house, contracts=[{**HOLD, "rates": [{"hourly": "75.00 EUR"}]}])
    assert len(told(house)) == 1
    apply_contract(house, "acme", date(2026, 3, 1), "Mara", "agreed")
    assert told(house) == []


def test_many_entries_are_counted(house: House, desk: FakeDesk) -> None:
    desk.put("2", **{f"e{number}": 60 for number in range(7)})
    close(house, MARCH, None)
    write(house, contracts=[HOLD])
    sync(house)
    close(house, MARCH, None)
    (problem,) = told(house)
    assert "zammad/2/e0, zammad/2/e1, zammad/2/e2, zammad/2/e3, zammad/2/e4 and 2 more" in problem.message


def test_months_before_the_first_that_closed_are_told(house: House, desk: FakeDesk) -> None:
    close_held(house, desk)
    write(house, billing_from="2026-01-01")
    (shown,) = preview(house, APRIL, None)
    (problem,) = (one for one in shown.problems if one.code == "billing_from_moved")
    assert "Write 2026-03-01 again" in problem.message


def test_a_customer_whose_file_is_gone_is_told(house: House, desk: FakeDesk) -> None:
    close_held(house, desk)
    assert list(departed(house.store, ["acme"])) == []
    (problem,) = departed(house.store, ["globex"])
    assert (problem.code, problem.about) == ("customer_gone", "acme")
    assert "closed up to 2026-03" in problem.message
    house.customers = {}
    with pytest.raises(ConfigError, match="zammad/1 was billed to 'acme', whose file is gone"):
        explain(house, "zammad/1")


def test_under_another_id_nothing_is_billed_again(house: House, desk: FakeDesk) -> None:
    close_held(house, desk)
    fee = {"id": "base", "amount": "40.00 EUR"}
    write(house, customer="acme-new", contracts=[{**HOLD, "fees": [fee]}])
    (skipped,) = close(house, MARCH, None)
    assert (skipped.customer, skipped.invoices) == ("acme-new", ())
    assert "was billed to 'acme'" in skipped.skipped
    assert "write 'customer: acme' again" in skipped.skipped


def test_a_successor_begins_where_the_other_ended(house: House, desk: FakeDesk) -> None:
    close_held(house, desk)
    write(house, customer="acme-new", billing_from="2026-04-01")
    (skipped,) = close(house, APRIL, None)
    assert "is not over" in skipped.skipped
    house.now.forward(days=30)  # type: ignore[attr-defined] # the test's clock
    sync(house)
    (closed,) = close(house, APRIL, None)
    assert closed.skipped == ""


def test_work_of_nobody_known_is_told(house: House, desk: FakeDesk) -> None:
    write(house, match={"zammad": {"organization": "Globex"}})
    desk.put("1", a=3600)
    sync(house)
    (problem,) = standing(house, 86400).problems
    assert problem.code == "customer_unknown"
    assert "1 entries, 1h" in problem.message
    with pytest.raises(ConfigError, match="names organization 'ACME GmbH', which no customer's 'match' has"):
        explain(house, "zammad/1")


def test_the_ticket_number_leads_to_the_ticket(house: House, desk: FakeDesk) -> None:
    desk.put("1", a=3600)
    sync(house)
    with pytest.raises(ConfigError, match=r"ticket number 91 is zammad/1$"):
        explain(house, "zammad/91/a")
    waive = Decision(id="", kind=Kind.WAIVE, by="Mara", at=house.now(), why="x", target="zammad/92")
    with pytest.raises(Refusal, match=r"name desk/ticket or desk/ticket/entry$"):
        decide(house, waive)
