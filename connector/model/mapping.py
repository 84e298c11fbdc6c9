"""The mapping file of a desk: lookup tables from the desk's words to the contract's words."""

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from connector.model.condition import Facet
from connector.model.written import Day, Duration, Flag, Slug, Text, Written, Zone


class UnitFrom(Written):
    """What one unit of a desk's unitless number meant from a day on."""

    from_: Day = Field(alias="from")
    unit: Duration = Field(description="1m, 15m or 1h; a desk that counts quarters has 15m")


class TimeRules(Written):
    """How a desk tells time. What a desk leaves open must be said here; there are no defaults that guess."""

    timezone: Zone | None = Field(
        default=None, description="of the desk's dates without offset; for parsing only"
    )
    unit: tuple[UnitFrom, ...] = Field(default=(), description="Zammad: the unit of its numbers")
    entry: Literal["end", "start", "day"] | None = Field(
        default=None, description="Zammad: what the moment of the booking is taken for"
    )
    trust: Literal["interval", "seconds"] | None = Field(
        default=None,
        description="which one holds where they differ by over a minute; left out: such work is held",
    )


class Lookup(Written):
    """How one facet is found: a JMESPath over the work, then a table."""

    from_: Text = Field(alias="from", description="JMESPath over {ticket, entry}; see docs/adding-a-desk.md")
    table: dict[str, Text] = Field(default_factory=dict, description="the desk's word: the contract's word")
    as_is: Flag = Field(default=False, description="a word that is not in the table is taken as it stands")
    empty: Text | None = Field(default=None, description="the contract's word where the desk says nothing")


class BooksMapping(Written):
    """The mapping file of an accounting system: our words, its words."""

    taxes: dict[Text, Text] = Field(
        description="our tax code: the books' tax; 'DE-19 16%' for a code at a former rate"
    )
    revenue: dict[Text, Text] = Field(
        default_factory=dict,
        description="our tax code, or '*' for any: code or name of the account; left out: the books' default",
    )


class DeskMapping(Written):
    """The mapping file of one desk."""

    time: TimeRules = TimeRules()
    facets: dict[Facet, Lookup] = Field(default_factory=dict)
    fields: dict[Slug, Lookup] = Field(
        default_factory=dict,
        description="further desk fields that contracts may ask about, under names of your own",
    )
    shift: dict[Text, Slug] = Field(
        default_factory=dict, description="service: the shift of its day-only work; '*' for any service"
    )

    def lookups(self) -> list[tuple[str, Lookup]]:
        """List how each facet and each further field is found."""
        return [*self.facets.items(), *self.fields.items()]

    @model_validator(mode="after")
    def _own_names(self) -> Self:
        if taken := sorted(self.fields.keys() & {*get_args(Facet), "shift"}):
            raise ValueError(f"'{taken[0]}' is a facet; name it under 'facets', or call the field otherwise")
        return self
