"""The laws over the whole contract language: conservation, order, arrival, sums, allowances."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from connector.model.basis import Basis
from connector.model.decision import Kind
from connector.model.period import Period
from connector.model.statement import Fate, LineKey, Statement
from connector.rating.compile import terms_of
from connector.rating.history import Chapter, fold
from connector.rating.openings import OPENED
from connector.rating.rate import rate
from connector.rating.terms import Terms
from tests.laws.contracts import Customership, customers
from tests.laws.facts import Facts, facts, ungated, works
from tests.laws.histories import Account, targets
from tests.laws.profiles import stories


@st.composite
def histories(draw: st.DrawFn, *, plain: bool = False, gates: bool = True) -> tuple[Customership, Facts]:
    """Draw a customer with what happened to it."""
    customer = draw(customers(plain=plain))
    return customer, draw(facts(customer.periods, gates=gates))


def rated(terms: Terms, periods: Sequence[Period], known: Facts) -> list[Statement]:
    """Rate period after period."""
    chapters = [Chapter(one, terms, lambda: known.work, usage=lambda: known.usage) for one in periods]
    return fold(chapters, known.decisions, ())


def account(customer: Customership, known: Facts) -> Account:
    """Open a customer's books with all that is known."""
    return Account(
        customer.terms,
        {one.key: one for one in known.work},
        list(known.decisions),
        list(known.usage),
        customer.periods,
        customer.basis.customer.invoice,
    )


def around(periods: Sequence[Period], terms: Terms) -> tuple[Period, Period]:
    """The periods before and after these."""
    return periods[0].previous(), terms.period_of(periods[-1].end)


@stories(60)
@given(histories())
def test_every_second_has_exactly_one_fate(history: tuple[Customership, Facts]) -> None:
    customer, known = history
    terms = customer.terms
    outside = [rate(terms, one, known.work) for one in around(customer.periods, terms)]
    found: dict[str, int] = defaultdict(int)
    for statement in [*outside, *rated(terms, customer.periods, known)]:
        for item in statement.items:
            found[item.work] += item.real
            assert item.on in statement.period
            assert item.billed >= 0
            assert (item.line is not None) == (item.fate is Fate.BILLED)
    assert found == {one.key: one.seconds for one in known.work if not one.key.endswith(OPENED)}


@stories(60)
@given(histories())
def test_usage_has_one_fate_and_its_parts_are_the_lines(history: tuple[Customership, Facts]) -> None:
    customer, known = history
    terms = customer.terms
    outside = [rate(terms, one, (), usage=known.usage) for one in around(customer.periods, terms)]
    statements = rated(terms, customer.periods, known)
    for statement in statements:
        charged = sum((one.amount for one in statement.lines if one.key.kind == "usage"), Decimal(0))
        assert charged == sum((one.amount for one in statement.usage), Decimal(0))
    fates = Counter(one.record for statement in [*outside, *statements] for one in statement.usage)
    used_once = {one.key for one in known.usage if not one.stands}
    assert {key: fates[key] for key in used_once} == dict.fromkeys(used_once, 1)


@stories(60)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_told_changes_nothing(
    history: tuple[Customership, Facts], chance: Random
) -> None:
    customer, known = history
    work, usage = list(known.work), list(known.usage)
    chance.shuffle(work)
    chance.shuffle(usage)
    shuffled = known._replace(work=tuple(work), usage=tuple(usage))
    one = rated(customer.terms, customer.periods, known)
    other = rated(customer.terms, customer.periods, shuffled)
    assert canonical(one) == canonical(other)


@stories(60)
@given(histories())
def test_a_closed_period_replays_to_the_same_bytes(history: tuple[Customership, Facts]) -> None:
    customer, known = history
    stored = customer.basis.model_dump_json(by_alias=True, exclude_defaults=True)
    again = terms_of(Basis.model_validate_json(stored))
    once = rated(customer.terms, customer.periods, known)
    assert canonical(once) == canonical(rated(again, customer.periods, known))
    assert canonical(once) == canonical(
        rated(again, customer.periods, known)
    )  # terms remember, and answer alike


def canonical(statements: Sequence[Statement]) -> bytes:
    """Write statements with every figure, step and source, as the same bytes for the same contents."""
    return "\n".join(map(repr, statements)).encode()


@stories(60)
@given(histories(gates=False), st.data())
def test_split_runs_come_to_the_same(history: tuple[Customership, Facts], data: st.DataObject) -> None:
    customer, known = history
    at_once = account(customer, known)
    at_once.close_all()
    in_parts = account(customer, known)
    runs = len(customer.periods) + 1
    keys = [*(one.key for one in known.work), *(one.key for one in known.usage)]
    arrives = {key: data.draw(st.integers(0, runs - 1)) for key in keys}
    wrong = [ungated(one) for one in data.draw(st.lists(works(customer.periods), max_size=3))]
    for number in range(runs):
        last = number == runs - 1
        told = [one for one in reversed(known.work) if arrives[one.key] <= number or last]
        in_parts.work = {one.key: one for one in [*([] if last else wrong), *told]}
        in_parts.usage = [one for one in known.usage if arrives[one.key] <= number or last]
        in_parts.close()
    assert in_parts.by_period() == at_once.by_period()
    assert in_parts.by_period() == targets(in_parts.statements(customer.periods[-1]))


@stories(60)
@given(histories())
def test_closing_again_bills_nothing(history: tuple[Customership, Facts]) -> None:
    customer, known = history
    books = account(customer, known)
    books.close_all()
    before = dict(books.billed)
    assert books.close() == 0
    assert books.billed == before


@stories(60)
@given(histories(plain=True), st.data())
def test_more_work_never_costs_less(history: tuple[Customership, Facts], data: st.DataObject) -> None:
    """Of contracts that price time alone, each entry rounded by itself.

    Less may be due by right where a term says so: tiers whose price falls, the step that all of it reaches,
    a call that is counted once (at the price of its first work), rounding that adds entries up before it
    rounds, started blocks, surcharges (the time in another shift may round away), limits, an SLA credit, a
    block that is bought when little is left, allowances of which one passes work on to another, and two
    commitments that count the same work: each is made up by itself.
    """
    customer, known = history
    known = known._replace(work=tuple(one for one in known.work if one.seconds >= 0))
    more = data.draw(works(customer.periods, least=0))
    before = rated(customer.terms, customer.periods, known)
    after = rated(customer.terms, customer.periods, known._replace(work=(*known.work, more)))
    cost, costs_more = (sum((one.net for one in side), Decimal(0)) for side in (before, after))
    assert cost <= costs_more


@stories(60)
@given(histories())
def test_positions_add_up_and_are_owed_only_where_that_was_agreed(
    history: tuple[Customership, Facts],
) -> None:
    customer, known = history
    terms = customer.terms
    lent = {one.allowance for one in known.decisions if one.kind in (Kind.BORROW, Kind.OPENING)}
    pools = [*terms.blocks, *(pool for contract in terms.contracts for pool in contract.pools)]
    owing = {pool.name for pool in pools if pool.overdraft != 0 or pool.id in lent}
    for statement in rated(terms, customer.periods, known):
        for each in statement.allowances:
            held = each.granted + each.carried_in + each.settled
            assert near(held, each.used + each.carried_out + each.lapsed)
            assert each.lapsed >= -_TINY
            assert each.left >= -_TINY or each.allowance in owing


_TINY = Decimal("1e-12")  # money of allowances is exact, and shown in 28 digits


def near(one: Decimal | int, other: Decimal | int) -> bool:
    """Tell whether two amounts are the same but for the digits that are not shown."""
    return abs(Decimal(one) - Decimal(other)) <= _TINY


@stories(60)
@given(histories())
def test_what_an_allowance_gives_is_what_items_say(history: tuple[Customership, Facts]) -> None:
    """Of allowances of time that are eaten as it is billed."""
    customer, known = history
    terms = customer.terms
    pools = [*terms.blocks, *(pool for contract in terms.contracts for pool in contract.pools)]
    plain = [pool.name for pool in pools if pool.kind == "time" and not pool.weights and not pool.eats_worked]
    for statement in rated(terms, customer.periods, known):
        for name in plain:
            used = sum(one.used for one in statement.allowances if one.allowance == name)
            assert used == sum(item.billed for item in statement.items if item.allowance == name)


@stories(60)
@given(histories())
def test_lines_are_what_their_items_say(history: tuple[Customership, Facts]) -> None:
    customer, known = history
    for statement in rated(customer.terms, customer.periods, known):
        assert statement.net == sum((line.amount for line in statement.lines), Decimal(0))
        keys = [line.key for line in statement.lines]
        assert len(keys) == len(set(keys))
        billed: dict[LineKey, int] = defaultdict(int)
        for item in statement.items:
            if item.line is not None:
                billed[item.line] += item.billed
        assert billed.keys() <= set(keys)
        assert {line.key: line.seconds for line in statement.lines if line.key in billed} == billed
