"""What is due: the difference to what is billed, never more back than was billed, and its tax."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector.documents.invoice import invoice_of
from connector.model.contract import Customer, Party
from connector.model.decision import Decision, Kind
from connector.model.invoice import Billed, Invoice, Role
from connector.model.period import Period, parse_period
from connector.model.statement import RATED_KINDS, Line, LineKey, Statement
from connector.rating.due import due, tax_totals
from connector.rating.history import booked
from connector.rating.parts import parts
from tests.laws.histories import TERMS
from tests.workflow.standins import ACME

TERM = TERMS[0]
MONTHS = [parse_period(f"2026-{month:02}") for month in (1, 2, 3, 4)]
DAY = date(2026, 1, 31)
BY_TICKET = Customer.model_validate(
    {**ACME, "customer": TERM.customer, "invoice": {"tax": "DE-19", "group": "ticket"}}
)


def line(amount: str | Decimal, period: Period, tax: str = "DE-19", kind: str = "work", **key: str) -> Line:
    of = LineKey(kind, str(period), **{"tax": tax, "percent": "19" if tax == "DE-19" else "7", **key})
    return Line(
        key=of, amount=Decimal(amount), category="standard", text="", service_from=DAY, service_to=DAY
    )


def statement(period: Period, *lines: Line) -> Statement:
    return Statement(customer=TERM.customer, period=period, currency="EUR", items=(), lines=lines)


def decision(number: int, kind: Kind, period: Period, amount: Decimal) -> Decision:
    return Decision(
        id=f"D-{number}",
        kind=kind,
        by="Mara",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        why="agreed",
        customer=TERM.customer,
        period=period,
        amount=amount,
    )


def invoices(
    statements: Sequence[Statement],
    billed: Mapping[LineKey, Billed],
    decisions: Sequence[Decision] = (),
    customer: Customer = BY_TICKET,
) -> list[Invoice]:
    found = due(TERM, statements, billed, decisions)
    return [
        invoice_of(
            customer,
            Party(name="House"),
            statements[-1].period,
            lines,
            tax_totals(lines, TERM, customer.invoice.tax_rounding),
            issued_on=DAY,
            issued={},
        )
        for lines in parts(found.lines, customer.invoice)
    ]


def test_what_a_quarter_billed_and_has_no_more_is_taken_back() -> None:
    quarter, following = parse_period("2026-Q1"), parse_period("2026-Q2")
    first = statement(quarter, line("75.00", quarter, ticket="desk/1"), line("9.90", quarter, kind="usage"))
    billed: dict[LineKey, Billed] = {}
    for one in invoices([first], billed):
        billed = booked(billed, one.lines, "db-1")
    back = invoices([statement(quarter), statement(following)], billed)
    assert [(one.net, one.lines[0].role) for one in back] == [
        (Decimal("-9.90"), Role.CORRECTION),
        (Decimal("-75.00"), Role.CORRECTION),
    ]
    assert back[1].lines[0].corrects == ("db-1",)
    for one in back:
        billed = booked(billed, one.lines, "db-2")
    assert invoices([statement(quarter), statement(following)], billed) == []


def test_tax_is_rounded_once_for_a_document_or_on_each_line_as_agreed() -> None:
    month = MONTHS[0]
    lines = due(
        TERM, [statement(month, *(line("0.50", month, ticket=f"desk/{n}") for n in range(3)))], {}, ()
    )
    (once,) = tax_totals(lines.lines, TERM)
    (each,) = tax_totals(lines.lines, TERM, "line")
    assert (once.base, once.amount) == (Decimal("1.50"), Decimal("0.29"))  # 0.285
    assert (each.base, each.amount) == (Decimal("1.50"), Decimal("0.30"))  # 3 x 0.095


AMOUNTS = st.integers(0, 900).map(lambda cents: Decimal(cents).scaleb(-2))
TICKETS = st.sampled_from(["desk/1", "desk/2"])
LINES = st.dictionaries(st.tuples(TICKETS, st.sampled_from(["DE-19", "DE-7"])), AMOUNTS, max_size=4)
#: What each of four months comes to at each of four closes, as far as it has begun.
HISTORIES = st.lists(st.lists(LINES, min_size=4, max_size=4), min_size=4, max_size=4)
SAID = st.lists(
    st.tuples(st.sampled_from([Kind.CREDIT, Kind.TRANSFER]), st.sampled_from(MONTHS[:3]), AMOUNTS), max_size=3
)


@given(HISTORIES, SAID, st.sampled_from(["collective", "ticket"]))
def test_nothing_is_credited_beyond_what_was_billed(
    history: list[list[dict[tuple[str, str], Decimal]]], said: list[Any], group: str
) -> None:
    terms = BY_TICKET.invoice.model_copy(update={"group": group})
    customer = BY_TICKET.model_copy(update={"invoice": terms})
    decisions = [decision(number, *one) for number, one in enumerate(said, 1)]
    goodwill = sum((one.amount or 0 for one in decisions if one.kind is Kind.CREDIT), Decimal(0))
    billed: dict[LineKey, Billed] = {}
    for number, knowledge in enumerate(history, 1):
        statements = [
            statement(
                month, *(line(amount, month, tax, ticket=ticket) for (ticket, tax), amount in lines.items())
            )
            for month, lines in zip(MONTHS[:number], knowledge, strict=False)
        ]
        for one in invoices(statements, billed, decisions, customer):
            roles = {each.role for each in one.lines}
            assert one.net >= 0 or Role.CREDIT not in roles
            assert one.net >= 0 or Role.CARRIED_OUT not in roles
            billed = booked(billed, one.lines, f"db-{number}")
        ought = {each.key: each.amount for each in (ln for one in statements for ln in one.lines)}
        rated = {key: one.amount for key, one in billed.items() if key.kind in RATED_KINDS}
        assert {key: amount for key, amount in rated.items() if amount} == {
            key: amount for key, amount in ought.items() if amount
        }
        assert all(amount >= 0 for amount in rated.values())  # no correction took back more than was billed
        carried = sum(
            (one.amount for key, one in billed.items() if key.kind.startswith("transfer")), Decimal(0)
        )
        credited = -sum((one.amount for key, one in billed.items() if key.kind == "credit"), Decimal(0))
        assert carried <= 0 <= credited <= goodwill
        assert (
            sum((one.amount for one in billed.values()), Decimal(0))
            == sum(ought.values()) + carried - credited
        )


def test_a_credit_of_another_customer_and_an_undone_one_count_for_nothing() -> None:
    month = MONTHS[0]
    credit = decision(1, Kind.CREDIT, month, Decimal(5))
    others = [
        replace(credit, customer="other"),
        replace(credit, id="D-2"),
        replace(credit, id="D-3", kind=Kind.UNDO, undoes="D-2"),
    ]
    (found,) = invoices([statement(month, line("9.00", month))], {}, others)
    assert found.net == Decimal("9.00")
