"""Desk against ledger against books: each difference by its name, and who may mend it."""

from decimal import Decimal
from typing import Any

import pytest

from connector.http import Transient
from connector.model.invoice import DocumentState
from connector.store import decisions, ledger, work
from connector.store.nouns import Status
from connector.workflow.decide import Refusal
from connector.workflow.house import House
from connector.workflow.push import push
from connector.workflow.reconcile import Difference, Kind, accept, rebill, reconcile
from connector.workflow.sync import sync
from tests.workflow.standins import Clock, FakeBooks, FakeDesk, bill, statuses

CENT = Decimal("0.01")


@pytest.fixture
def sent(house: House) -> str:
    """A draft of 29.75 gross that stands in the books."""
    reference = bill(house)
    push(house, confirmed=True)
    return reference


def found(house: House, *, fix: bool = False, reread: bool = False) -> list[tuple[str, str]]:
    result = reconcile(house, fix=fix, reread=reread)
    return [(row.about, row.kind.value) for row in result.differences]


def test_all_agrees(house: House, sent: str) -> None:
    result = reconcile(house)
    assert (result.differences, result.adopted, result.unchecked) == ((), (), {})


def test_missing_in_books(house: House, books: FakeBooks, sent: str) -> None:
    books.documents.clear()
    (row,) = reconcile(house).differences
    assert row == Difference(
        kind=Kind.MISSING_IN_BOOKS,
        about=sent,
        message="it is gone; decide rebill (due again under a new reference) or accept",
        place="tryton",
        customer="acme",
        ours=Decimal("29.75"),
    )


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"digest": "retouched"}, Kind.CHANGED_IN_BOOKS),
        ({"gross": Decimal("29.76"), "digest": "retouched"}, Kind.AMOUNT_DIFFERS),
        ({"state": DocumentState.CANCELLED}, Kind.CANCELLED_IN_BOOKS),
    ],
)
def test_touched_in_books(
    house: House, books: FakeBooks, sent: str, facts: dict[str, Any], kind: Kind
) -> None:
    books.edit(sent, **facts)
    (row,) = reconcile(house).differences
    assert (row.about, row.kind, row.ours) == (sent, kind, Decimal("29.75"))
    assert row.theirs == facts.get("gross", Decimal("29.75"))
    assert statuses(house) == {sent: "pushed"}


@pytest.mark.parametrize(
    "facts",
    [
        {"digest": "retouched"},
        {"gross": Decimal("29.76"), "digest": "retouched"},
        {"state": DocumentState.CANCELLED},
        None,  # deleted
    ],
)
def test_fix_holds_what_people_touched_until_one_decides(
    house: House, books: FakeBooks, sent: str, facts: dict[str, Any] | None
) -> None:
    """And it neither creates, credits nor bills anew."""
    if facts is None:
        books.documents.clear()
    else:
        books.edit(sent, **facts)
    before = (list(books.documents), ledger.billed(house.store, "acme"))
    for _ in range(2):
        assert [row.about for row in reconcile(house, fix=True).differences] == [sent]
        push(house)
    assert statuses(house) == {sent: "held"}
    assert (books.documents, ledger.billed(house.store, "acme"), books.creates) == (*before, 1)
    accept(house, sent, "eve", "agreed with the customer")
    assert found(house, fix=True) == []
    assert statuses(house) == {sent: "pushed"}


def test_what_was_held_and_is_as_we_meant_it_again_is_adopted(
    house: House, books: FakeBooks, sent: str
) -> None:
    twin = books.hold(ledger.invoice(house.store, sent).invoice)
    reconcile(house, fix=True)
    assert statuses(house) == {sent: "held"}
    books.documents.remove(twin)
    assert [one.reference for one in reconcile(house, fix=True).adopted] == [sent]
    assert statuses(house) == {sent: "pushed"}


def test_twice_in_books(house: House, books: FakeBooks, sent: str) -> None:
    books.hold(ledger.invoice(house.store, sent).invoice)
    assert found(house) == [(sent, "twice_in_books")]


def test_unknown_in_books_only_with_our_prefix(house: House, books: FakeBooks, sent: str) -> None:
    invoice = ledger.invoice(house.store, sent).invoice
    books.hold(invoice, reference="db-2026-0099")
    books.hold(invoice, reference="PO 4711")
    books.hold(invoice, reference="db-2026-0099-copy")
    assert found(house) == [("db-2026-0099", "unknown_in_books")]


def test_document_that_was_never_sent_is_no_difference(house: House) -> None:
    bill(house)
    assert found(house) == []


def test_lost_document_is_adopted_by_fix_only(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    ledger.record_attempt(house.store, reference, house.now())
    books.hold(ledger.invoice(house.store, reference).invoice)
    assert found(house) == [(reference, "not_adopted")]
    assert statuses(house) == {reference: "sending"}
    result = reconcile(house, fix=True)
    assert result.differences == ()
    assert [(one.reference, one.status) for one in result.adopted] == [(reference, Status.PUSHED)]
    assert statuses(house) == {reference: "pushed"}


def test_fix_reads_what_became_of_a_draft(house: House, books: FakeBooks, sent: str) -> None:
    books.edit(sent, state=DocumentState.PAID, number="RE-1")
    assert found(house) == []
    assert statuses(house) == {sent: "pushed"}
    reconcile(house, fix=True)
    assert statuses(house) == {sent: "paid"}
    assert reconcile(house, fix=True).adopted == ()


def test_wrong_figure_that_was_mended_in_the_books_is_adopted(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    books.wrong = CENT
    push(house, confirmed=True)
    assert found(house) == [(reference, "amount_differs")]
    books.edit(reference, gross=Decimal("29.75"), digest="mended")
    assert found(house) == [(reference, "not_adopted")]
    reconcile(house, fix=True)
    assert statuses(house) == {reference: "pushed"}


def test_books_that_are_down_are_told_and_the_rest_goes_on(house: House, books: FakeBooks, sent: str) -> None:
    books.fault = Transient("GET: 503")
    result = reconcile(house)
    assert result.unchecked == {"tryton": books.fault}
    assert result.differences == ()


def test_blind_books_cannot_be_compared(house: House, books: FakeBooks, sent: str) -> None:
    books.finds = "none"
    assert str(reconcile(house).unchecked["tryton"]).startswith("tryton cannot be asked")


def test_changed_and_deleted_after_billing(house: House, desk: FakeDesk) -> None:
    desk.put("1", a=1200, b=60, c=30)
    sync(house)
    bill(house, keys=["zammad/1/a", "zammad/1/b", "zammad/1/c"])
    push(house, confirmed=True)
    assert found(house) == []
    desk.put("1", a=1800, c=30, late=600)
    sync(house)
    result = reconcile(house)
    assert [(row.about, row.kind) for row in result.differences] == [
        ("zammad/1/a", Kind.CHANGED_AFTER_BILLING),
        ("zammad/1/b", Kind.DELETED_AFTER_BILLING),
    ]
    assert (
        result.differences[0].message
        == "seconds was 1200 and is 1800; the next invoice corrects what that changes"
    )
    assert (result.differences[0].customer, result.differences[0].place) == ("acme", "zammad")
    bill(house, "-10.00")  # the next close knows these facts
    push(house)
    assert found(house) == []


def test_ticket_that_cannot_be_read_is_missing_in_the_ledger(house: House, desk: FakeDesk) -> None:
    desk.put("1", a="an hour")
    sync(house)
    (row,) = reconcile(house).differences
    assert (row.kind, row.about, row.place) == (Kind.MISSING_IN_LEDGER, "zammad/1", "zammad")


def test_rereading_finds_what_no_pull_brought(house: House, desk: FakeDesk) -> None:
    desk.put("1", a=60)
    sync(house)
    desk.tickets["2"] = {"b": 60}
    assert found(house) == []
    assert found(house, reread=True) == [("zammad/2/b", "missing_in_ledger")]
    assert [seen.entry.seconds for seen in work.find_work(house.store, "zammad/2/b")] == [60]
    assert found(house, reread=True) == []


def test_rereading_a_desk_that_shrank_is_told(house: House, desk: FakeDesk) -> None:
    desk.put("1", a=60)
    sync(house)
    desk.tickets.clear()
    unchecked = reconcile(house, reread=True).unchecked
    assert "no longer shows 1 of the tickets" in str(unchecked["zammad"])


@pytest.mark.parametrize("gone", [True, False])
def test_rebill_makes_it_due_under_a_new_reference(
    house: House, books: FakeBooks, clock: Clock, sent: str, *, gone: bool
) -> None:
    with pytest.raises(Refusal, match=r"still stands in the books \(id 1\); cancel it there first"):
        rebill(house, sent, "eve", "cancelled by mistake")
    if gone:
        books.documents.clear()
    else:
        books.edit(sent, state=DocumentState.CANCELLED)
    clock.forward(minutes=6)
    assert rebill(house, sent, "eve", "cancelled by mistake") == "db-2026-0002"
    assert statuses(house) == {sent: "replaced", "db-2026-0002": "due"}
    push(house)
    assert found(house) == []
    assert found(house, fix=True) == []
    assert statuses(house) == {sent: "replaced", "db-2026-0002": "pushed"}
    (said,) = decisions.decisions(house.store)
    assert (said.kind.value, said.target, said.by, said.customer) == ("rebill", sent, "eve", "acme")


def test_replaced_document_that_comes_back_stands_twice(
    house: House, books: FakeBooks, clock: Clock, sent: str
) -> None:
    books.edit(sent, state=DocumentState.CANCELLED)
    clock.forward(minutes=6)
    rebill(house, sent, "eve", "cancelled by mistake")
    books.edit(sent, state=DocumentState.POSTED)
    assert found(house) == [(sent, "twice_in_books")]


def test_rebill_waits_for_a_request_that_may_be_under_way(house: House, books: FakeBooks, sent: str) -> None:
    books.documents.clear()
    with pytest.raises(Refusal, match="may still be under way until 06:05:00 UTC"):
        rebill(house, sent, "eve", "it is gone")


@pytest.mark.parametrize(
    "facts", [{"gross": Decimal("29.70"), "digest": "retouched"}, {"state": DocumentState.CANCELLED}]
)
def test_accept_ends_the_difference_until_the_books_change_again(
    house: House, books: FakeBooks, sent: str, facts: dict[str, Any]
) -> None:
    books.edit(sent, **facts)
    receipt = accept(house, sent, "eve", "agreed by phone")
    assert receipt == books.documents[0]
    assert found(house) == []
    assert found(house, fix=True) == []
    assert statuses(house) == {sent: "pushed"}
    books.edit(sent, digest="again")
    assert len(found(house)) == 1


def test_accept_that_nothing_is_there(house: House, books: FakeBooks, sent: str) -> None:
    books.documents.clear()
    assert accept(house, sent, "eve", "written off") is None
    assert found(house) == []
    push(house)
    assert books.documents == []


def test_accept_and_rebill_need_a_sent_document_and_a_reason(
    house: House, books: FakeBooks, sent: str
) -> None:
    waiting = bill(house)
    with pytest.raises(Refusal, match="was not sent yet"):
        rebill(house, waiting, "eve", "why not")
    ledger.record_attempt(house.store, waiting, house.now())
    with pytest.raises(Refusal, match="is sending: settle first"):
        accept(house, waiting, "eve", "why not")
    with pytest.raises(Refusal, match="who decided and why"):
        accept(house, sent, "eve", " ")
    books.hold(ledger.invoice(house.store, sent).invoice)
    with pytest.raises(Refusal, match=r"2 times \(ids 1, 2\); cancel all but one"):
        accept(house, sent, "eve", "why not")
