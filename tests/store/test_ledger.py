"""The ledger: closes, what was billed, what became of invoices."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from connector.model.invoice import Billed, DocumentState, Role
from connector.model.statement import Fate
from connector.store import events, ledger, work
from connector.store.billing import AlreadyBilled
from connector.store.closing import bases_at
from connector.store.engine import Store
from connector.store.nouns import Accepted, ClosedPeriod, EarlyBilling, Status, StoredInvoice, StoreError
from tests.store.samples import (
    APRIL,
    HOUR,
    MARCH,
    NOW,
    closing,
    entry,
    invoice,
    key,
    line,
    lots,
    receipt,
    save,
    snapshot,
)

CHARGE = line(key("1"), "25.00")
PAIR = {"zammad/1/1": Fate.BILLED, "zammad/1/2": Fate.INCLUDED}


def bill(store: Store, **facts: Any) -> str:
    """Close March with one charge of 25.00 and return the invoice's reference."""
    (due,) = ledger.close_period(store, closing(invoice(CHARGE), **facts), NOW)
    return due.reference


def status(store: Store, reference: str) -> tuple[str, str]:
    stored = ledger.invoice(store, reference)
    return stored.status, stored.reason


def count(store: Store, table: str) -> int:
    with store.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0)


def test_a_close_stores_everything_at_once(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1"), entry("1", "2")))
    due = invoice(
        CHARGE, line(key("1", price=""), "0.005", seconds=0, position=2, corrects=("db-2026-0001",))
    )
    (issued,) = ledger.close_period(store, closing(due, PAIR, seq=3, opening=lots(900)), NOW)
    assert issued == replace(due, reference="db-2026-0001")
    assert ledger.invoices(store) == [StoredInvoice(invoice=issued, status=Status.DUE, seq=3, created_at=NOW)]
    (period,) = ledger.closed(store, "acme")
    assert period == ClosedPeriod(
        customer="acme",
        period=MARCH,
        closed_at=NOW,
        basis=period.basis,
        seq=3,
        opening=lots(900),
        closing=lots(600),
        net=Decimal("25.005"),
        statement_digest="5ca1ab1e",
        held=0,
        by="lena",
    )
    assert ledger.basis(store, period.basis) == '{"terms":1}'
    assert ledger.claims(store, "acme") == {(of, MARCH.start): fate for of, fate in PAIR.items()}
    assert [one.claimed_by for one in work.find_work(store, "zammad/1")] == ["acme", "acme"]
    assert [(one.kind, one.detail) for one in events.events(store)] == [("close", "2026-03 db-2026-0001")]


def test_a_close_without_anything_due_takes_no_number(store: Store) -> None:
    assert ledger.close_period(store, closing(None), NOW) == ()
    assert (ledger.invoices(store), count(store, "counters")) == ([], 0)
    assert bill(store, period=APRIL) == "db-2026-0001"
    assert [one.period for one in ledger.closed(store, "acme")] == [MARCH, APRIL]


def test_all_documents_of_a_close_are_written_or_none(store: Store) -> None:
    two = [invoice(line(key("1"), "25.00")), invoice(line(key("2"), "75.00"))]
    issued = ledger.close_period(store, closing(None, invoices=two), NOW)
    assert [one.reference for one in issued] == ["db-2026-0001", "db-2026-0002"]
    assert [one.detail for one in events.events(store)] == ["2026-03 db-2026-0001, db-2026-0002"]
    again = [invoice(line(key("3"), "1.00")), invoice(line(key("2"), "75.00", role=Role.LATE))]
    with pytest.raises(AlreadyBilled):
        ledger.close_period(store, closing(None, invoices=again, period=APRIL), NOW)
    assert [one.reference for one in issued] == [one.invoice.reference for one in ledger.invoices(store)]


def test_work_may_be_billed_before_its_period_closes(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    early = EarlyBilling(
        customer="acme",
        period=MARCH,
        basis_json='{"terms":1}',
        seq=2,
        invoices=[invoice(CHARGE)],
        work=["zammad/1/1"],
        reference_prefix="db",
        by="lena",
    )
    (issued,) = ledger.bill_early(store, early, NOW)
    assert ledger.billed_early(store, "acme") == [(MARCH, "zammad/1/1", 2)]
    assert [one.claimed_by for one in work.find_work(store, "zammad/1")] == ["acme"]
    assert (ledger.claims(store, "acme"), ledger.closed(store, "acme")) == ({}, [])
    stored = ledger.invoice(store, issued.reference)
    assert ledger.basis(store, stored.basis) == '{"terms":1}'
    with pytest.raises(AlreadyBilled):
        ledger.bill_early(store, early, NOW)
    with pytest.raises(AlreadyBilled):
        bill(store)
    again = ledger.reissue(store, issued.reference, NOW, "lena")
    assert ledger.invoice(store, again).basis == stored.basis
    assert ledger.close_period(store, closing(None), NOW) == ()
    assert [one.kind for one in events.events(store)] == ["close", "reissue", "bill_early"]


def test_references_run_by_prefix_and_year_of_issue(store: Store) -> None:
    days = {"a": date(2026, 12, 31), "b": date(2027, 1, 1), "c": date(2026, 12, 31)}
    for customer, day in days.items():
        due = replace(invoice(CHARGE, issued_on=day), customer=customer)
        ledger.close_period(store, closing(due, customer=customer), NOW)
    ledger.close_period(store, closing(invoice(CHARGE), reference_prefix="x-y"), NOW)
    references = [one.invoice.reference for one in ledger.invoices(store)]
    assert references == ["db-2026-0001", "db-2027-0001", "db-2026-0002", "x-y-2026-0001"]


def test_a_period_closes_once(store: Store) -> None:
    bill(store)
    with pytest.raises(StoreError, match="acme 2026-03 is closed already"):
        bill(store)
    assert len(ledger.invoices(store)) == 1


def test_a_charge_is_billed_once_and_a_refused_close_leaves_nothing(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1"), entry("1", "2")))
    bill(store)
    late = invoice(line(key("1"), "25.00", role=Role.LATE))
    with pytest.raises(AlreadyBilled, match="acme: a charge would be billed twice; nothing was written"):
        ledger.close_period(store, closing(late, PAIR, period=APRIL, basis_json="{}"), NOW)
    assert (len(ledger.invoices(store)), len(ledger.closed(store, "acme"))) == (1, 1)
    assert (ledger.claims(store, "acme"), count(store, "bases")) == ({}, 1)
    correction = invoice(line(key("1"), "-25.00", -1200, role=Role.CORRECTION))
    (due,) = ledger.close_period(store, closing(correction, period=APRIL), NOW)
    assert due.reference == "db-2026-0002"


def test_the_database_itself_refuses_a_second_charge_and_a_second_close(store: Store) -> None:
    bill(store)
    ledger.close_period(store, closing(invoice(line(key("2"), "1.00")), period=APRIL), NOW)
    for forged in (
        "UPDATE lines SET charged = (SELECT charged FROM lines WHERE reference = 'db-2026-0001')",
        "UPDATE periods SET start = '2026-03-01'",
        "UPDATE invoices SET reference = 'db-2026-0001'",
        "INSERT INTO claims VALUES ('zammad/9/9', '2026-03-01', 'acme', 'billed', 1)",
    ):
        with pytest.raises(IntegrityError), store.begin() as connection:
            connection.exec_driver_sql(forged)


def test_another_customer_may_have_the_same_key(store: Store) -> None:
    bill(store)
    other = replace(invoice(CHARGE), customer="beta")
    ledger.close_period(store, closing(other, customer="beta"), NOW)
    assert ledger.billed(store, "beta")[key("1")].references == ("db-2026-0002",)


def test_claims_of_a_later_close_replace_the_earlier_fates(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1"), entry("1", "2")))
    ledger.close_period(store, closing(None, PAIR), NOW)
    again = closing(None, {"zammad/1/1": Fate.FREE}, period=APRIL, reclaimed=[MARCH])
    ledger.close_period(store, again, NOW)
    assert ledger.claims(store, "acme") == {("zammad/1/1", MARCH.start): Fate.FREE}
    assert ledger.claims(store, "beta") == {}


def test_work_that_changed_hands_is_claimed_by_both_until_the_loser_closes_again(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    key = ("zammad/1/1", MARCH.start)
    ledger.close_period(store, closing(None, {"zammad/1/1": Fate.BILLED}), NOW)
    ledger.close_period(store, closing(None, {"zammad/1/1": Fate.FREE}, customer="beta"), NOW)
    assert (ledger.claims(store, "acme"), ledger.claims(store, "beta")) == (
        {key: Fate.BILLED},
        {key: Fate.FREE},
    )
    ledger.close_period(store, closing(None, period=APRIL, reclaimed=[MARCH]), NOW)
    assert (ledger.claims(store, "acme"), ledger.claims(store, "beta")) == ({}, {key: Fate.FREE})


def test_a_later_close_may_give_an_earlier_period_another_closing_position(store: Store) -> None:
    ledger.close_period(store, closing(None), NOW)
    again = closing(None, period=APRIL, opening=lots(300), closing=lots(0), rerated=[(MARCH, lots(300))])
    ledger.close_period(store, again, NOW)
    assert [one.closing for one in ledger.closed(store, "acme")] == [lots(300), lots(0)]
    unknown = closing(None, customer="beta", period=APRIL, rerated=[(MARCH, ())])
    with pytest.raises(StoreError, match="beta 2026-03 is not closed; it cannot be rated again"):
        ledger.close_period(store, unknown, NOW)
    assert ledger.closed(store, "beta") == []


def test_a_new_basis_counts_and_the_old_one_stays(store: Store) -> None:
    ledger.close_period(store, closing(None), NOW)
    ledger.close_period(store, closing(None, period=APRIL), NOW)
    (before, _) = ledger.closed(store, "acme")
    ledger.rebase(store, "acme", MARCH, '{"terms":2}', "lena", "wrong rate", NOW + HOUR)
    march, april = ledger.closed(store, "acme")
    assert [ledger.basis(store, one.basis) for one in (before, march, april)] == [
        '{"terms":1}',
        '{"terms":2}',
        '{"terms":1}',
    ]
    assert (count(store, "bases"), count(store, "period_bases")) == (2, 3)
    ledger.rebase(store, "acme", MARCH, '{"terms":1}', "lena", "it was right", NOW + 2 * HOUR)
    assert ledger.closed(store, "acme")[0].basis == before.basis
    assert bases_at(store, "acme", NOW + HOUR) == {MARCH: march.basis, APRIL: april.basis}
    assert bases_at(store, "acme", NOW) == {MARCH: before.basis, APRIL: before.basis}
    assert bases_at(store, "acme", NOW - HOUR) == {}
    assert events.events(store, kind="rebase")[0].detail == "2026-03: it was right"


def test_a_basis_belongs_to_a_closed_period(store: Store) -> None:
    with pytest.raises(StoreError, match="acme 2026-03 is not closed; there is nothing to give a new basis"):
        ledger.rebase(store, "acme", MARCH, "{}", "lena", "", NOW)
    with pytest.raises(StoreError, match="there is no basis '5ca1ab1e'"):
        ledger.basis(store, "5ca1ab1e")


def test_billed_sums_all_invoices_by_key(store: Store) -> None:
    bill(store)
    back = line(key("1"), "-25.00", -1200, role=Role.CORRECTION, corrects=("db-2026-0001",))
    more = line(key("1"), "0.10", 5, role=Role.CORRECTION, position=2)
    fresh = line(key("2"), "75.00", 3600, position=3)
    ledger.close_period(store, closing(invoice(back, more, fresh), period=APRIL), NOW)
    references = ("db-2026-0001", "db-2026-0002")
    assert ledger.billed(store, "acme") == {
        key("1"): Billed(amount=Decimal("0.10"), seconds=5, references=references, line=CHARGE),
        key("2"): Billed(amount=Decimal("75.00"), seconds=3600, references=references[1:], line=fresh),
    }
    assert ledger.billed(store, "beta") == {}


def test_invoices_are_found_by_customer_status_and_reference(store: Store) -> None:
    bill(store)
    other = replace(invoice(line(key("2"), "1.00")), customer="beta")
    ledger.close_period(store, closing(other, customer="beta"), NOW)
    ledger.record_attempt(store, "db-2026-0002", NOW)
    assert [one.invoice.reference for one in ledger.invoices(store)] == ["db-2026-0001", "db-2026-0002"]
    assert [one.invoice.customer for one in ledger.invoices(store, customer="beta")] == ["beta"]
    assert [one.invoice.customer for one in ledger.invoices(store, status=Status.DUE)] == ["acme"]
    assert ledger.invoices(store, customer="acme", status=Status.SENDING) == []
    with pytest.raises(StoreError, match="there is no invoice 'db-2026-0003'"):
        ledger.invoice(store, "db-2026-0003")


def test_an_attempt_is_on_record_before_the_answer(store: Store) -> None:
    reference = bill(store)
    assert not ledger.pushed_before(store)
    for moment in (NOW, NOW + HOUR):
        ledger.record_attempt(store, reference, moment)
    stored = ledger.invoice(store, reference)
    assert (stored.status, stored.attempted_at) == (Status.SENDING, NOW + HOUR)
    assert ledger.pushed_before(store)


def test_what_was_sent_or_parked_is_not_sent_again(store: Store) -> None:
    reference = bill(store)
    for status_ in (Status.UNSURE, Status.PUSHED, Status.POSTED, Status.PAID, Status.HELD):
        ledger.set_status(store, reference, status_, "", NOW)
        with pytest.raises(
            StoreError, match=f"{reference} is {status_}; only an invoice that is due is sent"
        ):
            ledger.record_attempt(store, reference, NOW)


@pytest.mark.parametrize(
    ("state", "follows"),
    [
        (DocumentState.DRAFT, ("pushed", "")),
        (DocumentState.HANDED_OVER, ("pushed", "")),
        (DocumentState.POSTED, ("posted", "")),
        (DocumentState.PAID, ("paid", "")),
        (DocumentState.CANCELLED, ("held", "cancelled in the books; decide rebill or accept")),
    ],
)
def test_the_status_follows_the_books(store: Store, state: DocumentState, follows: tuple[str, str]) -> None:
    reference = bill(store)
    ledger.record_receipt(store, receipt(reference, state, number="R-1"), NOW)
    assert status(store, reference) == follows
    assert ledger.receipt(store, reference) == receipt(reference, state, number="R-1")
    assert ledger.pushed_before(store)


def test_receipts_are_added_when_they_differ(store: Store) -> None:
    reference = bill(store)
    assert ledger.receipt(store, reference) is None
    draft, posted = receipt(reference), receipt(reference, DocumentState.POSTED, number="R-1")
    for one in (draft, draft, posted, posted, draft):
        ledger.record_receipt(store, one, NOW)
    assert count(store, "receipts") == 3
    assert ledger.receipt(store, reference) == draft


def test_a_receipt_that_is_wrong_holds_the_invoice(store: Store) -> None:
    reference = bill(store)
    ledger.record_receipt(store, receipt(reference), NOW, held="net 25.01 in the books, 25.00 here")
    assert status(store, reference) == ("held", "net 25.01 in the books, 25.00 here")


def test_a_receipt_of_an_unknown_document_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no invoice 'db-2026-0009'"):
        ledger.record_receipt(store, receipt("db-2026-0009"), NOW)


def test_a_status_is_logged_with_its_reason(store: Store) -> None:
    reference = bill(store)
    ledger.set_status(store, reference, Status.HELD, "two matches", NOW)
    assert status(store, reference) == ("held", "two matches")
    assert events.events(store, kind="status")[0].detail == "held: two matches"


def test_reissue_makes_the_same_due_again_and_counts_it_once(store: Store) -> None:
    reference = bill(store, seq=7)
    ledger.record_receipt(store, receipt(reference, DocumentState.CANCELLED), NOW)
    again = ledger.reissue(store, reference, NOW + HOUR, "lena")
    assert again == "db-2026-0002"
    old, new = ledger.invoices(store)
    assert (old.status, new.status, new.replaces, new.seq) == (Status.REPLACED, Status.DUE, reference, 7)
    assert new.invoice == replace(old.invoice, reference=again)
    assert old.invoice.lines == (CHARGE,)
    assert ledger.billed(store, "acme")[key("1")].references == (again,)
    with pytest.raises(AlreadyBilled):
        bill(store, period=APRIL)


def test_a_replaced_invoice_stays_replaced(store: Store) -> None:
    reference = bill(store)
    ledger.reissue(store, reference, NOW, "lena")
    ledger.record_receipt(store, receipt(reference, DocumentState.CANCELLED), NOW)
    assert status(store, reference)[0] == "replaced"
    refused = "was issued again under another reference"
    with pytest.raises(StoreError, match=refused):
        ledger.reissue(store, reference, NOW, "lena")
    with pytest.raises(StoreError, match=refused):
        ledger.set_status(store, reference, Status.DUE, "", NOW)
    with pytest.raises(StoreError, match=refused):
        ledger.accept(store, reference, None, "lena", NOW)
    with pytest.raises(StoreError, match="is replaced"):
        ledger.record_attempt(store, reference, NOW)
    assert ledger.reissue(store, "db-2026-0002", NOW, "lena") == "db-2026-0003"


def test_accepting_takes_what_the_books_hold_and_leaves_what_is_billed(store: Store) -> None:
    reference = bill(store)
    changed = receipt(reference, DocumentState.POSTED, net=Decimal("20.00"), lines=(Decimal("20.00"),))
    ledger.set_status(store, reference, Status.HELD, "changed in the books", NOW)
    assert ledger.accepted(store, reference) is None
    ledger.accept(store, reference, changed, "lena", NOW + timedelta(minutes=1))
    assert status(store, reference) == ("posted", "")
    assert ledger.accepted(store, reference) == Accepted(
        reference=reference, receipt=changed, by="lena", at=NOW + timedelta(minutes=1)
    )
    assert ledger.billed(store, "acme")[key("1")].amount == Decimal("25.00")


@pytest.mark.parametrize("held", [None, DocumentState.CANCELLED])
def test_accepting_that_it_is_gone_sends_nothing_again(store: Store, held: DocumentState | None) -> None:
    reference = bill(store)
    answer = receipt(reference, held) if held else None
    ledger.accept(store, reference, answer, "lena", NOW)
    assert status(store, reference) == ("pushed", "")
    found = ledger.accepted(store, reference)
    assert found is not None
    assert found.receipt == answer
    assert ledger.invoices(store, status=Status.DUE) == []
