"""A house of customers with the same contract, pulled month by month; 100 with 1,000 entries a month each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from connector.desk import Raw
from connector.model.period import Period, parse_period
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store.engine import create
from connector.store.nouns import Seen
from connector.store.work import mark_synced, save_page
from connector.workflow.house import House, open_house

CUSTOMERS, TICKETS_A_MONTH, PER_TICKET, PAGE = 100, 25_000, 4, 500
ENTRIES_A_MONTH = TICKETS_A_MONTH * PER_TICKET
MONTHS = tuple(parse_period(f"2026-{number:02}") for number in range(1, 11))
EVEN = (1,) * CUSTOMERS
_CONTRACT = Path(__file__).with_name("contract.yaml")
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


class Town:
    """The house, and the clock that it reads."""

    def __init__(self, folder: Path, contract: str = "", shares: Sequence[int] = EVEN) -> None:
        """Open the house; ``shares``: how much of the work each customer has, against the others."""
        (folder / "customers").mkdir()
        (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
        (folder / "zammad.yaml").write_text(_MAPPING, encoding="utf-8")
        contract = contract or _CONTRACT.read_text(encoding="utf-8")
        self._owners = [number for number, share in enumerate(shares) for _ in range(share)]
        for number in range(len(shares)):
            text = contract.replace("NUMBER", str(number))
            (folder / "customers" / f"c-{number}.yaml").write_text(text, encoding="utf-8")
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.database = folder / "deskbill.sqlite"
        create(self.database).close()
        self.house: House = open_house(folder / "config.yaml", now=lambda: self.now)
        if self.house.problems:
            raise ValueError(f"the benchmark's contract is wrong: {self.house.problems[0].message}")

    def live(self, month: Period, count: int = TICKETS_A_MONTH) -> None:
        """Let a month with so many tickets pass: all its work is pulled, and it can be closed."""
        self.now = datetime.combine(month.end, datetime.min.time(), tzinfo=UTC) + timedelta(days=3)
        tickets = self._tickets(month, count)
        while page := list(islice(tickets, PAGE)):
            seen = [
                Seen(raw=Raw(ticket=one.ticket, payload={"id": one.ticket}), snapshot=one) for one in page
            ]
            save_page(self.house.store, "zammad", seen, None, self.now)
        mark_synced(self.house.store, "zammad", self.now, self.now)

    def _tickets(self, month: Period, count: int) -> Iterator[TicketSnapshot]:
        first = (month.start.month - 1) * count
        for number in range(first, first + count):
            yield TicketSnapshot(
                desk="zammad",
                ticket=str(number),
                number=str(10_000 + number),
                title=f"Ticket {number}",
                owner={"organization": f"Customer {self._owners[number % len(self._owners)]}"},
                work=tuple(_entry(month, number, position) for position in range(PER_TICKET)),
                changed_at=self.now,
                closed=True,
            )


def _entry(month: Period, ticket: int, position: int) -> WorkEntry:
    minutes = 5 + (ticket * 7 + position * 13) % 170
    day = month.start + timedelta(days=(ticket + position * 5) % (month.end - month.start).days)
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
