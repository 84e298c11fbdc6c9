"""Fees, taken-over balances and discounts: the lines of a statement that are no time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from connector.model.decision import Decision, Kind
from connector.model.money import rounded
from connector.model.period import Period, month_of
from connector.model.statement import Line, LineKey
from connector.rating.terms import ContractTerms, FeeTerms, Terms


def fees(terms: Terms, period: Period) -> Iterator[Line]:
    """Yield the fees that fall due in a period: in arrears its own, in advance those of the next one.

    The first period that is billed also bears its own fees in advance: no earlier statement could.
    """
    if period.end <= terms.billing_from:
        return
    first = month_of(terms.billing_from)
    for contract in terms.contracts:
        for fee in contract.fees:
            if fee.row.in_ == "arrears" or period == first:
                yield from _fee(terms, contract, fee, period, period)
            if fee.row.in_ == "advance":
                yield from _fee(terms, contract, fee, period, period.next())


def fees_of_before(terms: Terms, period: Period) -> Iterator[Line]:
    """Yield the fees of a period that its predecessor's statement bears: those in advance."""
    for contract in terms.contracts:
        for fee in contract.fees:
            if fee.row.in_ == "advance" and period > month_of(terms.billing_from):
                yield from _fee(terms, contract, fee, period.previous(), period)


def _fee(
    terms: Terms, contract: ContractTerms, fee: FeeTerms, due: Period, service: Period
) -> Iterator[Line]:
    starts = [day for day in (service.start, contract.start, terms.billing_from, fee.row.from_) if day]
    start, end = max(starts), min(contract.end or service.end, service.end)
    if start >= end:
        return
    last = date.fromordinal(end.toordinal() - 1)
    percent = terms.percent(fee.tax, last)
    amount = fee.row.amount.amount
    if fee.row.prorate == "days":
        amount = amount * (end - start).days / (service.end - service.start).days
    yield Line(
        key=LineKey(
            kind="fee",
            period=due.start.isoformat(),
            tax=fee.tax,
            percent=str(percent),
            ref=f"{fee.name}/{service}",
        ),
        amount=rounded(amount, terms.currency),
        category=terms.taxes[fee.tax].category,
        text=fee.row.text or fee.row.id,
        service_from=start,
        service_to=last,
        source=fee.source,
    )


def carried_balances(terms: Terms, period: Period, decisions: Iterable[Decision]) -> Iterator[Line]:
    """Yield money taken over from the system before, in the first period; negative: a credit."""
    if period != month_of(terms.billing_from):
        return
    for decision in decisions:
        if decision.kind is Kind.OPENING and decision.amount:
            yield _said_line(
                terms, period, decision, "carried", decision.tax or terms.tax, None, decision.amount
            )


def discounts(
    terms: Terms, period: Period, charges: Sequence[Line], decisions: Iterable[Decision]
) -> Iterator[Line]:
    """Yield what lowers the period's charges, per tax category and never below nothing."""
    base: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in charges:
        base[line.key.tax, line.key.percent] += line.amount
    for decision in decisions:
        if decision.kind is not Kind.DISCOUNT or decision.period != period:
            continue
        rest = decision.amount
        for (tax, percent), net in base.items():
            wanted = net * decision.percent / 100 if decision.percent is not None else rest or Decimal(0)
            off = rounded(min(max(net, Decimal(0)), wanted), terms.currency)
            if off > 0:
                base[tax, percent] -= off
                rest = rest - off if rest is not None else None
                yield _said_line(terms, period, decision, "discount", tax, percent, -off)


def _said_line(
    terms: Terms,
    period: Period,
    decision: Decision,
    kind: str,
    tax: str,
    percent: str | None,
    amount: Decimal,
) -> Line:
    return Line(
        key=LineKey(
            kind=kind,
            period=period.start.isoformat(),
            tax=tax,
            percent=percent if percent is not None else str(terms.percent(tax, period.last_day)),
            ref=decision.id,
        ),
        amount=rounded(amount, terms.currency),
        category=terms.taxes[tax].category,
        text=decision.why,
        service_from=period.start,
        service_to=period.last_day,
    )
