"""Compiling pools: a written allowance or block becomes the terms by which it grants."""

from decimal import Decimal
from fractions import Fraction

from connector.model.allowance import Allowance, Block, CarryOver, Cascade
from connector.model.condition import Condition
from connector.model.contract import Contract
from connector.model.period import Cycle
from connector.model.problem import Source
from connector.model.quantity import Quantity
from connector.rating.rows import ALWAYS, CarryTerms, PoolTerms, When


def allowance_terms(
    contract: Contract, place: int, written: Allowance, tax: str, source: Source
) -> PoolTerms:
    """Make an allowance ready."""
    cycle: Cycle | None = written.pooled or (None if written.per == "term" else written.per)
    then = written.then
    return PoolTerms(
        name=f"{contract.id}/{written.id}",
        id=written.id,
        kind=written.of.kind,
        word=written.of.word,
        when=when_of(written.for_, written.except_),
        of=_units(written.of) * (_MONTHS[cycle] // _MONTHS[written.per] if written.pooled and cycle else 1),
        cycle=cycle,
        anchor=contract.valid.from_ if written.anchor == "contract" else None,
        start=contract.valid.from_,
        end=contract.valid.to or ALWAYS,
        order=(written.priority, ALWAYS, False, place),
        source=source,
        contract=contract.id,
        each=written.each or "",
        weights=tuple((when_of(one.when), Fraction(one.factor)) for one in written.weights),
        carry=_carry(written.carry_over) if written.carry_over else None,
        warn_at=tuple(sorted(written.warn_at)),
        eats_worked=written.eats == "worked",
        holds=then == "hold",
        overdraft=_overdraft(written),
        next=(then.next or "") if isinstance(then, Cascade) else "",
        then_contract=(then.contract or "") if isinstance(then, Cascade) else "",
        settles=written.settle.per if written.settle else None,
        settle_price=_settle_price(written),
        prorate=written.prorate,
        owed=written.owed,
        tax=tax,
    )


_MONTHS: dict[str | None, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


def _units(quantity: Quantity) -> int | Fraction:
    """Return a quantity in the unit that pools count: whole seconds and calls, exact money."""
    return Fraction(quantity.amount) if quantity.kind == "money" else int(quantity.amount)


def _carry(written: CarryOver) -> CarryTerms:
    cap = written.cap
    return CarryTerms(
        windows=written.for_.number,
        share=cap if isinstance(cap, Decimal) else None,
        cap=cap.amount if isinstance(cap, Quantity) else None,
        compounding=written.compounding,
    )


def _overdraft(written: Allowance) -> int | Fraction | None:
    if written.then != "overdraw":
        return 0
    limit = written.overdraw_to
    if limit is None:
        return None
    if isinstance(limit, Quantity):
        return _units(limit)
    share = Fraction(_units(written.of)) * Fraction(limit) / 100
    return share if written.of.kind == "money" else int(share)


def _settle_price(written: Allowance) -> Decimal | None:
    price = written.settle and (written.settle.hourly or written.settle.each)
    return price.amount if price else None


def block_terms(block: Block, place: int, tax: str, source: Source) -> PoolTerms:
    """Make a block ready."""
    start = block.valid.from_ if block.valid else block.bought
    end = (block.valid.to if block.valid else None) or ALWAYS
    then = block.then
    return PoolTerms(
        name=f"blocks/{block.id}",
        id=block.id,
        kind=block.of.kind,
        word=block.of.word,
        when=when_of(block.for_, block.except_),
        of=_units(block.of) + (_units(block.free) if block.free else 0),
        cycle=None,
        anchor=None,
        start=start,
        end=end,
        order=(
            block.priority,
            end,
            block.price.amount > 0,
            start.toordinal(),
            block.bought.toordinal(),
            place,
        ),
        source=source,
        contracts=frozenset(block.contracts or ()),
        weights=tuple((when_of(one.when), Fraction(one.factor)) for one in block.weights),
        warn_at=tuple(sorted(block.warn_at)),
        eats_worked=block.eats == "worked",
        holds=then == "hold",
        next=(then.next or "") if isinstance(then, Cascade) else "",
        then_contract=(then.contract or "") if isinstance(then, Cascade) else "",
        tax=block.tax or tax,
        block=block,
    )


def when_of(condition: Condition, unless: Condition | None = None) -> When:
    """Split a condition into what the mapping answers and what the clock answers."""
    named = {name: frozenset(values) for name, values in condition.asked()}
    barred = when_of(unless) if unless is not None else None
    return When(shifts=named.pop("shift", None), facets=tuple(named.items()), unless=barred)
