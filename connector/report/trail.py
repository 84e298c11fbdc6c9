"""The trail of a rated item in sentences: which rule did what, with figures and contract line."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.model.statement import RatedItem, Step
from connector.report.words import clean, duration, money, number, plain


def _figure(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:f}" if isinstance(value, Decimal) else clean(str(value))


def _round(
    real: int,
    billed: int,
    step: int,
    mode: str,
    minimum: int,
    grace: int,
    per: str = "entry",
    maximum: int | None = None,
    free_under: int = 0,
    moved: int = 0,
) -> str:
    terms = [f"step {duration(step)} {mode}"] if step > 1 else []
    terms += [f"minimum {duration(minimum)}"] if minimum else []
    terms += [f"maximum {duration(maximum)}"] if maximum is not None else []
    terms += [f"grace {duration(grace)}"] if grace else []
    terms += [f"nothing under {duration(free_under)}"] if free_under else []
    whole = "" if per == "entry" else f" in this {per}"
    back = f", begun {duration(moved)} past a step," if moved else ""
    told = ", ".join(terms) or "to the second"
    return f"{duration(real)} worked{whole}{back} is billed as {duration(billed)} ({told})"


def units(amount: Decimal | int, kind: str, word: str) -> str:
    """Write so much of an allowance: time, money, or a number of something."""
    if kind == "time" and amount == int(amount):
        return duration(int(amount))
    text = f"{number(Decimal(amount))} s" if kind == "time" else number(Decimal(amount))
    if kind == "money":
        text = money(Decimal(amount), word)
    if amount == 1 and kind == "count":
        word = word.removesuffix("s")
    return f"{text} {word}".rstrip()


def _allowance(
    name: str,
    before: Decimal | int,
    taken: Decimal | int,
    after: Decimal | int,
    kind: str = "time",
    word: str = "",
    key: str = "",
) -> str:
    told = ((before, "left before"), (taken, "taken"), (after, "left after"))
    said = ", ".join(f"{units(amount, kind, word)} {what}" for amount, what in told)
    return f"allowance {name}{f' of {clean(key)}' if key else ''}: {said}"


def _price(amount: Decimal, currency: str, unit: str = "hour", per_seconds: int = 0) -> str:
    length = f" of {duration(per_seconds)}" if per_seconds and unit != "hour" else ""
    return f"{_figure(amount)} {currency} per {unit}{length}"


def _counted(amount: Decimal | int, unit: str) -> str:
    return units(amount, "time", "") if unit == "hour" else units(amount, "count", f"{unit}s")


def _tier(before: Decimal | int, after: Decimal | int, bound: Decimal | int | None, unit: str) -> str:
    upto = "without end" if bound is None else f"up to {_counted(bound, unit)}"
    return f"step {upto}: {_counted(before, unit)} counted before, {_counted(after, unit)} after"


def _top_tier(total: Decimal | int, bound: Decimal | int | None, unit: str) -> str:
    upto = "the last step" if bound is None else f"the step up to {_counted(bound, unit)}"
    return f"{_counted(total, unit)} in all reach {upto}, which prices all of it"


def _usage(quantity: Decimal, paid: int, of: int, price: Decimal | None, unit: str, priced: str) -> str:
    part = f" for {paid} of {of} days" if paid != of else ""
    return f"{number(quantity)} {clean(unit)}{part} at {_figure(price)} per {clean(priced)}"


def _decision(name: str, kind: str, by: str, why: str) -> str:
    return f"decision {name}: {kind} by {clean(by)}, because: {clean(why)}"


_SENTENCES: dict[str, Callable[..., str]] = {
    "round": _round,
    "net": lambda other, seconds: f"{duration(seconds)} netted against {other}",
    "allowance": _allowance,
    "price": _price,
    "cost_plus": lambda cost, percent, price, currency: (
        f"cost {_figure(cost)} {currency} plus {number(percent)}% is {_figure(price)} {currency}"
    ),
    "index": lambda base, factor, price: (
        f"{_figure(base)} x {number(factor)} by the index is {_figure(price)}"
    ),
    "surcharge": lambda names, base, factor, price: (
        f"surcharge {clean(names)}: {_figure(base)} x {number(factor)} is {_figure(price)}"
    ),
    "surcharge_amount": lambda name, more, unit: f"surcharge {clean(name)}: {_figure(more)} more per {unit}",
    "tier": _tier,
    "top_tier": _top_tier,
    "usage": _usage,
    "eats": lambda name, seconds: f"too short to bill, but eats {duration(seconds)} of allowance {name}",
    "renewed": lambda name, day: f"little is left of block {name}: the next one is bought on {day}",
    "cascade": lambda name, contract: f"allowance {name} is used up: contract {contract} prices the rest",
    "ignored": lambda contract: f"free: the ticket was opened under contract {contract}, which has ended",
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


def trail_data(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Give each step as ``{rule, values, source, text}``."""
    return [
        {
            "rule": step.rule,
            "values": plain(step.values),
            "source": plain(step.source),
            "text": sentence(step),
        }
        for step in steps
    ]
