"""The adapter against a real Tryton 8, started on loopback."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connector.books import Payload
from connector.demo.tryton_server import TrytonServer, running_tryton
from connector.http import AuthFailed, ConfigError, Refused
from connector.model.invoice import DocumentState, InvoiceLine
from connector.simulators.books import SimulatedBooks
from connector.simulators.server import serving
from tests.books.connected import tryton
from tests.books.documents import S525, amount_line, document, time_line
from tests.books.live import live_tryton

__all__ = ["live_tryton"]
# One server for the module: its numbers must rise with the dates, so all documents here bear one date.
pytestmark = pytest.mark.xdist_group("tryton")


def test_check_finds_version_currency_and_taxes(live_tryton: TrytonServer) -> None:
    info = tryton(live_tryton.url).check()
    assert (info.product, info.version[:2], info.currency) == ("Tryton", "8.", "EUR")
    assert (info.find, info.tax_rounding, info.problems) == ("exact", "document", ())


def test_check_names_what_the_books_do_not_know(live_tryton: TrytonServer) -> None:
    books = tryton(live_tryton.url, taxes={"DE-19": "USt 19"}, journal="Sales", revenue={"*": "8400"})
    messages = [problem.message for problem in books.check().problems]
    assert len(messages) == 3
    assert messages[0] == (
        "books.erp.options.journal: name the journal of type revenue by code or name; Tryton has: Revenue"
    )
    assert messages[1].startswith(
        "books.erp.options.revenue: name the account of type revenue by code or name"
    )
    assert "4.1.2 Services" in messages[1]
    assert messages[2] == (
        "Tryton has no tax 'USt 19'; mend it there, or name another under 'taxes' in the mapping of books.erp"
    )


def test_an_invoice_is_created_found_posted_and_read_back(live_tryton: TrytonServer) -> None:
    books = tryton(live_tryton.url)
    assert books.find("live-0001") == []
    draft = books.create(books.render(document("live-0001", S525)))
    assert (draft.state, draft.number) == (DocumentState.DRAFT, "")
    assert (draft.net, draft.tax, draft.gross) == (Decimal("525.00"), Decimal("99.75"), Decimal("624.75"))
    assert draft.lines == (Decimal("75.00"), Decimal("150.00"), Decimal("300.00"))
    assert books.find("live-0001") == [draft]
    posted = books.post(draft)
    assert (posted.state, posted.gross, posted.digest) == (
        DocumentState.POSTED,
        Decimal("624.75"),
        draft.digest,
    )
    assert posted.number
    assert books.post(posted) == posted  # a second time it stays as it is
    assert books.find("live-0001") == [posted]


def test_a_credit_note_is_an_invoice_with_negative_figures(live_tryton: TrytonServer) -> None:
    books = tryton(live_tryton.url)
    note = document("live-0002", [amount_line("Ticket 123: 3 h corrected to 2.5 h", "-25.00")])
    posted = books.post(books.create(books.render(note)))
    assert (posted.state, posted.lines) == (DocumentState.POSTED, (Decimal("-25.00"),))
    assert (posted.net, posted.tax, posted.gross) == (Decimal("-25.00"), Decimal("-4.75"), Decimal("-29.75"))


@pytest.mark.parametrize(
    ("reference", "lines", "tax"),
    [
        # Tryton alone rounds half even: 37.50 x 19 % = 7.125 would be 7.12
        ("live-0010", [time_line("half an hour", 1800, "75.00")], "7.13"),
        ("live-0011", [amount_line("back", "-37.50")], "-7.13"),
        ("live-0012", [time_line("half an hour", 1800, "75.00"), amount_line("back", "-25.00")], "2.38"),
        ("live-0013", [time_line("20 minutes", 1200, "75.00")], "4.75"),  # 0.33 h would be 24.75
        ("live-0014", [amount_line(f"part {i}", "0.33") for i in range(10)], "0.63"),
        (
            "live-0015",
            [
                amount_line("a", "37.50"),
                amount_line("b", "0.50", "DE-7", "7"),
                amount_line("c", "3", "DE-0", "0"),
            ],
            "7.17",
        ),
    ],
)
def test_totals_agree_to_the_cent_and_survive_posting(
    live_tryton: TrytonServer, reference: str, lines: list[InvoiceLine], tax: str
) -> None:
    books = tryton(live_tryton.url)
    invoice = document(reference, lines)
    draft = books.create(books.render(invoice))
    posted = books.post(draft)
    assert (posted.net, posted.tax, posted.gross) == (invoice.net, Decimal(tax), invoice.gross)
    assert posted.lines == tuple(line.amount for line in invoice.lines)
    assert posted.digest == draft.digest


def test_the_same_reference_twice_is_found_twice(live_tryton: TrytonServer) -> None:
    books = tryton(live_tryton.url)
    payload = books.render(document("live-0020", S525))
    first, second = books.create(payload), books.create(payload)
    assert [receipt.remote_id for receipt in books.find("live-0020")] == [first.remote_id, second.remote_id]
    assert first.digest == second.digest
    listed = [receipt.reference for receipt in books.everything()]
    assert listed.count("live-0020") == 2


def test_a_person_edits_cancels_and_deletes(live_tryton: TrytonServer) -> None:
    books = tryton(live_tryton.url)
    edited, cancelled, deleted = (
        books.create(books.render(document(f"live-003{i}", S525))) for i in range(3)
    )
    line = live_tryton.call("model.account.invoice.read", [int(edited.remote_id)], ["lines"])[0]["lines"][0]
    live_tryton.call("model.account.invoice.line.write", [line], {"description": "Ticket 149: mail support"})
    live_tryton.call("model.account.invoice.cancel", [int(cancelled.remote_id)])
    live_tryton.call("model.account.invoice.delete", [int(deleted.remote_id)])
    found = {r.reference: r for r in books.status(["live-0030", "live-0031", "live-0032"])}
    assert list(found) == ["live-0030", "live-0031"]
    assert found["live-0030"].digest != edited.digest
    assert found["live-0030"].net == Decimal("525.00")
    assert found["live-0031"].state is DocumentState.CANCELLED
    with pytest.raises(Refused, match=f"Tryton's invoice {deleted.remote_id} is gone; somebody deleted it"):
        books.post(deleted)


def test_an_unknown_party_is_named(live_tryton: TrytonServer) -> None:
    books = tryton(live_tryton.url)
    with pytest.raises(Refused) as refused:
        books.create(books.render(document("live-0040", S525, party="Nobody Ltd")))
    assert refused.value.message == (
        "Tryton has no party 'Nobody Ltd'; mend it there, or 'books: {erp: {party: <name or code>}}' "
        "in the file of customer customer-a (a code is never shared)"
    )
    assert books.find("live-0040") == []


def test_a_party_added_meanwhile_is_found(live_tryton: TrytonServer) -> None:
    books = tryton(live_tryton.url)
    live_tryton.add_party("Late Ltd")
    draft = books.create(books.render(document("live-0041", S525, party="Late Ltd")))
    assert draft.gross == Decimal("624.75")


def test_a_wrong_password_is_told_without_showing_it(live_tryton: TrytonServer) -> None:
    with pytest.raises(AuthFailed) as failed:
        tryton(live_tryton.url, password="not-this-one").check()
    assert failed.value.status == 401
    assert "not-this-one" not in failed.value.message


def test_a_company_that_is_not_there_is_told(live_tryton: TrytonServer) -> None:
    with pytest.raises(ConfigError, match=r"books\.erp\.options\.company: .* Tryton has: Deskbill Demo GmbH"):
        tryton(live_tryton.url, company="Other GmbH").check()


def test_no_fiscal_year_is_refused_in_one_sentence(live_tryton: TrytonServer) -> None:
    books = tryton(live_tryton.url)
    early = document("live-0050", S525, issued_on=date(2019, 5, 2), due_on=date(2019, 5, 16))
    draft = books.create(books.render(early))
    with pytest.raises(Refused, match=r"UserError: .*you must create a period for the date") as refused:
        books.post(draft)
    assert len(refused.value.message) <= 300
    assert books.find("live-0050") == [draft]


def test_a_date_in_the_future_is_posted_only_if_the_settings_say_so(tmp_path: Path) -> None:
    year = date.today().year + 1  # noqa: DTZ011 - the server on this machine goes by the same date
    future = document("live-0060", S525, issued_on=date(year, 12, 30), due_on=date(year, 12, 31))
    # A server of its own: no earlier date gets a number after this one.
    with running_tryton(tmp_path) as server:
        careful, daring = tryton(server.url), tryton(server.url, allow_future="yes")
        draft = careful.create(careful.render(future))
        with pytest.raises(Refused, match="set 'allow_future: yes' in the options of"):
            careful.post(draft)
        assert careful.find("live-0060") == [draft]
        posted = daring.post(draft)
        assert (posted.state, posted.number) == (DocumentState.POSTED, "1")
        earlier = careful.create(careful.render(document("live-0061", S525)))
        assert daring.post(earlier).number == "1"  # each year counts for itself


def test_the_simulated_books_compute_what_tryton_computes(live_tryton: TrytonServer) -> None:
    lines = [*S525, time_line("20 minutes", 1200, "75.00"), amount_line("back", "-37.50")]
    lines.append(amount_line("book", "0.50", "DE-7", "7"))
    payload = tryton(live_tryton.url).render(document("live-0070", lines))
    with serving(SimulatedBooks()) as url:
        simulated, real = (tryton(address).create(payload) for address in (url, live_tryton.url))
    # The ids of documents and accounts are each server's own.
    assert replace(simulated, remote_id="", digest="") == replace(real, remote_id="", digest="")
    left_alone = Payload(reference="live-0071", body={**payload.body, "taxes": []})
    with serving(SimulatedBooks()) as url:
        simulated, real = (tryton(address).create(left_alone) for address in (url, live_tryton.url))
    assert (simulated.tax, simulated.gross) == (real.tax, real.gross)
