"""Usage on the command line: files come in, licences are billed to the day, a mapping can be tried."""

from collections.abc import Iterator

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
def licensed(office: Office) -> Iterator[Office]:
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
    yield office


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
