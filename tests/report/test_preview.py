"""The preview shows an owner of an IT house everything that the period comes to."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from connector.model.invoice import Invoice
from connector.model.problem import Problem
from connector.model.statement import Statement
from connector.report.preview import preview_data, preview_text

DUE = date(2026, 4, 4)
UNOWNED = Problem(code="desk_down", message="zammad does not answer", about="zammad")

EXPECTED = """\
ACME GmbH (acme), 1-31 March 2026
  open, due on 2026-04-04, statement abcdef012345

Charges
  Ticket      Title            Service                  Worked  Billed    Rate  Amount
  zammad/149  Drucker im Büro  Phone support                1h      1h   75.00   75.00
  glpi/123    Drucker im Büro  On-site repair               3h      3h   50.00  150.00
  glpi/232    Drucker im Büro  On-site repair at night      3h      3h  100.00  300.00

Also on this invoice
  correction  glpi/99: was 2h, is 1h 30m  -25.00

  Net                   500.00 EUR
  Tax 19% of 500.00      95.00 EUR
  Gross                 595.00 EUR

Included
  zammad/149  5h  allowance phone

Free
  glpi/123  15m  goodwill

Held
  glpi/240  30m  37.50  survey is bad

Allowances
  phone: 5h granted, 1h carried in, 5h used, 1h left, 30m go on, 30m lapse
  Warning: 100% of phone (5h) reached on 2026-03-17, 2h into zammad/149/2

Due to the customer
  maintenance  2h owed  1h delivered  1h missing

Every second worked
            worked  rounding
  open      6h 50m       10m
  included      5h        0m
  free         15m        0m
  held         30m        0m
  together  12h 35m       10m

From what was rated to what is invoiced, net
               DE-19 19%
  rated           562.50
  held            -37.50
  corrections     -25.00
  invoiced        500.00

Problems
  glpi/240/1: survey is bad (37.50 at stake) [held]
  customers/acme.yaml:14:9: no word for 'Fax' [mapping_unknown]
  zammad: zammad does not answer [desk_down]"""


def test_the_preview_reads_as_an_owner_wants_it(statement: Statement, invoice: Invoice) -> None:
    text = preview_text(
        "ACME GmbH",
        statement,
        [invoice],
        (UNOWNED, statement.problems[0]),
        undivided=invoice.gross,
        due_on=DUE,
        state="open",
        digest="abcdef0123456789",
    )
    assert [line.split() for line in text.splitlines()] == [line.split() for line in EXPECTED.splitlines()]


def test_a_period_without_charges_says_so(statement: Statement) -> None:
    empty = Statement(customer="acme", period=statement.period, currency="EUR", items=(), lines=())
    text = preview_text("ACME", empty, (), (), undivided=Decimal(0), due_on=DUE, state="open", digest="d")
    assert text.splitlines()[-1] == "  Nothing to bill"


def test_the_data_has_stable_keys_and_text_amounts(statement: Statement, invoice: Invoice) -> None:
    data = preview_data(
        "ACME", statement, [invoice], (), undivided=invoice.gross, due_on=DUE, state="open", digest="d"
    )
    again = json.loads(json.dumps(data))
    assert list(again) == [
        "customer",
        "name",
        "period",
        "state",
        "due_on",
        "digest",
        "currency",
        "net",
        "seconds",
        "lines",
        "items",
        "usage",
        "money",
        "invoices",
        "gross_undivided",
        "allowances",
        "thresholds",
        "deliveries",
        "problems",
    ]
    assert again["net"] == "525.00"
    assert again["seconds"] == {"open": 24600, "included": 18000, "free": 900, "held": 1800}
    assert again["items"][0] == {
        "work": "zammad/149/1",
        "ticket": "zammad/149",
        "on": "2026-03-03",
        "real": 10800,
        "billed": 10800,
        "fate": "included",
        "reason": "allowance",
        "allowance": "phone",
        "worth": "0",
    }
    assert again["money"] == [
        {
            "tax": "DE-19",
            "percent": "19",
            "rated": "562.50",
            "free": "0.00",
            "held": "-37.50",
            "billed_before": "0.00",
            "late_work": "0.00",
            "corrections": "-25.00",
            "carried_in": "0.00",
            "discounts": "0.00",
            "credits": "0.00",
            "carried_out": "0.00",
            "invoiced": "500.00",
        }
    ]
    assert again["lines"][0]["key"]["ticket"] == "zammad/149"
    assert again["lines"][0]["source"] == "customers/acme.yaml:14:9"
    assert again["invoices"][0]["period"] == "2026-03"
    assert again["invoices"][0]["lines"][3]["amount"] == "-25.00"
    assert again["invoices"][0]["buyer"] == {"name": "ACME GmbH"}
    assert again["problems"][0]["amount"] == "37.5"


def test_what_a_split_costs_is_told_to_the_cent(statement: Statement, invoice: Invoice) -> None:
    """Taxes are rounded on each document: 10.03 and 20.03 at 19% bear 1.91 + 3.81, undivided 5.71."""

    def part(cost_centre: str, net: str, tax: str) -> Invoice:
        key = invoice.lines[0].key._replace(split=cost_centre)
        line = replace(invoice.lines[0], key=key, amount=Decimal(net))
        total = replace(invoice.taxes[0], base=Decimal(net), amount=Decimal(tax))
        gross = Decimal(net) + Decimal(tax)
        return replace(
            invoice, lines=(line,), taxes=(total,), net=Decimal(net), tax=Decimal(tax), gross=gross
        )

    two = [part("A", "10.03", "1.91"), part("", "20.03", "3.81")]
    facts: dict[str, Any] = {"due_on": DUE, "state": "open", "digest": "d"}
    text = preview_text("ACME", statement, two, (), undivided=Decimal("35.77"), **facts)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    start = lines.index("Document 1 of 2: A, zammad/149")
    assert lines[start : start + 16] == [
        "Document 1 of 2: A, zammad/149",
        "Net 10.03 EUR",
        "Tax 19% of 10.03 1.91 EUR",
        "Gross 11.94 EUR",
        "",
        "Document 2 of 2: zammad/149",
        "Net 20.03 EUR",
        "Tax 19% of 20.03 3.81 EUR",
        "Gross 23.84 EUR",
        "",
        "Net of all 30.06 EUR",
        "Gross of all 35.78 EUR",
        "Gross if undivided 35.77 EUR",
        "by rounding tax on each 0.01 EUR",
        "",
        "Included",
    ]
    same = preview_text("ACME", statement, two, (), undivided=Decimal("35.78"), **facts)
    assert "if undivided" not in same
