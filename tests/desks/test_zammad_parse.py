"""What Zammad's tickets and time come to: units, days, intervals, amounts that are none, settings."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

import adapters.desks.zammad as adapter
from adapters.desks.zammad import Settings
from connector.desk import Raw
from connector.http import ConfigError, Session
from connector.model.mapping import TimeRules, UnitFrom
from tests.desks.zammad_desk import BASE, TIME, desk, settings


def entry(**changed: Any) -> Raw:
    row = {
        "id": 3,
        "time_unit": "30.0",
        "type_id": 1,
        "created_by_id": 4,
        "created_at": "2026-11-22T07:23:54.887Z",
    }
    ticket = {
        "number": "15002",
        "title": "Printer jams",
        "organization_id": None,
        "customer": "nora@private.example",
        "created_at": row["created_at"],
        "updated_at": row["created_at"],
        "closed": False,
        "fields": {},
    }
    return Raw(ticket="2", payload={"ticket": ticket, "entries": [row | changed]})


def test_the_moment_of_booking_is_the_end_the_start_or_only_the_day() -> None:
    booked = datetime(2026, 11, 22, 7, 23, 54, 887000, UTC)
    (work,) = desk(entry="end").parse(entry()).work
    assert (work.started_at, work.ended_at) == (booked - timedelta(minutes=30), booked)
    (work,) = desk(entry="start").parse(entry()).work
    assert (work.started_at, work.ended_at) == (booked, booked + timedelta(minutes=30))
    (work,) = desk(entry="day").parse(entry()).work
    assert (work.started_at, work.ended_at, work.worked_on) == (None, None, date(2026, 11, 22))


def test_the_day_is_that_of_the_zone_and_of_the_works_begin() -> None:
    late = entry(created_at="2026-10-31T23:30:00.000Z")  # 0:30 on 1 November in Berlin, winter time
    assert desk(entry="day").parse(late).work[0].worked_on == date(2026, 11, 1)
    assert desk(entry="end").parse(late).work[0].worked_on == date(2026, 11, 1)
    assert desk(entry="end").parse(entry(created_at="2026-10-31T23:15:00.000Z")).work[0].worked_on == date(
        2026, 10, 31
    )


def test_half_an_hour_is_half_an_hour_when_the_clocks_change() -> None:
    (work,) = desk(entry="start").parse(entry(created_at="2026-03-29T00:45:00.000Z")).work
    assert work.started_at is not None
    assert work.ended_at is not None
    assert work.ended_at.astimezone(UTC) - work.started_at.astimezone(UTC) == timedelta(minutes=30)
    assert f"{work.ended_at:%H:%M}" == "03:15"


def test_a_correction_downwards_has_no_time_of_day() -> None:
    (work,) = desk(entry="end").parse(entry(time_unit="-10.0")).work
    assert (work.seconds, work.started_at, work.worked_on) == (-600, None, date(2026, 11, 22))


def test_the_unit_is_that_of_the_day() -> None:
    units = [{"from": "2020-01-01", "unit": "1h"}, {"from": "2026-11-22", "unit": "15m"}]
    zammad = desk(unit=units)
    assert zammad.parse(entry(time_unit="1.25")).work[0].seconds == 1125
    before = entry(time_unit="1.25", created_at="2026-11-21T22:59:59.000Z")
    assert zammad.parse(before).work[0].seconds == 4500
    (work,) = zammad.parse(entry(created_at="2019-12-31T12:00:00.000Z")).work
    assert work.problem is not None
    assert (work.seconds, work.problem.code, work.problem.about) == (0, "unit_unknown", "zammad/2/3")
    assert "add to time.unit  {from: 2019-12-31, unit: 1m}" in work.problem.message


@pytest.mark.parametrize("amount", ["abc", None, "", "NaN", "Infinity", "1,5"])
def test_an_amount_that_is_none_holds_its_entry(amount: str | None) -> None:
    (work,) = desk().parse(entry(time_unit=amount)).work
    assert work.problem is not None
    assert (work.seconds, work.problem.code) == (0, "time_unreadable")


def test_an_activity_without_its_name_is_its_id() -> None:
    assert desk().parse(entry(type_id=7)).work[0].activity == "7"
    assert desk().parse(entry(type_id=7, type="Remote")).work[0].activity == "Remote"
    assert desk().parse(entry(type_id=None)).work[0].activity == ""


@pytest.mark.parametrize("lost", ["created_at", "id", "created_by_id", "time_unit"])
def test_a_ticket_of_another_shape_is_no_ticket(lost: str) -> None:
    raw = entry()
    del raw.payload["entries"][0][lost]
    with pytest.raises(LookupError):
        desk().parse(raw)
    with pytest.raises(ValueError, match="has no offset"):
        desk().parse(entry(created_at="2026-11-22T07:23:54"))


@pytest.mark.parametrize(
    ("lacking", "line"),
    [
        ("timezone", "timezone: Europe/Berlin"),
        ("unit", r"unit: \[\{from: 2020-01-01, unit: 1m\}\]"),
        ("entry", "entry: end"),
    ],
)
def test_what_the_mapping_does_not_say_is_named_with_the_line_to_add(lacking: str, line: str) -> None:
    time = {key: value for key, value in TIME.items() if key != lacking}
    with pytest.raises(ValidationError, match=rf"add to the desk's mapping, under 'time':\n  {line}"):
        Settings.model_validate({"name": "zammad", "url": BASE, "secret": "zammad", "time": time})


def test_units_in_descending_order_are_refused() -> None:
    unit = tuple(UnitFrom(from_=date(year, 1, 1), unit=60) for year in (2026, 2025))
    time = TimeRules(timezone="Europe/Berlin", unit=unit, entry="day")
    with pytest.raises(ValidationError, match="ascending order"):
        Settings(name="zammad", url=BASE, secret="zammad", time=time)


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(ConfigError, match="the secret 'zammad' is not set"):
        adapter.connect(settings(), Session(BASE)).check()
