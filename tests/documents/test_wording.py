"""What an invoice line says: documents are named by their number alone, and foreign text cannot break out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connector.documents.wording import Issued, invoice_line
from connector.model.invoice import Billed, DueLine, InvoiceLine, Role
from connector.model.statement import Line, LineKey

SENT = "db-2026-0001"
WORK = Line(
    key=LineKey("work", "2026-03-01", "zammad/7", "phone", "3", "75.00", "DE-19", "19"),
    amount=Decimal("75.00"),
    category="standard",
    text="Phone support",
    service_from=date(2026, 3, 17),
    service_to=date(2026, 3, 17),
    seconds=3600,
    hourly=Decimal("75.00"),
    number="7",
)
CHARGE = DueLine(role=Role.CHARGE, line=WORK, amount=WORK.amount)


def worded(due: DueLine, number: str = "", language: str = "en") -> InvoiceLine:
    issued = {SENT: Issued(number, date(2026, 4, 4))}
    return invoice_line(1, due, currency="EUR", language=language, issued=issued)


def correction() -> DueLine:
    """What is due once the hour was cut to 20 minutes, after it was billed."""
    before = Billed(amount=WORK.amount, seconds=3600, references=(SENT,), line=worded(CHARGE))
    line = replace(WORK, amount=Decimal("25.00"), seconds=1200)
    return DueLine(role=Role.CORRECTION, line=line, amount=Decimal("-50.00"), before=before)


@pytest.mark.parametrize(
    ("number", "language", "text"),
    [
        (
            "R-12",
            "en",
            "Correction of Ticket 7: Phone support, March 2026: 25.00 instead of 75.00 EUR, "
            "invoice R-12 of 4 April 2026",
        ),
        (
            "",
            "en",
            "Correction of Ticket 7: Phone support, March 2026: 25.00 instead of 75.00 EUR, "
            "invoice of 4 April 2026 (our reference db-2026-0001)",
        ),
        (
            "",
            "de",
            "Korrektur zu Ticket 7: Phone support, März 2026: 25.00 statt 75.00 EUR, "
            "Rechnung vom 04.04.2026 (unser Zeichen db-2026-0001)",
        ),
    ],
)
def test_a_correction_names_the_invoice_and_never_our_reference_as_its_number(
    number: str, language: str, text: str
) -> None:
    assert worded(correction(), number, language).text == text


def test_a_correction_is_taken_back_once_at_its_own_rate() -> None:
    line = worded(correction())
    assert (line.quantity, line.unit) == (Decimal(-1), "piece")
    assert (line.unit_price, line.amount) == (Decimal("50.00"), Decimal("-50.00"))
    assert (line.tax, line.percent) == ("DE-19", Decimal(19))
    assert (line.seconds, line.corrects) == (-2400, (SENT,))


@pytest.mark.parametrize(("language", "end"), [("en", ", by Kim"), ("de", ", durch Kim")])
def test_who_worked_is_told_if_asked(language: str, end: str) -> None:
    line = invoice_line(1, CHARGE, currency="EUR", language=language, issued={}, technician="Kim")
    assert line.text.endswith(end)


def test_foreign_text_stays_on_its_line() -> None:
    spoilt = replace(CHARGE, line=replace(WORK, number="7\x1b[31m\r\n  Gross 0.00 EUR\u202e"))
    text = worded(spoilt).text
    assert text == "Ticket 7 [31m Gross 0.00 EUR : Phone support, 1h at 75.00 EUR/h, on 17 March 2026"
