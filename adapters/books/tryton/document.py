"""Writes a rendered document as Tryton's record with all its accounts, currencies and tax rows."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.books.tryton.words import Tax, Words
from connector.books import Payload
from connector.http import Refused


def values_of(payload: Payload, words: Words) -> dict[str, Any]:
    """Make the record to create.

    Raises:
        Refused: a word of the document is unknown in the books, or a tax there has another rate.
        ConfigError: the settings do not say which account or journal.
    """
    body = payload.body
    company = words.company.id
    party = words.party(body["party"], body["customer"])
    currency = words.currency(body["currency"])
    return {
        "company": company,
        "type": "out",
        "reference": payload.reference,
        "party": party.id,
        "invoice_address": party.address,
        "account": party.receivable,
        "journal": words.journal,
        "currency": currency,
        "invoice_date": date.fromisoformat(body["date"]),
        "payment_term_date": date.fromisoformat(body["due"]),
        "description": body["description"],
        "comment": body["comment"],
        "lines": [
            [
                "create",
                [_line(line, position, currency, words) for position, line in enumerate(body["lines"], 1)],
            ]
        ],
        **_taxes(body, words),
    }


def _line(line: Mapping[str, str], position: int, currency: int, words: Words) -> dict[str, Any]:
    return {
        "type": "line",
        "sequence": position,
        "description": line["text"],
        "quantity": Decimal(line["quantity"]),  # kept as a float there, and counted as the float's text
        "unit": words.hour if line["unit"] == "hour" else None,
        "unit_price": Decimal(line["price"]),
        "currency": currency,
        "account": words.revenue(line["code"]),
        "taxes": [["add", [_tax(line, words).id]]],
    }


def _tax(line: Mapping[str, str], words: Words) -> Tax:
    tax = words.tax(line["tax"])
    if tax.percent is not None and tax.percent != Decimal(line["percent"]):
        raise Refused(
            f"the document needs {line['percent']} %, Tryton's tax '{line['tax']}' has {tax.percent:f} %; "
            f"name another in the books' options, under taxes: '{line['code']} {line['percent']}%'"
        )
    return tax


def _taxes(body: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Send the tax rows, so that nothing is rounded again; not where a tax is more than a percentage."""
    rows = [(words.tax(row["tax"]), Decimal(row["base"]), Decimal(row["amount"])) for row in body["taxes"]]
    if any(tax.percent is None for tax, _, _ in rows):
        return {}
    return {
        "taxes": [
            [
                "create",
                [
                    {
                        "tax": tax.id,
                        "description": tax.description,
                        "account": tax.charge_account if base >= 0 else tax.refund_account,
                        "base": base,
                        "amount": amount,
                        "manual": False,
                    }
                    for tax, base, amount in rows
                ],
            ]
        ]
    }
