"""Rounding: an entry's whole time to billed time; what it adds or removes falls on its last pieces."""

from collections.abc import Sequence

from connector.model.contract import Rounding
from connector.model.statement import Step
from connector.rating.pieces import Piece


def billed_seconds(seconds: int, rule: Rounding) -> int:
    """Apply step, mode, grace and minimum to the positive time of one entry."""
    steps, rest = divmod(seconds, rule.to)
    if rule.mode == "up":
        steps += rest > (rule.grace if steps else 0)
    elif rule.mode == "nearest":
        steps += rest * 2 >= rule.to
    return max(steps * rule.to, rule.minimum)


def round_entry(pieces: Sequence[Piece]) -> None:
    """Round an entry by the rule of the first piece that has one; the difference falls on the last pieces."""
    timed = [piece for piece in pieces if piece.net > 0]
    rated = next((piece for piece in timed if piece.rate is not None), None)
    for piece in timed:
        piece.billed = piece.net
    if rated is None or rated.rate is None:
        return
    rule = rated.rate.rounding
    real = sum(piece.net for piece in timed)
    billed = billed_seconds(real, rule)
    if billed == real:
        return
    _spread(timed, billed - real)
    step = Step("round", (real, billed, rule.to, rule.mode, rule.minimum, rule.grace), rated.rate.source)
    for piece in timed:
        piece.steps.append(step)


def _spread(timed: Sequence[Piece], difference: int) -> None:
    for piece in reversed(timed):
        change = max(difference, -piece.billed)
        piece.billed += change
        difference -= change
