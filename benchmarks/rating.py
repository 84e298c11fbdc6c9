"""How fast a month of 100,000 entries is rated, closed and stored, against what SQLite alone would take."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.run import Measure, seconds
from connector.cli.main import settle_memory
from connector.desk import Raw
from connector.model.period import parse_period
from connector.model.work import TicketSnapshot, WorkEntry
from connector.rating.rate import rate
from connector.store.engine import create
from connector.store.nouns import Seen
from connector.store.work import mark_synced, save_page
from connector.workflow.account import open_account
from connector.workflow.close import close
from connector.workflow.house import House, open_house

ENTRIES, CUSTOMERS, PER_TICKET, ROUNDS = 100_000, 100, 4, 3
_MARCH = parse_period("2026-03")
_NOW = datetime(2026, 4, 4, 9, tzinfo=UTC)
_CONFIG = """\
house: {name: Systemhaus Nord GmbH}
timezone: Europe/Berlin
taxes: {DE-19: {rates: [{from: 2021-01-01, percent: 19%}]}}
desks: {zammad: {adapter: zammad, mapping: zammad.yaml, options: {url: "http://127.0.0.1:9", secret: none}}}
books: {folder: {adapter: folder, options: {path: .}}}
"""
_MAPPING = """\
time: {timezone: Europe/Berlin, unit: [{from: 2020-01-01, unit: 1m}], entry: end}
facets: {service: {from: entry.activity, table: {Phone: phone, On-site: on-site}}}
"""
_CUSTOMER = """\
customer: c{n}
name: Customer {n}
timezone: Europe/Berlin
billing_from: 2026-03-01
match: {{zammad: {{organization: Customer {n}}}}}
books: {{folder: {{file: c{n}}}}}
invoice: {{tax: DE-19}}
shifts: {{night: {{from: 20:00, to: 06:00}}}}
contracts:
  - id: support
    valid: {{from: 2026-01-01}}
    round: {{to: 15m}}
    allowances: [{{id: phone, of: 40h, for: {{service: phone}}, warn_at: [80%]}}]
    rates:
      - {{when: {{service: on-site, shift: night}}, hourly: 100.00 EUR}}
      - {{when: {{service: on-site}}, hourly: 50.00 EUR}}
      - {{when: {{service: phone}}, hourly: 75.00 EUR}}
"""


def rating() -> Iterator[Measure]:
    """Close one month of 100 customers with 1,000 entries each; the floor in the same run, in turn."""
    settle_memory()
    ours, floor, pure = [], [], []
    lines = 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            house = _house(Path(folder))
            pure.append(_rate_only(house))
            ours.append(seconds(partial(close, house, _MARCH, None)))
            house.close()
            took, lines = _floor(Path(folder))
            floor.append(took)
    how = f"{ENTRIES} entries of {CUSTOMERS} customers, {lines} lines; median of {ROUNDS} rounds in turn"
    ratio = median(a / b for a, b in zip(ours, floor, strict=True))
    yield Measure(
        "rate_store_vs_floor",
        ratio,
        "times",
        "sqlite3: one SELECT of the work, one executemany of the lines, WAL, FULL",
        f"read, resolve, rate, difference, close: {median(ours):.2f} s; floor {median(floor):.3f} s; {how}",
    )
    yield Measure(
        "rate_entries_per_s", ENTRIES / median(pure), "entries/s", "", f"resolved work to statement; {how}"
    )


def _house(folder: Path) -> House:
    (folder / "customers").mkdir()
    (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    (folder / "zammad.yaml").write_text(_MAPPING, encoding="utf-8")
    for number in range(CUSTOMERS):
        (folder / "customers" / f"c{number}.yaml").write_text(_CUSTOMER.format(n=number), encoding="utf-8")
    create(folder / "deskbill.sqlite").close()
    house = open_house(folder / "config.yaml", now=lambda: _NOW)
    tickets = [_ticket(number) for number in range(ENTRIES // PER_TICKET)]
    for start in range(0, len(tickets), 500):
        page = [
            Seen(raw=Raw(ticket=one.ticket, payload={"id": one.ticket}), snapshot=one)
            for one in tickets[start : start + 500]
        ]
        save_page(house.store, "zammad", page, None, _NOW)
    mark_synced(house.store, "zammad", _NOW, _NOW)
    return house


def _ticket(number: int) -> TicketSnapshot:
    return TicketSnapshot(
        desk="zammad",
        ticket=str(number),
        number=str(10_000 + number),
        title=f"Ticket {number}",
        owner={"organization": f"Customer {number % CUSTOMERS}"},
        work=tuple(_entry(number, position) for position in range(PER_TICKET)),
        changed_at=_NOW,
        closed=True,
    )


def _entry(ticket: int, position: int) -> WorkEntry:
    minutes = 5 + (ticket * 7 + position * 13) % 170
    day = date(2026, 3, 1 + (ticket + position * 5) % 31)
    start = datetime(day.year, day.month, day.day, 6 + (ticket + position) % 15, tzinfo=UTC)
    return WorkEntry(
        desk="zammad",
        ticket=str(ticket),
        entry=f"{ticket}-{position}",
        seconds=minutes * 60,
        worked_on=day,
        started_at=start,
        ended_at=start + timedelta(minutes=minutes),
        technician=f"t{ticket % 20}",
        activity="Phone" if (ticket + position) % 2 else "On-site",
    )


def _rate_only(house: House) -> float:
    accounts = [open_account(house, name) for name in house.customers]
    work = [(one.terms, one.work(_MARCH, one.basis)) for one in accounts]
    return seconds(lambda: [rate(terms, _MARCH, entries) for terms, entries in work])


def _floor(folder: Path) -> tuple[float, int]:
    """Read the same work rows and write the same finished line rows with the standard library alone."""
    with ExitStack() as stack:
        database = stack.enter_context(sqlite3.connect(folder / "deskbill.sqlite"))
        lines = database.execute("SELECT * FROM lines").fetchall()
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE floor_lines AS SELECT * FROM lines WHERE 0")
        marks = ", ".join("?" * len(lines[0]))

        def work() -> None:
            database.execute(
                "SELECT * FROM work JOIN work_versions ON work_versions.work = work.key"
            ).fetchall()
            database.executemany(f"INSERT INTO floor_lines VALUES ({marks})", lines)
            database.commit()

        return seconds(work), len(lines)
