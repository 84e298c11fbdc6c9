"""Budgets of customers: how they stand after a period, and the warning before one is passed."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from connector.model.invoice import Billed
from connector.model.period import Period, period_of
from connector.model.problem import Problem
from connector.model.statement import BudgetPosition, LineKey, Statement
from connector.rating.budget import budget_position
from connector.workflow.account import Account


def budget_of(
    account: Account, statement: Statement, billed: Mapping[LineKey, Billed]
) -> BudgetPosition | None:
    """Tell how a customer's budget stands once a period is billed; None: there is none."""
    customer = account.customer
    if customer.budget is None:
        return None
    return budget_position(
        customer.budget,
        period_of(customer.budget.per, statement.period.start),
        statement.period,
        statement.lines,
        {key: one.amount for key, one in billed.items()},
        today=account.house.now().astimezone(ZoneInfo(customer.timezone)).date(),
        first=customer.billing_from,
    )


def budgeted(account: Account) -> Iterator[Period]:
    """Yield the closed periods whose bills a budget of open periods counts."""
    budget = account.customer.budget
    if budget is not None:
        term = period_of(budget.per, account.next_period.start)
        yield from (one.period for one in account.closed if one.period.start >= term.start)


def budget_problems(account: Account, at: BudgetPosition) -> Iterator[Problem]:
    """Yield the warning of a budget that is passed, or is about to be."""
    name = account.customer.customer
    place = account.house.origins[name].source("budget")
    facts = f"{at.spent} of the budget of {at.amount} {at.currency} for {at.term} are spent ({at.percent}%)"
    if at.spent > at.amount:
        message = f"{facts}, {at.spent - at.amount} above it: talk to the customer"
        yield Problem(
            code="budget_passed", about=name, message=message, source=place, amount=at.spent - at.amount
        )
    elif at.forecast > at.amount:
        message = (
            f"{facts}; if it goes on so, it comes to {at.forecast}: talk to the customer before it is passed"
        )
        yield Problem(code="budget_warning", about=name, message=message, source=place)
    elif at.warned is not None:
        message = (
            f"{facts}, the warning at {at.warned}% is reached; if it goes on so, it comes to {at.forecast}"
        )
        yield Problem(code="budget_warning", about=name, message=message, source=place)
