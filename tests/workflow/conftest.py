"""The house that the tests of the hall work in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.workflow.house import House
from tests.workflow.standins import Clock, FakeBooks, FakeDesk, make_house


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def books() -> FakeBooks:
    return FakeBooks()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, desk: FakeDesk, books: FakeBooks, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock, desks={"zammad": desk}, books={"tryton": books})
    yield made
    made.close()
