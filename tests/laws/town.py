"""A small town for the laws: three customers, a desk and books in memory, a house on a real ledger."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from unittest.mock import patch

from connector.books import Payload
from connector.desk import ChangedPage, Cursor, DeskInfo, Known, Raw
from connector.http import Transient
from connector.model.invoice import Receipt
from connector.model.work import TicketSnapshot
from connector.store.engine import create
from connector.workflow import docks
from connector.workflow.house import House, open_house
from tests.workflow.standins import Clock, FakeBooks

CONFIG = """\
house: {name: House GmbH}
timezone: Europe/Berlin
taxes:
  DE-19: {rates: [{from: 2007-01-01, percent: 19%}]}
  DE-7: {category: reduced, rates: [{from: 2007-01-01, percent: 7%}]}
desks: {desk: {adapter: zammad, mapping: desk.yaml, options: {url: "http://127.0.0.1:9", secret: none}}}
books: {books: {adapter: folder, options: {path: .}}}
"""
MAPPING = """\
time: {timezone: Europe/Berlin, unit: [{from: 2020-01-01, unit: 1m}], entry: end}
facets: {service: {from: entry.activity, as_is: yes}}
"""
#: Allowance with carry-over, shifts, a fee in advance; the survey keeps charges back.
ACME = """\
customer: acme
name: ACME
timezone: Europe/Berlin
billing_from: 2026-01-10
match: {{desk: {{organization: ACME}}}}
books: {{books: {{party: acme}}}}
invoice: {{tax: DE-19}}
gates: {{survey: hold-bad}}
shifts: {{night: {{from: 20:00, to: 06:00}}}}
contracts:
  - id: support
    valid: {{from: 2026-01-01}}
    round: {{to: 15m}}
    allowances: [{{id: phone, of: 2h, for: {{service: phone}}, carry_over: 1 month}}]
    rates:
      - {{when: {{service: maintenance}}, included: {{owed: 2h}}}}
      - {{when: {{service: on-site, shift: night}}, hourly: 100.00 EUR}}
      - {{when: {{service: on-site}}, hourly: {price}.00 EUR}}
      - {{when: {{service: phone}}, hourly: 77.77 EUR, tax: DE-7}}
    fees: [{{id: base, amount: 19.90 EUR, in: advance}}]
"""
#: Another zone, another step, a contract that ends and is followed by another; open tickets are kept back.
BOLT = """\
customer: bolt
name: Bolt
timezone: America/New_York
billing_from: 2026-01-01
match: {{desk: {{organization: Bolt}}}}
books: {{books: {{party: bolt}}}}
invoice: {{tax: DE-19}}
gates: {{closing: hold-open}}
contracts:
  - id: first
    valid: {{from: 2026-01-01, to: 2026-02-15}}
    allowances: [{{id: all, of: 3h, eats: worked, carry_over: 2 months}}]
    round: {{to: 6m, mode: nearest, minimum: 12m}}
    rates: [{{hourly: {price}.00 EUR}}]
  - id: second
    valid: {{from: 2026-02-15}}
    allowances: [{{id: all, of: 1h, then: hold}}]
    rates: [{{when: {{service: [phone, on-site]}}, hourly: 61.35 EUR}}, {{otherwise: hold}}]
"""
#: Plain time and material, begun later.
CORA = """\
customer: cora
name: Cora
timezone: UTC
billing_from: 2026-02-01
match: {{desk: {{organization: [{also}]}}}}
books: {{books: {{party: cora}}}}
invoice: {{tax: DE-7}}
contracts: [{{id: plain, valid: {{from: 2026-01-01}}, rates: [{{hourly: {price}.00 EUR}}]}}]
"""
CUSTOMERS = {"acme": ACME, "bolt": BOLT, "cora": CORA}
ORGANIZATIONS = {"ACME": "acme", "Bolt": "bolt", "Cora": "cora", "Stranger": ""}


def customer_file(name: str, price: int, *, also: str = "Cora") -> str:
    """Write a customer file at a price; ``also``: the organizations that are Cora's."""
    return CUSTOMERS[name].format(price=price, also=also)


#: A folder in memory, where the machine has one: there a thousand commits take no time.
_MEMORY = next((path for path in ("/dev/shm",) if Path(path).is_dir()), None)


@cache
def _empty_ledger() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "deskbill.sqlite"
        create(path).close()
        return path.read_bytes()


@dataclass
class MemoryDesk:
    """A desk in memory: the tickets as they are, and the order in which they changed."""

    tickets: dict[str, TicketSnapshot] = field(default_factory=dict)
    versions: list[TicketSnapshot] = field(default_factory=list)

    def put(self, ticket: TicketSnapshot) -> None:
        self.tickets[ticket.ticket] = ticket
        self.versions.append(ticket)

    def check(self) -> DeskInfo:
        return DeskInfo(product="memory", version="1")

    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        for number in range(int(since or 0), len(self.versions)):
            yield ChangedPage(tickets=(self.versions[number].ticket,), cursor=Cursor(str(number + 1)))

    def every(self) -> Iterator[ChangedPage]:
        yield ChangedPage(tickets=tuple(self.tickets), cursor=Cursor(""))

    def snapshots(self, tickets: Sequence[str], known: Known) -> Iterator[Raw]:
        for ticket in tickets:
            yield Raw(ticket=ticket, payload={"version": self.versions.index(self.tickets[ticket])})

    def parse(self, raw: Raw) -> TicketSnapshot:
        return self.versions[int(raw.payload["version"])]


@dataclass
class TownBooks(FakeBooks):
    """Books that may be down from a create on, so that nothing tells whether it arrived."""

    falls_silent: bool = False

    def create(self, payload: Payload) -> Receipt:
        if self.falls_silent:
            self.fault = Transient("POST http://books/: no answer")
        return super().create(payload)


def _ours(group: str) -> list[EntryPoint]:
    kind = group.partition(".")[2]
    name = {"desks": "zammad", "books": "folder"}[kind]
    return [EntryPoint(name, f"adapters.{kind}.{name}", group)]


@dataclass
class Town:
    """A folder with configuration, customers and ledger; the house in it can be closed and opened again."""

    folder: Path = field(default_factory=lambda: Path(mkdtemp(prefix="deskbill-law-", dir=_MEMORY)))
    desk: MemoryDesk = field(default_factory=MemoryDesk)
    books: TownBooks = field(default_factory=TownBooks)
    clock: Clock = field(default_factory=lambda: Clock(datetime(2026, 4, 2, tzinfo=UTC)))
    prices: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CUSTOMERS, 50))
    also: str = "Cora"  #: the organizations that Cora's file names

    def __post_init__(self) -> None:
        (self.folder / "config.yaml").write_text(CONFIG)
        (self.folder / "desk.yaml").write_text(MAPPING)
        (self.folder / "customers").mkdir()
        (self.folder / "deskbill.sqlite").write_bytes(_empty_ledger())
        self._write()
        self.house = self._opened()

    def restart(self) -> None:
        """Close the house and open it again, with the customer files as they are now."""
        self.house.close()
        self._write()
        self.house = self._opened()

    def remove(self) -> None:
        self.house.close()
        shutil.rmtree(self.folder)

    def _write(self) -> None:
        for name, price in self.prices.items():
            path = self.folder / "customers" / f"{name}.yaml"
            path.write_text(customer_file(name, price, also=self.also))

    def _opened(self) -> House:
        with patch.object(docks, "entry_points", _ours):
            house = open_house(self.folder / "config.yaml", actor="Mara", now=self.clock)
        house.desks["desk"] = self.desk
        house.books["books"] = self.books
        return house
