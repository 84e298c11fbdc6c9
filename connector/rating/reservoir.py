"""The reservoir: all pools of a period, opened with what was carried in, closed with what goes on."""

from collections.abc import Sequence

from connector.model.period import Period
from connector.model.statement import AllowancePosition, Delivery, Lot
from connector.rating.allowances import Pool, Units, open_pool, plain
from connector.rating.rows import PoolTerms
from connector.rating.terms import Terms


class Reservoir:
    """All pools of one period, and what waits for a contract that grants again."""

    def __init__(
        self, terms: Terms, period: Period, opening: Sequence[Lot], borrowed: dict[str, Units]
    ) -> None:
        self._period, self._first = period, terms.first_period
        self._lots: dict[tuple[str, str], list[Lot]] = {}
        self._borrowed = borrowed
        contracts = terms.contracts_in(period)
        pools = [*(pool for contract in contracts for pool in contract.pools), *terms.blocks]
        names = {pool.name for pool in pools}
        for lot in opening:
            owner = lot.allowance if lot.allowance in names else _id_of(lot)
            self._lots.setdefault((owner, lot.key), []).append(lot)
        self.pools: dict[tuple[str, str], Pool] = {}
        for pool in pools:
            self._begin(pool)

    def _begin(self, terms: PoolTerms) -> None:
        """Open a pool without a key at once, one with keys for each key that was carried in."""
        if terms.start >= self._period.end:
            return
        owners = (terms.name, terms.id)
        if terms.end <= self._period.start and not any((owner, "") in self._lots for owner in owners):
            return  # a block that is used up or has lapsed
        keys = {key: None for owner, key in self._lots if owner in owners} if terms.each else {"": None}
        for key in keys:
            self.pool(terms, key)

    def pool(self, terms: PoolTerms, key: str) -> Pool:
        """Return the pool that work draws on; one with a key begins with its first work."""
        pool = self.pools.get((terms.name, key))
        if pool is None:
            lots = [*self._lots.pop((terms.name, key), ()), *self._lots.pop((terms.id, key), ())]
            borrowed = self._borrowed.get(terms.id, 0)
            pool = open_pool(terms, key, self._period, self._first, lots, borrowed)
            self.pools[terms.name, key] = pool
        return pool

    def close(self) -> tuple[tuple[Lot, ...], list[AllowancePosition], list[Delivery]]:
        """Return what is carried over, how each pool stands, and what of owed ones was delivered."""
        positions, deliveries = [], []
        waiting = (lot for lots in self._lots.values() for lot in lots)
        out = [lot for lot in waiting if lot.until > self._period.end]
        for pool in self.pools.values():
            carried, lapsed = pool.closing(self._period)
            out += carried
            positions.append(_position(pool, carried, lapsed))
            if pool.terms.owed:
                deliveries.append(_owed(pool))
        return tuple(out), positions, deliveries


def _id_of(lot: Lot) -> str:
    """Return the allowance's id, by which a contract takes over from the one that it follows."""
    return lot.allowance.rpartition("/")[2]


def _position(pool: Pool, carried: Sequence[Lot], lapsed: Units) -> AllowancePosition:
    out = sum([lot.amount for lot in carried])
    settled = sum([one.amount for one in pool.settled])
    return AllowancePosition(
        allowance=pool.terms.name,
        granted=plain(pool.granted),
        carried_in=plain(pool.carried_in),
        used=plain(pool.used),
        left=plain(out + lapsed),
        carried_out=plain(out),
        lapsed=plain(pool.granted + pool.carried_in + settled - pool.used - out),
        owed=pool.terms.owed,
        unit=pool.terms.kind,
        word=pool.terms.word,
        key=pool.key,
        over=plain(pool.over),
        settled=plain(settled),
        source=pool.terms.source,
    )


def _owed(pool: Pool) -> Delivery:
    return Delivery(
        name=pool.terms.name,
        owed=int(pool.granted + pool.carried_in),
        delivered=int(pool.used),
        source=pool.terms.source,
    )
