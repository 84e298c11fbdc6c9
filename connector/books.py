"""The protocol of an accounting system: what an adapter under `adapters/books` offers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from connector.model.invoice import Invoice, Receipt
from connector.model.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A document in the books' own form."""

    reference: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksInfo:
    """What a log-in found."""

    product: str
    version: str
    currency: str
    find: Literal["exact", "by_listing", "none"]  #: how surely `Books.find` sees a document
    tax_rounding: Literal["document", "line"]
    problems: tuple[Problem, ...] = field(default=())  #: e.g. a tax code of ours that the books do not know


class Books(Protocol):
    """An accounting system. Errors are those of `connector.http`."""

    def check(self) -> BooksInfo:
        """Log in and probe version, currency, tax codes, rounding."""

    def render(self, invoice: Invoice) -> Payload:
        """Put a document into the books' form. Pure."""

    def find(self, reference: str) -> list[Receipt]:
        """Return every document under our reference, drafts too."""

    def create(self, payload: Payload) -> Receipt:
        """Create one draft. Never retried: only `find` can tell whether a lost answer arrived."""

    def post(self, receipt: Receipt) -> Receipt:
        """Post a draft and read it back. A document that is posted already comes back as it is."""

    def status(self, references: Sequence[str]) -> Iterator[Receipt]:
        """Yield what the books hold under these references, several for one where they hold several."""

    def everything(self) -> Iterator[Receipt]:
        """Yield every sales document that bears a reference; the caller keeps those with our prefix."""
