"""Usage: licences, telephony, storage and parts become lines, and each record's part of a line is known."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from connector.model.money import digits_of, rounded
from connector.model.period import Period, windows
from connector.model.problem import Problem
from connector.model.statement import Fate, Line, LineKey, RatedUsage, Step
from connector.model.usage import UsageRecord
from connector.rating.choose import owned, select, usage_rows, waits_for
from connector.rating.price import indexed, price_text
from connector.rating.proration import part_of
from connector.rating.rows import UsageTerms
from connector.rating.spans import concerns, last_day, stretches
from connector.rating.terms import ContractTerms, Terms

_ZERO = Decimal(0)
_OWN_LINES = {"person": "contact", "item": "item", "cost_centre": "cost_centre"}


class Used(NamedTuple):
    """What of one record counts in a period, under one row."""

    record: UsageRecord
    contract: ContractTerms
    row: UsageTerms
    start: date
    end: date
    part: tuple[int, int]  #: paid days of so many


@dataclass(slots=True)
class UsageBook:
    """What a period's usage comes to."""

    terms: Terms
    period: Period
    lines: list[Line] = field(default_factory=list)
    rated: list[RatedUsage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _groups: dict[tuple[object, ...], list[Used]] = field(default_factory=dict)
    _keys: Counter[LineKey] = field(default_factory=Counter)  #: how many lines have each

    def add(self, record: UsageRecord) -> None:
        """Give a record its fate, or put it where it is priced together with others."""
        if record.problem is not None:
            if concerns(record, self.period):
                self._hold(record, record.problem.code, record.problem.message)
        elif last_day(record, self.period) < self.terms.billing_from:
            if concerns(record, self.period):
                self._end(record, Fate.FREE, "before start")
        else:
            for start, end in stretches(self.terms, record):
                self._on(record, start, end)

    def _on(self, record: UsageRecord, start: date, end: date) -> None:
        """Take the days of a record on which one contract's prices hold."""
        facets = owned(self.terms, record.facets)
        contract, pending = select(self.terms, facets, start)
        row = usage_rows(contract, facets, start) if contract else None
        waits = pending and contract is not None and not contract.bills_pending
        if contract is not None and row is not None and not waits:
            self._under(record, contract, row, start, end)
        elif max(start, self.period.start) < min(end, self.period.end):
            if row is not None and contract is not None:
                day = max(start, self.period.start)
                self._hold(record, "contract_pending", waits_for(contract.id, day, "usage"))
            else:
                self._unpriced(record)

    def _unpriced(self, record: UsageRecord) -> None:
        if fee := self._counted_by(record):
            self._end(record, Fate.INCLUDED, f"counted by fee {fee}")
            return
        facts = ", ".join(f"{name} {value}" for name, value in sorted(record.facets.items()))
        message = f"no row of the contract prices usage of {facts or 'no article'}; add one under usage"
        self._hold(record, "no_usage_price", message)

    def _counted_by(self, record: UsageRecord) -> str:
        """Name the fee whose quantity is counted from such records; empty: there is none."""
        fees = [fee for contract in self.terms.contracts for fee in contract.fees if record.stands]
        counting = (fee.name for fee in fees if fee.counted and fee.counted.fit(record.facets) is not None)
        return next(counting, "")

    def _under(
        self, record: UsageRecord, contract: ContractTerms, row: UsageTerms, first: date, last: date
    ) -> None:
        for start, end, part in self._counted(record, row, first, last):
            if row.row.free:
                self._end(record, Fate.FREE, row.row.free)
            elif row.row.included:
                self._end(record, Fate.INCLUDED, "included")
            elif row.row.hold:
                self._hold(record, "rate_hold", row.row.hold)
            elif row.row.cost_plus is not None and record.cost is None:
                self._hold(record, "cost_unknown", "the price is cost plus, but the record says no cost")
            else:
                used = Used(record, contract, row, start, end, part)
                self._groups.setdefault(self._group(used), []).append(used)

    def _counted(
        self, record: UsageRecord, row: UsageTerms, first: date, last: date
    ) -> Iterator[tuple[date, date, tuple[int, int]]]:
        """Yield the days that are billed in this period, with the paid part of their window.

        Where a part is paid whole, the prices of the last day in the window are the ones that hold.
        """
        if row.row.per == "use" or not record.stands:
            if first == record.start in self.period:
                yield first, date.fromordinal(first.toordinal() + 1), (1, 1)
            return
        goes_on = record.end is None or last < record.end
        for window in windows(row.row.per, None, self.period.start, self.period.end):
            start, end = max(window.start, first), min(window.end, last)
            superseded = row.row.prorate == "none" and goes_on and end < window.end
            due = date.fromordinal(window.end.toordinal() - 1) in self.period
            if start < end and due and not superseded:
                yield start, end, part_of(row.row.prorate, start, end, window)

    def _group(self, used: Used) -> tuple[object, ...]:
        record, row = used.record, used.row.row
        own = record.facets.get(_OWN_LINES.get(row.lines, ""), "")
        if row.lines == "record":
            own = record.key
        last = date.fromordinal(used.end.toordinal() - 1)
        return (
            used.row.name,
            own,
            record.ticket,
            used.part if used.part[0] != used.part[1] else None,
            str(self.terms.percent(used.row.tax, last)),
            self.terms.split_of(record.facets),
            _price(used, self.terms.currency) if row.cost_plus is not None else None,
            _prices(used),
        )

    def close(self) -> None:
        """Price what was gathered."""
        for group, used in sorted(self._groups.items(), key=lambda pair: str(pair[0])):
            self._line(str(group[1]), str(group[4]), str(group[5]), used)

    def _line(self, own: str, percent: str, split: str, used: list[Used]) -> None:
        first = used[0]
        row = first.row.row
        gross = sum((one.record.quantity for one in used), _ZERO)
        quantity = gross - (min(row.allowance.amount, max(gross, _ZERO)) if row.allowance else _ZERO)
        if row.minimum:
            quantity = max(quantity, row.minimum.amount)
        lines: list[Line] = []
        for part, price, unit, number in _priced(first, quantity, self.terms.currency):
            exact = part * price * first.part[0] / first.part[1]
            key = LineKey(
                kind="usage",
                period=str(self.period),
                ticket=first.record.ticket,
                price=price_text(price, unit),
                tax=first.row.tax,
                percent=percent,
                split=split,
                ref="/".join(filter(None, (first.row.name, own, number, _days(first.part)))),
                contract=first.contract.id,
            )
            line = Line(
                key=self._apart(key),
                amount=rounded(exact, self.terms.currency),
                category=self.terms.taxes[first.row.tax].category,
                text=_text(first, own),
                service_from=min(one.start for one in used),
                service_to=date.fromordinal(max(one.end for one in used).toordinal() - 1),
                price=price,
                unit=unit,
                quantity=part,
                part=first.part if first.part[0] != first.part[1] else None,
                number=first.record.number,
                work=tuple(one.record.key for one in used),
                source=first.row.source,
            )
            lines.append(line)
        self.lines += lines
        self._allot(used, lines[-1], sum((line.amount for line in lines), _ZERO))

    def _apart(self, key: LineKey) -> LineKey:
        """Keep lines apart that print alike: a step of prices that changed in another step."""
        same = self._keys[key]
        self._keys[key] += 1
        return key._replace(ref=f"{key.ref}/{same + 1}") if same else key

    def _allot(self, used: list[Used], line: Line, amount: Decimal) -> None:
        """Give each record its part of what they come to together; spare cents go to the largest parts."""
        total = sum((one.record.quantity for one in used), _ZERO)
        shares = shared(amount, [one.record.quantity for one in used], total, self.terms.currency)
        for one, share in zip(used, shares, strict=True):
            record = one.record
            step = Step(
                "usage", (record.quantity, *one.part, line.price, record.unit, line.unit), one.row.source
            )
            self.rated.append(
                RatedUsage(
                    record=record.key,
                    fate=Fate.BILLED if amount or not one.row.row.allowance else Fate.INCLUDED,
                    quantity=record.quantity,
                    amount=share,
                    line=line.key if amount or not one.row.row.allowance else None,
                    facets=record.facets,
                    trail=(step,),
                )
            )

    def _end(self, record: UsageRecord, fate: Fate, reason: str) -> None:
        rated = RatedUsage(
            record=record.key, fate=fate, quantity=record.quantity, reason=reason, facets=record.facets
        )
        self.rated.append(rated)

    def _hold(self, record: UsageRecord, code: str, message: str) -> None:
        self.problems.append(Problem(code=code, about=record.key, message=message))
        self._end(record, Fate.HELD, message)


def rate_usage(terms: Terms, period: Period, records: Iterable[UsageRecord]) -> UsageBook:
    """Price the usage that counts in a period; the records come in the order of their days."""
    book = UsageBook(terms, period)
    for record in records:
        if record.start < period.end:
            book.add(record)
    book.close()
    return book


def shared(amount: Decimal, parts: list[Decimal], total: Decimal, currency: str) -> list[Decimal]:
    """Share an amount in proportion, to the cent: what rounding leaves goes to the largest remainders."""
    if not total:
        return [amount if not place else _ZERO for place in range(len(parts))]
    cent = Decimal(1).scaleb(-digits_of(currency))
    exact = [amount * part / total for part in parts]
    shares = [value.quantize(cent, "ROUND_FLOOR") for value in exact]
    spare = int((amount - sum(shares, _ZERO)) / cent)
    order = sorted(range(len(parts)), key=lambda place: (shares[place] - exact[place], place))
    for place in order[:spare]:
        shares[place] += cent
    return shares


def _price(used: Used, currency: str) -> Decimal:
    row, cost = used.row.row, used.record.cost or _ZERO
    return rounded(cost * (1 + (row.cost_plus or _ZERO) / 100), currency)


def _prices(used: Used) -> tuple[Decimal, ...]:
    """Return the prices of a row as an index has raised them: a period may see it at several."""
    row = used.row.row
    steps = [step.price for step in row.tiers.steps] if row.tiers else []
    written = [row.each, row.per_block.amount if row.per_block else None, *steps]
    return tuple(indexed(price.amount, used.row.raised) for price in written if price is not None)


def _priced(used: Used, quantity: Decimal, currency: str) -> Iterator[tuple[Decimal, Decimal, str, str]]:
    """Yield quantity, price, unit and step of each line that a quantity comes to."""
    row, unit = used.row.row, used.record.unit
    raised = used.row.raised
    if row.per_block:
        blocks = (quantity / row.per_block.of.amount).to_integral_value(ROUND_CEILING)
        size = f"{row.per_block.of.amount:f} {row.per_block.of.word}"
        yield blocks, indexed(row.per_block.amount.amount, raised), f"block of {size}", ""
    elif row.tiers and row.tiers.mode == "top":
        tier = next(step for step in row.tiers.steps if step.to is None or quantity <= step.to.amount)
        yield quantity, indexed(tier.price.amount, raised), unit, ""
    elif row.tiers:
        before = _ZERO
        for number, step in enumerate(row.tiers.steps):
            upto = quantity if step.to is None else min(step.to.amount, quantity)
            if upto > before or not number:
                yield (upto - before, indexed(step.price.amount, raised), unit, f"tier {number + 1}")
            before = max(upto, before)
    elif row.each:
        yield quantity, indexed(row.each.amount, raised), unit, ""
    else:
        yield quantity, _price(used, currency), unit, ""


def _days(part: tuple[int, int]) -> str:
    return f"{part[0]} of {part[1]}" if part[0] != part[1] else ""


def _text(used: Used, own: str) -> str:
    text = used.row.row.text or used.record.text or used.row.row.id
    return f"{text}: {own}" if own and used.row.row.lines != "record" else text
