"""Terms: a basis made ready for rating, once per customer and version."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

from connector.model.basis import Basis
from connector.model.contract import Allowance, Condition, Contract, Fee, Gates, Rate, Rounding, Shift, Tax
from connector.model.period import Period
from connector.model.problem import Source
from connector.rating.localtime import Calendar


@dataclass(frozen=True, slots=True)
class When:
    """A condition, split into what the mapping answers and what the clock answers."""

    facets: tuple[tuple[str, frozenset[str]], ...]
    shifts: frozenset[str] | None

    def holds(self, facets: Mapping[str, str]) -> bool:
        """Tell whether the facets fit; the shift is asked apart."""
        return all(facets.get(name, "") in values for name, values in self.facets)

    def in_shift(self, shifts: frozenset[str]) -> bool:
        """Tell whether the clock fits."""
        return self.shifts is None or not self.shifts.isdisjoint(shifts)


@dataclass(frozen=True, slots=True)
class RateTerms:
    """A row of the price table."""

    row: Rate
    when: When
    rounding: Rounding
    tax: str
    source: Source
    name: str  #: ``contract/rates/2``
    label: str  #: the service's name for people


@dataclass(frozen=True, slots=True)
class AllowanceTerms:
    """An allowance of a contract."""

    name: str  #: ``contract/allowance``
    id: str
    when: When
    of: int
    carry_over: int
    warn_at: tuple[Decimal, ...]
    eats_worked: bool
    holds: bool
    owed: bool
    source: Source


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """A recurring fee of a contract."""

    name: str  #: ``contract/fee``
    row: Fee
    tax: str
    source: Source


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """A contract, with its answers remembered per kind of work."""

    id: str
    start: date
    end: date | None
    rates: tuple[RateTerms, ...]
    allowances: tuple[AllowanceTerms, ...]
    fees: tuple[FeeTerms, ...]
    _rows: dict[tuple[tuple[str, str], ...], tuple[tuple[RateTerms, ...], tuple[AllowanceTerms, ...]]] = (
        field(default_factory=dict)
    )

    def covers(self, day: date) -> bool:
        """Tell whether the contract is valid on a day."""
        return self.start <= day and (self.end is None or day < self.end)

    def rows_for(self, facets: Mapping[str, str]) -> tuple[tuple[RateTerms, ...], tuple[AllowanceTerms, ...]]:
        """Return the rates and allowances whose facets fit, in written order; the shift is asked apart."""
        kind = tuple(facets.items())
        rows = self._rows.get(kind)
        if rows is None:
            rows = self._rows[kind] = (
                tuple(rate for rate in self.rates if rate.when.holds(facets)),
                tuple(allowance for allowance in self.allowances if allowance.when.holds(facets)),
            )
        return rows


@dataclass(frozen=True, slots=True)
class Terms:
    """What rating knows of a customer beside the facts."""

    customer: str
    currency: str
    billing_from: date
    gates: Gates
    tax: str
    taxes: Mapping[str, Tax]
    contracts: tuple[ContractTerms, ...]
    calendar: Calendar
    site_calendars: Mapping[str, Calendar]
    _percents: dict[tuple[str, date], Decimal] = field(default_factory=dict)

    def contract_on(self, day: date) -> ContractTerms | None:
        """Return the contract that is valid on a day."""
        return next((contract for contract in self.contracts if contract.covers(day)), None)

    def contracts_in(self, period: Period) -> list[ContractTerms]:
        """Return the contracts that are valid on any day of a period, in the order of time."""
        return [
            contract
            for contract in self.contracts
            if contract.start < period.end and (contract.end is None or contract.end > period.start)
        ]

    def calendar_at(self, site: str) -> Calendar:
        """Return the clock and holidays of a site; the customer's own where the site says nothing."""
        return self.site_calendars.get(site, self.calendar)

    def percent(self, tax: str, day: date) -> Decimal:
        """Return a tax code's rate on the day of supply."""
        percent = self._percents.get((tax, day))
        if percent is None:
            rates = [rate for rate in self.taxes[tax].rates if rate.from_ <= day]
            percent = max(rates, key=lambda rate: rate.from_).percent if rates else Decimal(0)
            self._percents[tax, day] = percent
        return percent


def terms_of(basis: Basis) -> Terms:
    """Make a basis ready for rating."""
    customer = basis.customer
    contracts = tuple(
        _contract(basis, index, contract, customer.invoice.tax)
        for index, contract in enumerate(customer.contracts)
    )
    return Terms(
        customer=customer.customer,
        currency=customer.invoice.currency,
        billing_from=customer.billing_from,
        gates=customer.gates,
        tax=customer.invoice.tax,
        taxes=basis.taxes,
        contracts=tuple(sorted(contracts, key=lambda contract: contract.start)),
        calendar=_calendar(basis, customer.timezone, None),
        site_calendars={
            name: _calendar(basis, site.timezone or customer.timezone, name)
            for name, site in customer.sites.items()
        },
    )


def calendar_key(country: str, state: str | None) -> str:
    """Name a holiday calendar as `Basis.holidays` does: ``DE`` or ``DE-BY``."""
    return f"{country}-{state}" if state else country


def _calendar(basis: Basis, zone: str, site: str | None) -> Calendar:
    customer = basis.customer
    chosen = (customer.sites[site].holidays if site else None) or customer.holidays
    days = basis.holidays.get(calendar_key(chosen.country, chosen.state), {}) if chosen else {}
    shifts: Mapping[str, Shift] = customer.shifts
    tzif = BytesIO(base64.b64decode(basis.zones[zone]))
    return Calendar(ZoneInfo.from_file(tzif, key=zone), shifts, frozenset(days))


def _contract(basis: Basis, index: int, contract: Contract, tax: str) -> ContractTerms:
    def source(kind: str, row: int) -> Source:
        return basis.origin.source(f"contracts.{index}.{kind}.{row}")

    return ContractTerms(
        id=contract.id,
        start=contract.valid.from_,
        end=contract.valid.to,
        rates=tuple(
            _rate(contract, row, rate, tax, source("rates", row)) for row, rate in enumerate(contract.rates)
        ),
        allowances=tuple(
            _allowance(contract, allowance, source("allowances", row))
            for row, allowance in enumerate(contract.allowances)
        ),
        fees=tuple(
            FeeTerms(f"{contract.id}/{fee.id}", fee, fee.tax or tax, source("fees", row))
            for row, fee in enumerate(contract.fees)
        ),
    )


def _rate(contract: Contract, number: int, rate: Rate, tax: str, source: Source) -> RateTerms:
    return RateTerms(
        row=rate,
        when=_when(rate.when),
        rounding=rate.round or contract.round,
        tax=rate.tax or tax,
        source=source,
        name=f"{contract.id}/rates/{number}",
        label=rate.text or " or ".join(rate.when.service or (contract.id,)),
    )


def _allowance(contract: Contract, allowance: Allowance, source: Source) -> AllowanceTerms:
    return AllowanceTerms(
        name=f"{contract.id}/{allowance.id}",
        id=allowance.id,
        when=_when(allowance.for_),
        of=allowance.of,
        carry_over=allowance.carry_over,
        warn_at=tuple(sorted(allowance.warn_at)),
        eats_worked=allowance.eats == "worked",
        holds=allowance.then == "hold",
        owed=allowance.owed,
        source=source,
    )


def _when(condition: Condition) -> When:
    named = {name: frozenset(values) for name, values in condition if values is not None}
    return When(shifts=named.pop("shift", None), facets=tuple(named.items()))
