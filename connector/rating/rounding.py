"""Rounding: worked time to billed time; what it adds or removes falls on the last pieces."""

from collections.abc import Iterable, Sequence

from connector.model.prices import Rounding
from connector.model.statement import Step
from connector.rating.pieces import Piece
from connector.rating.rows import RateTerms
from connector.rating.terms import Terms

Scope = tuple[object, ...]


def billed_seconds(seconds: int, rule: Rounding) -> int:
    """Apply step, mode, grace, minimum and maximum to positive time."""
    if seconds < rule.free_under:
        return 0
    steps, rest = divmod(seconds, rule.to)
    if rule.mode == "up":
        steps += rest > (rule.grace if steps else 0)
    elif rule.mode == "nearest":
        steps += rest * 2 >= rule.to
    billed = max(steps * rule.to, rule.minimum)
    return billed if rule.maximum is None else min(billed, rule.maximum)


def round_entries(entries: Iterable[Sequence[Piece]], terms: Terms) -> None:
    """Round each entry, or what is added up before it is rounded, inside the one period of these pieces.

    An entry is rounded whole, by the rule of its first piece that has one.
    """
    groups: dict[Scope, list[Piece]] = {}
    for pieces in entries:
        timed: list[Piece] = []
        rate: RateTerms | None = None
        for piece in pieces:
            if piece.net > 0:
                piece.billed = piece.net
                timed.append(piece)
                if rate is None and piece.choice.rate is not None:
                    rate, first = piece.choice.rate, piece
        if rate is None:
            continue
        if rate.rounding.per == "entry":
            _round(timed, rate, terms)
        else:
            groups.setdefault(scope_of(first, rate.rounding.per, rate.rounding_of), []).extend(timed)
    for group in groups.values():
        group.sort(key=lambda piece: piece.order)
        _round(group, next(piece.rate for piece in group if piece.rate is not None), terms)


def scope_of(piece: Piece, per: str, rule: str) -> Scope:
    """Name what a rule acts on: all pieces of one scope are taken together."""
    work = piece.work
    if per == "entry":
        return rule, work.key
    if per == "ticket":
        return rule, work.ticket
    if per == "technician-day":
        return rule, work.technician, piece.on
    if per == "day":
        return rule, piece.on
    if per == "visit":
        return rule, *visit_of(piece)
    return (rule,)


def visit_of(piece: Piece) -> tuple[object, ...]:
    """Name a visit: what one technician does on one day at one site; without a site, on one ticket."""
    work = piece.work
    return work.technician, piece.on, work.facets.get("site") or work.ticket


def _round(timed: Sequence[Piece], rate: RateTerms, terms: Terms) -> None:
    rule = rate.rounding
    real = sum([piece.net for piece in timed])
    moved = _to_the_grid(timed[0], rule, terms) if rule.edges else 0
    billed = billed_seconds(moved + real, rule)
    if billed == real:
        return
    _spread(timed, billed - real)
    step = Step(
        "round",
        (
            real,
            billed,
            rule.to,
            "edges" if rule.edges else rule.mode,
            rule.minimum,
            rule.grace,
            rule.per,
            rule.maximum,
            rule.free_under,
            moved,
        ),
        rate.source,
    )
    for piece in timed:
        piece.steps.append(step)


def _to_the_grid(first: Piece, rule: Rounding, terms: Terms) -> int:
    """Return by how many seconds a start is moved back to the grid of its clock; a mere length has none."""
    if first.start is None:
        return 0
    clock = terms.calendar_at(first.work.facets.get("site", ""))
    return (first.start - clock.midnight(first.on)) % rule.to


def _spread(timed: Sequence[Piece], difference: int) -> None:
    for piece in reversed(timed):
        change = max(difference, -piece.billed)
        piece.billed += change
        difference -= change
