from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from connector.simulators.clock import Clock
from connector.simulators.server import serving
from connector.simulators.zammad import SimulatedZammad
from tests.simulators.shapes import differences, samples

# Fields that the recorded installation has added.
OWN = frozenset({"contract_no", "billable", "site_visit", "customer_no"})
LATER = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def desk() -> SimulatedZammad:
    return SimulatedZammad(agent_token="agents")


@pytest.fixture
def ticket(desk: SimulatedZammad) -> int:
    acme = desk.add_organization("Acme GmbH")
    return desk.add_ticket("Printer jams", customer=desk.add_user("cora@acme.example", organization=acme))


@pytest.fixture
def url(desk: SimulatedZammad) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def ask(url: str, route: str, send: Any = None, token: str = "zammad-token") -> requests.Response:
    method, path = route.split(" ", 1)
    headers = {"Authorization": f"Token token={token}"} if token else {}
    return requests.request(method, url + path, json=send, headers=headers, timeout=5)


def updated(desk: SimulatedZammad, ticket: int) -> str:
    return str(desk.tickets[ticket]["updated_at"])


@pytest.mark.parametrize("sample", samples("zammad"), ids=lambda sample: sample["recording"])
def test_shapes_are_those_recorded(
    desk: SimulatedZammad, ticket: int, url: str, sample: dict[str, Any]
) -> None:
    kind = desk.add_type("Remote support")
    if sample["recording"] != "135-tickets-expand":  # a ticket without time
        desk.book_time(ticket, "25", technician=desk.admin, activity=kind)
    answer = ask(url, sample["route"], sample.get("send"))
    assert answer.status_code == sample["status"]
    assert differences(answer.json(), sample["body"], own=OWN) == []


@pytest.mark.parametrize(("token", "status"), [("", 403), ("wrong", 401), ("zammad-token", 200)])
def test_tokens(url: str, token: str, status: int) -> None:
    assert ask(url, "GET /api/v1/tickets", token=token).status_code == status


def test_an_agent_may_not_read_all_time(desk: SimulatedZammad, ticket: int, url: str) -> None:
    assert ask(url, "GET /api/v1/time_accountings", token="agents").status_code == 403
    assert ask(url, f"GET /api/v1/tickets/{ticket}/time_accountings", token="agents").json() == []
    assert ask(url, "GET /api/v1/tickets/99/time_accountings", token="agents").status_code == 404


def test_units_are_text_and_may_be_negative_but_not_large(desk: SimulatedZammad, ticket: int) -> None:
    for units in ("25", "12.25", "-10", "7.50"):
        desk.book_time(ticket, units, technician=desk.admin)
    assert [row["time_unit"] for row in desk.entries_of(ticket)] == ["25.0", "12.25", "-10.0", "7.5"]
    assert desk.tickets[ticket]["time_unit"] == "34.75"
    with pytest.raises(ValueError, match="numeric"):
        desk.book_time(ticket, "12345.67", technician=desk.admin)


def test_what_moves_a_ticket(desk: SimulatedZammad, ticket: int) -> None:
    entry = desk.book_time(ticket, "15", technician=desk.admin)
    moves: dict[str, Callable[[], object]] = {
        "edit": lambda: desk.edit_time(entry, units="30"),
        "type": lambda: desk.edit_time(entry, activity=2),
        "zero": lambda: desk.book_time(ticket, "0", technician=desk.admin),
        "rename": lambda: desk.rename_organization(1, "Acme AG"),
        "same": lambda: desk.change_ticket(ticket, title="Printer jams"),
        "customer": lambda: desk.move_to_organization(4, desk.add_organization("Globex")),
        "delete": lambda: desk.delete_time(entry),
    }
    moved = {}
    for name, move in moves.items():
        before = updated(desk, ticket)
        move()
        moved[name] = updated(desk, ticket) > before
    assert moved == {
        "edit": True,
        "type": False,
        "zero": False,
        "rename": False,
        "same": False,
        "customer": True,
        "delete": True,
    }
    assert desk.tickets[ticket]["time_unit"] == "0.0"


def test_a_merge_leaves_the_time_on_the_source(desk: SimulatedZammad, ticket: int, url: str) -> None:
    other = desk.add_ticket("Duplicate", customer=4)
    entry = desk.book_time(other, "8", technician=desk.admin)
    desk.merge(other, ticket)
    rows = ask(url, f"GET /api/v1/tickets/{other}/time_accountings").json()
    assert [row["id"] for row in rows] == [entry]
    assert ask(url, f"GET /api/v1/tickets/{other}?expand=true").json()["state"] == "merged"


def test_a_deleted_ticket_leaves_nothing(desk: SimulatedZammad, ticket: int, url: str) -> None:
    desk.book_time(ticket, "8", technician=desk.admin)
    desk.delete_ticket(ticket)
    assert ask(url, f"GET /api/v1/tickets/{ticket}").status_code == 404
    assert ask(url, "GET /api/v1/time_accountings").json() == []


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("2026-03-02T09:30:00.000Z", 1),  # inclusive
        ("2026-03-02T09:30:00.001Z", 0),
        ("2026-03-02 09:30:00", 1),
        ("2026-03-02T11:30:00+02:00", 0),  # the offset is ignored
    ],
)
def test_search_by_condition(desk: SimulatedZammad, ticket: int, url: str, value: str, count: int) -> None:
    desk.change_ticket(ticket, title="Printer burns", at=LATER)
    condition = {"ticket.updated_at": {"operator": "after (absolute)", "value": value}}
    send = {"condition": condition, "expand": True}
    assert len(ask(url, "POST /api/v1/tickets/search", send).json()) == count


def test_a_query_wins_over_a_condition(desk: SimulatedZammad, ticket: int, url: str) -> None:
    send = {"query": "jams", "condition": {"ticket.id": {"operator": "is", "value": [99]}}, "expand": True}
    assert [row["id"] for row in ask(url, "POST /api/v1/tickets/search", send).json()] == [ticket]
    assert ask(url, "GET /api/v1/tickets/search?query=printer&expand=true").json() == []


def test_pages_are_cut_without_a_word(url: str, desk: SimulatedZammad, ticket: int) -> None:
    desk.clock = Clock(now=LATER, step=timedelta(0))
    for number in range(209):
        desk.add_ticket(f"Bulk {number}", customer=4)
    assert len(ask(url, "GET /api/v1/tickets?per_page=1000").json()) == 100
    assert len(ask(url, "GET /api/v1/tickets?page=3&per_page=1000").json()) == 10
    search = "GET /api/v1/tickets/search?query=*&expand=true&sort_by=updated_at&order_by=asc"
    assert len(ask(url, f"{search}&per_page=500").json()) == 200
    assert ask(url, f"{search}&per_page=1").json()[0]["id"] == ticket
    assert [row["id"] for row in ask(url, "GET /api/v1/tickets?sort_by=title&per_page=2").json()] == [1, 2]


def test_time_is_listed_by_change_and_by_ticket(desk: SimulatedZammad, ticket: int, url: str) -> None:
    first = desk.book_time(ticket, "8", technician=desk.admin)
    other = desk.add_ticket("Other", customer=4)
    second = desk.book_time(other, "9", technician=desk.admin)
    desk.edit_time(first, activity=1)
    path = "GET /api/v1/time_accountings"
    assert [row["id"] for row in ask(url, f"{path}?sort_by=updated_at&order_by=desc").json()] == [
        first,
        second,
    ]
    assert [row["id"] for row in ask(url, f"{path}?ticket_id={other}").json()] == [second]
    assert ask(url, f"{path}?full=true&per_page=1").json()["total_count"] == 2


def test_the_unit_is_a_display_setting() -> None:
    with serving(SimulatedZammad(time_accounting_unit="quarter")) as url:
        assert ask(url, "GET /api/v1/signshow").json()["config"]["time_accounting_unit"] == "quarter"
        rows = ask(url, "GET /api/v1/settings").json()
    values = {row["name"]: row["state_current"]["value"] for row in rows}
    assert values == {"time_accounting": True, "time_accounting_unit": "quarter"}
