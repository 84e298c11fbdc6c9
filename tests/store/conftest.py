"""A fresh vault for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.store.engine import Store, create


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Make an empty vault."""
    with create(tmp_path / "house.sqlite") as store:
        yield store
