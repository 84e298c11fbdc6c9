"""A plan shows money: as text, as data, and as Markdown that no words of a desk can break."""

from decimal import Decimal

import pytest

from connector.model.change import Change, Charge, Comparison, CustomerChange, Figures, PeriodChange
from connector.model.period import parse_period
from connector.model.problem import Problem, Source
from connector.model.statement import Fate, LineKey
from connector.report.plan import comparison_data, comparison_text
from connector.report.plan_markdown import comparison_markdown, said

MARCH, APRIL = parse_period("2026-03"), parse_period("2026-04")
EVIL = "x|y `rm` <img src=x onerror=alert(1)> @all #1 [a](http://b) www.evil.example **b**\n| - |"


def charge(
    amount: str, price: str, ticket: str = "zammad/1", text: str = "Phone support", **key: str
) -> Charge:
    about = {"tax": "DE-19", "percent": "19", "price": price, "ticket": ticket, **key}
    return Charge(
        key=LineKey("work", "2026-03-01", **about),
        text=text,
        number="91" if ticket else "",
        amount=Decimal(amount),
    )


def fee(amount: str) -> Charge:
    return charge(amount, "", "", "Base fee", ref="support/base/2026-03")


def euros(net: str, tax: str, billed: int = 3600, held: int = 0) -> Figures:
    seconds = dict.fromkeys(Fate, 0) | {Fate.BILLED: billed, Fate.HELD: held}
    return Figures(currency="EUR", net=Decimal(net), tax=Decimal(tax), seconds=seconds)


@pytest.fixture
def found() -> Comparison:
    march = PeriodChange(
        period=MARCH,
        closed=True,
        old=euros("115.00", "21.85"),
        new=euros("125.00", "23.75", 1800, 1800),
        changes=(
            Change(old=(charge("75.00", "75.00"),), new=(charge("80.00", "80.00"),)),
            Change(old=(), new=(fee("45.00"),)),
            Change(old=(fee("40.00"),), new=()),
        ),
    )
    april = PeriodChange(
        period=APRIL,
        closed=False,
        old=None,
        new=euros("10.00", "1.90"),
        changes=(Change(old=(), new=(charge("10.00", "75.00", text=""),)),),
    )
    return Comparison(
        old="HEAD",
        new="working tree",
        customers=(
            CustomerChange(customer="acme", name="ACME GmbH", file="changed", periods=(march, april)),
        ),
        problems=(
            Problem(
                code="unreadable", message="unknown key 'x'", source=Source(file="customers/b.yaml", line=3)
            ),
        ),
    )


def test_text_shows_periods_lines_and_sums(found: Comparison) -> None:
    assert (
        comparison_text(found)
        == """\
HEAD -> working tree

ACME GmbH (acme): file changed
  Period              Old     New  Difference
  2026-03  closed  115.00  125.00  +10.00 EUR  tax 21.85 -> 23.75, billed 1h -> 30m, held 0m -> 30m
  2026-04  open             10.00  +10.00 EUR
  Lines of 2026-03
    support/base/2026-03  Base fee                              45.00  +45.00 EUR
    support/base/2026-03  Base fee                       40.00         -40.00 EUR
    zammad/1 (91)         Phone support  75.00 -> 80.00  75.00  80.00   +5.00 EUR
  Lines of 2026-04
    zammad/1 (91)  Work  75.00    10.00  +10.00 EUR

Together, net
  closed  115.00  125.00  +10.00 EUR
  open      0.00   10.00  +10.00 EUR

Files that cannot be read
  customers/b.yaml:3:1: unknown key 'x' [unreadable]"""
    )


def test_so_many_lines_are_shown(found: Comparison) -> None:
    text = comparison_text(found, most=1)
    assert "45.00" in text
    assert "    and 2 lines more" in text
    assert "Lines of" not in comparison_text(found, most=0)
    assert "lines more" not in comparison_text(found, most=0)


def test_nothing_differs(found: Comparison) -> None:
    assert comparison_text(Comparison(old="HEAD", new="here")) == "HEAD -> here\n\nNo amount differs"
    assert "No amount differs." in comparison_markdown(Comparison(old="HEAD", new="here"))
    nobody = Comparison(old="billed", new="x", customers=(CustomerChange(customer="a", name="A"),))
    assert comparison_text(nobody).splitlines()[2:4] == ["A (a)", "  No period lies in these days"]


def test_another_tax_and_two_currencies_are_named() -> None:
    francs = Figures(currency="CHF", net=Decimal("90.00"))
    change = Change(
        old=(charge("100.00", "100.00"),), new=(charge("90.00", "100.00", tax="CH", percent="8.1"),)
    )
    both = PeriodChange(
        period=MARCH, closed=False, old=euros("100.00", "19.00"), new=francs, changes=(change,)
    )
    customer = CustomerChange(customer="a", name="A", file="same", periods=(both,))
    text = comparison_text(Comparison(old="o", new="n", customers=(customer,)))
    assert "100.00 EUR  90.00 CHF" in text
    assert "100.00, DE-19 19% -> CH 8.1%" in text
    assert "same file, other configuration or mapping" in text
    data = comparison_data(Comparison(old="o", new="n", customers=(customer,)))
    period = data["customers"][0]["periods"][0]
    assert (period["difference"], period["lines"][0]["difference"]) == (None, None)
    assert period["new"]["tax"] is None
    assert [(one["currency"], one["difference"]) for one in data["totals"]] == [
        ("EUR", "-100.00"),
        ("CHF", "90.00"),
    ]


def test_data_has_every_line_and_sum(found: Comparison) -> None:
    data = comparison_data(found)
    assert (data["old"], data["new"], data["differs"]) == ("HEAD", "working tree", True)
    (customer,) = data["customers"]
    march, april = customer["periods"]
    assert (march["period"], march["from"], march["to"], march["state"]) == (
        "2026-03",
        "2026-03-01",
        "2026-03-31",
        "closed",
    )
    assert march["difference"] == "10.00"
    assert march["old"]["seconds"] == {"billed": 3600, "included": 0, "free": 0, "held": 0}
    (price, came, went) = march["lines"]
    assert (price["old"], price["new"], price["difference"]) == ("75.00", "80.00", "5.00")
    assert [key["price"] for key in (price["key"], *price["old_keys"], *price["new_keys"])] == [
        "80.00",
        "75.00",
        "80.00",
    ]
    assert (came["old"], came["new"]) == (None, "45.00")
    assert (went["old"], went["new"], went["difference"]) == ("40.00", None, "-40.00")
    assert april["old"] is None
    assert data["totals"] == customer["totals"]
    assert data["problems"][0]["source"] == "customers/b.yaml:3:1"


def test_markdown_is_a_table_for_each_customer(found: Comparison) -> None:
    text = comparison_markdown(found, most=1)
    assert "| closed periods | 115.00 | 125.00 | +10.00 EUR |" in text
    assert "#### ACME GmbH (acme), file: changed" in text
    assert "| 2026-04 | open |  | 10.00 | +10.00 EUR |  |" in text
    assert "<details><summary>2026-03: lines</summary>" in text
    assert "and 2 lines more" in text
    assert "- customers/b.yaml&#58;3&#58;1: unknown key &#39;x&#39;" in text


def test_no_words_break_the_markdown() -> None:
    evil = PeriodChange(
        period=MARCH,
        closed=True,
        old=euros("0.00", "0.00"),
        new=euros("1.00", "0.19"),
        changes=(Change(old=(), new=(charge("1.00", "1.00", ticket=f"zammad/{EVIL}", text=EVIL),)),),
    )
    text = comparison_markdown(
        Comparison(
            old=EVIL,
            new="n",
            customers=(CustomerChange(customer="acme", name=EVIL, file="new", periods=(evil,)),),
        )
    )
    words = [line for line in text.splitlines() if "onerror" in line]
    assert len(words) == 3
    for line in words:
        assert not set("`<@[]*") & set(line.removeprefix("####"))
        assert "www." not in line
        assert "http:" not in line
    (row,) = [line for line in words if line.startswith("|")]
    assert row.count("|") == 7  # six cells


def test_words_stay_readable() -> None:
    assert said("Größe 5 (neu)") == "Größe 5 &#40;neu&#41;"


def test_what_a_site_would_refuse_is_cut() -> None:
    many = tuple(
        Change(old=(), new=(charge("1.00", "1.00", ticket=f"zammad/{number}"),)) for number in range(300)
    )
    period = PeriodChange(period=MARCH, closed=True, old=None, new=euros("1.00", "0.19"), changes=many)
    customers = tuple(
        CustomerChange(customer=f"c{number}", name="C", file="new", periods=(period,)) for number in range(9)
    )
    text = comparison_markdown(Comparison(old="o", new="n", customers=customers))
    assert 40_000 < len(text) < 65_536
    assert text.endswith("run `deskbill contract plan` to see all of it.")
