"""Checks of words: what conditions ask and no mapping yields, ids, shifts, currencies, costs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from connector.config.parts import Fault, amounts_of, asked_of, rates_of
from connector.config.validate import suggestion
from connector.model.condition import Facet
from connector.model.contract import Contract, Customer
from connector.model.mapping import Lookup
from connector.model.price_list import PriceList
from connector.model.settings import Settings


class Answering(Protocol):
    """A mapping file: of a desk, or of a usage source."""

    @property
    def facets(self) -> Mapping[Facet, Lookup]:
        """How each facet is found."""

    @property
    def fields(self) -> Mapping[str, Lookup]:
        """How further fields are found."""


class Sources(NamedTuple):
    """Whose words a customer's conditions are asked in."""

    desks: Mapping[str, Answering]  #: the customer's, by name
    usage: Mapping[str, Answering] | None  #: all of the house; None: not looked at

    def words(self, path: str, facet: str) -> set[str] | None:
        """Collect what a condition at a path can meet; None: anything."""
        if facet == "shift":
            return None
        usage = list((self.usage or {}).values())
        if ".usage." in path or ".counted." in path:
            return _words(usage, facet, by_id=False)
        desks = list(self.desks.values())
        if ".covers." in path or facet == "article":
            desks += usage
        return _words(desks, facet, by_id=facet == "technician")


def _words(mappings: Sequence[Answering], facet: str, *, by_id: bool) -> set[str] | None:
    lookups = [found for one in mappings if (found := _lookup(one, facet)) is not None]
    if not mappings or any(lookup.as_is for lookup in lookups):
        return None
    if by_id and len(lookups) < len(mappings):  # a desk's own ids stand where no table does
        return None
    return {word for lookup in lookups for word in (*lookup.table.values(), lookup.empty) if word}


def _lookup(mapping: Answering, facet: str) -> Lookup | None:
    found = {str(name): lookup for name, lookup in mapping.facets.items()}
    return {**found, **mapping.fields}.get(facet)


def word_faults(customer: Customer, sources: Sources) -> Iterator[Fault]:
    """Find words in conditions that no mapping can ever yield, and facets that no desk answers."""
    owned = _owned(customer)
    for path, facet, values in asked_of(customer, ""):
        known = sources.words(path, facet)
        if known is None:
            continue
        known = known | owned.get(facet, set())
        for word in values:
            if word not in known:
                message = f"no mapping yields {facet} '{word}'; {suggestion(word, sorted(known))}"
                yield Fault(code="unknown_word", path=path, message=message, warning=True)
    yield from _each(customer, sources)
    yield from _without_service(customer, sources)
    yield from _splits(customer, sources)


def _owned(customer: Customer) -> dict[str, set[str]]:
    """Collect what `items` yields where the desk says nothing."""
    items = customer.items.values()
    return {
        "org_unit": {item.org_unit for item in items if item.org_unit},
        "contact": {item.contact for item in items if item.contact},
    }


def _answered(sources: Sources, facet: str) -> bool:
    desks = sources.desks.values()
    return not desks or facet == "technician" or any(_lookup(desk, facet) is not None for desk in desks)


def _each(customer: Customer, sources: Sources) -> Iterator[Fault]:
    for index, contract in enumerate(customer.contracts):
        for row, allowance in enumerate(contract.allowances):
            if allowance.each is None or _answered(sources, allowance.each):
                continue
            named = {str(name) for desk in sources.desks.values() for name in (*desk.facets, *desk.fields)}
            message = (
                f"no mapping yields '{allowance.each}', so allowance '{allowance.id}' is one for all; "
                f"{suggestion(allowance.each, sorted(named))}"
            )
            path = f"contracts.{index}.allowances.{row}.each"
            yield Fault(code="each_unknown", path=path, message=message)


def _without_service(customer: Customer, sources: Sources) -> Iterator[Fault]:
    asked = [
        path
        for path, facet, _ in asked_of(customer, "")
        if facet == "service" and ".usage." not in path and ".counted." not in path
    ]
    for desk, mapping in sources.desks.items():
        if asked and "service" not in mapping.facets:
            message = (
                f"the mapping of desk '{desk}' names no service, but the contracts ask for one: its work "
                "fits no such row; add 'service' under 'facets' of the mapping"
            )
            yield Fault(code="mapping_without_service", path=f"match.{desk}", message=message, warning=True)


def _splits(customer: Customer, sources: Sources) -> Iterator[Fault]:
    for row, facet in enumerate(customer.invoice.split_by):
        if not _answered(sources, facet):
            message = f"no mapping yields {facet}: the invoice is never split by it; add it to the mapping"
            path = f"invoice.split_by.{row}"
            yield Fault(code="split_idle", path=path, message=message, warning=True)


def id_faults(customer: Customer) -> Iterator[Fault]:
    """Find ids that stand more than once."""
    yield from _twice("contracts", "contract", (contract.id for contract in customer.contracts))
    yield from _twice("blocks", "block", (block.id for block in customer.blocks))
    for index, contract in enumerate(customer.contracts):
        for key in ("allowances", "fees", "surcharges", "limits", "usage", "commitments", "sla_credits"):
            what = {"usage": "usage row", "sla_credits": "SLA credit"}.get(key, key.removesuffix("s"))
            yield from _twice(f"contracts.{index}.{key}", what, (one.id for one in getattr(contract, key)))
        blocks = {block.id for block in customer.blocks}
        for row, allowance in enumerate(contract.allowances):
            if allowance.id in blocks:
                message = (
                    f"a block is called '{allowance.id}' too; give each its own id, so that 'then' is clear"
                )
                yield Fault(code="id_twice", path=f"contracts.{index}.allowances.{row}.id", message=message)


def _twice(path: str, what: str, ids: Iterable[str]) -> Iterator[Fault]:
    for id_, count in Counter(ids).items():
        if count > 1:
            message = f"{what} id '{id_}' stands twice; give each its own"
            yield Fault(code="id_twice", path=path, message=message)


def currency_faults(customer: Customer) -> Iterator[Fault]:
    """Find amounts in another currency than the invoice's."""
    currency = customer.invoice.currency
    for path, amount in amounts_of(customer, ""):
        if amount.currency != currency:
            message = f"{amount} is not in the invoice's currency {currency}; write it in {currency}"
            yield Fault(code="currency_differs", path=path, message=message)


def shift_faults(customer: Customer) -> Iterator[Fault]:
    """Find shifts that conditions name and nobody defined."""
    for path, facet, values in asked_of(customer, ""):
        for shift in values if facet == "shift" else ():
            if shift not in customer.shifts:
                message = (
                    f"shift '{shift}' is not defined under 'shifts'; {suggestion(shift, customer.shifts)}"
                )
                yield Fault(code="unknown_shift", path=path, message=message)


def cost_faults(
    noun: Contract | PriceList, at: str, currency: str, settings: Settings, known: set[str] | None
) -> Iterator[Fault]:
    """Find technicians who work at cost plus and whose cost nobody tells; ``known``: whom mappings name."""
    rows = [path for path, rate in rates_of(noun, at) if rate.cost_plus is not None]
    for path in rows:
        lacking = sorted((known or set()) - settings.technicians.keys())
        if lacking or not settings.technicians:
            who = f"technician '{lacking[0]}' has" if lacking else "technicians have"
            message = (
                f"{who} no cost under 'technicians' of the configuration: work at cost plus is held; "
                f"add '{lacking[0] if lacking else 'NAME'}: {{cost: 45.00 {currency}}}'"
            )
            yield Fault(code="cost_missing", path=f"{path}.cost_plus", message=message, warning=True)
        for name, technician in settings.technicians.items():
            if technician.cost.currency != currency and (known is None or name in known):
                message = (
                    f"technician '{name}' costs {technician.cost} in the configuration, but the invoice is "
                    f"in {currency}; nothing is converted: use another price than cost plus"
                )
                yield Fault(code="currency_differs", path=f"{path}.cost_plus", message=message)
