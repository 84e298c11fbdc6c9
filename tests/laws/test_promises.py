"""Promises 1, 2 and 3 of the design, on random work under contracts of several kinds."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from connector.model.decision import Kind
from connector.model.statement import Fate
from connector.model.work import Survey, Work
from connector.rating.due import due, tax_totals
from connector.rating.rate import rate
from connector.rating.rounding import billed_seconds
from tests.laws.histories import KINDS, MONTHS, Account, facts, targets, works

BERLIN = ZoneInfo("Europe/Berlin")
CONTRACTS = st.sampled_from(list(KINDS))


@given(CONTRACTS, facts)
def test_every_second_has_exactly_one_fate(kind: str, work: list[Work]) -> None:
    terms = KINDS[kind]
    account = Account(terms, {one.key: one for one in work})
    found: dict[str, int] = defaultdict(int)
    for month in (MONTHS[0].previous(), *MONTHS, MONTHS[-1].next()):
        for item in rate(terms, month, work).items:
            found[item.work] += item.real
            assert item.on in month
            assert (item.line is not None) == (item.fate is Fate.BILLED)
    assert found == {one.key: one.seconds for one in account.work.values()}


@given(CONTRACTS, works())
def test_seconds_fall_on_the_days_of_the_customers_clock(kind: str, one: Work) -> None:
    terms = KINDS[kind]
    found: dict[date, int] = defaultdict(int)
    for month in (MONTHS[0].previous(), *MONTHS, MONTHS[-1].next()):
        for item in rate(terms, month, [one]).items:
            found[item.on] += item.real
    assert found == _seconds_by_day(one)


def _seconds_by_day(one: Work) -> dict[date, int]:
    if one.started_at is None:
        return {one.worked_on: one.seconds}
    end = one.started_at + timedelta(seconds=one.seconds)
    days: dict[date, int] = {}
    for day in (one.worked_on, one.worked_on + timedelta(days=1)):  # UTC and Berlin are never further apart
        midnights = (datetime.combine(each, time(), BERLIN) for each in (day, day + timedelta(days=1)))
        first, last = (each.astimezone(UTC) for each in midnights)
        inside = (min(end, last) - max(one.started_at, first)).total_seconds()
        if inside > 0:
            days[day] = int(inside)
    return days


@given(CONTRACTS, facts)
def test_lines_are_what_their_items_say(kind: str, work: list[Work]) -> None:
    terms = KINDS[kind]
    for month in MONTHS:
        statement = rate(terms, month, work)
        seconds: dict[object, int] = defaultdict(int)
        for item in statement.items:
            assert item.billed >= 0
            if item.line:
                seconds[item.line] += item.billed
        charged = {line.key: line.seconds for line in statement.lines if line.per_seconds}
        assert charged == seconds


@given(CONTRACTS, facts)
def test_an_allowance_is_never_overdrawn_and_adds_up(kind: str, work: list[Work]) -> None:
    terms = KINDS[kind]
    for statement in Account(terms, {one.key: one for one in work}).statements(MONTHS[-1]):
        for position in statement.allowances:
            assert min(position.left, position.lapsed, position.carried_out) >= 0
            held = position.granted + position.carried_in
            assert held == position.used + position.carried_out + position.lapsed


@given(CONTRACTS, facts)
def test_closing_twice_bills_nothing_more(kind: str, work: list[Work]) -> None:
    terms = KINDS[kind]
    account = Account(terms, {one.key: one for one in work})
    account.close_all()
    before = dict(account.billed)
    assert account.close() == 0
    assert account.billed == before


@given(CONTRACTS, facts)
def test_all_that_is_billed_is_what_the_statements_come_to(kind: str, work: list[Work]) -> None:
    terms = KINDS[kind]
    account = Account(terms, {one.key: one for one in work})
    account.close_all()
    assert account.by_period() == targets(account.statements(MONTHS[-1]))


def _without_gates(work: list[Work]) -> list[Work]:
    """Gates act on what is not billed yet: what they hold depends on when it was known."""
    return [replace(one, survey=Survey.NONE, closed=True) for one in work]


@given(CONTRACTS, facts, st.data())
def test_the_result_does_not_depend_on_when_facts_arrived(
    kind: str, work: list[Work], data: st.DataObject
) -> None:
    terms = KINDS[kind]
    work = _without_gates(work)
    at_once = Account(terms, {one.key: one for one in work})
    at_once.close_all()

    in_parts = Account(terms)
    wrong = {
        one.key: one
        for one in _without_gates(data.draw(st.lists(works(), max_size=4), label="booked wrongly"))
    }
    arrival = {one.key: data.draw(st.integers(0, len(MONTHS)), label=f"arrives {one.key}") for one in work}
    for number, _ in enumerate((*MONTHS, None)):
        in_parts.work = {one.key: one for one in work if arrival[one.key] <= number}
        if number < len(MONTHS):
            in_parts.work.update({key: one for key, one in wrong.items() if key not in in_parts.work})
        in_parts.close()
    in_parts.work = {one.key: one for one in reversed(work)}
    in_parts.close()
    assert in_parts.by_period() == at_once.by_period()


@given(CONTRACTS, facts)
def test_gates_act_on_nothing_that_is_billed(kind: str, work: list[Work]) -> None:
    terms = KINDS[kind]
    everything = frozenset(one.key for one in work)
    for month in MONTHS:
        billed = rate(terms, month, work, billed=everything)
        assert billed.lines == rate(terms, month, _without_gates(work)).lines


@given(CONTRACTS, facts)
def test_work_takes_its_place_in_the_order_in_which_it_was_done(kind: str, work: list[Work]) -> None:
    terms = KINDS[kind]
    began = {one.key: one.started_at or datetime.min.replace(tzinfo=UTC) for one in work}
    for month in MONTHS:
        items = [item for item in rate(terms, month, work).items if item.real > 0]
        order = [(item.on, began[item.work]) for item in items]
        assert order == sorted(order)


@given(CONTRACTS, facts, st.data())
def test_waived_work_leaves_all_other_work_as_it_is(kind: str, work: list[Work], data: st.DataObject) -> None:
    terms = KINDS[kind]
    work = [one for one in work if one.seconds > 0]  # a correction would look for another partner
    waived = {one.key for one in work if data.draw(st.booleans(), label=f"{one.key} is waived")}
    account = Account(terms)
    for key in waived:
        account.decide(Kind.WAIVE, target=key)
    for month in MONTHS:
        said = rate(terms, month, work, account.decisions)
        without = rate(terms, month, [one for one in work if one.key not in waived])
        assert (said.lines, said.allowances) == (without.lines, without.allowances)


@given(st.sampled_from(list(KINDS)[:4]), works(), st.integers(1, 8 * 3600))
def test_an_entry_is_rounded_as_a_whole(kind: str, one: Work, seconds: int) -> None:
    """From 18:37 in Berlin, so that night or the next day may begin meanwhile, at no full step."""
    terms = KINDS[kind]
    start = datetime(2026, 2, 10, 17, 37, tzinfo=UTC)
    end, day = start + timedelta(seconds=seconds), start.date()
    one = replace(one, seconds=seconds, worked_on=day, started_at=start, ended_at=end)
    one = replace(one, facets={"service": "on-site"})
    billed = sum(item.billed for item in rate(terms, MONTHS[1], [one]).items)
    assert billed == billed_seconds(seconds, terms.contracts[0].epochs[0].rates[1].rounding)


@given(CONTRACTS, facts)
def test_deleting_all_work_takes_back_all_of_it(kind: str, work: list[Work]) -> None:
    terms = KINDS[kind]
    account = Account(terms, {one.key: one for one in _without_gates(work)})
    account.close_all()
    account.work.clear()
    account.close()
    nothing = Account(terms)
    nothing.close_all()
    assert account.by_period() == nothing.by_period()


@given(
    CONTRACTS,
    facts,
    st.decimals(min_value=1, max_value=900, places=2),
    st.decimals(min_value=1, max_value=900, places=2),
)
def test_transfers_come_back_and_credits_never_go_below_nothing(
    kind: str, work: list[Work], moved: Decimal, given_: Decimal
) -> None:
    terms = KINDS[kind]
    account = Account(terms, {one.key: one for one in work})
    account.decide(Kind.TRANSFER, period=MONTHS[0], amount=moved)
    account.decide(Kind.CREDIT, period=MONTHS[1], amount=given_)
    for _ in MONTHS:
        assert account.close() >= 0
    transferred = sum(
        (one.amount for key, one in account.billed.items() if key.kind.startswith("transfer")), Decimal(0)
    )
    credited = -sum((one.amount for key, one in account.billed.items() if key.kind == "credit"), Decimal(0))
    assert transferred == 0
    assert 0 <= credited <= given_


@given(CONTRACTS, facts, st.sampled_from(MONTHS))
def test_taxes_are_computed_once_on_each_sum(kind: str, work: list[Work], month: object) -> None:
    terms = KINDS[kind]
    assert month in MONTHS
    statement = Account(terms, {one.key: one for one in work}).statements(MONTHS[-1])[-1]
    lines = due(terms, [statement], {}, []).lines
    totals = tax_totals(lines, terms)
    assert sum((one.base for one in totals), Decimal(0)) == sum((line.amount for line in lines), Decimal(0))
    for one in totals:
        assert abs(one.amount - one.base * one.percent / 100) <= Decimal("0.005")
