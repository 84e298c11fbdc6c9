"""Simulated books as the conformance kit drives them, and the documents that it carries there."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Protocol

from connector.books import Books
from connector.http import Session
from connector.model.contract import Address, Party
from connector.model.invoice import Invoice, InvoiceKind, InvoiceLine, Role, TaxTotal
from connector.model.money import of_seconds, rounded
from connector.model.period import parse_period
from connector.model.statement import LineKey
from connector.simulators.faults import FaultPlan
from connector.simulators.server import serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Simulator(Protocol):
    """Simulated books: a WSGI application with a plan of faults."""

    faults: FaultPlan

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""


class BooksStage(ABC):
    """One product's simulated books, with an adapter for it, in the kit's words."""

    simulator: Simulator
    #: regular expression, as `FaultPlan` takes it, of the request that creates a document
    creating: ClassVar[str]
    #: what the adapter asks of its session
    secrets: ClassVar[Mapping[str, str]]
    #: a customer that the books know
    buyer_key: ClassVar[Mapping[str, str]]
    #: code of a tax of 19 % that the adapter's settings map
    tax: ClassVar[str]

    @abstractmethod
    def connect(self, url: str, session: Session) -> Books:
        """Make the adapter; the books answer at ``url``, which is the session's address."""

    @abstractmethod
    def duplicate(self, remote_id: str) -> None:
        """Copy a document, with our reference, as a person does by hand."""

    @abstractmethod
    def change(self, remote_id: str) -> None:
        """Change the amount of a draft's line."""

    @abstractmethod
    def cancel(self, remote_id: str) -> None:
        """Cancel a document."""

    @abstractmethod
    def delete(self, remote_id: str) -> None:
        """Delete a draft."""


@dataclass(frozen=True, slots=True)
class Till:
    """An adapter that is connected to the stage."""

    books: Books
    session: Session
    slept: list[float]  #: seconds that the session waited before it tried again


@contextmanager
def trading(stage: BooksStage) -> Iterator[Till]:
    """Serve a stage's simulator and connect its adapter, with a session that never really waits."""
    slept: list[float] = []
    with serving(stage.simulator) as url:
        session = Session(url, secrets=stage.secrets, sleep=slept.append)
        try:
            yield Till(stage.connect(url, session), session, slept)
        finally:
            session.close()


def time(text: str, seconds: int, hourly: str) -> InvoiceLine:
    """Charge time."""
    price = Decimal(hourly)
    amount = of_seconds(seconds, price, "EUR")
    return _line(text, Decimal(seconds) / 3600, price, amount, Role.CHARGE)


def taken_back(text: str, amount: str) -> InvoiceLine:
    """Take back what an earlier invoice billed."""
    return _line(text, Decimal(-1), Decimal(amount), -Decimal(amount), Role.CORRECTION)


def document(stage: BooksStage, reference: str, *lines: InvoiceLine) -> Invoice:
    """Make the document of these lines, at 19 %: a credit note if they come to less than nothing."""
    net = sum((line.amount for line in lines), Decimal(0))
    tax = rounded(net * 19 / 100, "EUR")
    total = TaxTotal(tax=stage.tax, category="standard", percent=Decimal(19), base=net, amount=tax)
    address = Address(street="Hauptstr. 1", postcode="80331", city="München", country="DE")
    return Invoice(
        reference=reference,
        target="books",
        customer="customer",
        kind=InvoiceKind.CREDIT_NOTE if net < 0 else InvoiceKind.INVOICE,
        period=parse_period("2026-03"),
        issued_on=date(2026, 4, 3),
        due_on=date(2026, 4, 17),
        currency="EUR",
        seller=Party(name="Kurz IT GmbH", address=address, vat_id="DE123456789"),
        buyer=Party(name="Customer"),
        buyer_key=stage.buyer_key,
        order_number="",
        language="en",
        lines=tuple(_placed(line, number, stage.tax) for number, line in enumerate(lines, 1)),
        taxes=(total,),
        net=net,
        tax=tax,
        gross=net + tax,
    )


def _placed(line: InvoiceLine, position: int, tax: str) -> InvoiceLine:
    key = LineKey("work", "2026-03", ticket=f"desk/{position}", tax=tax, percent="19")
    return replace(line, position=position, tax=tax, key=key)


def _line(text: str, quantity: Decimal, price: Decimal, amount: Decimal, role: Role) -> InvoiceLine:
    return InvoiceLine(
        position=1,
        key=LineKey("work", "2026-03"),
        role=role,
        text=text,
        quantity=quantity,
        unit="hour" if role is Role.CHARGE else "piece",
        unit_price=price,
        amount=amount,
        tax="",
        category="standard",
        percent=Decimal(19),
        service_from=date(2026, 3, 5),
        service_to=date(2026, 3, 5),
    )
