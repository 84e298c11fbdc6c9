"""What the simulated books hold: a Tryton's invoices and the few records that an invoice names."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

Row = dict[str, Any]

_CENT = Decimal("0.01")


class BooksState:
    """An installation as `connector.demo.tryton_setup` makes it, with verbs for what a person does there."""

    def __init__(self, *, parties: Iterable[str] = ("Customer A", "Customer B")) -> None:
        self.tables: dict[str, dict[int, Row]] = _chart()
        self.invoices = self.tables["account.invoice"]
        self.today: date | None = None  #: what dates are judged by; None: no date is warned of
        self._ids = {"account.invoice": 0, "line": 0}
        self._number = 0
        for name in parties:
            self.add_party(name)

    def add_party(self, name: str) -> int:
        """Add a customer with an address; its code is its id."""
        party = len(self.tables["party.party"]) + 1
        self.tables["party.party"][party] = {"name": name, "code": str(party), "account_receivable": None}
        self.tables["party.address"][party] = {"party": party, "invoice": True}
        return party

    def store(self, values: Mapping[str, Any]) -> int:
        """Create a draft as Tryton does: line amounts and taxes rounded half even, given tax rows kept."""
        lines = [self._line(line) for line in _created(values["lines"])]
        row = {
            "number": None,
            "state": "draft",
            "payment_term_date": None,
            "comment": "",
            **values,
            "lines": lines,
        }
        row["taxes"] = _created(values.get("taxes", [])) or self._taxes(lines)
        identity = self._next("account.invoice")
        self.invoices[identity] = row
        self._total(row)
        return identity

    def number(self, identity: int) -> None:
        """Post a draft: it gets the next number."""
        self._number += 1
        self.invoices[identity].update(state="posted", number=str(self._number))

    # What a person does in the books, which the connector must notice.

    def change_price(self, identity: int, position: int, price: Decimal) -> None:
        """Set the unit price of a draft's line, from 1; taxes and totals follow."""
        row = self.invoices[identity]
        row["lines"][position - 1]["unit_price"] = price
        row["lines"] = [self._line(line) for line in row["lines"]]
        row["taxes"] = self._taxes(row["lines"])
        self._total(row)

    def cancel(self, identity: int) -> None:
        """Cancel a document."""
        self.invoices[identity]["state"] = "cancelled"

    def delete(self, identity: int) -> None:
        """Delete a draft."""
        del self.invoices[identity]

    def duplicate(self, identity: int) -> int:
        """Copy a document by hand and leave our reference on the copy, a draft."""
        copy = self._next("account.invoice")
        self.invoices[copy] = {**self.invoices[identity], "state": "draft", "number": None}
        return copy

    def _next(self, kind: str) -> int:
        self._ids[kind] += 1
        return self._ids[kind]

    def _line(self, line: Mapping[str, Any]) -> Row:
        amount = (line["quantity"] * line["unit_price"]).quantize(_CENT, ROUND_HALF_EVEN)
        taxes = [tax for command in line["taxes"] for tax in _added(command)]
        return {"id": self._next("line"), "type": "line", **line, "amount": amount, "taxes": taxes}

    def _taxes(self, lines: Iterable[Row]) -> list[Row]:
        bases: dict[tuple[int, bool], Decimal] = {}
        for line in lines:
            for tax in line["taxes"]:
                key = tax, line["amount"] >= 0
                bases[key] = bases.get(key, Decimal(0)) + line["amount"]
        rates = self.tables["account.tax"]
        return [
            {"tax": tax, "base": base, "amount": (base * rates[tax]["rate"]).quantize(_CENT, ROUND_HALF_EVEN)}
            for (tax, _), base in bases.items()
        ]

    @staticmethod
    def _total(row: Row) -> None:
        net = sum((line["amount"] for line in row["lines"]), Decimal(0))
        tax = sum((tax["amount"] for tax in row["taxes"]), Decimal(0))
        row.update(untaxed_amount=net, tax_amount=tax, total_amount=net + tax)


def _created(commands: list[Any]) -> list[Row]:
    return [dict(row) for _, rows in commands for row in rows]


def _added(command: Any) -> list[int]:
    return command[1] if isinstance(command, list) else [command]


def _chart() -> dict[str, dict[int, Row]]:
    company = {"party": 1, "currency": 1}
    tax = {
        "type": "percentage",
        "childs": [],
        "company": 1,
        "invoice_account": 132,
        "credit_note_account": 133,
    }
    rates = {"VAT 19%": Decimal("0.19"), "VAT 7%": Decimal("0.07"), "VAT 0%": Decimal(0)}
    revenue = {"type.revenue": True, "type.receivable": False, "closed": False, "company": 1}
    receivable = {**revenue, "type.revenue": False, "type.receivable": True}
    return {
        "account.invoice": {},
        "party.party": {1: {"name": "Deskbill Demo GmbH", "code": "1", "account_receivable": None}},
        "party.address": {1: {"party": 1, "invoice": False}},
        "company.company": {1: company},
        "currency.currency": {1: {"code": "EUR"}},
        "product.uom": {9: {"symbol": "h", "digits": 2}},
        "account.journal": {1: {"type": "revenue", "code": "REV", "name": "Revenue"}},
        "account.account": {
            39: {**receivable, "code": "1.2.1", "name": "Accounts Receivable"},
            99: {**revenue, "code": "4.1.1", "name": "Goods"},
            100: {**revenue, "code": "4.1.2", "name": "Services"},
        },
        "account.tax": {
            number: {**tax, "name": name, "description": name, "rate": rate}
            for number, (name, rate) in enumerate(rates.items(), 1)
        },
        "account.configuration": {
            1: {
                "tax_rounding": "document",
                "default_account_receivable": 39,
                "default_category_account_revenue": 99,
            }
        },
    }
