"""The quick way of making a noun makes the same noun."""

from dataclasses import FrozenInstanceError, replace
from datetime import date
from typing import Any

import pytest

from connector.model.making import maker
from connector.model.work import WorkEntry

TOLD: dict[str, Any] = {
    "desk": "d",
    "ticket": "1",
    "entry": "7",
    "seconds": 60,
    "worked_on": date(2026, 3, 3),
    "fields": {},
}


def test_it_is_the_noun_with_its_defaults() -> None:
    made = maker(WorkEntry)(**TOLD)
    assert type(made) is WorkEntry
    assert made == WorkEntry(**TOLD)
    assert made.key == "d/1/7"
    assert replace(made, seconds=5) == WorkEntry(**{**TOLD, "seconds": 5})


def test_it_stays_as_it_is() -> None:
    made = maker(WorkEntry)(**TOLD)
    with pytest.raises(FrozenInstanceError):
        setattr(made, "seconds", 5)  # noqa: B010 (what is typed read-only is tried all the same)


def test_what_has_no_default_must_be_named() -> None:
    with pytest.raises(TypeError, match="fields"):
        maker(WorkEntry)(**{name: value for name, value in TOLD.items() if name != "fields"})
