"""Tickets that a desk gives to another customer: nothing moves, and a person is asked until one decides."""

from dataclasses import dataclass, replace

import pytest

from connector.desk import Raw
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.mapping import DeskMapping
from connector.model.work import TicketSnapshot
from connector.workflow.close import close
from connector.workflow.decide import decide
from connector.workflow.house import House
from connector.workflow.statements import preview
from connector.workflow.sync import sync
from tests.workflow.standins import ACME, APRIL, MARCH, Clock, FakeDesk


@dataclass
class Rehoming(FakeDesk):
    """A desk whose tickets all belong to one organization."""

    organization: str = "ACME GmbH"

    def parse(self, raw: Raw) -> TicketSnapshot:
        return replace(super().parse(raw), owner={"organization": self.organization})


@pytest.fixture
def desk() -> Rehoming:
    return Rehoming()


def move(house: House, desk: Rehoming) -> None:
    desk.organization = "Globex Ltd"
    desk.put("1", a=21600)
    sync(house)


def changed(house: House) -> list[str]:
    (shown,) = preview(house, None, ["acme"])
    return [problem.about for problem in shown.problems if problem.code == "customer_changed"]


def test_work_of_an_open_period_stays_and_a_person_is_asked(house: House, desk: Rehoming) -> None:
    desk.put("1", a=21600)
    sync(house)
    assert changed(house) == []
    move(house, desk)
    assert changed(house) == ["zammad/1/a"]
    (shown,) = preview(house, MARCH, ["acme"])
    assert str(shown.statement.net) == "75.00"  # 6 h less the allowance of 5 h


def test_work_that_is_billed_stays_and_a_person_is_asked(house: House, desk: Rehoming, clock: Clock) -> None:
    """Also a period later, when nothing has touched the ticket since."""
    desk.put("1", a=21600)
    sync(house)
    close(house, MARCH, ["acme"])
    move(house, desk)
    (shown,) = preview(house, APRIL, ["acme"])
    assert (shown.invoices, changed(house)) == ((), ["zammad/1/a"])
    clock.forward(days=31)
    sync(house)
    close(house, APRIL, ["acme"])
    assert changed(house) == ["zammad/1/a"]
    keep = Decision(id="", kind=Kind.KEEP, by="eve", at=house.now(), why="theirs", target="zammad/1")
    decide(house, keep)
    assert changed(house) == []


def test_the_org_unit_is_that_of_the_first_snapshot(house: House, desk: Rehoming) -> None:
    """The ticket goes to another of the customer's units."""
    lookups = {"org_unit": {"from": "ticket.owner.organization", "as_is": "yes"}}
    house.mappings = {"zammad": DeskMapping.model_validate({"facets": lookups})}
    rates = [{"when": {"org_unit": "ACME GmbH"}, "hourly": "75.00 EUR"}, {"hourly": "50.00 EUR"}]
    contract = {**ACME["contracts"][0], "rates": rates, "allowances": []}
    match = {"zammad": {"organization": ["ACME GmbH", "ACME Sales"]}}
    house.customers = {"acme": Customer.model_validate({**ACME, "contracts": [contract], "match": match})}
    desk.put("1", a=3600)
    sync(house)
    desk.organization = "ACME Sales"
    desk.put("1", a=3600)
    sync(house)
    (shown,) = preview(house, MARCH, ["acme"])
    assert (str(shown.statement.net), shown.problems) == ("75.00", ())
