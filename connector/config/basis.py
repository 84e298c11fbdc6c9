"""The basis of a customer's rating: file, taxes, mappings, holidays and zones as they are now."""

from collections.abc import Iterator, Mapping

from connector.config.calendars import (
    calendar_name,
    calendar_problems,
    calendars_of,
    public_holidays,
    zone_data,
    zones_of,
)
from connector.config.validate import Unreadable, suggestion
from connector.model.basis import Basis, Origin
from connector.model.contract import Customer
from connector.model.mapping import DeskMapping
from connector.model.problem import Problem
from connector.model.settings import Settings
from connector.model.usage_mapping import UsageMapping


def build(
    customer: Customer,
    origin: Origin,
    settings: Settings,
    mappings: Mapping[str, DeskMapping],
    last_year: int,
    usage_mappings: Mapping[str, UsageMapping] | None = None,
) -> Basis:
    """Put together all that rating needs beside the facts.

    Args:
        customer: the customer file, with its ``origin``.
        origin: where the file's parts stand.
        settings: for the house's tax codes.
        mappings: by desk name; all are kept, as a person may reassign work from any desk to this customer.
        last_year: up to which holidays are looked up; the year after the present one is meant.
        usage_mappings: by usage source; all are kept. None: there are none.

    Raises:
        Unreadable: an unknown tax code, country or state.
    """
    problems = tax_problems(customer, origin, settings) + calendar_problems(customer, origin)
    if problems:
        raise Unreadable(problems)
    first_year = customer.billing_from.year
    return Basis(
        customer=customer,
        origin=origin.model_copy(update={"keys": {}}),
        taxes=settings.taxes,
        mappings=dict(mappings),
        usage_mappings=dict(usage_mappings or {}),
        holidays={
            calendar_name(calendar): public_holidays(calendar.country, calendar.state, first_year, last_year)
            for _, calendar in calendars_of(customer)
        },
        zones={zone: zone_data(zone) for zone in zones_of(customer)},
    )


def taxes_of(customer: Customer) -> Iterator[tuple[str, str]]:
    """Yield the tax codes that a customer file names: path in the file, code."""
    yield "invoice.tax", customer.invoice.tax
    for index, contract in enumerate(customer.contracts):
        for kind in ("rates", "fees"):
            for row, priced in enumerate(getattr(contract, kind)):
                if priced.tax:
                    yield f"contracts.{index}.{kind}.{row}.tax", priced.tax


def tax_problems(customer: Customer, origin: Origin, settings: Settings) -> list[Problem]:
    """Tell which tax codes the configuration does not define."""
    return [
        Problem(
            code="unknown_tax",
            message=f"tax '{code}' is not defined under 'taxes' of the configuration; "
            f"{suggestion(code, settings.taxes)}",
            about=customer.customer,
            source=origin.source(path),
        )
        for path, code in taxes_of(customer)
        if code not in settings.taxes
    ]
