"""Customers written in a few lines, their work, and what a period comes to: what the tests of rating need."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connector.config.calendars import zone_data
from connector.config.validate import validate
from connector.model.basis import Basis, Origin
from connector.model.contract import Customer, Tax
from connector.model.decision import Decision, Kind
from connector.model.money import Money
from connector.model.period import Period, parse_period
from connector.model.price_list import PriceList
from connector.model.statement import Statement
from connector.model.usage import UsageRecord
from connector.model.work import Work
from connector.rating.compile import terms_of
from connector.rating.history import Chapter, fold
from connector.rating.terms import Terms

MARCH, APRIL = parse_period("2026-03"), parse_period("2026-04")
Tree = dict[str, Any]


def terms(
    *contracts: Tree,
    lists: tuple[Tree, ...] = (),
    costs: Tree | None = None,
    list_origins: Tree | None = None,
    **customer: Any,
) -> Terms:
    """Write a customer whose billing begins with March 2026, in UTC; a contract is ``c`` if not named."""
    tree = {
        "customer": "acme",
        "name": "ACME",
        "timezone": "UTC",
        "billing_from": "2026-03-01",
        "invoice": {"tax": "DE-19"},
        "contracts": [{"id": "c", "valid": {"from": "2026-01-01"}, **one} for one in contracts],
        **customer,
    }
    taxes = {
        "DE-19": {"rates": [{"from": "2007-01-01", "percent": "19%"}]},
        "DE-7": {"category": "reduced", "rates": [{"from": "2007-01-01", "percent": "7%"}]},
        "DE-0": {"category": "zero", "rates": [], "text": "No tax is due"},
    }
    basis = Basis(
        customer=validate(Customer, tree, Origin()),
        taxes={code: validate(Tax, one, Origin()) for code, one in taxes.items()},
        price_lists={one["price_list"]: validate(PriceList, one, Origin()) for one in lists},
        list_origins=list_origins or {},
        costs={name: Money(Decimal(cost), "EUR") for name, cost in (costs or {}).items()},
        zones={zone: zone_data(zone) for zone in ("UTC", "Europe/Berlin")},
    )
    return terms_of(basis)


def hourly(price: str = "60.00 EUR", **row: Any) -> Tree:
    """Write a row per hour."""
    return {"hourly": price, **row}


def worked(entry: int | str, day: str, minutes: float, *, ticket: str = "1", **facts: Any) -> Work:
    """Book some minutes in March 2026 (``3``), or on a day (``04-02``); ``at="09:00"`` says when."""
    on = date.fromisoformat(f"2026-{day}" if "-" in day else f"2026-03-{int(day):02}")
    at = facts.pop("at", None)
    started = datetime.fromisoformat(f"{on} {at}").replace(tzinfo=UTC) if at else None
    named = ("technician", "billable", "opened_on", "problem", "closed", "shift", "survey")
    told = {name: facts.pop(name) for name in named if name in facts}
    seconds = int(minutes * 60)
    return Work(
        key=f"desk/{ticket}/{entry}",
        desk="desk",
        ticket=f"desk/{ticket}",
        number=ticket,
        title="",
        seconds=seconds,
        worked_on=on,
        started_at=started,
        ended_at=started + timedelta(seconds=seconds) if started else None,
        facets=facts,
        **told,
    )


def opened(day: str, **facts: Any) -> Work:
    """Open a ticket in March 2026, or on another day."""
    return worked("=opened", day, 0, **facts)


def used(record: int, quantity: str, start: str, end: str | None = None, **facts: Any) -> UsageRecord:
    """Record so many units: on a day, or standing from it with ``stands=True``."""
    named = ("stands", "unit", "cost", "ticket", "problem")
    told = {name: facts.pop(name) for name in named if name in facts}
    return UsageRecord(
        key=f"usage/{record}",
        quantity=Decimal(quantity),
        start=date.fromisoformat(f"2026-{start}"),
        end=date.fromisoformat(f"2026-{end}") if end else None,
        facets=facts,
        **told,
    )


def said(number: int, kind: Kind, **facts: Any) -> Decision:
    """Let Mara decide."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Decision(id=f"D-{number}", kind=kind, by="Mara", at=at, why="agreed", customer="acme", **facts)


def months(
    known: Terms,
    work: list[Work],
    *periods: Period,
    usage: tuple[UsageRecord, ...] = (),
    decisions: tuple[Decision, ...] = (),
) -> list[Statement]:
    """Rate March and April 2026, or these periods, one after the other."""
    chapters = [Chapter(one, known, lambda: work, usage=lambda: usage) for one in periods or (MARCH, APRIL)]
    return fold(chapters, decisions, ())


def amounts(statement: Statement, *kinds: str) -> list[str]:
    """Say what each line of some kinds comes to, in printed order."""
    return [str(line.amount) for line in statement.lines if not kinds or line.key.kind in kinds]


def fates(statement: Statement) -> list[tuple[str, int]]:
    """Say each item's fate and billed minutes, in worked order."""
    return [(item.fate.value, item.billed // 60) for item in statement.items]
