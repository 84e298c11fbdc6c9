"""The log of the house: what happened, when, by whom."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from connector.store.engine import Store
from connector.store.nouns import Event
from connector.store.tables import events as rows


def record(store: Store, at: datetime, actor: str, kind: str, subject: str, detail: str = "") -> None:
    """Log something that happened."""
    with store.begin() as connection:
        note(connection, at, actor, kind, subject, detail)


def note(connection: Connection, at: datetime, actor: str, kind: str, subject: str, detail: str) -> None:
    """Log something inside the transaction in which it happens."""
    connection.execute(insert(rows).values(at=at, actor=actor, kind=kind, subject=subject, detail=detail))


def events(
    store: Store, *, kind: str | None = None, subject: str | None = None, last: int | None = None
) -> list[Event]:
    """Return events, newest first; of one kind, about one subject, and only the ``last`` ones if asked."""
    query = select(rows.c.at, rows.c.actor, rows.c.kind, rows.c.subject, rows.c.detail)
    if kind is not None:
        query = query.where(rows.c.kind == kind)
    if subject is not None:
        query = query.where(rows.c.subject == subject)
    with store.read() as connection:
        found = connection.execute(query.order_by(rows.c.id.desc()).limit(last)).mappings()
        return [Event(**row) for row in found]
