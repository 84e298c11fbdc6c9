"""Invoices as files: written whole or not at all, found by reference, never overwritten."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.books.folder import FolderBooks, Settings, connect
from connector.files import Folder
from connector.http import ConfigError, Refused, Transient
from connector.model.invoice import DocumentState
from tests.books.documents import S525, amount_line, document

DOCUMENT = document("db-2026-0001", S525)
TEXT = """\
Invoice, our reference db-2026-0001
This file is no invoice: its number is given where it is booked.

From     Kurz IT GmbH, Hauptstr. 1, 80331 München, DE, VAT id DE123456789
To       Customer A
Period   1-31 March 2026
Issued   2026-04-03, due 2026-04-17

  1  Ticket 149: phone support
     2026-03-05: 1h x 75.00/h, DE-19 19 %                                            75.00 EUR
  1  Ticket 123: on-site repair
     2026-03-05: 3h x 50.00/h, DE-19 19 %                                           150.00 EUR
  1  Ticket 232: on-site repair at night
     2026-03-05: 3h x 100.00/h, DE-19 19 %                                          300.00 EUR

     Net                                                                            525.00 EUR
     DE-19: 19 % of 525.00                                                           99.75 EUR
     Gross                                                                          624.75 EUR
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def books(folder: Folder) -> FolderBooks:
    return connect(Settings(name="files", path="invoices"), folder)


def test_check_says_what_a_folder_can_do(books: FolderBooks) -> None:
    info = books.check()
    assert (info.product, info.find, info.tax_rounding) == ("folder", "exact", "document")


def test_a_document_is_two_files(books: FolderBooks, folder: Folder) -> None:
    assert books.find("db-2026-0001") == []
    receipt = books.create(books.render(DOCUMENT))
    assert (receipt.state, receipt.number) == (DocumentState.HANDED_OVER, "")
    assert (receipt.net, receipt.tax, receipt.gross) == (
        Decimal("525.00"),
        Decimal("99.75"),
        Decimal("624.75"),
    )
    assert receipt.lines == (Decimal("75.00"), Decimal("150.00"), Decimal("300.00"))
    assert folder.names("") == ["db-2026-0001.json", "db-2026-0001.txt"]
    assert (folder.path / "db-2026-0001.txt").read_text(encoding="utf-8") == TEXT
    assert books.find("db-2026-0001") == [receipt] == [books.post(receipt)]


def test_the_json_is_complete_and_exact(books: FolderBooks, folder: Folder) -> None:
    books.create(books.render(DOCUMENT))
    facts = json.loads((folder.path / "db-2026-0001.json").read_bytes())
    assert facts["format"] == "deskbill-invoice/1"
    assert (facts["net"], facts["tax"], facts["gross"]) == ("525.00", "99.75", "624.75")
    assert facts["lines"][1]["unit_price"] == "50.00"
    assert facts["period"] == ["2026-03-01", "2026-04-01"]
    assert facts["buyer"]["name"] == "Customer A"
    assert "number" not in facts


def test_a_credit_note_reads_negative(books: FolderBooks, folder: Folder) -> None:
    receipt = books.create(books.render(document("db-2026-0002", [amount_line("Ticket 123", "-25.00")])))
    assert (receipt.net, receipt.gross) == (Decimal("-25.00"), Decimal("-29.75"))
    text = (folder.path / "db-2026-0002.txt").read_text(encoding="utf-8")
    assert text.startswith("Credit note, our reference db-2026-0002\n")
    assert "-1 x 25.00, DE-19 19 %" in text
    assert "-25.00 EUR\n" in text


def test_order_number_law_and_long_text_are_printed(books: FolderBooks, folder: Folder) -> None:
    invoice = document("db-2026-0001", [amount_line("Fee\nfor April", "10.00", "DE-0", "0")])
    total = replace(invoice.taxes[0], text="Reverse charge")
    seller = invoice.seller.model_copy(update={"tax_number": "143/1"})
    books.create(books.render(replace(invoice, order_number="PO 7", taxes=(total,), seller=seller)))
    text = (folder.path / "db-2026-0001.txt").read_text(encoding="utf-8")
    assert "Order    PO 7\n" in text
    assert "  1  Fee\n     for April\n" in text
    assert "     Reverse charge\n" in text
    assert "tax number 143/1\n" in text


def test_the_same_again_changes_nothing(books: FolderBooks) -> None:
    first = books.create(books.render(DOCUMENT))
    assert books.create(books.render(DOCUMENT)) == first
    assert list(books.everything()) == [first]


def test_another_document_under_one_reference_is_refused(books: FolderBooks, folder: Folder) -> None:
    first = books.create(books.render(DOCUMENT))
    other = document("db-2026-0001", [amount_line("fee", "10.00")])
    with pytest.raises(Refused, match=r"db-2026-0001\.txt is there with other content"):
        books.create(books.render(other))
    assert books.find("db-2026-0001") == [first]
    assert len(folder.names("")) == 2


def test_without_the_json_nothing_was_handed_over(books: FolderBooks, folder: Folder) -> None:
    # killed between the two files
    books.create(books.render(DOCUMENT))
    (folder.path / "db-2026-0001.json").unlink()
    assert books.find("db-2026-0001") == []
    assert books.create(books.render(DOCUMENT)).gross == Decimal("624.75")


def test_half_a_file_is_not_seen(books: FolderBooks, folder: Folder) -> None:
    (folder.path / ".db-2026-0001.json.part").write_bytes(b'{"format": "desk')
    assert list(books.everything()) == []
    assert books.create(books.render(DOCUMENT)).gross == Decimal("624.75")
    assert folder.names("") == ["db-2026-0001.json", "db-2026-0001.txt"]


@pytest.mark.parametrize(
    ("spoil", "gross"),
    [
        (lambda path: (path / "db-2026-0001.txt").write_text("mine"), "624.75"),
        (lambda path: (path / "db-2026-0001.json").write_text("{broken"), "0"),
        (lambda path: (path / "db-2026-0001.json").write_text("[]"), "0"),
    ],
)
def test_what_a_person_spoils_is_seen(
    books: FolderBooks, folder: Folder, spoil: Callable[[Path], object], gross: str
) -> None:
    before = books.create(books.render(DOCUMENT))
    spoil(folder.path)
    (after,) = books.status(["db-2026-0001", "db-2026-0009"])
    assert after.digest != before.digest
    assert after.gross == Decimal(gross)


def test_everything_lists_documents_only(books: FolderBooks, folder: Folder) -> None:
    for number in (2, 1):
        books.create(books.render(document(f"db-2026-000{number}", S525)))
    (folder.path / "notes.md").write_text("mine")
    assert [receipt.reference for receipt in books.everything()] == ["db-2026-0001", "db-2026-0002"]


@pytest.mark.parametrize("name", ["../elsewhere.json", ".hidden", "", "a/b"])
def test_no_name_leads_out_of_the_folder(folder: Folder, name: str) -> None:
    with pytest.raises(Refused, match="is no name for a file in"):
        folder.write(name, b"x")


def test_a_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing is no folder; create it, or name another"):
        Folder(tmp_path / "missing")


def test_a_folder_that_goes_away_may_come_back(folder: Folder, books: FolderBooks) -> None:
    folder.path.rmdir()
    with pytest.raises(Transient, match="cannot be written: No such file or directory"):
        books.create(books.render(DOCUMENT))
    with pytest.raises(Transient, match="cannot be listed: No such file or directory"):
        books.check()


def test_a_folder_in_place_of_a_file_is_told(folder: Folder) -> None:
    (folder.path / "db-2026-0001.json").mkdir()
    with pytest.raises(Transient, match="cannot be read: Is a directory"):
        folder.read("db-2026-0001.json")
    assert repr(folder) == f"Folder('{folder.path}')"
