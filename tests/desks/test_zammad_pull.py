"""Pulls and sweeps over Zammad's recorded rows: complete, cheap, and what changed is seen."""

from collections.abc import Iterator

import pytest
import responses

from adapters.desks.zammad import Zammad, client
from connector.desk import Cursor, Raw
from connector.http import Refused, Session, Transient
from connector.model.work import TicketSnapshot
from tests.desks.zammad_desk import BASE, desk
from tests.desks.zammad_rows import RecordedZammad
from tests.replay import recorded

START = Cursor("")


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def pull(zammad: Zammad, since: Cursor, known: dict[str, Raw]) -> tuple[Cursor, dict[str, TicketSnapshot]]:
    """Pull as the hall does; `known` takes up what came."""
    found: dict[str, TicketSnapshot] = {}
    for page in zammad.changed(since):
        raws = list(zammad.snapshots(page.tickets, known))
        known |= {raw.ticket: raw for raw in raws}
        found |= {raw.ticket: zammad.parse(raw) for raw in raws}
        since = page.cursor
    return since, found


def seconds(snapshot: TicketSnapshot) -> dict[str, int]:
    return {entry.entry: entry.seconds for entry in snapshot.work}


def test_a_first_pull_brings_every_second(mock: responses.RequestsMock) -> None:
    server = RecordedZammad(mock, BASE)
    _, found = pull(desk(), START, {})
    assert {number: seconds(ticket) for number, ticket in found.items()} == {
        "1": {},
        "2": {"3": 1800, "15": 2100, "17": -600, "21": 60, "25": 0, "26": 60, "27": 180, "28": 180},
        "3": {"1": 900, "4": 450, "22": 120},
        "7": {},
        "8": {"9": 300},
        "9": {"10": 7200},
        "11": {"12": 1200},
        "12": {"13": 2000},  # 33.33 minutes are 1999.8 s
        "13": {"14": 600},
        "14": {},
        "15": {"20": 480},
    }
    assert [number for number, ticket in found.items() if ticket.closed] == ["8", "12", "15", "14"]
    assert found["9"].owner == {"customer": "nora@private.example"}
    assert found["13"].work[0].technician_name == "Dora Field"
    assert found["15"].fields["state"] == "merged"
    assert sorted(server.asked) == [
        "GET ticket_states",
        "GET time_accounting/types",
        "GET time_accountings",
        "GET users",
        "POST tickets/search",
    ]


def test_a_pull_of_nothing_new_costs_three_requests(mock: responses.RequestsMock) -> None:
    server, zammad, known = RecordedZammad(mock, BASE), desk(), dict[str, Raw]()
    cursor, _ = pull(zammad, START, known)
    server.asked.clear()
    again, found = pull(zammad, cursor, known)
    assert (again, list(found)) == (cursor, ["14"])
    assert sorted(server.asked) == ["GET ticket_states", "GET time_accountings", "POST tickets/search"]


def test_a_pull_page_by_page_is_the_same_pull(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    RecordedZammad(mock, BASE)
    _, whole = pull(desk(), START, {})
    for constant in ("FOUND_A_PAGE", "ROWS_A_PAGE"):
        monkeypatch.setattr(client, constant, 3)
    _, paged = pull(desk(), START, {})
    assert paged == whole


def test_tickets_of_one_moment_do_not_hide_others(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "FOUND_A_PAGE", 3)
    server = RecordedZammad(mock, BASE)
    for row in server.tickets.values():
        row["updated_at"] = "2026-11-22T07:30:00.000Z"
    _, found = pull(desk(), START, {})
    assert len(found) == 11


def test_a_page_that_repeats_ends_the_pull(
    mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "FOUND_A_PAGE", 1)
    row = RecordedZammad(mock, BASE).tickets[2]
    mock.reset()
    mock.post(f"{BASE}/api/v1/tickets/search", json=[row])
    api = client.Api(Session(BASE, secrets={"zammad": "t-1234567"}), "zammad")
    with pytest.raises(Transient, match="repeats a page"):
        list(api.changed(row["updated_at"]))
    with pytest.raises(Refused, match="does not heed the condition"):
        list(api.changed("2026-12-01T00:00:00.000Z"))


def test_an_edit_a_deletion_and_a_new_entry_are_seen(mock: responses.RequestsMock) -> None:
    server, zammad, known = RecordedZammad(mock, BASE), desk(), dict[str, Raw]()
    cursor, _ = pull(zammad, START, known)
    moment = "2026-11-22T08:00:00.000Z"
    server.time[4] |= {"time_unit": "10.0", "updated_at": moment}
    del server.time[1]
    server.tickets[3] |= {"updated_at": moment, "ticket_time_accounting_ids": [4, 22]}
    server.time[99] = {**server.time[9], "id": 99, "time_unit": "1.5", "updated_at": moment}
    server.tickets[8] |= {"updated_at": moment, "ticket_time_accounting_ids": [9, 99]}
    server.asked.clear()
    _, found = pull(zammad, cursor, known)
    assert seconds(found["3"]) == {"4": 600, "22": 120}
    assert seconds(found["8"]) == {"9": 300, "99": 90}
    assert "GET tickets/3/time_accountings" not in server.asked


def test_a_type_that_alone_changed_is_seen(mock: responses.RequestsMock) -> None:
    server, zammad, known = RecordedZammad(mock, BASE), desk(), dict[str, Raw]()
    cursor, before = pull(zammad, START, known)
    server.time[13] |= {"type_id": 1, "updated_at": "2026-11-22T08:00:00.000Z"}
    cursor, found = pull(zammad, cursor, known)
    assert (before["12"].work[0].activity, found["12"].work[0].activity) == ("Travel", "Remote support")
    assert "12" not in pull(zammad, cursor, known)[1]


def test_without_the_right_to_list_time_each_changed_ticket_is_asked(mock: responses.RequestsMock) -> None:
    server, known = RecordedZammad(mock, BASE, lists_time=False), dict[str, Raw]()
    zammad = desk()
    cursor, found = pull(zammad, START, known)
    assert sum(entry.seconds for ticket in found.values() for entry in ticket.work) == 17030
    asked = [line for line in server.asked if line.endswith("/time_accountings")]
    assert len(asked) == 8  # those with time
    server.asked.clear()
    server.tickets[3] |= {"updated_at": "2026-11-22T08:00:00.000Z"}
    pull(zammad, cursor, known)
    assert [line for line in server.asked if "/time_acc" in line and "types" not in line] == [
        "GET tickets/3/time_accountings"
    ]


def test_the_sweep_finds_deletions_and_edits_that_nobody_announced(mock: responses.RequestsMock) -> None:
    server, zammad, known = RecordedZammad(mock, BASE), desk(), dict[str, Raw]()
    pull(zammad, START, known)
    del server.tickets[12], server.time[13]
    server.time[10]["time_unit"] = "60.0"
    tickets = [ticket for page in zammad.every() for ticket in page.tickets]
    assert tickets == ["1", "2", "3", "7", "8", "9", "11", "13", "14", "15"]
    found = {raw.ticket: zammad.parse(raw) for raw in zammad.snapshots([*tickets, "12"], known)}
    assert seconds(found["9"]) == {"10": 3600}
    assert (found["12"].removed, found["12"].work, found["12"].number) == (True, (), "15012")


def test_the_same_snapshot_twice_is_the_same(mock: responses.RequestsMock) -> None:
    RecordedZammad(mock, BASE)
    known: dict[str, Raw] = {}
    zammad = desk()
    pull(zammad, START, known)
    again = {raw.ticket: raw for raw in zammad.snapshots(list(known), known)}
    assert again == known
    assert all(zammad.parse(raw) == zammad.parse(raw) for raw in known.values())


def test_umlauts_and_unknown_fields(mock: responses.RequestsMock) -> None:
    server = RecordedZammad(mock, BASE)
    row = recorded("zammad", "rows.json")["umlauts"]["row"]
    odd = {"ticket_time_accounting_ids": [], "sla": {"a": 1}, "floor": 3, "kurz": "ß"}
    server.tickets[6] = row | odd
    (raw,) = desk().snapshots(["6"], {})
    ticket = desk().parse(raw)
    assert ticket.title == "Größe: Umlaute & <b>tags</b> €"
    assert (ticket.fields["floor"], ticket.fields["kurz"]) == ("3", "ß")
    assert "sla" not in ticket.fields
