"""Pieces: entries split where a day, a period, a contract or a shift begins, and corrections netted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.model.period import Period
from connector.model.statement import Fate, LineKey, Step
from connector.model.work import Work
from connector.rating.choose import NO_SHIFTS, Choice, Offer, ignored_under, offer
from connector.rating.localtime import Calendar, Span, instant_of
from connector.rating.rows import RateTerms
from connector.rating.terms import ContractTerms, Terms

#: Sorts before every instant: within a day, entries without a time of day come first.
_NO_INSTANT = -(2**62)


@dataclass(slots=True)
class Piece:
    """A stretch of one entry on one local day, under one contract, in the same shifts."""

    work: Work
    on: date
    start: int | None  #: epoch seconds; None: only the day is known
    real: int  #: seconds, signed
    net: int  #: seconds after corrections were netted; what rounding starts from
    offer: Offer
    choice: Choice
    shifts: frozenset[str] = NO_SHIFTS
    billed: int = 0  #: seconds after rounding
    blocked: str = ""  #: why nothing more can be said of it: it is held
    ignored: str = ""  #: the expired contract that says to leave its ticket out
    steps: list[Step] = field(default_factory=list)
    fate: Fate | None = None  #: of its last second, once it is known
    line: LineKey | None = None  #: the line that charges its last second
    nets: tuple[tuple["Piece", int], ...] = ()  #: of a correction: what it shortened, by how much

    @property
    def contract(self) -> ContractTerms | None:
        """Whose terms hold."""
        return self.offer.contract

    @property
    def rate(self) -> RateTerms | None:
        """The row that decides."""
        return self.choice.rate

    @property
    def corrects(self) -> bool:
        """Tell whether it takes time off earlier work: it is negative, and can be believed."""
        return self.real < 0 and self.work.problem is None

    @property
    def order(self) -> tuple[date, bool, int, str]:
        """Worked order: by day, what has no time of day first, corrections last."""
        return (self.on, self.real < 0, _NO_INSTANT if self.start is None else self.start, self.work.key)


def split(work: Work, terms: Terms, period: Period) -> list[Piece]:
    """Split an entry at local midnights (and so at contract and period edges) and at shift edges.

    Only the pieces inside the period are returned, in the order of time.
    """
    if work.started_at is None or work.seconds <= 0:
        return [_undivided(work, terms)] if work.worked_on in period else []
    calendar = terms.calendar_at(work.facets.get("site", ""))
    pieces: list[Piece] = []
    for span in calendar.days(instant_of(work.started_at), work.seconds):
        if span.day in period:
            pieces.extend(_on_day(work, terms, span, calendar))
    return pieces


def _undivided(work: Work, terms: Terms) -> Piece:
    offered = offer(terms, work.facets, work.worked_on)
    named = frozenset((work.shift,)) if work.shift else NO_SHIFTS
    piece = _piece(work, terms, work.worked_on, None, work.seconds, offered, named)
    if named:
        piece.steps.append(Step("shift", (work.shift, "")))
    elif work.seconds > 0 and offered.choices.asks_shift:
        piece.blocked = "shift_unknown"
    return piece


def _on_day(work: Work, terms: Terms, span: Span, clock: Calendar) -> Iterator[Piece]:
    offered = offer(terms, work.facets, span.day)
    if not offered.choices.asks_shift:
        yield _piece(work, terms, span.day, span.start, span.end - span.start, offered, NO_SHIFTS)
        return
    for start, end, shifts in clock.shift_edges(span):
        piece = _piece(work, terms, span.day, start, end - start, offered, shifts)
        if shifts:
            piece.steps.append(Step("shift", (", ".join(sorted(shifts)), clock.clock(start))))
        yield piece


def _piece(
    work: Work,
    terms: Terms,
    on: date,
    start: int | None,
    seconds: int,
    offered: Offer,
    shifts: frozenset[str],
) -> Piece:
    choice = offered.choices.within(shifts)
    piece = Piece(work, on, start, seconds, max(seconds, 0), offered, choice, shifts)
    if terms.any_ignores and (old := ignored_under(terms, work, on)):
        piece.ignored = old.id
    return piece


def net_corrections(entries: Iterable[Sequence[Piece]]) -> None:
    """Take negative entries off earlier ones of the same ticket, service and technician, the latest first.

    A part of a correction that finds no partner stays unpaired: its piece's ``net`` is what is left over.
    """
    all_ = [piece for entry in entries for piece in entry]
    touched = {_partners_of(piece.work) for piece in all_ if piece.real < 0}
    if not touched:
        return
    concerned = (piece for piece in all_ if _partners_of(piece.work) in touched)
    earlier: dict[tuple[str, str, str], list[Piece]] = defaultdict(list)
    for piece in sorted(concerned, key=lambda piece: piece.order):
        partners = earlier[_partners_of(piece.work)]
        if piece.corrects:
            _net(piece, partners)
        elif piece.real >= 0:
            partners.append(piece)


def _partners_of(work: Work) -> tuple[str, str, str]:
    return work.ticket, work.facets.get("service", ""), work.technician


def _net(correction: Piece, partners: list[Piece]) -> None:
    rest = -correction.real
    for partner in reversed(partners):
        taken = min(rest, partner.net)
        if taken and not partner.blocked:
            partner.net -= taken
            partner.steps.append(Step("net", (correction.work.key, taken)))
            correction.steps.append(Step("net", (partner.work.key, -taken)))
            correction.nets = (*correction.nets, (partner, taken))
            rest -= taken
    correction.net = -rest
