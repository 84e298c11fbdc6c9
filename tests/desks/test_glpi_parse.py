"""What GLPI's tickets and tasks come to: merges, scores, hours that occur twice, HTML, settings."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.desks.glpi.parse import plain_text
from connector.desk import Raw
from connector.model.work import Survey
from tests.desks.glpi_desk import desk, merged_ticket, settings
from tests.replay import exchanges


def test_a_merge_counts_the_copy_and_not_the_original() -> None:
    ticket = desk().parse(merged_ticket(source_live=False))
    assert [(entry.entry, entry.seconds, entry.problem) for entry in ticket.work] == [
        ("24", 1800, None),
        ("26", 1200, None),
    ]


def test_a_copy_whose_original_is_back_from_the_trash_is_held() -> None:
    own, copy = desk().parse(merged_ticket(source_live=True)).work
    assert own.problem is None
    assert copy.problem is not None
    assert copy.problem.code == "copied_work"
    assert "copied from ticket 16 by a merge" in copy.problem.message


@pytest.mark.parametrize(
    ("score", "opinion"), [(1, "bad"), (2, "bad"), (3, "none"), (4, "good"), (5, "good")]
)
def test_what_a_score_means_is_a_setting(score: int, opinion: str) -> None:
    raw = merged_ticket(source_live=False)
    payload = {**raw.payload, "survey": {"satisfaction": score, "comment": None}}
    ticket = desk().parse(Raw(ticket="15", payload=payload))
    assert (ticket.survey.value, ticket.survey_text) == (opinion, f"{score} of 5")
    strict = desk(survey_bad=4, survey_good=5).parse(Raw(ticket="15", payload=payload))
    assert strict.survey is (Survey.GOOD if score == 5 else Survey.BAD)


def task(**changed: Any) -> Raw:
    raw = merged_ticket(source_live=False)
    return Raw(ticket="15", payload={**raw.payload, "entries": [{**raw.payload["entries"][0], **changed}]})


def test_tasks_that_are_no_work_yet_or_no_work() -> None:
    assert desk().parse(task(state=1)).work == ()
    assert desk().parse(task(actiontime=0)).work == ()
    assert len(desk().parse(task(state=0)).work) == 1


def test_a_correction_downwards_has_no_time_of_day() -> None:
    (work,) = desk().parse(task(actiontime=-600, begin="2026-11-18 09:00:00", end="2026-11-18 09:10:00")).work
    assert (work.seconds, work.started_at, work.worked_on) == (-600, None, date(2026, 11, 18))


def test_an_end_before_its_begin_is_held() -> None:
    (work,) = desk().parse(task(begin="2026-11-18 09:10:00", end="2026-11-18 09:00:00")).work
    assert work.problem is not None
    assert work.problem.code == "time_unreadable"


def test_an_hour_that_never_was_is_held_and_utc_knows_all_hours() -> None:
    night = {"begin": "2026-03-29 02:15:00", "end": "2026-03-29 02:45:00"}
    (work,) = desk().parse(task(**night)).work
    assert work.problem is not None
    assert work.problem.code == "time_ambiguous"
    (work,) = desk("UTC").parse(task(**night)).work
    assert work.started_at == datetime(2026, 3, 29, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("&#60;p&#62;Walze &#38;amp; Fuser&#60;/p&#62;", "Walze & Fuser"),
        ("<p>Walze &amp; Fuser</p>", "Walze & Fuser"),
        (
            "Bitte ein Notebook < 1500 EUR bestellen & einrichten.",
            "Bitte ein Notebook < 1500 EUR bestellen & einrichten.",
        ),
        ("<p>one<br>two</p><ul><li>three</li></ul>", "one\ntwo\nthree"),
        ("", ""),
    ],
)
def test_html_becomes_text(content: str, text: str) -> None:
    assert plain_text(content) == text


def test_the_text_with_and_without_the_layer_of_entities_is_the_same() -> None:
    listed = next(row for row in exchanges("glpi", "118")[0]["response"]["json"] if row["id"] == 1)
    plain = exchanges("glpi", "221")[0]["response"]["json"]
    assert listed["content"] != plain["content"]
    assert plain_text(listed["content"]) == plain_text(plain["content"])


def test_a_mapping_without_the_users_zone_is_refused_with_the_line_to_add() -> None:
    with pytest.raises(ValidationError, match="under 'time':  timezone: UTC"):
        settings(time={})
    with pytest.raises(ValidationError, match="survey_good must be above survey_bad"):
        settings(survey_bad=4)
    with pytest.raises(ValidationError, match=r"without apirest\.php: https://glpi\.example/desk"):
        settings(url="https://glpi.example/desk/apirest.php/")
