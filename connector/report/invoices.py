"""Invoices for people and scripts: lines, totals per tax category, and how far each has come."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import Any, Protocol

from connector.model.invoice import Invoice, InvoiceLine, Receipt
from connector.report.words import clean, duration, money, number, plain, table

#: How wide a line's text is before it goes on in the next.
_TEXT = 64


class Stored(Protocol):
    """An invoice with how far it has come, as the ledger keeps it."""

    @property
    def invoice(self) -> Invoice:
        """The document."""

    @property
    def status(self) -> str:
        """One of due, sending, unsure, pushed, posted, paid, held, replaced."""

    @property
    def reason(self) -> str:
        """Why it is held, if it is."""


def totals(invoice: Invoice) -> list[str]:
    """Write net, tax per category and gross of a document."""
    currency = invoice.currency
    rows = [("Net", f"{money(invoice.net, currency)} {currency}")]
    rows += [
        (
            f"Tax {number(tax.percent)}% of {money(tax.base, currency)}",
            f"{money(tax.amount, currency)} {currency}",
        )
        for tax in invoice.taxes
    ]
    rows.append(("Gross", f"{money(invoice.gross, currency)} {currency}"))
    return table(rows, right=frozenset({1}))


def invoice_text(invoice: Invoice, receipt: Receipt | None = None) -> str:
    """Write a whole document with its lines; ``receipt`` adds what the books hold."""
    kind = invoice.kind.value.replace("_", " ")
    title = f"{invoice.reference or '(no reference yet)'}: {kind} for {clean(invoice.buyer.name)}"
    lines = [title, f"  {invoice.period.label()}, due on {invoice.due_on}"]
    if receipt:
        lines.append(
            f"  in {invoice.target}: {receipt.state.value} {receipt.number or f'id {receipt.remote_id}'}"
        )
    head = ("", "Text", "Quantity", "Price", "Amount")
    rows = [head, *(row for line in invoice.lines for row in _rows(line, invoice.currency))]
    return "\n".join([*lines, *table(rows, right=frozenset({0, 2, 3, 4})), *totals(invoice)])


def _rows(line: InvoiceLine, currency: str) -> Iterator[tuple[str, str, str, str, str]]:
    first, *more = wrap(clean(line.text), _TEXT) or [""]
    yield str(line.position), first, _quantity(line), f"{line.unit_price:f}", money(line.amount, currency)
    for rest in more:
        yield "", rest, "", "", ""


def _quantity(line: InvoiceLine) -> str:
    if line.seconds > 0 and line.unit == "hour":
        return duration(line.seconds)
    unit = "" if line.unit in ("hour", "piece") else f" {clean(line.unit)}"
    return f"{number(line.quantity)}{unit}"


def invoice_data(invoice: Invoice) -> dict[str, Any]:
    """Give a document as data, with the fields of `connector.model.invoice.Invoice`."""
    return {**plain(invoice), "period": str(invoice.period)}


def invoices_text(stored: Sequence[Stored]) -> str:
    """List documents with their standing, one a line."""
    if not stored:
        return "No documents"
    rows = [("Reference", "Customer", "Period", "Gross", "Standing", "Why")]
    rows += [
        (
            each.invoice.reference,
            each.invoice.customer,
            str(each.invoice.period),
            f"{money(each.invoice.gross, each.invoice.currency)} {each.invoice.currency}",
            each.status,
            clean(each.reason),
        )
        for each in stored
    ]
    return "\n".join(table(rows, right=frozenset({3}), indent=0))


def invoices_data(stored: Iterable[Stored]) -> list[dict[str, Any]]:
    """Give documents with their standing as data, without their lines."""
    return [
        {
            "reference": each.invoice.reference,
            "customer": each.invoice.customer,
            "books": each.invoice.target,
            "period": str(each.invoice.period),
            "issued_on": plain(each.invoice.issued_on),
            "currency": each.invoice.currency,
            "net": money(each.invoice.net, each.invoice.currency),
            "tax": money(each.invoice.tax, each.invoice.currency),
            "gross": money(each.invoice.gross, each.invoice.currency),
            "status": each.status,
            "reason": each.reason,
        }
        for each in stored
    ]
