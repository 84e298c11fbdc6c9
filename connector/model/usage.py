"""Usage: what was used or stands beside work: licences, telephony, storage, parts on a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from connector.model.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """A row of a usage file, its numbers, days and zone settled; its words are those of the file."""

    source: str  #: the source's name in the configuration
    record: str  #: the file's own id; unique within the source
    quantity: Decimal
    start: date  #: the day of use by the file's clock, or the first day on which it stands
    at: datetime | None = None  #: aware; the moment of use, if the file knows it
    end: date | None = None  #: first day on which it no longer stands
    stands: bool = False
    unit: str = "piece"
    text: str = ""
    cost: Decimal | None = None
    ticket: str = ""  #: ``desk/ticket``; empty: none, or not known (yet)
    number: str = ""  #: the ticket number that people see
    owned_at: str = ""  #: the desk or source in whose words the owner is named
    owner: Mapping[str, str] = field(default_factory=dict)  #: whose it is; empty: unknown
    columns: Mapping[str, str] = field(default_factory=dict)  #: every cell of the row, by column
    words: frozenset[str] = frozenset()  #: the columns that are looked up; others make no new version

    @property
    def key(self) -> str:
        """``source/record``: unique in the house."""
        return f"{self.source}/{self.record}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """One record of a usage file, in the contract's words: what rating sees."""

    key: str  #: ``source/record``: unique in the house
    quantity: Decimal  #: units; negative where a source takes back
    start: date  #: the day of use, or the first day on which it stands; the customer's local day
    end: date | None = None  #: first day on which it no longer stands; None: a single use, or it still stands
    stands: bool = False  #: it stands (a licence) rather than being used once (a call, a part)
    unit: str = "piece"  #: the word for what is counted
    text: str = ""  #: what it is, for people
    #: article, contact, item, cost_centre, site ... in the contract's words
    facets: Mapping[str, str] = field(default_factory=dict)
    ticket: str = ""  #: ``desk/ticket`` that a part was used for; empty: none
    number: str = ""  #: the ticket number that people see
    cost: Decimal | None = None  #: what one unit costs the house, in the customer's currency; None: unknown
    problem: Problem | None = None  #: it is held, and this is why
