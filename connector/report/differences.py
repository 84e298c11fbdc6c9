"""Rows that a person looks through: differences of desk, ledger and books, decisions, problems."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.model.decision import Decision
from connector.model.problem import Problem
from connector.report.words import clean, duration, plain, table


def rows_text(rows: Sequence[Mapping[str, Any]], nothing: str) -> str:
    """Write rows of one shape as a table headed by their keys; ``nothing`` is said if there are none."""
    if not rows:
        return nothing
    head = tuple(key.replace("_", " ") for key in rows[0])
    body = [tuple(_cell(value) for value in row.values()) for row in rows]
    figures = frozenset(at for at, value in enumerate(rows[0].values()) if isinstance(value, int | Decimal))
    return "\n".join(table([head, *body], right=figures, indent=0))


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    said = plain(value)
    if isinstance(said, list):
        return ", ".join(map(_cell, said))
    return clean(str(said)) if said is not None else ""


def decision_row(decision: Decision, *, undone: bool) -> dict[str, Any]:
    """Give a decision as a row: what, about what, how much, by whom, why."""
    return {
        "id": decision.id,
        "at": decision.at,
        "kind": decision.kind.value,
        "about": decision.target or decision.customer or decision.undoes,
        "period": decision.period,
        "amount": _size(decision),
        "by": decision.by,
        "why": decision.why,
        "undone": "yes" if undone else "",
    }


def _size(decision: Decision) -> str | None:
    if decision.amount is not None:
        return f"{decision.amount:f}"
    if decision.percent is not None:
        return f"{decision.percent:f}%"
    return duration(decision.seconds) if decision.seconds is not None else None


def problem_rows(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Give problems as data: code, message, about, source (file:line:column), amount."""
    return [plain(problem) for problem in problems]
