"""The reckoning of a period's money: from what was rated to what is invoiced, per tax category."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from connector.model.invoice import Invoice, Role
from connector.model.statement import Statement
from connector.report.words import money, number, table

#: Tax code and percent, as in a line key.
Category = tuple[str, str]
_ROLES = {
    Role.LATE: "late work",
    Role.CORRECTION: "corrections",
    Role.CARRIED_IN: "carried in",
    Role.DISCOUNT: "discounts",
    Role.CREDIT: "credits",
    Role.CARRIED_OUT: "carried out",
}
_ROWS = ("rated", "free", "held", "billed before", *_ROLES.values(), "invoiced")
#: Roles of a period's own lines: what is rated less what was billed of it before.
_OWN = frozenset({Role.CHARGE, Role.CORRECTION})


def reckoning(statement: Statement, invoices: Sequence[Invoice]) -> dict[Category, Mapping[str, Decimal]]:
    """Sum up by tax category what was rated, what came to it and went off it, and what is invoiced.

    ``rated`` is what all work, fees and balances come to at the contract's prices, held and waived work too;
    ``billed before`` what documents of closed tickets bore of it while the period was open. The rows before
    ``invoiced`` sum to it; what is taken off is negative.
    """
    sums: dict[Category, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(_ROWS, Decimal(0)))
    for line in statement.lines:
        if line.key.kind != "discount":
            sums[line.key.tax, line.key.percent]["rated"] += line.amount
            sums[line.key.tax, line.key.percent]["billed before"] -= line.amount
    for item in statement.items:
        if item.worth:
            sums[item.taxed]["rated"] += item.worth
            sums[item.taxed][item.fate.value] -= item.worth
    for each in (line for invoice in invoices for line in invoice.lines):
        own = each.key.period == str(statement.period) and each.role in _OWN
        row = "billed before" if own else _ROLES.get(each.role)
        if row:
            sums[each.tax, str(each.percent)][row] += each.amount
    for total in (total for invoice in invoices for total in invoice.taxes):
        sums[total.tax, str(total.percent)]["invoiced"] += total.base
    return {category: sums[category] for category in sorted(sums)}


def money_lines(statement: Statement, invoices: Sequence[Invoice]) -> list[str]:
    """Write the reckoning, a column for each tax category; nothing if all that was rated is invoiced."""
    found = reckoning(statement, invoices)
    told = [row for row in _ROWS if any(sums[row] for sums in found.values())]
    if not set(told) - {"rated", "invoiced"}:
        return []
    head = ("", *(f"{tax} {number(Decimal(percent))}%" for tax, percent in found))
    rows = [
        (row, *(money(sums[row], statement.currency) for sums in found.values()))
        for row in _ROWS
        if row in (*told, "invoiced")
    ]
    return table([head, *rows], right=frozenset(range(1, len(head))))


def money_data(statement: Statement, invoices: Sequence[Invoice]) -> list[dict[str, Any]]:
    """Give the reckoning as data, a row for each tax category; amounts are net, as text."""
    return [
        {
            "tax": tax,
            "percent": percent,
            **{row.replace(" ", "_"): money(amount, statement.currency) for row, amount in sums.items()},
        }
        for (tax, percent), sums in reckoning(statement, invoices).items()
    ]
