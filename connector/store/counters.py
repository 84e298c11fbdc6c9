"""Running numbers, taken inside the transaction that uses them, so that none is lost or given twice."""

from sqlalchemy import Connection, insert, select, update

from connector.store.engine import Store
from connector.store.tables import counters

SEQUENCE = "seq"


def take(connection: Connection, name: str, count: int = 1) -> int:
    """Take ``count`` numbers that follow each other and return the first; a new counter begins with 1."""
    last = current(connection, name)
    if last is None:
        connection.execute(insert(counters).values(name=name, value=count))
        return 1
    connection.execute(update(counters).where(counters.c.name == name).values(value=last + count))
    return last + 1


def current(connection: Connection, name: str) -> int | None:
    """Return the last number taken; None before the first."""
    return connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar()


def latest_seq(store: Store) -> int:
    """Return the number of the newest version or decision; 0 in an empty house."""
    with store.read() as connection:
        return current(connection, SEQUENCE) or 0
