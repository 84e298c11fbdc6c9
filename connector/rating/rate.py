"""The order of rating, on one screen: `rate` turns a period's facts into a statement."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from connector.model.decision import Decision, Kind
from connector.model.period import Period, month_of
from connector.model.statement import Delivery, Lot, Statement
from connector.model.work import Work
from connector.rating.allowances import closing_lots, open_pools, owed_of, position
from connector.rating.fees import carried_balances, discounts, fees
from connector.rating.gates import Bench, standing
from connector.rating.lines import LineBook
from connector.rating.pieces import net_corrections, split
from connector.rating.rounding import round_entry
from connector.rating.settle import Settlement
from connector.rating.terms import Terms


def rate(
    terms: Terms,
    period: Period,
    work: Iterable[Work],
    decisions: Iterable[Decision] = (),
    opening: Sequence[Lot] = (),
    billed: Collection[str] = (),
) -> Statement:
    """Rate a customer's period.

    Args:
        terms: the customer's contracts, made ready.
        period: a month, in the customer's local days.
        work: the customer's work, in any order; what lies outside the period is passed over.
        decisions: in the order of the store; those that name another customer are passed over.
        opening: what was carried over from the period before (`Statement.closing`).
        billed: keys of entries whose charge is billed already; gates act on them no longer.
    """
    said = [one for one in standing(decisions) if one.customer in ("", terms.customer)]
    entries = [pieces for entry in work if (pieces := split(entry, terms, period))]
    net_corrections(entries)
    for pieces in entries:
        round_entry(pieces)
    lots = [*opening, *_taken_over(terms, period, said)]
    run = Settlement(
        terms=terms,
        period=period,
        bench=Bench.of(terms.gates, said, frozenset(billed)),
        pools=open_pools(terms, period, lots),
        lines=LineBook(terms, period),
    )
    for piece in sorted((piece for pieces in entries for piece in pieces), key=lambda piece: piece.order):
        run.settle(piece)
    charges = [*run.lines.lines(), *fees(terms, period), *carried_balances(terms, period, said)]
    closing = closing_lots(run.pools.values(), lots, period)
    return Statement(
        customer=terms.customer,
        period=period,
        currency=terms.currency,
        items=tuple(run.items),
        lines=(*charges, *discounts(terms, period, charges, said)),
        problems=tuple(run.problems),
        thresholds=tuple(run.thresholds),
        allowances=tuple(position(pool, closing) for pool in run.pools.values()),
        deliveries=tuple(_deliveries(run)),
        closing=closing,
    )


def _taken_over(terms: Terms, period: Period, decisions: Iterable[Decision]) -> Iterator[Lot]:
    """Yield the allowance time taken over from the system before, in the first period that is billed."""
    if period != month_of(terms.billing_from):
        return
    for decision in decisions:
        if decision.kind is Kind.OPENING and decision.seconds:
            yield Lot(
                allowance=decision.allowance,
                seconds=decision.seconds,
                granted=period.previous().start,
                until=(decision.until or period).start,
            )


def _deliveries(run: Settlement) -> Iterator[Delivery]:
    """Yield what was promised in the period, and what of it was delivered."""
    for pool in run.pools.values():
        if pool.terms.owed:
            yield owed_of(pool)
    for contract in run.terms.contracts_in(run.period):
        for row in contract.rates:
            if row.row.included and row.row.included.owed:
                done = sum(seconds for name, seconds in run.delivered if name == row.name)
                yield Delivery(name=row.label, owed=row.row.included.owed, delivered=done, source=row.source)
