"""Beginning: what a period opens with: positions, what people allowed, and tickets that count when opened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from connector.model.decision import Decision, Kind
from connector.model.period import Period
from connector.model.statement import Delivery, Lot
from connector.model.work import Work
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

#: Ends the key of what stands for a ticket's opening where every ticket is a call.
OPENED = "/=opened"


def with_opened(terms: Terms, period: Period, work: Iterable[Work]) -> Iterator[Work]:
    """Add to work the opening of each of its tickets, where a contract counts every ticket as a call."""
    if not terms.every_ticket:
        yield from work
        return
    opened: dict[str, Work] = {}
    for entry in work:
        yield entry
        if entry.opened_on and entry.opened_on in period:
            opened.setdefault(entry.ticket, entry)
    for ticket, entry in opened.items():
        yield replace(
            entry,
            key=ticket + OPENED,
            seconds=0,
            worked_on=entry.opened_on or entry.worked_on,
            started_at=None,
            ended_at=None,
            problem=None,
        )


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
