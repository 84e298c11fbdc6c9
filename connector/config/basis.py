"""The basis of a customer's rating: file, price lists, taxes, mappings, holidays, zones as they are now."""

from collections.abc import Iterator, Mapping

from connector.config.calendars import calendar_problems, calendars_of, holidays_of, zone_data, zones_of
from connector.config.parts import taxes_in
from connector.config.validate import Unreadable, suggestion
from connector.model.basis import Basis, Origin
from connector.model.contract import Customer
from connector.model.mapping import DeskMapping
from connector.model.price_list import PriceList
from connector.model.problem import Problem
from connector.model.settings import Settings
from connector.model.usage_mapping import UsageMapping

#: The price lists of the house by name, each with where its parts stand.
PriceLists = Mapping[str, tuple[PriceList, Origin]]


def build(
    customer: Customer,
    origin: Origin,
    settings: Settings,
    mappings: Mapping[str, DeskMapping],
    last_year: int,
    price_lists: PriceLists | None = None,
    usage_mappings: Mapping[str, UsageMapping] | None = None,
) -> Basis:
    """Put together all that rating needs beside the facts.

    Args:
        customer: the customer file, with its ``origin``.
        origin: where the file's parts stand.
        settings: for the house's tax codes and what its technicians cost.
        mappings: by desk name; all are kept, as a person may reassign work from any desk to this customer.
        last_year: up to which holidays are looked up; the year after the present one is meant.
        price_lists: of the house; those that the customer's contracts name are kept.
        usage_mappings: by usage source; all are kept. None: there are none.

    Raises:
        Unreadable: an unknown tax code, price list, country or state.
    """
    known = price_lists or {}
    lists = {name: known[name] for name in named_lists(customer) if name in known}
    problems = [
        *tax_problems(customer, origin, settings, customer.customer),
        *(problem for noun, place in lists.values() for problem in tax_problems(noun, place, settings)),
        *list_problems(customer, origin, known),
        *calendar_problems(customer, origin),
    ]
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
            calendar.key: holidays_of(calendar, first_year, last_year)
            for _, calendar in calendars_of(customer)
        },
        price_lists={name: noun for name, (noun, _) in lists.items()},
        list_origins={name: place.model_copy(update={"keys": {}}) for name, (_, place) in lists.items()},
        costs={name: technician.cost for name, technician in settings.technicians.items()},
        zones={zone: zone_data(zone) for zone in zones_of(customer)},
    )


def named_lists(customer: Customer) -> list[str]:
    """List the price lists that a customer's contracts name, each once."""
    return list(dict.fromkeys(one.price_list for one in customer.contracts if one.price_list))


def taxes_of(customer: Customer, price_lists: PriceLists | None = None) -> Iterator[tuple[str, str]]:
    """Yield the tax codes that a customer file and its price lists name: path in the customer file, code.

    A code of a price list has the path of the first contract that names the list.
    """
    yield from taxes_in(customer, "")
    for index, contract in enumerate(customer.contracts):
        if contract.price_list and contract.price_list in (price_lists or {}):
            noun, _ = (price_lists or {})[contract.price_list]
            for code in dict.fromkeys(code for _, code in taxes_in(noun, "")):
                yield f"contracts.{index}.price_list", code


def tax_problems(
    noun: Customer | PriceList, origin: Origin, settings: Settings, about: str = ""
) -> list[Problem]:
    """Tell which tax codes of a file the configuration does not define."""
    return [
        Problem(
            code="unknown_tax",
            message=f"tax '{code}' is not defined under 'taxes' of the configuration; "
            f"{suggestion(code, settings.taxes)}",
            about=about,
            source=origin.source(path),
        )
        for path, code in taxes_in(noun, "")
        if code not in settings.taxes
    ]


def list_problems(customer: Customer, origin: Origin, price_lists: PriceLists) -> list[Problem]:
    """Tell which price lists the house does not have."""
    return [
        Problem(
            code="unknown_price_list",
            message=f"no price list '{contract.price_list}' can be read; "
            f"{suggestion(contract.price_list, price_lists)}",
            about=customer.customer,
            source=origin.source(f"contracts.{index}.price_list"),
        )
        for index, contract in enumerate(customer.contracts)
        if contract.price_list and contract.price_list not in price_lists
    ]
