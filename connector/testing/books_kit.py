"""What every adapter for books must do, as tests: each document once, to the cent, through faults."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from connector.books import Payload
from connector.http import AuthFailed, RemoteError, Transient
from connector.model.invoice import DocumentState, Invoice, Receipt
from connector.testing.books_stage import BooksStage, Till, document, taken_back, time, trading
from connector.testing.demand import demand, demand_true
from connector.testing.desk_kit import PASSING

REFERENCE = "kit-2026-0001"


class BooksKit:
    """The tests; a subclass gives the stage. For books that find a document exactly by its reference."""

    def stage(self) -> BooksStage:
        """Make simulated books that know one customer and hold no document."""
        raise NotImplementedError

    @pytest.fixture
    def shop(self) -> BooksStage:
        """Give the stage of this test."""
        return self.stage()

    @pytest.fixture
    def till(self, shop: BooksStage) -> Iterator[Till]:
        """Give an adapter that is connected to the stage."""
        with trading(shop) as till:
            yield till

    @pytest.fixture
    def invoice(self, shop: BooksStage) -> Invoice:
        """Give a document of 83.33 and 115.00 net: 50 min at 100.00 leave a third of a cent."""
        return self.invoice_of(shop)

    @staticmethod
    def invoice_of(shop: BooksStage) -> Invoice:
        """Make that document."""
        lines = time("Ticket 1: phone", 3000, "100.00"), time("Ticket 2: on-site", 8280, "50.00")
        return document(shop, REFERENCE, *lines)

    def test_a_log_in_finds_product_version_and_currency(self, till: Till) -> None:
        """`check` names what it has found."""
        found = till.books.check()
        demand_true(
            bool(found.product and found.version and found.currency), "check() must name what it found"
        )
        demand((found.find, found.problems), ("exact", ()), "these books find exactly, and nothing is wrong")

    def test_before_create_nothing_is_found(self, till: Till) -> None:
        """No match is an empty list, no error."""
        demand(till.books.find(REFERENCE), [], "find() before create must be empty")
        demand(list(till.books.status([REFERENCE])), [], "status() of what is not there must be empty")

    def test_what_was_created_is_found(self, till: Till, invoice: Invoice) -> None:
        """One draft, under our reference, as `create` has told it."""
        created = self._created(till, invoice)
        demand(till.books.find(REFERENCE), [created], "find() must give what create() gave")
        demand(list(till.books.status([REFERENCE, "kit-2026-0002"])), [created], "status() must give it too")
        demand(list(till.books.everything()), [created], "everything() must give it too")
        demand((created.reference, created.state), (REFERENCE, DocumentState.DRAFT), "it must be our draft")

    def test_figures_are_those_of_the_document(self, till: Till, invoice: Invoice) -> None:
        """Net, tax, gross and lines, to the cent."""
        demand(_figures(self._created(till, invoice)), _wanted(invoice), "the books must come to our figures")

    def test_a_correction_beside_a_charge(self, shop: BooksStage, till: Till) -> None:
        """A negative line on an invoice."""
        lines = time("Ticket 1: phone", 3600, "75.00"), taken_back("Ticket 123: 3 h became 2.5 h", "25.00")
        mixed = document(shop, REFERENCE, *lines)
        demand(_figures(self._created(till, mixed)), _wanted(mixed), "the books must come to our figures")

    def test_a_credit_note_is_negative(self, shop: BooksStage, till: Till) -> None:
        """Its receipt has negative figures, however the books keep them."""
        note = document(shop, REFERENCE, taken_back("Ticket 123: 3 h became 2.5 h", "25.00"))
        receipt = self._created(till, note)
        demand(
            _figures(receipt)[:3], [Decimal(x) for x in ("-25.00", "-4.75", "-29.75")], "it must be negative"
        )
        demand(till.books.find(REFERENCE), [receipt], "a credit note must be found by its reference")

    def test_render_is_pure(self, till: Till, invoice: Invoice) -> None:
        """The same document is the same payload."""
        demand(
            till.books.render(invoice),
            till.books.render(invoice),
            "render() must depend on the document only",
        )

    def test_a_posted_document_has_a_number(self, till: Till, invoice: Invoice) -> None:
        """Posting twice is posting once."""
        draft = self._created(till, invoice)
        posted = till.books.post(draft)
        demand((posted.state, posted.remote_id), (DocumentState.POSTED, draft.remote_id), "it must be posted")
        demand_true(bool(posted.number), "a posted document must have the books' number")
        demand(till.books.post(draft), posted, "posting what is posted must give it as it is")
        demand(till.books.find(REFERENCE), [posted], "there must be one document")

    def test_a_lost_answer(self, shop: BooksStage, till: Till, invoice: Invoice) -> None:
        """The document arrived and the answer did not: `Transient`, and `find` sees it once."""
        payload = self._ready(till, invoice)
        shop.simulator.faults.cut(shop.creating, "after")
        with pytest.raises(Transient):
            till.books.create(payload)
        found = till.books.find(REFERENCE)
        demand([_figures(one) for one in found], [_wanted(invoice)], "it must be found, once")

    def test_a_request_that_never_arrived(self, shop: BooksStage, till: Till, invoice: Invoice) -> None:
        """`Transient`, and `find` sees nothing."""
        payload = self._ready(till, invoice)
        shop.simulator.faults.cut(shop.creating, "before")
        with pytest.raises(Transient):
            till.books.create(payload)
        demand(till.books.find(REFERENCE), [], "nothing must be found")

    @pytest.mark.parametrize("name", list(PASSING))
    def test_a_create_is_never_tried_again(
        self, shop: BooksStage, till: Till, invoice: Invoice, name: str
    ) -> None:
        """Only `find` can tell whether it arrived."""
        payload = self._ready(till, invoice)
        PASSING[name](shop.simulator.faults, shop.creating, 1, 0)
        with pytest.raises(RemoteError):
            till.books.create(payload)
        demand_true(len(till.books.find(REFERENCE)) <= 1, "create() must send one request")
        shop.simulator.faults.clear()
        if name != "cut after":
            demand(till.books.find(REFERENCE), [], "create() must not be tried again")

    def test_two_matches_are_both_seen(self, shop: BooksStage, till: Till, invoice: Invoice) -> None:
        """Somebody copied our document by hand."""
        shop.duplicate(self._created(till, invoice).remote_id)
        found = till.books.find(REFERENCE)
        demand(len(found), 2, "find() must give every match")
        demand(len({one.remote_id for one in found}), 2, "each match has its own id")
        demand(len(list(till.books.status([REFERENCE]))), 2, "status() must give every match")

    def test_a_persons_change_is_seen(self, shop: BooksStage, till: Till, invoice: Invoice) -> None:
        """The digest differs, and so do the figures."""
        created = self._created(till, invoice)
        shop.change(created.remote_id)
        (changed,) = till.books.find(REFERENCE)
        demand_true(
            changed.digest != created.digest, "the digest must tell that a person changed the document"
        )
        demand_true(
            _figures(changed) != _wanted(invoice), "the figures must be those that the books hold now"
        )

    def test_posting_is_no_persons_change(self, till: Till, invoice: Invoice) -> None:
        """The digest stays."""
        created = self._created(till, invoice)
        demand(till.books.post(created).digest, created.digest, "posting must not change the digest")

    def test_a_cancelled_document_is_seen(self, shop: BooksStage, till: Till, invoice: Invoice) -> None:
        """It is found, in its state."""
        shop.cancel(self._created(till, invoice).remote_id)
        states = [one.state for one in till.books.find(REFERENCE)]
        demand(states, [DocumentState.CANCELLED], "a cancelled document must be found as such")

    def test_a_deleted_draft_is_gone(self, shop: BooksStage, till: Till, invoice: Invoice) -> None:
        """It is not found."""
        shop.delete(self._created(till, invoice).remote_id)
        demand(till.books.find(REFERENCE), [], "a deleted draft must not be found")

    @pytest.mark.parametrize("status", [401, 403])
    def test_credentials_that_do_not_suffice(self, shop: BooksStage, till: Till, status: int) -> None:
        """`AuthFailed`, and no secret in its text."""
        shop.simulator.faults.status("", status, times=-1)
        acts: list[Callable[[], object]] = [till.books.check, lambda: till.books.find(REFERENCE)]
        for act in acts:
            with pytest.raises(AuthFailed) as failure:
                act()
            shown = [name for name, value in shop.secrets.items() if value in str(failure.value)]
            demand(shown, [], "an error must not show a secret")

    @pytest.mark.parametrize("name", list(PASSING))
    def test_a_fault_that_passes(self, shop: BooksStage, till: Till, invoice: Invoice, name: str) -> None:
        """Each reading request fails once and is tried again."""
        created = self._created(till, invoice)
        for skip in range(20):
            PASSING[name](shop.simulator.faults, "", 1, skip)
        demand(till.books.find(REFERENCE), [created], f"find() must survive '{name}'")
        if name == "429":
            demand(set(till.slept), {7}, "Retry-After must be honoured")

    @pytest.mark.parametrize("name", list(PASSING))
    def test_a_fault_that_stays(self, shop: BooksStage, till: Till, name: str) -> None:
        """`Transient`: an empty answer would mean that the document is not there."""
        till.books.check()
        PASSING[name](shop.simulator.faults, "", -1, 0)
        with pytest.raises(Transient):
            till.books.find(REFERENCE)

    @staticmethod
    def _created(till: Till, invoice: Invoice) -> Receipt:
        return till.books.create(till.books.render(invoice))

    @staticmethod
    def _ready(till: Till, invoice: Invoice) -> Payload:
        """Render, and let the adapter log in and look up what it needs, as it does before any push."""
        till.books.check()
        till.books.find(invoice.reference)
        return till.books.render(invoice)


def _figures(receipt: Receipt) -> list[Decimal]:
    return [receipt.net, receipt.tax, receipt.gross, *receipt.lines]


def _wanted(invoice: Invoice) -> list[Decimal]:
    return [invoice.net, invoice.tax, invoice.gross, *(line.amount for line in invoice.lines)]
