"""The basis of a rating: the written terms and the calendar data that a closed period keeps for good."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from connector.model.contract import Customer, Tax
from connector.model.mapping import DeskMapping
from connector.model.money import Money
from connector.model.price_list import PriceList
from connector.model.problem import Source
from connector.model.usage_mapping import UsageMapping


class Origin(BaseModel):
    """Where each part of a file stands, so that a rule can be cited as file:line."""

    model_config = ConfigDict(frozen=True)

    file: str = ""
    #: ``contracts.0.rates.2``: line and column, from 1
    lines: dict[str, tuple[int, int]] = Field(default_factory=dict)
    #: where the keys of mappings stand, for messages about keys; not stored with a basis
    keys: dict[str, tuple[int, int]] = Field(default_factory=dict, exclude=True)

    def source(self, path: str) -> Source:
        """Cite a part; an unknown path cites the nearest part around it."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        line, column = self.lines.get(path, (1, 1))
        return Source(file=self.file, line=line, column=column)

    def key_source(self, path: str) -> Source:
        """Cite the key of a part; what has none is cited as a value."""
        if path not in self.keys:
            return self.source(path)
        line, column = self.keys[path]
        return Source(file=self.file, line=line, column=column)


class Basis(BaseModel):
    """All that rating needs beside the facts. Serialised to JSON and stored at the close, by digest."""

    model_config = ConfigDict(frozen=True)

    customer: Customer
    origin: Origin = Origin()
    taxes: dict[str, Tax]
    mappings: dict[str, DeskMapping] = Field(default_factory=dict)  #: by desk name
    usage_mappings: dict[str, UsageMapping] = Field(default_factory=dict)  #: by usage source
    #: by `Calendar.key`, as ``DE`` or ``DE-BY``: the name of each day
    holidays: dict[str, dict[date, str]] = Field(default_factory=dict)
    #: those that the customer's contracts name
    price_lists: dict[str, PriceList] = Field(default_factory=dict)
    list_origins: dict[str, Origin] = Field(default_factory=dict)
    costs: dict[str, Money] = Field(default_factory=dict)  #: by technician: what an hour costs the house
    zones: dict[str, str]  #: by IANA name: the zone's TZif file, base64
