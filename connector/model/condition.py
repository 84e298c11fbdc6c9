"""Conditions: which work, or which usage, a term is about, and on which days it holds."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from connector.model.written import Day, OneOrMany, Slug, Written


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


#: What a condition may ask about; a mapping answers each, `shift` alone is computed from the clock.
Facet = Literal[
    "service",
    "site",
    "technician",
    "role",
    "category",
    "priority",
    "urgency",
    "sla",
    "sla_state",
    "item",
    "contact",
    "org_unit",
    "cost_centre",
    "project",
    "department",
    "article",
]


class Condition(Written):
    """Facts that work must have; all named ones, each with any of its values. Empty: all work."""

    service: OneOrMany | None = None
    site: OneOrMany | None = None
    shift: OneOrMany | None = None
    technician: OneOrMany | None = None
    role: OneOrMany | None = Field(default=None, description="what the technician works as")
    category: OneOrMany | None = None
    priority: OneOrMany | None = None
    urgency: OneOrMany | None = None
    sla: OneOrMany | None = Field(default=None, description="the agreed response class")
    sla_state: OneOrMany | None = Field(default=None, description="whether it was kept")
    item: OneOrMany | None = None
    contact: OneOrMany | None = None
    org_unit: OneOrMany | None = None
    cost_centre: OneOrMany | None = None
    project: OneOrMany | None = None
    department: OneOrMany | None = None
    article: OneOrMany | None = Field(default=None, description="what a usage record counts")
    fields: dict[Slug, OneOrMany] = Field(
        default_factory=dict, description="any other desk field that a mapping names under 'fields'"
    )

    def asked(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield what is asked: the facet, or the field of a mapping, and the values that will do."""
        for name, values in self:
            if name == "fields":
                yield from self.fields.items()
            elif values is not None:
                yield name, values

    @property
    def empty(self) -> bool:
        """Tell whether it asks nothing."""
        return next(self.asked(), None) is None
