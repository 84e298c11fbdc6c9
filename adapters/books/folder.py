"""Hands invoices over as files: what a house has before it connects an accounting system.

Each document is REFERENCE.txt for people and REFERENCE.json for programs. The JSON is written last and
makes the document count. Whether somebody booked it is not known here.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field, TypeAdapter

from connector.books import BooksInfo, Payload
from connector.files import Folder
from connector.model.contract import Party
from connector.model.invoice import DocumentState, Invoice, InvoiceKind, InvoiceLine, Receipt
from connector.model.written import Slug, Text, Written, write_duration

PROOF = "run live: the tests write real files"
#: Names the shape of the JSON; a program that reads it checks this.
FORMAT = "deskbill-invoice/1"
_INVOICE = TypeAdapter(Invoice)


class Settings(Written):
    """The options of books with ``adapter: folder``."""

    name: Slug = Field(description="the books' name in the configuration; set by the house")
    path: Text = Field(description="of the folder, relative to the configuration file")


class FolderBooks:
    """Books that are a folder (`connector.books.Books`)."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def check(self) -> BooksInfo:
        """Look whether the folder can be listed."""
        self._folder.names(".json")
        return BooksInfo(product="folder", version=FORMAT, currency="", find="exact", tax_rounding="document")

    def render(self, invoice: Invoice) -> Payload:
        """Write the document out, for programs and for people."""
        facts = {"format": FORMAT, **_INVOICE.dump_python(invoice, mode="json")}
        text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
        return Payload(
            reference=invoice.reference, body={"json": text, "text": "\n".join(_page(invoice)) + "\n"}
        )

    def find(self, reference: str) -> list[Receipt]:
        """Return the document under our reference, if it was handed over."""
        content = self._folder.read(f"{reference}.json")
        return [] if content is None else [self._receipt(reference, content)]

    def create(self, payload: Payload) -> Receipt:
        """Hand a document over. The same one again changes nothing.

        Raises:
            Refused: there is another document under this reference.
        """
        content = payload.body["json"].encode()
        self._folder.write(f"{payload.reference}.txt", payload.body["text"].encode())
        self._folder.write(f"{payload.reference}.json", content)
        return self._receipt(payload.reference, content)

    def post(self, receipt: Receipt) -> Receipt:
        """Return it as it is: files are not posted."""
        return receipt

    def status(self, references: Sequence[str]) -> Iterator[Receipt]:
        """Yield what lies in the folder under these references."""
        for reference in references:
            yield from self.find(reference)

    def everything(self) -> Iterator[Receipt]:
        """Yield every document in the folder."""
        yield from self.status([name.removesuffix(".json") for name in self._folder.names(".json")])

    def _receipt(self, reference: str, content: bytes) -> Receipt:
        text = self._folder.read(f"{reference}.txt") or b""
        facts = _facts(content)
        return Receipt(
            reference=reference,
            remote_id=f"{reference}.json",
            state=DocumentState.HANDED_OVER,
            currency=facts.get("currency", ""),
            net=Decimal(facts.get("net", 0)),
            tax=Decimal(facts.get("tax", 0)),
            gross=Decimal(facts.get("gross", 0)),
            lines=tuple(Decimal(line["amount"]) for line in facts.get("lines", ())),
            digest=hashlib.sha256(content + text).hexdigest(),
        )


def connect(settings: Settings, session: Folder) -> FolderBooks:  # noqa: ARG001 - every adapter's signature
    """Make the books from a handle to the folder at ``settings.path``."""
    return FolderBooks(session)


def _facts(content: bytes) -> dict[str, Any]:
    """Read a file that a person may have spoilt: no figures then, so that it is seen to differ."""
    try:
        facts = json.loads(content)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) and facts.get("format") == FORMAT else {}


def _page(invoice: Invoice) -> Iterator[str]:
    """Lay a document out for reading."""
    kind = "Credit note" if invoice.kind is InvoiceKind.CREDIT_NOTE else "Invoice"
    yield f"{kind}, our reference {invoice.reference}"
    yield "This file is no invoice: its number is given where it is booked."
    yield ""
    yield from _who("From", invoice.seller)
    yield from _who("To", invoice.buyer)
    if invoice.order_number:
        yield f"Order    {invoice.order_number}"
    yield f"Period   {invoice.period.label()}"
    yield f"Issued   {invoice.issued_on}, due {invoice.due_on}"
    yield ""
    for line in invoice.lines:
        yield from _entry(line, invoice.currency)
    yield ""
    yield _sum("Net", invoice.net, invoice.currency)
    for total in invoice.taxes:
        yield _sum(f"{total.tax}: {total.percent} % of {total.base}", total.amount, invoice.currency)
        if total.text:
            yield f"     {total.text}"
    yield _sum("Gross", invoice.gross, invoice.currency)


def _who(word: str, party: Party) -> Iterator[str]:
    address = party.address
    parts = [party.name]
    if address:
        parts += [address.street, f"{address.postcode} {address.city}", address.country]
    if party.vat_id:
        parts.append(f"VAT id {party.vat_id}")
    if party.tax_number:
        parts.append(f"tax number {party.tax_number}")
    yield f"{word:<8} {', '.join(parts)}"


def _entry(line: InvoiceLine, currency: str) -> Iterator[str]:
    first, *more = line.text.splitlines() or [""]
    yield f"{line.position:>3}  {first}"
    yield from (f"     {text}" for text in more)
    days = f"{line.service_from}" + (f" to {line.service_to}" if line.service_to != line.service_from else "")
    per_hour = line.unit == "hour"
    quantity = write_duration(line.seconds) if per_hour else f"{line.quantity.normalize():f}"
    unit = "" if line.unit in ("hour", "piece") else f" {line.unit}"
    figures = f"{quantity}{unit} x {line.unit_price}{'/h' if per_hour else ''}"
    yield _sum(f"{days}: {figures}, {line.tax} {line.percent} %", line.amount, currency)


def _sum(words: str, amount: Decimal, currency: str) -> str:
    return f"     {words:<72} {amount:>12} {currency}"
