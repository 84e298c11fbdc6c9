"""Compiling: a written basis becomes terms, once per customer and version."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from zoneinfo import ZoneInfo

from connector.model.allowance import Allowance, Block, CarryOver, Cascade
from connector.model.basis import Basis, Origin
from connector.model.condition import Condition
from connector.model.contract import Calendar as WrittenCalendar
from connector.model.contract import Contract, Shift
from connector.model.fee import Fee
from connector.model.period import Cycle
from connector.model.prices import PriceListVersion, Rate, UsagePrice
from connector.model.problem import Source
from connector.model.written import Quantity
from connector.rating.localtime import Calendar
from connector.rating.terms import (
    ALWAYS,
    CarryTerms,
    CommitmentTerms,
    ContractTerms,
    Epoch,
    FeeTerms,
    LimitTerms,
    PoolTerms,
    RateTerms,
    SlaTerms,
    SurchargeTerms,
    Terms,
    UsageTerms,
    When,
    raised,
)

Cite = Callable[[str], Source]


def terms_of(basis: Basis) -> Terms:
    """Make a basis ready for rating."""
    customer = basis.customer
    contracts = [_contract(basis, index) for index in range(len(customer.contracts))]
    blocks = tuple(
        _block(block, place, customer.invoice.tax, basis.origin.source(f"blocks.{place}"))
        for place, block in enumerate(customer.blocks)
    )
    return Terms(
        customer=customer.customer,
        currency=customer.invoice.currency,
        cycle=customer.invoice.period_cycle,
        billing_from=customer.billing_from,
        gates=customer.gates,
        tax=customer.invoice.tax,
        tax_by_line=customer.invoice.tax_rounding == "line",
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


def calendar_key(calendar: WrittenCalendar) -> str:
    """Name a holiday calendar as `Basis.holidays` does: ``DE-BY``, with the days that were agreed beside."""
    name = f"{calendar.country}-{calendar.state}" if calendar.state else calendar.country
    agreed = [f"+{day}" for day in calendar.also] + [f"-{day}" for day in calendar.not_]
    return " ".join([name, *agreed])


def _calendar(basis: Basis, zone: str, site: str | None) -> Calendar:
    customer = basis.customer
    chosen = (customer.sites[site].holidays if site else None) or customer.holidays
    days = basis.holidays.get(calendar_key(chosen), {}) if chosen else {}
    shifts: Mapping[str, Shift] = customer.shifts
    tzif = BytesIO(base64.b64decode(basis.zones[zone]))
    return Calendar(ZoneInfo.from_file(tzif, key=zone), shifts, frozenset(days))


def _contract(basis: Basis, index: int) -> ContractTerms:
    contract, tax = basis.customer.contracts[index], basis.customer.invoice.tax

    def cite(part: str) -> Source:
        return basis.origin.source(f"contracts.{index}.{part}")

    return ContractTerms(
        id=contract.id,
        start=contract.valid.from_,
        end=contract.valid.to,
        active=contract.status == "active",
        bills_pending=contract.pending == "bill",
        per_incident=contract.per_incident,
        ignores_open=contract.open_requests == "ignore",
        holder=contract.holder,
        covers=_when(contract.covers),
        combine=contract.combine,
        epochs=_epochs(basis, contract, tax, cite),
        pools=tuple(
            _allowance(contract, place, allowance, tax, cite(f"allowances.{place}"))
            for place, allowance in enumerate(contract.allowances)
        ),
        surcharges=tuple(
            SurchargeTerms(
                row,
                _when(row.when, row.except_),
                row.tax or "",
                cite(f"surcharges.{place}"),
                _id(contract, row.id),
            )
            for place, row in enumerate(contract.surcharges)
        ),
        limits=tuple(
            LimitTerms(row, _when(row.when), cite(f"limits.{place}"), _id(contract, row.id))
            for place, row in enumerate(contract.limits)
        ),
        sla_credits=tuple(
            SlaTerms(row, _when(row.when), cite(f"sla_credits.{place}"), _id(contract, row.id))
            for place, row in enumerate(contract.sla_credits)
        ),
        fees=tuple(
            _fee(contract, fee, tax, cite(f"fees.{place}")) for place, fee in enumerate(contract.fees)
        ),
        commitments=tuple(
            CommitmentTerms(_id(contract, row.id), row, row.tax or tax, cite(f"commitments.{place}"))
            for place, row in enumerate(contract.commitments)
        ),
        increases=contract.increases,
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
        when=_when(rate.when, rate.except_),
        rounding=rate.round or contract.round,
        rounding_of=name if rate.round else contract.id,
        tax=rate.tax or tax,
        source=source,
        name=name,
        label=rate.text or " or ".join(rate.when.service or (contract.id,)),
        raised=factor,
    )


def _usage(contract: Contract, row: UsagePrice, tax: str, source: Source, factor: Decimal) -> UsageTerms:
    return UsageTerms(row, _when(row.when), row.tax or tax, source, _id(contract, row.id), factor)


def _fee(contract: Contract, fee: Fee, tax: str, source: Source) -> FeeTerms:
    counted = _when(fee.counted) if fee.counted is not None else None
    return FeeTerms(_id(contract, fee.id), fee, counted, fee.tax or tax, source)


def _allowance(contract: Contract, place: int, written: Allowance, tax: str, source: Source) -> PoolTerms:
    cycle: Cycle | None = written.pooled or (None if written.per == "term" else written.per)
    then = written.then
    return PoolTerms(
        name=_id(contract, written.id),
        id=written.id,
        kind=written.of.kind,
        word=written.of.word,
        when=_when(written.for_, written.except_),
        of=_units(written.of) * (_MONTHS[cycle] // _MONTHS[written.per] if written.pooled and cycle else 1),
        cycle=cycle,
        anchor=contract.valid.from_ if written.anchor == "contract" else None,
        start=contract.valid.from_,
        end=contract.valid.to or ALWAYS,
        order=(written.priority, ALWAYS, False, place),
        source=source,
        contract=contract.id,
        each=written.each or "",
        weights=tuple((_when(one.when), Fraction(one.factor)) for one in written.weights),
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


_MONTHS: dict[str | None, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12, "week": 1}


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


def _block(block: Block, place: int, tax: str, source: Source) -> PoolTerms:
    start = block.valid.from_ if block.valid else block.bought
    end = (block.valid.to if block.valid else None) or ALWAYS
    then = block.then
    return PoolTerms(
        name=f"blocks/{block.id}",
        id=block.id,
        kind=block.of.kind,
        word=block.of.word,
        when=_when(block.for_, block.except_),
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
        weights=tuple((_when(one.when), Fraction(one.factor)) for one in block.weights),
        warn_at=tuple(sorted(block.warn_at)),
        eats_worked=block.eats == "worked",
        holds=then == "hold",
        next=(then.next or "") if isinstance(then, Cascade) else "",
        then_contract=(then.contract or "") if isinstance(then, Cascade) else "",
        tax=block.tax or tax,
        block=block,
    )


def _when(condition: Condition, unless: Condition | None = None) -> When:
    named = {name: frozenset(values) for name, values in condition.asked()}
    barred = _when(unless) if unless is not None else None
    return When(shifts=named.pop("shift", None), facets=tuple(named.items()), unless=barred)
