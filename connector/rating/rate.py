"""The order of rating, on one screen: `rate` turns a period's facts into a statement."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from connector.model.decision import Decision, Kind
from connector.model.period import Period
from connector.model.statement import Delivery, Line, Lot, Statement
from connector.model.usage import UsageRecord
from connector.model.work import Work
from connector.rating.adjust import credited, limited, prepaid
from connector.rating.allowances import Units
from connector.rating.calls import Counting
from connector.rating.charges import Charges
from connector.rating.commitments import commitments
from connector.rating.fates import Fates
from connector.rating.fees import carried_balances, discounts, fees
from connector.rating.gates import Bench, standing
from connector.rating.lines import LineBook
from connector.rating.pieces import net_corrections, split
from connector.rating.purchases import left_debts, low_blocks, purchases
from connector.rating.reservoir import Reservoir
from connector.rating.rounding import round_entries
from connector.rating.rows import ALWAYS
from connector.rating.settle import Settlement
from connector.rating.terms import Terms
from connector.rating.tiers import Tally
from connector.rating.usage import rate_usage


def rate(
    terms: Terms,
    period: Period,
    work: Iterable[Work],
    decisions: Iterable[Decision] = (),
    opening: Sequence[Lot] = (),
    billed: Collection[str] = (),
    usage: Iterable[UsageRecord] = (),
) -> Statement:
    """Rate a customer's period.

    Args:
        terms: the customer's contracts, made ready.
        period: in the customer's local days.
        work: the customer's work, in any order; what lies outside the period is passed over.
        decisions: in the order of the store; those that name another customer are passed over.
        opening: what was carried over from the period before (`Statement.closing`).
        billed: keys of entries whose charge is billed already; gates act on them no longer.
        usage: the customer's usage records, in any order; what does not touch the period is passed over.
    """
    said = [one for one in standing(decisions) if one.customer in ("", terms.customer)]
    records = sorted(usage, key=lambda record: (record.start, record.key))
    entries = [
        pieces for entry in _with_opened(terms, period, work) if (pieces := split(entry, terms, period))
    ]
    net_corrections(entries)
    round_entries(entries, terms)

    lots = [*opening, *_taken_over(terms, period, said)]
    run = _settlement(terms, period, said, lots, frozenset(billed))
    for piece in sorted((piece for pieces in entries for piece in pieces), key=lambda piece: piece.order):
        if piece.work.key.endswith(OPENED):
            run.count_opened(piece)
        else:
            run.settle(piece)
    run.finish()

    used = rate_usage(terms, period, records)
    pools = run.pools.pools.values()
    closing, positions, deliveries = run.pools.close()
    worked = run.lines.lines()
    standing_fees = list(fees(terms, period, records))
    charged = [*worked, *limited(terms, period, run.charges, worked)]
    charged += list(credited(terms, period, run.charges, charged, standing_fees))
    charged += [
        *prepaid(terms, period, worked),
        *used.lines,
        *standing_fees,
        *purchases(terms, period, pools),
    ]
    missing, counted = commitments(terms, period, charged, lots)
    charges: list[Line] = [*charged, *missing, *carried_balances(terms, period, said)]
    return Statement(
        customer=terms.customer,
        period=period,
        currency=terms.currency,
        items=tuple(run.fates.items),
        lines=(*charges, *discounts(terms, period, charges, said)),
        problems=(
            *run.fates.problems,
            *used.problems,
            *low_blocks(terms, period, pools),
            *left_debts(terms, period, pools),
        ),
        thresholds=tuple(run.thresholds),
        allowances=tuple(positions),
        deliveries=(*deliveries, *_owed_by_rows(run)),
        closing=(*closing, *run.counting.closing(), *run.counting.tally.closing(), *counted),
        usage=tuple(used.rated),
    )


#: Ends the key of what stands for a ticket's opening where every ticket is a call.
OPENED = "/=opened"


def _with_opened(terms: Terms, period: Period, work: Iterable[Work]) -> Iterator[Work]:
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


def _settlement(
    terms: Terms, period: Period, said: Sequence[Decision], lots: Sequence[Lot], billed: frozenset[str]
) -> Settlement:
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


def _taken_over(terms: Terms, period: Period, decisions: Iterable[Decision]) -> Iterator[Lot]:
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


def _owed_by_rows(run: Settlement) -> Iterator[Delivery]:
    """Yield what rows of the price table promise per month, and what of it was delivered."""
    for contract in run.terms.contracts_in(run.period):
        for row in contract.epoch_on(run.period.last_day).rates:
            if row.row.included and row.row.included.owed:
                done = run.delivered.get(row.name, 0)
                yield Delivery(name=row.label, owed=row.row.included.owed, delivered=done, source=row.source)
