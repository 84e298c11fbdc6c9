"""The customer file: who pays, and the contracts that price the work. YAML, one file per customer."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from connector.model.allowance import Allowance, Block
from connector.model.condition import Condition, Validity
from connector.model.fee import Budget, Commitment, Fee
from connector.model.period import Cycle, Period, period_of
from connector.model.price_list import UsagePrice
from connector.model.prices import Increase, Limit, Rate, Rounding, SlaCredit, Surcharge
from connector.model.written import (
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
#: Of whom a contract may be, in the default order in which they are asked: the item, the person, the customer
#: as a whole, the org unit (ManageEngine and LiveTime ask in such an order; see docs/concepts.md).
Holder = Literal["item", "contact", "customer", "org_unit"]


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


class Contract(Written):
    """One agreement with its validity; a customer may have several, one after the other or side by side."""

    id: Slug
    valid: Validity
    status: Literal["active", "pending"] = Field(
        default="active", description="pending: agreed, not yet active; it is asked after all that are valid"
    )
    pending: Literal["hold", "bill"] = Field(
        default="hold", description="whether work under it while it is not active waits, or is billed"
    )
    covers: Condition = Field(
        default=Condition(), description="only this work: of an item, a person, an org unit, a service ..."
    )
    per_incident: Flag = Field(
        default=False, description="yes: it prices what no other contract is valid for"
    )
    open_requests: Literal["rollover", "ignore"] = Field(
        default="rollover",
        description="a ticket opened while it was valid, worked on after: the next contract's, or free",
    )
    price_list: Slug | None = Field(default=None, description="its rows follow the contract's own")
    round: Rounding = Rounding()
    allowances: tuple[Allowance, ...] = ()
    rates: tuple[Rate, ...] = ()
    surcharges: tuple[Surcharge, ...] = ()
    combine: Literal["add", "multiply", "highest"] = Field(
        default="add", description="several surcharges on one price: +50% and +50% are x2, x2.25 or x1.5"
    )
    limits: tuple[Limit, ...] = ()
    fees: tuple[Fee, ...] = ()
    usage: tuple[UsagePrice, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    increases: tuple[Increase, ...] = Field(default=(), description="of its own prices and fees, by an index")
    sla_credits: tuple[SlaCredit, ...] = ()

    @property
    def holder(self) -> Holder:
        """Whose contract it is, for the order in which contracts are asked."""
        if self.covers.item is not None:
            return "item"
        if self.covers.contact is not None:
            return "contact"
        return "org_unit" if self.covers.org_unit is not None else "customer"


class Shift(Written):
    """A named part of the week, in local time. A window past midnight counts to the day it began on."""

    from_: TimeOfDay | None = Field(default=None, alias="from")
    to: TimeOfDay | None = None
    days: tuple[Weekday, ...] | None = None
    holidays: Literal["only", "never", "as-weekdays"] = Field(
        default="as-weekdays", description="whether the window also, only or never stands on a public holiday"
    )
    eve_from: TimeOfDay | None = Field(default=None, description="it begins on the day before, at this time")
    next_to: TimeOfDay | None = Field(default=None, description="it ends on the day after, at this time")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.from_ is None) != (self.to is None):
            raise ValueError("'from' and 'to' stand together; leave both out for the whole day")
        if self.from_ is not None and (self.eve_from or self.next_to):
            raise ValueError("'eve_from' and 'next_to' widen a whole day; leave 'from' and 'to' out")
        return self


class Site(Written):
    """What differs at a customer's site."""

    timezone: Zone | None = None
    holidays: "Calendar | None" = None


class Calendar(Written):
    """Public holidays by country and state, from the `holidays` library."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    state: Text | None = None
    also: tuple[Day, ...] = Field(default=(), description="further days that were agreed to be holidays")
    not_: tuple[Day, ...] = Field(
        default=(), alias="not", description="public holidays that are workdays here"
    )

    @property
    def key(self) -> str:
        """Name its set of days: ``DE``, ``DE-BY`` or ``DE-BY +2026-12-24 -2026-01-06``."""
        place = f"{self.country}-{self.state}" if self.state else self.country
        further = [f" +{day}" for day in sorted(set(self.also))]
        return "".join([place, *further, *(f" -{day}" for day in sorted(set(self.not_)))])


class Item(Written):
    """A machine or other item, and whose it is."""

    org_unit: Text | None = None
    contact: Text | None = None


class Gates(Written):
    """Facts that keep a charge back before it is billed."""

    survey: Literal["hold-bad", "ignore"] = "ignore"
    closing: Literal["hold-open", "ignore"] = "ignore"


class InvoiceTerms(Written):
    """How the customer is billed."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    cycle: Literal["weekly", "monthly", "quarterly", "half-yearly", "yearly", "on_close"] = Field(
        default="monthly", description="on_close: a ticket is billed when it is closed, the rest monthly"
    )
    group: Literal["collective", "contract", "ticket"] = Field(
        default="collective", description="one document for all, or one for each contract or ticket"
    )
    split_by: tuple[Literal["cost_centre", "site", "project", "department"], ...] = Field(
        default=(), description="one document for each value; together they come to the same net"
    )
    approval: Literal["none", "required"] = "none"
    approval_tolerates: Literal["nothing", "lower"] = Field(
        default="nothing", description="lower: an approval stands if the net only fell"
    )
    escalate_after: Duration = Field(default=7 * 86400, description="from the day the period is due")
    close_after: Duration | None = Field(default=None, description="overrides the house's close_after")
    terms: Duration = Field(default=14 * 86400, description="time to pay, whole days")
    tax: Slug
    tax_rounding: Literal["document", "line"] = Field(
        default="document", description="tax is rounded once per category of a document, or on each line"
    )
    horizon: Duration | None = Field(
        default=None,
        description="corrections of periods that ended longer ago wait for a person; left out: none do",
    )
    show_technicians: Flag = False

    @property
    def period_cycle(self) -> Cycle:
        """How long a billing period is."""
        return _PERIODS[self.cycle]


_PERIODS: dict[str, Cycle] = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "half-yearly": "half-year",
    "yearly": "year",
    "on_close": "month",
}


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
    match: dict[Slug, dict[Text, OneOrMany]] = Field(
        default_factory=dict, description="per desk or usage source: its words for this customer"
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
    items: dict[Text, Item] = Field(
        default_factory=dict, description="who owns an item, where the desk does not say"
    )
    lookup: tuple[Holder, ...] = Field(
        default=("item", "contact", "customer", "org_unit"),
        description="the order in which contracts are asked; of a holder that is left out none is",
    )
    blocks: tuple[Block, ...] = Field(default=(), description="hours, money or calls that were bought")
    budget: Budget | None = None
    contracts: tuple[Contract, ...]

    @property
    def first_period(self) -> Period:
        """The period in which billing begins."""
        return self.period_of(self.billing_from)

    def period_of(self, day: "Day") -> Period:
        """Return the billing period in which a day lies."""
        return period_of(self.invoice.period_cycle, day)

    def period_after(self, period: Period) -> Period:
        """Return the billing period that follows one; after a change of the cycle it is cut off."""
        return Period(period.end, self.period_of(period.end).end)

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
