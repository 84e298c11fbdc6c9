"""GLPI as recorded from a running server (10.0.19): a whole sweep, and single exchanges."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import responses

from adapters.desks.glpi import client
from adapters.desks.glpi.client import Api
from connector.http import AuthFailed, ConfigError, Refused, Transient
from connector.model.work import Survey, TicketSnapshot
from tests.desks.glpi_desk import BASE, desk, session, settings
from tests.replay import Replay, exchanges

BERLIN = ZoneInfo("Europe/Berlin")
LOGIN = ("01", "175")
MASTERS = ("130", "131", "136", "137", "138")
SWEEP = (*LOGIN, "140", "118", "36", *MASTERS)


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def swept(mock: responses.RequestsMock) -> dict[str, TicketSnapshot]:
    Replay(mock, BASE, exchanges("glpi", *SWEEP))
    glpi = desk()
    tickets = [ticket for page in glpi.every() for ticket in page.tickets]
    return {raw.ticket: glpi.parse(raw) for raw in glpi.snapshots(tickets, {})}


def test_a_sweep_brings_every_second(swept: dict[str, TicketSnapshot]) -> None:
    assert {
        number: {entry.entry: entry.seconds for entry in ticket.work} for number, ticket in swept.items()
    } == {
        "1": {"1": 2700, "2": 1800},
        "2": {"3": 900, "4": 5400, "5": 1800},
        "3": {"6": 3600},  # task 7 is planned for December
        "4": {"8": 4500},
        "5": {"10": 1500},  # task 9 is information without time
        "6": {"11": 600},
        "7": {"12": 1200, "13": 300, "14": 420},  # task 15 is to do
        "8": {},
        "9": {},  # task 16 is to do
        "10": {"17": 1234, "23": 60},
        "11": {"18": 1800},
        "14": {},  # task 22 is to do
    }


def test_a_sweep_is_ten_requests(mock: responses.RequestsMock) -> None:
    replay = Replay(mock, BASE, exchanges("glpi", *SWEEP))
    glpi = desk()
    tickets = [ticket for page in glpi.every() for ticket in page.tickets]
    assert len(list(glpi.snapshots(tickets, {}))) == 12
    assert len(replay.asked) == 10
    headers = mock.calls[-1].request.headers
    assert headers["App-Token"] == "app-token-1"
    assert headers["Session-Token"] == "<SESSION_TOKEN>"
    assert headers["X-GLPI-Sanitized-Content"] == "false"
    assert "Authorization" not in headers
    assert mock.calls[0].request.headers["Authorization"] == "user_token user-token-1"


def test_tickets_are_told_in_the_desks_words(swept: dict[str, TicketSnapshot]) -> None:
    first, second, seventh = swept["1"], swept["2"], swept["7"]
    assert first.owner == {"entity": "Root entity > Müller & Söhne GmbH"}
    assert first.fields == {
        "category": "Hardware > Printer",
        "site": "HQ Hamburg > Floor 2 <Server room>",
        "state": "closed",
        "type": "incident",
        "priority": "medium",
    }
    assert (first.number, first.title, first.closed) == ("1", "Drucker im 2. OG druckt nicht", True)
    assert (first.survey, first.survey_text) == (Survey.GOOD, "4 of 5: Schnell & gut")
    assert (second.title, second.fields["type"]) == ("Neues Notebook für Mitarbeiter", "request")
    assert second.changed_at == datetime(2026, 10, 15, 7, 35, tzinfo=UTC)
    assert second.created_on == date(2026, 10, 12)
    assert (seventh.title, seventh.survey) == ('Outlook crashes "on start"', Survey.NONE)
    assert swept["4"].owner == {"entity": "Root entity > Müller & Söhne GmbH > Standort Lübeck"}
    assert swept["14"].fields == {"state": "new", "type": "incident", "priority": "medium"}
    assert [number for number, ticket in swept.items() if ticket.closed] == ["1", "2", "4", "6", "7"]


def test_entries_have_instants_technicians_and_notes(swept: dict[str, TicketSnapshot]) -> None:
    first, travel = swept["1"].work
    assert first.started_at == datetime(2026, 10, 5, 9, 15, tzinfo=BERLIN)
    assert first.ended_at == datetime(2026, 10, 5, 10, tzinfo=BERLIN)
    assert (first.technician, first.technician_name) == ("7", "Anna Becker")
    assert (first.activity, travel.activity) == ("On-site", "Travel")
    assert first.note == "Papierstau entfernt, Walze & Fuser gereinigt"
    assert (travel.started_at, travel.worked_on) == (None, date(2026, 10, 5))
    assert (first.fields, travel.fields) == ({"private": "no"}, {"private": "yes"})
    assert swept["3"].work[0].technician_name == "Ben O'Hara"
    assert swept["2"].work[2].note == "Übergabe"
    assert swept["11"].work[0].note == "Cable swapped & tested ok"


def test_a_task_without_technician_is_its_authors(swept: dict[str, TicketSnapshot]) -> None:
    made_by_script = swept["10"].work[1]
    assert (made_by_script.technician, made_by_script.technician_name) == ("2", "glpi")


def test_an_hour_that_occurs_twice_is_held(swept: dict[str, TicketSnapshot]) -> None:
    (work,) = swept["4"].work
    assert work.problem is not None
    assert (work.problem.code, work.problem.about) == ("time_ambiguous", "glpi/4/8")
    assert "2026-10-25 02:15 occurs twice or never in Europe/Berlin" in work.problem.message
    assert (work.started_at, work.worked_on, work.seconds) == (None, date(2026, 10, 25), 4500)


def test_a_trashed_a_purged_and_a_foreign_ticket(mock: responses.RequestsMock) -> None:
    Replay(mock, BASE, exchanges("glpi", *LOGIN, "243", "82", "174", *MASTERS))
    glpi = desk()
    merged, purged, foreign = glpi.snapshots(["16", "99999", "7"], {})
    assert (glpi.parse(merged).removed, glpi.parse(merged).work) == (True, ())
    assert glpi.parse(merged).title == "Mail slow, duplicate"
    assert (glpi.parse(purged).removed, glpi.parse(purged).number) == (True, "99999")
    with pytest.raises(ValueError, match="the API user may not read this ticket"):
        glpi.parse(foreign)


def test_the_newest_tasks_are_asked_as_recorded(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "FIRST", 10)
    Replay(mock, BASE, exchanges("glpi", *LOGIN, "113"))
    rows = list(Api(session(), settings()).newest("TicketTask", "date_mod", "2026-11-17 09:05:00"))
    assert [row["id"] for row in rows] == [23, 22, 18, 7, 19]


def test_the_newest_tickets_are_asked_as_recorded(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "FIRST", 5)
    Replay(mock, BASE, exchanges("glpi", *LOGIN, "40"))
    rows = list(Api(session(), settings()).newest("Ticket", "date_mod", "2026-11-20 08:00:00"))
    assert {row["id"] for row in rows} == {10, 14, 11, 3}


def test_a_range_beyond_the_end_is_the_end(mock: responses.RequestsMock) -> None:
    body = exchanges("glpi", "35")[0]["response"]
    Replay(mock, BASE, exchanges("glpi", *LOGIN))
    mock.replace("GET", mock.registered()[0].url, json=body["json"], status=body["status"])
    api = Api(session(), settings())
    api._token = "session-token-1"
    assert list(api.pages("Ticket")) == []


def test_check_finds_version_and_zone(mock: responses.RequestsMock) -> None:
    Replay(mock, BASE, exchanges("glpi", *LOGIN, "11", "17"))
    info = desk().check()
    assert (info.product, info.version, info.problems) == ("GLPI", "10.0.19", ())
    with pytest.raises(ConfigError, match="GLPI shows this user 07:54 when it is 06:54 in UTC"):
        desk("UTC").check()


@pytest.mark.parametrize(
    ("rights", "lacking"),
    [
        # As measured on 10.0.20 with a copy of Read-Only (138241, 8193) less one of the two rights.
        ({"ticket": 138241, "task": 1}, "Tasks: See private ones"),
        ({"ticket": 1, "task": 8193}, "Tickets: See all tickets"),
    ],
)
def test_a_profile_that_hides_work_is_refused(
    mock: responses.RequestsMock, rights: dict[str, int], lacking: str
) -> None:
    (whole,) = exchanges("glpi", "11")
    profile = {"glpiactiveprofile": {"name": "Reader", **rights}}
    seen = {**whole, "response": whole["response"] | {"json": {"session": profile}}}
    Replay(mock, BASE, [*exchanges("glpi", *LOGIN), seen])
    with pytest.raises(AuthFailed, match=f"'Reader' hides work .* it lacks: {lacking}"):
        desk().check()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("04", "ERROR_GLPI_LOGIN_USER_TOKEN"),
        ("07", "ERROR_APP_TOKEN_PARAMETERS_MISSING"),
        ("08", "ERROR_WRONG_APP_TOKEN_PARAMETER"),
    ],
)
def test_tokens_that_do_not_work(mock: responses.RequestsMock, number: str, code: str) -> None:
    Replay(mock, BASE, exchanges("glpi", number))
    with pytest.raises(AuthFailed, match=code) as caught:
        desk().check()
    assert "user-token-1" not in caught.value.message


def test_a_log_in_that_the_desk_forgot_is_renewed(mock: responses.RequestsMock) -> None:
    session_asked = {"request": exchanges("glpi", "11")[0]["request"]}
    forgotten = {"from": "19", **session_asked, "response": exchanges("glpi", "19")[0]["response"]}
    replay = Replay(mock, BASE, [*exchanges("glpi", *LOGIN), forgotten, *exchanges("glpi", "11", "17")])
    assert desk().check().version == "10.0.19"
    assert [line.split("?")[0].rpartition("/")[2] for line in replay.asked] == [
        "initSession",
        "changeActiveEntities",
        "getFullSession",
        "initSession",
        "changeActiveEntities",
        "getFullSession",
        "getGlpiConfig",
    ]


def test_entities_that_the_user_may_not_see(mock: responses.RequestsMock) -> None:
    login, entities = exchanges("glpi", *LOGIN)
    refused = {**entities, "response": {**entities["response"], "json": False}}
    Replay(mock, BASE, [login, refused])
    with pytest.raises(Refused, match="does not let the user see all its entities"):
        desk().check()


def test_maintenance_is_no_empty_desk(mock: responses.RequestsMock) -> None:
    page = exchanges("glpi", "260")[0]["response"]
    login = {**exchanges("glpi", "01")[0], "response": page}
    Replay(mock, BASE, [login])
    with pytest.raises(Transient, match="no JSON"):
        list(desk().every())


class List(Api):
    """A list whose rows people remove between two ranges."""

    def __init__(self, rows: int, removals: dict[int, int]) -> None:
        super().__init__(session(), settings())
        self.rows = list(range(rows))
        self.removals = removals  #: at which request, how many of the first rows
        self.asked: list[tuple[int, int]] = []

    def _range(self, path: str, start: int, size: int, params: client.Params) -> list[client.Row]:
        assert not params
        self.asked.append((start, size))
        del self.rows[: self.removals.get(len(self.asked), 0)]
        self.totals[path] = len(self.rows)
        return [{"id": number} for number in self.rows[start : start + size]]


@pytest.mark.parametrize("removed", [1, 2, 7, 30])
def test_rows_removed_while_paging_hide_no_others(removed: int) -> None:
    api = List(40, {2: removed})
    found = {row["id"] for page in api.pages("Ticket", 10) for row in page}
    assert found >= set(range(removed, 40))


def test_ranges_grow_and_overlap_by_a_row() -> None:
    api = List(40, {})
    assert [row["id"] for page in api.pages("Ticket", 10) for row in page][9:11] == [9, 9]
    assert api.asked == [(0, 10), (9, 20), (28, 40)]


def test_rows_that_never_come_to_rest_end_the_pull() -> None:
    api = List(4000, dict.fromkeys(range(2, 100), 20))
    with pytest.raises(Transient, match="do not come to rest"):
        list(api.pages("Ticket", 10))


def test_a_range_that_repeats_ends_the_pull(monkeypatch: pytest.MonkeyPatch) -> None:
    api = List(40, {})
    once = api._range("Ticket", 0, 10, {})
    monkeypatch.setattr(api, "_range", lambda *_: once)
    with pytest.raises(Transient, match="repeats a range"):
        list(api.pages("Ticket", 10))
