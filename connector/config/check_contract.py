"""Checks within one contract: rows never reached, allowances without use, names that do not exist."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connector.config.validate import suggestion
from connector.model.basis import Origin
from connector.model.contract import Condition, Contract, Customer


class Fault(NamedTuple):
    """A finding, before its place is looked up."""

    code: str
    path: str  #: of the part at fault within the file
    message: str
    warning: bool = False


def contract_faults(contract: Contract, at: str, customer: Customer, origin: Origin) -> Iterator[Fault]:
    """Find what is wrong in a contract; ``at`` is its path in the file, ``origin`` cites other rows."""
    yield from _twice(f"{at}.allowances", "allowance", (one.id for one in contract.allowances))
    yield from _twice(f"{at}.fees", "fee", (one.id for one in contract.fees))
    yield from _other_currencies(contract, at, customer.invoice.currency)
    yield from _unknown_shifts(contract, at, customer)
    yield from _unreached(contract, at, origin)
    yield from _unpriced(contract, at)
    yield from _idle_allowances(contract, at)


def conditions_of(contract: Contract, at: str) -> Iterator[tuple[str, Condition]]:
    """Yield every condition of a contract with its path."""
    for row, rate in enumerate(contract.rates):
        yield f"{at}.rates.{row}.when", rate.when
    for row, allowance in enumerate(contract.allowances):
        yield f"{at}.allowances.{row}.for", allowance.for_


def facets_of(condition: Condition) -> dict[str, frozenset[str]]:
    """Return what a condition asks: facet and the values that will do."""
    return {name: frozenset(values) for name, values in condition if values is not None}


def twice(ids: Iterable[str]) -> list[str]:
    """List the ids that stand more than once."""
    return [id_ for id_, count in Counter(ids).items() if count > 1]


def _twice(path: str, what: str, ids: Iterable[str]) -> Iterator[Fault]:
    for id_ in twice(ids):
        message = f"{what} id '{id_}' stands twice; give each its own"
        yield Fault(code="id_twice", path=path, message=message)


def _other_currencies(contract: Contract, at: str, currency: str) -> Iterator[Fault]:
    amounts = [
        *((f"{at}.rates.{row}.hourly", rate.hourly) for row, rate in enumerate(contract.rates)),
        *((f"{at}.fees.{row}.amount", fee.amount) for row, fee in enumerate(contract.fees)),
    ]
    for path, amount in amounts:
        if amount is not None and amount.currency != currency:
            message = f"{amount} is not in the invoice's currency {currency}; write it in {currency}"
            yield Fault(code="currency_differs", path=path, message=message)


def _unknown_shifts(contract: Contract, at: str, customer: Customer) -> Iterator[Fault]:
    for path, condition in conditions_of(contract, at):
        for shift in condition.shift or ():
            if shift not in customer.shifts:
                message = (
                    f"shift '{shift}' is not defined under 'shifts'; {suggestion(shift, customer.shifts)}"
                )
                yield Fault(code="unknown_shift", path=f"{path}.shift", message=message)


def _unreached(contract: Contract, at: str, origin: Origin) -> Iterator[Fault]:
    asked = [facets_of(rate.when) for rate in contract.rates]
    for row, facets in enumerate(asked):
        first = next((above for above in range(row) if _covers(asked[above], facets)), None)
        if first is not None:
            line = origin.source(f"{at}.rates.{first}").line
            message = (
                f"rates[{row}] is never reached: rates[{first}] in line {line} takes all its work before; "
                "put the narrower row first, or remove one"
            )
            yield Fault(code="rate_unreached", path=f"{at}.rates.{row}", message=message)


def _covers(wide: dict[str, frozenset[str]], narrow: dict[str, frozenset[str]]) -> bool:
    """Tell whether all work that fits the narrow condition fits the wide one."""
    return all(facet in narrow and narrow[facet] <= values for facet, values in wide.items())


def _unpriced(contract: Contract, at: str) -> Iterator[Fault]:
    if all(facets_of(rate.when) for rate in contract.rates):
        message = (
            f"contract '{contract.id}' has no row for all other work: what no row prices is held; "
            "say so with a last row '- otherwise: hold', or price it with a row without 'when'"
        )
        yield Fault(code="no_last_row", path=f"{at}.rates", message=message, warning=True)


def _idle_allowances(contract: Contract, at: str) -> Iterator[Fault]:
    priced = [facets_of(rate.when) for rate in contract.rates if rate.hourly]
    for row, allowance in enumerate(contract.allowances):
        wanted = facets_of(allowance.for_)
        if allowance.then == "charge" and not any(_meet(wanted, facets) for facets in priced):
            message = (
                f"no row with 'hourly' prices the work of allowance '{allowance.id}': nothing above it is "
                "ever charged; add the row, or say 'then: hold'"
            )
            yield Fault(code="allowance_idle", path=f"{at}.allowances.{row}", message=message, warning=True)


def _meet(one: dict[str, frozenset[str]], other: dict[str, frozenset[str]]) -> bool:
    return all(not one[facet].isdisjoint(other[facet]) for facet in one.keys() & other.keys())
