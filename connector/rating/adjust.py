"""Adjustments: up to a minimum, down to a cap, back for a missed response, off what was paid in advance."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from connector.model.money import rounded
from connector.model.period import Period
from connector.model.prices import Scope
from connector.model.problem import Source
from connector.model.statement import Line, LineKey
from connector.rating.charges import Bounded, Charges, scopes
from connector.rating.lines import money_of
from connector.rating.rounding import scope_of
from connector.rating.rows import PoolTerms, SlaTerms
from connector.rating.terms import Terms

_ZERO = Decimal(0)
Category = tuple[str, str, str]  # tax code, percent, split
#: Scopes whose lines belong to it whole: what is printed is added up, not the exact parts.
_WHOLE_LINES = frozenset({"ticket", "period"})


#: A narrower scope is settled first: a wider one sees what it comes to.
_NARROW_FIRST: tuple[Scope, ...] = ("entry", "visit", "technician-day", "day", "ticket", "period")


def limited(terms: Terms, period: Period, charges: Charges, lines: Sequence[Line]) -> Iterator[Line]:
    """Yield what is missing to a minimum, or beyond a cap, of each scope that a limit acts on."""
    by_key = {line.key: line for line in lines}
    settled: list[tuple[Bounded, Line]] = []
    for name, bounded in sorted(
        scopes(charges.bounded), key=lambda pair: _NARROW_FIRST.index(pair[1].limit.row.per)
    ):
        parts = _parts(terms, bounded, by_key)
        for narrower, line in settled:
            if _within(narrower, bounded):
                category = (line.key.tax, line.key.percent, line.key.split)
                parts[category] = parts.get(category, _ZERO) + line.amount
        for line in _limit(terms, period, name, bounded, parts):
            settled.append((bounded, line))
            yield line


def _within(narrower: Bounded, wider: Bounded) -> bool:
    """Tell whether what one limit settled lies in the scope of another, and is work that this acts on."""
    per, name = wider.limit.row.per, wider.limit.name
    same = scope_of(narrower.first, per, name) == scope_of(wider.first, per, name)
    return same and narrower.shares.keys() <= wider.shares.keys()


def _limit(
    terms: Terms, period: Period, name: str, bounded: Bounded, parts: Mapping[Category, Decimal]
) -> Iterator[Line]:
    """Yield the lines that bring a scope to its minimum or cap, in each tax category."""
    row, total = bounded.limit.row, sum(parts.values(), _ZERO)
    wanted = total
    if row.minimum and total < row.minimum.amount:
        wanted = row.minimum.amount
    elif row.cap and total > row.cap.amount:
        wanted = row.cap.amount
    if wanted == total:
        return
    ticket = bounded.first.work if row.per in ("entry", "ticket") else None
    on = None if row.per in _WHOLE_LINES else bounded.first.on
    for category, share in spread(wanted - total, parts, terms.currency).items():
        yield _adjusting(
            terms,
            period,
            "limit",
            category,
            share,
            name,
            row.text or row.id,
            source=bounded.limit.source,
            contract=bounded.limit.name.partition("/")[0],
            ticket=ticket.ticket if ticket else "",
            number=ticket.number if ticket else "",
            bound=wanted,
            reached=total,
            on=on,
        )


def _parts(terms: Terms, bounded: Bounded, lines: Mapping[LineKey, Line]) -> dict[Category, Decimal]:
    exact: dict[Category, Fraction] = defaultdict(Fraction)
    whole = bounded.limit.row.per in _WHOLE_LINES
    for key, (units, less) in bounded.shares.items():
        category, line = (key.tax, key.percent, key.split), lines[key]
        exact[category] += Fraction(line.amount) if whole else units * Fraction(line.price or 0) - less
    return {category: rounded(money_of(Fraction(sum_)), terms.currency) for category, sum_ in exact.items()}


def spread(amount: Decimal, over: Mapping[Category, Decimal], currency: str) -> dict[Category, Decimal]:
    """Spread an amount over tax categories in proportion, the spare cent on the largest."""
    total = sum(over.values(), _ZERO)
    if not total:
        return {next(iter(over)): amount}
    shares = {category: rounded(amount * part / total, currency) for category, part in over.items()}
    shares[max(over, key=lambda category: over[category])] += amount - sum(shares.values(), _ZERO)
    return {category: share for category, share in shares.items() if share}


def credited(
    terms: Terms, period: Period, charges: Charges, lines: Sequence[Line], fees: Sequence[Line]
) -> Iterator[Line]:
    """Yield what missed responses give back, never more than what the ticket, or the fees, come to."""
    given: dict[str, Decimal] = defaultdict(Decimal)
    for (name, ticket), (credit, piece) in charges.missed.items():
        contract = name.partition("/")[0]
        of_fees = credit.row.of == "fees"
        base = [
            line
            for line in (fees if of_fees else lines)
            if line.key.contract == contract and (of_fees or line.key.ticket == ticket)
        ]
        parts = _by_category(base)
        if not of_fees:
            all_ = sum((line.amount for line in lines if line.key.contract == contract), _ZERO)
        else:
            all_ = sum(parts.values(), _ZERO)
        amount = _credit(terms, credit, sum(parts.values(), _ZERO), all_, given[name])
        if amount > 0:
            given[name] += amount
            for category, share in spread(-amount, parts, terms.currency).items():
                yield _adjusting(
                    terms,
                    period,
                    "sla",
                    category,
                    share,
                    f"{name}/{ticket}",
                    credit.row.text or credit.row.id,
                    source=credit.source,
                    contract=contract,
                    ticket=ticket,
                    number=piece.work.number,
                    percent_of=(credit.row.percent, sum(parts.values(), _ZERO))
                    if credit.row.percent
                    else None,
                )


def _credit(terms: Terms, credit: SlaTerms, base: Decimal, all_: Decimal, given: Decimal) -> Decimal:
    row = credit.row
    wanted = row.amount.amount if row.amount else base * (row.percent or _ZERO) / 100
    bounds = [wanted, base]
    if row.of == "fees":
        bounds.append(base - given)
    if row.at_most is not None:
        bounds.append(all_ * row.at_most / 100 - given)
    return rounded(min(bounds), terms.currency)


def _by_category(lines: Iterable[Line]) -> dict[Category, Decimal]:
    parts: dict[Category, Decimal] = defaultdict(Decimal)
    for line in lines:
        parts[line.key.tax, line.key.percent, line.key.split] += line.amount
    return parts


def prepaid(terms: Terms, period: Period, lines: Iterable[Line]) -> Iterator[Line]:
    """Yield what deliveries of a block that is taxed with delivery take off what was paid for it."""
    blocks: dict[str, PoolTerms] = {block.name: block for block in terms.blocks}
    drawn: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.key.kind == "work" and line.key.ref in blocks:
            drawn[line.key.ref, line.key.split] += line.amount
    for (name, split), amount in drawn.items():
        block = blocks[name]
        tax = (block.block.prepaid_tax if block.block else None) or terms.tax
        category = (tax, str(terms.percent(tax, period.last_day)), split)
        text = (block.block.text if block.block else None) or block.id
        yield _adjusting(terms, period, "prepaid", category, -amount, name, text, source=block.source)


def _adjusting(
    terms: Terms,
    period: Period,
    kind: str,
    category: Category,
    amount: Decimal,
    ref: str,
    text: str,
    *,
    source: Source | None,
    contract: str = "",
    ticket: str = "",
    number: str = "",
    bound: Decimal | None = None,
    reached: Decimal | None = None,
    percent_of: tuple[Decimal, Decimal] | None = None,
    on: date | None = None,
) -> Line:
    tax, percent, split = category
    share, base = percent_of or (Decimal(1), reached)
    return Line(
        key=LineKey(
            kind=kind,
            period=str(period),
            ticket=ticket,
            tax=tax,
            percent=percent,
            split=split,
            ref=ref,
            contract=contract,
        ),
        amount=rounded(amount, terms.currency),
        category=terms.taxes[tax].category,
        text=text,
        service_from=on or period.start,
        service_to=on or period.last_day,
        price=bound,
        unit="percent" if percent_of else "piece",
        quantity=share,
        reached=base,
        number=number,
        source=source,
    )
