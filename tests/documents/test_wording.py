"""What an invoice line says: documents are named by their number alone, and foreign text cannot break out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.documents.phrases import counted, duration, named
from connector.documents.wording import Issued, Voice, invoice_line
from connector.model.invoice import Billed, DueLine, InvoiceLine, Role
from connector.model.period import parse_period
from connector.model.statement import Line, LineKey

SENT = "db-2026-0001"
WORK = Line(
    key=LineKey("work", "2026-03", "zammad/7", "phone", "3", "75.00", "DE-19", "19"),
    amount=Decimal("75.00"),
    category="standard",
    text="Phone support",
    service_from=date(2026, 3, 17),
    service_to=date(2026, 3, 17),
    seconds=3600,
    price=Decimal("75.00"),
    unit="hour",
    per_seconds=3600,
    number="7",
)
CHARGE = DueLine(role=Role.CHARGE, line=WORK, amount=WORK.amount)


def worded(due: DueLine, number: str = "", language: str = "en", **facts: Any) -> InvoiceLine:
    issued = {SENT: Issued(number, date(2026, 4, 4))}
    return invoice_line(1, due, Voice(currency="EUR", language=language, issued=issued, **facts))


def line(amount: str, kind: str = "work", **facts: Any) -> DueLine:
    """A charge on 17 March, of something else than an hour."""
    told = {"seconds": 0, "per_seconds": 0, "unit": "piece", "price": None, "number": "", **facts}
    key = WORK.key._replace(kind=kind, ref=told.pop("ref", ""))
    of = WORK._replace(key=key, amount=Decimal(amount), **told)
    return DueLine(role=Role.CHARGE, line=of, amount=of.amount)


def correction() -> DueLine:
    """What is due once the hour was cut to 20 minutes, after it was billed."""
    before = Billed(amount=WORK.amount, seconds=3600, references=(SENT,), line=worded(CHARGE))
    line = WORK._replace(amount=Decimal("25.00"), seconds=1200)
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
            "Korrektur zu Ticket 7: Phone support, März 2026: 25,00 statt 75,00 EUR, "
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
    line = invoice_line(1, CHARGE, Voice(currency="EUR", language=language), technician="Kim")
    assert line.text.endswith(end)


def test_foreign_text_stays_on_its_line() -> None:
    spoilt = replace(CHARGE, line=WORK._replace(number="7\x1b[31m\r\n  Gross 0.00 EUR\u202e"))
    text = worded(spoilt).text
    assert text == "Ticket 7 [31m Gross 0.00 EUR : Phone support, 1h at 75.00 EUR/h, on 17 March 2026"


HOUR: dict[str, Any] = {"unit": "hour", "per_seconds": 3600, "price": Decimal("95.00")}
DAY: dict[str, Any] = {"unit": "day", "per_seconds": 28800, "price": Decimal("800.00")}
BLOCK: dict[str, Any] = {"unit": "block", "per_seconds": 600, "price": Decimal("12.00")}
ON, AM = ", on 17 March 2026", ", am 17.03.2026"


@pytest.mark.parametrize(
    ("due", "figures", "english", "german"),
    [
        (
            line("142.50", seconds=5400, **HOUR),
            ("1.50", "hour", "95.00"),
            f"1h30m at 95.00 EUR/h{ON}",
            f"1 Std. 30 Min. zu 95,00 EUR/Std.{AM}",
        ),
        (
            line("79.17", seconds=3000, **HOUR),  # 0.8333 h x 95.00
            ("1", "piece", "79.17"),
            f"50m at 95.00 EUR/h{ON}",
            f"50 Min. zu 95,00 EUR/Std.{AM}",
        ),
        (
            line("112.50", seconds=5400, less=Decimal("30.000"), **HOUR),
            ("1", "piece", "112.50"),
            f"1h30m at 95.00 EUR/h, less 30.00 EUR of the allowance{ON}",
            f"1 Std. 30 Min. zu 95,00 EUR/Std., abzüglich 30,00 EUR aus dem Kontingent{AM}",
        ),
        (
            line("400.00", seconds=14400, **DAY),
            ("0.50", "day", "800.00"),
            f"4h at 800.00 EUR per day of 8h{ON}",
            f"4 Std. zu 800,00 EUR je Tag von 8 Std.{AM}",
        ),
        (
            line("36.00", seconds=1800, **BLOCK),
            ("3.00", "block", "12.00"),
            f"30m at 12.00 EUR per 10m{ON}",
            f"30 Min. zu 12,00 EUR je 10 Min.{AM}",
        ),
        (
            line("50.00", quantity=Decimal(2), unit="call", price=Decimal("25.00")),
            ("2", "call", "25.00"),
            f"2 calls at 25.00 EUR{ON}",
            f"2 Anfragen zu 25,00 EUR{AM}",
        ),
        (
            line("89.00", quantity=Decimal(1), unit="visit", price=Decimal("89.00")),
            ("1", "visit", "89.00"),
            f"1 visit at 89.00 EUR{ON}",
            f"1 Besuch zu 89,00 EUR{AM}",
        ),
        (
            line("3.30", "usage", quantity=Decimal(1), unit="licences", price=Decimal("9.90"), part=(10, 30)),
            ("1", "piece", "3.30"),
            f"1 licences at 9.90 EUR, 10 of 30 days{ON}",
            f"1 licences zu 9,90 EUR, 10 von 30 Tagen{AM}",
        ),
        (
            line("-2.40", "usage", quantity=Decimal("-1.5"), unit="GB", price=Decimal("1.60")),
            ("-1.5", "GB", "1.60"),
            f"-1.5 GB at 1.60 EUR{ON}",
            f"-1,5 GB zu 1,60 EUR{AM}",
        ),
        (
            line("-60.00", "prepaid", ref="blocks/ten"),
            ("-1", "piece", "60.00"),
            f"used of what was paid in advance, invoice R-1 of 4 April 2026{ON}",
            f"verbraucht von der Vorauszahlung, Rechnung R-1 vom 04.04.2026{AM}",
        ),
        (
            line("0.00", "covered", ref="blocks/ten", seconds=7200),
            ("1", "piece", "0.00"),
            f"2h covered by ten (invoice R-1 of 4 April 2026){ON}",
            f"2 Std. gedeckt durch ten (Rechnung R-1 vom 04.04.2026){AM}",
        ),
        (
            line("0.00", "covered", ref="blocks/five", quantity=Decimal(1), unit="call"),
            ("1", "piece", "0.00"),
            f"1 call covered by five{ON}",
            f"1 Anfrage gedeckt durch five{AM}",
        ),
        (
            line("12.00", "limit", price=Decimal("50.00")),
            ("1", "piece", "12.00"),
            f"raised to the minimum of 50.00 EUR{ON}",
            f"Auffüllung auf den Mindestbetrag von 50,00 EUR{AM}",
        ),
        (
            line("-12.00", "limit", price=Decimal("50.00")),
            ("-1", "piece", "12.00"),
            f"lowered to the maximum of 50.00 EUR{ON}",
            f"Begrenzung auf den Höchstbetrag von 50,00 EUR{AM}",
        ),
        (
            line("-15.00", "sla"),
            ("-1", "piece", "15.00"),
            f"credit, as the agreed response was missed{ON}",
            f"Nachlass, da die vereinbarte Reaktion verfehlt wurde{AM}",
        ),
        (
            line("190.00", "settlement", seconds=7200, **HOUR),
            ("2.00", "hour", "95.00"),
            f"use beyond the allowance, 2h at 95.00 EUR/h{ON}",
            f"Mehrverbrauch über das Kontingent hinaus, 2 Std. zu 95,00 EUR/Std.{AM}",
        ),
        (
            line("500.00", "commitment", price=Decimal("2000.00")),
            ("1", "piece", "500.00"),
            f"what is missing to the agreed minimum of 2000.00 EUR{ON}",
            f"Fehlbetrag zur vereinbarten Mindestabnahme von 2000,00 EUR{AM}",
        ),
        (
            line("33.40", "settlement", price=Decimal(1), quantity=Decimal("33.4")),
            ("1", "piece", "33.40"),
            f"use beyond the allowance{ON}",
            f"Mehrverbrauch über das Kontingent hinaus{AM}",
        ),
        (
            line(
                "100.00",
                "surcharge",
                ref="it/night",
                quantity=Decimal(2),
                unit="entry",
                price=Decimal("50.00"),
            ),
            ("2", "entry", "50.00"),
            f"2 entries at 50.00 EUR{ON}",
            f"2 Einsätze zu 50,00 EUR{AM}",
        ),
        (
            line("800.00", "block", price=Decimal("800.00"), service_to=date(2027, 3, 16)),
            ("1", "piece", "800.00"),
            "usable 17 March 2026 to 16 March 2027",
            "nutzbar 17.03.2026 bis 16.03.2027",
        ),
        (
            line("49.00", "fee", price=Decimal("49.00"), service_to=date(2026, 3, 31)),
            ("1", "piece", "49.00"),
            "17 March 2026 to 31 March 2026",
            "17.03.2026 bis 31.03.2026",
        ),
    ],
)
def test_the_customer_can_compute_each_line_again(
    due: DueLine, figures: tuple[str, str, str], english: str, german: str
) -> None:
    for language, text in (("en", english), ("de", german)):
        bought = {"blocks/ten": SENT, "blocks/ten/2026-03/1": "", "blocks/tenfold": "db-2026-0009"}
        found = worded(due, "R-1", language, bought=bought)
        assert found.text == f"Phone support, {text}"
        assert (str(found.quantity), found.unit, str(found.unit_price)) == figures
        assert round(found.quantity * found.unit_price, 2) == found.amount


def test_work_and_usage_without_a_name_are_called_so() -> None:
    assert worded(line("1.00", text="")).text.startswith("Work, ")
    assert worded(line("1.00", "usage", text=""), language="de").text.startswith("Verbrauch, ")


def test_a_surcharge_without_a_name_is_called_so() -> None:
    due = line("50.00", "surcharge", text="night", ref="it/night", number="7")
    assert worded(due).text.startswith("Ticket 7: surcharge night, ")
    assert worded(due, language="de").text.startswith("Ticket 7: Zuschlag night, ")


def test_a_block_that_does_not_end_is_usable_from_its_first_day() -> None:
    due = line("800.00", "block", text="Ten hours")
    assert worded(due).text == "Ten hours, usable from 17 March 2026"
    assert worded(due, language="de").text == "Ten hours, nutzbar ab 17.03.2026"


def test_what_is_carried_out_names_the_period_that_follows() -> None:
    out = replace(line("-5.00", text="budget"), role=Role.CARRIED_OUT)
    assert worded(out).text == "carried to April 2026: budget"
    following = parse_period("2026-04-01/2026-06-01")
    assert worded(out, following=following).text == "carried to 1 April-31 May 2026: budget"


@pytest.mark.parametrize(
    ("period", "english", "german"),
    [
        ("2026-03", "March 2026", "März 2026"),
        ("2026-Q2", "quarter 2 of 2026", "2. Quartal 2026"),
        ("2026-H2", "half-year 2 of 2026", "2. Halbjahr 2026"),
        ("2026", "2026", "2026"),
        ("2026-W01", "week 1 of 2026", "KW 1/2026"),
        ("2026-02-10/2026-03-01", "10-28 February 2026", "10.02.-28.02.2026"),
        ("2025-12-10/2026-02-01", "10 December 2025-31 January 2026", "10.12.2025-31.01.2026"),
    ],
)
def test_periods_of_any_cycle_have_a_name(period: str, english: str, german: str) -> None:
    assert [named(parse_period(period), language) for language in ("en", "de")] == [english, german]


def test_figures_in_words() -> None:
    assert [duration(seconds, "de") for seconds in (0, 3661, -900)] == [
        "0 Min.",
        "1 Std. 1 Min. 1 Sek.",
        "-15 Min.",
    ]
    assert counted(Decimal("10.0"), "piece", "de") == "10 Stück"
    assert counted(Decimal("1.50"), "GB", "en") == "1.5 GB"
    assert counted(Decimal(124), "block of 60 seconds", "en") == "124 blocks of 60 seconds"
    assert counted(Decimal(1), "block of 60 seconds", "de") == "1 Einheit zu 60 seconds"
