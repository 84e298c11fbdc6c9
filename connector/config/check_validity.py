"""Checks of contracts against each other: overlap, gap, order of look-up, pending ones, owners of items."""

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from connector.config.parts import Fault
from connector.config.reach import facts_of, joint, within
from connector.model.contract import Contract, Customer
from connector.model.mapping import DeskMapping

Numbered = tuple[int, Contract]


def validity_faults(customer: Customer, mappings: Mapping[str, DeskMapping]) -> Iterator[Fault]:
    """Find days with two contracts or none, and contracts that are never asked."""
    if not customer.contracts:
        yield Fault(code="no_contract", path="contracts", message="there is no contract; all work is held")
        return
    ordered = sorted(enumerate(customer.contracts), key=lambda pair: pair[1].valid.from_)
    for (_, one), after in combinations(ordered, 2):
        yield from _overlap(one, after)
    yield from _gaps(ordered)
    first = ordered[0][1].valid.from_
    if customer.billing_from < first:
        message = f"billing begins before the first contract does ({first}): work in between is held"
        yield Fault(code="before_contract", path="billing_from", message=message, warning=True)
    for index, contract in enumerate(customer.contracts):
        yield from _never_asked(contract, f"contracts.{index}", customer)
        yield from _without_owner(contract, f"contracts.{index}.covers.item", customer, mappings)


def _place(contract: Contract) -> tuple[str, str, bool]:
    """Contracts of one place in the order of look-up compete for the same work."""
    return contract.holder, contract.status, contract.per_incident


def _overlap(one: Contract, numbered: Numbered) -> Iterator[Fault]:
    index, after = numbered
    end, start = one.valid.to, after.valid.from_
    apart = joint(facts_of(one.covers), facts_of(after.covers)) is None
    if _place(one) != _place(after) or apart or (end is not None and end <= start):
        return
    mend = f"end that with 'to: {start}'" if start > one.valid.from_ else "end one before the other begins"
    if not (one.covers.empty and after.covers.empty):
        mend += ", or let them cover different work"
    message = f"contract '{after.id}' begins {start} while '{one.id}' still holds; {mend}"
    yield Fault(code="contracts_overlap", path=f"contracts.{index}.valid", message=message)


def _gaps(ordered: list[Numbered]) -> Iterator[Fault]:
    for (_, one), (index, after) in pairwise(_of_all_work(ordered)):
        end, start = one.valid.to, after.valid.from_
        if end is not None and end < start and not _spanned(ordered, one, after):
            gap = f"from {end} ('{one.id}' ends) to {start} ('{after.id}' begins)"
            message = f"no contract holds {gap}; work is held"
            yield Fault(code="contracts_gap", path=f"contracts.{index}.valid", message=message, warning=True)


def _of_all_work(ordered: list[Numbered]) -> list[Numbered]:
    """Keep the contracts that follow one on the other: those with the widest cover."""
    active = [pair for pair in ordered if pair[1].status == "active" and not pair[1].per_incident]
    widest = [pair for pair in active if pair[1].covers.empty]
    return widest or ([] if len({str(pair[1].covers) for pair in active}) > 1 else active)


def _spanned(ordered: list[Numbered], one: Contract, after: Contract) -> bool:
    """Tell whether a per-incident contract takes what comes between two others."""
    return any(
        spare.per_incident
        and within(facts_of(after.covers), facts_of(spare.covers))
        and one.valid.to is not None
        and spare.valid.from_ <= one.valid.to
        and (spare.valid.to is None or spare.valid.to >= after.valid.from_)
        for _, spare in ordered
    )


def _never_asked(contract: Contract, at: str, customer: Customer) -> Iterator[Fault]:
    if contract.holder not in customer.lookup:
        message = (
            f"contract '{contract.id}' is of the {contract.holder.replace('_', ' ')}, which 'lookup' leaves "
            f"out: it is never asked; add {contract.holder} to 'lookup'"
        )
        yield Fault(code="holder_not_asked", path=f"{at}.covers", message=message)
    if contract.status == "pending" and contract.valid.to is None:
        message = (
            f"contract '{contract.id}' is pending without an end: its work may wait for ever; say until when "
            "with 'to' under 'valid', or make it active"
        )
        yield Fault(code="pending_endless", path=f"{at}.status", message=message, warning=True)
    if (
        contract.status == "active"
        and contract.pending == "bill"
        and contract.valid.from_ <= customer.billing_from
    ):
        message = f"'pending' of contract '{contract.id}' says nothing: it is active from the first day"
        yield Fault(code="pending_idle", path=f"{at}.pending", message=message, warning=True)


def _without_owner(
    contract: Contract, path: str, customer: Customer, mappings: Mapping[str, DeskMapping]
) -> Iterator[Fault]:
    """Find items with a contract of their own whose owner nobody tells."""
    desks = [mappings[desk] for desk in customer.match if desk in mappings]
    told = any("org_unit" in desk.facets or "contact" in desk.facets for desk in desks)
    lacking = [item for item in contract.covers.item or () if item not in customer.items]
    if lacking and not told:
        message = (
            f"item {_quoted(lacking)} of contract '{contract.id}' has no owner: no mapping yields org_unit "
            f"or contact; add it under 'items', as '{lacking[0]}: {{org_unit: ...}}'"
        )
        yield Fault(code="item_without_owner", path=path, message=message, warning=True)


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
