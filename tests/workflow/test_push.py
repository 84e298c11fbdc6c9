"""Bringing invoices into the books exactly once, whatever becomes of requests and processes."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from connector.books import Payload
from connector.http import AuthFailed, ConfigError, Refused, Transient
from connector.model.invoice import DocumentState, Invoice, Receipt
from connector.store import events, lease, ledger
from connector.store.nouns import Status
from connector.workflow.decide import Refusal
from connector.workflow.house import House, nothing
from connector.workflow.push import Unconfirmed, push
from connector.workflow.settle import settle
from connector.workflow.target import Pushed
from tests.workflow.standins import Clock, FakeBooks, bill, make_house, statuses, stop_after


def send(house: House) -> list[Pushed]:
    return [document for report in push(house, confirmed=True) for document in report.documents]


def posting(house: House) -> None:
    books = {"tryton": house.settings.books["tryton"].model_copy(update={"post": True})}
    house.settings = house.settings.model_copy(update={"books": books})


def test_first_push_shows_its_totals_and_sends_nothing_unconfirmed(house: House, books: FakeBooks) -> None:
    bill(house, "25.00")
    bill(house, "-75.00")
    with pytest.raises(Unconfirmed) as refused:
        push(house)
    (total,) = refused.value.totals
    assert (total.books, total.currency, total.documents) == ("tryton", "EUR", 2)
    assert (total.net, total.gross) == (Decimal("-50.00"), Decimal("-59.50"))
    assert books.creates == 0
    assert statuses(house) == {"db-2026-0001": "due", "db-2026-0002": "due"}


def test_later_pushes_do_not_ask(house: House, books: FakeBooks) -> None:
    bill(house)
    push(house, confirmed=True)
    bill(house)
    push(house)
    assert books.creates == 2


def test_a_wrong_key_in_the_books_is_mended_in_the_customer_file(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    books.refusal = {reference: Refused("there is no party 41")}
    assert [document.status for document in send(house)] == [Status.HELD]
    books.refusal = {}
    customer = house.customers["acme"]
    house.customers = {"acme": customer.model_copy(update={"books": {"tryton": {"party": "14"}}})}
    house.now.forward(minutes=5)  # type: ignore[attr-defined] # the test's clock
    settle(house, reference, None)
    assert [document.status for document in send(house)] == [Status.PUSHED]
    assert books.invoices[reference].buyer_key == {"party": "14"}


def test_nothing_to_push_asks_nothing(house: House) -> None:
    assert push(house) == ()


def test_pushes_oldest_first_and_leaves_drafts(house: House, books: FakeBooks) -> None:
    first, second = bill(house), bill(house, "50.00")
    shown: list[tuple[str, int, int | None]] = []
    (report,) = push(house, confirmed=True, progress=lambda *told: shown.append(told))
    assert [(document.reference, document.status) for document in report.documents] == [
        (first, Status.PUSHED),
        (second, Status.PUSHED),
    ]
    assert [document.gross for document in books.documents] == [Decimal("29.75"), Decimal("59.50")]
    assert shown == [("tryton", 1, 2), ("tryton", 2, 2)]
    assert (report.left, report.fault) == (0, None)
    assert books.posts == 0


def test_pushing_again_changes_nothing(house: House, books: FakeBooks) -> None:
    bill(house)
    send(house)
    assert send(house) == []
    assert (books.creates, len(books.documents)) == (1, 1)


def test_posts_where_the_settings_say_so(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    posting(house)
    (document,) = send(house)
    assert (document.status, document.receipt and document.receipt.number) == (Status.POSTED, "RE-1")
    receipt = ledger.receipt(house.store, reference)
    assert receipt is not None
    assert receipt.state is DocumentState.POSTED
    assert send(house) == []


def test_draft_of_an_earlier_run_is_posted(house: House, books: FakeBooks) -> None:
    bill(house)
    send(house)
    posting(house)
    assert [document.status for document in send(house)] == [Status.POSTED]
    assert books.creates == 1


def test_refused_posting_keeps_the_draft_and_is_tried_again(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    posting(house)
    books.post_fault = Refused("POST: the period is closed")
    (report,) = push(house, confirmed=True)
    (document,) = report.documents
    assert document.status is Status.PUSHED
    assert "the period is closed" in document.reason
    assert report.fault is None
    assert ledger.invoice(house.store, reference).reason == document.reason
    send(house)
    assert len(events.events(house.store, kind="status", subject=reference)) == 1  # said once, not each run
    books.post_fault = None
    assert [document.status for document in send(house)] == [Status.POSTED]


def test_lost_posting_ends_the_run_and_the_next_one_finds_it_posted(house: House, books: FakeBooks) -> None:
    bill(house)
    posting(house)
    books.post_fault = Transient("POST: no answer in time")
    (report,) = push(house, confirmed=True)
    assert isinstance(report.fault, Transient)
    books.edit("db-2026-0001", state=DocumentState.POSTED, number="RE-9")
    assert [document.status for document in send(house)] == [Status.POSTED]
    assert books.posts == 1


def test_lost_answer_is_found_at_once(house: House, books: FakeBooks) -> None:
    bill(house)
    books.lost = ["after"]
    (document,) = send(house)
    assert document.status is Status.PUSHED
    assert len(books.documents) == 1


def test_lost_request_waits_for_its_longest_time_before_it_is_sent_again(
    house: House, books: FakeBooks, clock: Clock
) -> None:
    reference = bill(house)
    bill(house, "50.00")
    books.lost = ["before"]
    (report,) = push(house, confirmed=True)
    assert [document.status for document in report.documents] == [Status.SENDING]
    assert isinstance(report.fault, Transient)
    assert report.left == 1
    clock.forward(seconds=299)
    waiting, other = send(house)
    assert waiting.status is Status.SENDING
    assert "until 06:05:00" in waiting.reason
    assert other.status is Status.PUSHED
    assert books.creates == 2
    clock.forward(seconds=1)
    assert [document.status for document in send(house)] == [Status.PUSHED]
    assert [document.reference for document in books.documents].count(reference) == 1


def test_late_arrival_of_a_lost_request_is_adopted(house: House, books: FakeBooks, clock: Clock) -> None:
    reference = bill(house)
    books.lost = ["before"]
    send(house)
    books.hold(ledger.invoice(house.store, reference).invoice)  # the request was only slow
    clock.forward(seconds=60)
    assert [document.status for document in send(house)] == [Status.PUSHED]
    assert books.creates == 1


def test_clock_set_back_does_not_send_twice(house: House, books: FakeBooks, clock: Clock) -> None:
    bill(house)
    books.lost = ["before"]
    send(house)
    clock.forward(days=-2)
    assert [document.status for document in send(house)] == [Status.SENDING]
    assert books.creates == 1


class Killed(BaseException):
    """The process dies here."""


def _kill(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.parametrize("dies_in", ["before create", "after create", "before receipt"])
def test_process_that_dies_leaves_one_document(
    house: House, books: FakeBooks, clock: Clock, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    bill(house)
    create = books.create
    with monkeypatch.context() as patched:
        if dies_in == "before create":
            patched.setattr(books, "create", _kill)
        elif dies_in == "after create":
            patched.setattr(books, "create", lambda payload: _kill(create(payload)))
        else:
            patched.setattr(ledger, "record_receipt", _kill)
        with pytest.raises(Killed):
            push(house, confirmed=True)
    assert statuses(house) == {"db-2026-0001": "sending"}
    send(house)
    clock.forward(minutes=6)
    send(house)
    assert statuses(house) == {"db-2026-0001": "pushed"}
    assert [document.reference for document in books.documents] == ["db-2026-0001"]


def test_stranger_under_our_reference_with_other_figures_is_held(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    books.hold(ledger.invoice(house.store, reference).invoice, gross=Decimal("30.00"))
    (document,) = send(house)
    assert document.status is Status.HELD
    assert document.reason == "gross 29.75 here, 30.00 in the books"
    assert books.creates == 0


def test_books_that_compute_another_total_are_held_to_the_cent(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    books.wrong = Decimal("0.01")
    posting(house)
    (document,) = send(house)
    assert document.reason == "gross 29.75 here, 29.76 in the books"
    assert books.posts == 0
    stored = ledger.invoice(house.store, reference)
    assert (stored.status, stored.reason) == (Status.HELD, document.reason)
    assert send(house) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"net": Decimal("24.99")}, "net 25.00 here, 24.99 in the books"),
        ({"tax": Decimal("4.76")}, "tax 4.75 here, 4.76 in the books"),
        ({"currency": "CHF"}, "currency EUR here, CHF in the books"),
        ({"state": DocumentState.CANCELLED}, "it is cancelled in the books (id 1); decide rebill or accept"),
    ],
)
def test_what_is_found_is_compared(
    house: House, books: FakeBooks, facts: dict[str, object], reason: str
) -> None:
    books.hold(ledger.invoice(house.store, bill(house)).invoice, **facts)
    (document,) = send(house)
    assert (document.status, document.reason) == (Status.HELD, reason)


def test_two_matches_are_held_and_settled_by_their_id(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    invoice = ledger.invoice(house.store, reference).invoice
    books.hold(invoice)
    books.hold(invoice)
    (document,) = send(house)
    assert document.status is Status.HELD
    assert "2 times (ids 1, 2)" in document.reason
    with pytest.raises(Refusal, match=r"no document 9 under db-2026-0001; they hold: 1, 2"):
        settle(house, reference, "9")
    assert settle(house, reference, "2").status is Status.PUSHED
    assert books.creates == 0


def test_cancelled_twin_does_not_count(house: House, books: FakeBooks) -> None:
    invoice = ledger.invoice(house.store, bill(house)).invoice
    books.hold(invoice, state=DocumentState.CANCELLED)
    books.hold(invoice)
    (document,) = send(house)
    assert (document.status, document.receipt and document.receipt.remote_id) == (Status.PUSHED, "2")


def test_refused_document_is_held_and_the_others_go_on(house: House, books: FakeBooks) -> None:
    first, _ = bill(house), bill(house)
    books.refusal = {first: Refused("POST: party 41 is unknown")}
    (report,) = push(house, confirmed=True)
    held, sent = report.documents
    assert (held.status, sent.status) == (Status.HELD, Status.PUSHED)
    assert "party 41 is unknown" in held.reason
    assert report.fault is None
    books.refusal = {}
    assert send(house) == []
    with pytest.raises(Refusal, match="may still be under way"):
        settle(house, first, None)


def test_refused_document_is_sent_again_once_a_person_says_so(
    house: House, books: FakeBooks, clock: Clock
) -> None:
    reference = bill(house)
    books.refusal = {reference: Refused("POST: party 41 is unknown")}
    send(house)
    books.refusal = {}
    clock.forward(minutes=6)
    assert settle(house, reference, None).status is Status.DUE
    assert [document.status for document in send(house)] == [Status.PUSHED]


def test_rejected_log_in_ends_the_run_and_leaves_all_due(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    bill(house)
    books.refusal = {reference: AuthFailed("POST: 401")}
    (report,) = push(house, confirmed=True)
    assert isinstance(report.fault, AuthFailed)
    assert report.left == 1
    assert set(statuses(house).values()) == {"due"}
    books.refusal = {}
    assert [document.status for document in send(house)] == [Status.PUSHED, Status.PUSHED]


@pytest.mark.parametrize("fault", [Transient("GET: 503"), AuthFailed("GET: 403"), ConfigError("no secret")])
def test_books_that_are_down_end_their_run(house: House, books: FakeBooks, fault: Exception) -> None:
    bill(house)
    books.fault = fault
    (report,) = push(house, confirmed=True)
    assert report.fault is fault
    assert (report.documents, report.left) == ((), 1)
    assert statuses(house) == {"db-2026-0001": "due"}


def test_books_that_left_the_configuration_are_a_fault(house: House) -> None:
    bill(house)
    house.settings = house.settings.model_copy(update={"books": {}})
    (report,) = push(house, confirmed=True)
    assert str(report.fault) == "the configuration has no books.tryton; it has: none"


@pytest.mark.parametrize(
    ("error", "status"),
    [(ConfigError("tax DE-19: not named"), Status.DUE), (Refused("no party"), Status.HELD)],
)
def test_document_that_cannot_be_rendered_does_not_stop_the_others(
    house: House, books: FakeBooks, monkeypatch: pytest.MonkeyPatch, error: Exception, status: Status
) -> None:
    first = bill(house)
    bill(house)
    render = books.render

    def picky(invoice: Invoice) -> Payload:
        if invoice.reference == first:
            raise error
        return render(invoice)

    monkeypatch.setattr(books, "render", picky)
    failed, sent = send(house)
    assert (failed.status, sent.status) == (status, Status.PUSHED)
    assert str(error) in failed.reason
    assert ledger.invoice(house.store, first).attempted_at is None


def test_stop_is_heard_after_a_document(tmp_path: Path, books: FakeBooks) -> None:
    house = make_house(tmp_path, books={"tryton": books}, stop=stop_after(2))
    bill(house)
    bill(house)
    (report,) = push(house, confirmed=True)
    assert (len(report.documents), report.left) == (1, 1)
    house.close()


def test_find_after_a_lost_answer_may_be_lost_too(
    house: House, books: FakeBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill(house)
    lost, create = Transient("POST: cut"), books.create

    def cut(payload: Payload) -> Receipt:
        create(payload)
        books.fault = Transient("GET: 503")
        raise lost

    monkeypatch.setattr(books, "create", cut)
    (report,) = push(house, confirmed=True)
    assert str(report.fault) == "GET: 503"
    assert [document.status for document in report.documents] == [Status.SENDING]
    books.fault = None
    assert [document.status for document in send(house)] == [Status.PUSHED]
    assert len(books.documents) == 1


def test_blind_books_park_an_unknown_outcome_for_a_person(
    house: House, books: FakeBooks, clock: Clock
) -> None:
    reference = bill(house)
    books.finds = "none"
    books.lost = ["after"]
    (document,) = send(house)
    assert document.status is Status.UNSURE
    clock.forward(days=30)
    assert send(house) == []
    assert books.creates == 1
    assert settle(house, reference, "4711").status is Status.PUSHED
    receipt = ledger.receipt(house.store, reference)
    assert receipt is not None
    assert (receipt.remote_id, receipt.state) == ("4711", DocumentState.HANDED_OVER)
    assert events.events(house.store, kind="settle")[0].detail == "4711"


def test_blind_books_park_what_a_dead_process_left(house: House, books: FakeBooks, clock: Clock) -> None:
    reference = bill(house)
    books.finds = "none"
    ledger.record_attempt(house.store, reference, house.now())
    clock.forward(days=1)
    assert [document.status for document in send(house)] == [Status.UNSURE]
    assert settle(house, reference, None).status is Status.DUE
    assert [document.status for document in send(house)] == [Status.PUSHED]


def _changed(books: FakeBooks) -> None:
    books.edit("db-2026-0001", digest="retouched")


def _gone(books: FakeBooks) -> None:
    books.documents.clear()


@pytest.mark.parametrize(("deed", "reason"), [(_changed, "it was changed"), (_gone, "it is gone")])
def test_draft_that_a_person_touched_is_not_posted(
    house: House, books: FakeBooks, deed: Callable[[FakeBooks], None], reason: str
) -> None:
    bill(house)
    send(house)
    deed(books)
    posting(house)
    (document,) = send(house)
    assert document.status is Status.HELD
    assert document.reason.startswith(reason)
    assert books.posts == 0


def test_accepted_draft_is_left_alone(house: House, books: FakeBooks) -> None:
    reference = bill(house)
    send(house)
    ledger.accept(house.store, reference, books.documents[0], "eve", house.now())
    posting(house)
    assert send(house) == []


def test_settle_only_what_is_open(house: House, books: FakeBooks, clock: Clock) -> None:
    reference = bill(house)
    with pytest.raises(Refusal, match="is due; only sending, unsure and held"):
        settle(house, reference, None)
    books.hold(ledger.invoice(house.store, reference).invoice, gross=Decimal(1))
    send(house)
    with pytest.raises(Refusal, match=r"the books do hold db-2026-0001 \(id 1\)"):
        settle(house, reference, None)
    _gone(books)
    with pytest.raises(Refusal, match="the books confirmed it; decide rebill or accept"):
        settle(house, reference, None)


def test_attempt_is_noted_when_its_request_goes_out(
    house: House, books: FakeBooks, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill(house)
    create = books.create

    def slow(payload: Payload) -> Receipt:
        clock.forward(minutes=7)  # as while an adapter looks up party and address
        house.before_write()
        return create(payload)

    monkeypatch.setattr(books, "create", slow)
    send(house)
    assert ledger.invoice(house.store, "db-2026-0001").attempted_at == clock.at
    assert house.before_write is nothing


def test_process_that_slept_through_its_lease_does_not_write(
    house: House, books: FakeBooks, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill(house)

    def asleep(payload: Payload) -> Receipt:
        clock.forward(minutes=7)
        lease.acquire(house.store, "another process", clock.at)
        house.before_write()
        raise AssertionError(payload)

    monkeypatch.setattr(books, "create", asleep)
    with pytest.raises(lease.Busy):
        send(house)
    assert books.documents == []
