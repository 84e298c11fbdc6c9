"""Which usage counts in which period: windows that began long before, single uses, what a fee counts."""

from datetime import date
from decimal import Decimal
from typing import Any

from connector.config.calendars import zone_data
from connector.model.basis import Basis
from connector.model.contract import Customer, Tax
from connector.model.period import parse_period
from connector.model.problem import Problem
from connector.model.statement import Fate, Statement
from connector.model.usage import UsageRecord
from connector.rating.compile import terms_of
from connector.rating.rate import rate
from connector.rating.terms import Terms
from tests.workflow.standins import ACME

ZONE = "Europe/Berlin"
ZERO = Decimal(0)
TAX = Tax.model_validate({"rates": [{"from": "2020-01-01", "percent": "19%"}]})
QUARTERLY = {"id": "office", "each": "30.00 EUR", "per": "quarter", "prorate": "days"}
CALLS = {"id": "call", "each": "0.10 EUR"}


def terms(*usage: dict[str, Any], **more: Any) -> Terms:
    contract = {"id": "c", "valid": {"from": "2020-01-01"}, "usage": list(usage), **more}
    told = {**ACME, "billing_from": "2026-01-01", "contracts": [contract]}
    customer = Customer.model_validate(told)
    return terms_of(Basis(customer=customer, taxes={"DE-19": TAX}, zones={ZONE: zone_data(ZONE)}))


def licence(start: date = date(2026, 1, 1), end: date | None = None, **facts: Any) -> UsageRecord:
    told: dict[str, Any] = {"quantity": Decimal(1), "stands": True, "facets": {"article": "office"}, **facts}
    return UsageRecord(key="licences/1", start=start, end=end, **told)


def rated(period: str, record: UsageRecord, of: Terms) -> Statement:
    return rate(of, parse_period(period), (), usage=[record])


def fates(period: str, record: UsageRecord, of: Terms) -> list[tuple[Fate, str, Decimal]]:
    return [(each.fate, each.reason, each.amount) for each in rated(period, record, of).usage]


def test_what_ended_before_its_windows_last_month_is_paid_at_the_windows_end() -> None:
    gone = licence(end=date(2026, 1, 19))  # 18 of 90 days
    assert fates("2026-01", gone, terms(QUARTERLY)) == []
    assert fates("2026-03", gone, terms(QUARTERLY)) == [(Fate.BILLED, "", Decimal("6.00"))]
    assert fates("2026-06", gone, terms(QUARTERLY)) == []


def test_a_single_use_counts_in_its_own_period_only() -> None:
    call = licence(
        date(2026, 2, 28), stands=False, problem=Problem(code="mapping_unknown", message="no word")
    )
    assert fates("2026-02", call, terms(CALLS)) == [(Fate.HELD, "no word", ZERO)]
    assert fates("2026-03", call, terms(CALLS)) == []


def test_usage_before_billing_begins_is_free() -> None:
    old, call = licence(date(2025, 1, 1), date(2025, 12, 1)), licence(date(2025, 12, 31), stands=False)
    free = [(Fate.FREE, "before start", ZERO)]
    assert fates("2025-11", old, terms(QUARTERLY)) == free
    assert fates("2025-12", old, terms(QUARTERLY)) == []
    assert fates("2025-12", call, terms(CALLS)) == free
    assert fates("2025-12", licence(date(2025, 1, 1)), terms(QUARTERLY)) == free


def test_what_a_fee_counts_needs_no_price_of_its_own() -> None:
    fee = {"id": "seat", "amount": "8.00 EUR", "counted": {"article": "office"}}
    of = terms(fees=[fee])
    assert fates("2026-03", licence(), of) == [(Fate.INCLUDED, "counted by fee c/seat", ZERO)]
    assert rated("2026-03", licence(), of).net == Decimal("8.00")
    doubt = licence(problem=Problem(code="mapping_unknown", message="no word"))
    assert (fates("2026-03", doubt, of)[0][0], rated("2026-03", doubt, of).net) == (Fate.HELD, ZERO)
    call = licence(date(2026, 3, 31), stands=False)
    assert rated("2026-03", call, of).net == 0
    assert [problem.code for problem in rated("2026-03", call, of).problems] == ["no_usage_price"]


def test_what_never_stood_for_a_day_has_no_fate() -> None:
    assert fates("2026-03", licence(date(2026, 3, 5), date(2026, 3, 5)), terms()) == []


def test_each_record_may_have_a_line_of_its_own() -> None:
    row = {**CALLS, "lines": "record"}
    statement = rated("2026-03", licence(date(2026, 3, 5), stands=False, quantity=Decimal(30)), terms(row))
    assert [(line.key.ref, line.amount) for line in statement.lines] == [
        ("c/call/licences/1", Decimal("3.00"))
    ]


def test_what_is_used_and_taken_back_comes_to_nothing() -> None:
    taken, back = (
        UsageRecord(key=key, quantity=Decimal(amount), start=date(2026, 3, 5), facets={"article": "office"})
        for key, amount in (("calls/1", "30"), ("calls/2", "-30"))
    )
    statement = rate(terms(CALLS), parse_period("2026-03"), (), usage=[taken, back])
    assert (statement.net, [each.amount for each in statement.usage]) == (ZERO, [ZERO, ZERO])


def test_tiers_count_no_less_than_nothing() -> None:
    steps = [{"to": "10 calls", "price": "1.00 EUR"}, {"price": "0.50 EUR"}]
    row = {"id": "call", "tiers": {"steps": steps}}
    few = rated("2026-03", licence(date(2026, 3, 5), stands=False, quantity=Decimal(4)), terms(row))
    many = rated("2026-03", licence(date(2026, 3, 5), stands=False, quantity=Decimal(14)), terms(row))
    assert (few.net, many.net) == (Decimal("4.00"), Decimal("12.00"))
    assert (len(few.lines), len(many.lines)) == (1, 2)
