"""What a house says about its Zammad: the address, the token, and what the desk's time means."""

from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from connector.model.mapping import TimeRules
from connector.model.written import Slug, Text, Written


class Settings(Written):
    """The options of a Zammad desk; ``name`` and ``time`` come from configuration and mapping."""

    name: Slug
    url: Text = Field(description="the address of the desk, as https://desk.example")
    secret: Text = Field(description="name of the secret that holds the access token")
    time: TimeRules

    @model_validator(mode="after")
    def _time_is_settled(self) -> Self:
        time = self.time
        lacking = {
            "timezone: Europe/Berlin    # whose days the moments of booking fall into": not time.timezone,
            "unit: [{from: 2020-01-01, unit: 1m}]    # what one unit of Zammad's time means": not time.unit,
            "entry: end    # the moment of booking is the work's end; or start, or day": not time.entry,
        }
        lines = "".join(f"\n  {line}" for line, missing in lacking.items() if missing)
        if lines:
            raise ValueError(f"Zammad does not tell this; add to the desk's mapping, under 'time':{lines}")
        if any(later.from_ <= earlier.from_ for earlier, later in pairwise(self.time.unit)):
            raise ValueError("time.unit in the desk's mapping: write the days of 'from' in ascending order")
        return self
