"""Recurring amounts: fees and subscriptions, and the least that a term's work comes to."""

from typing import Literal, Self

from pydantic import Field, model_validator

from connector.model.condition import Condition
from connector.model.period import Cycle
from connector.model.prices import Proration
from connector.model.quantity import Counted
from connector.model.written import Amount, Day, Percent, Slug, Text, Written


class FeeChange(Written):
    """What a fee comes to from a day on: another amount, another quantity, or both."""

    from_: Day = Field(alias="from")
    amount: Amount | None = None
    quantity: Counted | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.amount is None and self.quantity is None:
            raise ValueError("a change says amount, quantity, or both")
        return self


class Fee(Written):
    """A recurring amount, or one that falls due once."""

    id: Slug
    amount: Amount = Field(description="per window, and per unit where there is a quantity")
    per: Literal[Cycle, "once"] = "month"
    in_: Literal["advance", "arrears"] = Field(default="arrears", alias="in")
    anchor: Literal["calendar", "contract"] = Field(
        default="calendar", description="contract: windows are counted from the fee's first day"
    )
    from_: Day | None = Field(default=None, alias="from", description="first day; left out: the contract's")
    to: Day | None = Field(default=None, description="first day outside; left out: the contract's")
    quantity: Counted | None = Field(default=None, description="so many units, as 42 licences")
    counted: Condition | None = Field(
        default=None,
        description="the quantity is that of the usage records that fit, on the window's last day",
    )
    changes: tuple[FeeChange, ...] = Field(default=(), description="in the order of their days")
    prorate: Proration = Field(default="none", description="a window in which the fee holds partly")
    tax: Slug | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.quantity is not None and self.counted is not None:
            raise ValueError("a fee says quantity or counted, not both")
        if self.counted is not None and self.in_ == "advance":
            raise ValueError("what is counted at the end cannot fall due in advance")
        days = [change.from_ for change in self.changes]
        if days != sorted(set(days)):
            raise ValueError("changes stand in the order of their days")
        if self.to is not None and self.from_ is not None and self.to <= self.from_:
            raise ValueError("'to' is not after 'from'; 'to' is the first day outside")
        return self


class Commitment(Written):
    """What a customer pays at least per term; what charges do not reach is billed at its end."""

    id: Slug
    amount: Amount
    per: Literal[Cycle, "term"] = "year"
    anchor: Literal["calendar", "contract"] = "calendar"
    counts: tuple[Literal["work", "usage", "fees"], ...] = ("work", "usage")
    prorate: Proration = Field(default="none", description="a window in which the contract holds partly")
    tax: Slug | None = None
    text: Text | None = None


class Budget(Written):
    """What a customer means to spend per term; it warns, and changes no amount."""

    amount: Amount
    per: Cycle = "year"
    warn_at: tuple[Percent, ...] = ()
