"""The kit finds adapters that are wrong: each of these is, in one way."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from connector.books import Books, Payload
from connector.desk import ChangedPage, Cursor, Desk, Known, Raw
from connector.http import RemoteError, Session
from connector.model.invoice import Receipt
from connector.model.work import TicketSnapshot
from connector.testing.books_stage import trading
from connector.testing.desk_stage import pulling
from connector.testing.kit import BooksKit, DeskKit
from tests.kit.test_tryton import TrytonStage
from tests.kit.test_zammad import ZammadStage

WRONG = (AssertionError, pytest.fail.Exception)


class Wrong:
    """Does all as the right adapter, but for what a subclass overrides."""

    def __init__(self, right: Any) -> None:
        self.right = right

    def __getattr__(self, name: str) -> Any:
        return getattr(self.right, name)


class FirstPageOnly(Wrong):
    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        yield next(self.right.changed(since))


class NeverAgain(Wrong):
    def snapshots(self, tickets: Sequence[str], known: Known) -> Iterator[Raw]:
        yield from known.values()
        yield from self.right.snapshots([one for one in tickets if one not in known], {})


class CursorTooEarly(Wrong):
    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        pages = list(self.right.changed(since))
        for page in pages:
            yield replace(page, cursor=pages[-1].cursor)


class SilentAboutFaults(Wrong):
    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        try:
            yield from self.right.changed(since)
        except RemoteError:
            return


class Counting(Wrong):
    calls = 0

    def parse(self, raw: Raw) -> TicketSnapshot:
        self.calls += 1
        snapshot: TicketSnapshot = self.right.parse(raw)
        return replace(snapshot, title=f"{snapshot.title} {self.calls}")


class AsksForEach(Wrong):
    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        yield from self.right.changed(Cursor(""))

    def snapshots(self, tickets: Sequence[str], known: Known) -> Iterator[Raw]:
        for ticket in tickets:
            self.right.check()
            yield from self.right.snapshots([ticket], known)


class CreatesAgain(Wrong):
    def create(self, payload: Payload) -> Receipt:
        try:
            receipt: Receipt = self.right.create(payload)
        except RemoteError:
            receipt = self.right.create(payload)
        return receipt


class FindsOne(Wrong):
    def find(self, reference: str) -> list[Receipt]:
        found: list[Receipt] = self.right.find(reference)
        return found[:1]


class FindsNothingWhenBroken(Wrong):
    def find(self, reference: str) -> list[Receipt]:
        try:
            found: list[Receipt] = self.right.find(reference)
        except RemoteError:
            return []
        return found


def wrong_desk(kind: Callable[[Any], Any]) -> ZammadStage:
    class Stage(ZammadStage):
        def connect(self, url: str, session: Session) -> Desk:
            desk: Desk = kind(super().connect(url, session))
            return desk

    return Stage()


def wrong_books(kind: Callable[[Any], Any]) -> TrytonStage:
    class Stage(TrytonStage):
        def connect(self, url: str, session: Session) -> Books:
            books: Books = kind(super().connect(url, session))
            return books

    return Stage()


@pytest.mark.parametrize(
    ("kind", "test"),
    [
        (FirstPageOnly, DeskKit.test_tickets_of_one_instant),
        (NeverAgain, DeskKit.test_edits_and_deletions_are_seen),
        (CursorTooEarly, DeskKit.test_a_pull_goes_on_where_it_was_stopped),
        (SilentAboutFaults, DeskKit.test_a_page_that_repeats),
        (Counting, DeskKit.test_parse_is_pure),
        (AsksForEach, DeskKit.test_a_quiet_desk_costs_few_requests),
    ],
)
def test_a_wrong_desk_is_found(kind: type[Wrong], test: Callable[..., None]) -> None:
    stage = wrong_desk(kind)
    with pulling(stage) as house, pytest.raises(WRONG):
        test(DeskKit(), stage, house)


@pytest.mark.parametrize(
    ("kind", "test", "parameters"),
    [
        (CreatesAgain, BooksKit.test_a_lost_answer, {}),
        (FindsOne, BooksKit.test_two_matches_are_both_seen, {}),
        (FindsNothingWhenBroken, BooksKit.test_a_fault_that_stays, {"name": "500"}),
    ],
)
def test_wrong_books_are_found(
    kind: type[Wrong], test: Callable[..., None], parameters: dict[str, str]
) -> None:
    stage = wrong_books(kind)
    with trading(stage) as till:
        given = {"shop": stage, "till": till, "invoice": BooksKit.invoice_of(stage), **parameters}
        wanted = {name: given[name] for name in inspect.signature(test).parameters if name != "self"}
        with pytest.raises(WRONG):
            test(BooksKit(), **wanted)
