"""The seed scenario in two desks: a phone ticket in Zammad, two on-site tickets in GLPI, one customer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connector.simulators.clock import Clock
from connector.simulators.glpi import SimulatedGlpi
from connector.simulators.zammad import SimulatedZammad

CUSTOMER = "two-sites"
NAME = "Zwei Standorte GmbH"
#: When the demo's desks came into use.
_OPENED = datetime(2026, 2, 2, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """Both desks, and the entries that people correct later."""

    zammad: SimulatedZammad
    glpi: SimulatedGlpi
    phone_ticket: int
    second_call: int  #: Zammad's time entry of 17 March
    visit_ticket: int
    visit: int  #: GLPI's task of 5 March

    def correct_visit(self, at: datetime) -> None:
        """The visit of 5 March was half an hour shorter."""
        end = datetime(2026, 3, 5, 11, 30, tzinfo=UTC)
        self.glpi.edit_task(self.visit, at=at, actiontime=9000, end=end)

    def delete_call(self, at: datetime) -> None:
        """The call of 17 March was booked by mistake."""
        self.zammad.delete_time(self.second_call, at=at)


def open_desks() -> Desks:
    """Fill both desks with March 2026. Berlin is one hour ahead of UTC until 29 March."""
    zammad, phone_ticket, second_call = _phone_support()
    glpi, visit_ticket, visit = _visits()
    return Desks(
        zammad=zammad,
        glpi=glpi,
        phone_ticket=phone_ticket,
        second_call=second_call,
        visit_ticket=visit_ticket,
        visit=visit,
    )


def _march(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def _phone_support() -> tuple[SimulatedZammad, int, int]:
    desk = SimulatedZammad(clock=Clock(now=_OPENED))
    organization = desk.add_organization(NAME, at=_OPENED)
    customer = desk.add_user("office@zwei-standorte.example", organization=organization, at=_OPENED)
    technician = desk.add_user("tina@desk.example", firstname="Tina", lastname="Telefon", at=_OPENED)
    phone = desk.add_type("Phone", at=_OPENED)
    ticket = desk.add_ticket("Mail does not arrive", customer=customer, at=_march(3, 8))
    desk.tickets[ticket]["number"] = "149"
    desk.book_time(ticket, "180", technician=technician, activity=phone, at=_march(3, 11))
    call = desk.book_time(ticket, "180", technician=technician, activity=phone, at=_march(17, 11))
    desk.close_ticket(ticket, at=_march(17, 12))
    return desk, ticket, call


def _visits() -> tuple[SimulatedGlpi, int, int]:
    desk = SimulatedGlpi(clock=Clock(now=_OPENED), tickets=(123, 232))
    entity = desk.add_entity(NAME, at=_OPENED)
    vito = desk.add_user("vito", firstname="Vito", realname="Visit", at=_OPENED)
    nora = desk.add_user("nora", firstname="Nora", realname="Night", at=_OPENED)
    repair = desk.add_task_category("On-site", at=_OPENED)
    upkeep = desk.add_task_category("Maintenance", at=_OPENED)

    def visit(title: str, site: str, begin: datetime) -> int:
        location = desk.add_location(site, entity=entity, at=_OPENED)
        return desk.add_ticket(title, entity=entity, location=location, at=begin)

    def work(ticket: int, technician: int, activity: int, begin: datetime, hours: int) -> int:
        end, seconds = begin + timedelta(hours=hours), hours * 3600
        return desk.add_task(
            ticket, seconds, technician=technician, activity=activity, begin=begin, end=end, at=end
        )

    by_day = visit("Printer at site A jams", "Site A", _march(5, 8))
    repaired = work(by_day, vito, repair, _march(5, 9), 3)
    work(by_day, vito, upkeep, _march(12, 9), 2)
    desk.close_ticket(by_day, at=_march(12, 12))
    by_night = visit("Server at site B is down", "Site B", _march(20, 19))
    work(by_night, nora, repair, _march(20, 20), 3)
    desk.close_ticket(by_night, at=_march(20, 23))
    return desk, by_day, repaired
