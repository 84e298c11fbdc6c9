"""The mapping file of a usage source: which columns its files have, and what their words mean."""

import codecs
import re
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, field_validator, model_validator

from connector.model.condition import Facet
from connector.model.mapping import Lookup
from connector.model.written import Flag, OneOrMany, Slug, Text, Written, Zone

#: How people write a date's parts, and how `datetime.strptime` does. The longest stands first.
DATE_PARTS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "hh": "%H",
    "mm": "%M",
    "ss": "%S",
    "zz": "%z",
}


class TicketColumn(Written):
    """The column that names the ticket which a record is for, as of parts."""

    column: Text
    desk: Slug = Field(description="the desk of the ticket")
    by: Literal["number", "id"] = Field(
        default="number", description="what the column has: the number that people see, or the desk's own id"
    )


class UsageColumns(Written):
    """Which column says what. Keys within keys of JSON are written with dots: ``user.email``."""

    id: OneOrMany = Field(
        description="the column that names a record for good; or several that do so together"
    )
    quantity: Text | None = Field(default=None, description="how much; left out: 1")
    on: Text | None = Field(default=None, description="day or moment of use")
    start: Text | None = Field(default=None, description="of what stands: its first day")
    end: Text | None = Field(default=None, description="of what stands: its end; empty: it still stands")
    unit: Text | None = Field(default=None, description="the word for what is counted; left out: piece")
    text: Text | None = Field(default=None, description="what it is, for people")
    cost: Text | None = Field(
        default=None, description="what one unit costs the house, in the customer's currency"
    )
    ticket: TicketColumn | None = None

    def named(self) -> tuple[str, ...]:
        """Name the columns that a file must have."""
        single = (self.quantity, self.on, self.start, self.end, self.unit, self.text, self.cost)
        ticket = (self.ticket.column,) if self.ticket else ()
        return (*self.id, *(name for name in single if name is not None), *ticket)


class UsageMapping(Written):
    """The mapping file of a usage source."""

    format: Literal["csv", "jsonl"] = Field(default="csv", description="jsonl: one JSON object a line")
    delimiter: Annotated[
        str, StringConstraints(pattern=r"^(.|tab)$"), Field(description="between two cells; or tab")
    ] = ","
    encoding: Text = Field(default="utf-8", description="of the files, as utf-8 or windows-1252")
    decimal: Literal["point", "comma"] = Field(default="point", description="1,234.50 or 1.234,50")
    clock: Flag = Field(default=False, description="quantities may be written as 0:03:25; they count seconds")
    dates: Text = Field(
        default="iso", description="iso: 2026-03-31; else with YYYY, YY, MM, DD, hh, mm, ss, zz: DD.MM.YYYY"
    )
    timezone: Zone | None = Field(default=None, description="of moments without offset")
    stands: Flag = Field(
        description="yes: a record stands from start to end, as a licence; no: it is one use, as a call"
    )
    end: Literal["inclusive", "exclusive"] = Field(
        default="exclusive", description="inclusive: the end is the last day on which it still stands"
    )
    complete: Flag = Field(
        description="yes: a file lists all its records, so what is missing in a newer version was deleted"
    )
    only: dict[Text, OneOrMany] = Field(
        default_factory=dict, description="column: its words; rows with other words are passed over"
    )
    constants: dict[Slug, Text] = Field(
        default_factory=dict, description="columns that the files do not have, with their word for every row"
    )
    columns: UsageColumns
    owner: OneOrMany = Field(
        default=(), description="columns that say whose it is; left out: the owner of the ticket"
    )
    facets: dict[Facet, Lookup] = Field(default_factory=dict)
    fields: dict[Slug, Lookup] = Field(
        default_factory=dict, description="further columns that contracts may ask about, under your own names"
    )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            codecs.lookup(value)
        except LookupError:
            raise ValueError(
                f"'{value}' is no encoding; write utf-8, windows-1252, iso-8859-15 ..."
            ) from None
        return value

    @field_validator("dates")
    @classmethod
    def _known_dates(cls, value: str) -> str:
        if value != "iso" and (re.search(r"[A-Za-z%]", _without_parts(value)) or "DD" not in value):
            raise ValueError(f"'{value}' is no form of a date; write iso, or as DD.MM.YYYY hh:mm")
        return value

    @model_validator(mode="after")
    def _dated(self) -> Self:
        columns = self.columns
        if self.stands and (columns.start is None or columns.on is not None):
            raise ValueError("'stands: yes' names the columns 'start' and 'end', not 'on'")
        if not self.stands and (columns.on is None or columns.start or columns.end):
            raise ValueError("'stands: no' names the column 'on', not 'start' and 'end'")
        if self.format == "jsonl" and self.decimal == "comma":
            raise ValueError("numbers of JSON have a point; leave 'decimal' out")
        if not self.owner and columns.ticket is None:
            raise ValueError("name the columns that say whose it is under 'owner', or columns.ticket")
        if taken := sorted(self.fields.keys() & {*get_args(Facet), "shift"}):
            raise ValueError(f"'{taken[0]}' is a facet; name it under 'facets', or call the field otherwise")
        return self

    def lookups(self) -> dict[str, Lookup]:
        """Return facets and further fields, by the contract's name for them."""
        return {**{str(name): lookup for name, lookup in self.facets.items()}, **self.fields}

    def words(self) -> frozenset[str]:
        """Name the columns whose words are kept as they are, to be looked up."""
        return frozenset((*self.owner, *(lookup.from_ for lookup in self.lookups().values())))

    def asked(self) -> frozenset[str]:
        """Name all columns that are read."""
        return self.words() | {*self.columns.named(), *self.only}


def _without_parts(form: str) -> str:
    for part in DATE_PARTS:
        form = form.replace(part, "")
    return form


def date_form(form: str) -> str:
    """Write a form of dates as `datetime.strptime` takes it."""
    for part, directive in DATE_PARTS.items():
        form = form.replace(part, directive)
    return form
