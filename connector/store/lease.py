"""The writer's lease: one process at a time changes the house, and the next one is told who does."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from connector.store.engine import Store
from connector.store.nouns import StoreError
from connector.store.tables import leases

_WRITER = "writer"


class Busy(StoreError):
    """Another process is at work."""

    def __init__(self, holder: str, since: datetime, until: datetime) -> None:
        super().__init__(
            f"{holder} is at work since {since:%Y-%m-%d %H:%M:%S %Z}; "
            f"if it is dead, its lease ends by itself at {until:%H:%M:%S %Z}"
        )
        self.holder, self.since, self.until = holder, since, until


def acquire(store: Store, holder: str, now: datetime, seconds: int = 120) -> None:
    """Take the lease; one that has run out is taken over.

    ``holder`` names the process for people and is unique to it, e.g. ``deskbill on host7, process 4711``.

    Raises:
        Busy: another holder has it.
    """
    with store.begin() as connection:
        row = _row(connection)
        if row and row.holder != holder and row.until > now:
            raise Busy(row.holder, row.since, row.until)
        since = row.since if row and row.holder == holder else now
        _put(connection, holder, since, now + timedelta(seconds=seconds))


def renew(store: Store, holder: str, now: datetime, seconds: int = 120) -> None:
    """Keep the lease for longer. One that ran out is kept if nobody took it.

    Raises:
        Busy: another holder took it over; this one must stop writing.
        StoreError: nobody holds it: it was released.
    """
    with store.begin() as connection:
        row = _row(connection)
        if row is None:
            raise StoreError(f"{holder} has no lease to renew")
        if row.holder != holder:
            raise Busy(row.holder, row.since, row.until)
        _put(connection, holder, row.since, now + timedelta(seconds=seconds))


def release(store: Store, holder: str) -> None:
    """Give the lease back; that of another holder is left alone."""
    with store.begin() as connection:
        connection.execute(delete(leases).where(leases.c.name == _WRITER, leases.c.holder == holder))


def _row(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(leases).where(leases.c.name == _WRITER)).first()


def _put(connection: Connection, holder: str, since: datetime, until: datetime) -> None:
    connection.execute(delete(leases).where(leases.c.name == _WRITER))
    connection.execute(insert(leases).values(name=_WRITER, holder=holder, since=since, until=until))
