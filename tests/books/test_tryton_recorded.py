"""The adapter against exchanges recorded from a running Tryton 8.2.1 (tests/recordings/tryton)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from adapters.books.tryton.client import Client, Warned
from connector.http import AuthFailed, ConfigError, Refused, Session, Transient
from connector.model.invoice import DocumentState
from connector.simulators.server import serving
from tests.books.connected import tryton
from tests.books.scenarios import SCENARIOS

RECORDINGS = Path(__file__).parents[1] / "recordings" / "tryton"
ERRORS: list[dict[str, Any]] = json.loads((RECORDINGS / "errors.json").read_text(encoding="utf-8"))


@contextmanager
def replayed(exchanges: list[dict[str, Any]]) -> Iterator[str]:
    """Answer as recorded, as long as the requests are those of the recording, in their order."""
    left = iter(exchanges)

    @Request.application
    def answer(request: Request) -> Response:
        exchange = next(left)
        asked = request.get_json()
        if asked["method"] == "common.db.login":
            asked["params"][1]["password"] = "***"
        if (request.path, asked) != (exchange["path"], exchange["request"]):
            return Response(f"not recorded: {asked}", 418)
        content = exchange["answer"]
        text = content if isinstance(content, str) else json.dumps(content)
        return Response(text, exchange["status"], content_type=exchange["content_type"])

    with serving(answer) as url:
        yield url
    assert list(left) == [], "the recording goes on"


def play(name: str) -> Any:
    options, act = SCENARIOS[name]
    exchanges = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    with replayed(exchanges) as url:
        return act(tryton(url, **options))


def test_check() -> None:
    info = play("check")
    assert (info.version, info.currency, info.tax_rounding, info.problems) == ("8.2", "EUR", "document", ())


def test_invoice_from_empty_find_to_posted() -> None:
    empty, draft, posted, again, found = play("invoice")
    assert empty == []
    assert (draft.state, draft.number, draft.remote_id) == (DocumentState.DRAFT, "", "1")
    assert (draft.net, draft.tax, draft.gross) == (Decimal("525.00"), Decimal("99.75"), Decimal("624.75"))
    assert (posted.state, posted.number) == (DocumentState.POSTED, "1")
    assert posted.digest == draft.digest
    assert found == [again] == [posted]


def test_charge_and_correction_keep_our_tax() -> None:
    posted = play("charge-and-correction")
    assert posted.lines == (Decimal("37.50"), Decimal("-25.00"))
    assert (posted.net, posted.tax, posted.gross) == (Decimal("12.50"), Decimal("2.38"), Decimal("14.88"))


def test_credit_note() -> None:
    posted = play("credit-note")
    assert (posted.state, posted.net, posted.gross) == (
        DocumentState.POSTED,
        Decimal("-25.00"),
        Decimal("-29.75"),
    )


def test_future_date_is_confirmed() -> None:
    assert play("future-date").number == "1"


def test_no_fiscal_year() -> None:
    assert "UserError: To continue, you must create a period for the date" in play("no-fiscal-year").message


def test_unknown_party() -> None:
    assert play("unknown-party").message.startswith("Tryton has no party 'Nobody Ltd'; mend it there")


def test_wrong_password() -> None:
    error = play("wrong-password")
    assert (type(error), error.status) == (AuthFailed, 401)
    assert error.message.endswith(
        "Tryton does not accept 'connector' with the password in secret 'tryton-password'"
    )


def test_reconcile_sees_both_of_one_reference() -> None:
    everything, under_one = play("reconcile")
    assert [receipt.reference for receipt in everything] == ["rec-0007", "rec-0008", "rec-0007"]
    assert [receipt.remote_id for receipt in under_one] == ["1", "3"]


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("invoice-post-again", Refused, 'UserError: You can not call "post" on "1 [TICKET-1795331478]"'),
        ("error-post-without-journal", Refused, "'NoneType' object has no attribute 'id'"),
        ("error-missing-required", Refused, 'for field "Invoice Address"'),
        ("error-unknown-field", Refused, "'no_such_field'"),
        ("unit-price-5-digits", Refused, 'exceeds the limit of "(None, 4)"'),
        ("warning-post-future-date", Warned, "have an invoice date in the future"),
        ("error-post-closed-period", Refused, 'you must reopen the period "2026-01"'),
        ("error-post-date-before-last-number", Refused, "you must set an invoice date after"),
        ("error-unknown-method", AuthFailed, "403"),
        ("error-unknown-model", Refused, "'no.such'"),
        ("error-unknown-db", ConfigError, "has no Tryton at /tryton/rpc/; mend url or database"),
        ("optimistic-lock-stale", Transient, "Records were modified in the meanwhile"),
    ],
)
def test_an_error_has_its_name(name: str, kind: type[Exception], words: str) -> None:
    recorded = next(error for error in ERRORS if error["name"] == name)

    @Request.application
    def answer(request: Request) -> Response:
        if request.get_json()["method"] == "common.db.login" and kind is not ConfigError:
            return Response(json.dumps({"id": 0, "result": [2, "token", None]}), mimetype="application/json")
        content = recorded["answer"]
        text = content if isinstance(content, str) else json.dumps(content)
        return Response(text, recorded["status"], content_type=recorded["content_type"])

    with serving(answer) as url:
        session = Session(url, secrets={"pw": "secret-word"}, sleep=lambda _: None)
        client = Client(session, database="tryton", user="connector", secret="pw")
        with pytest.raises(kind) as raised:
            client.tell("model.account.invoice.post", [1])
    assert type(raised.value) is kind
    assert words in str(raised.value)
