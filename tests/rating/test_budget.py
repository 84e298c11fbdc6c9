"""Budgets: what is spent in a term, and the forecast by workdays."""

from datetime import date
from decimal import Decimal

from connector.model.fee import Budget
from connector.model.period import Period, parse_period
from connector.model.statement import BudgetPosition, Line, LineKey
from connector.rating.budget import budget_position

YEAR, MARCH = parse_period("2026"), parse_period("2026-03")
BUDGET = Budget.model_validate({"amount": "1000.00 EUR", "warn_at": ["50%", "80%"]})


def line(kind: str, amount: str) -> Line:
    key = LineKey(kind, "2026-03")
    day = date(2026, 3, 1)
    return Line(
        key=key, amount=Decimal(amount), category="standard", text="", service_from=day, service_to=day
    )


def billed(**amounts: str) -> dict[LineKey, Decimal]:
    """Amounts by kind and period, as ``work_2026_03``."""
    found = {}
    for name, amount in amounts.items():
        kind, _, period = name.partition("_2")
        key = LineKey(kind, f"2{period.replace('_', '-')}")
        found[key] = Decimal(amount)
    return found


def at(
    *lines: Line, today: date = date(2026, 3, 31), budget: Budget = BUDGET, **amounts: str
) -> BudgetPosition:
    return budget_position(budget, YEAR, MARCH, lines, billed(**amounts), today=today, first=date(2026, 1, 1))


def test_what_was_billed_in_the_term_is_spent_and_a_transfer_moves_nothing() -> None:
    found = at(
        work_2026_03="100.00", credit_2026_02="-20.00", transfer_out_2026_02="-50.00", work_2025_12="9.00"
    )
    assert found.spent == Decimal("80.00")
    assert (found.percent, found.warned) == (Decimal(8), None)
    assert (found.amount, found.currency) == (Decimal(1000), "EUR")


def test_the_term_goes_on_as_it_was_so_far() -> None:
    # 64 workdays until the end of March, 261 in 2026: 80.00 x 261 / 64
    assert at(work_2026_03="80.00").forecast == Decimal("326.25")


def test_work_and_usage_of_the_running_month_go_on_and_fees_do_not() -> None:
    lines = (line("work", "40.00"), line("usage", "4.00"), line("fee", "36.00"))
    # 10 of March's 22 workdays are over: 36.00 + 44.00 x 22 / 10 = 132.80, and that x 261 / 64
    found = at(*lines, today=date(2026, 3, 13), work_2026_03="80.00")
    assert (found.spent, found.forecast) == (Decimal("80.00"), Decimal("541.58"))


def test_before_the_first_workday_there_is_nothing_to_go_by() -> None:
    found = at(line("work", "40.00"), today=date(2026, 3, 1), work_2026_03="64.00")
    assert found.forecast == Decimal("261.00")
    late = budget_position(
        BUDGET, YEAR, MARCH, (), billed(work_2026_03="64.00"), today=date(2026, 3, 1), first=date(2026, 4, 1)
    )
    assert late.forecast == Decimal("64.00")


def test_the_highest_warning_that_is_reached_counts() -> None:
    assert at(work_2026_03="500.00").warned == 50
    assert at(work_2026_03="799.99").warned == 50
    assert at(work_2026_03="1200.00").warned == 80


def test_a_budget_of_nothing_is_spent_at_once() -> None:
    empty = Budget.model_validate({"amount": "0.00 EUR"})
    assert at(budget=empty, work_2026_03="1.00").percent == 0


def test_a_period_may_reach_beyond_the_term() -> None:
    week = Period(date(2026, 12, 28), date(2027, 1, 4))
    found = budget_position(
        BUDGET, YEAR, week, (), billed(work_2026_03="261.00"), today=date(2027, 1, 4), first=date(2026, 1, 1)
    )
    assert found.forecast == Decimal("261.00")
