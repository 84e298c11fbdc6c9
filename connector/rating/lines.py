"""Lines: time gathered under one key, priced exactly and rounded once."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connector.model.money import of_seconds
from connector.model.period import Period
from connector.model.statement import Line, LineKey
from connector.rating.pieces import Piece
from connector.rating.terms import Terms


@dataclass(slots=True)
class _Gathered:
    first: Piece
    hourly: Decimal
    seconds: int = 0
    real: int = 0
    days: set[date] = field(default_factory=set)
    work: dict[str, None] = field(default_factory=dict)  #: an ordered set


class LineBook:
    """The time charges of one statement, by line key."""

    def __init__(self, terms: Terms, period: Period) -> None:
        self._terms = terms
        self._period = period
        self._gathered: dict[LineKey, _Gathered] = {}

    def charge(self, piece: Piece, billed: int, real: int, hourly: Decimal) -> LineKey:
        """Add billed and real seconds to the line that they belong to."""
        tax = piece.rate.tax if piece.rate else self._terms.tax
        key = LineKey(
            kind="work",
            period=self._period.start.isoformat(),
            ticket=piece.work.ticket,
            service=piece.work.facets.get("service", ""),
            technician=piece.work.technician,
            price=str(hourly),
            tax=tax,
            percent=str(self._terms.percent(tax, piece.on)),
            split=piece.work.facets.get("cost_centre", ""),
        )
        gathered = self._gathered.get(key)
        if gathered is None:
            gathered = self._gathered[key] = _Gathered(piece, hourly)
        gathered.seconds += billed
        gathered.real += real
        gathered.days.add(piece.on)
        gathered.work[piece.work.key] = None
        return key

    def lines(self) -> list[Line]:
        """Return the lines in printed order: by ticket, service, price, technician."""
        lines = [self._line(key, gathered) for key, gathered in self._gathered.items()]
        return sorted(lines, key=lambda line: (line.number, line.key))

    def _line(self, key: LineKey, gathered: _Gathered) -> Line:
        work = gathered.first.work
        row = gathered.first.rate
        return Line(
            key=key,
            amount=of_seconds(gathered.seconds, gathered.hourly, self._terms.currency),
            category=self._terms.taxes[key.tax].category,
            text=(row.row.text if row else None) or key.service,
            service_from=min(gathered.days),
            service_to=max(gathered.days),
            seconds=gathered.seconds,
            real=gathered.real,
            hourly=gathered.hourly,
            number=work.number,
            title=work.title,
            work=tuple(gathered.work),
            source=row.source if row else None,
        )
