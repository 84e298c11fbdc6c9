"""A desk's words become the contract's: by table, as they stand, or as a problem that says what to add."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest

from connector.mapping.resolve import Resolver, resolve
from connector.model.mapping import DeskMapping, Lookup, TimeRules
from connector.model.work import TicketSnapshot, Work, WorkEntry

START = datetime(2026, 3, 3, 9, tzinfo=UTC)
TABLE = Lookup(from_="entry.activity", table={"Telefon": "phone"}, empty="general")


def _work(mapping: DeskMapping, fields: dict[str, str] | None = None, **facts: Any) -> Work:
    entry = WorkEntry(
        desk="desk", ticket="1", entry="7", seconds=3600, worked_on=date(2026, 3, 3), technician="t1"
    )
    ticket = TicketSnapshot(
        desk="desk",
        ticket="1",
        number="10",
        title="",
        owner={},
        work=(),
        changed_at=START,
        fields=fields or {},
    )
    values = {name: getattr(entry, name) for name in WorkEntry.__dataclass_fields__} | facts
    return resolve(WorkEntry(**values), ticket, mapping)


@pytest.mark.parametrize(("word", "service"), [("Telefon", "phone"), ("", "general")])
def test_a_word_is_looked_up(word: str, service: str) -> None:
    work = _work(DeskMapping(facets={"service": TABLE}), activity=word)
    assert (work.facets["service"], work.problem) == (service, None)


def test_a_word_that_is_in_no_table_is_told_with_the_line_to_add() -> None:
    work = _work(DeskMapping(facets={"service": TABLE, "category": TABLE}), activity='Vor "Ort"')
    assert work.problem
    assert work.problem.code == "mapping_unknown"
    assert work.problem.message == (
        "service 'Vor \"Ort\"' is not in the table; add to the mapping of desk desk, under "
        'facets.service.table:  "Vor \\"Ort\\"": <service>'
    )


def test_what_is_no_single_word_is_told() -> None:
    work = _work(DeskMapping(facets={"site": Lookup(from_="ticket.fields", as_is=True)}), {"a": "b"})
    assert work.problem
    assert "is no single word" in work.problem.message


def test_nothing_said_is_no_facet() -> None:
    work = _work(DeskMapping(facets={"site": Lookup(from_="ticket.fields.site", as_is=True)}))
    assert "site" not in work.facets
    assert work.problem is None


def test_without_a_table_a_technician_is_the_desks_own_id() -> None:
    assert _work(DeskMapping()).facets == {"technician": "t1"}
    assert _work(DeskMapping(), technician="").facets == {}


def test_a_technician_may_be_looked_up() -> None:
    lookup = Lookup(from_="entry.technician", table={"t1": "senior"})
    work = _work(DeskMapping(facets={"technician": lookup}))
    assert (work.facets, work.technician) == ({"technician": "senior"}, "senior")


def test_day_only_work_has_the_shift_of_its_service() -> None:
    mapping = DeskMapping(facets={"service": TABLE}, shift={"phone": "office", "*": "night"})
    assert _work(mapping, activity="Telefon").shift == "office"
    assert _work(mapping).shift == "night"


@pytest.mark.parametrize(
    ("minutes", "trust", "seconds", "code"),
    [
        (61, None, 3600, ""),
        (62, None, 3600, "time_disagrees"),
        (30, "seconds", 3600, ""),
        (30, "interval", 1800, ""),
    ],
)
def test_seconds_and_interval_are_held_against_each_other(
    minutes: int, trust: Literal["interval", "seconds"] | None, seconds: int, code: str
) -> None:
    end = START + timedelta(minutes=minutes)
    work = _work(DeskMapping(time=TimeRules(trust=trust)), started_at=START, ended_at=end)
    assert work.seconds == seconds
    assert (work.problem.code if work.problem else "") == code


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("entry.activity", "Telefon"),
        ("entry.technician", "t1"),
        ("ticket.number", "10"),
        ("ticket.survey", "none"),
        ("ticket.fields.site", "Passau"),
        ('ticket.fields."Cost centre"', "K 7"),
        ("ticket.fields.nothing", ""),
        ("ticket.nothing", ""),
        ("ticket.nothing.site", ""),
        ("ticket.number.site", ""),
        ("ticket.fields.site.more", ""),
        ("entry.fields.site || ticket.fields.site", "Passau"),
        ("entry.note", ""),
    ],
)
def test_a_path_reads_what_it_names(path: str, word: str) -> None:
    mapping = DeskMapping(facets={"site": Lookup(from_=path, as_is=True)})
    work = _work(mapping, {"site": "Passau", "Cost centre": "K 7"}, activity="Telefon", note="private")
    assert work.problem is None
    assert work.facets.get("site", "") == word


def test_the_same_words_are_looked_up_for_each_entry_by_itself() -> None:
    resolver = Resolver(DeskMapping(facets={"service": TABLE}, shift={"phone": "day", "*": "night"}))
    ticket = TicketSnapshot(
        desk="desk", ticket="1", number="10", title="", owner={}, work=(), changed_at=START
    )

    def resolved(entry: str, activity: str, technician: str) -> Work:
        one = WorkEntry(
            desk="desk",
            ticket="1",
            entry=entry,
            seconds=60,
            worked_on=date(2026, 3, 3),
            activity=activity,
            technician=technician,
        )
        return resolver.resolve(one, ticket)

    found = [resolved("1", "Telefon", "t1"), resolved("2", "Telefon", "t2"), resolved("3", "Mail", "t1")]
    found.append(resolved("4", "Mail", "t1"))
    assert [one.technician for one in found] == ["t1", "t2", "t1", "t1"]
    assert [one.shift for one in found] == ["day", "day", "night", "night"]
    assert [one.problem and one.problem.about for one in found] == [None, None, "desk/1/3", "desk/1/4"]
