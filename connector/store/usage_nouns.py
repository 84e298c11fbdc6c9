"""What the vault takes and gives of usage: files as told, records as seen, claims of closed periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from connector.model.problem import Problem
from connector.model.statement import Fate
from connector.model.usage import UsageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFile:
    """A usage file as it was read."""

    source: str
    name: str
    digest: str  #: of content and mapping
    rows: Sequence[UsageRow] = ()
    gone: Sequence[str] = ()  #: records that the file no longer tells
    problems: Sequence[Problem] = ()  #: what is wrong with it; they stand until it is read again


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A usage file as it was read last."""

    source: str
    name: str
    digest: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTicket:
    """A ticket that a usage record names."""

    key: str  #: ``desk/ticket``
    number: str
    owner: Mapping[str, str]  #: in whose name it was first seen


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUsage:
    """A usage record, as the vault knows it now or knew it at a sequence number."""

    row: UsageRow
    owner_id: int  #: of the words that name its owner
    file: str  #: that tells it now


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageClaim:
    """The fate of a usage record in a customer's closed period; a later close may replace it."""

    usage: str  #: key of the record
    period_start: date
    fate: Fate
    customer: str = ""  #: who claims it
    owner_id: int = 0  #: of the words that named its owner at that close; 0: as it stands
