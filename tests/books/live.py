"""A real Tryton for the tests. Import the fixture, or take it as `tests.books.live.live_tryton`.

The first run installs it into the user's cache; a machine without a package index and without that cache
fails here with a sentence that says so.
"""

from collections.abc import Iterator

import pytest

from connector.demo.tryton_server import TrytonServer, running_tryton


@pytest.fixture(scope="session")
def live_tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    """Give each worker a server of its own. Tests share it: use own references and rising invoice dates."""
    with running_tryton(tmp_path_factory.mktemp("tryton")) as server:
        yield server
