"""What usage costs, and the price lists that customers share."""

from typing import Literal, Self

from pydantic import Field, model_validator

from connector.model.condition import Condition
from connector.model.period import Cycle
from connector.model.prices import BlockRate, Proration, Rate, Tiers
from connector.model.quantity import Counted
from connector.model.written import Amount, Day, Flag, Percent, Reason, Slug, Text, Written


class UsagePrice(Written):
    """A row that prices usage records: licences, telephony, storage, parts. The first that fits decides."""

    id: Slug
    when: Condition = Condition()
    each: Amount | None = Field(default=None, description="per unit")
    per_block: BlockRate | None = Field(default=None, description="per started block of units")
    tiers: Tiers | None = None
    cost_plus: Percent | None = Field(default=None, description="the record's own cost, and so much on top")
    included: Flag = Field(default=False, description="the fee covers it")
    free: Reason | None = None
    hold: Reason | None = None
    per: Literal[Cycle, "use"] = Field(
        default="use",
        description="use: the quantity is what was used; month: it stands, and is paid by the month",
    )
    prorate: Proration = Field(default="none", description="of what stands for part of a month, quarter ...")
    allowance: Counted | None = Field(
        default=None, description="so many units per billing period for nothing"
    )
    minimum: Counted | None = Field(default=None, description="billed at least per billing period")
    lines: Literal["total", "person", "item", "cost_centre", "record"] = Field(
        default="total", description="one line in all, or one for each"
    )
    tax: Slug | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        prices = (self.each, self.per_block, self.tiers, self.cost_plus)
        others = (self.included or None, self.free, self.hold)
        if sum(one is not None for one in (*prices, *others)) != 1:
            raise ValueError(
                "a usage row says exactly one of each, per_block, tiers, cost_plus, included, free, hold"
            )
        if self.prorate != "none" and self.per == "use":
            raise ValueError("'prorate' is of what stands for a month; say 'per: month'")
        if self.per_block and self.per_block.of.kind != "count":
            raise ValueError("a block of usage is so many units, as 100 units")
        if self.tiers and self.tiers.of_time:
            raise ValueError("tiers of usage count units, as 'to: 100 units'")
        return self


class PriceListVersion(Written):
    """A price list from a day on, until the next version."""

    from_: Day = Field(alias="from")
    rates: tuple[Rate, ...] = ()
    usage: tuple[UsagePrice, ...] = ()


class PriceList(Written):
    """Prices that several customers share. A contract's own rows go before those of its list."""

    price_list: Slug
    versions: tuple[PriceListVersion, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [version.from_ for version in self.versions]
        if not days or days != sorted(set(days)):
            raise ValueError("versions stand in the order of their days, each with its own 'from'")
        return self
