"""The mapping file of a usage source: what can be said, and what is refused because it has no meaning."""

from typing import Any

import pytest
from pydantic import ValidationError

from connector.model.usage_mapping import UsageMapping, date_form

CALLS: dict[str, Any] = {
    "stands": "no",
    "complete": "no",
    "columns": {"id": ["device", "day"], "on": "day", "quantity": "minutes"},
    "owner": "customer",
    "only": {"kind": "call"},
    "facets": {"article": {"from": "kind"}},
    "fields": {"colour": {"from": "paint"}},
}
LICENCES = {**CALLS, "stands": "yes", "columns": {"id": "id", "start": "from", "end": "to"}}
TICKET = {"column": "ticket", "desk": "zammad"}


def read(**other: Any) -> UsageMapping:
    return UsageMapping.model_validate({**CALLS, **other})


def test_the_columns_that_are_read() -> None:
    calls = read()
    assert list(calls.lookups()) == ["article", "colour"]
    assert calls.words() == {"customer", "kind", "paint"}
    assert calls.asked() == {"customer", "kind", "paint", "device", "day", "minutes"}


def test_parts_belong_to_the_owner_of_their_ticket() -> None:
    parts = read(columns={"id": "id", "on": "day", "ticket": TICKET}, owner=[])
    assert parts.columns.named() == ("id", "day", "ticket")


def test_what_stands_has_a_start_and_an_end() -> None:
    licences = UsageMapping.model_validate(LICENCES)
    assert licences.columns.named() == ("id", "from", "to")


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("DD.MM.YYYY", "%d.%m.%Y"),
        ("DD.MM.YY hh:mm", "%d.%m.%y %H:%M"),
        ("YYYY-MM-DDThh:mm:sszz", "%Y-%m-%dT%H:%M:%S%z"),
    ],
)
def test_forms_of_dates(written: str, form: str) -> None:
    assert date_form(written) == form


def test_a_form_of_dates_is_kept_as_it_is_written() -> None:
    assert read(dates="DD.MM.YYYY").dates == "DD.MM.YYYY"
    assert read(dates="iso", encoding="windows-1252").encoding == "windows-1252"


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"encoding": "utf-9"}, "is no encoding"),
        ({"dates": "31 March"}, "is no form of a date"),
        ({"dates": "MM.YYYY"}, "is no form of a date"),
        ({"stands": "yes"}, "names the columns 'start' and 'end', not 'on'"),
        ({"stands": "yes", "columns": {"id": "id", "start": "a", "on": "b"}}, "not 'on'"),
        ({"columns": {"id": "id"}}, "names the column 'on', not 'start' and 'end'"),
        ({"columns": {"id": "id", "on": "a", "start": "b"}}, "not 'start' and 'end'"),
        ({"format": "jsonl", "decimal": "comma"}, "leave 'decimal' out"),
        ({"owner": []}, "whose it is under 'owner', or columns.ticket"),
        ({"fields": {"site": {"from": "a"}}}, "'site' is a facet"),
    ],
)
def test_what_has_no_meaning_is_refused(other: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        read(**other)
