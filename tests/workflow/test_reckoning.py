"""Nothing vanishes in money: from what was rated to what is invoiced, per period and tax category."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connector.desk import Raw
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.settings import Settings
from connector.model.work import TicketSnapshot, WorkEntry
from connector.report.money import money_lines, reckoning
from connector.store.nouns import Seen
from connector.store.work import mark_synced, save_page
from connector.workflow.close import close_due
from connector.workflow.decide import decide
from connector.workflow.house import House
from connector.workflow.statements import preview
from tests.workflow.standins import ACME, APRIL, SETTINGS, Clock, make_house

TAXES = {
    "DE-19": {"rates": [{"from": "2021-01-01", "percent": "19%"}]},
    "DE-7": {"category": "reduced", "rates": [{"from": "2021-01-01", "percent": "7%"}]},
}
CONTRACT = {
    "id": "support",
    "valid": {"from": "2026-01-01"},
    "rates": [{"hourly": "75.00 EUR"}],
    "fees": [{"id": "paper", "amount": "30.00 EUR", "tax": "DE-7", "in": "arrears"}],
}


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock)
    made.settings = Settings.model_validate({**SETTINGS, "taxes": TAXES})
    made.customers = {"acme": Customer.model_validate({**ACME, "contracts": [CONTRACT]})}
    yield made
    made.close()


def book(house: House, ticket: str, hours: int, month: int) -> None:
    entry = WorkEntry(
        desk="zammad", ticket=ticket, entry="1", seconds=hours * 3600, worked_on=date(2026, month, 10)
    )
    snapshot = TicketSnapshot(
        desk="zammad",
        ticket=ticket,
        number=ticket,
        title="Printer",
        owner={"organization": "ACME GmbH"},
        work=(entry,) if hours else (),
        changed_at=datetime(2026, month, 10, tzinfo=UTC),
    )
    raw = Raw(ticket=ticket, payload={"hours": hours})
    save_page(house.store, "zammad", [Seen(raw=raw, snapshot=snapshot)], None, house.now())
    mark_synced(house.store, "zammad", house.now(), house.now())


def say(house: House, kind: Kind, **facts: object) -> None:
    said = Decision(id="", kind=kind, by="Mara", at=house.now(), why="agreed", customer="acme")
    decide(house, replace(said, **facts))  # type: ignore[arg-type]  # the fields of a decision


def test_every_cent_of_a_month_with_all_that_can_happen(house: House, clock: Clock) -> None:
    book(house, "1", 2, month=3)
    close_due(house)  # March: 150.00 and the fee of 30.00
    clock.at = datetime(2026, 5, 6, tzinfo=UTC)
    book(house, "1", 1, month=3)  # an hour was too much
    for ticket, hours in {"2": 4, "3": 1, "4": 2}.items():
        book(house, ticket, hours, month=4)
    book(house, "5", 1, month=3)  # found late
    say(house, Kind.WAIVE, target="zammad/3")
    say(house, Kind.HOLD, target="zammad/4")
    say(house, Kind.DISCOUNT, period=APRIL, percent=Decimal(10))
    say(house, Kind.CREDIT, period=APRIL, amount=Decimal("20.00"))
    say(house, Kind.TRANSFER, period=APRIL, amount=Decimal("27.70"))
    (shown,) = preview(house, APRIL, None)
    lines = [line.split() for line in money_lines(shown.statement, shown.invoices)]
    assert lines == [
        ["DE-19", "19%", "DE-7", "7%"],
        ["rated", "525.00", "30.00"],
        ["free", "-75.00", "0.00"],
        ["held", "-150.00", "0.00"],
        ["late", "work", "75.00", "0.00"],
        ["corrections", "-75.00", "0.00"],
        ["discounts", "-30.00", "-3.00"],
        ["credits", "-20.00", "0.00"],
        ["carried", "out", "-25.00", "-2.70"],  # a tenth of 250.00 and of 27.00
        ["invoiced", "225.00", "24.30"],
    ]
    assert shown.invoices[0].net == Decimal("249.30")
    close_due(house)
    clock.at = datetime(2026, 6, 6, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    (may,) = preview(house, None, None)
    sums = reckoning(may.statement, may.invoices)
    assert sums["DE-19", "19"]["carried in"] == Decimal("25.00")
    assert sums["DE-7", "7"]["invoiced"] == Decimal("32.70")


def test_what_is_rated_and_invoiced_needs_no_reckoning(house: House) -> None:
    book(house, "1", 2, month=3)
    (shown,) = preview(house, None, None)
    assert money_lines(shown.statement, shown.invoices) == []
