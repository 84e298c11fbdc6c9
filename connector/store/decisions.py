"""Decisions in the vault: added, numbered, never changed."""

from dataclasses import asdict, replace

from sqlalchemy import RowMapping, insert, select

from connector.model.decision import Decision, Kind
from connector.store.counters import SEQUENCE, take
from connector.store.engine import Store
from connector.store.nouns import StoreError
from connector.store.tables import decisions as rows


def decide(store: Store, decision: Decision) -> Decision:
    """Add a decision and return it with its id, ``D-17``."""
    with store.begin() as connection:
        numbered = replace(decision, id=f"D-{take(connection, 'decision')}")
        connection.execute(insert(rows).values(seq=take(connection, SEQUENCE), **asdict(numbered)))
    return numbered


def decisions(store: Store, asof: int | None = None) -> list[Decision]:
    """Return all decisions in the order in which they were made; ``asof``: up to a sequence number."""
    query = select(rows).order_by(rows.c.seq)
    if asof is not None:
        query = query.where(rows.c.seq <= asof)
    with store.read() as connection:
        return [_decision(row) for row in connection.execute(query).mappings()]


def seq_of(store: Store, decision: str) -> int:
    """Return a decision's sequence number.

    Raises:
        StoreError: there is no such decision.
    """
    with store.read() as connection:
        seq = connection.execute(select(rows.c.seq).where(rows.c.id == decision)).scalar()
    if seq is None:
        raise StoreError(f"there is no decision '{decision}'; see: deskbill decide list")
    return int(seq)


def _decision(row: RowMapping) -> Decision:
    told = {name: value for name, value in row.items() if name != "seq"}
    return Decision(**{**told, "kind": Kind(row["kind"])})
