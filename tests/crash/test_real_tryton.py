"""The process is killed around its writes to a real Tryton; what follows leaves one posted invoice there."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from connector.demo.folder import furnish
from connector.demo.scenario import NAME, open_desks
from connector.demo.tryton_server import TrytonServer
from connector.model.invoice import DocumentState
from connector.simulators.server import serving
from connector.store import ledger
from connector.store.engine import open_store
from tests.books.connected import tryton
from tests.books.live import live_tryton
from tests.crash.stage import APRIL, CREATE, KILLED, LEASE_OVER, POST, REQUEST_OVER, Nursery, nursery

__all__ = ["live_tryton"]
pytestmark = pytest.mark.xdist_group("tryton")


@dataclass
class Row:
    """Houses side by side, each with references of its own, that bill the same work into one Tryton."""

    folder: Path
    zammad: str
    glpi: str
    server: TrytonServer

    def house(self, prefix: str) -> Path:
        config = furnish(self.folder / prefix, self.zammad, self.glpi, self.server)
        config.write_text(config.read_text() + f"reference: {prefix}\n")
        return config


@dataclass
class Sample:
    """The points of a round that are tried."""

    row: Row
    nursery: Nursery
    points: list[str]

    def number(self, place: str) -> int:
        when, what = place.split()
        after = (
            len(self.points) - 1 - self.points[::-1].index(f"after {CREATE if what == 'create' else POST}")
        )
        if when == "kept":
            return next(
                i for i in range(after, len(self.points)) if self.points[i].startswith("after commit")
            )
        return after if when == "after" else after - 1


@pytest.fixture(scope="module")
def sample(live_tryton: TrytonServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    desks = open_desks()
    live_tryton.add_party(NAME)
    with serving(desks.zammad) as zammad, serving(desks.glpi) as glpi:
        row = Row(tmp_path_factory.mktemp("houses"), zammad, glpi, live_tryton)
        with nursery(row.house("first"), APRIL) as made:
            lived = made.run(row.house("counted"), APRIL)
            assert lived.exit == 0
            yield Sample(row, made, lived.points)


@pytest.mark.parametrize(
    "place", ["before create", "after create", "kept create", "before post", "after post", "kept post"]
)
def test_one_invoice_stands_in_tryton(sample: Sample, place: str) -> None:
    prefix, number = place.replace(" ", "-"), sample.number(place)
    config, reference = sample.row.house(prefix), f"{prefix}-2026-0001"
    lived = sample.nursery.run(config, APRIL, number)
    assert (lived.exit, lived.points) == (KILLED, sample.points[: number + 1])
    assert sample.nursery.run(config, APRIL + LEASE_OVER).exit == 0
    assert sample.nursery.run(config, APRIL + REQUEST_OVER).exit == 0
    found = tryton(sample.row.server.url).find(reference)
    assert [(one.state, one.net, one.tax, one.gross, bool(one.number)) for one in found] == [
        (DocumentState.POSTED, Decimal("525.00"), Decimal("99.75"), Decimal("624.75"), True)
    ]
    with open_store(config.with_name("deskbill.sqlite")) as store:
        assert [(one.invoice.reference, one.status) for one in ledger.invoices(store)] == [
            (reference, "posted")
        ]
        assert ledger.receipt(store, reference) == found[0]
    assert sample.nursery.run(config, APRIL + 2 * REQUEST_OVER).exit == 0
    assert tryton(sample.row.server.url).find(reference) == found
