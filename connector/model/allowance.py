"""What the customer has for nothing further: allowances that recur, and blocks that are bought."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.model.condition import Condition, Validity
from connector.model.period import Cycle
from connector.model.prices import Proration
from connector.model.quantity import Amounted, Factor, Lasting, Rank, Share, parse_span
from connector.model.written import Amount, Day, Flag, OneOrMany, Percent, Slug, Text, Written


class CarryOver(Written):
    """What becomes of unused time: how long it stays usable, and how much of it."""

    for_: Lasting = Field(alias="for")
    cap: Share | None = Field(
        default=None, description="the most that is carried: a part of the grant, or an amount"
    )
    compounding: Flag = Field(
        default=False, description="yes: what was carried in is carried on, all of it anew"
    )


def _parse_carry(value: Any) -> Any:
    if value == "none":
        return None
    if not isinstance(value, str):
        return value
    try:
        return {"for": parse_span(value)}
    except ValueError:
        raise ValueError(
            f"'{value}' is no carry-over; write none, 1 month, 3 periods or always, or {{for: ..., cap: ...}}"
        ) from None


class Weight(Written):
    """Work that eats more or less of an allowance than its time."""

    when: Condition
    factor: Factor


class Cascade(Written):
    """Where the rest of the work goes when an allowance is used up."""

    next: Slug | None = Field(default=None, description="id of the allowance or block that is drawn on next")
    contract: Slug | None = Field(
        default=None, description="id of the contract whose prices hold for the rest"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.next is None) == (self.contract is None):
            raise ValueError("'then' names what is next, or a contract")
        return self


class Settling(Written):
    """When over-use that was carried as a debt is charged, and at which price."""

    per: Cycle
    hourly: Amount | None = None
    each: Amount | None = Field(default=None, description="per call")

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.hourly is not None and self.each is not None:
            raise ValueError(
                "a debt of time is settled at 'hourly', one of calls at 'each', one of money at neither"
            )
        return self


class Allowance(Written):
    """Time, money or calls that the customer has for nothing further, again and again."""

    id: Slug
    of: Amounted
    per: Literal[Cycle, "term"] = Field(
        default="month", description="term: once, for the contract's validity"
    )
    pooled: Cycle | None = Field(
        default=None, description="several grants are given at once, as 5h a month pooled over a quarter"
    )
    anchor: Literal["calendar", "contract"] = Field(
        default="calendar", description="contract: windows are counted from its first day"
    )
    for_: Condition = Field(default=Condition(), alias="for")
    except_: Condition | None = Field(default=None, alias="except", description="work that does not eat it")
    each: Slug | None = Field(
        default=None, description="a facet: each of its values has an allowance of its own, as item"
    )
    weights: tuple[Weight, ...] = Field(default=(), description="the first that fits decides; else x1")
    carry_over: Annotated[CarryOver | None, BeforeValidator(_parse_carry)] = None
    warn_at: tuple[Percent, ...] = ()
    eats: Literal["rounded", "worked"] = "rounded"
    then: Literal["charge", "hold", "overdraw"] | Cascade = Field(
        default="charge", description="what becomes of work above it"
    )
    overdraw_to: Share | None = Field(default=None, description="the most that may be owed; left out: no end")
    settle: Settling | None = Field(
        default=None, description="over-use is charged then; left out: it is carried on"
    )
    prorate: Proration = Field(default="none", description="a window in which the contract begins or ends")
    priority: Rank = Field(
        default=50, description="of allowances and blocks that fit, the lowest is drawn on first"
    )
    owed: Flag = Field(default=False, description="unused time is reported as due but not delivered")

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.pooled is not None and self.pooled not in _POOLS.get(self.per, ()):
            raise ValueError(f"{self.of} per {self.per} cannot be pooled over a {self.pooled}")
        if self.settle is not None:
            prices = {"time": self.settle.hourly, "count": self.settle.each}
            if self.of.kind in prices and prices[self.of.kind] is None:
                word = "hourly" if self.of.kind == "time" else "each"
                raise ValueError(f"'settle' needs the price of what is owed: say '{word}'")
        if self.then != "overdraw" and (self.overdraw_to is not None or self.settle is not None):
            raise ValueError("'overdraw_to' and 'settle' stand beside 'then: overdraw'")
        unit = self.carry_over.for_.unit if self.carry_over else "period"
        if unit not in ("period", self.window):
            raise ValueError(
                f"it is granted per {self.window}; carry it over for so many {self.window}s, not {unit}s"
            )
        if self.of.kind == "money" and (self.weights or self.eats == "worked"):
            raise ValueError(
                "an allowance of money is eaten by what work costs; weights and 'eats' are of time"
            )
        return self

    @property
    def window(self) -> str:
        """What one grant is for: month, quarter ... or term."""
        return self.pooled or self.per


#: Over which longer windows grants can be pooled.
_POOLS: dict[str, tuple[str, ...]] = {
    "month": ("quarter", "half-year", "year"),
    "quarter": ("half-year", "year"),
    "half-year": ("year",),
}


class Renewal(Written):
    """A block that is bought again when little is left."""

    below: Share = Field(description="what is left when it is renewed")
    by: Literal["proposal", "automatic"] = Field(
        default="proposal",
        description="proposal: a person is told; automatic: the next one is bought that day",
    )


class Block(Written):
    """Hours, money or calls that were bought; a top-up is one. It may outlive the contract."""

    id: Slug
    of: Amounted
    free: Amounted | None = Field(
        default=None, description="so much on top for nothing; it has the value 0.00"
    )
    price: Amount
    bought: Day = Field(description="the day on which it is invoiced")
    valid: Validity | None = Field(
        default=None, description="when it can be used; left out: from the day it was bought"
    )
    for_: Condition = Field(default=Condition(), alias="for")
    except_: Condition | None = Field(default=None, alias="except")
    contracts: OneOrMany | None = Field(
        default=None, description="ids of the contracts whose work may draw on it; left out: any"
    )
    weights: tuple[Weight, ...] = ()
    warn_at: tuple[Percent, ...] = ()
    eats: Literal["rounded", "worked"] = "rounded"
    then: Literal["charge", "hold"] | Cascade = "charge"
    priority: Rank = 60
    tax_point: Literal["payment", "delivery"] = Field(
        default="payment", description="delivery: the purchase bears 'prepaid_tax', each use its own tax"
    )
    prepaid_tax: Slug | None = Field(default=None, description="tax code of a purchase that is no supply yet")
    renew: Renewal | None = None
    invoiced: Flag = Field(default=True, description="no: it was invoiced elsewhere")
    tax: Slug | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.free is not None and (self.free.kind, self.free.word) != (self.of.kind, self.of.word):
            raise ValueError(f"'free' is of the same kind as 'of', as {self.of}")
        if (self.tax_point == "delivery") != (self.prepaid_tax is not None):
            raise ValueError("'tax_point: delivery' and 'prepaid_tax' stand together")
        if self.tax_point == "delivery" and self.of.kind != "time":
            raise ValueError("'tax_point: delivery' is of blocks of time")
        if self.price.amount < 0:
            raise ValueError("a price cannot be negative")
        if not self.of.amount:
            raise ValueError("a block of nothing cannot be bought")
        if self.of.kind == "money" and (self.weights or self.eats == "worked"):
            raise ValueError("a block of money is eaten by what work costs; weights and 'eats' are of time")
        return self
