"""Worked cases: the notation in which a bookkeeper writes what a customer's months must come to.

A case names a customer (a file under ``customers/`` or written in place), work, and steps; each step's
``expect`` is held against the engine. A case without any expectation is refused.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from connector.config import yaml
from connector.config.validate import validate
from connector.model.basis import Origin
from connector.model.contract import Tax
from connector.model.decision import Kind
from connector.model.mapping import TimeRules
from connector.model.period import Period, parse_period
from connector.model.price_list import PriceListVersion
from connector.model.quantity import Amounted, parse_quantity
from connector.model.settings import Technician
from connector.model.work import Survey
from connector.model.written import (
    Amount,
    Day,
    Flag,
    OneOrMany,
    Percent,
    Slug,
    Text,
    TimeOfDay,
    Written,
    parse_duration,
)

HERE = Path(__file__).parent


def _signed(value: Any) -> int:
    if isinstance(value, str) and value.startswith("-"):
        return -parse_duration(value[1:])
    return parse_duration(value)


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _position(value: Any) -> Decimal:
    text = str(value)
    if text.startswith("-"):
        return -parse_quantity(text[1:]).amount
    return parse_quantity(text).amount


SignedDuration = Annotated[int, BeforeValidator(_signed)]
Number = Annotated[Decimal, BeforeValidator(_number)]
#: How an allowance stands: ``3h``, ``-2h``, ``120.00 EUR`` or ``4 calls``; read as seconds, money, a number.
Standing = Annotated[Decimal, BeforeValidator(_position)]
#: A billing period: ``2026-03``, ``2026-Q1``, ``2026-H1``, ``2026`` or ``2026-W10``.
PeriodName = Annotated[str, Field(pattern=r"^\d{4}(-\d\d|-Q[1-4]|-H[12]|-W\d\d)?$")]


class CaseWork(Written):
    """One entry. ``from`` and ``to`` are wall times on day ``on``, in ``zone`` or else the customer's zone.

    A ``to`` that is not after ``from`` is of the next day.
    """

    id: Slug
    ticket: Text = "1"
    technician: Text = "t1"
    on: Day
    from_: TimeOfDay | None = Field(default=None, alias="from")
    to: TimeOfDay | None = None
    time: SignedDuration | None = None
    zone: Text | None = None
    opened: Day | None = Field(default=None, description="when the ticket was opened")
    service: Text | None = None
    site: Text | None = None
    facets: dict[Slug, Text] = Field(default_factory=dict)
    note: str = ""
    billable: Flag | None = None
    survey: Survey = Survey.NONE
    survey_text: str = ""
    closed: Flag = True
    shift: str = ""

    @model_validator(mode="after")
    def _timed(self) -> Self:
        if self.time is None and (self.from_ is None or self.to is None):
            raise ValueError("say how long: 'time', or 'from' and 'to'")
        return self

    def interval(self, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """Return the aware interval, if the entry has one."""
        if self.from_ is None:
            return None
        start = datetime.combine(self.on, self.from_, tzinfo=zone)
        if self.to is None:
            return start, start + timedelta(seconds=self.time or 0)
        last = self.on if self.to > self.from_ else self.on + timedelta(days=1)
        return start, datetime.combine(last, self.to, tzinfo=zone)


class CaseUsage(Written):
    """One usage record: used on day ``on``, or standing ``from`` a day until before ``to``."""

    id: Slug
    article: Text | None = None
    quantity: Number = Decimal(1)
    on: Day | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    unit: Text = "piece"
    text: str = ""
    facets: dict[Slug, Text] = Field(default_factory=dict)
    ticket: Text | None = Field(default=None, description="a part that was used for it")
    cost: Number | None = Field(default=None, description="what one unit costs the house")

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if (self.on is None) == (self.from_ is None):
            raise ValueError("say when: 'on' the day of use, or 'from' the day on which it stands")
        return self


class CaseDecision(Written):
    """A decision; ``work`` names an entry by its id, ``ticket`` a whole ticket, ``undoes`` one as ``D-1``.

    ``of`` is how much is borrowed or taken over: time, money or a number.
    """

    kind: Kind
    work: Slug | None = None
    ticket: Text | None = None
    period: PeriodName | None = None
    amount: Amount | None = None
    percent: Percent | None = None
    tax: Slug | None = None
    until: PeriodName | None = None
    allowance: Slug | None = None
    seconds: SignedDuration | None = None
    of: Amounted | None = None
    why: Text = "agreed"
    undoes: Text | None = None


class ExpectedLine(Written):
    """A line of the document. What is left out is not asked; the text must contain every one of ``says``."""

    ticket: Text | None = None
    service: Text | None = None
    amount: Number
    role: Text | None = None
    quantity: Number | None = None
    unit_price: Number | None = None
    tax: Slug | None = None
    percent: Percent | None = None
    says: OneOrMany = ()


class ExpectedTax(Written):
    """One tax category's sums on the document."""

    tax: Slug
    percent: Percent
    base: Number
    amount: Number


class ExpectedWarning(Written):
    """A warned share of an allowance."""

    allowance: Text
    percent: Percent
    on: Day
    into: SignedDuration
    work: Slug
    used: Standing | None = None


class ExpectedDocument(Written):
    """One of several documents that a close makes, in their order."""

    net: Number
    tax: Number | None = None
    gross: Number | None = None
    lines: tuple[ExpectedLine, ...] | None = None


class Expectation(Written):
    """What must hold of a period. ``document: none`` means that nothing was billed."""

    document: Literal["invoice", "credit_note", "none"] | None = None
    net: Number | None = None
    tax: Number | None = None
    gross: Number | None = None
    taxes: tuple[ExpectedTax, ...] | None = None
    lines: tuple[ExpectedLine, ...] | None = None
    documents: tuple[ExpectedDocument, ...] | None = None
    so_far: Number | None = Field(default=None, description="net of all documents up to this one")
    billed_time: SignedDuration | None = None
    fates: dict[Literal["billed", "included", "free", "held"], SignedDuration] | None = None
    left: dict[Text, Standing] | None = None
    carried_in: dict[Text, Standing] | None = None
    used: dict[Text, Standing] | None = None
    over: dict[Text, Standing] | None = None
    owed: dict[Text, SignedDuration] | None = None
    warnings: tuple[ExpectedWarning, ...] | None = None
    problems: OneOrMany | None = None
    reasons: dict[Slug, Text] | None = None
    usage: dict[Slug, Number] | None = Field(default=None, description="what each record came to")
    usage_fates: dict[Slug, Literal["billed", "included", "free", "held"]] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("an expectation that expects nothing; say at least one figure")
        return self


#: What only a document can answer.
_OF_DOCUMENTS = {"document", "net", "tax", "gross", "taxes", "lines", "documents", "so_far"}


class Step(Written):
    """One thing that happens, and what must then hold.

    ``preview`` looks at a period without closing it; ``again`` says what earlier ones come to, rated again.
    """

    close: PeriodName | None = None
    through: PeriodName | None = Field(
        default=None, description="all periods up to this one are closed, and nothing is asked of them"
    )
    preview: PeriodName | None = None
    add: tuple[CaseWork, ...] = ()
    use: tuple[CaseUsage, ...] = Field(default=(), description="further usage records")
    change: dict[Slug, dict[Slug, Any]] = Field(default_factory=dict)
    delete: OneOrMany = ()
    decide: CaseDecision | None = None
    expect: Expectation | None = None
    again: dict[PeriodName, Expectation] = Field(default_factory=dict)


class Case(Written):
    """A worked case."""

    case: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9-]*$")]
    says: Text
    customer: Slug | dict[str, Any]
    taxes: dict[Slug, Tax] = Field(default_factory=dict)
    time: TimeRules = TimeRules()
    price_lists: dict[Slug, tuple[PriceListVersion, ...]] = Field(default_factory=dict)
    technicians: dict[Text, Technician] = Field(default_factory=dict)
    work: tuple[CaseWork, ...] = ()
    usage: tuple[CaseUsage, ...] = ()
    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _expects(self) -> Self:
        if not any(step.expect for step in self.steps):
            raise ValueError("a case without an expectation proves nothing; add 'expect' to a step")
        for step in self.steps:
            if (step.expect or step.again) and not (step.close or step.preview):
                raise ValueError("'expect' and 'again' stand beside 'close' or 'preview'")
            if any(one.model_fields_set & _OF_DOCUMENTS for one in step.again.values()):
                raise ValueError("'again' asks about a month's work, not about a document")
        return self


def load(path: Path) -> tuple[Case, Origin, Any]:
    """Read a case file; its faults are told as file:line:column."""
    tree, origin = yaml.read(path)
    return validate(Case, tree, origin), origin, tree


def issue_day(period: Period) -> date:
    """Return the day of issue: documents are issued on the fourth day after their period."""
    return period.end + timedelta(days=3)


def today_of(step: Step) -> date:
    """Return the day of issue of what a step closes or previews."""
    return issue_day(parse_period(step.close or step.preview or ""))
