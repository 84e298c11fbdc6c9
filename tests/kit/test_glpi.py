"""The GLPI adapter on the simulated GLPI."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from adapters.desks.glpi import Settings, connect
from connector.desk import Desk
from connector.http import Session
from connector.model.work import Survey
from connector.simulators.glpi import SimulatedGlpi
from connector.testing.desk_stage import Pulled
from connector.testing.kit import DeskKit, DeskStage, Facts

BEGIN = datetime(2026, 3, 5, 9, tzinfo=UTC)


class GlpiStage(DeskStage):
    listing = r"GET /apirest.php/Ticket\?(?!.*is_deleted)"
    needed = ("actiontime", "date_mod")
    secrets: ClassVar = {"glpi": "glpi-user-token", "glpi-app": "glpi-app-token"}

    def __init__(self) -> None:
        self.simulator: SimulatedGlpi = SimulatedGlpi()
        self._entity = self.simulator.add_entity("Müller & Söhne GmbH")
        self._technician = self.simulator.add_user("anna.tech", firstname="Anna", realname="Becker")
        self._activity = self.simulator.add_task_category("On-site")

    def connect(self, url: str, session: Session) -> Desk:
        options = {"name": "sites", "url": url, "secret": "glpi", "app_secret": "glpi-app"}
        return connect(Settings.model_validate({**options, "time": {"timezone": "UTC"}}), session)

    def open(self, *seconds: int) -> str:
        ticket = self.simulator.add_ticket("Drucker <1>", entity=self._entity)
        for length in seconds:
            self.simulator.add_task(
                ticket,
                length,
                technician=self._technician,
                activity=self._activity,
                begin=BEGIN,
                end=BEGIN + timedelta(seconds=length),
            )
        return str(ticket)

    def edit(self, ticket: str, seconds: int) -> None:
        end = BEGIN + timedelta(seconds=seconds)
        self.simulator.edit_task(self._first(ticket), actiontime=seconds, end=end)

    def delete(self, ticket: str) -> None:
        self.simulator.delete_task(self._first(ticket))

    def remove(self, ticket: str) -> None:
        self.simulator.trash(int(ticket))

    def belongs(self, row: Mapping[str, Any], ticket: str) -> bool:
        is_task = row.get("tickets_id") == int(ticket)
        return is_task or (row.get("id") == int(ticket) and "itilcategories_id" in row)

    def truth(self) -> Facts:
        tickets = self.simulator.rows["Ticket"].values()
        return {
            str(row["id"]): {
                str(task["id"]): task["actiontime"] for task in self.simulator.tasks_of(row["id"])
            }
            for row in tickets
            if not row["is_deleted"]
        }

    def _first(self, ticket: str) -> int:
        return int(self.simulator.tasks_of(int(ticket))[0]["id"])


class TestGlpi(DeskKit):
    def stage(self) -> GlpiStage:
        return GlpiStage()

    def test_a_merge_counts_work_once(self, desk: GlpiStage, house: Pulled) -> None:
        target, source = desk.open(900), desk.open(1800)
        house.pull()
        desk.simulator.merge(int(source), int(target))
        house.pull()
        house.sweep()
        assert sorted(house.facts()[target].values()) == [900, 1800]
        assert house.facts() == desk.truth()

    def test_a_moved_task_counts_once(self, desk: GlpiStage, house: Pulled) -> None:
        """The ticket that it leaves does not change its date_mod."""
        old, new = desk.open(900, 60), desk.open(1800)
        house.pull()
        desk.simulator.move_task(desk.simulator.tasks_of(int(old))[0]["id"], int(new))
        house.pull()
        assert sorted(house.facts()[new].values()) == [900, 1800]
        assert house.facts() == desk.truth()

    def test_a_purged_ticket(self, desk: GlpiStage, house: Pulled) -> None:
        gone, stays = desk.open(900), desk.open(1800)
        house.pull()
        desk.simulator.purge(int(gone))
        house.pull()
        house.sweep()
        assert list(house.facts()) == [stays]

    def test_a_restored_ticket(self, desk: GlpiStage, house: Pulled) -> None:
        ticket = desk.open(900)
        house.pull()
        desk.remove(ticket)
        house.pull()
        house.sweep()
        desk.simulator.restore(int(ticket))
        house.pull()
        assert house.facts() == desk.truth()

    def test_a_session_that_ends_while_pulling(self, desk: GlpiStage, house: Pulled) -> None:
        desk.open(900)
        desk.simulator.faults.meanwhile("/TicketTask", desk.simulator.expire_sessions)
        house.pull()
        assert house.facts() == desk.truth()

    def test_planned_work_is_no_work_yet(self, desk: GlpiStage, house: Pulled) -> None:
        ticket = desk.open(900)
        desk.simulator.add_task(int(ticket), 7200, technician=2, state=1)
        house.pull()
        assert list(house.facts()[ticket].values()) == [900]

    def test_a_survey(self, desk: GlpiStage, house: Pulled) -> None:
        """The answer does not touch the ticket."""
        ticket = desk.open(900)
        desk.simulator.close_ticket(int(ticket))
        house.pull()
        desk.simulator.answer_survey(int(ticket), 1, "Zu spät & teuer")
        house.pull()
        house.sweep()
        (one,) = house.snapshots()
        assert (one.survey, one.closed) == (Survey.BAD, True)
        assert "Zu spät & teuer" in one.survey_text

    def test_words_are_decoded(self, desk: GlpiStage, house: Pulled) -> None:
        desk.open(900)
        house.pull()
        (one,) = house.snapshots()
        assert one.title == "Drucker <1>"
        assert one.owner == {"entity": "Root entity > Müller & Söhne GmbH"}
        (entry,) = one.work
        assert (entry.activity, entry.technician_name) == ("On-site", "Anna Becker")
        assert (entry.started_at, entry.seconds) == (BEGIN, 900)
