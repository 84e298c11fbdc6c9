"""The database file: creation, schema versions, backup, transactions."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from connector.store import events
from connector.store.engine import HEAD, NewerSchema, OlderSchema, Store, backup, create, open_store, upgrade
from connector.store.ledger_tables import bases
from connector.store.nouns import StoreError
from tests.store.samples import NOW, entry, march, save, snapshot

METADATA = bases.metadata
MIGRATIONS = Path(sys.modules[Store.__module__].__file__ or "").parent / "migrations"


def older(path: Path) -> Path:
    """Make a database as the program of the first revision left it."""
    create(path).close()
    late = [name for name in METADATA.tables if name not in _first_tables()]
    with closing(sqlite3.connect(path)) as connection:
        for name in late:
            connection.execute(f"DROP TABLE {name}")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.execute("INSERT INTO counters VALUES ('seq', 41)")
        connection.commit()
    return path


def _first_tables() -> list[str]:
    text_of = (MIGRATIONS / "versions" / "r0001_facts.py").read_text()
    return [name for name in METADATA.tables if f'"{name}",\n' in text_of.replace(" ", "")]


def revision(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_the_migrated_schema_is_the_one_that_the_program_uses(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_last_revision_is_the_head() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_sqlite_keeps_what_was_committed(store: Store) -> None:
    with store.read() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert told == ["wal", 2, 1, 10000]


def test_only_the_owner_can_read_the_database(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "copy.sqlite")
    assert [path.stat().st_mode & 0o777 for path in (store.path, tmp_path / "copy.sqlite")] == [0o600, 0o600]


def test_create_touches_no_database_that_is_there(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    with pytest.raises(StoreError, match=r"house\.sqlite: is there already; nothing was changed"):
        create(store.path)
    assert march(store) == {"zammad/1/1": 3600}


def test_create_in_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be created: No such file or directory"):
        create(tmp_path / "missing" / "house.sqlite")


def test_open_without_a_database_names_init(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database; restore a backup, or for a new one"):
        open_store(tmp_path / "house.sqlite")


def test_open_refuses_other_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database at all " * 100)
    with pytest.raises(StoreError, match="is no database, or a damaged one"):
        open_store(tmp_path / "notes.txt")
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(StoreError, match="is no database of deskbill"):
        open_store(tmp_path / "other.sqlite")


def test_an_older_database_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    with pytest.raises(
        OlderSchema, match=f"older schema 0001, this program needs {HEAD}; run: deskbill db upgrade"
    ):
        open_store(older(tmp_path / "house.sqlite"))


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "house.sqlite"
    with create(path) as store, store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(NewerSchema, match=f"newer schema 0999, this program knows {HEAD}; update deskbill"):
        open_store(path)
    with pytest.raises(NewerSchema):
        upgrade(path, tmp_path / "backup.sqlite")
    assert not (tmp_path / "backup.sqlite").exists()


def test_upgrade_backs_up_and_keeps_what_is_there(tmp_path: Path) -> None:
    path, copy = older(tmp_path / "house.sqlite"), tmp_path / "backup.sqlite"
    assert upgrade(path, copy)
    assert (revision(path), revision(copy)) == (HEAD, "0001")
    with open_store(path) as store, store.read() as connection:
        assert connection.execute(text("SELECT value FROM counters")).scalar() == 41
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_upgrade_of_a_present_database_does_nothing(store: Store, tmp_path: Path) -> None:
    assert not upgrade(store.path, tmp_path / "backup.sqlite")
    assert not (tmp_path / "backup.sqlite").exists()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = older(tmp_path / "house.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE receipts (in_the_way TEXT)")
    with pytest.raises(StoreError, match="table receipts already exists"):
        upgrade(path, tmp_path / "backup.sqlite")
    assert revision(path) == "0001"
    with closing(sqlite3.connect(path)) as connection:
        names = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    assert "invoices" not in names


def test_a_backup_holds_everything_and_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    save(store, snapshot("1", entry("1", "1")))
    backup(store, tmp_path / "copy.sqlite")
    with open_store(tmp_path / "copy.sqlite") as copy:
        assert march(copy) == {"zammad/1/1": 3600}
    with pytest.raises(StoreError, match="cannot back up to it: File exists"):
        backup(store, tmp_path / "copy.sqlite")


def test_a_crash_inside_a_transaction_leaves_nothing(store: Store) -> None:
    def crash() -> None:
        with store.begin() as connection:
            events.note(connection, NOW, "lena", "close", "acme", "")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        crash()
    assert events.events(store) == []


def test_a_killed_writer_leaves_nothing(store: Store) -> None:
    killed = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from connector.store import events
from connector.store.engine import open_store
store = open_store(Path(sys.argv[1]))
events.record(store, datetime.now(UTC), "lena", "kept", "acme")
with store.begin() as connection:
    events.note(connection, datetime.now(UTC), "lena", "lost", "acme", "")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", killed, str(store.path)], check=False)
    assert done.returncode == -9
    assert [event.kind for event in events.events(store)] == ["kept"]


def test_a_reader_sees_one_state_while_a_writer_commits(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    with store.read() as reader:
        before = reader.execute(text("SELECT count(*) FROM work")).scalar()
        save(store, snapshot("2", entry("2", "1")))
        assert reader.execute(text("SELECT count(*) FROM work")).scalar() == before == 1
    assert list(march(store)) == ["zammad/1/1", "zammad/2/1"]
