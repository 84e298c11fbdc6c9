"""Changes between two ratings of a period: line by line, each money once, and what both come to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from connector.model.change import Change, Charge, Figures
from connector.model.invoice import Billed, DueLine, Role
from connector.model.statement import RATED_KINDS, Line, LineKey, Statement
from connector.rating.due import tax_totals
from connector.rating.terms import Terms


def charge_of(line: Line) -> Charge:
    """Return what a statement's line charges."""
    return Charge(key=line.key, text=line.text, number=line.number, amount=line.amount)


def charges_billed(billed: Mapping[LineKey, Billed]) -> Mapping[str, list[Charge]]:
    """Return by period, as line keys name it, what all invoices together billed for it.

    Credits and transfers are left out: they arise on a document, whatever the contract says.
    """
    found: dict[str, list[Charge]] = defaultdict(list)
    for key, each in billed.items():
        if key.kind in RATED_KINDS:
            charge = Charge(key=key, text=each.line.name, number=each.line.number, amount=each.amount)
            found[key.period].append(charge)
    return found


def total(charges: Iterable[Charge]) -> Decimal:
    """Sum up charges, net."""
    return sum((each.amount for each in charges), Decimal(0))


def changes(old: Iterable[Charge], new: Iterable[Charge]) -> list[Change]:
    """Return what differs, in the order of the new side, then what is gone in the order of the old one.

    What is the same on both sides is left out. A charge whose price or tax alone is another stands beside
    what it was, though its key differs.
    """
    before, after = {each.key: each for each in old}, {each.key: each for each in new}
    groups: dict[tuple[LineKey, bool], tuple[list[Charge], list[Charge]]] = defaultdict(lambda: ([], []))
    for key, charge in after.items():
        if key not in before or before[key].amount != charge.amount:
            groups[_group(key, before)][1].append(charge)
    for key, charge in before.items():
        if key not in after or after[key].amount != charge.amount:
            groups[_group(key, after)][0].append(charge)
    found = [Change(old=tuple(was), new=tuple(now)) for was, now in groups.values()]
    return [each for each in found if any(charge.amount for charge in (*each.old, *each.new))]


def _group(key: LineKey, other: dict[LineKey, Charge]) -> tuple[LineKey, bool]:
    """Return under what a charge is compared: its key if both sides have it, else without price and tax."""
    return (key, True) if key in other else (key._replace(price="", tax="", percent=""), False)


def figures(
    statement: Statement, terms: Terms, rounding: Literal["document", "line"] = "document"
) -> Figures:
    """Return what a statement comes to: net, the tax on it, and its real seconds by fate."""
    lines = [DueLine(role=Role.CHARGE, line=line, amount=line.amount) for line in statement.lines]
    return Figures(
        currency=statement.currency,
        net=statement.net,
        tax=sum((total.amount for total in tax_totals(lines, terms, rounding)), Decimal(0)),
        seconds=statement.seconds(),
    )
