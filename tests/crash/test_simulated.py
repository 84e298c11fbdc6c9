"""The process is killed at every point of a round; what follows leaves each document once, and right."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from tests.crash.stage import (
    APRIL_OUTCOME,
    CREATE,
    FILES_OUTCOME,
    MARCH_OUTCOME,
    POST,
    Outcome,
    Stage,
    april,
    files,
    march,
)

_PARTS = 4


@dataclass
class Play:
    """A stage, and what a round that nobody disturbs does on it."""

    stage: Stage
    points: list[str]
    outcome: Outcome

    def failures(self, numbers: range) -> str:
        """Crash at these points and tell those after which anything is wrong."""
        told = [
            f"{self.points[number]} (point {number}): {wrong}"
            for number in numbers
            if (wrong := self.stage.crash(number, self.points[number], self.outcome))
        ]
        return "\n".join(told)

    def part(self, part: int) -> range:
        """Number the points of one part: every fourth, so that the parts take equally long."""
        return range(part, len(self.points), _PARTS)


def kind(point: str) -> str:
    word = point.split()[1]
    return word if word in ("commit", "rename") else "request"


def _played(setting: AbstractContextManager[Stage], outcome: Outcome) -> Iterator[Play]:
    with setting as stage:
        stage.reset()
        lived = stage.run()
        assert (lived.exit, stage.outcome()) == (0, outcome)
        yield Play(stage, lived.points, outcome)


@pytest.fixture(scope="module")
def in_march(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    yield from _played(march(tmp_path_factory.mktemp("march")), MARCH_OUTCOME)


@pytest.fixture(scope="module")
def in_april(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    yield from _played(april(tmp_path_factory.mktemp("april")), APRIL_OUTCOME)


@pytest.fixture(scope="module")
def with_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    yield from _played(files(tmp_path_factory.mktemp("files")), FILES_OUTCOME)


def test_points_are_of_every_kind(in_march: Play, in_april: Play, with_files: Play) -> None:
    first, second, third = (Counter(map(kind, one.points)) for one in (in_march, in_april, with_files))
    print(f"points: March {dict(first)}, corrections {dict(second)}, files {dict(third)}")
    assert min(first["request"], first["commit"], second["request"], second["commit"]) > 0
    assert third["rename"] == 4  # before and after each of two files
    for name in ("commit 7", CREATE, POST):
        assert {f"before {name}", f"after {name}"} <= {*in_march.points} & {*in_april.points}


@pytest.mark.parametrize("part", range(_PARTS))
def test_march_survives(in_march: Play, part: int) -> None:
    wrong = in_march.failures(in_march.part(part))
    assert not wrong, wrong


@pytest.mark.parametrize("part", range(_PARTS))
def test_corrections_survive(in_april: Play, part: int) -> None:
    wrong = in_april.failures(in_april.part(part))
    assert not wrong, wrong


def test_files_survive(with_files: Play) -> None:
    points = with_files.points
    closing = points.index("before rename to db-2026-0001.txt") - 4  # until then it is March as above
    assert {kind(point) for point in points[closing:]} == {"commit", "rename"}
    wrong = with_files.failures(range(closing, len(points)))
    assert not wrong, wrong
