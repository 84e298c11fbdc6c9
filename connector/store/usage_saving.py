"""Saving the rows of a usage file: what is new, changed or gone becomes a version."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from connector.model.usage import UsageRow
from connector.store.columns import canonical, write_moment
from connector.store.facts import digest_of
from connector.store.names import owner_ids
from connector.store.nouns import Counts
from connector.store.saving import put_versions
from connector.store.tables import STANDS
from connector.store.usage_nouns import ToldFile
from connector.store.usage_tables import usage, usage_versions

_GONE = ""  #: the digest of a deleted record: whatever comes back is a new version


def save_rows(connection: Connection, told: ToldFile) -> Counts:
    """Save the records of a file, and the end of those that it no longer tells."""
    was = _standing(connection, told.source)
    owners = _owners(connection, told.rows)
    rows = {row.key: _version(row, owners[row.owned_at][canonical(dict(row.owner))]) for row in told.rows}
    new = [key for key in rows if was.get(key, _GONE) == _GONE]
    altered = [key for key in rows if _GONE != was.get(key, _GONE) != rows[key]["digest"]]
    gone = [key for record in told.gone if was.get(key := f"{told.source}/{record}", _GONE) != _GONE]
    fresh = [
        {"key": key, "source": told.source, "file": told.name, "customer": ""}
        for key in new
        if key not in was
    ]
    if fresh:
        connection.execute(insert(usage), fresh)
    if known := [{"of": key, "name": told.name} for key in rows if key in was]:
        moved = usage.c.key == bindparam("of")
        connection.execute(update(usage).where(moved).values(file=bindparam("name")), known)
    versions = [rows[key] for key in (*new, *altered)]
    put_versions(connection, usage_versions, "usage", [*versions, *_deletions(connection, gone)])
    unchanged = len(rows) - len(new) - len(altered)
    return Counts(new=len(new), changed=len(altered), deleted=len(gone), unchanged=unchanged)


def _standing(connection: Connection, source: str) -> dict[str, str]:
    query = (
        select(usage.c.key, usage_versions.c.digest)
        .join(usage_versions, usage_versions.c.usage == usage.c.key)
        .where(usage.c.source == source, usage_versions.c.until == STANDS)
    )
    return {row.key: row.digest for row in connection.execute(query)}


def _owners(connection: Connection, rows: Iterable[UsageRow]) -> dict[str, dict[str, int]]:
    words: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows:
        words.setdefault(row.owned_at, {})[canonical(dict(row.owner))] = dict(row.owner)
    return {place: owner_ids(connection, place, named) for place, named in words.items()}


def _deletions(connection: Connection, gone: list[str]) -> list[dict[str, Any]]:
    deleted = []
    for key in gone:
        query = select(usage_versions).where(usage_versions.c.until == STANDS, usage_versions.c.usage == key)
        row = connection.execute(query).mappings().one()
        deleted.append({**row, "deleted": True, "digest": _GONE})
    return deleted


def _version(row: UsageRow, owner_id: int) -> dict[str, Any]:
    told = {
        "owner_id": owner_id,
        "stands": row.stands,
        "unit": row.unit,
        "text": row.text,
        "ticket": row.ticket,
        "number": row.number,
    }
    settled = [
        f"{row.quantity:f}",
        row.start.isoformat(),
        row.at and write_moment(row.at),
        row.cost is not None and f"{row.cost:f}",
        sorted((name, row.columns.get(name, "")) for name in row.words),
    ]
    return {
        "usage": row.key,
        # the end stands apart, so that one can see where it alone moved
        "digest": f"{digest_of(canonical([told, settled]))} {row.end or ''}",
        "deleted": False,
        "record": row.record,
        "quantity": row.quantity,
        "start": row.start,
        "at": row.at,
        "end": row.end,
        "cost": row.cost,
        "columns": dict(row.columns),
        **told,
    }
