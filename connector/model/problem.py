"""Problems: bad data as a value, with a code, a sentence and the place, so that the rest goes on."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule is written."""

    file: str  #: path as the reader was given it
    line: int  #: from 1
    column: int = 1  #: from 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that a person must look at. It holds only what it is about."""

    code: str  #: stable snake_case word, listed in docs/problems.md
    message: str  #: one sentence: what, and how to mend it
    about: str = ""  #: ``desk/ticket[/entry]``, a customer, or a document's reference; empty: the house
    source: Source | None = None  #: the line to mend, if a file is the cause
    amount: Decimal | None = None  #: money at stake, in the customer's currency, if known
