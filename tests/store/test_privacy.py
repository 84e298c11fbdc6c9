"""Forgetting and purging: names and notes go, figures and digests stay."""

from datetime import date, timedelta

from connector.model.statement import Fate
from connector.store import events, ledger, work
from connector.store.engine import Store
from connector.store.nouns import Counts, Purged
from tests.store.samples import MARCH, NOW, closing, entry, invoice, key, line, march, save, seen, snapshot

LATER = NOW + timedelta(days=500)


def dump(store: Store) -> str:
    with store.read() as connection:
        names = (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        )
        return "\n".join(str(connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()) for name in names)


def digests(store: Store) -> list[str]:
    tables = ("tickets", "ticket_versions", "work_versions")
    query = " UNION ALL ".join(f"SELECT digest FROM {table}" for table in tables)
    with store.read() as connection:
        return sorted(connection.exec_driver_sql(query).scalars())


def name_of(store: Store, target: str) -> tuple[str, str]:
    (found,) = work.find_work(store, target)
    return found.entry.technician, found.entry.technician_name


def test_a_forgotten_name_stands_nowhere_and_does_not_come_back(store: Store) -> None:
    other = entry("2", "1", technician="8", technician_name="Max Roe")
    tickets = [snapshot("1", entry("1", "1")), snapshot("2", other)]
    save(store, *tickets)
    before = digests(store)
    assert "Jane Doe" in dump(store)
    assert work.forget(store, "zammad", "7", NOW)
    assert "Jane Doe" not in dump(store)
    assert (name_of(store, "zammad/1"), name_of(store, "zammad/2")) == (("7", ""), ("8", "Max Roe"))
    assert (digests(store), march(store)) == (before, {"zammad/1/1": 3600, "zammad/2/1": 3600})
    assert save(store, *tickets) == Counts(unchanged=2)
    assert save(store, snapshot("1", entry("1", "1"), entry("1", "2", 60))) == Counts(new=1, unchanged=1)
    assert "Jane Doe" not in dump(store)
    assert list(work.known(store, "zammad", ["1", "2"])) == ["1", "2"]
    assert [event.subject for event in events.events(store, kind="forget")] == ["zammad person 1"]


def test_forgetting_nobody_says_so(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    assert not work.forget(store, "zammad", "70", NOW)
    assert not work.forget(store, "glpi", "7", NOW)
    assert name_of(store, "zammad/1") == ("7", "Jane Doe")


def test_names_are_no_part_of_digests(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    before = digests(store)
    renamed = snapshot("1", entry("1", "1", technician_name="Jane Roe"))
    assert save(store, renamed) == Counts(unchanged=1)
    assert (name_of(store, "zammad/1"), digests(store)) == (("7", "Jane Roe"), before)
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM raw_records").scalar() == 1


def test_work_of_nobody_has_no_person(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1", technician="", technician_name="")))
    assert name_of(store, "zammad/1") == ("", "")


def test_a_person_without_a_name_gets_it_when_the_desk_tells(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1", technician_name="")))
    assert name_of(store, "zammad/1") == ("7", "")
    save(store, snapshot("1", entry("1", "1")))
    save(store, snapshot("2", entry("2", "1", technician_name="")))
    assert name_of(store, "zammad/2") == ("7", "Jane Doe")


def test_purge_removes_raw_records_and_notes_of_what_is_settled(store: Store) -> None:
    tickets = [
        snapshot("1", entry("1", "1", note="claimed"), entry("1", "2", note="open")),
        snapshot("2", entry("2", "1", note="deleted")),
        snapshot("3", entry("3", "1", note="claimed late", day=31)),
    ]
    save(store, *tickets)
    save(store, snapshot("2"), now=LATER)
    fates = {"zammad/1/1": Fate.BILLED, "zammad/3/1": Fate.BILLED}
    (due,) = ledger.close_period(store, closing(invoice(line(key("1"), "25.00")), fates), NOW)
    stored = ledger.invoice(store, due.reference)
    before = digests(store)
    assert work.purge(store, LATER, date(2026, 3, 31), LATER) == Purged(raw=3, notes=3)
    assert "claimed late" in dump(store)
    notes = {one.entry.key: one.entry.note for one in work.work_between(store, MARCH.start, MARCH.end)}
    assert notes == {"zammad/1/1": "", "zammad/1/2": "open", "zammad/3/1": "claimed late"}
    assert (ledger.invoice(store, due.reference), digests(store)) == (stored, before)
    assert work.known(store, "zammad", ["1", "2"]) == {"2": seen(snapshot("2")).raw}
    assert save(store, tickets[0], now=LATER) == Counts(unchanged=2)
    assert work.purge(store, NOW, date(2026, 3, 31), LATER) == Purged(raw=0, notes=0)
    assert [event.detail for event in events.events(store, kind="purge")][-1] == "3 raw records, 3 notes"
