"""The horizon: corrections of periods that ended long ago wait for a person, and are never dropped."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.store import ledger
from connector.store.work import mark_synced
from connector.workflow.close import Closed, close_due
from connector.workflow.conservation import conservation
from connector.workflow.decide import decide
from connector.workflow.explain import explain
from connector.workflow.house import House
from connector.workflow.replay import replay
from connector.workflow.statements import preview
from tests.workflow.standins import ACME, Clock, make_house
from tests.workflow.test_close import book


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock)
    contract = {**ACME["contracts"][0], "allowances": []}
    terms = {"tax": "DE-19", "horizon": "45d"}
    made.customers = {"acme": Customer.model_validate({**ACME, "contracts": [contract], "invoice": terms})}
    yield made
    made.close()


def at(house: House, clock: Clock, month: int) -> None:
    clock.at = datetime(2026, month, 6, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)


def nets(found: list[Closed]) -> list[Decimal | None]:
    return [one.invoices[0].net if one.invoices else None for one in found]


def accept(house: House, target: str) -> None:
    said = Decision(id="", kind=Kind.ACCEPT, by="Mara", at=house.now(), why="agreed", customer="acme")
    decide(house, replace(said, target=target))


def test_a_late_change_within_the_horizon_is_billed(house: House, clock: Clock) -> None:
    book(house, 1)
    close_due(house)
    at(house, clock, 5)
    book(house, 2)
    assert nets(close_due(house)) == [Decimal("75.00")]  # April's close; March ended 30 days before it


def test_an_older_one_waits_until_a_person_accepts_it(house: House, clock: Clock) -> None:
    book(house, 1)
    at(house, clock, 5)
    close_due(house)
    at(house, clock, 6)
    book(house, 2)
    book(house, 4, month=5, ticket="2")
    (shown,) = preview(house, None, None)
    (problem,) = shown.problems
    assert (problem.code, problem.about, problem.amount) == (
        "beyond_horizon",
        "acme/2026-03",
        Decimal("75.00"),
    )
    assert "ended before 2026-04-17" in problem.message
    assert nets(close_due(house)) == [Decimal("300.00")]
    at(house, clock, 7)
    (shown,) = preview(house, None, None)  # it is told again, and not dropped
    assert [one.code for one in shown.problems] == ["beyond_horizon"]
    assert nets(close_due(house)) == [None]
    assert conservation(house)[0].lost == ()
    at(house, clock, 8)
    accept(house, "acme/2026-03")
    assert nets(close_due(house)) == [Decimal("75.00")]
    at(house, clock, 9)
    assert [(one.invoices, one.problems) for one in close_due(house)] == [((), ())]
    references = [one.invoice.reference for one in ledger.invoices(house.store)]
    assert all(one.proven for reference in references for one in explain(house, reference))
    assert all(replay(house, reference).proven for reference in references)
