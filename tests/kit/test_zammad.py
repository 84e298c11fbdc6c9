"""The Zammad adapter on the simulated Zammad."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from adapters.desks.zammad import Settings, connect
from connector.desk import Desk
from connector.http import Session
from connector.simulators.zammad import SimulatedZammad
from connector.testing.desk_stage import Pulled
from connector.testing.kit import DeskKit, DeskStage, Facts


class ZammadStage(DeskStage):
    listing = "POST .*/tickets/search"
    needed = ("time_unit", "created_at")
    secrets: ClassVar = {"zammad": "zammad-token"}

    def __init__(self) -> None:
        self.simulator: SimulatedZammad = SimulatedZammad()
        acme = self.simulator.add_organization("Acme GmbH")
        self._customer = self.simulator.add_user("cora@acme.example", organization=acme)
        self._activity = self.simulator.add_type("Phone")

    def connect(self, url: str, session: Session) -> Desk:
        time = {"timezone": "Europe/Berlin", "unit": [{"from": "2020-01-01", "unit": "1m"}], "entry": "end"}
        options = {"name": "phone", "url": url, "secret": "zammad", "time": time}
        return connect(Settings.model_validate(options), session)

    def open(self, *seconds: int) -> str:
        desk = self.simulator
        ticket = desk.add_ticket("Printer jams", customer=self._customer)
        for length in seconds:
            desk.book_time(ticket, _minutes(length), technician=desk.admin, activity=self._activity)
        return str(ticket)

    def edit(self, ticket: str, seconds: int) -> None:
        self.simulator.edit_time(self._first(ticket), units=_minutes(seconds))

    def delete(self, ticket: str) -> None:
        self.simulator.delete_time(self._first(ticket))

    def remove(self, ticket: str) -> None:
        self.simulator.delete_ticket(int(ticket))

    def belongs(self, row: Mapping[str, Any], ticket: str) -> bool:
        is_entry = row.get("ticket_id") == int(ticket)
        return is_entry or (row.get("id") == int(ticket) and "customer_id" in row)

    def truth(self) -> Facts:
        return {
            str(ticket): {
                str(row["id"]): int(Decimal(row["time_unit"]) * 60)
                for row in self.simulator.entries_of(ticket)
            }
            for ticket in self.simulator.tickets
        }

    def _first(self, ticket: str) -> int:
        return int(self.simulator.entries_of(int(ticket))[0]["id"])


def _minutes(seconds: int) -> str:
    return str(Decimal(seconds) / 60)


class TestZammad(DeskKit):
    def stage(self) -> ZammadStage:
        return ZammadStage()

    def test_another_activity_is_seen(self, desk: ZammadStage, house: Pulled) -> None:
        """It does not touch the ticket."""
        ticket = desk.open(900)
        house.pull()
        entry = desk.simulator.entries_of(int(ticket))[0]["id"]
        desk.simulator.edit_time(entry, activity=desk.simulator.add_type("On-site"))
        house.pull()
        (one,) = house.snapshots()
        assert [entry.activity for entry in one.work] == ["On-site"]

    def test_a_merge_leaves_the_time_on_the_source(self, desk: ZammadStage, house: Pulled) -> None:
        target, source = desk.open(900), desk.open(1800)
        house.pull()
        desk.simulator.merge(int(source), int(target))
        house.pull()
        assert house.facts() == desk.truth()
        assert list(house.facts()[source].values()) == [1800]

    def test_a_customer_who_moves_takes_the_tickets_along(self, desk: ZammadStage, house: Pulled) -> None:
        desk.open(900)
        house.pull()
        desk.simulator.move_to_organization(4, desk.simulator.add_organization("Globex Ltd"))
        house.pull()
        (one,) = house.snapshots()
        assert one.owner["organization"] == "Globex Ltd"

    def test_a_customer_without_organization(self, desk: ZammadStage, house: Pulled) -> None:
        customer = desk.simulator.add_user("nora@private.example")
        desk.simulator.add_ticket("Private", customer=customer)
        house.pull()
        (one,) = house.snapshots()
        assert one.owner == {"customer": "nora@private.example"}

    def test_entries_of_nothing_and_less(self, desk: ZammadStage, house: Pulled) -> None:
        """An entry of 0 does not touch the ticket; a correction is negative."""
        ticket = desk.open(3600)
        house.pull()
        desk.simulator.book_time(int(ticket), "0", technician=3)
        desk.simulator.book_time(int(ticket), "-15", technician=3)
        house.pull()
        assert sorted(house.facts()[ticket].values()) == [-900, 0, 3600]

    def test_a_token_that_may_not_list_all_time(self, desk: ZammadStage, house: Pulled) -> None:
        edited = desk.open(900, 60)
        desk.open(1800)
        desk.simulator.faults.status(r"GET /api/v1/time_accounting", 403, times=-1)
        house.pull()
        assert house.facts() == desk.truth()
        desk.edit(edited, 600)
        house.pull()
        assert house.facts() == desk.truth()
