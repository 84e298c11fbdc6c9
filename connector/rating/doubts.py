"""Doubts: why work cannot be rated, or not charged, in a sentence that says how to mend it."""

from connector.model.problem import Problem
from connector.rating.choose import Choice
from connector.rating.gates import Verdict
from connector.rating.pieces import Piece


def disbelief(piece: Piece, verdict: Verdict) -> Problem | None:
    """Say why a piece cannot be rated at all. What is free all the same needs no rating."""
    if verdict.free or piece.ignored:
        return None
    if piece.work.problem is not None:
        return piece.work.problem
    if verdict.charge and verdict.charge.amount is not None:
        return None  # a person names the price, so neither contract nor shift is asked
    if piece.contract is None:
        message = f"no contract is valid on {piece.on}; add one to the customer file, or waive the work"
        return Problem(code="no_contract", message=message)
    if piece.blocked:
        message = (
            "the price depends on the shift, but the desk gives only a day; name the shift under "
            f"'shift:' in the mapping of desk {piece.work.desk}"
        )
        return Problem(code="shift_unknown", message=message)
    return None


def unbilled(piece: Piece) -> str:
    """Say why nothing of a piece is billed."""
    if not piece.real:
        return "no time"
    return "taken back by a correction" if not piece.net else "too short to bill"


def unpriced(piece: Piece) -> str:
    """Say what is missing where no row of the price table fits, or the row has no price."""
    choice: Choice = piece.choice
    if choice.unknown_cost:
        return (
            f"the price is cost plus, but the configuration has no cost of technician "
            f"'{piece.work.technician}'; add it under technicians"
        )
    if choice.rate and choice.rate.row.otherwise is None:
        return "the contract has no hourly rate for it; name one with the decision to charge it"
    facts = (
        ", ".join(f"{name} {value}" for name, value in sorted(piece.work.facets.items()))
        or "work without a service"
    )
    contract = piece.contract.id if piece.contract else ""
    return f"no rate of contract {contract} fits {facts}; add a row under rates"
