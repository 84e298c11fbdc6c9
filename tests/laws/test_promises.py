"""Promises 1, 2 and 3 of the design, on random work under contracts of several kinds."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.model.decision import Kind
from connector.model.statement import Fate
from connector.model.work import Survey, Work
from connector.rating.due import due, tax_totals
from connector.rating.rate import rate
from connector.rating.terms import Terms
from tests.laws.histories import MONTHS, TERMS, Account, facts, targets, works

CONTRACTS = st.sampled_from(TERMS)
settings.register_profile("laws", max_examples=120, deadline=None, derandomize=True)
settings.load_profile("laws")


@given(CONTRACTS, facts)
def test_every_second_has_exactly_one_fate(terms: Terms, work: list[Work]) -> None:
    account = Account(terms, {one.key: one for one in work})
    found: dict[str, int] = defaultdict(int)
    for month in (MONTHS[0].previous(), *MONTHS, MONTHS[-1].next()):
        for item in rate(terms, month, work).items:
            found[item.work] += item.real
            assert item.on in month
            assert (item.line is not None) == (item.fate is Fate.BILLED)
    assert found == {one.key: one.seconds for one in account.work.values()}


@given(CONTRACTS, facts)
def test_lines_are_what_their_items_say(terms: Terms, work: list[Work]) -> None:
    for month in MONTHS:
        statement = rate(terms, month, work)
        seconds: dict[object, int] = defaultdict(int)
        for item in statement.items:
            assert item.billed >= 0
            if item.line:
                seconds[item.line] += item.billed
        charged = {line.key: line.seconds for line in statement.lines if line.hourly is not None}
        assert charged == seconds


@given(CONTRACTS, facts)
def test_an_allowance_is_never_overdrawn_and_adds_up(terms: Terms, work: list[Work]) -> None:
    for statement in Account(terms, {one.key: one for one in work}).statements(MONTHS[-1]):
        for position in statement.allowances:
            assert position.left >= 0
            assert position.granted + position.carried_in == position.used + position.left
            assert position.left == position.carried_out + position.lapsed


@given(CONTRACTS, facts)
def test_closing_twice_bills_nothing_more(terms: Terms, work: list[Work]) -> None:
    account = Account(terms, {one.key: one for one in work})
    account.close_all()
    before = dict(account.billed)
    assert account.close() == 0
    assert account.billed == before


@given(CONTRACTS, facts)
def test_all_that_is_billed_is_what_the_statements_come_to(terms: Terms, work: list[Work]) -> None:
    account = Account(terms, {one.key: one for one in work})
    account.close_all()
    assert account.by_period() == targets(account.statements(MONTHS[-1]))


def _without_gates(work: list[Work]) -> list[Work]:
    """Gates act on what is not billed yet: what they hold depends on when it was known. They have a law of their own."""
    from dataclasses import replace

    return [replace(one, survey=Survey.NONE, closed=True) for one in work]


@given(CONTRACTS, facts, st.data())
def test_the_result_does_not_depend_on_when_facts_arrived(
    terms: Terms, work: list[Work], data: st.DataObject
) -> None:
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
def test_deleting_all_work_takes_back_all_of_it(terms: Terms, work: list[Work]) -> None:
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
    terms: Terms, work: list[Work], moved: Decimal, given_: Decimal
) -> None:
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
def test_taxes_are_computed_once_on_each_sum(terms: Terms, work: list[Work], month: object) -> None:
    assert month in MONTHS
    statement = Account(terms, {one.key: one for one in work}).statements(MONTHS[-1])[-1]
    lines = due(terms, [statement], {}, []).printed()
    totals = tax_totals(lines, terms)
    assert sum((one.base for one in totals), Decimal(0)) == sum((line.amount for line in lines), Decimal(0))
    for one in totals:
        assert abs(one.amount - one.base * one.percent / 100) <= Decimal("0.005")
