"""The customer file: who pays, and the contracts that price the work. YAML, one file per customer."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.model.period import Period, month_of
from connector.model.written import (
    Amount,
    CarryOver,
    Day,
    Duration,
    Flag,
    OneOrMany,
    Percent,
    Slug,
    Text,
    TimeOfDay,
    Written,
    Zone,
)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Address(Written):
    """A postal address, as an invoice needs it."""

    street: Text
    postcode: Text
    city: Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2, as DE")]


class ElectronicAddress(Written):
    """Where e-invoices go (EN 16931 BT-49)."""

    scheme: Annotated[
        str, Field(pattern=r"^[0-9A-Z]{2,4}$", description="EAS code: EM e-mail, 0204 Leitweg-ID")
    ]
    value: Text


class Party(Written):
    """Legal data of a buyer or seller."""

    name: Text
    address: Address | None = None
    vat_id: Text | None = None
    tax_number: Text | None = None
    electronic_address: ElectronicAddress | None = None
    email: Text | None = None
    phone: Text | None = None
    iban: Text | None = None


class Validity(Written):
    """From a day to, not including, another; no ``to``: until further notice."""

    from_: Day = Field(alias="from")
    to: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.to is not None and self.to <= self.from_:
            raise ValueError(
                f"'to' ({self.to}) is not after 'from' ({self.from_}); 'to' is the first day outside"
            )
        return self


class Condition(Written):
    """Facts that work must have; all named ones, each with any of its values. Empty: all work."""

    service: OneOrMany | None = None
    site: OneOrMany | None = None
    shift: OneOrMany | None = None
    technician: OneOrMany | None = None
    category: OneOrMany | None = None
    priority: OneOrMany | None = None
    item: OneOrMany | None = None
    contact: OneOrMany | None = None
    org_unit: OneOrMany | None = None
    cost_centre: OneOrMany | None = None


class Rounding(Written):
    """How an entry's whole time becomes billed time."""

    to: Duration = Field(default=1, description="the step; billed time is a multiple of it")
    mode: Literal["up", "nearest", "down"] = "up"
    minimum: Duration = Field(default=0, description="the least that a started entry bills")
    grace: Duration = Field(default=0, description="time past a full step that does not start the next one")

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.to == 0:
            raise ValueError("a step of 0m cannot be; leave 'to' out to bill to the second")
        if self.grace >= self.to > 1 or (self.grace and self.to == 1):
            raise ValueError("'grace' must be shorter than the step 'to'")
        return self


class Allowance(Written):
    """Time per month that the customer has for nothing further."""

    id: Slug
    of: Duration
    per: Literal["month"] = "month"
    for_: Condition = Field(default=Condition(), alias="for")
    carry_over: CarryOver = Field(default=0, description="for how many months unused time stays usable")
    warn_at: tuple[Percent, ...] = ()
    eats: Literal["rounded", "worked"] = "rounded"
    then: Literal["charge", "hold"] = Field(default="charge", description="what becomes of work above it")
    owed: Flag = Field(default=False, description="unused time is reported as due but not delivered")


class Included(Written):
    """Work that the fee covers whatever its amount; ``owed``: what the customer may expect per month."""

    owed: Duration = 0
    per: Literal["month"] = "month"


def _parse_included(value: Any) -> Any:
    return {} if value == "yes" else value


class Rate(Written):
    """One row of the price table. The first row whose condition holds decides."""

    when: Condition = Condition()
    hourly: Amount | None = None
    included: Annotated[Included | None, BeforeValidator(_parse_included)] = None
    free: Text | None = Field(default=None, description="work is free, and this is the reason")
    hold: Text | None = Field(default=None, description="work waits for a person, and this is the reason")
    otherwise: Literal["hold"] | None = Field(
        default=None, description="last row: what no other row prices, waits"
    )
    round: Rounding | None = None
    tax: Slug | None = None
    text: Text | None = Field(default=None, description="the service's name on the invoice")

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        outcomes = (self.hourly, self.included, self.free, self.hold, self.otherwise)
        if sum(outcome is not None for outcome in outcomes) != 1:
            raise ValueError("a rate says exactly one of hourly, included, free, hold, otherwise")
        if self.hourly and self.hourly.amount < 0:
            raise ValueError("an hourly rate cannot be negative")
        return self


class Fee(Written):
    """A recurring amount."""

    id: Slug
    amount: Amount
    per: Literal["month"] = "month"
    in_: Literal["advance", "arrears"] = Field(default="arrears", alias="in")
    from_: Day | None = Field(default=None, alias="from", description="first day whose month is billed")
    prorate: Literal["none", "days"] = Field(
        default="none", description="a month in which the contract holds partly"
    )
    tax: Slug | None = None
    text: Text | None = None


class Contract(Written):
    """One agreement with its validity; a customer may have several one after the other."""

    id: Slug
    valid: Validity
    round: Rounding = Rounding()
    allowances: tuple[Allowance, ...] = ()
    rates: tuple[Rate, ...] = ()
    fees: tuple[Fee, ...] = ()


class Shift(Written):
    """A named part of the week, in local time. A window past midnight counts to the day it began on."""

    from_: TimeOfDay | None = Field(default=None, alias="from")
    to: TimeOfDay | None = None
    days: tuple[Weekday, ...] | None = None
    holidays: Literal["only", "never", "as-weekdays"] = Field(
        default="as-weekdays", description="whether the window also, only or never stands on a public holiday"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.from_ is None) != (self.to is None):
            raise ValueError("'from' and 'to' stand together; leave both out for the whole day")
        return self


class Site(Written):
    """What differs at a customer's site."""

    timezone: Zone | None = None
    holidays: "Calendar | None" = None


class Calendar(Written):
    """Public holidays by country and state, from the `holidays` library."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    state: Text | None = None


class Gates(Written):
    """Facts that keep a charge back before it is billed."""

    survey: Literal["hold-bad", "ignore"] = "ignore"
    closing: Literal["hold-open", "ignore"] = "ignore"


class InvoiceTerms(Written):
    """How the customer is billed."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    cycle: Literal["monthly"] = "monthly"
    approval: Literal["none", "required"] = "none"
    approval_tolerates: Literal["nothing", "lower"] = Field(
        default="nothing", description="lower: an approval stands if the net only fell"
    )
    escalate_after: Duration = Field(default=7 * 86400, description="from the day the period is due")
    close_after: Duration | None = Field(default=None, description="overrides the house's close_after")
    terms: Duration = Field(default=14 * 86400, description="time to pay, whole days")
    tax: Slug
    show_technicians: Flag = False


class Customer(Written):
    """A customer file."""

    customer: Slug
    name: Text
    timezone: Zone
    billing_from: Day
    language: Literal["en", "de"] = "en"
    address: Address | None = None
    vat_id: Text | None = None
    electronic_address: ElectronicAddress | None = None
    email: Text | None = None
    order_number: Text | None = None
    match: dict[Slug, dict[Slug, OneOrMany]] = Field(
        default_factory=dict, description="per desk: the desk's words for this customer"
    )
    books: dict[Slug, dict[Slug, Text]] = Field(
        default_factory=dict,
        description="the one accounting system that gets the invoices, and the customer's key there",
    )
    invoice: InvoiceTerms
    holidays: Calendar | None = None
    sites: dict[Slug, Site] = Field(default_factory=dict)
    shifts: dict[Slug, Shift] = Field(default_factory=dict)
    gates: Gates = Gates()
    contracts: tuple[Contract, ...]

    @property
    def first_period(self) -> Period:
        """The month in which billing begins."""
        return month_of(self.billing_from)

    @property
    def party(self) -> Party:
        """The buyer's legal data."""
        return Party(
            name=self.name,
            address=self.address,
            vat_id=self.vat_id,
            electronic_address=self.electronic_address,
            email=self.email,
        )


class TaxRate(Written):
    """A rate from a day on."""

    from_: Day = Field(alias="from")
    percent: Percent


class Tax(Written):
    """A tax code of the house, with its rates by date of supply."""

    category: Literal[
        "standard", "reduced", "zero", "exempt", "reverse-charge", "intra-community", "export"
    ] = "standard"
    rates: tuple[TaxRate, ...]
    text: Text | None = Field(
        default=None, description="the sentence that the law asks for, e.g. with reverse charge"
    )
