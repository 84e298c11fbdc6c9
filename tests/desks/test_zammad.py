"""Zammad as recorded from a running server: exchanges to the letter, whole pulls over recorded rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import responses

from adapters.desks.zammad import client
from connector.http import AuthFailed, Refused, Session
from tests.desks.zammad_desk import BASE, desk
from tests.replay import Replay, recorded


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_a_ticket_with_its_time_as_recorded(mock: responses.RequestsMock) -> None:
    replay = Replay(mock, BASE, recorded("zammad"))
    zammad = desk()
    (raw,) = zammad.snapshots(["2"], {})
    ticket = zammad.parse(raw)
    assert replay.asked == [
        "GET /api/v1/tickets/2?expand=true null",
        "GET /api/v1/ticket_states? null",
        "GET /api/v1/tickets/2/time_accountings? null",
        "GET /api/v1/users?page=1&per_page=500 null",
        "GET /api/v1/time_accounting/types? null",
    ]
    assert (ticket.number, ticket.title, ticket.closed) == ("15002", "Printer jams", False)
    assert ticket.owner == {"organization": "Acme GmbH", "customer": "cora@acme.example"}
    assert ticket.changed_at == datetime(2026, 11, 22, 7, 23, 59, 918000, UTC)
    assert ticket.created_on == date(2026, 11, 22)
    assert ticket.fields == {
        "group": "Users",
        "priority": "1 low",
        "state": "new",
        "billable": "false",
        "site_visit": "2026-11-22",
    }
    assert [
        (entry.key, entry.seconds, entry.activity, entry.technician, entry.technician_name)
        for entry in ticket.work
    ] == [
        ("zammad/2/3", 1800, "Remote support", "4", "Berta Agent"),
        ("zammad/2/15", 2100, "On-site", "4", "Berta Agent"),
        ("zammad/2/17", -600, "", "3", "Ada Admin"),
        ("zammad/2/21", 60, "Remote support", "3", "Ada Admin"),
    ]
    assert mock.calls[0].request.headers["Authorization"] == "Token token=t-1234567"


def test_the_search_is_asked_as_recorded(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "FOUND_A_PAGE", 3)
    Replay(mock, BASE, recorded("zammad"))
    api = client.Api(Session(BASE, secrets={"zammad": "t-1234567"}), "zammad")
    rows = next(api.changed("2026-11-22T07:23:59.193Z"))
    assert [row["id"] for row in rows] == [14, 7, 15]


def test_the_list_of_time_is_asked_as_recorded(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ROWS_A_PAGE", 5)
    Replay(mock, BASE, recorded("zammad"))
    api = client.Api(Session(BASE, secrets={"zammad": "t-1234567"}), "zammad")
    rows = api.time_since("2026-11-22T07:23:55.869Z")
    assert rows is not None
    assert [(row["id"], row["time_unit"]) for row in rows] == [(15, "35.0"), (17, "-10.0"), (14, "10.0")]


def test_time_of_merged_tickets_stays_where_it_was_booked(mock: responses.RequestsMock) -> None:
    Replay(mock, BASE, recorded("zammad"))
    api = client.Api(Session(BASE, secrets={"zammad": "t-1234567"}), "zammad")
    assert [row["time_unit"] for row in api.time_of("15")] == ["8.0"]
    assert [row["ticket_article_id"] for row in api.time_of("248")] == [263]


def test_a_deleted_ticket_is_removed_and_keeps_what_was_known(mock: responses.RequestsMock) -> None:
    Replay(mock, BASE, recorded("zammad"))
    zammad = desk()
    (bare,) = zammad.snapshots(["16"], {})
    gone = zammad.parse(bare)
    assert (gone.removed, gone.work, gone.number, gone.owner) == (True, (), "", {})
    (ticket,) = zammad.snapshots(["2"], {})
    (raw,) = zammad.snapshots(["16"], {"16": replace(ticket, ticket="16")})
    gone = zammad.parse(raw)
    assert (gone.removed, gone.work, gone.number) == (True, (), "15002")


def test_a_missing_route_deletes_no_ticket(mock: responses.RequestsMock) -> None:
    body = recorded_body("203")
    mock.get(f"{BASE}/api/v1/tickets/2", status=404, json=body)
    with pytest.raises(Refused, match=r"No route matches"):
        list(desk().snapshots(["2"], {}))


def test_a_version_without_time_rows_says_so(mock: responses.RequestsMock) -> None:
    mock.get(f"{BASE}/api/v1/tickets/2/time_accountings", status=404, json=recorded_body("203"))
    api = client.Api(Session(BASE, secrets={"zammad": "t-1234567"}), "zammad")
    with pytest.raises(Refused, match=r"too old to hand out single time entries; version 6\.1"):
        api.time_of("2")


def test_a_ticket_that_may_not_be_read_is_told_and_the_rest_goes_on(mock: responses.RequestsMock) -> None:
    Replay(mock, BASE, recorded("zammad"))
    zammad = desk()
    refused, ticket = zammad.snapshots(["4", "2"], {})
    with pytest.raises(ValueError, match="the token may not read this ticket"):
        zammad.parse(refused)
    assert len(zammad.parse(ticket).work) == 4


@pytest.mark.parametrize(("number", "status"), [("197", 403), ("198", 401)])
def test_credentials_that_do_not_work(mock: responses.RequestsMock, number: str, status: int) -> None:
    mock.get(f"{BASE}/api/v1/tickets/2", status=status, json=recorded_body(number))
    with pytest.raises(AuthFailed) as caught:
        list(desk().snapshots(["2"], {}))
    assert caught.value.status == status
    assert "t-1234567" not in caught.value.message


def test_check_names_version_rights_and_a_unit_that_disagrees(mock: responses.RequestsMock) -> None:
    unit = {"config": {"time_accounting_unit": "quarter"}}
    # Not recorded: the shape is that of the source of 6.5.
    signshow = {
        "request": {"method": "GET", "path": "/api/v1/signshow", "query": {}},
        "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "json": unit},
    }
    Replay(mock, BASE, [*recorded("zammad"), signshow])
    info = desk().check()
    assert (info.product, info.version) == ("Zammad", "5.5.x")
    assert info.capabilities == {"time_of_all_tickets": False, "activity_types": True}
    assert [problem.code for problem in info.problems] == ["unit_disagrees", "right_lacking"]
    assert "in the unit 'quarter', the mapping says that one is 1m" in info.problems[0].message


def recorded_body(number: str) -> Any:
    return next(each for each in recorded("zammad") if each["from"].startswith(number))["response"]["json"]
