"""History: a customer's statements as a fold over periods, and what invoices have billed so far."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from connector.model.decision import Decision
from connector.model.invoice import Billed, InvoiceLine
from connector.model.period import Period
from connector.model.statement import LineKey, Lot, Statement
from connector.model.usage import UsageRecord
from connector.model.work import Work
from connector.rating.rate import rate
from connector.rating.terms import Terms


class Chapter(NamedTuple):
    """One period of a customer's history, with the terms that hold for it."""

    period: Period
    terms: Terms
    work: Callable[[], Iterable[Work]]  #: asked once, when the period is rated
    billed: frozenset[str] = frozenset()  #: entries whose charge is billed already
    usage: Callable[[], Iterable[UsageRecord]] = tuple  #: as work


def fold(
    chapters: Iterable[Chapter], decisions: Sequence[Decision], opening: Sequence[Lot]
) -> list[Statement]:
    """Rate period after period; what one carries over opens the next."""
    statements: list[Statement] = []
    for chapter in chapters:
        statement = rate(
            chapter.terms, chapter.period, chapter.work(), decisions, opening, chapter.billed, chapter.usage()
        )
        opening = statement.closing
        statements.append(statement)
    return statements


def booked(
    billed: Mapping[LineKey, Billed], lines: Iterable[InvoiceLine], reference: str
) -> dict[LineKey, Billed]:
    """Add a document's lines to what is billed."""
    total = dict(billed)
    for line in lines:
        before = total.get(line.key)
        if before is None:
            total[line.key] = Billed(
                amount=line.amount, seconds=line.seconds, references=(reference,), line=line
            )
        else:
            total[line.key] = replace(
                before,
                amount=before.amount + line.amount,
                seconds=before.seconds + line.seconds,
                references=tuple(dict.fromkeys((*before.references, reference))),
            )
    return total
