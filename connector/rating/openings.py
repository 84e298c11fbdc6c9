"""Openings: that a ticket was opened is a fact of its own, which counts where every ticket is a call."""

from collections.abc import Iterable
from datetime import date

from connector.model.basis import Basis
from connector.model.work import Work, WorkEntry
from connector.rating.pieces import Piece

#: Ends the key of what stands for a ticket's opening.
OPENED = "/=opened"


def opening(desk: str, ticket: str, on: date) -> WorkEntry:
    """Return what stands for a ticket's opening: it took no time, and no technician did it."""
    return WorkEntry(desk=desk, ticket=ticket, entry=OPENED.removeprefix("/"), seconds=0, worked_on=on)


def counted_work(work: Iterable[Work], *, every_ticket: bool) -> Iterable[Work]:
    """Leave openings out where no contract counts them."""
    return work if every_ticket else (entry for entry in work if not entry.key.endswith(OPENED))


def opens(piece: Piece) -> bool:
    """Tell whether a piece stands for the opening of its ticket."""
    return piece.work.key.endswith(OPENED)


def worked_order(piece: Piece) -> tuple[object, ...]:
    """Worked order; on its day a ticket is opened before anything is worked on it."""
    return (piece.on, not opens(piece), *piece.order[1:])


def counts_every_ticket(basis: Basis) -> bool:
    """Tell whether some row, of a contract or of a price list, counts every ticket as a call."""
    rows = [contract.rates for contract in basis.customer.contracts]
    rows += [version.rates for prices in basis.price_lists.values() for version in prices.versions]
    return any(rate.count == "every ticket" for rates in rows for rate in rates)
