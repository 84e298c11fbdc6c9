"""Checks of allowances and blocks: what nothing can use, what leads nowhere or in a circle."""

from collections.abc import Iterable, Iterator, Mapping

from connector.config.basis import PriceLists
from connector.config.parts import Fault
from connector.config.reach import Reach, Table, reach, tables
from connector.config.validate import suggestion
from connector.model.allowance import Allowance, Block, Cascade
from connector.model.contract import Contract, Customer
from connector.model.prices import Rate


def allowance_faults(customer: Customer, price_lists: PriceLists) -> Iterator[Fault]:
    """Find what is wrong with the allowances of a customer's contracts and with the blocks it bought."""
    for index, contract in enumerate(customer.contracts):
        for row, allowance in enumerate(contract.allowances):
            path = f"contracts.{index}.allowances.{row}"
            yield from _idle(allowance, path, tables_of(contract, price_lists))
            yield from _leads_nowhere(allowance, path, {one.id for one in contract.allowances}, customer)
    for row, block in enumerate(customer.blocks):
        yield from _block(block, f"blocks.{row}", customer, price_lists)
    yield from _circles(customer)


def tables_of(contract: Contract, price_lists: PriceLists) -> list[Table]:
    """Return the price tables of a contract; a list that is not there is told elsewhere."""
    found = price_lists.get(contract.price_list or "")
    return tables(contract.rates, found[0] if found else None)


def rows_for(asked: Iterable[Table], whole: Reach) -> list[Rate]:
    """Return the rows of any of these tables that decide on some of this work."""
    return [row for table in asked for row in table.rows_for(whole)]


def _counted(row: Rate) -> bool:
    """Tell whether a row charges by the call, visit or entry rather than by time."""
    single = (row.per_call, row.per_visit, row.flat)
    return any(single) or (row.tiers is not None and not row.tiers.of_time)


def _idle(noun: Allowance, path: str, asked: list[Table]) -> Iterator[Fault]:
    whole = reach(noun.for_, noun.except_)
    if whole.empty:
        message = f"allowance '{noun.id}' is for no work: its 'except' leaves out all that 'for' takes"
        yield Fault(code="allowance_idle", path=path, message=message, warning=True)
        return
    rows = rows_for(asked, whole)
    yield from _by_total(f"allowance '{noun.id}'", noun.of.kind, rows, path)
    message = _unused(f"allowance '{noun.id}'", noun.of.kind, rows)
    if not message and noun.then == "charge" and not any(row.priced for row in rows):
        message = (
            f"no row prices the work of allowance '{noun.id}': nothing above it is ever charged; "
            "add the row, or say 'then: hold'"
        )
    if message:
        yield Fault(code="allowance_idle", path=path, message=message, warning=True)


def _by_total(what: str, kind: str, rows: list[Rate], path: str) -> Iterator[Fault]:
    """Find money that ought to pay for work whose price only the period's total decides."""
    if kind == "money" and any(row.tiers and row.tiers.mode == "top" for row in rows):
        message = (
            f"{what} is of money, but tiers with 'mode: top' have no price before the period's end, so it "
            "pays for none of that work; write it as time, or the tiers with 'mode: all'"
        )
        yield Fault(code="money_by_total", path=path, message=message)


def _unused(what: str, kind: str, rows: list[Rate]) -> str:
    """Say why none of the rows that decide on its work lets an allowance or block be eaten."""
    priced = [row for row in rows if row.priced]
    if rows and all(row.included or row.free for row in rows):
        return f"nothing eats {what}: all its work is included or free; take it out, or price the work"
    if kind == "count" and not any(_counted(row) for row in priced):
        return f"{what} counts calls, but no row prices its work by the call or visit; add one, as 'per_call'"
    if kind == "time" and priced and all(_counted(row) for row in rows):
        return f"{what} is of time, but its work is priced by the call or visit; write it as so many calls"
    if kind == "money" and not priced:
        return f"{what} is of money, but no row prices its work; add the row"
    return ""


def _leads_nowhere(noun: Allowance, path: str, ids: set[str], customer: Customer) -> Iterator[Fault]:
    blocks = {block.id for block in customer.blocks}
    yield from _unknown_next(noun.then, path, ids | blocks, customer)
    if isinstance(noun.then, Cascade) and noun.then.next in blocks - ids:
        block = next(block for block in customer.blocks if block.id == noun.then.next)
        contract = customer.contracts[int(path.split(".")[1])].id
        if block.contracts and contract not in block.contracts:
            message = (
                f"block '{block.id}' is not for contract '{contract}'; add it to the block's 'contracts'"
            )
            yield Fault(code="unknown_next", path=f"{path}.then", message=message)


def _unknown_next(then: object, path: str, ids: set[str], customer: Customer) -> Iterator[Fault]:
    if not isinstance(then, Cascade):
        return
    if then.next is not None and then.next not in ids:
        message = (
            f"'{then.next}' is neither an allowance here nor a block; {suggestion(then.next, sorted(ids))}"
        )
        yield Fault(code="unknown_next", path=f"{path}.then.next", message=message)
    if then.contract is not None:
        yield from _unknown_contract(then.contract, f"{path}.then.contract", customer)


def _unknown_contract(id_: str, path: str, customer: Customer) -> Iterator[Fault]:
    known = [contract.id for contract in customer.contracts]
    if id_ not in known:
        message = f"there is no contract '{id_}'; {suggestion(id_, known)}"
        yield Fault(code="unknown_contract", path=path, message=message)


def _block(block: Block, path: str, customer: Customer, price_lists: PriceLists) -> Iterator[Fault]:
    served = [one for one in customer.contracts if block.contracts is None or one.id in block.contracts]
    for id_ in block.contracts or ():
        yield from _unknown_contract(id_, f"{path}.contracts", customer)
    ids = {allowance.id for contract in served for allowance in contract.allowances}
    yield from _unknown_next(block.then, path, ids | {one.id for one in customer.blocks}, customer)
    valid = [one for one in served if _both_valid(block, one)]
    rows = [
        row
        for one in valid
        for row in rows_for(tables_of(one, price_lists), reach(block.for_, block.except_))
    ]
    yield from _by_total(f"block '{block.id}'", block.of.kind, rows, path)
    message = _block_unused(block, valid, rows)
    if served and message:
        yield Fault(code="block_idle", path=path, message=message, warning=True)


def _block_unused(block: Block, served: list[Contract], rows: list[Rate]) -> str:
    what, whole = f"block '{block.id}'", reach(block.for_, block.except_)
    if whole.empty:
        return f"{what} is for no work: its 'except' leaves out all that 'for' takes"
    if not served:
        return (
            f"no contract is valid while {what} is: nothing can draw on it; mend its 'valid' or 'contracts'"
        )
    if not any(row.priced for row in rows):
        return f"no row prices the work of {what}: nothing can draw on it; add the row, or mend its 'for'"
    return _unused(what, block.of.kind, rows)


def _both_valid(block: Block, contract: Contract) -> bool:
    start = block.valid.from_ if block.valid else block.bought
    end = block.valid.to if block.valid else None
    return (contract.valid.to is None or start < contract.valid.to) and (
        end is None or contract.valid.from_ < end
    )


def _circles(customer: Customer) -> Iterator[Fault]:
    """Find cascades that come back to where they began."""
    blocks = {f"block {block.id}": block.then for block in customer.blocks}
    for index, contract in enumerate(customer.contracts):
        thens: dict[str, object] = {**blocks, **{one.id: one.then for one in contract.allowances}}
        ways = {id_: _next_of(then, thens) for id_, then in thens.items()}
        for row, allowance in enumerate(contract.allowances):
            if circle := _circle(allowance.id, ways):
                yield _in_circle(f"contracts.{index}.allowances.{row}.then", circle)
    ways = {name: _next_of(then, blocks) for name, then in blocks.items()}
    for row, block in enumerate(customer.blocks):
        if circle := _circle(f"block {block.id}", ways):
            yield _in_circle(f"blocks.{row}.then", circle)
    contracts = {
        contract.id: [
            one.then.contract
            for one in contract.allowances
            if isinstance(one.then, Cascade) and one.then.contract is not None
        ]
        for contract in customer.contracts
    }
    for index, contract in enumerate(customer.contracts):
        if circle := _circle(contract.id, contracts):
            yield _in_circle(f"contracts.{index}.allowances", [f"contract {id_}" for id_ in circle])


def _next_of(then: object, thens: Mapping[str, object]) -> list[str]:
    if not isinstance(then, Cascade) or then.next is None:
        return []
    return [name for name in (then.next, f"block {then.next}") if name in thens][:1]


def _circle(start: str, ways: Mapping[str, list[str]]) -> list[str]:
    """Return the way from a place back to it; empty: there is none."""
    seen: dict[str, list[str]] = {}
    open_ = [(name, [start]) for name in ways.get(start, [])]
    while open_:
        name, way = open_.pop()
        if name == start:
            return [*way, start]
        if name not in seen:
            seen[name] = way
            open_.extend((after, [*way, name]) for after in ways.get(name, []))
    return []


def _in_circle(path: str, circle: list[str]) -> Fault:
    message = f"'then' goes in a circle: {' -> '.join(circle)}; let one of them charge or hold"
    return Fault(code="cascade_circular", path=path, message=message)
