"""Budgets: what a customer has spent of what it means to spend in a term, and what it will come to."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from connector.model.fee import Budget
from connector.model.money import rounded
from connector.model.period import Period, parse_period
from connector.model.statement import BudgetPosition, Line, LineKey

#: Lines that grow as a period goes on; all others are there from its first day.
_GROWING = frozenset({"work", "covered", "prepaid", "surcharge", "limit", "usage"})
_FRIDAY = 4


def budget_position(
    budget: Budget,
    term: Period,
    period: Period,
    lines: Iterable[Line],
    billed: Mapping[LineKey, Decimal],
    *,
    today: date,
    first: date,
) -> BudgetPosition:
    """Tell how a budget stands after a period, which may still be running.

    The forecast is simple. What grows in the running period (work, usage) goes on as on its workdays so far,
    Monday to Friday. Then the rest of the term goes on as the term so far.

    Args:
        budget: what was agreed.
        term: the year, quarter ... that it is for, in which the period lies.
        period: the period.
        lines: of its statement.
        billed: what is billed under each key once the period is.
        today: the customer's day.
        first: the first day that is billed: the forecast knows nothing of the days before it.
    """
    spent = sum((amount for key, amount in billed.items() if _counts(key, term)), Decimal(0))
    growing = sum((line.amount for line in lines if line.key.kind in _GROWING), Decimal(0))
    passed = _workdays(period.start, min(today + timedelta(days=1), period.end))
    ahead = _workdays(period.start, period.end) - passed
    expected = spent + (growing * ahead / passed if passed else 0)
    known = _workdays(max(term.start, first), min(period.end, term.end))
    left = _workdays(min(period.end, term.end), term.end)
    forecast = expected + (expected * left / known if known else 0)
    currency = budget.amount.currency
    reached = [at for at in budget.warn_at if spent * 100 >= at * budget.amount.amount]
    return BudgetPosition(
        amount=budget.amount.amount,
        currency=currency,
        term=term,
        spent=spent,
        forecast=rounded(forecast, currency),
        warned=max(reached, default=None),
    )


def _counts(key: LineKey, term: Period) -> bool:
    """Tell whether a line is spending of a term. A transfer only moves it to another invoice."""
    return not key.kind.startswith("transfer") and parse_period(key.period).start in term


def _workdays(start: date, end: date) -> int:
    days = (end - start).days
    return sum((start + timedelta(days=number)).weekday() <= _FRIDAY for number in range(days))
