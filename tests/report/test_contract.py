"""A contract reads as sentences in the customer's language."""

from pathlib import Path
from typing import Literal

import pytest

from connector.model.contract import Customer
from connector.report.contract import contract_text
from connector.report.contract.agreement import LANGUAGES
from tests.report import contract_sample


@pytest.fixture
def acme() -> Customer:
    return Customer.model_validate(
        {
            "customer": "acme",
            "name": "ACME GmbH",
            "timezone": "Europe/Berlin",
            "billing_from": "2026-01-01",
            "invoice": {"tax": "DE-19", "approval": "required"},
            "gates": {"survey": "hold-bad", "closing": "hold-open"},
            "shifts": {
                "night": {"from": "20:00", "to": "06:00"},
                "sunday": {"days": ["sun"], "holidays": "only"},
            },
            "contracts": [
                {
                    "id": "support-2026",
                    "valid": {"from": "2026-01-01", "to": "2027-01-01"},
                    "round": {"to": "15m", "minimum": "30m", "grace": "5m"},
                    "allowances": [
                        {"id": "phone", "of": "5h", "for": {"service": "phone"}, "warn_at": ["100%"]},
                        {"id": "any", "of": "90m", "carry_over": "2 months", "then": "hold"},
                    ],
                    "fees": [{"id": "base", "amount": "99.00 EUR", "in": "advance"}],
                    "rates": [
                        {"when": {"service": "maintenance"}, "included": {"owed": "2h"}},
                        {"when": {"service": "remote"}, "included": "yes"},
                        {
                            "when": {"service": "on-site", "site": ["a", "b"], "shift": "night"},
                            "hourly": "100.00 EUR",
                            "round": {"to": "1h", "mode": "nearest"},
                        },
                        {"when": {"service": "fix"}, "free": "warranty", "text": "Repairs"},
                        {"when": {"service": "new"}, "hold": "ask first"},
                        {"otherwise": "hold"},
                    ],
                },
                {"id": "next", "valid": {"from": "2027-01-01"}},
            ],
        }
    )


def test_in_english(acme: Customer) -> None:
    assert (
        contract_text(acme)
        == """\
Agreement with ACME GmbH
Days and hours are those of Europe/Berlin.
Work before 2026-01-01 is free.
You get an invoice each month, in EUR, payable within 14 days (tax code DE-19).
No invoice is issued before you have approved the statement.
Work on a ticket that you rated as bad is not charged until that is settled.
Work on a ticket is not charged before the ticket is closed.

Times of the week:
  night: 20:00 to 06:00; every day
  sunday: the whole day; Sun; on public holidays only

Contract support-2026, from 2026-01-01 to 2026-12-31 (last day)
  Tickets opened while it holds go on under the contract that follows.
  Time is billed in steps of 15m, rounded up, at least 30m, up to 5m past a step not counted.
  phone: 5h a month are included: service phone. What is not used lapses. \
You are told when 100% are used. \
What goes beyond is charged at the prices below.
  any: 1h 30m a month are included: all work. What is not used stays usable for 2 more months. \
What goes beyond waits for an agreement.
  Fees:
    base: 99.00 EUR a month, billed in advance
  Prices; the first line that fits decides:
    1. service maintenance: included; 2h a month are due to you
    2. service remote: included
    3. service on-site, at a or b, time night: 100.00 EUR an hour. Time is billed in steps of 1h, \
rounded to the nearest.
    4. Repairs (service fix): free (warranty)
    5. service new: waits for an agreement (ask first)
    6. everything else: waits for an agreement

Contract next, from 2027-01-01 until further notice
  Time is billed to the second."""
    )


def test_in_german(acme: Customer) -> None:
    lines = contract_text(acme, "de").splitlines()
    assert lines[0] == "Vereinbarung mit ACME GmbH"
    assert "    3. Leistung on-site, Standort a oder b, Zeit night: 100,00 EUR je Stunde." in "\n".join(lines)
    assert "1 Std. 30 Min. im Monat sind enthalten: alle Arbeit." in "\n".join(lines)
    assert "Contract" not in "\n".join(lines)


@pytest.mark.parametrize("language", ["en", "de"])
def test_everything_that_can_be_agreed(language: Literal["en", "de"]) -> None:
    said = contract_text(contract_sample.customer(), language, contract_sample.price_lists())
    expected = Path(__file__).with_name(f"contract_{language}.txt").read_text(encoding="utf-8")
    assert said.splitlines() == expected.splitlines()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "seats: 4.50 EUR a month for each of 42 seats, billed afterwards"),
        ("en", "up to 10h 90.00 EUR, above 80.00 EUR an hour, counted anew each year"),
        ("en", "What is not used stays usable for 1 more quarter, at most 50% of it"),
        (
            "en",
            "up to 100 minutes 0.09 EUR, above 0.07 EUR a unit a month, counted anew in each billing period",
        ),
        ("de", "Basic care: 1.099,50 EUR im Monat, im Voraus berechnet"),
        ("de", "Ihr Budget beträgt 20.000,00 EUR im Jahr"),
        ("de", "ab 01.07.2026 5,00 EUR, 40 seats"),
        ("de", "Ab 01.07.2026 steigen Preise und Pauschalen um 3,2%"),
        ("de", "Was Sie nicht nutzen, bleibt noch 2 Jahre nutzbar."),
    ],
)
def test_a_sentence(language: Literal["en", "de"], sentence: str) -> None:
    assert sentence in contract_text(contract_sample.customer(), language, contract_sample.price_lists())


def test_both_languages_say_the_same() -> None:
    english, german = LANGUAGES["en"], LANGUAGES["de"]
    assert sorted(english.words) == sorted(german.words)
    assert sorted(english.facets) == sorted(german.facets)


def test_a_price_list_that_is_not_there_is_named_all_the_same() -> None:
    said = contract_text(contract_sample.customer())
    assert "Where no line above fits, the price list standard holds." in said
    assert "Price list standard, from" not in said


def test_the_order_of_look_up_is_told_only_where_it_matters(acme: Customer) -> None:
    assert "this order holds" not in contract_text(acme)
    assert "this order holds: that of the item, that of the person" in contract_text(
        contract_sample.customer()
    )
