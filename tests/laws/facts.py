"""Random facts of a customer: work, usage and decisions over its periods, with all that desks get wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from connector.model.decision import Decision, Kind
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.usage import UsageRecord
from connector.model.work import Survey, Work
from connector.rating.openings import OPENED
from tests.laws.pen import SERVICES, Pen

_DOUBT = Problem(code="time_ambiguous", message="the clock showed this twice")
_UNITS = ("piece", "licence")
_NUMBERS = (Decimal(1), Decimal("2.5"), Decimal(12), Decimal(-2))


class Facts(NamedTuple):
    """What is known of a customer."""

    work: tuple[Work, ...] = ()  #: and the openings of tickets
    usage: tuple[UsageRecord, ...] = ()
    decisions: tuple[Decision, ...] = ()


@st.composite
def facts(draw: st.DrawFn, periods: tuple[Period, ...], *, gates: bool = True) -> Facts:
    """Draw what happened in these periods. Without ``gates`` nothing depends on what was billed when."""
    work = draw(st.lists(works(periods), max_size=9, unique_by=lambda one: one.key))
    if not gates:
        work = [ungated(one) for one in work]
    opened = draw(st.lists(_openings(periods), max_size=2, unique_by=lambda one: one.key))
    usage = draw(st.lists(_records(periods), max_size=4, unique_by=lambda one: one.key))
    kinds = [kind for kind in _SAID if gates or kind not in (Kind.HOLD, Kind.DISPUTE, Kind.RELEASE)]
    said = draw(st.lists(st.sampled_from(kinds), max_size=3))
    decisions = [_decision(draw, number, kind, periods) for number, kind in enumerate(said, 1)]
    return Facts((*work, *opened), tuple(usage), tuple(decisions))


def ungated(one: Work) -> Work:
    """Gates act on what is not billed yet: what they hold depends on when it was known."""
    return replace(one, survey=Survey.NONE, closed=True)


@st.composite
def works(draw: st.DrawFn, periods: tuple[Period, ...], *, least: int = -40) -> Work:
    """Draw an entry of these periods or of the days around; few tickets, so that lines gather several."""
    one = Pen(draw).one
    ticket = one("1", "2", "3")
    day = _day(draw, periods)
    seconds = draw(st.integers(least, 200)) * 60 + one(0, 0, 7)
    started = None
    if seconds > 0 and draw(st.booleans()):
        started = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
            minutes=draw(st.integers(0, 1439))
        )
    named = {
        "service": one(*SERVICES, "unknown"),
        "site": one("", "north", "south"),
        "priority": one("", "high"),
        "item": one("", "i1", "i2"),
        "colour": one("", "red"),
        "cost_centre": one("", "", "sales / 4711"),
        "sla_state": one("", "missed"),
    }
    return Work(
        key=f"desk/{ticket}/{draw(st.integers(0, 10**6))}",
        desk="desk",
        ticket=f"desk/{ticket}",
        number=ticket,
        title="",
        seconds=seconds,
        worked_on=day,
        started_at=started,
        ended_at=started + timedelta(seconds=seconds) if started else None,
        technician=one("t1", "t2"),
        facets={name: value for name, value in named.items() if value},
        shift=one("", "night"),
        billable=one(None, None, None, False),
        survey=one(Survey.NONE, Survey.NONE, Survey.BAD),
        closed=one(True, True, False),
        opened_on=one(None, day - timedelta(days=40)),
        problem=one(*[None] * 7, _DOUBT),
    )


@st.composite
def _openings(draw: st.DrawFn, periods: tuple[Period, ...]) -> Work:
    """Draw the opening of a ticket, before, while or after it is worked on."""
    like = draw(works(periods))
    return replace(like, key=f"{like.ticket}{OPENED}", seconds=0, started_at=None, ended_at=None)


def _day(draw: st.DrawFn, periods: tuple[Period, ...]) -> date:
    """Draw a day: often at the edges of a period, seldom outside of all."""
    period = draw(st.sampled_from(periods))
    near = draw(st.integers(-1, 6))
    if draw(st.booleans()):
        return period.last_day - timedelta(days=near)
    return min(period.start + timedelta(days=near * 5), period.end)


@st.composite
def _records(draw: st.DrawFn, periods: tuple[Period, ...]) -> UsageRecord:
    one = Pen(draw).one
    article = one("licence", "call", "part")
    start = _day(draw, periods)
    stands = article == "licence"
    ticket = one("", "1") if article == "part" else ""
    named = {
        "article": article,
        "site": one("", "north"),
        "item": one("", "i1"),
        "contact": one("", "ann", "bob"),
        "cost_centre": one("", "4711"),
    }
    return UsageRecord(
        key=f"usage/{draw(st.integers(0, 10**6))}",
        quantity=one(*_NUMBERS),
        start=start,
        end=start + timedelta(days=draw(st.integers(1, 70))) if stands and draw(st.booleans()) else None,
        stands=stands,
        unit=one(*_UNITS),
        facets={name: value for name, value in named.items() if value},
        ticket=f"desk/{ticket}" if ticket else "",
        number=ticket,
        cost=one(None, Decimal("3.33"), Decimal("0.01")),
        problem=one(*[None] * 5, _DOUBT),
    )


_SAID = (
    Kind.WAIVE,
    Kind.CHARGE,
    Kind.DISCOUNT,
    Kind.OPENING,
    Kind.BORROW,
    Kind.HOLD,
    Kind.DISPUTE,
    Kind.RELEASE,
    Kind.UNDO,
)


def _decision(draw: st.DrawFn, number: int, kind: Kind, periods: tuple[Period, ...]) -> Decision:
    one = Pen(draw).one
    told: dict[str, Any] = {}
    if kind is Kind.DISCOUNT:
        told = {"period": one(*periods), **one({"percent": Decimal("12.5")}, {"amount": Decimal(40)})}
    elif kind is Kind.UNDO:
        told = {"undoes": f"D-{draw(st.integers(0, number - 1))}"}
    elif kind in (Kind.OPENING, Kind.BORROW):
        amount = one({"seconds": 5400}, {"seconds": -900}, {"amount": Decimal("77.77")})
        told = {"period": periods[0], "allowance": one("a0", "a1", "b0"), **amount}
        if kind is Kind.OPENING and "amount" in amount:
            told["allowance"] = ""
    else:
        told = {"target": f"desk/{one('1', '2', '3')}"}
        if kind is Kind.CHARGE:
            told["amount"] = one(None, Decimal("55.55"))
    return Decision(
        id=f"D-{number}",
        kind=kind,
        by="Mara",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        why="agreed",
        customer="acme",
        **told,
    )
