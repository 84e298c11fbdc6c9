"""Two rounds of a house's work: recorded exchanges of real desks in, documents in a real Tryton out."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import responses

from connector.demo.tryton_server import TrytonServer
from connector.model.invoice import Invoice, Receipt
from connector.model.period import parse_period
from connector.store.engine import create
from connector.store.nouns import SeenWork
from connector.workflow.close import Closed, close, close_due
from connector.workflow.explain import Explanation, explain
from connector.workflow.house import House, open_house
from connector.workflow.push import BooksReport, push
from connector.workflow.reconcile import Reconciliation, reconcile
from connector.workflow.statements import Preview, house_statement, preview
from connector.workflow.sync import DeskReport, sync
from tests.desks.zammad_rows import RecordedZammad
from tests.replay import Replay, recorded

_HOUSE = Path(__file__).parent / "house"
_PARTIES = ("Acme GmbH & Co. KG", "Globex Ltd", "Lindner <Bau> AG", "Müller & Söhne GmbH")
#: After October was billed, people corrected five things in GLPI; then the second round went.
_ROUNDS = {
    "2026-10": datetime(2026, 11, 22, 12, tzinfo=UTC),
    "2026-11": datetime(2026, 12, 5, 12, tzinfo=UTC),
}


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round of work found and made; by customer id."""

    synced: dict[str, DeskReport]  #: by desk
    previews: dict[str, Preview]
    unowned: list[SeenWork]
    closed: list[Closed]
    pushed: tuple[BooksReport, ...]
    invoices: dict[str, Invoice]
    stand: dict[str, list[Receipt]]  #: what the books hold under each reference
    explained: dict[str, list[Explanation]]


@dataclass(frozen=True, kw_only=True)
class Carried:
    """Both rounds, and what came after them."""

    october: Round
    november: Round
    found: Reconciliation  #: desks read whole, ledger and books, after the second round
    again: tuple[DeskReport, ...]  #: what a third round read
    more: list[object]  #: what it closed and pushed


def carry(folder: Path, tryton: TrytonServer) -> Carried:
    """Furnish a house and let it work twice."""
    config = _furnish(folder / "house", tryton)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_passthru(tryton.url)
        RecordedZammad(mock, "https://zammad.example")
        Replay(mock, "https://glpi.example", recorded("glpi", "two-months.json"))
        with _opened(config, "2026-10") as house:
            october = _round(house, "2026-10")
        with _opened(config, "2026-11") as house:
            november = _round(house, "2026-11")
            found = reconcile(house, reread=True)
            again = sync(house)
            more = [*close_due(house), *push(house)]
    return Carried(october=october, november=november, found=found, again=again, more=more)


def _furnish(folder: Path, tryton: TrytonServer) -> Path:
    copytree(_HOUSE, folder)
    for name in _PARTIES:
        tryton.add_party(name)
    secrets = folder / "secrets.conf"
    secrets.touch(mode=0o600)
    secrets.write_text(f"zammad = z\nglpi-user = u\nglpi-app = a\ntryton = {tryton.password}\n", "utf-8")
    config = folder / "config.yaml"
    text = config.read_text("utf-8")
    for word, value in {"URL": tryton.url, "DATABASE": tryton.database, "USER": tryton.user}.items():
        text = text.replace(f" {word}\n", f" {value}\n")
    config.write_text(text, "utf-8")
    create(folder / "deskbill.sqlite").close()
    return config


@contextmanager
def _opened(config: Path, month: str) -> Iterator[House]:
    with closing(open_house(config, now=lambda: _ROUNDS[month])) as house:
        yield house


def _round(house: House, month: str) -> Round:
    period = parse_period(month)
    synced = {report.desk: report for report in sync(house)}
    shown = {each.customer: each for each in preview(house, period, None)}
    unowned, _ = house_statement(house)
    closed = close(house, period, None)
    pushed = push(house, confirmed=True)
    invoices = {each.customer: each.invoices[0] for each in closed if each.invoices}
    books = house.book("tryton")
    return Round(
        synced=synced,
        previews=shown,
        unowned=unowned,
        closed=closed,
        pushed=pushed,
        invoices=invoices,
        stand={name: books.find(invoice.reference) for name, invoice in invoices.items()},
        explained={name: explain(house, invoice.reference) for name, invoice in invoices.items()},
    )
