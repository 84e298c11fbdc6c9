"""Positions, documents and rows for people and scripts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from connector.model.decision import Decision, Kind
from connector.model.invoice import DocumentState, Invoice, Receipt
from connector.model.money import Money
from connector.model.period import Period, parse_period
from connector.model.problem import Problem
from connector.model.statement import AllowancePosition, BudgetPosition, Statement
from connector.report.differences import decision_row, problem_rows, rows_text
from connector.report.invoices import invoice_text, invoices_data, invoices_text
from connector.report.positions import balance_data, balance_text, owed_data, owed_text
from connector.report.words import clean, duration, money, plain


@dataclass(frozen=True)
class Position:
    currency: str
    period: Period
    allowances: tuple[AllowancePosition, ...]
    amounts: Mapping[str, Decimal]
    held_seconds: int
    budget: BudgetPosition | None = None


NOON = datetime(2026, 4, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Stored:
    invoice: Invoice
    status: str
    reason: str
    created_at: datetime


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0m"), (5400, "1h 30m"), (-900, "-15m"), (3661, "1h 1m 1s"), (3600, "1h")]
)
def test_durations(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_money_has_its_currency_digits() -> None:
    assert [money(Decimal(-25), "EUR"), money(Decimal("0.005"), "EUR"), money(Decimal("10.5"), "JPY")] == [
        "-25.00",
        "0.01",
        "11",
    ]


def test_a_desks_words_cannot_write_on_the_terminal() -> None:
    assert clean("a\x1b[2Jb\n c\u202e") == "a [2Jb c"
    assert clean("a very long title", 9) == "a very..."


def test_plain_speaks_json() -> None:
    assert plain({Kind.HOLD: Money(Decimal("1.50"), "EUR"), "at": NOON, "t": time(20), "none": None}) == {
        "hold": "1.50 EUR",
        "at": "2026-04-04T12:00:00+00:00",
        "t": "20:00:00",
        "none": None,
    }
    assert plain((Kind.HOLD, True, 3, frozenset({"x"}))) == ["hold", True, 3, ["x"]]
    with pytest.raises(TypeError, match="object has no form in JSON"):
        plain(object())


def test_a_balance_shows_amounts_and_allowances(statement: Statement) -> None:
    amounts = {"open": Decimal(525), "credits_left": Decimal(-50)}
    position = Position("EUR", statement.period, statement.allowances, amounts, 5400)
    assert balance_text("ACME", position).splitlines() == [
        "ACME, 1-31 March 2026",
        "  open          525.00 EUR",
        "  credits left  -50.00 EUR",
        "  held time         1h 30m",
        "  phone: 5h granted, 1h carried in, 5h used, 1h left, 30m go on, 30m lapse",
    ]
    data = balance_data("acme", position)
    assert (data["open"], data["credits_left"], data["allowances"][0]["left"]) == ("525.00", "-50.00", 3600)


def test_a_balance_tells_how_a_budget_stands(statement: Statement) -> None:
    budget = BudgetPosition(
        amount=Decimal("1000.00"),
        currency="EUR",
        term=parse_period("2026"),
        spent=Decimal("525.00"),
        forecast=Decimal("2140.30"),
        warned=Decimal(50),
    )
    position = Position("EUR", statement.period, (), {}, 0, budget)
    assert balance_text("ACME", position).splitlines()[-1] == (
        "  Budget for 2026: 525.00 of 1000.00 EUR spent (52%), 2140.30 if it goes on so"
    )
    assert balance_data("acme", position)["budget"]["forecast"] == "2140.30"


def test_what_is_owed(statement: Statement) -> None:
    rows = [("acme", statement.deliveries[0])]
    assert owed_text(rows).splitlines() == [
        "Customer  What         Owed  Delivered  Missing",
        "acme      maintenance    2h         1h       1h",
    ]
    assert owed_data(rows)[0]["missing"] == 3600
    assert owed_text([]) == "Nothing is owed"


def test_documents_and_their_standing(invoice: Invoice) -> None:
    stored = [Stored(invoice, "held", "two documents in the books", NOON)]
    assert invoices_text(stored).splitlines()[1] == (
        "db-2026-0001  acme      2026-03  595.00 EUR  held      two documents in the books"
    )
    assert invoices_data(stored)[0]["gross"] == "595.00"
    assert invoices_text([]) == "No documents"


def test_a_whole_document(invoice: Invoice) -> None:
    receipt = Receipt(reference="db-2026-0001", remote_id="7", state=DocumentState.POSTED, number="R-12")
    lines = invoice_text(invoice, receipt).splitlines()
    assert lines[0] == "db-2026-0001: invoice for ACME GmbH"
    assert lines[2] == "  in tryton: posted R-12"
    assert lines[7].split() == ["4", "glpi/99:", "was", "2h,", "is", "1h", "30m", "-1", "25.00", "-25.00"]
    assert lines[-1].split() == ["Gross", "595.00", "EUR"]


def test_decisions_as_rows() -> None:
    bare = Decision(id="D-1", kind=Kind.CREDIT, by="kim", at=NOON, why="late", customer="acme")
    credit = replace(bare, period=parse_period("2026-03"), amount=Decimal(50))
    row = decision_row(credit, undone=True)
    assert rows_text([row], "none").splitlines()[1].split() == (
        ["D-1", "2026-04-04", "12:00", "credit", "acme", "2026-03", "50", "kim", "late", "yes"]
    )
    assert decision_row(replace(bare, percent=Decimal(10)), undone=False)["amount"] == "10%"
    assert decision_row(replace(bare, seconds=7200), undone=False)["amount"] == "2h"
    assert decision_row(bare, undone=False)["amount"] is None
    assert rows_text([], "No decisions") == "No decisions"


def test_rows_join_lists_and_align_figures() -> None:
    rows = [{"what": ("a", "b"), "amount": Decimal("-3.10")}, {"what": [], "amount": Decimal("12.00")}]
    assert rows_text(rows, "").splitlines() == ["what  amount", "a, b   -3.10", "       12.00"]


def test_problems_as_rows() -> None:
    problem = Problem(code="held", message="m", about="a", amount=Decimal("1.00"))
    assert problem_rows([problem]) == [
        {"code": "held", "message": "m", "about": "a", "source": None, "amount": "1.00"}
    ]
    assert date(2026, 1, 1).isoformat() == plain(date(2026, 1, 1))
