"""Usage on the command line: files come in, licences are billed to the day, a mapping can be tried."""

import pytest

from tests.cli.conftest import CUSTOMER, Office

MAPPING = """\
stands: yes
end: exclusive
complete: yes
constants: {unit: licence}
columns: {id: id, start: from, end: to, unit: unit, text: product, cost: cost}
owner: customer
facets:
  article: {from: product, table: {Office: office}}
  contact: {from: user, as_is: yes}
"""
HEAD = "id,customer,product,user,from,to,cost"
USAGE = """\
    usage:
      - {id: office, when: {article: office}, each: 9.90 EUR, per: month, prorate: days}
"""


def licence(number: int, end: str = "", customer: str = "ACME GmbH") -> str:
    return f"L-{number},{customer},Office,user{number}@acme.example,2026-01-01,{end},7.00"


def write(office: Office, *rows: str) -> None:
    text = "\n".join([HEAD, *rows, ""])
    (office.folder / "usage" / "licences.csv").write_text(text, encoding="utf-8")


@pytest.fixture
def licensed(office: Office) -> Office:
    """42 licences from 1 January; number 42 is given back on 11 April."""
    (office.folder / "usage").mkdir()
    (office.folder / "licences.yaml").write_text(MAPPING, encoding="utf-8")
    with office.config.open("a", encoding="utf-8") as file:
        file.write("usage:\n  licences: {files: 'usage/*.csv', mapping: licences.yaml}\n")
    text = CUSTOMER.replace("2026-03-01", "2026-04-01").replace(
        "match: {zammad: {organization: ACME GmbH}}",
        "match: {zammad: {organization: ACME GmbH}, licences: {customer: ACME GmbH}}",
    )
    (office.folder / "customers" / "acme.yaml").write_text(text + USAGE, encoding="utf-8")
    write(office, *map(licence, range(1, 42)), licence(42, "2026-04-11"))
    return office


def test_a_licence_that_was_given_back_is_paid_to_the_day(licensed: Office) -> None:
    (desk, usage) = licensed.ask("sync")
    assert (desk["new"], usage["new"], usage["files"], usage["read"]) == (2, 42, 1, 1)
    shown = licensed.ask("preview", "--period", "2026-04")
    (preview,) = shown["previews"]
    assert [(line["amount"], line["quantity"]) for line in preview["lines"]] == [
        ("3.30", "1"),
        ("405.90", "41"),
    ]
    assert preview["net"] == "409.20"  # 41 x 9.90 + 9.90 x 10/30


def test_each_person_is_told_what_it_costs(licensed: Office) -> None:
    licensed.run("sync")
    rows = licensed.ask("report", "usage", "--period", "2026-04")
    by = {row["person"]: row["amount"] for row in rows}
    assert (len(by), by["user42@acme.example"], by["user1@acme.example"]) == (42, "3.30", "9.90")


def test_the_same_file_again_is_not_read(licensed: Office) -> None:
    licensed.run("sync")
    (again,) = licensed.ask("usage", "sync")
    assert (again["files"], again["read"], again["new"]) == (1, 0, 0)


def test_a_mapping_is_tried_on_a_file(licensed: Office) -> None:
    shown = licensed.run(
        "usage", "check", str(licensed.folder / "usage" / "licences.csv"), "--source", "licences"
    )
    lines = shown.stdout.splitlines()
    assert lines[0].endswith("usage/licences.csv: 42 records")
    told = " ".join(lines[2].split())
    assert told == "licences/L-1 acme 1 licence 2026-01-01 article office, contact user1@acme.example"
    assert lines[-1] == "... and 32 more"
    write(licensed, licence(1, customer="Nova AG"))
    tried = licensed.ask(
        "usage", "check", str(licensed.folder / "usage" / "licences.csv"), "--source", "licences", code=1
    )
    assert [problem["code"] for problem in tried["problems"]] == ["customer_unknown"]


def test_usage_of_nobody_is_listed_and_told(licensed: Office) -> None:
    write(licensed, licence(1), licence(2, customer="Nova AG"))
    licensed.run("usage", "sync")
    shown = licensed.run("preview", "--period", "2026-04", code=1)
    assert shown.stdout.splitlines()[-2:] == [
        "Usage of no known customer, held: 1 records",
        "  licences/L-2 from 2026-01-01: customer 'Nova AG'",
    ]
    (row,) = licensed.ask("preview", "--period", "2026-04", code=1)["unowned_usage"]
    assert (row["record"], row["owner"]) == ("licences/L-2", {"customer": "Nova AG"})
    assert licensed.ask("report", "seconds", code=1)[-1]["usage"]["held"] == 1


def test_a_bad_row_ends_a_sync_with_1(licensed: Office) -> None:
    write(licensed, licence(1), licence(2).replace("2026-01-01", "soon"))
    result = licensed.run("usage", "sync", code=1)
    assert "licences.csv:3:1: 'soon' in 'from' is no day of the form 2026-03-31" in result.stdout
    assert "[usage_row]" in result.stdout


def test_trends_and_profit_are_told(licensed: Office) -> None:
    licensed.run("sync")
    rows = licensed.ask("report", "profit", "--period", "2026-04")
    assert [(row["revenue"], row["cost"], row["profit"]) for row in rows] == [("409.20", "289.33", "119.87")]
    shown = licensed.run("report", "profit", "--period", "2026-04", "--per", "contract").stdout
    told = " ".join(shown.splitlines()[1].split())
    assert told == "acme support 0m 409.20 289.33 0.00 0.00 119.87 EUR"
    trend = licensed.ask("report", "trends", "acme", "--months", "120", "--by", "article")
    april = next(row for row in trend if (row["month"], row["article"]) == ("2026-04", "office"))
    assert (april["amount"], april["quantity"]) == ("409.20", "42")


def test_a_house_without_usage_says_so(office: Office) -> None:
    assert office.run("usage", "sync").stdout == "No usage sources are configured\n"
    office.run("usage", "sync", "--source", "disks", code=2)


def test_a_budget_is_told_with_the_balance(licensed: Office) -> None:
    file = licensed.folder / "customers" / "acme.yaml"
    file.write_text(file.read_text() + "budget: {amount: 1000.00 EUR}\n", encoding="utf-8")
    licensed.run("sync")
    (told,) = licensed.ask("balance", "acme")
    assert (told["budget"]["amount"], told["budget"]["currency"]) == ("1000.00", "EUR")
    assert "  Budget for 20" in licensed.run("balance", "acme").stdout
