"""What work and usage cost: price tables, rounding, tiers, surcharges, limits, shared price lists."""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.model.condition import Condition
from connector.model.period import Cycle
from connector.model.quantity import Amounted, Factor
from connector.model.written import (
    Amount,
    Day,
    Duration,
    Flag,
    Percent,
    Reason,
    SignedPercent,
    Slug,
    Text,
    Written,
)

#: What a rounding, a minimum or a cap acts on, always within one billing period and one contract. A visit is
#: what one technician does on one day at one site (without a site: on one ticket).
Scope = Literal["entry", "ticket", "technician-day", "day", "visit", "period"]
#: How part of a window is paid for: not at all in parts; by the days that the window has, the end day left
#: out or counted; by months of 30 days (30/360); by actual days of a month of 30.
Proration = Literal["none", "days", "days-inclusive", "thirty", "actual-thirty"]


class Rounding(Written):
    """How worked time becomes billed time."""

    to: Duration = Field(default=1, description="the step; billed time is a multiple of it")
    mode: Literal["up", "nearest", "down"] = "up"
    minimum: Duration = Field(default=0, description="the least that started work bills")
    maximum: Duration | None = Field(default=None, description="the most that it bills")
    grace: Duration = Field(default=0, description="time past a full step that does not start the next one")
    free_under: Duration = Field(default=0, description="work of less than this bills nothing")
    per: Scope = Field(default="entry", description="what is added up before it is rounded")
    edges: Flag = Field(
        default=False, description="the start is moved back and the end forward to the grid of the clock"
    )

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.to == 0:
            raise ValueError("a step of 0m cannot be; leave 'to' out to bill to the second")
        if self.grace >= self.to > 1 or (self.grace and self.to == 1):
            raise ValueError("'grace' must be shorter than the step 'to'")
        if self.maximum is not None and self.maximum < self.minimum:
            raise ValueError("'maximum' is less than 'minimum'")
        if self.edges and (self.per != "entry" or self.grace or self.mode != "up" or 86400 % self.to):
            raise ValueError(
                "'edges' moves both ends of an entry outwards: without 'per', 'grace' and 'mode', and with a "
                "step that divides the day"
            )
        return self


class Included(Written):
    """Work that the fee covers whatever its amount; ``owed``: what the customer may expect per month."""

    owed: Duration = 0
    per: Literal["month"] = "month"


def _parse_included(value: Any) -> Any:
    return {} if value == "yes" else value


class Tier(Written):
    """One step of a tier table. ``to``: up to and with so much; the last step says none."""

    to: Amounted | None = None
    price: Amount = Field(description="per hour, per call, or per unit of usage")


class Tiers(Written):
    """A price that depends on how much there is."""

    mode: Literal["all", "top"] = Field(
        default="all", description="all: each part at its step's price; top: all of it at the step reached"
    )
    per: Literal[Cycle, "period", "term"] = Field(
        default="period", description="when the counting starts again; period: with each billing period"
    )
    steps: tuple[Tier, ...]

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        bounds = [step.to for step in self.steps]
        if not bounds or bounds[-1] is not None or None in bounds[:-1]:
            raise ValueError("every tier but the last says 'to'; the last one holds for all that is above")
        known = [bound for bound in bounds if bound is not None]
        if any(above.amount <= below.amount for below, above in pairwise(known)):
            raise ValueError("the bounds 'to' of tiers must rise")
        if len({bound.kind for bound in known}) > 1 or any(bound.kind == "money" for bound in known):
            raise ValueError("the bounds 'to' of tiers are all times, or all numbers")
        if self.mode == "top" and self.per != "period":
            raise ValueError("'mode: top' counts within a billing period; leave 'per' out")
        if any(step.price.amount < 0 for step in self.steps):
            raise ValueError("a price cannot be negative")
        return self

    @property
    def of_time(self) -> bool:
        """Tell whether hours are counted, rather than calls or units."""
        return any(step.to is not None and step.to.kind == "time" for step in self.steps)


class DayRate(Written):
    """A price per day of so many hours; parts of a day are paid in proportion (round to 4h for half days)."""

    amount: Amount
    day: Duration = 8 * 3600


class BlockRate(Written):
    """A price per started block of time, or of units of usage."""

    of: Amounted
    amount: Amount

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.of.amount == 0 or self.of.kind == "money":
            raise ValueError("a block is so much time or so many units, as 10m or 100 units")
        return self


class Rate(Written):
    """One row of the price table. The first row whose condition holds decides."""

    when: Condition = Condition()
    except_: Condition | None = Field(
        default=None, alias="except", description="work that the row does not take although 'when' holds"
    )
    hourly: Amount | None = None
    daily: DayRate | None = None
    per_block: BlockRate | None = None
    per_call: Amount | None = Field(default=None, description="per ticket, once in its life")
    per_visit: Amount | None = Field(default=None, description="per technician, day and site")
    flat: Amount | None = Field(default=None, description="per entry, however long")
    tiers: Tiers | None = None
    cost_plus: Percent | None = Field(
        default=None, description="the technician's hourly cost of the configuration, and so much on top"
    )
    included: Annotated[Included | None, BeforeValidator(_parse_included)] = None
    free: Reason | None = Field(default=None, description="work is free, and this is the reason")
    hold: Reason | None = Field(default=None, description="work waits for a person, and this is the reason")
    otherwise: Literal["hold"] | None = Field(
        default=None, description="last row: what no other row prices, waits"
    )
    count: Literal["worked tickets", "every ticket"] = Field(
        default="worked tickets", description="which tickets are calls: those with billable work, or all"
    )
    round: Rounding | None = None
    surcharges: Flag = Field(default=True, description="no: the contract's surcharges leave this price alone")
    tax: Slug | None = None
    text: Text | None = Field(default=None, description="the service's name on the invoice")

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if sum(getattr(self, name) is not None for name in (*PRICES, *OUTCOMES)) != 1:
            raise ValueError(f"a rate says exactly one of {', '.join((*PRICES, *OUTCOMES))}")
        prices = (self.hourly, self.per_call, self.per_visit, self.flat)
        of_parts = (self.daily and self.daily.amount, self.per_block and self.per_block.amount)
        if any(price.amount < 0 for price in (*prices, *of_parts) if price):
            raise ValueError("a price cannot be negative")
        if self.count == "every ticket" and self.per_call is None and self.tiers is None:
            raise ValueError("'count' is about calls; it stands beside 'per_call'")
        if self.per_block and self.per_block.of.kind != "time":
            raise ValueError("a block of work is so much time, as 10m")
        if self.daily and not self.daily.day:
            raise ValueError("a day of 0m cannot be")
        return self

    @property
    def priced(self) -> bool:
        """Tell whether the row charges."""
        return any(getattr(self, name) is not None for name in PRICES)


PRICES = ("hourly", "daily", "per_block", "per_call", "per_visit", "flat", "tiers", "cost_plus")
OUTCOMES = ("included", "free", "hold", "otherwise")


class Surcharge(Written):
    """What some work costs more (or, with a factor below 1, less): by shift, priority, SLA class ..."""

    id: Slug
    when: Condition
    except_: Condition | None = Field(default=None, alias="except")
    factor: Factor | None = None
    percent: Percent | None = Field(default=None, description="on top of the price; 50% is x1.5")
    amount: Amount | None = None
    per: Literal["hour", "entry", "ticket", "visit", "day"] = Field(
        default="hour", description="what 'amount' is added to"
    )
    tax: Slug | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(part is not None for part in (self.factor, self.percent, self.amount)) != 1:
            raise ValueError("a surcharge says exactly one of factor, percent, amount")
        if self.amount is None and self.per != "hour":
            raise ValueError("'per' says what an 'amount' is added to; a factor acts on the price")
        return self

    @property
    def by(self) -> Decimal | None:
        """The factor on the price; None: it adds an amount."""
        if self.percent is not None:
            return 1 + self.percent / 100
        return self.factor


class Limit(Written):
    """The least or the most that work comes to in money, per entry, ticket, day, visit or period."""

    id: Slug
    when: Condition = Condition()
    per: Scope = "ticket"
    minimum: Amount | None = None
    cap: Amount | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.minimum is None and self.cap is None:
            raise ValueError("a limit says minimum, cap, or both")
        if self.minimum and self.cap and self.cap.amount < self.minimum.amount:
            raise ValueError("'cap' is less than 'minimum'")
        return self


class SlaCredit(Written):
    """What the customer gets back where the agreed response was missed."""

    id: Slug
    when: Condition
    percent: Percent | None = Field(
        default=None, description="of the ticket's charges, or of the period's fees"
    )
    amount: Amount | None = Field(default=None, description="per ticket")
    of: Literal["ticket", "fees"] = "ticket"
    at_most: Percent | None = Field(
        default=None, description="of the same charges or fees, all tickets together"
    )
    text: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("an SLA credit says percent or amount")
        return self


class Increase(Written):
    """Prices that rise (or fall) with an index from a day on; several ones act one on the other."""

    from_: Day = Field(alias="from")
    percent: SignedPercent
    what: Literal["all", "rates", "fees"] = "all"
    why: Text | None = Field(default=None, description="the index and its figures, for the customer")
