"""Terms: what was agreed, made ready for rating: look-ups that answer by facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from connector.model.contract import Gates, Holder, Item, Tax
from connector.model.period import Cycle, Period, period_of
from connector.model.prices import Increase
from connector.rating.localtime import Calendar
from connector.rating.rows import (
    CommitmentTerms,
    Facets,
    FeeTerms,
    LimitTerms,
    PoolTerms,
    RateTerms,
    SlaTerms,
    SurchargeTerms,
    UsageTerms,
    When,
)


class Epoch(NamedTuple):
    """A contract's prices from a day on, until the next epoch."""

    start: date
    rates: tuple[RateTerms, ...]
    usage: tuple[UsageTerms, ...]


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """A contract."""

    id: str
    start: date
    end: date | None
    active: bool
    bills_pending: bool
    per_incident: bool
    ignores_open: bool
    holder: Holder
    covers: When
    combine: str
    epochs: tuple[Epoch, ...]  #: the latest first
    pools: tuple[PoolTerms, ...]  #: its allowances, in written order
    surcharges: tuple[SurchargeTerms, ...]
    limits: tuple[LimitTerms, ...]
    sla_credits: tuple[SlaTerms, ...]
    fees: tuple[FeeTerms, ...]
    commitments: tuple[CommitmentTerms, ...]
    increases: tuple[Increase, ...]

    def holds_on(self, day: date) -> bool:
        """Tell whether the contract's validity has the day."""
        return self.start <= day and (self.end is None or day < self.end)

    def touches(self, period: Period) -> bool:
        """Tell whether it is valid on any day of a period."""
        return self.start < period.end and (self.end is None or self.end > period.start)

    def epoch_on(self, day: date) -> Epoch:
        """Return the prices of a day; before the first epoch, those of the first."""
        return next((epoch for epoch in self.epochs if epoch.start <= day), self.epochs[-1])

    def raised(self, day: date, what: str) -> Decimal:
        """Return by how much an index has raised prices until a day."""
        return raised(self.increases, day, what)


def raised(increases: Iterable[Increase], day: date, what: str) -> Decimal:
    """Multiply the increases of a kind of price (rates, fees) up to a day."""
    factor = Decimal(1)
    for increase in increases:
        if increase.from_ <= day and increase.what in ("all", what):
            factor *= 1 + increase.percent / 100
    return factor


@dataclass(frozen=True, slots=True)
class Terms:
    """What rating knows of a customer beside the facts."""

    customer: str
    currency: str
    cycle: Cycle  #: of its billing periods
    billing_from: date
    gates: Gates
    tax: str
    taxes: Mapping[str, Tax]
    lookup: tuple[Holder, ...]
    split_by: tuple[str, ...]  #: the facets whose values no line spans
    items: Mapping[str, Item]
    contracts: tuple[ContractTerms, ...]  #: in the order of time
    blocks: tuple[PoolTerms, ...]
    costs: Mapping[str, Decimal]  #: by technician: what an hour costs the house
    calendar: Calendar
    site_calendars: Mapping[str, Calendar]
    every_ticket: bool  #: some row counts every ticket as a call
    any_ignores: bool  #: some contract leaves out tickets that were opened while it was valid
    asked: tuple[
        str, ...
    ]  #: the facets that any condition asks about: work that agrees in them is of one kind
    remembered: dict[object, Any] = field(default_factory=dict)  #: answers that never change

    @property
    def first_period(self) -> Period:
        """The period in which billing begins."""
        return self.period_of(self.billing_from)

    def period_of(self, day: date) -> Period:
        """Return the billing period in which a day lies."""
        return period_of(self.cycle, day)

    def contract(self, id_: str) -> ContractTerms | None:
        """Return a contract by its id."""
        return next((contract for contract in self.contracts if contract.id == id_), None)

    def contract_on(self, day: date) -> ContractTerms | None:
        """Return a contract that is valid on a day."""
        return next((contract for contract in self.contracts if contract.holds_on(day)), None)

    def contracts_in(self, period: Period) -> list[ContractTerms]:
        """Return the contracts that are valid on any day of a period, in the order of time."""
        return [contract for contract in self.contracts if contract.touches(period)]

    def calendar_at(self, site: str) -> Calendar:
        """Return the clock and holidays of a site; the customer's own where the site says nothing."""
        return self.site_calendars.get(site, self.calendar)

    def percent(self, tax: str, day: date) -> Decimal:
        """Return a tax code's rate on the day of supply."""
        found = self.remembered.get((tax, day))
        if found is None:
            rates = [rate for rate in self.taxes[tax].rates if rate.from_ <= day]
            found = max(rates, key=lambda rate: rate.from_).percent if rates else Decimal(0)
            self.remembered[tax, day] = found
        return Decimal(found)

    def split_of(self, facets: Facets) -> str:
        """Return the values that no line spans, as a line key has them."""
        if len(self.split_by) == 1:
            return facets.get(self.split_by[0], "")
        return " / ".join([facets.get(name, "") for name in self.split_by]).strip(" /")
