"""Purchases: blocks that are bought or renewed, and over-use of allowances that is settled."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from connector.model.allowance import Block
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import Line
from connector.rating.allowances import Pool
from connector.rating.cover import below
from connector.rating.fees import Sale, sold
from connector.rating.rows import ALWAYS, PoolTerms
from connector.rating.terms import Terms

_DAY = timedelta(days=1)
_UNITS = {"time": ("hour", 3600), "count": ("call", 0), "money": ("piece", 0)}


def purchases(terms: Terms, period: Period, pools: Iterable[Pool]) -> Iterator[Line]:
    """Yield the lines of blocks that were bought in a period, and of debts that are settled in it."""
    for block in terms.blocks:
        bought = block.block and block.block.bought
        if (
            bought
            and bought in period
            and bought >= terms.billing_from
            and block.block
            and block.block.invoiced
        ):
            yield sold(terms, period, _purchase(block, block.block, block.name, bought, block.end))
    for pool in pools:
        yield from _renewals(terms, period, pool)
        for number, settled in enumerate(pool.settled):
            yield sold(terms, period, _settlement(pool, settled.on - _DAY, Fraction(settled.amount), number))


def _renewals(terms: Terms, period: Period, pool: Pool) -> Iterator[Line]:
    block = pool.terms.block
    if block is None:
        return
    for number, day in enumerate(pool.bought, 1):
        until = ALWAYS if pool.terms.end == ALWAYS else day + (pool.terms.end - pool.terms.start)
        yield sold(
            terms, period, _purchase(pool.terms, block, f"{pool.terms.name}/{period}/{number}", day, until)
        )


def _purchase(pool: PoolTerms, block: Block, ref: str, day: date, end: date) -> Sale:
    return Sale(
        kind="block",
        ref=ref,
        on=day,
        price=block.price.amount,
        quantity=Fraction(1),
        per_seconds=0,
        unit="piece",
        tax=block.prepaid_tax or pool.tax,
        text=block.text or f"{block.id} ({block.of})",
        source=pool.source,
        until=None if end == ALWAYS else end - _DAY,
    )


def _settlement(pool: Pool, day: date, amount: Fraction, number: int) -> Sale:
    unit, seconds = _UNITS[pool.terms.kind]
    return Sale(
        kind="settlement",
        ref="/".join(filter(None, (pool.terms.name, pool.key, str(day), str(number or "")))),
        on=day,
        price=pool.terms.settle_price if pool.terms.settle_price is not None else Decimal(1),
        quantity=amount,
        per_seconds=seconds,
        unit=unit,
        tax=pool.terms.tax,
        text=pool.terms.id,
        source=pool.terms.source,
        contract=pool.terms.contract,
    )


def low_blocks(terms: Terms, period: Period, pools: Iterable[Pool]) -> Iterator[Problem]:
    """Yield the blocks of which so little is left that a person should propose the next one."""
    for pool in pools:
        block = pool.terms.block
        renewal = block.renew if block else None
        if (
            block
            and renewal
            and renewal.by == "proposal"
            and pool.used
            and pool.left < below(pool.terms, renewal)
        ):
            message = (
                f"of block '{block.id}' less than {_written(renewal.below)} is left at the end of {period}; "
                f"once the customer agrees, add to 'blocks':  - {{id: {block.id}-next, of: {block.of}, "
                f"price: {block.price}, bought: {period.end}}}"
            )
            yield Problem(code="block_low", about=terms.customer, message=message, source=pool.terms.source)


def left_debts(terms: Terms, period: Period, pools: Iterable[Pool]) -> Iterator[Problem]:
    """Yield over-use that a contract leaves at its end, where no later one grants the allowance again."""
    for pool in pools:
        ends = period.start < pool.terms.end <= period.end
        later = (
            one.id
            for contract in terms.contracts
            if contract.start >= pool.terms.end
            for one in contract.pools
        )
        if pool.debt and ends and pool.terms.id not in later:
            message = (
                f"contract {pool.terms.contract} ends, and allowance {pool.terms.id} was overdrawn: no later "
                "grant pays for it; say 'settle', or charge it by hand"
            )
            yield Problem(code="debt_left", about=terms.customer, message=message, source=pool.terms.source)


def _written(share: object) -> str:
    return f"{share}%" if isinstance(share, Decimal) else str(share)
