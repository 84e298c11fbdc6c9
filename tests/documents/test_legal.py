"""Each tax category says what the law asks for; the house's own words go first."""

from datetime import date
from decimal import Decimal

import pytest

from connector.documents.invoice import invoice_of
from connector.documents.legal import with_sentences
from connector.model.contract import Customer, Party
from connector.model.invoice import DueLine, InvoiceKind, Role, TaxTotal
from connector.model.period import parse_period
from connector.model.statement import Line, LineKey
from tests.workflow.standins import ACME


def total(category: str, text: str = "") -> TaxTotal:
    nothing = Decimal(0)
    return TaxTotal(tax="X", category=category, percent=nothing, base=nothing, amount=nothing, text=text)


@pytest.mark.parametrize(
    ("category", "english", "german"),
    [
        ("standard", "", ""),
        ("reduced", "", ""),
        ("zero", "", ""),
        ("exempt", "Article 226(11) of Directive", "§ 14 Abs. 4 Satz 1 Nr. 8 UStG"),
        ("reverse-charge", "Reverse charge", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("intra-community", "Article 138(1)", "innergemeinschaftliche Lieferung (§ 4 Nr. 1 Buchst. b"),
        ("export", "Article 146(1)", "Ausfuhrlieferung (§ 4 Nr. 1 Buchst. a"),
    ],
)
def test_each_category_has_its_sentence(category: str, english: str, german: str) -> None:
    for language, words in (("en", english), ("de", german)):
        (said,) = with_sentences([total(category)], language)
        assert words in said.text
        assert bool(said.text) == bool(words)
        assert with_sentences([total(category, "our words")], language) == (total(category, "our words"),)


def test_the_sentence_stands_on_the_document() -> None:
    customer = Customer.model_validate(
        {**ACME, "language": "de", "invoice": {"tax": "X", "cycle": "quarterly"}}
    )
    day = date(2026, 3, 31)
    line = Line(
        key=LineKey("transfer_out", "2026-Q1", tax="X", percent="0"),
        amount=Decimal("-5.00"),
        category="reverse-charge",
        text="Budget",
        service_from=day,
        service_to=day,
    )
    out = DueLine(role=Role.CARRIED_OUT, line=line, amount=line.amount)
    found = invoice_of(
        customer,
        Party(name="House"),
        parse_period("2026-Q1"),
        [out],
        [total("reverse-charge")],
        issued_on=day,
        issued={},
    )
    assert found.taxes[0].text == "Steuerschuldnerschaft des Leistungsempfängers (§ 13b, § 14a Abs. 5 UStG)"
    assert (found.kind, found.lines[0].text) == (
        InvoiceKind.CREDIT_NOTE,
        "Übertrag auf 2. Quartal 2026: Budget",
    )
