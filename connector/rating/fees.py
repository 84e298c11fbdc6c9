"""Fees, balances and discounts: the lines of a statement that are neither work nor usage."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from connector.model.decision import Decision, Kind
from connector.model.money import rounded
from connector.model.period import Period, windows
from connector.model.problem import Source
from connector.model.statement import Line, LineKey
from connector.model.usage import UsageRecord
from connector.rating.price import indexed
from connector.rating.proration import part_of
from connector.rating.rows import ALWAYS, FeeTerms
from connector.rating.terms import ContractTerms, Terms

_ZERO = Decimal(0)


class Stretch(NamedTuple):
    """Days of one window for which a fee holds at one amount and quantity."""

    window: Period
    start: date
    end: date
    amount: Decimal
    quantity: Decimal | None
    word: str
    number: int  #: within the window, from 0


def fees(terms: Terms, period: Period, usage: Sequence[UsageRecord] = ()) -> Iterator[Line]:
    """Yield the fees that fall due in a period.

    In arrears those of windows that end in it, in advance those of windows that begin in the next one. The
    first period that is billed also bears its own fees in advance: no earlier statement could.
    """
    if period.end <= terms.billing_from:
        return
    for contract in terms.contracts:
        for fee in contract.fees:
            for stretch in _stretches(terms, contract, fee, period):
                yield _line(terms, contract, fee, period, stretch, usage)


def fees_of_before(terms: Terms, period: Period) -> Iterator[Line]:
    """Yield the fees of a period that its predecessor's statement bears: those in advance."""
    if period.start <= terms.first_period.start:
        return
    before = terms.period_of(date.fromordinal(period.start.toordinal() - 1))
    for contract in terms.contracts:
        for fee in contract.fees:
            if fee.row.in_ == "advance":
                for stretch in _stretches(terms, contract, fee, before):
                    if stretch.start in period:
                        yield _line(terms, contract, fee, before, stretch, ())


def _stretches(terms: Terms, contract: ContractTerms, fee: FeeTerms, period: Period) -> Iterator[Stretch]:
    """Yield what of a fee falls due in a period."""
    begun = max(contract.start, fee.row.from_ or contract.start)
    start = max(begun, terms.billing_from)
    end = min(contract.end or ALWAYS, fee.row.to or ALWAYS)
    if fee.row.per == "once":
        if start == begun < end and begun in period:
            window = Period(begun, date.fromordinal(begun.toordinal() + 1))
            yield Stretch(window, *window, fee.row.amount.amount, *_quantity(fee), 0)
        return
    following = terms.period_of(period.end)
    anchor = begun if fee.row.anchor == "contract" else None
    for window in windows(fee.row.per, anchor, period.start, following.end):
        first, last = max(window.start, start), min(window.end, end)
        if first < last and _falls_due(terms, fee, period, window, first, last):
            yield from _changes(fee, window, first, last)


def _falls_due(terms: Terms, fee: FeeTerms, period: Period, window: Period, first: date, last: date) -> bool:
    """Tell whether the part of a window from ``first`` to ``last`` is billed in a period."""
    if fee.row.in_ == "arrears":
        return date.fromordinal(last.toordinal() - 1) in period
    opening = terms.first_period
    if window.start < opening.start and first == terms.billing_from:
        return False  # it began before billing did, and was paid for in advance
    if first in terms.period_of(period.end):
        return True
    return period == opening and first in period


def _quantity(fee: FeeTerms) -> tuple[Decimal | None, str]:
    quantity = fee.row.quantity
    return (quantity.amount, quantity.word) if quantity else (None, "")


def _changes(fee: FeeTerms, window: Period, first: date, last: date) -> Iterator[Stretch]:
    """Cut a window where the fee changes; without proration the change counts from the next window on."""
    amount, (quantity, word) = fee.row.amount.amount, _quantity(fee)
    parted = fee.row.prorate != "none"
    began, number = first, 0
    for change in fee.row.changes:
        if change.from_ >= last or (not parted and change.from_ > first):
            break
        if change.from_ > began:
            yield Stretch(window, began, change.from_, amount, quantity, word, number)
            began, number = change.from_, number + 1
        amount = change.amount.amount if change.amount else amount
        quantity, word = (
            (change.quantity.amount, change.quantity.word) if change.quantity else (quantity, word)
        )
    yield Stretch(window, began, last, amount, quantity, word, number)


def _line(
    terms: Terms,
    contract: ContractTerms,
    fee: FeeTerms,
    due: Period,
    stretch: Stretch,
    usage: Sequence[UsageRecord],
) -> Line:
    last = date.fromordinal(stretch.end.toordinal() - 1)
    percent = terms.percent(fee.tax, last)
    price = indexed(stretch.amount, contract.raised(stretch.start, "fees"))
    quantity, word = _counted(fee, usage, last) or (stretch.quantity, stretch.word)
    paid, whole = part_of(fee.row.prorate, stretch.start, stretch.end, stretch.window)
    amount = price * (quantity if quantity is not None else 1)
    if paid != whole:
        amount = amount * paid / whole
    name = f"{fee.name}/{stretch.window}"
    return Line(
        key=LineKey(
            kind="fee",
            period=str(due),
            tax=fee.tax,
            percent=str(percent),
            ref=f"{name}/{stretch.number}" if stretch.number else name,
            contract=contract.id,
        ),
        amount=rounded(amount, terms.currency),
        category=terms.taxes[fee.tax].category,
        text=fee.row.text or fee.row.id,
        service_from=stretch.start,
        service_to=last,
        price=price,
        unit=word or "piece",
        quantity=quantity if quantity is not None else Decimal(1),
        part=(paid, whole) if paid != whole else None,
        source=fee.source,
    )


def _counted(fee: FeeTerms, usage: Sequence[UsageRecord], day: date) -> tuple[Decimal, str] | None:
    """Count the usage that stands on a day, with its unit's word; None: the fee counts none."""
    if fee.counted is None:
        return None
    standing = [record for record in usage if fee.counted.fit(record.facets) and stands_on(record, day)]
    total = sum((record.quantity for record in standing), _ZERO)
    return total, standing[0].unit if standing else "piece"


def stands_on(record: UsageRecord, day: date) -> bool:
    """Tell whether a usage record stands on a day and can be believed."""
    if not record.stands or record.problem is not None:
        return False
    return record.start <= day and (record.end is None or day < record.end)


class Sale(NamedTuple):
    """Something that falls due on a day, once."""

    kind: str
    ref: str
    on: date
    price: Decimal
    quantity: Fraction
    per_seconds: int
    unit: str
    tax: str
    text: str
    source: Source
    contract: str = ""
    until: date | None = None  #: last day on which it can be used


def sold(terms: Terms, period: Period, sale: Sale) -> Line:
    """Write the line of a block that was bought, or of a debt that is settled."""
    percent = terms.percent(sale.tax, sale.on)
    units = sale.quantity / sale.per_seconds if sale.per_seconds else sale.quantity
    exact = Fraction(sale.price) * units
    return Line(
        key=LineKey(
            kind=sale.kind,
            period=str(period),
            tax=sale.tax,
            percent=str(percent),
            ref=sale.ref,
            contract=sale.contract,
        ),
        amount=rounded(Decimal(exact.numerator) / exact.denominator, terms.currency),
        category=terms.taxes[sale.tax].category,
        text=sale.text,
        service_from=sale.on,
        service_to=sale.until or sale.on,
        price=sale.price,
        unit=sale.unit,
        per_seconds=sale.per_seconds,
        seconds=int(sale.quantity) if sale.per_seconds else 0,
        quantity=Decimal(1) if sale.per_seconds else Decimal(units.numerator) / units.denominator,
        source=sale.source,
    )


def carried_balances(terms: Terms, period: Period, decisions: Iterable[Decision]) -> Iterator[Line]:
    """Yield money taken over from the system before, in the first period; negative: a credit."""
    if period != terms.first_period:
        return
    for decision in decisions:
        if decision.kind is Kind.OPENING and decision.amount and not decision.allowance:
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
            period=str(period),
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
