"""Short work: what rounds to nothing is free, and may eat an allowance all the same."""

from connector.model.statement import Fate, Step
from connector.rating.doubts import unbilled
from connector.rating.fates import Fates
from connector.rating.pieces import Piece
from connector.rating.reservoir import Reservoir


def too_short(pools: Reservoir, fates: Fates, piece: Piece) -> None:
    """Leave free what rounds to nothing; an allowance that eats worked time has it all the same."""
    reason, rest = unbilled(piece), piece.real
    if piece.net:
        for pool in piece.choice.pools:
            if rest > 0 and pool.kind == "time" and pool.eats_worked:
                taken = int(pools.pool(pool, pool.key_of(piece.work.facets)).take(rest, piece.on))
                if taken:
                    piece.steps.append(Step("eats", (pool.id, taken), pool.source))
                    fates.end(piece, Fate.INCLUDED, 0, taken, "allowance", pool.name)
                    rest -= taken
    if rest or not piece.real:
        piece.steps.append(Step("free", (reason,)))
        fates.end(piece, Fate.FREE, 0, rest, reason)
