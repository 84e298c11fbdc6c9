"""Usage: what was used or stands beside work: licences, telephony, storage, parts on a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connector.model.problem import Problem


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
