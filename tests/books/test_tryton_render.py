"""How a document is put into Tryton's words: figures, taxes, dates."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.http import ConfigError
from connector.model.invoice import Invoice, InvoiceLine
from tests.books.connected import TAXES, tryton
from tests.books.documents import S525, amount_line, document, time_line

BOOKS = tryton("http://127.0.0.1:1")  # nothing is sent


def lines(invoice: Invoice) -> list[dict[str, str]]:
    rendered: list[dict[str, str]] = BOOKS.render(invoice).body["lines"]
    return rendered


def taxes(*given_lines: InvoiceLine) -> list[tuple[str, str, str]]:
    rows = BOOKS.render(document("db-2026-0001", given_lines)).body["taxes"]
    return [(row["tax"], row["base"], row["amount"]) for row in rows]


def test_dates_party_and_period() -> None:
    invoice = replace(document("db-2026-0001", S525), order_number="PO 7")
    body = BOOKS.render(invoice).body
    assert (body["party"], body["date"], body["due"], body["currency"]) == (
        "Customer A",
        "2026-04-03",
        "2026-04-17",
        "EUR",
    )
    assert body["description"] == "2026-03-01 - 2026-03-31, PO 7"


def test_the_sentence_that_the_law_asks_for_goes_along() -> None:
    invoice = document("db-2026-0001", [amount_line("fee", "10.00", "DE-0", "0")])
    invoice = replace(invoice, taxes=(replace(invoice.taxes[0], text="Steuerschuld des Empfängers"),))
    assert BOOKS.render(invoice).body["comment"] == "Steuerschuld des Empfängers"


@pytest.mark.parametrize(
    ("line", "quantity", "unit", "price", "text"),
    [
        (time_line("support", 5400, "75.00"), "1.50", "hour", "75.00", "support"),
        # 0:20 h is 0.33 to Tryton, and 24.75: the amount goes alone, the time into the text
        (time_line("support", 1200, "75.00"), "1", "piece", "25.00", "support\n20m x 75.00 EUR/h"),
        (time_line("support", 3605, "75.00"), "1", "piece", "75.10", "support\n1h5s x 75.00 EUR/h"),
        # 0.05 h x 0.50 is 0.025: 0.03 to us, 0.02 to Tryton, which rounds half even
        (time_line("cheap", 180, "0.50"), "1", "piece", "0.03", "cheap\n3m x 0.50 EUR/h"),
        (time_line("odd price", 3600, "33.33333"), "1", "piece", "33.33", "odd price\n1h x 33.33333 EUR/h"),
        (amount_line("fee", "99.00"), "1.00", "piece", "99.00", "fee"),
        (amount_line("back", "-25.00"), "-1.00", "piece", "25.00", "back"),
        (amount_line("free", "0.00"), "1.00", "piece", "0.00", "free"),
    ],
)
def test_figures(line: InvoiceLine, quantity: str, unit: str, price: str, text: str) -> None:
    (rendered,) = lines(document("db-2026-0001", [line]))
    assert (rendered["quantity"], rendered["unit"], rendered["price"], rendered["text"]) == (
        quantity,
        unit,
        price,
        text,
    )


@given(st.integers(1, 200_000), st.decimals("0.01", "500", places=2))
def test_tryton_computes_our_amount_from_any_time_and_rate(seconds: int, hourly: Decimal) -> None:
    line = time_line("support", seconds, str(hourly))
    (rendered,) = lines(document("db-2026-0001", [line]))
    product = Decimal(str(float(rendered["quantity"]))) * Decimal(rendered["price"])  # as Tryton counts
    assert product.quantize(Decimal("0.01")) == line.amount


def test_taxes_are_ours_to_the_cent() -> None:
    assert taxes(amount_line("a", "37.50")) == [("VAT 19%", "37.50", "7.13")]
    assert taxes(amount_line("a", "-37.50")) == [("VAT 19%", "-37.50", "-7.13")]
    assert taxes(amount_line("a", "0.00")) == [("VAT 19%", "0.00", "0.00")]


def test_charges_and_what_is_taken_back_are_rows_of_their_own() -> None:
    # 12.50 x 19 % = 2.375 -> 2.38 in all; -25.00 x 19 % = -4.75; so 7.13 is left for the 37.50
    rows = taxes(amount_line("a", "37.50"), amount_line("b", "-25.00"), amount_line("c", "3.00", "DE-7", "7"))
    assert rows == [("VAT 19%", "37.50", "7.13"), ("VAT 19%", "-25.00", "-4.75"), ("VAT 7%", "3.00", "0.21")]


@given(st.lists(st.decimals("-999", "999", places=2), min_size=1, max_size=6))
def test_tax_rows_sum_to_the_document(amounts: list[Decimal]) -> None:
    invoice = document("db-2026-0001", [amount_line("x", str(amount)) for amount in amounts])
    rows = BOOKS.render(invoice).body["taxes"]
    assert sum(Decimal(row["base"]) for row in rows) == invoice.net
    assert sum(Decimal(row["amount"]) for row in rows) == invoice.tax


def test_a_former_rate_has_a_tax_of_its_own() -> None:
    books = tryton("http://127.0.0.1:1", taxes={**TAXES, "DE-19 16%": "VAT 16%"})
    rates = [time_line("2020", 3600, "75.00", percent="16"), time_line("2026", 3600, "75.00")]
    body = books.render(document("db-2026-0001", rates)).body
    assert [line["tax"] for line in body["lines"]] == ["VAT 16%", "VAT 19%"]
    assert [(row["tax"], row["amount"]) for row in body["taxes"]] == [
        ("VAT 16%", "12.00"),
        ("VAT 19%", "14.25"),
    ]


def test_a_tax_code_without_a_tax_of_the_books() -> None:
    with pytest.raises(ConfigError) as refused:
        BOOKS.render(document("db-2026-0001", [amount_line("fee", "10.00", "AT-20", "20")]))
    assert str(refused.value) == (
        "no 'AT-20' under 'taxes' in the mapping of books.erp; "
        "add the line 'AT-20: <name of the tax in Tryton>'"
    )


def test_rendering_twice_gives_the_same() -> None:
    invoice = document("db-2026-0001", S525)
    assert BOOKS.render(invoice) == BOOKS.render(invoice)
