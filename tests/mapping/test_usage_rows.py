"""Usage files by their mapping: a bad row is told with its line, the rest goes on."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from connector.mapping.usage_rows import Broken, Reading, read_usage
from connector.mapping.usage_words import resolve_usage
from connector.model.usage_mapping import UsageMapping

CALLS: dict[str, Any] = {
    "stands": "no",
    "complete": "no",
    "columns": {"id": "id", "on": "on", "quantity": "n"},
    "owner": "who",
}
HEAD = "id,on,n,who"


def mapping(**more: Any) -> UsageMapping:
    return UsageMapping.model_validate({**CALLS, **more})


def read(*rows: str, head: str = HEAD, **more: Any) -> Reading:
    return read_usage("\n".join([head, *rows]), "usage/calls.csv", "calls", mapping(**more))


def quantities(reading: Reading) -> dict[str, Decimal]:
    return {row.record: row.quantity for row in reading.rows}


def told(reading: Reading) -> list[tuple[int, str]]:
    return [(one.source.line, one.message) for one in reading.problems if one.source]


@pytest.mark.parametrize(
    ("written", "more", "number"),
    [
        ("12", {}, "12"),
        ("-1.50", {}, "-1.50"),
        ("1;234.50", {"delimiter": "|"}, None),
        ("1234,5", {"decimal": "comma", "delimiter": "tab"}, "1234.5"),
        ("1.234,50", {"decimal": "comma", "delimiter": "tab"}, "1234.50"),
        ("1,234.50", {"delimiter": "tab"}, "1234.50"),
        ("1.234", {"decimal": "comma", "delimiter": "tab"}, "1234"),
        ("0:03:25", {"clock": "yes"}, "205"),
        ("100:00:01", {"clock": "yes"}, "360001"),
        ("0:03:25", {}, None),
        ("12 GB", {}, None),
        ("", {}, "1"),
    ],
)
def test_a_number_is_read_as_the_mapping_says(written: str, more: dict[str, Any], number: str | None) -> None:
    gap = {"tab": "\t"}.get(more.get("delimiter", ","), more.get("delimiter", ","))
    row = gap.join(("1", "2026-03-03", written, "ACME"))
    found = read(row, head=gap.join(HEAD.split(",")), **more)
    assert quantities(found) == ({} if number is None else {"1": Decimal(number)})
    assert bool(found.problems) is (number is None)


@pytest.mark.parametrize(
    ("written", "more", "day"),
    [
        ("2026-03-31", {}, date(2026, 3, 31)),
        ("2026-03-31T23:30:00+00:00", {}, date(2026, 3, 31)),
        ("2026-03-31T23:30:00+00:00", {"timezone": "Europe/Berlin"}, date(2026, 4, 1)),
        ("2026-03-31T23:30:00", {"timezone": "Europe/Berlin"}, date(2026, 3, 31)),
        ("2026-03-31T23:30:00", {}, None),
        ("31.03.2026", {"dates": "DD.MM.YYYY"}, date(2026, 3, 31)),
        ("3/1/26", {"dates": "MM/DD/YY"}, date(2026, 3, 1)),
        ("31.03.2026 23:30", {"dates": "DD.MM.YYYY hh:mm", "timezone": "Europe/Berlin"}, date(2026, 3, 31)),
        ("31.03.2026", {}, None),
        ("2026-02-30", {}, None),
        ("", {}, None),
    ],
)
def test_a_day_is_read_as_the_mapping_says(written: str, more: dict[str, Any], day: date | None) -> None:
    found = read(f"1,{written},1,ACME", **more)
    assert [row.start for row in found.rows] == ([] if day is None else [day])


def test_the_customers_clock_decides_the_day_of_a_moment() -> None:
    (row,) = read("1,2026-03-31T23:30:00,1,ACME", timezone="Europe/Berlin").rows
    assert resolve_usage(row, mapping(), "America/New_York").start == date(2026, 3, 31)
    assert resolve_usage(row, mapping(), "Asia/Tokyo").start == date(2026, 4, 1)


def test_what_stands_ends_on_the_first_day_without_it() -> None:
    columns = {"id": "id", "start": "on", "end": "n"}
    for end, day in (("inclusive", date(2026, 4, 11)), ("exclusive", date(2026, 4, 10))):
        (row, open_, _) = read(
            "1,2026-03-01,2026-04-10,ACME",
            "2,2026-03-01,,ACME",
            "3,2026-03-01,2026-03-01,ACME",
            stands="yes",
            end=end,
            columns=columns,
        ).rows
        assert (row.end, open_.end, row.stands) == (day, None, True)
    found = read("1,2026-03-01,2026-02-01,ACME", stands="yes", columns=columns)
    assert told(found) == [
        (2, "'n' lies before 'on'; mend one, or see 'end' in the mapping; the other rows go on")
    ]


def test_a_bad_row_is_told_with_its_line_and_the_rest_goes_on() -> None:
    found = read("1,2026-03-01,1,ACME", "", "2,2026-03-01,many,ACME", "3,2026-03-01,1", "4,2026-03-02,4,ACME")
    assert quantities(found) == {"1": Decimal(1), "4": Decimal(4)}
    assert (
        told(found)
        == [
            (5, "the row has 3 cells, the first line has 4; mend the row"),
            (
                4,
                "'many' in 'n' is no number; write it as 1234.50, or see 'decimal' in the mapping; "
                "the other rows go on",
            ),
        ][::-1]
    )
    assert (found.unread, found.blind) == ({"2"}, True)


def test_a_record_that_stands_twice_is_taken_neither_time() -> None:
    found = read("1,2026-03-01,1,ACME", "1,2026-03-02,2,ACME", "2,2026-03-02,2,ACME")
    assert (quantities(found), found.unread) == ({"2": Decimal(2)}, {"1"})
    assert told(found) == [(3, "'1' stands in line 2 already; a record has an id of its own")]


def test_several_columns_and_the_file_name_a_record() -> None:
    found = read("1,2026-03-01,1,ACME", columns={**CALLS["columns"], "id": ["file", "id", "on"]})
    assert list(quantities(found)) == ["calls.csv|1|2026-03-01"]
    found = read(",2026-03-01,1,ACME")
    assert (told(found)[0][0], found.blind) == (2, True)


def test_rows_that_are_not_asked_for_are_passed_over() -> None:
    found = read("1,2026-03-01,1,ACME", "2,2026-03-01,1,Total", only={"who": ["ACME", "Globex"]})
    assert (list(quantities(found)), found.problems) == (["1"], [])


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("id,on,n\n", 1, "there is no column 'who', which the mapping reads; there are: id, on, n. "),
        ("id,on,n,who,n\n", 1, "the column 'n' stands twice in the first line; rename one"),
        ('id,on,n,who\n1,2026-03-01,"1,ACME', 2, "is no CSV from here on"),
        ("", 1, "there is no column 'id'"),
    ],
)
def test_a_file_of_another_form_is_broken(text: str, line: int, message: str) -> None:
    with pytest.raises(Broken) as broken:
        read_usage(text, "a.csv", "calls", mapping())
    problem = broken.value.problem
    assert problem.source is not None
    assert (problem.code, problem.source.line) == ("usage_file", line)
    assert problem.message.startswith(message)


def test_lines_of_json_name_keys_within_keys_with_dots() -> None:
    rows = (
        '{"id": 7, "at": {"on": "2026-03-01"}, "n": 1.50, "who": null, '
        '"tags": ["a", {"b": true}], "off": false}',
        "",
        "[1]",
        "{",
    )
    columns = {"id": "id", "on": "at.on", "quantity": "n"}
    found = read_usage("\n".join(rows), "a.jsonl", "calls", mapping(format="jsonl", columns=columns))
    (row,) = found.rows
    assert (row.record, row.quantity, row.owner) == ("7", Decimal("1.50"), {})
    assert row.columns["tags.0"] == "a"
    assert (row.columns["tags.1.b"], row.columns["off"]) == ("true", "false")
    assert [line for line, _ in told(found)] == [3, 4]
    assert (found.blind, "one {...} a line" in told(found)[0][1]) == (True, True)


def test_words_are_looked_up_and_what_is_in_no_table_is_told_with_the_line_to_add() -> None:
    facets = {"article": {"from": "who", "table": {"ACME": "phone"}, "empty": "none"}}
    fields = {"floor": {"from": "n", "table": {"1": "ground"}}}
    rows = read("1,2026-03-01,1,ACME", "2,2026-03-01,2,Globex", "3,2026-03-01,1,").rows
    known = mapping(facets=facets, fields=fields)
    (acme, globex, nobody) = (resolve_usage(row, known, "UTC") for row in rows)
    assert (acme.facets, acme.problem) == ({"article": "phone", "floor": "ground"}, None)
    assert nobody.facets["article"] == "none"
    assert globex.problem is not None
    assert globex.problem.message == (
        "article 'Globex' is not in the table; add to the mapping of usage source calls, under "
        'facets.article.table:  "Globex": <article>'
    )
    (floor,) = (resolve_usage(row, mapping(fields=fields), "UTC") for row in rows[1:2])
    assert floor.problem is not None
    assert "fields.floor.table" in floor.problem.message


def test_usage_of_a_source_that_left_the_configuration_is_held() -> None:
    (row,) = read("1,2026-03-01,1,ACME").rows
    record = resolve_usage(row, None, "UTC")
    assert record.problem is not None
    assert (record.problem.code, record.key) == ("usage_source_unknown", "calls/1")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"stands": "yes"}, "names the columns 'start' and 'end', not 'on'"),
        ({"columns": {"id": "id", "start": "on"}}, "names the column 'on'"),
        ({"owner": []}, "name the columns that say whose it is"),
        ({"format": "jsonl", "decimal": "comma"}, "numbers of JSON have a point"),
        ({"encoding": "klingon"}, "'klingon' is no encoding"),
        ({"dates": "day.month"}, "'day.month' is no form of a date"),
        ({"dates": "YYYY-MM"}, "'YYYY-MM' is no form of a date"),
        ({"fields": {"item": {"from": "n"}}}, "'item' is a facet"),
        ({"delimiter": ";;"}, "String should match pattern"),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        mapping(**more)


def test_the_columns_of_a_ticket_and_of_words_are_asked_for() -> None:
    ticket = {"column": "case", "desk": "zammad"}
    asked = mapping(columns={**CALLS["columns"], "ticket": ticket}, only={"state": "on"}, owner=[]).asked()
    assert asked == {"id", "on", "n", "case", "state"}
    assert mapping(encoding="windows-1252", dates="DD.MM.YY").encoding == "windows-1252"
