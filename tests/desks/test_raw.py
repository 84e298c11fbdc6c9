"""Raw records keep only what `parse` reads: no more of people than the work needs is stored."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
import responses

from connector.desk import Cursor, Desk, Raw
from tests.desks import glpi_desk, zammad_desk
from tests.desks.test_glpi import SWEEP
from tests.desks.zammad_rows import RecordedZammad
from tests.replay import Replay, exchanges


class Watched(dict[str, Any]):
    """A record that notes which of its fields are read, in itself and in what it holds."""

    def __init__(self, record: Mapping[str, Any], place: str, read: set[str]) -> None:
        super().__init__({name: _watched(value, f"{place}.{name}", read) for name, value in record.items()})
        self._place, self._read = place, read

    def __getitem__(self, name: str) -> Any:
        self._read.add(f"{self._place}.{name}")
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._read.add(f"{self._place}.{name}")
        return super().get(name, default)


def _watched(value: Any, place: str, read: set[str]) -> Any:
    if isinstance(value, Mapping):
        return Watched(value, place, read)
    return [_watched(one, place, read) for one in value] if isinstance(value, list) else value


def _places(value: Any, place: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield f"{place}.{name}"
            yield from _places(part, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _places(part, place)


def _unread(desk: Desk, raws: Iterable[Raw]) -> set[str]:
    kept, read = set[str](), set[str]()
    for raw in raws:
        kept.update(_places(raw.payload))
        desk.parse(Raw(ticket=raw.ticket, payload=Watched(raw.payload, "", read)))
    return {place for place in kept - read if not place.startswith(".ticket.fields.")}  # passed on whole


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_zammad(mock: responses.RequestsMock) -> None:
    RecordedZammad(mock, zammad_desk.BASE)
    zammad = zammad_desk.desk()
    tickets = [ticket for page in zammad.changed(Cursor("")) for ticket in page.tickets]
    raws = list(zammad.snapshots(tickets, {}))
    assert len(raws) == 11
    assert _unread(zammad, raws) == set()


def test_glpi(mock: responses.RequestsMock) -> None:
    Replay(mock, glpi_desk.BASE, exchanges("glpi", *SWEEP))
    glpi = glpi_desk.desk()
    tickets = [ticket for page in glpi.every() for ticket in page.tickets]
    raws = list(glpi.snapshots(tickets, {}))
    assert len(raws) == 12
    # `snapshots` asks for the names behind these two again.
    assert _unread(glpi, raws) == {".entries.taskcategories_id", ".entries.sourceitems_id"}


def test_a_field_that_nobody_reads_is_found() -> None:
    raw = Raw(ticket="1", payload={"ticket": {}, "entries": [], "phone": "0170"})
    assert _unread(zammad_desk.desk(), [raw]) == {".phone"}
