"""Beginning: what a period opens with: positions, and what people allowed."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from connector.model.decision import Decision, Kind
from connector.model.period import Period
from connector.model.statement import Delivery, Lot
from connector.rating.allowances import Units
from connector.rating.calls import Counting
from connector.rating.charges import Charges
from connector.rating.fates import Fates
from connector.rating.gates import Bench
from connector.rating.lines import LineBook
from connector.rating.reservoir import Reservoir
from connector.rating.rows import ALWAYS
from connector.rating.settle import Settlement
from connector.rating.terms import Terms
from connector.rating.tiers import Tally


def begin(
    terms: Terms, period: Period, said: Sequence[Decision], lots: Sequence[Lot], billed: frozenset[str]
) -> Settlement:
    """Open what one rating gathers in."""
    tally = Tally.of(terms, period, lots)
    return Settlement(
        terms=terms,
        period=period,
        bench=Bench.of(terms.gates, said, billed),
        fates=Fates(terms),
        pools=Reservoir(terms, period, lots, _borrowed(period, said)),
        lines=LineBook(terms, period),
        counting=Counting.of(terms, period, lots, tally),
        charges=Charges(terms),
    )


def _borrowed(period: Period, decisions: Iterable[Decision]) -> dict[str, Units]:
    """Sum by allowance what a person allowed to be drawn from the next grant."""
    borrowed: dict[str, Units] = {}
    for one in decisions:
        if one.kind is Kind.BORROW and one.period == period:
            amount: Units = one.seconds if one.seconds is not None else Fraction(one.amount or 0)
            borrowed[one.allowance] = borrowed.get(one.allowance, 0) + amount
    return borrowed


def taken_over(terms: Terms, period: Period, decisions: Iterable[Decision]) -> Iterator[Lot]:
    """Yield, in the first period, what is left of allowances and blocks of the system before."""
    if period != terms.first_period:
        return
    blocks = {block.id: block.end for block in terms.blocks}
    for decision in decisions:
        if decision.kind is Kind.OPENING and decision.allowance:
            until = decision.until or period
            amount: Units = (
                decision.seconds if decision.seconds is not None else Fraction(decision.amount or 0)
            )
            yield Lot(
                allowance=decision.allowance,
                amount=amount,
                granted=terms.period_of(period.start).previous().start,
                until=blocks.get(decision.allowance, until.end if amount >= 0 else ALWAYS),
            )


def owed_by_rows(run: Settlement) -> Iterator[Delivery]:
    """Yield what rows of the price table promise per month, and what of it was delivered."""
    for contract in run.terms.contracts_in(run.period):
        for row in contract.epoch_on(run.period.last_day).rates:
            if row.row.included and row.row.included.owed:
                done = run.delivered.get(row.name, 0)
                yield Delivery(name=row.label, owed=row.row.included.owed, delivered=done, source=row.source)
