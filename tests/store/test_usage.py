"""Usage in the vault: versions, days that changed, claims, files as they were read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.model.problem import Problem, Source
from connector.model.statement import Fate
from connector.model.usage import UsageRow
from connector.store import ledger, work
from connector.store.engine import Store
from connector.store.nouns import Counts, Held, Scope
from connector.store.usage import (
    claims_of_usage,
    find_usage,
    forget_file,
    known_files,
    periods_holding_usage,
    save_file,
    tickets_named,
    told_by,
    unclaimed_usage,
    usage_between,
    usage_problems,
    usage_touched_since,
)
from connector.store.usage_nouns import NamedTicket, ToldFile, UsageClaim
from tests.store.samples import APRIL, MARCH, NOW, closing, entry, snapshot
from tests.store.samples import save as save_work

ACME, GLOBEX = {"customer": "ACME GmbH"}, {"customer": "Globex Ltd"}


def row(index: int, owner: Mapping[str, str] = ACME, **facts: Any) -> UsageRow:
    told: dict[str, Any] = {"quantity": Decimal(1), "start": date(2026, 3, 1), "stands": True, **facts}
    columns = {"user": f"user{index}", "seen": "today", **told.pop("columns", {})}
    return UsageRow(
        source="licences",
        record=f"L-{index}",
        owned_at="licences",
        owner=owner,
        columns=columns,
        words=frozenset({"user"}),
        **told,
    )


def save(
    store: Store, *rows: UsageRow, gone: tuple[str, ...] = (), name: str = "a.csv", **facts: Any
) -> Counts:
    told = ToldFile(source="licences", name=name, digest="d", rows=rows, gone=gone, **facts)
    return save_file(store, told, NOW)


def scope(store: Store, words: Mapping[str, str] = ACME, customer: str = "acme") -> Scope:
    mine = frozenset(id_ for id_, (_, found) in work.owners(store).items() if found == words)
    return Scope(customer=customer, owners=mine)


def march(store: Store, **asked: Any) -> dict[str, date | None]:
    return {seen.row.record: seen.row.end for seen in usage_between(store, MARCH.start, MARCH.end, **asked)}


def test_a_record_comes_back_as_it_was_told(store: Store) -> None:
    told = row(
        1, cost=Decimal("7.10"), end=date(2026, 4, 1), at=NOW, text="Office", ticket="zammad/1", number="91"
    )
    assert save(store, told) == Counts(new=1)
    (seen,) = find_usage(store, "licences/L-1")
    assert seen.row == replace(told, words=frozenset())
    assert seen.file == "a.csv"


def test_the_same_again_writes_nothing_and_a_change_is_a_version(store: Store) -> None:
    save(store, row(1), row(2))
    before = work.latest_seq(store)
    assert save(store, row(1), row(2, columns={"seen": "yesterday"})) == Counts(unchanged=2)
    assert work.latest_seq(store) == before
    assert save(store, row(1, columns={"user": "eve"}), row(2)) == Counts(changed=1, unchanged=1)
    assert save(store, row(1, columns={"user": "eve"}), gone=("L-2", "L-9")) == Counts(deleted=1, unchanged=1)
    assert (list(march(store)), list(march(store, asof=before))) == (["L-1"], ["L-1", "L-2"])
    assert save(store, row(2)) == Counts(new=1)
    assert told_by(store, "licences") == {"L-1": "a.csv", "L-2": "a.csv"}


def test_usage_is_read_where_it_stands_or_was_used(store: Store) -> None:
    day = date(2026, 3, 31)
    save(
        store,
        row(1, start=date(2025, 1, 1)),
        row(2, start=date(2025, 1, 1), end=MARCH.start),
        row(3, start=day, stands=False),
        row(4, start=APRIL.start, stands=False),
        row(5, start=date(2026, 2, 28), stands=False),
        row(6, GLOBEX),
    )
    assert list(march(store)) == ["L-1", "L-6", "L-3"]
    assert list(march(store, scope=scope(store))) == ["L-1", "L-3"]


@pytest.mark.parametrize(
    ("before", "after", "day"),
    [
        (row(1), row(1, end=date(2026, 3, 11)), date(2026, 3, 11)),
        (row(1, end=date(2026, 3, 20)), row(1, end=date(2026, 3, 11)), date(2026, 3, 11)),
        (row(1, end=date(2026, 3, 20)), row(1), date(2026, 3, 20)),
        (row(1), row(1, quantity=Decimal(2)), date(2026, 3, 1)),
        (row(1), row(1, start=date(2026, 2, 1)), date(2026, 2, 1)),
        (row(1), row(1, end=date(2026, 3, 11), columns={"user": "eve"}), date(2026, 3, 1)),
        (row(1), row(1, GLOBEX), date(2026, 3, 1)),
        (row(1), None, date(2026, 3, 1)),
        (None, row(1), date(2026, 3, 1)),
        (row(1), row(1), None),
    ],
)
def test_the_first_day_that_is_another_is_known(
    store: Store, before: UsageRow | None, after: UsageRow | None, day: date | None
) -> None:
    save(store, row(2), *([before] if before else []))
    seq = work.latest_seq(store)
    save(store, row(2), *([after] if after else []), gone=() if after else ("L-1",))
    assert usage_touched_since(store, seq, scope(store)) == day


def test_a_close_claims_usage_with_the_words_of_its_owner(store: Store) -> None:
    save(store, row(1), row(2, GLOBEX))
    (first, second) = usage_between(store, MARCH.start, MARCH.end)
    claim = UsageClaim(
        usage="licences/L-1",
        period_start=MARCH.start,
        fate=Fate.HELD,
        customer="acme",
        owner_id=first.owner_id,
    )
    assert [seen.row.record for seen in unclaimed_usage(store)] == ["L-1", "L-2"]
    ledger.close_period(store, closing(None, usage_claims=[claim]), NOW)
    assert [seen.row.record for seen in unclaimed_usage(store)] == ["L-2"]
    assert claims_of_usage(store, MARCH.start, scope(store)) == [claim]
    assert claims_of_usage(
        store, MARCH.start, Scope(customer="globex", owners=frozenset({first.owner_id}))
    ) == [claim]
    assert claims_of_usage(store, MARCH.start, Scope(owners=frozenset({second.owner_id}))) == []
    assert periods_holding_usage(store, "acme") == {MARCH.start}
    assert ledger.held(store) == [Held(customer="acme", entries=0, seconds=0, usage=1)]


def test_a_file_is_known_with_what_was_wrong_with_it(store: Store) -> None:
    problem = Problem(code="usage_row", message="no day", source=Source(file="a.csv", line=3))
    save(store, row(1), problems=[problem])
    assert known_files(store)["licences", "a.csv"].problems == (problem,)
    assert usage_problems(store) == [problem]
    save(store, row(1))
    assert usage_problems(store) == []
    forget_file(store, "licences", "a.csv")
    assert (known_files(store), list(march(store))) == ({}, ["L-1"])


def test_a_record_belongs_to_the_file_that_tells_it_now(store: Store) -> None:
    save(store, row(1))
    save(store, row(1), name="b.csv")
    assert told_by(store, "licences") == {"L-1": "b.csv"}


def test_a_ticket_is_found_by_number_or_id_with_its_first_owner(store: Store) -> None:
    save_work(store, snapshot("1", entry("1", "1")))
    save_work(store, snapshot("1", entry("1", "1"), owner={"organization": "Globex"}))
    found = NamedTicket(key="zammad/1", number="91", owner={"organization": "ACME GmbH"})
    assert tickets_named(store, "zammad", "number", ["91", "92"]) == {"91": found}
    assert tickets_named(store, "zammad", "id", ["1"]) == {"1": found}
    assert tickets_named(store, "glpi", "id", ["1"]) == {}
