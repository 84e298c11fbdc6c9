"""The order of rating, on one screen: `rate` turns a period's facts into a statement."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from connector.model.decision import Decision
from connector.model.period import Period
from connector.model.statement import Line, Lot, Statement
from connector.model.usage import UsageRecord
from connector.model.work import Work
from connector.rating.adjust import credited, limited, prepaid
from connector.rating.begin import begin, owed_by_rows, taken_over
from connector.rating.commitments import commitments
from connector.rating.fees import carried_balances, discounts, fees
from connector.rating.gates import standing
from connector.rating.openings import counted_work, opens, worked_order
from connector.rating.pieces import net_corrections, split
from connector.rating.purchases import left_debts, low_blocks, purchases
from connector.rating.rounding import round_entries
from connector.rating.settle import Settlement
from connector.rating.terms import Terms
from connector.rating.usage import UsageBook, rate_usage


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
        work: the customer's work, in any order; what lies outside the period is passed over. The opening of a
            ticket (`connector.rating.openings`) is among it, and counts where every ticket is a call.
        decisions: in the order of the store; those that name another customer are passed over.
        opening: what was carried over from the period before (`Statement.closing`).
        billed: keys of entries whose charge is billed already; gates act on them no longer.
        usage: the customer's usage records, in any order; what does not touch the period is passed over.
    """
    said = [one for one in standing(decisions) if one.customer in ("", terms.customer)]
    lots = [*opening, *taken_over(terms, period, said)]
    records = sorted(usage, key=lambda record: (record.start, record.key))
    run = begin(terms, period, said, lots, frozenset(billed))
    _work(run, work)
    used = rate_usage(terms, period, records)
    pools = run.pools.pools.values()
    closing, positions, deliveries = run.pools.close()
    charged = [*_charged(run, used, list(fees(terms, period, records))), *purchases(terms, period, pools)]
    missing, counted = commitments(terms, period, charged, lots)
    charges: list[Line] = [*charged, *missing, *carried_balances(terms, period, said)]
    told = (*low_blocks(terms, period, pools), *left_debts(terms, period, pools))
    return Statement(
        customer=terms.customer,
        period=period,
        currency=terms.currency,
        items=tuple(run.fates.items),
        lines=(*charges, *discounts(terms, period, charges, said)),
        problems=(*run.fates.problems, *used.problems, *told),
        thresholds=tuple(run.thresholds),
        allowances=tuple(positions),
        deliveries=(*deliveries, *owed_by_rows(run)),
        closing=(*closing, *run.counting.closing(), *run.counting.tally.closing(), *counted),
        usage=tuple(used.rated),
    )


def _work(run: Settlement, work: Iterable[Work]) -> None:
    """Split, net and round the work of a period, then give each stretch its fate, in worked order."""
    terms, period = run.terms, run.period
    known = counted_work(work, every_ticket=terms.every_ticket)
    entries = [pieces for entry in known if (pieces := split(entry, terms, period))]
    net_corrections(entries)
    round_entries(entries, terms)
    for piece in sorted((piece for pieces in entries for piece in pieces), key=worked_order):
        if opens(piece):
            run.count_opened(piece)
        else:
            run.settle(piece)
    run.finish()


def _charged(run: Settlement, used: UsageBook, standing_fees: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines of work with what limits and missed responses change, then usage and fees."""
    terms, period, worked = run.terms, run.period, run.lines.lines()
    bounded = [*worked, *limited(terms, period, run.charges, worked)]
    yield from bounded
    yield from credited(terms, period, run.charges, bounded, standing_fees)
    yield from prepaid(terms, period, worked)
    yield from used.lines
    yield from standing_fees
