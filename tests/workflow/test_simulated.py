"""A house on simulated remotes: from a ticket in Zammad to one document in the books, whatever is lost."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from connector.http import AuthFailed, Transient
from connector.simulators.books import DATABASE, PASSWORD, USER, SimulatedBooks
from connector.simulators.server import serving
from connector.simulators.zammad import SimulatedZammad
from connector.store.engine import create
from connector.workflow import docks
from connector.workflow.cycle import run
from connector.workflow.house import House, open_house
from connector.workflow.reconcile import reconcile
from tests.workflow.standins import Clock, statuses

CONFIG = """\
house: {{name: House GmbH}}
timezone: Europe/Berlin
taxes: {{DE-19: {{rates: [{{from: 2021-01-01, percent: 19%}}]}}}}
desks:
  phone:
    adapter: zammad
    mapping: zammad.yaml
    options: {{url: '{desk}', secret: zammad}}
books:
  erp:
    adapter: tryton
    post: yes
    options:
      url: '{books}'
      database: {database}
      user: {user}
      secret: erp
      taxes: {{DE-19: VAT 19%}}
      revenue: {{'*': 4.1.2}}
"""
MAPPING = """\
time: {timezone: Europe/Berlin, unit: [{from: 2020-01-01, unit: 1m}], entry: end}
facets:
  service: {from: entry.activity, table: {Phone: phone}}
"""
CUSTOMER = """\
customer: a
name: Customer A
timezone: Europe/Berlin
billing_from: 2026-03-01
match: {phone: {organization: Customer A}}
books: {erp: {party: Customer A}}
invoice: {tax: DE-19}
contracts:
  - {id: support, valid: {from: 2026-01-01}, rates: [{when: {service: phone}, hourly: 75.00 EUR}]}
"""
TENTH = datetime(2026, 3, 10, 14, tzinfo=UTC)


@dataclass
class Town:
    """The house, and the remotes around it."""

    house: House
    clock: Clock
    desk: SimulatedZammad
    books: SimulatedBooks
    ticket: int

    def drafts(self) -> list[tuple[str, str, Decimal]]:
        return [
            (row["reference"], row["state"], row["untaxed_amount"]) for row in self.books.invoices.values()
        ]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    desk, books = SimulatedZammad(), SimulatedBooks()
    organization = desk.add_organization("Customer A", at=TENTH)
    customer = desk.add_user("cora@a.example", organization=organization, at=TENTH)
    activity = desk.add_type("Phone", at=TENTH)
    ticket = desk.add_ticket("Printer jams", customer=customer, at=TENTH)
    desk.book_time(ticket, "40", technician=desk.admin, activity=activity, at=TENTH)
    adapters = {"desks": "zammad", "books": "tryton"}

    def entry_points(group: str) -> list[EntryPoint]:
        kind = group.partition(".")[2]
        return [EntryPoint(adapters[kind], f"adapters.{kind}.{adapters[kind]}", group)]

    monkeypatch.setattr(docks, "entry_points", entry_points)
    monkeypatch.setenv("DESKBILL_SECRET_ZAMMAD", "zammad-token")
    monkeypatch.setenv("DESKBILL_SECRET_ERP", PASSWORD)
    (tmp_path / "zammad.yaml").write_text(MAPPING)
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "a.yaml").write_text(CUSTOMER)
    create(tmp_path / "deskbill.sqlite").close()
    clock = Clock()
    with ExitStack() as stack:
        urls = {"desk": stack.enter_context(serving(desk)), "books": stack.enter_context(serving(books))}
        config = tmp_path / "config.yaml"
        config.write_text(CONFIG.format(**urls, database=DATABASE, user=USER))
        house = open_house(config, now=clock, sleep=lambda _: None)
        stack.callback(house.close)
        yield Town(house, clock, desk, books, ticket)


def cycle(town: Town) -> Any:
    return run(town.house, confirmed=True)


def test_ticket_becomes_a_posted_document_once(town: Town) -> None:
    assert cycle(town).good
    assert cycle(town).good
    assert town.drafts() == [("db-2026-0001", "posted", Decimal("50.00"))]
    assert statuses(town.house) == {"db-2026-0001": "posted"}
    assert reconcile(town.house, fix=True).differences == ()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["account.invoice.create", "account.invoice.post"])
def test_lost_answer_leaves_one_posted_document(town: Town, when: Any, method: str) -> None:
    town.books.faults.cut(method, when)
    cycle(town)
    town.clock.forward(minutes=6)
    assert cycle(town).good
    assert town.drafts() == [("db-2026-0001", "posted", Decimal("50.00"))]
    assert statuses(town.house) == {"db-2026-0001": "posted"}


def test_books_that_are_down_for_hours(town: Town) -> None:
    town.books.faults.status("rpc", 503, times=-1)
    for _ in range(3):
        report = cycle(town)
        ((name, fault),) = dict(report.faults()).items()
        assert (name, type(fault)) == ("erp", Transient)
        town.clock.forward(hours=1)
    town.books.faults.clear()
    assert cycle(town).good
    assert town.drafts() == [("db-2026-0001", "posted", Decimal("50.00"))]


def test_desk_with_a_withdrawn_token(town: Town) -> None:
    town.desk.faults.status("/api/", 401, times=-1)
    report = cycle(town)
    ((name, fault),) = report.faults()
    assert (name, type(fault)) == ("phone", AuthFailed)
    assert "zammad-token" not in str(fault)
    assert town.drafts() == []


def test_deleted_ticket_is_credited_after_the_next_close(town: Town) -> None:
    cora, activity = town.desk.tickets[town.ticket]["customer_id"], next(iter(town.desk.types))
    for _ in range(2):
        ticket = town.desk.add_ticket("Screen flickers", customer=cora, at=TENTH)
        town.desk.book_time(ticket, "10", technician=town.desk.admin, activity=activity, at=TENTH)
    cycle(town)
    town.desk.delete_ticket(town.ticket)
    town.clock.forward(days=30)
    assert cycle(town).good
    assert town.drafts() == [
        ("db-2026-0001", "posted", Decimal("75.00")),
        ("db-2026-0002", "posted", Decimal("-50.00")),
    ]
    assert reconcile(town.house).differences == ()
