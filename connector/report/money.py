"""The reckoning of a period's money: from what was rated to what is invoiced, per tax category."""

from collections import defaultdict
from collections.abc import Mapping
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
_ROWS = ("rated", "free", "held", *_ROLES.values(), "invoiced")


def reckoning(statement: Statement, invoice: Invoice | None) -> dict[Category, Mapping[str, Decimal]]:
    """Sum up by tax category what was rated, what came to it and went off it, and what is invoiced.

    ``rated`` is what all work, fees and balances come to at the contract's prices, held and waived work too.
    The rows before ``invoiced`` sum to it; what is taken off is negative.
    """
    sums: dict[Category, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(_ROWS, Decimal(0)))
    for line in statement.lines:
        if line.key.kind != "discount":
            sums[line.key.tax, line.key.percent]["rated"] += line.amount
    for item in statement.items:
        if item.worth:
            sums[item.taxed]["rated"] += item.worth
            sums[item.taxed][item.fate.value] -= item.worth
    for each in invoice.lines if invoice else ():
        if each.role in _ROLES:
            sums[each.tax, str(each.percent)][_ROLES[each.role]] += each.amount
    for total in invoice.taxes if invoice else ():
        sums[total.tax, str(total.percent)]["invoiced"] = total.base
    return {category: sums[category] for category in sorted(sums)}


def money_lines(statement: Statement, invoice: Invoice | None) -> list[str]:
    """Write the reckoning, a column for each tax category; nothing if all that was rated is invoiced."""
    found = reckoning(statement, invoice)
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


def money_data(statement: Statement, invoice: Invoice | None) -> list[dict[str, Any]]:
    """Give the reckoning as data, a row for each tax category; amounts are net, as text."""
    return [
        {
            "tax": tax,
            "percent": percent,
            **{row.replace(" ", "_"): money(amount, statement.currency) for row, amount in sums.items()},
        }
        for (tax, percent), sums in reckoning(statement, invoice).items()
    ]
