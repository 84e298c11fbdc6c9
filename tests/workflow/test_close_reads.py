"""What a close reads: what its periods need, however long the history; no closed period without a reason."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from connector.desk import Raw
from connector.model.contract import Customer
from connector.model.period import Period, parse_period
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store.nouns import Seen
from connector.store.work import mark_synced, save_page
from connector.workflow.account import open_account
from connector.workflow.close import close
from connector.workflow.house import House
from connector.workflow.reopening import reopen
from tests.workflow.standins import ACME, Clock, make_house

MONTHS = [parse_period(f"2026-{number:02}") for number in range(3, 9)]
ENTRIES = 60


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock)
    contract = {**ACME["contracts"][0], "allowances": []}
    made.customers = {"acme": Customer.model_validate({**ACME, "contracts": [contract]})}
    yield made
    made.close()


def book(house: House, ticket: str, *starts: datetime, title: str = "Printer") -> None:
    """Let the desk have a ticket with an hour of work at each moment."""
    work = tuple(
        WorkEntry(
            desk="zammad",
            ticket=ticket,
            entry=str(number),
            seconds=3600,
            worked_on=start.date(),
            started_at=start,
            ended_at=start + timedelta(hours=1),
        )
        for number, start in enumerate(starts)
    )
    snapshot = TicketSnapshot(
        desk="zammad",
        ticket=ticket,
        number=ticket,
        title=title,
        owner={"organization": "ACME GmbH"},
        work=work,
        changed_at=house.now(),
    )
    seen = Seen(raw=Raw(ticket=ticket, payload={"title": title, "work": len(work)}), snapshot=snapshot)
    save_page(house.store, "zammad", [seen], None, house.now())


def pass_month(house: House, clock: Clock, month: Period) -> None:
    """Let a month pass with work on each of its days, and pull it."""
    clock.at = datetime.combine(month.end, datetime.min.time(), tzinfo=UTC) + timedelta(days=3)
    days = [month.start + timedelta(days=number % 28) for number in range(ENTRIES)]
    for number, day in enumerate(days):
        book(house, f"{month}-{number}", datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    mark_synced(house.store, "zammad", clock.at, clock.at)


@contextmanager
def steps(house: House) -> Iterator[list[int]]:
    """Count the steps of SQLite's machine, in hundreds."""
    count = [0]

    def counted() -> None:
        count[0] += 1

    def listen(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_progress_handler(counted, 100)

    house.store.close()
    event.listen(house.store.engine, "connect", listen)
    yield count
    event.remove(house.store.engine, "connect", listen)
    house.store.close()


def test_a_long_history_makes_no_close_dearer(house: House, clock: Clock) -> None:
    taken: list[int] = []
    for month in MONTHS:
        pass_month(house, clock, month)
        with steps(house) as count:
            (closed,) = close(house, month, None)
        assert closed.invoices
        taken.append(count[0])
    assert taken[-1] < taken[1] * 1.15, taken


def reopened(house: House) -> list[Period]:
    return [one.period for one in reopen(open_account(house, "acme")).statements]


def test_work_of_the_open_month_reopens_no_closed_one(house: House, clock: Clock) -> None:
    pass_month(house, clock, MONTHS[0])
    close(house, MONTHS[0], None)
    book(house, "1", datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # half past midnight, 1 April, in Berlin
    clock.at += timedelta(minutes=1)
    assert reopened(house) == [MONTHS[0]]  # the desk's own day is in March: it may matter
    book(house, "1")
    close_april(house, clock)
    book(house, "2", datetime(2026, 5, 1, 7, tzinfo=UTC))
    assert reopened(house) == []
    book(house, f"{MONTHS[0]}-5", datetime(2026, 3, 6, 9, tzinfo=UTC), title="Scanner")
    assert reopened(house) == [MONTHS[0], MONTHS[1]]


def close_april(house: House, clock: Clock) -> None:
    pass_month(house, clock, MONTHS[1])
    close(house, MONTHS[1], None)


def test_work_that_leaves_a_closed_month_reopens_it(house: House, clock: Clock) -> None:
    pass_month(house, clock, MONTHS[0])
    close(house, MONTHS[0], None)
    book(house, f"{MONTHS[0]}-5", datetime(2026, 4, 20, 9, tzinfo=UTC))
    assert reopened(house) == [MONTHS[0]]
    book(house, f"{MONTHS[0]}-5", datetime(2026, 4, 21, 9, tzinfo=UTC))
    assert reopened(house) == [MONTHS[0]]  # moved once more, it was March's all the same
