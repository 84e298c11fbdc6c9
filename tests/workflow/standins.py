"""A house with a real vault, and a desk and books in memory that tests can spoil."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from connector.books import BooksInfo, Payload
from connector.desk import ChangedPage, Cursor, DeskInfo, Known, Raw
from connector.http import Refused, Transient
from connector.model.basis import Origin
from connector.model.contract import Customer, Party
from connector.model.invoice import DocumentState, Invoice, InvoiceKind, InvoiceLine, Receipt, Role, TaxTotal
from connector.model.mapping import DeskMapping
from connector.model.period import parse_period
from connector.model.problem import Problem
from connector.model.settings import Settings
from connector.model.statement import Fate, LineKey
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store import ledger, work
from connector.store.engine import create
from connector.store.nouns import Claim, Closing
from connector.workflow.house import House

MARCH = parse_period("2026-03")
APRIL = parse_period("2026-04")
SETTINGS: dict[str, Any] = {
    "house": {"name": "House GmbH"},
    "timezone": "Europe/Berlin",
    "taxes": {"DE-19": {"rates": [{"from": "2021-01-01", "percent": "19%"}]}},
    "desks": {"zammad": {"adapter": "zammad", "mapping": "packaged:zammad"}},
    "books": {"tryton": {"adapter": "tryton", "longest_request": "5m"}},
}
ACME: dict[str, Any] = {
    "customer": "acme",
    "name": "ACME GmbH",
    "timezone": "Europe/Berlin",
    "billing_from": "2026-03-01",
    "match": {"zammad": {"organization": "ACME GmbH"}},
    "books": {"tryton": {"party": "41"}},
    "invoice": {"tax": "DE-19"},
    "contracts": [
        {
            "id": "support",
            "valid": {"from": "2026-01-01"},
            "allowances": [{"id": "phone", "of": "5h"}],
            "rates": [{"hourly": "75.00 EUR"}],
        }
    ],
}


@dataclass
class Clock:
    """The house's clock: it moves when a test says so."""

    at: datetime = datetime(2026, 4, 4, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class FakeDesk:
    """A desk in memory: tickets with seconds by entry, and the order in which they changed."""

    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    page: int = 2
    refused: set[str] = field(default_factory=set)
    fails_at: int | None = None  #: number of the page that brings no answer
    warns: tuple[Problem, ...] = ()
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def put(self, ticket: str, **seconds: Any) -> None:
        """Open or edit a ticket: ``put("7", a=3600)`` gives it the one entry ``a``."""
        self.tickets[ticket] = seconds
        self.changes.append(ticket)

    def check(self) -> DeskInfo:
        return DeskInfo(product="fake", version="1", problems=self.warns)

    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        start = int(since or 0)
        for number, at in enumerate(range(start, len(self.changes), self.page)):
            if number == self.fails_at:
                raise Transient("GET http://desk/tickets: 503")
            page = tuple(self.changes[at : at + self.page])
            yield ChangedPage(tickets=page, cursor=Cursor(str(at + len(page))), total=len(self.changes))

    def snapshots(self, tickets: Sequence[str], known: Known) -> Iterator[Raw]:
        assert all(raw.payload for raw in known.values())
        self.asked.append(tuple(tickets))
        for ticket in tickets:
            if ticket in self.refused:
                raise Refused(f"GET http://desk/tickets/{ticket}: 422", status=422)
            entries = self.tickets.get(ticket)
            yield Raw(ticket=ticket, payload={"gone": True} if entries is None else {"entries": entries})

    def every(self) -> Iterator[ChangedPage]:
        yield ChangedPage(tickets=tuple(self.tickets), cursor=Cursor(""))

    def parse(self, raw: Raw) -> TicketSnapshot:
        entries = {} if raw.payload.get("gone") else raw.payload["entries"]
        return TicketSnapshot(
            desk="zammad",
            ticket=raw.ticket,
            number=f"9{raw.ticket}",
            title="Printer",
            owner={"organization": "ACME GmbH"},
            work=tuple(_entry(raw.ticket, *pair) for pair in entries.items()),
            changed_at=datetime(2026, 3, 31, tzinfo=UTC),
            closed=True,
            removed=bool(raw.payload.get("gone")),
        )


def _entry(ticket: str, name: str, seconds: Any) -> WorkEntry:
    return WorkEntry(
        desk="zammad", ticket=ticket, entry=name, seconds=int(seconds), worked_on=date(2026, 3, 10)
    )


@dataclass
class FakeBooks:
    """Books in memory. ``on_create`` says, create by create, what goes wrong; the last one stays."""

    finds: Literal["exact", "by_listing", "none"] = "exact"
    documents: list[Receipt] = field(default_factory=list)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    fault: Exception | None = None  #: what log-in and find raise
    lost: list[Literal["before", "after"]] = field(default_factory=list)  #: what becomes of the next creates
    refusal: Mapping[str, Exception] = field(default_factory=dict)  #: by reference, what create raises
    post_fault: Exception | None = None
    wrong: Decimal = Decimal(0)  #: what the books add to each gross amount
    creates: int = 0
    posts: int = 0

    def check(self) -> BooksInfo:
        self._fail()
        return BooksInfo(
            product="fake", version="1", currency="EUR", find=self.finds, tax_rounding="document"
        )

    def render(self, invoice: Invoice) -> Payload:
        self.invoices[invoice.reference] = invoice
        return Payload(reference=invoice.reference, body={})

    def find(self, reference: str) -> list[Receipt]:
        self._fail()
        assert self.finds != "none"
        return [one for one in self.documents if one.reference == reference]

    def create(self, payload: Payload) -> Receipt:
        self.creates += 1
        if error := self.refusal.get(payload.reference):
            raise error
        lost = self.lost.pop(0) if self.lost else None
        if lost == "before":
            raise Transient("POST http://books/: no connection, or it was cut")
        receipt = self.hold(self.invoices[payload.reference])
        if lost == "after":
            raise Transient("POST http://books/: no answer in time")
        return receipt

    def hold(self, invoice: Invoice, **facts: Any) -> Receipt:
        """Put a document into the books."""
        receipt = Receipt(
            reference=invoice.reference,
            remote_id=str(len(self.documents) + 1),
            state=DocumentState.DRAFT,
            currency=invoice.currency,
            net=invoice.net,
            tax=invoice.tax,
            gross=invoice.gross + self.wrong,
            lines=tuple(line.amount for line in invoice.lines),
            digest="as sent",
        )
        self.documents.append(replace(receipt, **facts))
        return self.documents[-1]

    def edit(self, reference: str, **facts: Any) -> None:
        """Change every document of a reference, as a person does."""
        self.documents = [
            replace(one, **facts) if one.reference == reference else one for one in self.documents
        ]

    def post(self, receipt: Receipt) -> Receipt:
        self.posts += 1
        if self.post_fault:
            raise self.post_fault
        self.edit(receipt.reference, state=DocumentState.POSTED, number=f"RE-{receipt.remote_id}")
        return next(one for one in self.documents if one.remote_id == receipt.remote_id)

    def status(self, references: Sequence[str]) -> Iterator[Receipt]:
        self._fail()
        yield from (one for one in self.documents if one.reference in references)

    def everything(self) -> Iterator[Receipt]:
        yield from self.documents

    def _fail(self) -> None:
        if self.fault:
            raise self.fault


def make_house(folder: Path, *, clock: Clock | None = None, **parts: Any) -> House:
    """Make a house on a new vault; ``parts`` are fields of `House`, and ``books_options`` of its books."""
    options = {**SETTINGS["books"]["tryton"], **parts.pop("books_options", {})}
    customer = Customer.model_validate(ACME)
    return House(
        path=folder / "config.yaml",
        settings=Settings.model_validate({**SETTINGS, "books": {"tryton": options}}),
        origin=Origin(),
        customers={"acme": customer},
        origins={"acme": Origin()},
        mappings={"zammad": DeskMapping()},
        store=create(folder / "deskbill.sqlite"),
        actor="test",
        now=clock or Clock(),
        **parts,
    )


def bill(house: House, net: str = "25.00", *, keys: Sequence[str] = ()) -> str:
    """Close the next month with one invoice of an hourly line; give its reference."""
    closed = ledger.closed(house.store, "acme")
    period = closed[-1].period.next() if closed else MARCH
    amount = Decimal(net)
    tax = (amount * 19 / 100).quantize(Decimal("0.01"))
    rate = TaxTotal(tax="DE-19", category="standard", percent=Decimal(19), base=amount, amount=tax)
    due = Invoice(
        reference="",
        target="tryton",
        customer="acme",
        kind=InvoiceKind.INVOICE,
        period=period,
        issued_on=date(2026, 4, 4),
        due_on=date(2026, 4, 18),
        currency="EUR",
        seller=Party(name="House GmbH"),
        buyer=Party(name="ACME GmbH"),
        buyer_key={"party": "41"},
        order_number="",
        language="en",
        lines=(_line(amount, period.start),),
        taxes=(rate,),
        net=amount,
        tax=tax,
        gross=amount + tax,
    )
    closing = Closing(
        customer="acme",
        period=period,
        basis_json="{}",
        seq=work.latest_seq(house.store),
        opening=(),
        closing=(),
        statement_digest="5ca1ab1e",
        net=amount,
        claims=[Claim(work=key, period_start=period.start, fate=Fate.BILLED, seconds=1200) for key in keys],
        invoices=(due,),
        reference_prefix="db",
        by="test",
    )
    (stored,) = ledger.close_period(house.store, closing, house.now())
    return stored.reference


def _line(amount: Decimal, start: date) -> InvoiceLine:
    return InvoiceLine(
        position=1,
        key=LineKey("work", f"{start:%Y-%m}", "zammad/1", price="75.00", tax="DE-19", percent="19"),
        role=Role.CHARGE,
        text="Phone support",
        quantity=Decimal(1),
        unit="piece",
        unit_price=amount,
        amount=amount,
        tax="DE-19",
        category="standard",
        percent=Decimal(19),
        service_from=start,
        service_to=start,
        seconds=1200,
    )


def statuses(house: House) -> dict[str, str]:
    """How each stored invoice stands, by reference."""
    return {one.invoice.reference: one.status.value for one in ledger.invoices(house.store)}


def stop_after(count: int) -> Callable[[], bool]:
    """Ask to stop at the ``count``-th question and ever after."""
    asked = [0]

    def stop() -> bool:
        asked[0] += 1
        return asked[0] >= count

    return stop
