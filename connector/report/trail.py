"""The trail of a rated item in sentences: which rule did what, with figures and contract line."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.model.statement import RatedItem, Step
from connector.report.words import clean, duration, plain


def _figure(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:f}" if isinstance(value, Decimal) else clean(str(value))


def _round(real: int, billed: int, step: int, mode: str, minimum: int, grace: int) -> str:
    terms = [f"step {duration(step)} {mode}"] if step > 1 else []
    terms += [f"minimum {duration(minimum)}"] if minimum else []
    terms += [f"grace {duration(grace)}"] if grace else []
    return f"{duration(real)} worked is billed as {duration(billed)} ({', '.join(terms) or 'to the second'})"


def _allowance(name: str, before: int, taken: int, after: int) -> str:
    taking = f"{duration(before)} left before, {duration(taken)} taken, {duration(after)} left after"
    return f"allowance {name}: {taking}"


def _decision(name: str, kind: str, by: str, why: str) -> str:
    return f"decision {name}: {kind} by {clean(by)}, because: {clean(why)}"


_SENTENCES: dict[str, Callable[..., str]] = {
    "round": _round,
    "net": lambda other, seconds: f"{duration(seconds)} netted against {other}",
    "allowance": _allowance,
    "price": lambda hourly, currency: f"{_figure(hourly)} {currency} per hour",
    "shift": lambda shifts, since: f"in {shifts}" + (f" from {since}" if since else ", as the mapping says"),
    "included": lambda: "included, whatever its time",
    "free": lambda reason: f"free: {clean(reason)}",
    "gate": lambda reason: f"held by a gate: {clean(reason)}",
    "decision": _decision,
    "hold": lambda reason: f"held: {clean(reason)}",
    "before_start": lambda day: f"free: before start, billing begins on {day}",
}


def sentence(step: Step) -> str:
    """Put one step into words; a rule without words of its own shows its values as they are."""
    words = _SENTENCES.get(step.rule)
    try:
        text = words(*step.values) if words else _as_it_is(step.rule, step.values)
    except (TypeError, ValueError):  # other figures than the sentence expects: show them all
        text = _as_it_is(step.rule, step.values)
    return f"{text}  <- {step.source}" if step.source else text


def _as_it_is(rule: str, values: tuple[Any, ...]) -> str:
    return f"{rule}: {', '.join(_figure(value) for value in values)}".rstrip(": ")


def trail(item: RatedItem) -> list[str]:
    """Put an item's whole trail into sentences, in the order in which the rules were applied."""
    return [sentence(step) for step in item.trail]


def trail_data(item: RatedItem) -> list[dict[str, Any]]:
    """Give each step as ``{rule, values, source, text}``."""
    return [
        {
            "rule": step.rule,
            "values": plain(step.values),
            "source": plain(step.source),
            "text": sentence(step),
        }
        for step in item.trail
    ]
