"""Several documents of one close: the net is that of the whole, and what the split costs is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.desk import Raw
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.mapping import DeskMapping
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store import ledger
from connector.store.nouns import Seen
from connector.store.work import mark_synced, save_page
from connector.workflow.balance import balances
from connector.workflow.close import close_due
from connector.workflow.decide import decide
from connector.workflow.explain import explain
from connector.workflow.house import House
from connector.workflow.replay import replay
from connector.workflow.statements import preview
from tests.workflow.standins import ACME, MARCH, Clock, make_house


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock)
    lookup = {"from": "entry.fields.cost_centre", "as_is": "yes", "empty": ""}
    made.mappings = {
        "zammad": DeskMapping.model_validate({"facets": {"cost_centre": {**lookup, "empty": "-"}}})
    }
    yield made
    made.close()


def write(house: House, **invoice: Any) -> None:
    contract = {
        **ACME["contracts"][0],
        "allowances": [],
        "rates": [{"hourly": "60.06 EUR"}],
        "fees": [{"id": "base", "amount": "5.00 EUR"}] if invoice.pop("fee", None) else [],
    }
    terms = {"tax": "DE-19", **invoice}
    house.customers = {"acme": Customer.model_validate({**ACME, "contracts": [contract], "invoice": terms})}


def book(house: House, ticket: str, seconds: int, cost_centre: str, month: int = 3) -> None:
    entry = WorkEntry(
        desk="zammad",
        ticket=ticket,
        entry=ticket,
        seconds=seconds,
        worked_on=date(2026, month, 10),
        fields={"cost_centre": cost_centre},
    )
    snapshot = TicketSnapshot(
        desk="zammad",
        ticket=ticket,
        number=ticket,
        title="Printer",
        owner={"organization": "ACME GmbH"},
        work=(entry,) if seconds else (),
        changed_at=house.now(),
    )
    raw = Raw(ticket=ticket, payload={"seconds": seconds, "cost_centre": cost_centre})
    save_page(house.store, "zammad", [Seen(raw=raw, snapshot=snapshot)], None, house.now())
    mark_synced(house.store, "zammad", house.now(), house.now())


def say(house: House, kind: Kind, **facts: Any) -> None:
    said = Decision(id="", kind=kind, by="Mara", at=house.now(), why="agreed", customer="acme")
    decide(house, replace(said, **facts))


def nets(house: House) -> list[str]:
    return [str(document.net) for one in close_due(house) for document in one.invoices]


def test_two_documents_of_one_net_whose_taxes_differ_by_a_cent(house: House) -> None:
    book(house, "1", 601, "A")
    book(house, "2", 1201, "B")
    write(house)
    (whole,) = preview(house, None, None)
    write(house, split_by=["cost_centre"])
    (parted,) = preview(house, None, None)
    assert [str(one.net) for one in whole.invoices] == ["30.07"]
    assert [(str(one.net), str(one.tax)) for one in parted.invoices] == [("10.03", "1.91"), ("20.04", "3.81")]
    assert parted.net == whole.net
    assert parted.undivided == whole.invoices[0].gross
    assert sum(one.gross for one in parted.invoices) - parted.undivided == Decimal("0.01")
    assert whole.digest != parted.digest
    assert nets(house) == ["10.03", "20.04"]
    stored = ledger.invoices(house.store)
    assert [one.invoice.reference for one in stored] == ["db-2026-0001", "db-2026-0002"]
    assert [one.proven for each in stored for one in explain(house, each.invoice.reference)] == [True, True]


def test_one_approval_covers_all_documents(house: House) -> None:
    write(house, split_by=["cost_centre"], approval="required")
    book(house, "1", 3600, "A")
    book(house, "2", 3600, "B")
    (waits,) = close_due(house)
    assert waits.skipped == "2026-03 waits for the customer's approval of 120.12 EUR"
    (shown,) = preview(house, None, None)
    say(house, Kind.APPROVE, period=MARCH, digest=shown.digest, amount=shown.net)
    write(house, approval="required")
    assert close_due(house)[0].skipped == "2026-03 changed since Mara approved 120.12 EUR; it is 120.12 EUR"
    write(house, split_by=["cost_centre"], approval="required")
    assert nets(house) == ["60.06", "60.06"]


def test_credits_transfers_and_corrections_find_their_documents(house: House, clock: Clock) -> None:
    write(house, split_by=["cost_centre"], fee=True)
    book(house, "1", 3600, "A")
    book(house, "2", 7200, "B")
    say(house, Kind.CREDIT, period=MARCH, amount=Decimal("70.00"))
    say(house, Kind.TRANSFER, period=MARCH, amount=Decimal("30.00"))
    assert nets(house) == ["0.00", "0.00", "85.18"]  # the fee of 5.00, then A, then B
    clock.at = datetime(2026, 5, 6, tzinfo=UTC)
    book(house, "2", 0, "B")
    book(house, "3", 3600, "A", month=4)
    assert nets(house) == ["35.00", "60.06", "-120.12"]  # carried in; A; B is a credit note
    assert balances(house, None)[0].amounts["carried"] == 0
    references = [one.invoice.reference for one in ledger.invoices(house.store)]
    assert all(one.proven for reference in references for one in explain(house, reference))
    assert all(replay(house, reference).proven for reference in references)


def test_a_document_for_each_contract_and_each_ticket(house: House) -> None:
    write(house, group="contract", fee=True)
    book(house, "1", 3600, "A")
    book(house, "2", 7200, "B")
    say(house, Kind.DISCOUNT, period=MARCH, percent=Decimal(10))
    (shown,) = preview(house, None, None)
    assert [str(one.net) for one in shown.invoices] == ["166.66"]
    write(house, group="ticket", fee=True)
    assert nets(house) == ["4.50", "54.05", "108.11"]
    assert balances(house, None)[0].amounts["billed"] == Decimal("166.66")


def test_tax_may_be_rounded_on_each_line(house: House) -> None:
    write(house, tax_rounding="line")
    for ticket in "123":
        book(house, ticket, 30, "A")  # 0.50 each
    (shown,) = preview(house, None, None)
    (document,) = shown.invoices
    assert (document.net, document.tax) == (Decimal("1.50"), Decimal("0.30"))


def test_a_ticket_is_explained_with_all_that_it_costs(house: House) -> None:
    contract = {
        **ACME["contracts"][0],
        "allowances": [],
        "rates": [{"hourly": "60.00 EUR"}],
        "surcharges": [{"id": "visit", "when": {}, "amount": "35.00 EUR", "per": "visit", "text": "Travel"}],
        "limits": [{"id": "least", "minimum": "100.00 EUR", "text": "At least"}],
    }
    house.customers = {"acme": Customer.model_validate({**ACME, "contracts": [contract]})}
    book(house, "1", 3600, "a")
    close_due(house)
    assert {one.title: str(one.amount) for one in explain(house, "zammad/1")} == {
        "zammad/1 in 2026-03: work": "60.00",
        "zammad/1 in 2026-03: Travel": "35.00",
        "zammad/1 in 2026-03: At least": "40.00",
    }
    assert [one.title for one in explain(house, "zammad/1/1")][1:] == ["zammad/1/1 in 2026-03: Travel"]
