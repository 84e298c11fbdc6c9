"""March 2026 of the worked case S525, as nouns."""

from datetime import date
from decimal import Decimal

import pytest

from connector.model.contract import Party
from connector.model.invoice import Invoice, InvoiceKind, InvoiceLine, Role, TaxTotal
from connector.model.period import parse_period
from connector.model.problem import Problem, Source
from connector.model.statement import (
    AllowancePosition,
    Delivery,
    Fate,
    Line,
    LineKey,
    RatedItem,
    Statement,
    Step,
    Threshold,
)

MARCH = parse_period("2026-03")
HOUR = 3600
RATE_LINE = Source(file="customers/acme.yaml", line=14, column=9)


def line(ticket: str, text: str, hours: int, hourly: str, amount: str) -> Line:
    return Line(
        key=LineKey("work", "2026-03", ticket=ticket, service=text, price=hourly, tax="DE-19", percent="19"),
        amount=Decimal(amount),
        category="standard",
        text=text,
        service_from=date(2026, 3, 1),
        service_to=date(2026, 3, 31),
        seconds=hours * HOUR,
        real=hours * HOUR,
        price=Decimal(hourly),
        unit="hour",
        per_seconds=HOUR,
        title="Drucker\tim Büro",
        work=(f"{ticket}/1",),
        source=RATE_LINE,
    )


@pytest.fixture
def lines() -> tuple[Line, ...]:
    return (
        line("zammad/149", "Phone support", 1, "75.00", "75.00"),
        line("glpi/123", "On-site repair", 3, "50.00", "150.00"),
        line("glpi/232", "On-site repair at night", 3, "100.00", "300.00"),
    )


@pytest.fixture
def statement(lines: tuple[Line, ...]) -> Statement:
    allowance = Step(
        "allowance", ("phone", 2 * HOUR, 2 * HOUR, 0), Source(file="customers/acme.yaml", line=9)
    )
    price = Step("price", (Decimal("75.00"), "EUR"), RATE_LINE)
    day = date(2026, 3, 17)
    return Statement(
        customer="acme",
        period=MARCH,
        currency="EUR",
        items=(
            item(
                "zammad/149/1",
                date(2026, 3, 3),
                3 * HOUR,
                Fate.INCLUDED,
                reason="allowance",
                allowance="phone",
            ),
            item(
                "zammad/149/2",
                day,
                2 * HOUR,
                Fate.INCLUDED,
                reason="allowance",
                allowance="phone",
                trail=(allowance,),
            ),
            item("zammad/149/2", day, 3000, Fate.BILLED, line=lines[0].key, trail=(price,), billed=HOUR),
            item("glpi/123/1", date(2026, 3, 5), 3 * HOUR, Fate.BILLED, line=lines[1].key),
            item("glpi/123/2", date(2026, 3, 12), 900, Fate.FREE, reason="goodwill"),
            item("glpi/232/1", date(2026, 3, 20), 3 * HOUR, Fate.BILLED, line=lines[2].key),
            item("glpi/240/1", date(2026, 3, 21), 1800, Fate.HELD, reason="survey is bad", worth="37.5"),
        ),
        lines=lines,
        problems=(
            Problem(code="held", about="glpi/240/1", message="survey is bad", amount=Decimal("37.5")),
            Problem(code="mapping_unknown", message="no word for 'Fax'", source=RATE_LINE),
        ),
        thresholds=(
            Threshold(
                allowance="phone",
                percent=Decimal(100),
                used=5 * HOUR,
                work="zammad/149/2",
                on=day,
                into_entry=2 * HOUR,
            ),
        ),
        allowances=(
            AllowancePosition(
                allowance="phone",
                granted=5 * HOUR,
                carried_in=HOUR,
                used=5 * HOUR,
                left=HOUR,
                carried_out=1800,
                lapsed=1800,
                owed=False,
            ),
        ),
        deliveries=(Delivery(name="maintenance", owed=2 * HOUR, delivered=HOUR),),
    )


def item(
    work: str,
    on: date,
    real: int,
    fate: Fate,
    *,
    billed: int | None = None,
    reason: str = "",
    line: LineKey | None = None,
    allowance: str = "",
    trail: tuple[Step, ...] = (),
    worth: str = "0",
) -> RatedItem:
    return RatedItem(
        work=work,
        ticket=work.rpartition("/")[0],
        on=on,
        real=real,
        billed=real if billed is None else billed,
        fate=fate,
        reason=reason,
        line=line,
        allowance=allowance,
        trail=trail,
        worth=Decimal(worth),
        taxed=("DE-19", "19"),
    )


@pytest.fixture
def invoice(lines: tuple[Line, ...]) -> Invoice:
    late = LineKey("work", "2026-02", ticket="glpi/99")
    charges = [(each.key, Role.CHARGE, each.text, each.amount) for each in lines]
    rows = [*charges, (late, Role.CORRECTION, "glpi/99: was 2h, is 1h 30m", Decimal("-25.00"))]
    return Invoice(
        reference="db-2026-0001",
        target="tryton",
        customer="acme",
        kind=InvoiceKind.INVOICE,
        period=MARCH,
        issued_on=date(2026, 4, 4),
        due_on=date(2026, 4, 18),
        currency="EUR",
        seller=Party(name="IT-Haus"),
        buyer=Party(name="ACME GmbH"),
        buyer_key={"party": "41"},
        order_number="",
        language="en",
        lines=tuple(
            InvoiceLine(
                position=position,
                key=key,
                role=role,
                text=text,
                quantity=Decimal(1) if amount > 0 else Decimal(-1),
                unit="piece",
                unit_price=abs(amount),
                amount=amount,
                tax="DE-19",
                category="standard",
                percent=Decimal(19),
                service_from=date(2026, 3, 1),
                service_to=date(2026, 3, 31),
            )
            for position, (key, role, text, amount) in enumerate(rows, 1)
        ),
        taxes=(
            TaxTotal(
                tax="DE-19",
                category="standard",
                percent=Decimal(19),
                base=Decimal("500.00"),
                amount=Decimal("95.00"),
            ),
        ),
        net=Decimal("500.00"),
        tax=Decimal("95.00"),
        gross=Decimal("595.00"),
    )
