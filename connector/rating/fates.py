"""Fates: what became of each stretch of work, item by item, with the Problems that say why it is held."""

from dataclasses import dataclass, field
from decimal import Decimal

from connector.model.money import rounded
from connector.model.problem import Problem
from connector.model.statement import Fate, LineKey, RatedItem, Step
from connector.rating.pieces import Piece
from connector.rating.terms import Terms

_NOTHING = (Decimal(0), ("", ""))
_UNCHARGED = frozenset({Fate.HELD, Fate.FREE})


@dataclass(slots=True)
class Fates:
    """The items and Problems of one statement, in worked order."""

    terms: Terms
    items: list[RatedItem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def hold(self, piece: Piece, billed: int, real: int, reason: str) -> None:
        """Hold what is left of a piece, and say why."""
        piece.steps.append(Step("hold", (reason,), piece.rate.source if piece.rate else None))
        self.end(piece, Fate.HELD, billed, real, reason)

    def free(self, piece: Piece, reason: str, step: Step | None = None) -> None:
        """Leave a piece free, and say why."""
        if step:
            piece.steps.append(step)
        self.end(piece, Fate.FREE, piece.billed, piece.real, reason)

    def end(
        self,
        piece: Piece,
        fate: Fate,
        billed: int,
        real: int,
        reason: str = "",
        allowance: str = "",
        line: LineKey | None = None,
    ) -> None:
        """End a stretch of a piece; a correction that took time off it shares this fate."""
        piece.fate, piece.line = fate, line
        self.item(piece, fate, real, billed, reason, allowance, line)

    def item(
        self,
        piece: Piece,
        fate: Fate,
        real: int,
        billed: int,
        reason: str,
        allowance: str = "",
        line: LineKey | None = None,
    ) -> None:
        """Write one item down."""
        worth, taxed = self._worth(piece, billed) if fate in _UNCHARGED else _NOTHING
        self.items.append(
            RatedItem(
                piece.work.key,
                piece.work.ticket,
                piece.on,
                real,
                billed,
                fate,
                reason,
                line,
                allowance,
                worth,
                taxed,
                tuple(piece.steps),
            )
        )

    def _worth(self, piece: Piece, billed: int) -> tuple[Decimal, tuple[str, str]]:
        """Price what is not charged at the contract's rate; with tax code and percent."""
        rate, price = piece.choice.rate, piece.choice.price
        if rate is None or price is None:
            return _NOTHING
        exact = billed * price.amount / price.per_seconds if price.per_seconds else price.amount
        worth = rounded(exact, self.terms.currency)
        return worth, (rate.tax, str(self.terms.percent(rate.tax, piece.on)))

    def problem(self, piece: Piece, code: str, message: str) -> None:
        """Say what a person must look at."""
        source = piece.rate.source if piece.rate else None
        self.problems.append(Problem(code=code, about=piece.work.key, message=message, source=source))
