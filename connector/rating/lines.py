"""Lines: what is charged gathered under one key, priced exactly and rounded once."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from connector.model.money import rounded
from connector.model.period import Period
from connector.model.problem import Source
from connector.model.statement import Line, LineKey, Step
from connector.rating.choose import Choice
from connector.rating.cover import NO_MONEY
from connector.rating.pieces import Piece
from connector.rating.price import Price, reached
from connector.rating.rows import SurchargeTerms
from connector.rating.terms import Terms

_ZERO = Decimal(0)


@dataclass(slots=True)
class _Gathered:
    first: Piece
    choice: Choice  #: as it was then: another contract may price what is left of a piece
    price: Price
    seconds: int = 0
    real: int = 0
    units: int = 0
    less: Fraction = NO_MONEY
    days: set[date] = field(default_factory=set)
    work: dict[str, None] = field(default_factory=dict)  #: an ordered set
    extra: SurchargeTerms | None = None  #: the surcharge that it is, instead of a row's price


class LineBook:
    """The charges for work of one statement, by line key."""

    def __init__(self, terms: Terms, period: Period) -> None:
        self._terms = terms
        self._period = str(period)
        self._gathered: dict[LineKey, _Gathered] = {}
        self._percents: dict[tuple[str, date], str] = {}

    def key(self, piece: Piece, price: Price, kind: str = "work", ref: str = "", tax: str = "") -> LineKey:
        """Name the line that a piece belongs to at a price."""
        rate, contract, work = piece.choice.rate, piece.offer.contract, piece.work
        code = tax or (rate.tax if rate else self._terms.tax)
        return LineKey(
            kind,
            self._period,
            work.ticket,
            work.facets.get("service", ""),
            work.technician,
            price.text,
            code,
            self._percent(code, piece.on),
            self._terms.split_of(work.facets),
            ref,
            contract.id if contract else "",
        )

    def _percent(self, tax: str, day: date) -> str:
        percent = self._percents.get((tax, day))
        if percent is None:
            percent = self._percents[tax, day] = str(self._terms.percent(tax, day))
        return percent

    def charge(
        self,
        key: LineKey,
        piece: Piece,
        billed: int,
        real: int,
        price: Price,
        units: int = 0,
        extra: SurchargeTerms | None = None,
    ) -> _Gathered:
        """Add billed and real seconds, or counted units, to a line."""
        gathered = self._gathered.get(key)
        if gathered is None:
            gathered = self._gathered[key] = _Gathered(piece, piece.choice, price, extra=extra)
        gathered.seconds += billed
        gathered.real += real
        gathered.units += units
        gathered.days.add(piece.on)
        gathered.work[piece.work.key] = None
        return gathered

    def top(self, key: LineKey) -> tuple[Price, Step]:
        """Give a line whose price depends on the total the price of the step that all of it reaches."""
        gathered = self._gathered[key]
        tiers, rate = gathered.choice.tiers, gathered.choice.rate
        same = (one for one in self._gathered.values() if one.choice.rate is rate)
        total = sum([one.seconds if gathered.price.per_seconds else one.units for one in same])
        tier = reached(tiers, total)
        gathered.price = tier.price
        return tier.price, Step(
            "top_tier", (total, tier.bound, tier.price.unit), rate.source if rate else None
        )

    def lines(self) -> list[Line]:
        """Return the lines in printed order: by ticket, service, price, technician."""
        lines = [self._line(key, gathered) for key, gathered in self._gathered.items()]
        return sorted(lines, key=lambda line: (line.number, line.key))

    def _line(self, key: LineKey, gathered: _Gathered) -> Line:
        work, price = gathered.first.work, gathered.price
        text, source = _named(key, gathered)
        return Line(
            key=key,
            amount=rounded(self._exact(gathered), self._terms.currency),
            category=self._terms.taxes[key.tax].category,
            text=text,
            service_from=min(gathered.days),
            service_to=max(gathered.days),
            seconds=gathered.seconds,
            real=gathered.real,
            price=price.amount,
            unit=price.unit,
            per_seconds=price.per_seconds,
            quantity=Decimal(gathered.units or 1),
            less=money_of(gathered.less),
            number=work.number,
            title=work.title,
            work=tuple(gathered.work),
            source=source,
        )

    def _exact(self, gathered: _Gathered) -> Decimal:
        """Price a line. A quotient is taken to 28 digits: further than any half of a cent has."""
        price = gathered.price
        if not price.per_seconds:
            return gathered.units * price.amount - money_of(gathered.less)
        if not gathered.less:
            return gathered.seconds * price.amount / price.per_seconds
        return money_of(
            Fraction(gathered.seconds) * Fraction(price.amount) / price.per_seconds - gathered.less
        )


def _named(key: LineKey, gathered: _Gathered) -> tuple[str, Source | None]:
    """Return a line's name for the customer, and the contract's line behind it."""
    if extra := gathered.extra:
        return extra.row.text or extra.row.id, extra.source
    rate = gathered.choice.rate
    return (rate.row.text or key.service, rate.source) if rate else (key.service, None)


def money_of(amount: Fraction) -> Decimal:
    """Give exact money as a decimal of 28 digits."""
    return Decimal(amount.numerator) / Decimal(amount.denominator) if amount else _ZERO
