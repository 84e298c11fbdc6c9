"""The door to the database: create, open, upgrade, back up. What only SQLite knows stands here alone."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

from alembic import command
from alembic.config import Config
from sqlalchemy import Column, Connection, Table, create_engine, event, insert, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from connector.store.nouns import StoreError

#: The schema that this program works with: the last revision under `migrations/versions`. They sort as text.
HEAD = "0004"
_WAIT_FOR_LOCK = 10  # seconds; writers are kept apart by the lease, so a lock is held for one verb only


class OlderSchema(StoreError):
    """The database was written by an older program."""


class NewerSchema(StoreError):
    """The database was written by a newer program."""


class Store:
    """A database file. Every public verb of this room is one transaction on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = create_engine(
            f"sqlite:///{path}", connect_args={"timeout": _WAIT_FOR_LOCK, "isolation_level": None}
        )
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction that writes. It is committed at the end, or rolled back whole."""
        with self._named_errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and never waits for a writer."""
        with self._named_errors(), self.engine.connect() as connection:
            yield connection.execution_options(reads=True)

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise StoreError(f"{self.path}: {error.orig}") from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:  # a unique key, say: for the verb to tell
                raise
            message = f"{self.path}: is no database, or a damaged one ({error.orig}); restore the last backup"
            raise StoreError(message) from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def insert_rows(connection: Connection, table: Table, columns: Mapping[str, Iterable[Any]]) -> None:
    """Insert many rows, given column by column; what is `itertools.repeat`-ed is the same in all rows.

    The statement is made once and the driver gets plain tuples: an ``insert`` of dictionaries takes three
    times as long.
    """
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
    written = [_written(connection, table.c[name], columns[name]) for name in compiled.positiontup or ()]
    if rows := list(zip(*written, strict=False)):
        connection.exec_driver_sql(str(compiled), rows)


def _written(connection: Connection, column: Column[Any], values: Iterable[Any]) -> Iterable[Any]:
    write = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return map(write, values) if write else values


def create(path: Path) -> Store:
    """Make a new database, readable by its owner only.

    Raises:
        StoreError: there is one already, or the folder is missing.
    """
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"{path}: cannot be created: {error.strerror}") from error
    store = Store(path)
    if _tables(store):
        store.close()
        raise StoreError(f"{path}: is there already; nothing was changed")
    _migrate(store)
    return store


def open_store(path: Path) -> Store:
    """Open a database that this program's schema fits.

    Raises:
        OlderSchema: it must be upgraded first.
        NewerSchema: this program is too old for it.
        StoreError: there is no database.
    """
    store, found = _open(path)
    if found < HEAD:
        store.close()
        raise OlderSchema(
            f"{path}: has the older schema {found}, this program needs {HEAD}; run: deskbill db upgrade"
        )
    return store


def upgrade(path: Path, backup_to: Path) -> bool:
    """Bring an older database up to date after backing it up; tell whether there was anything to do."""
    store, found = _open(path)
    with store:
        if found == HEAD:
            return False
        backup(store, backup_to)
        _migrate(store)
        return True


def backup(store: Store, to: Path) -> None:
    """Copy the database as it is at one moment to a new file, while others may be writing.

    Raises:
        StoreError: the file is there already or cannot be written.
    """
    try:
        to.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise StoreError(f"{to}: cannot back up to it: {error.strerror}") from error
    try:
        with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        to.unlink()
        raise StoreError(f"{to}: cannot back up to it: {error}") from error


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A writer takes the lock at once: one that reads first and locks later can fail half-way.
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _open(path: Path) -> tuple[Store, str]:
    if not path.is_file():
        raise StoreError(
            f"{path}: there is no database; restore a backup, or for a new one run: deskbill init"
        )
    store = Store(path)
    found = _revision(store)
    if not "" < found <= HEAD:
        store.close()
        raise (
            NewerSchema(f"{path}: has the newer schema {found}, this program knows {HEAD}; update deskbill")
            if found
            else StoreError(f"{path}: is no database of deskbill")
        )
    return store, found


def _tables(store: Store) -> list[str]:
    try:
        with store.read() as connection:
            return inspect(connection).get_table_names()
    except StoreError:
        store.close()
        raise


def _revision(store: Store) -> str:
    if "alembic_version" not in _tables(store):
        return ""
    with store.read() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _migrate(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", "connector.store:migrations")
    attributes: dict[str, Any] = config.attributes
    with store.begin() as connection:
        attributes["connection"] = connection
        command.upgrade(config, HEAD)
