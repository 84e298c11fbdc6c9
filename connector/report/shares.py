"""Shares: what each entry of work and each usage record has of a statement's lines, to the cent."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from connector.model.money import SECONDS_PER_HOUR, digits_of
from connector.model.statement import Fate, Line, LineKey, Statement

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One entry's, record's, fee's part of a period."""

    kind: str  #: work, usage, or the kind of a line that no single entry stands behind
    on: date
    amount: Decimal = _ZERO  #: net
    seconds: int = 0  #: real, of work
    quantity: Decimal = _ZERO  #: of usage
    fate: Fate = Fate.BILLED
    key: str = ""  #: of the entry or record
    ticket: str = ""
    contract: str = ""  #: that prices it; empty: not known
    cost: Decimal | None = None  #: what it costs the house, exact; None: not known
    facets: Mapping[str, str] = field(default_factory=dict)


class Facts(NamedTuple):
    """What a statement does not say of its work and usage."""

    facets: Mapping[str, Mapping[str, str]] = {}  #: of work, by entry
    contracts: Mapping[str, str] = {}  #: of work and usage, by key: whose terms hold for it, charged or not
    hourly: Mapping[str, Decimal] = {}  #: what an hour of work costs the house, by entry
    units: Mapping[str, Decimal] = {}  #: what a unit costs the house, by usage record


def shares(statement: Statement, facts: Facts) -> Iterator[Share]:
    """Take a statement apart. The amounts of all shares sum to the statement's net."""
    behind = _behind(statement)
    amounts = _allotted(statement, behind)
    for place, item in enumerate(statement.items):
        yield Share(
            kind="work",
            on=item.on,
            amount=amounts.get(place, _ZERO),
            seconds=item.real,
            fate=item.fate,
            key=item.work,
            ticket=item.ticket,
            contract=item.line.contract if item.line else facts.contracts.get(item.work, ""),
            facets=facts.facets.get(item.work, {}),
            cost=_times(facts.hourly.get(item.work), Decimal(item.real) / SECONDS_PER_HOUR),
        )
    ends = {line.key: line for line in statement.lines}
    for each in statement.usage:
        line = ends[each.line] if each.line else None
        yield Share(
            kind="usage",
            on=_inside(line.service_from, statement) if line else statement.period.start,
            amount=each.amount,
            quantity=each.quantity,
            fate=each.fate,
            key=each.record,
            ticket=line.key.ticket if line else "",
            contract=line.key.contract if line else facts.contracts.get(each.record, ""),
            facets=each.facets,
            cost=_times(facts.units.get(each.record), each.quantity * _part(line)),
        )
    for line in statement.lines:
        if line.key.kind != "usage" and not behind[line.key]:
            yield Share(
                kind=line.key.kind,
                on=_inside(line.service_from, statement),
                amount=line.amount,
                ticket=line.key.ticket,
                contract=line.key.contract or line.key.ref.partition("/")[0],
            )


def _times(cost: Decimal | None, quantity: Decimal) -> Decimal | None:
    return None if cost is None else cost * quantity


def _part(line: Line | None) -> Decimal:
    """Return the part of a window that is paid, and so was bought."""
    return Decimal(line.part[0]) / line.part[1] if line and line.part else Decimal(1)


def _inside(day: date, statement: Statement) -> date:
    """A fee in advance is for later days, and money of the period that bills it."""
    return day if day in statement.period else statement.period.start


def _allotted(statement: Statement, behind: Mapping[LineKey, Sequence[int]]) -> dict[int, Decimal]:
    """Share out every line among the pieces of work that it is about, by their place."""
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    for line in statement.lines:
        places = behind[line.key]
        weights = [max(statement.items[place].billed, 0) for place in places]
        for place, part in zip(places, shared(line.amount, weights, statement.currency), strict=True):
            amounts[place] += part
    return amounts


def _behind(statement: Statement) -> dict[LineKey, list[int]]:
    """Find the pieces behind each line: those that it charges, else those of the entries that it names."""
    charged, worked = defaultdict[LineKey, list[int]](list), defaultdict[str, list[int]](list)
    for place, item in enumerate(statement.items):
        worked[item.work].append(place)
        if item.line:
            charged[item.line].append(place)
    return {
        line.key: charged.get(line.key) or [place for work in line.work for place in worked.get(work, ())]
        for line in statement.lines
    }


def shared(amount: Decimal, weights: Sequence[int], currency: str) -> list[Decimal]:
    """Share an amount in proportion to weights (evenly, if all are 0); spare cents go to the largest."""
    if not weights:
        return []
    total = sum(weights)
    parts = [amount * (weight if total else 1) / (total or len(weights)) for weight in weights]
    cent = Decimal(1).scaleb(-digits_of(currency))
    floors = [part.quantize(cent, ROUND_FLOOR) for part in parts]
    spare = int((amount - sum(floors, _ZERO)) / cent)
    order = sorted(range(len(parts)), key=lambda place: (floors[place] - parts[place], place))
    for place in order[:spare]:
        floors[place] += cent
    return floors
