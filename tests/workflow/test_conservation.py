"""Conservation: over all customers and nobody's work, each second stands in one place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connector.desk import Raw
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.work import TicketSnapshot, WorkEntry
from connector.report.seconds import seconds_data, seconds_text
from connector.store.nouns import Seen
from connector.store.work import mark_synced, save_page, work_between
from connector.workflow.close import close
from connector.workflow.conservation import Worked, conservation
from connector.workflow.decide import decide
from connector.workflow.house import House
from tests.workflow.standins import ACME, MARCH, Clock, make_house

HOUR = 3600


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock)
    globex = {**ACME, "customer": "globex", "match": {"zammad": {"organization": "Globex Ltd"}}}
    made.customers = {"acme": made.customers["acme"], "globex": Customer.model_validate(globex)}
    made.origins = {"acme": Origin(), "globex": Origin()}
    yield made
    made.close()


def book(house: House, ticket: str, hours: int, on: date, organization: str = "ACME GmbH") -> None:
    entry = WorkEntry(desk="zammad", ticket=ticket, entry="1", seconds=hours * HOUR, worked_on=on)
    snapshot = TicketSnapshot(
        desk="zammad",
        ticket=ticket,
        number=ticket,
        title="Printer",
        owner={"organization": organization},
        work=(entry,),
        changed_at=datetime(2026, 3, 31, tzinfo=UTC),
    )
    seen = Seen(raw=Raw(ticket=ticket, payload={"hours": hours}), snapshot=snapshot)
    save_page(house.store, "zammad", [seen], None, house.now())
    mark_synced(house.store, "zammad", house.now(), house.now())


def fates(**hours: int) -> dict[str, int]:
    return {name: hours.get(name, 0) * HOUR for name in ("open", "billed", "included", "free", "held")}


def test_every_second_of_the_house_stands_in_one_place(house: House) -> None:
    book(house, "1", 7, date(2026, 3, 10))  # 5 h are in the allowance
    book(house, "2", 1, date(2026, 3, 11))  # held
    book(house, "3", 4, date(2026, 2, 27))  # before billing begins
    decide(
        house, Decision(id="", kind=Kind.HOLD, by="Mara", at=house.now(), why="price open", target="zammad/2")
    )
    close(house, MARCH, ["acme"])
    book(house, "4", 3, date(2026, 3, 12))  # late: due with April
    book(house, "5", 8, date(2026, 4, 2))  # April's allowance, and more
    book(house, "6", 1, date(2026, 9, 1))  # dated into the future
    book(house, "7", 2, date(2026, 3, 10), "Globex Ltd")
    book(house, "8", 6, date(2026, 3, 10), "Nobody & Sons")
    found = conservation(house)
    assert found == [
        Worked(customer="acme", entries=6, seconds=fates(billed=2, included=11, held=1, free=4, open=3 + 3)),
        Worked(customer="globex", entries=1, seconds=fates(included=2)),
        Worked(customer="", entries=1, seconds=fates(held=6)),
    ]
    stored = sum(one.entry.seconds for one in work_between(house.store, date.min, date.max))
    assert sum(sum(one.seconds.values()) for one in found) == stored == 32 * HOUR


def test_the_report_reads_as_a_table_and_as_data() -> None:
    rows = [
        Worked(customer="acme", entries=2, seconds=fates(billed=2, included=5)),
        Worked(customer="", entries=1, seconds=fates(held=6), lost=("zammad/9/1",)),
    ]
    assert seconds_text(rows).splitlines() == [
        "Customer        Entries  Worked  Open  Billed  Included  Free  Held",
        "acme                  2      7h    0m      2h        5h    0m    0m",
        "(nobody known)        1      6h    0m      0m        0m    0m    6h",
        "together              3     13h    0m      2h        5h    0m    6h",
        "",
        "Not accounted for",
        "  zammad/9/1",
    ]
    assert seconds_data(rows)[1] == {
        "customer": "",
        "entries": 1,
        "open": 0,
        "billed": 0,
        "included": 0,
        "free": 0,
        "held": 21600,
        "usage": {"records": 0, "open": 0, "billed": 0, "included": 0, "free": 0, "held": 0},
        "lost": ["zammad/9/1"],
    }


def test_what_no_statement_bears_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    book(house, "1", 1, date(2026, 2, 27))
    monkeypatch.setattr("connector.workflow.conservation.unclosed", lambda *_: ())
    (acme, _, nobody) = conservation(house)
    assert acme == replace(nobody, customer="acme", entries=1, lost=("zammad/1/1",))


def test_usage_stands_in_a_table_of_its_own() -> None:
    used = {**fates(), "billed": 2, "held": 1}
    (row,) = [Worked(customer="acme", entries=0, seconds=fates(), records=3, usage=used)]
    assert seconds_text([row]).splitlines()[-3:] == [
        "Usage",
        "  Customer  Records  Open  Billed  Included  Free  Held",
        "  acme            3     0       2         0     0     1",
    ]
