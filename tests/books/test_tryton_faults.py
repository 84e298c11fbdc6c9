"""The adapter against simulated books that lose answers, end sessions, break, and are edited by people."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.books.tryton import Tryton, books
from connector.http import AuthFailed, Refused, Transient
from connector.model.invoice import DocumentState
from connector.simulators.books import SimulatedBooks
from connector.simulators.routes import answered
from connector.simulators.server import serving
from tests.books.connected import tryton
from tests.books.documents import S525, amount_line, document, time_line

CREATE = r"account\.invoice\.create"
POST = r"account\.invoice\.post"
DOCUMENT = document("db-2026-0001", S525)


@pytest.fixture
def simulated() -> SimulatedBooks:
    return SimulatedBooks()


@pytest.fixture
def url(simulated: SimulatedBooks) -> Iterator[str]:
    with serving(simulated) as url:
        yield url


@pytest.fixture
def adapter(url: str) -> Tryton:
    return tryton(url)


def asked(simulated: SimulatedBooks, method: str) -> int:
    return sum(method in request.body for request in simulated.faults.asked)


def fail(simulated: SimulatedBooks, where: str, error: list[Any]) -> None:
    """Answer an error as Tryton does, with status 200, and do nothing."""
    simulated.faults.plan(where, lambda _, __: answered({"id": 0, "error": error}), times=-1)


def test_check_reads_what_the_books_say(adapter: Tryton) -> None:
    info = adapter.check()
    assert (info.version, info.currency, info.tax_rounding, info.problems) == ("8.2", "EUR", "document", ())


def test_a_document_goes_in_and_is_posted(adapter: Tryton) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    assert (draft.net, draft.tax, draft.gross) == (Decimal("525.00"), Decimal("99.75"), Decimal("624.75"))
    posted = adapter.post(draft)
    assert (posted.state, posted.number, posted.digest) == (DocumentState.POSTED, "1", draft.digest)


@pytest.mark.parametrize(("when", "found"), [("before", 0), ("after", 1)])
def test_a_lost_answer_to_create_is_never_sent_again(
    simulated: SimulatedBooks, adapter: Tryton, when: str, found: int
) -> None:
    simulated.faults.cut(CREATE, "before" if when == "before" else "after")
    with pytest.raises(Transient):
        adapter.create(adapter.render(DOCUMENT))
    assert asked(simulated, "invoice.create") == 1
    assert len(adapter.find("db-2026-0001")) == found


@pytest.mark.parametrize("code", [500, 503])
def test_a_broken_server_gets_one_create(simulated: SimulatedBooks, adapter: Tryton, code: int) -> None:
    simulated.faults.status(CREATE, code)
    with pytest.raises(Transient) as raised:
        adapter.create(adapter.render(DOCUMENT))
    assert raised.value.status == code
    assert asked(simulated, "invoice.create") == 1
    assert adapter.find("db-2026-0001") == []


def test_an_ended_session_logs_in_again_and_creates_once(simulated: SimulatedBooks, adapter: Tryton) -> None:
    assert adapter.find("db-2026-0001") == []
    simulated.faults.meanwhile(CREATE, simulated.end_sessions)
    adapter.create(adapter.render(DOCUMENT))
    assert asked(simulated, "db.login") == 2
    assert len(simulated.invoices) == 1


def test_a_session_that_is_not_fresh_logs_in_again_before_post(
    simulated: SimulatedBooks, adapter: Tryton
) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    simulated.faults.status(POST, 401)
    assert adapter.post(draft).state is DocumentState.POSTED
    assert asked(simulated, "db.login") == 2


def test_a_wrong_password_is_tried_once(simulated: SimulatedBooks, url: str) -> None:
    with pytest.raises(AuthFailed):
        tryton(url, password="wrong-password").find("db-2026-0001")
    assert asked(simulated, "db.login") == 1


def test_missing_rights_are_told(simulated: SimulatedBooks, adapter: Tryton) -> None:
    simulated.faults.status(CREATE, 403)
    with pytest.raises(AuthFailed):
        adapter.create(adapter.render(DOCUMENT))
    assert asked(simulated, "db.login") == 1


def test_a_busy_number_is_tried_again(simulated: SimulatedBooks, adapter: Tryton) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    simulated.faults.status(POST, 503)
    assert adapter.post(draft).number == "1"
    assert asked(simulated, "invoice.post") == 2


def test_a_number_that_stays_busy_passes_to_the_next_run(simulated: SimulatedBooks, adapter: Tryton) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    simulated.faults.status(POST, 503, times=-1)
    with pytest.raises(Transient):
        adapter.post(draft)
    assert asked(simulated, "invoice.post") == 2
    assert adapter.find("db-2026-0001") == [draft]


def test_a_lost_answer_to_post_is_settled_by_reading(simulated: SimulatedBooks, adapter: Tryton) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    simulated.faults.cut(POST, "after")
    assert adapter.post(draft).state is DocumentState.POSTED
    assert asked(simulated, "invoice.post") == 1


def test_a_post_that_did_not_arrive_is_transient(simulated: SimulatedBooks, adapter: Tryton) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    simulated.faults.html(POST)
    with pytest.raises(Transient):
        adapter.post(draft)
    assert adapter.post(draft).number == "1"


def test_a_record_changed_at_the_same_time_is_transient(simulated: SimulatedBooks, adapter: Tryton) -> None:
    error = ["ConcurrencyException", "Records were modified in the meanwhile"]
    fail(simulated, CREATE, error)
    with pytest.raises(Transient, match="ConcurrencyException: Records were modified in the meanwhile"):
        adapter.create(adapter.render(DOCUMENT))


def test_a_domain_error_is_cut(simulated: SimulatedBooks, adapter: Tryton) -> None:
    error = ["UserError", ["The value for field Lines is not valid. " + "x" * 2000, "", ["y" * 50_000]]]
    fail(simulated, CREATE, error)
    with pytest.raises(Refused, match="UserError: The value for field Lines is not valid") as refused:
        adapter.create(adapter.render(DOCUMENT))
    assert len(refused.value.message) == 300
    assert "y" not in refused.value.message.partition("UserError")[2]


def test_what_is_no_json_rpc_is_transient(simulated: SimulatedBooks, adapter: Tryton) -> None:
    simulated.faults.rewrite(CREATE, lambda _: ["something else"])
    with pytest.raises(Transient, match="the answer is no JSON-RPC"):
        adapter.create(adapter.render(DOCUMENT))


@pytest.mark.parametrize(
    ("warning", "words"),
    [
        ("invoice_date_future", "set 'allow_future: yes' in the options of books.erp"),
        ("something_new", "a person must post it in Tryton"),
    ],
)
def test_a_warning_that_is_not_ours_to_confirm_is_refused(
    simulated: SimulatedBooks, adapter: Tryton, warning: str, words: str
) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    error = ["UserWarning", [f"0a1b.{warning}", "The invoice is unusual.", ""]]
    fail(simulated, POST, error)
    with pytest.raises(Refused) as refused:
        adapter.post(draft)
    assert words in refused.value.message
    assert asked(simulated, "warning.skip") == 0


def test_a_warning_that_comes_again_is_not_confirmed_for_ever(
    simulated: SimulatedBooks, adapter: Tryton
) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    error = ["UserWarning", ["0a1b.invoice_payment_term", "The payment date is past.", ""]]
    fail(simulated, POST, error)
    with pytest.raises(Refused, match="The payment date is past"):
        adapter.post(draft)
    assert (asked(simulated, "warning.skip"), asked(simulated, "invoice.post")) == (1, 2)


def test_the_future_is_confirmed_where_the_settings_say_so(simulated: SimulatedBooks, url: str) -> None:
    simulated.today = date(2026, 4, 1)
    daring = tryton(url, allow_future="yes")
    assert daring.post(daring.create(daring.render(DOCUMENT))).state is DocumentState.POSTED
    assert asked(simulated, "warning.skip") == 1


def test_what_people_do_is_seen(simulated: SimulatedBooks, adapter: Tryton) -> None:
    drafts = [adapter.create(adapter.render(document(f"db-2026-000{i}", S525))) for i in range(1, 6)]
    simulated.change_price(1, 2, Decimal("55.00"))
    simulated.cancel(2)
    simulated.delete(3)
    simulated.duplicate(4)
    found = list(adapter.status([draft.reference for draft in drafts]))
    assert [(r.reference, r.state, r.net) for r in found] == [
        ("db-2026-0001", DocumentState.DRAFT, Decimal("540.00")),
        ("db-2026-0002", DocumentState.CANCELLED, Decimal("525.00")),
        ("db-2026-0004", DocumentState.DRAFT, Decimal("525.00")),
        ("db-2026-0005", DocumentState.DRAFT, Decimal("525.00")),
        ("db-2026-0004", DocumentState.DRAFT, Decimal("525.00")),
    ]
    unchanged = {draft.digest for draft in drafts[1:]}
    assert [receipt.digest in unchanged for receipt in found] == [False, True, True, True, True]
    assert found[0].tax == Decimal("102.60")


def test_a_cancelled_document_is_not_posted(simulated: SimulatedBooks, adapter: Tryton) -> None:
    draft = adapter.create(adapter.render(DOCUMENT))
    simulated.cancel(1)
    assert adapter.post(draft).state is DocumentState.CANCELLED
    assert asked(simulated, "invoice.post") == 0


def test_everything_comes_by_pages(
    simulated: SimulatedBooks, adapter: Tryton, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "_PAGE", 2)
    for i in range(1, 6):
        adapter.create(adapter.render(document(f"db-2026-000{i}", [amount_line("fee", "10.00")])))
    simulated.invoices[4]["reference"] = ""
    references = [receipt.reference for receipt in adapter.everything()]
    assert references == ["db-2026-0001", "db-2026-0002", "db-2026-0003", "db-2026-0005"]
    assert list(adapter.status(references)) == list(adapter.everything())


def test_a_tax_of_another_rate_is_refused(adapter: Tryton) -> None:
    former = document("db-2026-0001", [time_line("2020", 3600, "75.00", percent="16")])
    with pytest.raises(Refused) as refused:
        adapter.create(adapter.render(former))
    assert refused.value.message == (
        "the document needs 16 %, Tryton's tax 'VAT 19%' has 19.00 %; "
        "name another in the books' options, under taxes: 'DE-19 16%'"
    )


def test_a_tax_that_is_no_plain_percentage_is_left_to_the_books(
    simulated: SimulatedBooks, adapter: Tryton
) -> None:
    simulated.tables["account.tax"][1]["childs"] = [2, 3]
    receipt = adapter.create(adapter.render(document("db-2026-0001", [amount_line("fee", "37.50")])))
    assert receipt.tax == Decimal("7.12")  # half even; the hall compares it with our 7.13


def test_a_party_without_name_or_address_is_refused(simulated: SimulatedBooks, adapter: Tryton) -> None:
    with pytest.raises(Refused, match="the customer's party in Tryton is not named; add the line 'books:"):
        adapter.create(adapter.render(document("db-2026-0001", S525, party="")))
    del simulated.tables["party.address"][2]
    with pytest.raises(Refused, match="Tryton's party 'Customer A' has no address; add one there"):
        adapter.create(adapter.render(DOCUMENT))


def test_two_parties_of_one_name_are_told_apart_by_code(simulated: SimulatedBooks, adapter: Tryton) -> None:
    second = simulated.add_party("Customer A")
    with pytest.raises(Refused, match="Tryton has 2 parties 'Customer A'"):
        adapter.create(adapter.render(DOCUMENT))
    adapter.create(adapter.render(document("db-2026-0001", S525, party=str(second))))
    assert simulated.invoices[1]["party"] == second


def test_accounts_come_from_party_settings_and_defaults(simulated: SimulatedBooks, url: str) -> None:
    chosen = tryton(url, revenue={"*": "4.1.1", "DE-19": "Services"})
    lines = [amount_line("a", "10.00"), amount_line("b", "10.00", "DE-7", "7")]
    chosen.create(chosen.render(document("db-2026-0001", lines)))
    assert [line["account"] for line in simulated.invoices[1]["lines"]] == [100, 99]
    assert simulated.invoices[1]["account"] == 39
    simulated.tables["party.party"][2]["account_receivable"] = 77
    chosen.create(chosen.render(document("db-2026-0002", lines)))
    assert simulated.invoices[2]["account"] == 77


def test_an_unknown_currency_is_refused(simulated: SimulatedBooks, adapter: Tryton) -> None:
    simulated.tables["currency.currency"][1]["code"] = "CHF"
    with pytest.raises(Refused, match="the books know no currency EUR; add it in Tryton"):
        adapter.create(adapter.render(DOCUMENT))


def test_a_due_date_that_a_late_push_finds_passed_is_confirmed(
    simulated: SimulatedBooks, adapter: Tryton
) -> None:
    simulated.today = date(2026, 5, 1)
    assert adapter.post(adapter.create(adapter.render(DOCUMENT))).number == "1"
    assert asked(simulated, "warning.skip") == 1
