"""Where a customer stands: allowances and warnings, what is owed but not delivered, open and billed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from connector.model.period import Period
from connector.model.statement import AllowancePosition, BudgetPosition, Delivery, Threshold
from connector.report.trail import units
from connector.report.words import clean, duration, money, number, plain, table


def allowance_lines(positions: Iterable[AllowancePosition]) -> list[str]:
    """Write each allowance: granted, carried in, used, left, and what becomes of the rest."""
    return [f"  {_named(each.allowance, each.key)}: {', '.join(_amounts(each))}" for each in positions]


def _named(allowance: str, key: str) -> str:
    return f"{allowance} of {clean(key)}" if key else allowance


def _amounts(each: AllowancePosition) -> Iterator[str]:
    told = (
        (each.granted, "granted", True),
        (each.carried_in, "carried in", bool(each.carried_in)),
        (each.used, "used", True),
        (each.settled, "settled", bool(each.settled)),
        (each.left, "left", True),
        (each.carried_out, "go on", bool(each.carried_out)),
        (each.lapsed, "lapse", bool(each.lapsed)),
    )
    for amount, word, wanted in told:
        if wanted:
            yield f"{units(amount, each.unit, each.word)} {word}"


def threshold_lines(thresholds: Iterable[Threshold]) -> list[str]:
    """Write each warning: which share of which allowance was reached when, and by which entry."""
    return [
        f"  Warning: {number(each.percent)}% of {_named(each.allowance, each.key)} "
        f"({units(each.used, each.unit, each.word)}) reached on "
        + (f"{each.at:%Y-%m-%d %H:%M}" if each.at else f"{each.on}")
        + f", {duration(each.into_entry)} into {each.work}"
        for each in thresholds
    ]


def delivery_lines(deliveries: Iterable[Delivery]) -> list[str]:
    """Write what the contract owes the customer, what was delivered, and what is missing."""
    rows = [
        (
            clean(each.name),
            f"{duration(each.owed)} owed",
            f"{duration(each.delivered)} delivered",
            f"{duration(each.missing)} missing" if each.missing else "complete",
        )
        for each in deliveries
    ]
    return table(rows) if rows else []


class Position(Protocol):
    """Where a customer stands; amounts are net, in its currency."""

    @property
    def currency(self) -> str:
        """ISO 4217 code."""

    @property
    def period(self) -> Period:
        """The month of the allowances."""

    @property
    def allowances(self) -> tuple[AllowancePosition, ...]:
        """At this moment."""

    @property
    def amounts(self) -> Mapping[str, Decimal]:
        """By what they are: open, billed, credits left ..."""

    @property
    def held_seconds(self) -> int:
        """Real seconds whose charge waits."""

    @property
    def budget(self) -> BudgetPosition | None:
        """After the present period; None: the customer has none."""


def balance_text(name: str, position: Position) -> str:
    """Write one customer's position."""
    currency = position.currency
    rows = [
        (word.replace("_", " "), f"{money(amount, currency)} {currency}")
        for word, amount in position.amounts.items()
    ]
    rows.append(("held time", duration(position.held_seconds)))
    title = f"{clean(name)}, {position.period.label()}"
    lines = [title, *table(rows, right=frozenset({1})), *allowance_lines(position.allowances)]
    return "\n".join([*lines, *(budget_lines(position.budget) if position.budget else ())])


def budget_lines(budget: BudgetPosition) -> list[str]:
    """Write how a budget stands: what is spent, and what it comes to if it goes on so."""
    spent, amount, forecast = (
        money(each, budget.currency) for each in (budget.spent, budget.amount, budget.forecast)
    )
    return [
        f"  Budget for {budget.term}: {spent} of {amount} {budget.currency} spent ({budget.percent}%), "
        f"{forecast} if it goes on so"
    ]


def balance_data(customer: str, position: Position) -> dict[str, Any]:
    """Give one customer's position as data; amounts are net, as text."""
    return {
        "customer": customer,
        "period": str(position.period),
        "currency": position.currency,
        **{word: money(amount, position.currency) for word, amount in position.amounts.items()},
        "held_seconds": position.held_seconds,
        "allowances": plain(position.allowances),
        "budget": plain(position.budget),
    }


def owed_text(rows: Sequence[tuple[str, Delivery]]) -> str:
    """List what is due but not delivered, by customer."""
    if not rows:
        return "Nothing is owed"
    head = ("Customer", "What", "Owed", "Delivered", "Missing")
    lines = [
        (customer, clean(each.name), duration(each.owed), duration(each.delivered), duration(each.missing))
        for customer, each in rows
    ]
    return "\n".join(table([head, *lines], right=frozenset({2, 3, 4}), indent=0))


def owed_data(rows: Sequence[tuple[str, Delivery]]) -> list[dict[str, Any]]:
    """Give what is owed as data, in seconds."""
    return [
        {
            "customer": customer,
            "name": each.name,
            "owed": each.owed,
            "delivered": each.delivered,
            "missing": each.missing,
            "source": plain(each.source),
        }
        for customer, each in rows
    ]
