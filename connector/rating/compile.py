"""Compiling: a written basis becomes terms, once per customer and version."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.model.basis import Basis, Origin
from connector.model.contract import Contract, Shift
from connector.model.fee import Fee
from connector.model.price_list import PriceListVersion, UsagePrice
from connector.model.prices import Rate, Rounding
from connector.model.problem import Source
from connector.rating.compile_pools import allowance_terms, block_terms, when_of
from connector.rating.localtime import Calendar
from connector.rating.openings import counts_every_ticket
from connector.rating.rows import (
    CommitmentTerms,
    FeeTerms,
    LimitTerms,
    PoolTerms,
    RateTerms,
    SlaTerms,
    SurchargeTerms,
    UsageTerms,
    When,
)
from connector.rating.terms import ContractTerms, Epoch, Terms, raised

Cite = Callable[[str], Source]


def terms_of(basis: Basis) -> Terms:
    """Make a basis ready for rating."""
    customer = basis.customer
    contracts = [_contract(basis, index) for index in range(len(customer.contracts))]
    blocks = tuple(
        block_terms(block, place, customer.invoice.tax, basis.origin.source(f"blocks.{place}"))
        for place, block in enumerate(customer.blocks)
    )
    return Terms(
        customer=customer.customer,
        currency=customer.invoice.currency,
        cycle=customer.invoice.period_cycle,
        billing_from=customer.billing_from,
        gates=customer.gates,
        tax=customer.invoice.tax,
        taxes=basis.taxes,
        lookup=customer.lookup,
        split_by=customer.invoice.split_by or ("cost_centre",),
        items=customer.items,
        contracts=tuple(sorted(contracts, key=lambda contract: contract.start)),
        blocks=blocks,
        costs={name: cost.amount for name, cost in basis.costs.items()},
        calendar=_calendar(basis, customer.timezone, None),
        site_calendars={
            name: _calendar(basis, site.timezone or customer.timezone, name)
            for name, site in customer.sites.items()
        },
        every_ticket=counts_every_ticket(basis),
        any_ignores=any(contract.ignores_open for contract in contracts),
        asked=tuple(sorted({*_asked(contracts, blocks), *(("item",) if customer.items else ())})),
    )


def _asked(contracts: Iterable[ContractTerms], blocks: Iterable[PoolTerms]) -> Iterator[str]:
    """Yield the facets that any term asks about."""
    yield "technician"  # a price that is cost plus asks who worked
    for when in _conditions(contracts, blocks):
        asked: When | None = when
        while asked is not None:
            yield from (name for name, _ in asked.facets)
            asked = asked.unless


def _conditions(contracts: Iterable[ContractTerms], blocks: Iterable[PoolTerms]) -> Iterator[When]:
    for contract in contracts:
        yield contract.covers
        for epoch in contract.epochs:
            yield from (row.when for row in epoch.rates)
        yield from (term.when for term in contract.surcharges)
        yield from (term.when for term in contract.limits)
        yield from (term.when for term in contract.sla_credits)
        yield from (pool.when for pool in contract.pools)
    for pool in (*blocks, *(pool for contract in contracts for pool in contract.pools)):
        yield pool.when
        yield from (when for when, _ in pool.weights)


def _calendar(basis: Basis, zone: str, site: str | None) -> Calendar:
    customer = basis.customer
    chosen = (customer.sites[site].holidays if site else None) or customer.holidays
    days = basis.holidays.get(chosen.key, {}) if chosen else {}
    shifts: Mapping[str, Shift] = customer.shifts
    tzif = BytesIO(base64.b64decode(basis.zones[zone]))
    return Calendar(ZoneInfo.from_file(tzif, key=zone), shifts, frozenset(days))


def _contract(basis: Basis, index: int) -> ContractTerms:
    contract, tax = basis.customer.contracts[index], basis.customer.invoice.tax

    def cite(part: str) -> Source:
        return basis.origin.source(f"contracts.{index}.{part}")

    conditional = _conditional(contract, cite)
    active = contract.status == "active"
    return ContractTerms(
        id=contract.id,
        start=contract.valid.from_,
        end=contract.valid.to,
        active=active,
        bills_pending=contract.pending == "bill",
        per_incident=contract.per_incident,
        ignores_open=contract.open_requests == "ignore",
        holder=contract.holder,
        covers=when_of(contract.covers),
        combine=contract.combine,
        epochs=_epochs(basis, contract, tax, cite),
        pools=tuple(
            allowance_terms(contract, place, allowance, tax, cite(f"allowances.{place}"))
            for place, allowance in enumerate(contract.allowances)
        ),
        surcharges=conditional.surcharges,
        limits=conditional.limits,
        sla_credits=conditional.sla_credits,
        fees=tuple(
            _fee(contract, fee, tax, cite(f"fees.{place}"))
            for place, fee in enumerate(contract.fees)
            if active
        ),
        commitments=tuple(
            CommitmentTerms(_id(contract, row.id), row, row.tax or tax, cite(f"commitments.{place}"))
            for place, row in enumerate(contract.commitments)
            if active
        ),
        increases=contract.increases,
    )


class _Conditional(NamedTuple):
    """What acts on the charges of some work."""

    surcharges: tuple[SurchargeTerms, ...]
    limits: tuple[LimitTerms, ...]
    sla_credits: tuple[SlaTerms, ...]


def _conditional(contract: Contract, cite: Cite) -> _Conditional:
    return _Conditional(
        surcharges=tuple(
            SurchargeTerms(
                row,
                when_of(row.when, row.except_),
                row.tax or "",
                cite(f"surcharges.{place}"),
                _id(contract, row.id),
            )
            for place, row in enumerate(contract.surcharges)
        ),
        limits=tuple(
            LimitTerms(row, when_of(row.when), cite(f"limits.{place}"), _id(contract, row.id))
            for place, row in enumerate(contract.limits)
        ),
        sla_credits=tuple(
            SlaTerms(row, when_of(row.when), cite(f"sla_credits.{place}"), _id(contract, row.id))
            for place, row in enumerate(contract.sla_credits)
        ),
    )


def _id(contract: Contract, id_: str) -> str:
    return f"{contract.id}/{id_}"


def _epochs(basis: Basis, contract: Contract, tax: str, cite: Cite) -> tuple[Epoch, ...]:
    """Cut a contract's prices where its price list has a new version or an index raises them."""
    listed = basis.price_lists[contract.price_list] if contract.price_list else None
    versions = listed.versions if listed else ()
    origin = basis.list_origins.get(contract.price_list or "", Origin())
    days = {date.min, *(one.from_ for one in versions), *(one.from_ for one in contract.increases)}
    return tuple(
        _epoch(contract, day, _version_on(versions, day), tax, cite, origin)
        for day in sorted(days, reverse=True)
    )


def _version_on(versions: Iterable[PriceListVersion], day: date) -> tuple[int, PriceListVersion] | None:
    return max(
        ((place, one) for place, one in enumerate(versions) if one.from_ <= day),
        key=lambda pair: pair[1].from_,
        default=None,
    )


def _epoch(
    contract: Contract,
    day: date,
    version: tuple[int, PriceListVersion] | None,
    tax: str,
    cite: Cite,
    origin: Origin,
) -> Epoch:
    factor = raised(contract.increases, day, "rates")
    rates = [
        _rate(contract, f"rates/{row}", rate, tax, cite(f"rates.{row}"), factor)
        for row, rate in enumerate(contract.rates)
    ]
    usage = [
        _usage(contract, row, tax, cite(f"usage.{place}"), factor) for place, row in enumerate(contract.usage)
    ]
    if version:
        place, listed = version
        at, list_ = f"versions.{place}", contract.price_list
        rates += [
            _rate(contract, f"{list_}/{row}", rate, tax, origin.source(f"{at}.rates.{row}"), Decimal(1))
            for row, rate in enumerate(listed.rates)
        ]
        usage += [
            _usage(contract, row, tax, origin.source(f"{at}.usage.{number}"), Decimal(1))
            for number, row in enumerate(listed.usage)
        ]
    return Epoch(day, tuple(rates), tuple(usage))


def _rate(contract: Contract, row: str, rate: Rate, tax: str, source: Source, factor: Decimal) -> RateTerms:
    name = f"{contract.id}/{row}"
    return RateTerms(
        row=rate,
        when=when_of(rate.when, rate.except_),
        rounding=_rounding(contract, rate),
        rounding_of=name if rate.round or rate.per_block else contract.id,
        tax=rate.tax or tax,
        source=source,
        name=name,
        label=rate.text or " or ".join(rate.when.service or (contract.id,)),
        raised=factor,
    )


def _rounding(contract: Contract, rate: Rate) -> Rounding:
    """Return how a row rounds: as it says, a started block whole, else as the contract says."""
    if rate.round is None and rate.per_block is not None:
        return Rounding(to=int(rate.per_block.of.amount), per=contract.round.per)
    return rate.round or contract.round


def _usage(contract: Contract, row: UsagePrice, tax: str, source: Source, factor: Decimal) -> UsageTerms:
    return UsageTerms(row, when_of(row.when), row.tax or tax, source, _id(contract, row.id), factor)


def _fee(contract: Contract, fee: Fee, tax: str, source: Source) -> FeeTerms:
    counted = when_of(fee.counted) if fee.counted is not None else None
    return FeeTerms(_id(contract, fee.id), fee, counted, fee.tax or tax, source)
