"""Charges beside the price: counted surcharges, blocks that cover work, what limits and credits act on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from connector.model.statement import LineKey
from connector.rating.cover import Cover
from connector.rating.lines import LineBook
from connector.rating.pieces import Piece
from connector.rating.price import Price, price_text
from connector.rating.rounding import Scope, scope_of
from connector.rating.rows import LimitTerms, SlaTerms
from connector.rating.terms import Terms

_SCOPES = {"entry": "entry", "ticket": "ticket", "visit": "visit", "day": "day"}


@dataclass(slots=True)
class Bounded:
    """What a limit acts on in one scope."""

    limit: LimitTerms
    first: Piece
    #: by the line that charges it: units of its price, and money that allowances took off
    shares: dict[LineKey, tuple[Fraction, Fraction]] = field(default_factory=dict)


@dataclass(slots=True)
class Charges:
    """What one rating notes of charges while they arise."""

    terms: Terms
    bounded: dict[Scope, Bounded] = field(default_factory=dict)
    missed: dict[tuple[str, str], tuple[SlaTerms, Piece]] = field(
        default_factory=dict
    )  #: by credit and ticket
    _seen: set[Scope] = field(default_factory=set)

    def note(
        self,
        lines: LineBook,
        piece: Piece,
        key: LineKey,
        price: Price,
        billed: int,
        units: int,
        less: Fraction,
    ) -> None:
        """Add the surcharges that are counted, and remember what limits and credits act on."""
        choice = piece.choice
        if choice.extras:
            self._surcharge(lines, piece)
        if choice.limits:
            part = Fraction(billed, price.per_seconds) if price.per_seconds else Fraction(units)
            for limit in choice.limits:
                scope = scope_of(piece, limit.row.per, limit.name)
                bounded = self.bounded.setdefault(scope, Bounded(limit, piece))
                before, off = bounded.shares.get(key, (Fraction(), Fraction()))
                bounded.shares[key] = before + part, off + less

    def miss(self, piece: Piece) -> None:
        """Remember that the agreed response was missed on a ticket."""
        for credit in piece.choice.sla_credits:
            self.missed.setdefault((credit.name, piece.work.ticket), (credit, piece))

    def _surcharge(self, lines: LineBook, piece: Piece) -> None:
        for extra in piece.choice.extras:
            scope = scope_of(piece, _SCOPES[extra.row.per], extra.name)
            if scope in self._seen or extra.row.amount is None:
                continue
            self._seen.add(scope)
            amount = extra.row.amount.amount
            price = Price(amount, extra.row.per, 0, price_text(amount, extra.row.per))
            key = lines.key(piece, price, "surcharge", extra.name, extra.tax)
            lines.charge(key, piece, 0, 0, price, 1, extra)

    def block(self, lines: LineBook, piece: Piece, part: Cover, real: int) -> LineKey | None:
        """Print what a bought block covers: at 0.00, or at its own price where it is taxed with delivery."""
        block = part.by.block
        if block is None:
            return None
        if block.tax_point == "payment":
            price = Price(Decimal(0).scaleb(-2), "hour", 3600, "0.00")
            key = lines.key(piece, price, "covered", part.by.name)
        else:
            whole = int(part.by.of)
            price = Price(block.price.amount, "block", whole, price_text(block.price.amount, "block", whole))
            key = lines.key(piece, price, "work", part.by.name, part.by.tax)
        lines.charge(key, piece, part.billed, real, price)
        return key


def scopes(bounded: dict[Scope, Bounded]) -> Iterator[tuple[str, Bounded]]:
    """Yield each scope of each limit, named as a line key has it."""
    for scope, one in bounded.items():
        yield "/".join(str(part) for part in scope), one
