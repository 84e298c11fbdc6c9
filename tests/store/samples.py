"""Small nouns for the vault's tests: March 2026 at ACME."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connector.desk import Raw
from connector.model.contract import Address, Party
from connector.model.invoice import DocumentState, Invoice, InvoiceKind, InvoiceLine, Receipt, Role, TaxTotal
from connector.model.period import Period, parse_period
from connector.model.statement import Fate, LineKey, Lot
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store import work
from connector.store.engine import Store
from connector.store.nouns import Claim, Closing, Counts, Seen

NOW = datetime(2026, 4, 4, 6, 0, tzinfo=UTC)
MARCH = parse_period("2026-03")
APRIL = parse_period("2026-04")
HOUR = timedelta(hours=1)
ISSUED = date(2026, 4, 4)


def entry(ticket: str, number: str, seconds: int = 3600, day: int = 10, **facts: Any) -> WorkEntry:
    """Work on a day of March by technician 7, Jane Doe."""
    told = {"technician": "7", "technician_name": "Jane Doe", "activity": "phone", **facts}
    return WorkEntry(
        desk="zammad", ticket=ticket, entry=number, seconds=seconds, worked_on=date(2026, 3, day), **told
    )


def snapshot(ticket: str, *work: WorkEntry, **facts: Any) -> TicketSnapshot:
    """A ticket of ACME."""
    told: dict[str, Any] = {"owner": {"organization": "ACME GmbH"}, "title": "Printer", **facts}
    return TicketSnapshot(
        desk="zammad", ticket=ticket, number=f"9{ticket}", work=work, changed_at=NOW - HOUR, **told
    )


def seen(ticket: TicketSnapshot, **payload: Any) -> Seen:
    """A ticket as a pull brings it; its payload tells owner, title, names and seconds."""
    told = {
        "owner": dict(ticket.owner),
        "title": ticket.title,
        "work": [[one.entry, one.seconds, one.technician_name, one.note] for one in ticket.work],
    }
    return Seen(raw=Raw(ticket=ticket.ticket, payload=told | payload), snapshot=ticket)


def save(store: Store, *tickets: TicketSnapshot, now: datetime = NOW) -> Counts:
    """Save tickets as one page."""
    return work.save_page(store, "zammad", [seen(ticket) for ticket in tickets], None, now)


def march(store: Store, **narrowed: Any) -> dict[str, int]:
    """Seconds by entry key of March, in the order of the vault."""
    found = work.work_between(store, MARCH.start, MARCH.end, **narrowed)
    return {one.entry.key: one.entry.seconds for one in found}


def key(ticket: str, **parts: str) -> LineKey:
    """The line of an hourly charge."""
    told = {"service": "phone", "price": "75.00", "tax": "DE-19", "percent": "19", **parts}
    return LineKey("work", "2026-03", f"zammad/{ticket}", **told)


def line(of: LineKey, amount: str, seconds: int = 1200, **facts: Any) -> InvoiceLine:
    """A printed line; a charge, if nothing else is said."""
    told: dict[str, Any] = {"position": 1, "role": Role.CHARGE, "corrects": (), **facts}
    return InvoiceLine(
        key=of,
        text="Telephone support",
        quantity=Decimal(1),
        unit="piece",
        unit_price=abs(Decimal(amount)),
        amount=Decimal(amount),
        tax="DE-19",
        category="standard",
        percent=Decimal(19),
        service_from=date(2026, 3, 1),
        service_to=date(2026, 3, 31),
        seconds=seconds,
        name="phone",
        number="91",
        **told,
    )


def invoice(*lines: InvoiceLine, period: Period = MARCH, issued_on: date = ISSUED) -> Invoice:
    """An invoice without a reference."""
    net = sum((one.amount for one in lines), Decimal(0))
    tax = (net * 19 / 100).quantize(Decimal("0.01"))
    return Invoice(
        reference="",
        target="tryton",
        customer="acme",
        kind=InvoiceKind.INVOICE,
        period=period,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=14),
        currency="EUR",
        seller=Party(name="House GmbH", vat_id="DE123456789"),
        buyer=Party(
            name="ACME GmbH", address=Address(street="Weg 1", postcode="10115", city="Berlin", country="DE")
        ),
        buyer_key={"party": "41"},
        order_number="PO-7",
        language="de",
        lines=lines,
        taxes=(
            TaxTotal(
                tax="DE-19", category="standard", percent=Decimal(19), base=net, amount=tax, text="VAT 19 %"
            ),
        ),
        net=net,
        tax=tax,
        gross=net + tax,
    )


def lots(seconds: int) -> tuple[Lot, ...]:
    """What an allowance has left."""
    return (Lot(allowance="phone", amount=seconds, granted=MARCH.start, until=APRIL.start),)


def closing(due: Invoice | None, claims: Mapping[str, Fate] | None = None, **facts: Any) -> Closing:
    """A close of March for ACME."""
    told: dict[str, Any] = {
        "customer": "acme",
        "period": MARCH,
        "basis_json": '{"terms":1}',
        "seq": 0,
        "opening": (),
        "closing": lots(600),
        "statement_digest": "5ca1ab1e",
        "net": due.net if due else Decimal(0),
        "reference_prefix": "db",
        "by": "lena",
        **facts,
    }
    return Closing(**{"invoices": (due,) if due else (), "claims": _claims(claims or {}), **told})


def receipt(reference: str, state: DocumentState = DocumentState.DRAFT, **facts: Any) -> Receipt:
    """What the books answer to the invoice of 25.00."""
    told: dict[str, Any] = {
        "remote_id": "17",
        "currency": "EUR",
        "net": Decimal("25.00"),
        "tax": Decimal("4.75"),
        "gross": Decimal("29.75"),
        "lines": (Decimal("25.00"),),
        **facts,
    }
    return Receipt(reference=reference, state=state, **told)


def _claims(fates: Mapping[str, Fate]) -> Sequence[Claim]:
    return [Claim(work=of, period_start=MARCH.start, fate=fate, seconds=1200) for of, fate in fates.items()]
