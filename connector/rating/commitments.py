"""Commitments: what charges do not reach to the least that a term comes to is billed at its end."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from connector.model.money import rounded
from connector.model.period import Period, windows
from connector.model.statement import Line, LineKey, Lot
from connector.rating.lines import money_of
from connector.rating.proration import part_of
from connector.rating.rows import ALWAYS, CommitmentTerms
from connector.rating.terms import ContractTerms, Terms

_PREFIX = "=commitment:"
_COUNTED = {
    "work": frozenset({"work", "surcharge", "limit", "sla", "settlement"}),
    "usage": frozenset({"usage"}),
    "fees": frozenset({"fee"}),
}


def commitments(
    terms: Terms, period: Period, lines: Sequence[Line], opening: Iterable[Lot]
) -> tuple[list[Line], list[Lot]]:
    """Return what is missing to commitments whose term ends in a period, and what goes on to be counted."""
    before = {(lot.allowance, lot.granted): lot.amount for lot in opening}
    missing: list[Line] = []
    counted: list[Lot] = []
    for contract in terms.contracts_in(period):
        for one in contract.commitments:
            for window in _windows(contract, one, period):
                name = _PREFIX + one.name
                so_far = Fraction(before.get((name, window.start), 0))
                so_far += sum(Fraction(line.amount) for line in _counting(contract, one, window, lines))
                if _end(contract, window) <= period.end:
                    missing += _true_up(terms, contract, one, period, window, so_far)
                else:
                    counted.append(Lot(allowance=name, amount=so_far, granted=window.start, until=window.end))
    return missing, counted


def _windows(contract: ContractTerms, one: CommitmentTerms, period: Period) -> Iterator[Period]:
    start, end = max(period.start, contract.start), min(period.end, contract.end or ALWAYS)
    if one.row.per == "term":
        yield Period(contract.start, contract.end or ALWAYS)
    else:
        anchor = contract.start if one.row.anchor == "contract" else None
        yield from windows(one.row.per, anchor, start, end)


def _end(contract: ContractTerms, window: Period) -> date:
    return min(window.end, contract.end or ALWAYS)


def _counting(
    contract: ContractTerms, one: CommitmentTerms, window: Period, lines: Iterable[Line]
) -> Iterator[Line]:
    kinds = frozenset().union(*(_COUNTED[word] for word in one.row.counts))
    for line in lines:
        if line.key.contract == contract.id and line.key.kind in kinds and line.service_from in window:
            yield line


def _true_up(
    terms: Terms,
    contract: ContractTerms,
    one: CommitmentTerms,
    period: Period,
    window: Period,
    so_far: Fraction,
) -> Iterator[Line]:
    start, end = max(window.start, contract.start, terms.billing_from), _end(contract, window)
    paid, whole = part_of(one.row.prorate, start, end, window) if one.row.per != "term" else (1, 1)
    least = rounded(one.row.amount.amount * paid / whole, terms.currency)
    reached = rounded(money_of(so_far), terms.currency)
    rest = rounded(least - reached, terms.currency)
    if rest <= 0:
        return
    last = date.fromordinal(end.toordinal() - 1)
    yield Line(
        key=LineKey(
            kind="commitment",
            period=str(period),
            tax=one.tax,
            percent=str(terms.percent(one.tax, last)),
            ref=f"{one.name}/{window.start}",
            contract=contract.id,
        ),
        amount=rest,
        category=terms.taxes[one.tax].category,
        text=one.row.text or one.row.id,
        service_from=start,
        service_to=last,
        price=least,
        reached=reached,
        source=one.source,
    )
