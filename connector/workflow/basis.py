"""What a customer is rated with, as the files of the house stand now."""

from connector.config import basis as reading
from connector.model.basis import Basis
from connector.workflow.house import House


def basis_now(house: House, name: str) -> Basis:
    """Put a customer's basis together.

    Raises:
        ConfigError: there is no such customer.
        Unreadable: its contract names a tax or calendar that is not known.
    """
    customer, origin = house.customer(name), house.origins[name]
    lists = {each: (noun, house.list_origins[each]) for each, noun in house.price_lists.items()}
    return reading.build(
        customer,
        origin,
        house.settings,
        house.mappings,
        house.today().year + 1,
        price_lists=lists,
        usage_mappings=house.usage_mappings,
    )
