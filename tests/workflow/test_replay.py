"""The replay: each document is computed anew from what was stored, to the same bytes."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from connector.http import ConfigError
from connector.model.decision import Decision, Kind
from connector.model.invoice import DocumentState, Receipt
from connector.model.period import parse_period
from connector.store import ledger
from connector.store.privacy import forget
from connector.workflow.close import apply_contract, close_due
from connector.workflow.decide import decide
from connector.workflow.house import House
from connector.workflow.replay import replay
from tests.workflow.standins import Clock
from tests.workflow.written import CUSTOMER, book, opened, put, synced, write_house


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 2, 5, 6, tzinfo=UTC))


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    house = write_house(tmp_path / "repository", clock)
    yield house
    house.close()


def closed(house: House, month: int, clock: Clock) -> list[str]:
    """Close what is due early in a month; return the new references."""
    clock.at = datetime(2026, month, 5, 6, tzinfo=UTC)
    synced(house)
    return [invoice.reference for one in close_due(house) for invoice in one.invoices]


def say(house: House, kind: Kind, **facts: object) -> None:
    about = {"id": "", "kind": kind, "by": "Mara", "at": house.now(), "why": "agreed", "customer": "acme"}
    decide(house, Decision(**{**about, **facts}))  # type: ignore[arg-type] # fields as each kind needs them


def proven(house: House) -> dict[str, bool]:
    return {
        one.invoice.reference: replay(house, one.invoice.reference).proven
        for one in ledger.invoices(house.store)
    }


def test_a_document_stays_the_same_to_the_byte_whatever_comes_later(house: House, clock: Clock) -> None:
    book(house, 1)
    assert closed(house, 2, clock) == ["db-2026-0001"]
    first = replay(house, "db-2026-0001")
    assert first.proven
    assert first.digests[0] == first.digests[1]
    assert json.loads(first.stored)["net"] == "115.00"
    assert json.loads(first.stored)["lines"][0]["text"] == (
        "Ticket 91: Phone support, 1h at 75.00 EUR/h, on 10 January 2026"
    )
    book(house, 2)  # late: an hour more
    put(house.path.parent, CUSTOMER.replace("75.00", "99.00").replace("ACME GmbH", "ACME AG"))
    later = opened(house.path.parent, clock)
    assert replay(later, "db-2026-0001").computed == first.stored
    later.close()


def test_corrections_credits_transfers_and_reassigned_prices_replay(house: House, clock: Clock) -> None:
    book(house, 4)
    book(house, 1, ticket="2", activity="Visit")
    closed(house, 2, clock)
    receipt = Receipt(reference="db-2026-0001", remote_id="1", state=DocumentState.POSTED, number="RE-7")
    ledger.record_receipt(house.store, receipt, clock())
    book(house, 1)
    book(house, 0, ticket="2", activity="Visit")
    book(house, 6, month=2, ticket="3")
    march, april = parse_period("2026-02"), parse_period("2026-03")
    say(house, Kind.CREDIT, period=march, amount=Decimal("25.00"))
    say(house, Kind.TRANSFER, period=march, amount=Decimal("30.00"))
    assert closed(house, 3, clock) == ["db-2026-0002"]
    later = Receipt(reference="db-2026-0001", remote_id="1", state=DocumentState.PAID, number="RE-7b")
    clock.forward(days=1)
    ledger.record_receipt(house.store, later, clock())
    say(house, Kind.DISCOUNT, period=april, percent=Decimal(10))
    put(house.path.parent, CUSTOMER.replace("75.00", "80.00"))
    dearer = opened(house.path.parent, clock)
    apply_contract(dearer, "acme", date(2026, 2, 1), "Mara", "agreed")
    assert closed(dearer, 4, clock) == ["db-2026-0003"]
    assert proven(dearer) == {"db-2026-0001": True, "db-2026-0002": True, "db-2026-0003": True}
    texts = [line["text"] for line in json.loads(replay(dearer, "db-2026-0002").computed)["lines"]]
    assert any("invoice RE-7 of 5 February 2026" in one for one in texts)
    dearer.close()


def test_a_document_that_was_issued_again_is_its_first_ones_copy(house: House, clock: Clock) -> None:
    book(house, 1)
    closed(house, 2, clock)
    clock.forward(days=1)
    again = ledger.reissue(house.store, "db-2026-0001", clock(), "Mara")
    book(house, 2)
    closed(house, 3, clock)
    assert proven(house) == {"db-2026-0001": True, again: True, "db-2026-0003": True}


def test_a_withheld_difference_stays_withheld(house: House, clock: Clock) -> None:
    book(house, 1)
    closed(house, 2, clock)
    cheaper = CUSTOMER.replace("75.00", "70.00")
    put(house.path.parent, cheaper)
    other = opened(house.path.parent, clock)
    spoil_basis(other)
    book(other, 1, month=1, ticket="8")  # reopens January, whose bill now differs without a fact
    assert closed(other, 3, clock) == ["db-2026-0002"]
    assert proven(other)["db-2026-0002"]
    other.close()


def spoil_basis(house: House) -> None:
    """Let the engine come to another price for January, as an upgrade of a spoilt engine would."""
    with house.store.begin() as connection:
        connection.execute(text("UPDATE bases SET document = replace(document, '75.00 EUR', '70.00 EUR')"))


def test_each_document_of_a_close_replays(house: House, clock: Clock) -> None:
    put(house.path.parent, CUSTOMER.replace("{tax: DE-19}", "{tax: DE-19, group: ticket}"))
    parted = opened(house.path.parent, clock)
    book(parted, 1)
    book(parted, 2, ticket="2", activity="Visit")
    assert len(closed(parted, 2, clock)) == 3  # two tickets, and the fee
    book(parted, 3)
    assert len(closed(parted, 3, clock)) == 2  # the fee of February, and two hours more of the first ticket
    assert list(proven(parted).values()) == [True] * 5
    assert {json.loads(replay(parted, one).computed)["net"] for one in proven(parted)} == {
        "75.00",
        "200.00",
        "40.00",
        "150.00",
    }
    parted.close()


def test_what_was_billed_on_the_closing_of_a_ticket_replays(house: House, clock: Clock) -> None:
    put(house.path.parent, CUSTOMER.replace("{tax: DE-19}", "{tax: DE-19, cycle: on_close}"))
    early = opened(house.path.parent, clock)
    clock.at = datetime(2026, 1, 20, 6, tzinfo=UTC)
    book(early, 1, closed="yes")
    book(early, 2, ticket="2")
    synced(early)
    assert [one.early for one in close_due(early)] == [True]
    clock.forward(days=1)
    book(early, 1.5, closed="yes")
    book(early, 2, ticket="2", closed="yes")
    synced(early)
    assert [one.early for one in close_due(early)] == [True]
    assert len(closed(early, 2, clock)) == 1
    assert list(proven(early).values()) == [True] * 3
    early.close()


def test_what_differs_is_found_out(house: House, clock: Clock) -> None:
    book(house, 1)
    closed(house, 2, clock)
    spoil_basis(house)
    found = replay(house, "db-2026-0001")
    assert not found.proven
    assert found.digests[0] != found.digests[1]
    assert json.loads(found.computed)["net"] == "110.00"


def test_names_that_were_forgotten_are_taken_from_the_document(house: House, clock: Clock) -> None:
    put(house.path.parent, CUSTOMER.replace("{tax: DE-19}", "{tax: DE-19, show_technicians: yes}"))
    told = opened(house.path.parent, clock)
    book(told, 1, technician="3", technician_name="Kim")
    closed(told, 2, clock)
    assert forget(told.store, "zammad", "3", clock())
    found = replay(told, "db-2026-0001")
    assert json.loads(found.stored)["lines"][0]["text"].endswith("by Kim")
    assert found.proven
    told.close()


def test_a_customer_whose_file_is_gone_is_replayed_from_what_is_kept(house: House, clock: Clock) -> None:
    book(house, 1)
    closed(house, 2, clock)
    (house.path.parent / "customers" / "acme.yaml").unlink()
    gone = opened(house.path.parent, clock)
    assert replay(gone, "db-2026-0001").proven
    gone.close()


def test_a_document_whose_work_all_went_has_nothing_to_compare(house: House, clock: Clock) -> None:
    put(house.path.parent, CUSTOMER.replace("amount: 40.00", "amount: 0.00"))
    free = opened(house.path.parent, clock)
    book(free, 1)
    closed(free, 2, clock)
    with free.store.begin() as connection:
        connection.execute(text("UPDATE bases SET document = replace(document, '75.00 EUR', '0.00 EUR')"))
    found = replay(free, "db-2026-0001")
    assert (found.computed, found.proven) == (b"", False)
    free.close()


def test_what_is_not_there_is_said(house: House) -> None:
    with pytest.raises(ConfigError, match="there is no document 'db-2026-0009'"):
        replay(house, "db-2026-0009")
