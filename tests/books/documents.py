"""Documents for the tests of books: small invoices whose figures can be done in the head."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from connector.model.contract import Address, Party
from connector.model.invoice import Invoice, InvoiceKind, InvoiceLine, Role, TaxTotal
from connector.model.money import of_seconds, rounded
from connector.model.period import parse_period
from connector.model.statement import LineKey

MARCH = parse_period("2026-03")
SELLER = Party(
    name="Kurz IT GmbH",
    address=Address(street="Hauptstr. 1", postcode="80331", city="München", country="DE"),
    vat_id="DE123456789",
)


def time_line(text: str, seconds: int, hourly: str, tax: str = "DE-19", percent: str = "19") -> InvoiceLine:
    price = Decimal(hourly)
    return _line(
        text,
        tax,
        percent,
        quantity=Decimal(seconds) / 3600,
        unit="hour",
        unit_price=price,
        amount=of_seconds(seconds, price, "EUR"),
        seconds=seconds,
    )


def amount_line(text: str, amount: str, tax: str = "DE-19", percent: str = "19") -> InvoiceLine:
    value = Decimal(amount)
    quantity = Decimal(-1 if value < 0 else 1)
    return _line(
        text, tax, percent, quantity=quantity, unit="piece", unit_price=abs(value), amount=value, seconds=0
    )


def _line(
    text: str,
    tax: str,
    percent: str,
    *,
    quantity: Decimal,
    unit: str,
    unit_price: Decimal,
    amount: Decimal,
    seconds: int,
) -> InvoiceLine:
    return InvoiceLine(
        position=1,
        key=LineKey("work", "2026-03", ticket=text),
        role=Role.CORRECTION if amount < 0 else Role.CHARGE,
        text=text,
        quantity=quantity,
        unit=unit,
        unit_price=unit_price,
        amount=amount,
        tax=tax,
        category="standard",
        percent=Decimal(percent),
        service_from=date(2026, 3, 5),
        service_to=date(2026, 3, 5),
        seconds=seconds,
    )


def document(
    reference: str,
    lines: Sequence[InvoiceLine],
    *,
    party: str = "Customer A",
    issued_on: date = date(2026, 4, 3),
    due_on: date = date(2026, 4, 17),
) -> Invoice:
    def key(line: InvoiceLine) -> tuple[str, Decimal]:
        return line.tax, line.percent

    taxes = [_total(*which, list(group)) for which, group in groupby(sorted(lines, key=key), key)]
    net, tax = (
        sum((line.amount for line in lines), Decimal(0)),
        sum((total.amount for total in taxes), Decimal(0)),
    )
    return Invoice(
        reference=reference,
        target="erp",
        customer="customer-a",
        kind=InvoiceKind.CREDIT_NOTE if net < 0 else InvoiceKind.INVOICE,
        period=MARCH,
        issued_on=issued_on,
        due_on=due_on,
        currency="EUR",
        seller=SELLER,
        buyer=Party(name="Customer A"),
        buyer_key={"party": party},
        order_number="",
        language="en",
        lines=tuple(lines),
        taxes=tuple(taxes),
        net=net,
        tax=tax,
        gross=net + tax,
    )


def _total(tax: str, percent: Decimal, lines: list[InvoiceLine]) -> TaxTotal:
    base = sum((line.amount for line in lines), Decimal(0))
    return TaxTotal(
        tax=tax, category="standard", percent=percent, base=base, amount=rounded(base * percent / 100, "EUR")
    )


#: S525 of the seed: net 525.00, tax 99.75, gross 624.75.
S525 = (
    time_line("Ticket 149: phone support", 3600, "75.00"),
    time_line("Ticket 123: on-site repair", 10800, "50.00"),
    time_line("Ticket 232: on-site repair at night", 10800, "100.00"),
)
