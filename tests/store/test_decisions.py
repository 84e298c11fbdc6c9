"""Decisions and events are added, never changed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connector.model.decision import Decision, Kind
from connector.store import events, work
from connector.store.decisions import decide, decisions, seq_of
from connector.store.engine import Store
from connector.store.nouns import Event, StoreError
from tests.store.samples import APRIL, MARCH, NOW, entry, save, snapshot

WAIVE = Decision(id="", kind=Kind.WAIVE, by="lena", at=NOW, why="our fault", target="zammad/1")
FULL = Decision(
    id="",
    kind=Kind.OPENING,
    by="lena",
    at=NOW,
    why="carried over from the old system",
    customer="acme",
    target="zammad/1/1",
    period=MARCH,
    amount=Decimal("100.00"),
    percent=Decimal("12.5"),
    tax="DE-19",
    to_customer="beta",
    digest="5ca1ab1e",
    allowance="phone",
    seconds=-600,
    until=APRIL,
    undoes="D-1",
)


def test_a_decision_comes_back_with_its_number(store: Store) -> None:
    assert [decide(store, one).id for one in (WAIVE, FULL)] == ["D-1", "D-2"]
    assert decisions(store) == [replace(WAIVE, id="D-1"), replace(FULL, id="D-2")]


def test_decisions_share_their_sequence_with_work(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    first = decide(store, WAIVE)
    save(store, snapshot("1", entry("1", "1", 60)))
    second = decide(store, replace(WAIVE, kind=Kind.UNDO, undoes=first.id))
    assert (seq_of(store, first.id), seq_of(store, second.id), work.latest_seq(store)) == (3, 5, 5)
    assert [one.id for one in decisions(store, asof=4)] == ["D-1"]
    assert decisions(store, asof=2) == []


def test_an_unknown_decision_is_named(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no decision 'D-9'"):
        seq_of(store, "D-9")


def test_events_come_newest_first(store: Store) -> None:
    for minute, (kind, subject) in enumerate(
        [("cycle", ""), ("close", "acme"), ("close", "beta"), ("cycle", "")]
    ):
        events.record(store, NOW + timedelta(minutes=minute), "lena", kind, subject, f"no. {minute}")
    assert [event.detail for event in events.events(store)] == ["no. 3", "no. 2", "no. 1", "no. 0"]
    assert events.events(store, kind="cycle", last=1) == [
        Event(at=NOW + timedelta(minutes=3), actor="lena", kind="cycle", subject="", detail="no. 3")
    ]
    assert [event.kind for event in events.events(store, subject="beta")] == ["close"]
