"""Puts a document into words for Tryton: figures that it computes as we do, taxes to the cent."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from connector.http import ConfigError
from connector.model.invoice import Invoice, InvoiceLine, TaxTotal
from connector.model.money import digits_of, rounded
from connector.model.written import write_duration

#: Digits that Tryton keeps: `unit_price` 4, hours 2. More are refused or cut.
_PRICE_DIGITS = Decimal("0.0001")
_HOUR_DIGITS = Decimal("0.01")


def body_of(invoice: Invoice, books: str, taxes: Mapping[str, str]) -> dict[str, Any]:
    """Describe a document as JSON, decimals and dates as text; its ids are looked up when it is created.

    Raises:
        ConfigError: the configuration names no tax of Tryton for a tax code.
    """
    return {
        "party": invoice.buyer_key.get("party", ""),
        "customer": invoice.customer,
        "currency": invoice.currency,
        "date": invoice.issued_on.isoformat(),
        "due": invoice.due_on.isoformat(),
        "description": _description(invoice),
        "comment": "\n".join(total.text for total in invoice.taxes if total.text),
        "lines": [
            {
                **_figures(line, invoice.currency),
                "code": line.tax,
                "tax": _word(books, taxes, line.tax, line.percent),
                "percent": str(line.percent),
            }
            for line in invoice.lines
        ],
        "taxes": [
            {"tax": _word(books, taxes, total.tax, total.percent), "base": str(base), "amount": str(amount)}
            for total in invoice.taxes
            for base, amount in _split(total, invoice.lines, invoice.currency)
        ],
    }


def _description(invoice: Invoice) -> str:
    days = f"{invoice.period.start} - {invoice.period.last_day}"
    return f"{days}, {invoice.order_number}" if invoice.order_number else days


def _word(books: str, taxes: Mapping[str, str], code: str, percent: Decimal) -> str:
    at_rate = f"{code} {percent.normalize():f}%"
    word = taxes.get(at_rate) or taxes.get(code)
    if word is None:
        raise ConfigError(
            f"no '{code}' under 'taxes' in the mapping of books.{books}; "
            f"add the line '{code}: <name of the tax in Tryton>'"
        )
    return word


def _figures(line: InvoiceLine, currency: str) -> dict[str, str]:
    """Give quantity and price whose product Tryton, which rounds half even, makes our amount of."""
    cents = Decimal(1).scaleb(-digits_of(currency))
    quantity, price = line.quantity.quantize(_HOUR_DIGITS), line.unit_price.quantize(_PRICE_DIGITS)
    product = (quantity * price).quantize(cents, ROUND_HALF_EVEN)
    if (quantity, price, product) == (line.quantity, line.unit_price, line.amount):
        return {
            "text": line.text,
            "quantity": str(quantity),
            "unit": line.unit,
            "price": str(line.unit_price),
        }
    return {
        "text": f"{line.text}\n{_time(line, currency)}".rstrip(),
        "quantity": "-1" if line.amount < 0 else "1",
        "unit": "piece",
        "price": str(abs(line.amount)),
    }


def _time(line: InvoiceLine, currency: str) -> str:
    if line.unit != "hour" or not line.seconds:
        return ""
    return f"{write_duration(line.seconds)} x {line.unit_price} {currency}/h"


def _split(total: TaxTotal, lines: Iterable[InvoiceLine], currency: str) -> Iterator[tuple[Decimal, Decimal]]:
    """Part a category as Tryton does, which has a row for what is charged and one for what is taken back.

    We send the rows: Tryton, left alone, rounds them half even, and 19 % of 37.50 is 7.12 to it.
    """
    amounts = [line.amount for line in lines if (line.tax, line.percent) == (total.tax, total.percent)]
    charged = [amount for amount in amounts if amount >= 0]
    taken_back = sum((amount for amount in amounts if amount < 0), Decimal(0))
    if not taken_back or not charged:
        yield total.base, total.amount
        return
    tax_back = rounded(taken_back * total.percent / 100, currency)
    yield sum(charged, Decimal(0)), total.amount - tax_back
    yield taken_back, tax_back
