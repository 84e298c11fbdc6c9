"""Proofs on paper: where a document computed anew first differs; an explanation as a page of its own."""

import json
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from connector.model.invoice import Invoice
from connector.model.statement import Fate, Line, RatedItem, RatedUsage, Statement, Step
from connector.report.explain import explanation_data, explanation_text
from connector.report.explain_html import explanations_html
from connector.report.replay import first_difference, replay_data, replay_text


def written(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


ONE = written({"net": "5.00", "lines": [{"amount": "5.00"}]})


@pytest.mark.parametrize(
    ("computed", "expected"),
    [
        (ONE, ""),
        (b"", "computed anew, nothing is due and there is no document"),
        (written({"net": "5.00", "lines": []}), "lines has 1 entries, computed anew 0"),
        (
            written({"net": "6.00", "lines": [{"amount": "6.00"}]}),
            'lines[0].amount is "5.00", computed anew "6.00"',
        ),
        (written({"net": "5.00", "lines": [{"amount": "5.00"}], "tax": 1}), "tax is null, computed anew 1"),
        (ONE + b" ", "the same values in other bytes"),
    ],
)
def test_the_first_difference_is_named(computed: bytes, expected: str) -> None:
    assert first_difference(ONE, computed) == expected


def test_a_proof_shows_both_digests() -> None:
    assert (
        replay_text("db-2026-0001", ONE, ONE, ("a1", "a1"))
        == f"""\
db-2026-0001, computed anew from what was stored at its close
  stored    sha256 a1, {len(ONE)} bytes
  computed  sha256 a1, {len(ONE)} bytes
  The same, byte for byte"""
    )
    assert "NOT THE SAME: computed anew, nothing" in replay_text("x", ONE, b"", ("a1", "b2"))
    assert replay_data("x", ONE, b"", ("a1", "b2")) == {
        "reference": "x",
        "proven": False,
        "stored": {"sha256": "a1", "bytes": len(ONE)},
        "computed": {"sha256": "b2", "bytes": 0},
        "difference": "computed anew, nothing is due and there is no document",
    }
    assert replay_data("x", ONE, ONE, ("a1", "a1"))["difference"] is None


@dataclass
class Told:
    title: str
    line: Line | None
    items: tuple[RatedItem, ...]
    amount: Decimal
    currency: str = "EUR"
    proven: bool = True
    before: Decimal | None = None
    usage: tuple[RatedUsage, ...] = ()


class Page(HTMLParser):
    """Reads a page strictly: every tag that opens must close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_page_shows_every_step_with_its_contract_line(statement: Statement, invoice: Invoice) -> None:
    told = Told("db-2026-0001:1 Phone", statement.lines[0], statement.items[1:3], Decimal(75))
    page = Page(explanations_html("db-2026-0001", [told], invoice))
    text = "\n".join(page.words)
    for words in (
        "zammad/149/2 on 2026-03-17: 2h worked, included, allowance",
        "allowance phone: 2h left before, 2h taken, 0m left after",
        "customers/acme.yaml:9:1",
        "75.00 EUR per hour",
        "Phone support: 3600 s x 75.00 / 3600 = 75.00, rounded once; tax DE-19 at 19%",
        "customers/acme.yaml:14:9",
        "Amount 75.00 EUR, computed anew from what is stored",
        "Net, the sum of the lines",
        "Tax DE-19: 19% of 500.00, rounded once",
        "95.00 EUR",
        "595.00 EUR",
    ):
        assert words in text
    assert page.tags.count("li") == 2


def test_a_correction_shows_what_was_billed(statement: Statement) -> None:
    fact = ("x", statement.lines[1], (), Decimal("-25.00"), "EUR")
    text = explanation_text(*fact, proven=True, before=Decimal("175.00"))
    assert "  150.00 ought to be billed in all, 175.00 is billed already" in text
    assert "  0.00 ought to be billed in all, 75.00 is billed already" in explanation_text(
        "x", None, (), Decimal("-75.00"), "EUR", proven=True, before=Decimal("75.00")
    )
    assert explanation_data(*fact, proven=True, before=Decimal("175.00"))["before"] == "175.00"
    told = Told("x", statement.lines[1], (), Decimal("-25.00"), proven=False, before=Decimal("175.00"))
    page = explanations_html("x", [told])
    assert "150.00 ought to be billed in all" in page
    assert '<p class="amount unproven">Amount -25.00 EUR: NOT PROVEN' in page


def test_a_page_names_the_records_and_the_work_that_a_line_is_about(statement: Statement) -> None:
    step = Step("usage", (Decimal(60), 1, 1, Decimal("0.09"), "second", "block of 60 seconds"))
    record = RatedUsage(
        record="calls/7", fate=Fate.BILLED, quantity=Decimal(60), amount=Decimal("0.09"), trail=(step,)
    )
    visit = statement.lines[0]._replace(work=("zammad/149/2",))
    page = explanations_html(
        "x",
        [Told("calls", None, (), Decimal("0.09"), usage=(record,)), Told("visit", visit, (), Decimal(75))],
    )
    assert "<h3>calls/7: 60, billed, 0.09 of the amount</h3>" in page
    assert "<li>60 second at 0.09 per block of 60 seconds</li>" in page
    assert "<p>for zammad/149/2</p>" in page


def test_no_words_get_out_of_the_page(statement: Statement) -> None:
    evil = "<script>alert(1)</script>\"'&"
    item = statement.items[1]._replace(work=f"zammad/{evil}/1", reason=evil)
    line = statement.lines[0]._replace(text=evil)
    page = Page(explanations_html(evil, [Told(evil, line, (item,), Decimal(75))]))
    assert "script" not in page.tags
    assert evil in "".join(page.words)
