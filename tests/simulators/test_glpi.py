from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import requests

from connector.simulators.clock import Clock
from connector.simulators.glpi import SimulatedGlpi
from connector.simulators.server import serving
from tests.simulators.shapes import differences, samples

ROOT, CUSTOMER = 0, 1
APP = {"App-Token": "glpi-app-token"}
LOGIN = {**APP, "Authorization": "user_token glpi-user-token"}
# Rows of which the simulator sends a part of the fields.
PARTS = ("130", "131")


@pytest.fixture
def desk() -> SimulatedGlpi:
    desk = SimulatedGlpi(clock=Clock(now=datetime(2026, 11, 10, tzinfo=UTC)))
    desk.add_entity("Müller & Söhne GmbH")
    desk.add_user("anna.tech", firstname="Anna", realname="Becker")
    desk.add_location("Floor 2 <Server room>", entity=CUSTOMER)
    desk.add_category("Hardware")
    desk.add_task_category("On-site")
    ticket = desk.add_ticket(
        "Drucker <1>", entity=CUSTOMER, location=1, category=1, content="<p>A &amp; B</p>"
    )
    begin, end = (datetime(2026, 10, 5, 7, minute, tzinfo=UTC) for minute in (15, 45))
    desk.add_task(ticket, 1800, technician=3, activity=1, begin=begin, end=end, content="<p>Walze</p>")
    return desk


@pytest.fixture
def url(desk: SimulatedGlpi) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def session(url: str) -> dict[str, str]:
    answer = requests.get(f"{url}/apirest.php/initSession", headers=LOGIN, timeout=5)
    return {**APP, "Session-Token": answer.json()["session_token"]}


def ask(url: str, path: str, **headers: str) -> requests.Response:
    return requests.get(f"{url}/apirest.php/{path}", headers=session(url) | headers, timeout=5)


def ids(answer: requests.Response) -> list[int]:
    return [row["id"] for row in answer.json()]


@pytest.mark.parametrize("sample", samples("glpi"), ids=lambda sample: sample["recording"])
def test_shapes_are_those_recorded(desk: SimulatedGlpi, url: str, sample: dict[str, Any]) -> None:
    desk.close_ticket(1)
    method, path = sample["route"].split(" ", 1)
    headers = LOGIN if "initSession" in path else session(url)
    answer = requests.request(method, url + path, json=sample.get("send"), headers=headers, timeout=5)
    # Statuses 200 and 206 depend on how many rows there are; they have tests of their own.
    assert answer.status_code // 100 == sample["status"] // 100
    ours, recorded = answer.json(), sample["body"]
    assert differences(ours, recorded, part=sample["recording"].split("_")[0] in PARTS) == []
    if isinstance(recorded, list) and isinstance(recorded[0], str):
        assert ours[0] == recorded[0]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, "ERROR_APP_TOKEN_PARAMETERS_MISSING"),
        ({"App-Token": "wrong"}, 400, "ERROR_WRONG_APP_TOKEN_PARAMETER"),
        (APP, 400, "ERROR_LOGIN_PARAMETERS_MISSING"),
        ({**APP, "Authorization": "Bearer x"}, 400, "ERROR_LOGIN_PARAMETERS_MISSING"),
        ({**APP, "Authorization": "user_token x"}, 401, "ERROR_GLPI_LOGIN_USER_TOKEN"),
    ],
)
def test_logins_that_fail(url: str, headers: dict[str, str], status: int, code: str) -> None:
    answer = requests.get(f"{url}/apirest.php/initSession", headers=headers, timeout=5)
    assert (answer.status_code, answer.json()[0]) == (status, code)


def test_a_session_ends(desk: SimulatedGlpi, url: str) -> None:
    headers = session(url)

    def status(path: str, sent: dict[str, str]) -> tuple[int, Any]:
        answer = requests.get(f"{url}/apirest.php/{path}", headers=sent, timeout=5)
        return answer.status_code, answer.json()

    assert status("Ticket", APP)[0] == 400
    assert status("killSession", headers) == (200, True)
    assert status("killSession", headers)[0] == 401
    headers = session(url)
    assert status("Ticket", headers)[0] == 200
    desk.expire_sessions()
    assert status("Ticket", headers) == (401, ["ERROR_SESSION_TOKEN_INVALID", "session_token seems invalid"])


@pytest.mark.parametrize(
    ("total", "asked", "status", "said", "count"),
    [
        (12, "", 200, "0-11/12", 12),  # 30
        (21, "", 200, "0-20/21", 20),  # 110: a row fewer than the header says
        (12, "range=0-4", 206, "0-4/12", 5),  # 31
        (12, "range=10-14", 206, "10-11/12", 2),  # 33
        (12, "range=12-16", 206, "12-11/12", 0),  # 34
        (12, "range=0-999", 200, "0-11/12", 12),  # 36
        (0, "range=0-99", 200, None, 0),  # 89
    ],
)
def test_ranges(total: int, asked: str, status: int, said: str | None, count: int) -> None:
    desk = SimulatedGlpi()
    for number in range(total):
        desk.add_ticket(f"Ticket {number}", entity=ROOT)
    with serving(desk) as url:
        answer = ask(url, f"Ticket?{asked}")
    assert (answer.status_code, answer.headers.get("Content-Range"), len(answer.json())) == (
        status,
        said,
        count,
    )
    assert answer.headers["Accept-Range"] == "Ticket 1000"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [("13-17", 400, "ERROR_RANGE_EXCEED_TOTAL"), ("abc", 400, "ERROR"), ("9-5", 500, "ERROR_UNKNOWN")],
)
def test_ranges_that_are_refused(url: str, asked: str, status: int, code: str) -> None:
    answer = ask(url, f"Ticket?range={asked}")
    assert (answer.status_code, answer.json()[0]) == (status, code)


def test_what_moves_a_ticket(desk: SimulatedGlpi) -> None:
    other = desk.add_ticket("Other", entity=ROOT)
    desk.close_ticket(1)
    moves: dict[str, Callable[[], object]] = {
        "edit": lambda: desk.edit_task(1, actiontime=900),
        "edit to the same": lambda: desk.edit_task(1, actiontime=900),
        "add": lambda: desk.add_task(1, 60, technician=3),
        "delete": lambda: desk.delete_task(2),
        "same title": lambda: desk.change_ticket(1, name="Drucker <1>"),
        "survey": lambda: desk.answer_survey(1, 4, "Schnell & gut"),
        "task moved away": lambda: desk.move_task(1, other),
        "entity": lambda: desk.move_to_entity(1, ROOT),
        "trash": lambda: desk.trash(1),
        "restore": lambda: desk.restore(1),
    }
    row, moved = desk.rows["Ticket"][1], []
    for name, move in moves.items():
        before = row["date_mod"]
        move()
        moved += [name] if row["date_mod"] > before else []
    assert moved == ["edit", "edit to the same", "add", "delete", "entity", "trash", "restore"]
    assert row["actiontime"] == 900  # stale: its only task has gone to the other ticket
    assert desk.rows["Ticket"][other]["actiontime"] == 0


def test_an_edit_to_the_same_leaves_the_task(desk: SimulatedGlpi) -> None:
    before = desk.rows["TicketTask"][1]["date_mod"]
    desk.edit_task(1, actiontime=1800)
    assert desk.rows["TicketTask"][1]["date_mod"] == before


def test_the_trash(desk: SimulatedGlpi, url: str) -> None:
    desk.trash(1)
    assert ids(ask(url, "Ticket")) == []
    assert ids(ask(url, "Ticket?is_deleted=1")) == [1]
    assert ask(url, "Ticket/1").json()["is_deleted"] == 1
    assert ids(ask(url, "TicketTask")) == [1]
    assert ids(ask(url, "TicketTask?is_deleted=1")) == [1]
    desk.purge(1)
    assert ask(url, "Ticket/1").status_code == 404
    assert ids(ask(url, "TicketTask")) == []


def test_a_merge_copies_tasks(desk: SimulatedGlpi, url: str) -> None:
    source = desk.add_ticket("Duplicate", entity=CUSTOMER)
    original = desk.add_task(source, 1200, technician=3, content="B work")
    desk.merge(source, 1)
    rows = ask(url, "Ticket/1/TicketTask").json()
    assert [(row["actiontime"], row["sourceitems_id"]) for row in rows] == [(1800, 0), (1200, source)]
    assert rows[1]["id"] != original
    assert ids(ask(url, f"Ticket/{source}/TicketTask")) == [original]
    assert ask(url, f"Ticket/{source}").json()["is_deleted"] == 1
    assert desk.rows["Ticket"][1]["actiontime"] == 3000


def test_strings_are_encoded_unless_told(url: str) -> None:
    plain = {"X-GLPI-Sanitized-Content": "false"}
    assert ask(url, "Ticket/1").json()["name"] == "Drucker &#60;1&#62;"
    assert ask(url, "Ticket/1").json()["content"] == "&#60;p&#62;A &#38;amp; B&#60;/p&#62;"
    assert ask(url, "Ticket/1", **plain).json()["content"] == "<p>A &amp; B</p>"
    entity = ask(url, "Entity/1", **plain).json()
    assert entity["name"] == "Müller & Söhne GmbH"
    assert entity["completename"] == "Root entity > Müller &#38; Söhne GmbH"
    found = ask(url, "search/Ticket?forcedisplay[0]=2", **plain).json()["data"]
    assert found == [{"2": 1, "1": "Drucker &#60;1&#62;", "80": "Root entity > Müller &#38; Söhne GmbH"}]


@pytest.mark.parametrize(("zone", "begin"), [("UTC", "07:15"), ("Europe/Berlin", "09:15")])
def test_wall_times_are_in_the_users_zone(zone: str, begin: str) -> None:
    desk = SimulatedGlpi(timezone=zone)
    desk.add_ticket("Drucker", entity=ROOT, at=datetime(2026, 10, 5, 7, tzinfo=UTC))
    desk.add_task(1, 60, technician=2, begin=datetime(2026, 10, 5, 7, 15, tzinfo=UTC))
    with serving(desk) as url:
        answer = ask(url, "TicketTask/1")
        assert answer.json()["begin"] == f"2026-10-05 {begin}:00"
        assert ask(url, "Ticket/1").headers["Last-Modified"] == "Mon, 05 Oct 2026 07:00:01 GMT"
        now = ask(url, "getFullSession")
    assert now.headers["Date"] == "Mon, 05 Oct 2026 07:00:01 GMT"
    assert now.json()["session"]["glpi_currenttime"] == f"2026-10-05 {int(begin[:2]):02}:00:01"


def test_a_search_by_date_is_strict(desk: SimulatedGlpi, url: str) -> None:
    second = datetime(2026, 11, 16, 10, 5, tzinfo=UTC)
    desk.change_ticket(1, name="VPN", at=second)
    desk.add_ticket("Later", entity=CUSTOMER, at=second.replace(second=1))

    def found(value: str) -> list[int]:
        criteria = f"criteria[0][field]=19&criteria[0][searchtype]=morethan&criteria[0][value]={quote(value)}"
        path = f"search/Ticket?{criteria}&sort[0]=19&sort[1]=2&order[0]=DESC&forcedisplay[0]=2&range=0-9"
        return [row["2"] for row in ask(url, path).json().get("data", [])]

    assert found("2026-11-16 10:04:59") == [2, 1]
    assert found("2026-11-16 10:05:00") == [2]
    assert found("2099-01-01") == []


def test_lists_are_sorted_and_filtered(desk: SimulatedGlpi, url: str) -> None:
    desk.add_ticket("Other", entity=ROOT)
    desk.add_task(2, 60, technician=3)
    desk.edit_task(1, content="changed")
    assert ids(ask(url, "TicketTask?sort=date_mod&order=DESC")) == [1, 2]
    assert ids(ask(url, "TicketTask?searchText[tickets_id]=^2$")) == [2]
    assert ids(ask(url, "TicketTask?searchText[date_mod]=2026-11-1")) == [1, 2]


def test_entities_narrow_tickets_but_not_tasks(desk: SimulatedGlpi, url: str) -> None:
    headers = session(url)

    def look_at(**body: Any) -> Any:
        path = f"{url}/apirest.php/changeActiveEntities"
        return requests.post(path, json=body, headers=headers, timeout=5).json()

    def listed(path: str) -> requests.Response:
        return requests.get(f"{url}/apirest.php/{path}", headers=headers, timeout=5)

    assert look_at(entities_id=999) is False
    assert ids(listed("Ticket")) == [1]
    assert look_at(entities_id="all") is True  # without is_recursive: the root only
    assert (ids(listed("Ticket")), ids(listed("TicketTask")), ids(listed("Entity"))) == ([], [1], [0])
    assert listed("Ticket/1").status_code == 403
    assert look_at(entities_id="all", is_recursive=True) is True
    assert ids(listed("Ticket")) == [1]


def test_a_survey_is_found_by_its_ticket(desk: SimulatedGlpi, url: str) -> None:
    other = desk.add_ticket("Other", entity=ROOT)
    desk.close_ticket(other)
    desk.answer_survey(other, 2)
    assert ask(url, f"TicketSatisfaction/{other}").json()["satisfaction"] == 2
    assert ask(url, "TicketSatisfaction/1").status_code == 404


def test_a_get_with_a_body_is_refused(url: str) -> None:
    answer = requests.get(f"{url}/apirest.php/Ticket", json={"range": "0-4"}, headers=session(url), timeout=5)
    assert (answer.status_code, answer.json()[0]) == (400, "ERROR_JSON_PAYLOAD_FORBIDDEN")
