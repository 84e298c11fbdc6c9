"""The writer's lease."""

import threading
from datetime import timedelta

import pytest

from connector.store.engine import Store, open_store
from connector.store.lease import Busy, acquire, release, renew
from connector.store.nouns import StoreError
from tests.store.samples import NOW


def at(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


def test_the_second_process_is_told_who_holds_it_and_until_when(store: Store) -> None:
    acquire(store, "host7, process 4711", NOW)
    with pytest.raises(Busy) as refused:
        acquire(store, "host7, process 4712", NOW + at(119))
    assert (refused.value.holder, refused.value.since, refused.value.until) == (
        "host7, process 4711",
        NOW,
        NOW + at(120),
    )
    assert str(refused.value) == (
        "host7, process 4711 is at work since 2026-04-04 06:00:00 UTC; "
        "if it is dead, its lease ends by itself at 06:02:00 UTC"
    )


def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_stops(store: Store) -> None:
    acquire(store, "first", NOW)
    acquire(store, "second", NOW + at(120))
    with pytest.raises(Busy, match="second is at work"):
        renew(store, "first", NOW + at(121))


def test_a_renewed_lease_keeps_its_beginning(store: Store) -> None:
    acquire(store, "first", NOW)
    renew(store, "first", NOW + at(100))
    with pytest.raises(Busy) as refused:
        acquire(store, "second", NOW + at(219))
    assert (refused.value.since, refused.value.until) == (NOW, NOW + at(220))


def test_one_that_ran_out_can_be_renewed_while_nobody_took_it(store: Store) -> None:
    acquire(store, "first", NOW)
    renew(store, "first", NOW + at(500))
    with pytest.raises(Busy):
        acquire(store, "second", NOW + at(501))


def test_a_released_lease_is_free(store: Store) -> None:
    acquire(store, "first", NOW)
    release(store, "second")
    with pytest.raises(Busy):
        acquire(store, "second", NOW)
    release(store, "first")
    with pytest.raises(StoreError, match="first has no lease to renew"):
        renew(store, "first", NOW)
    acquire(store, "second", NOW)
    with pytest.raises(Busy, match="second"):
        acquire(store, "first", NOW)


def test_of_many_at_once_one_gets_it(store: Store) -> None:
    got: list[str] = []

    def compete(name: str) -> None:
        with open_store(store.path) as mine:
            try:
                acquire(mine, name, NOW)
            except Busy:
                return
            got.append(name)

    threads = [threading.Thread(target=compete, args=(f"process {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
