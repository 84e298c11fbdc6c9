"""Explains an amount: from work entry over contract clause and rule to the line, proven by recomputation."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from connector.model.statement import Line, RatedItem, RatedUsage
from connector.report.preview import item_data
from connector.report.trail import sentence, trail, trail_data
from connector.report.words import clean, duration, money, number, plain


def explanation_text(
    title: str,
    line: Line | None,
    items: Sequence[RatedItem],
    amount: Decimal,
    currency: str,
    *,
    proven: bool,
    before: Decimal | None = None,
    usage: Sequence[RatedUsage] = (),
) -> str:
    """Write one explanation.

    ``proven``: recomputed from what was stored, it equals the stored amount. ``before``: what earlier
    documents billed, where the amount is a difference to it. ``usage``: the records behind it.
    """
    lines = [clean(title)]
    for item in items:
        lines.append(
            f"  {item.work} on {item.on}: {duration(item.real)} worked, {item.fate.value}"
            + (f" as {duration(item.billed)}" if item.billed else "")
            + (f", {clean(item.reason)}" if item.reason else "")
        )
        lines += [f"    {number}. {text}" for number, text in enumerate(trail(item), 1)]
    for each in usage:
        lines.append(f"  {used(each, currency)}")
        lines += [f"    {number}. {sentence(step)}" for number, step in enumerate(each.trail, 1)]
    if line and line.work and not items and not usage:
        lines.append(f"  for {', '.join(line.work)}")
    if line:
        lines.append(f"  {sum_of(line, currency)}" + (f"  <- {line.source}" if line.source else ""))
    if before is not None:
        lines.append(f"  {difference_of(line, before, currency)}")
    lines.append(f"  Amount {money(amount, currency)} {currency}{verdict(proven)}")
    return "\n".join(lines)


def explanation_data(
    title: str,
    line: Line | None,
    items: Sequence[RatedItem],
    amount: Decimal,
    currency: str,
    *,
    proven: bool,
    before: Decimal | None = None,
    usage: Sequence[RatedUsage] = (),
) -> dict[str, Any]:
    """Give one explanation as data; each item and record has its ``trail``."""
    return {
        "title": title,
        "amount": money(amount, currency),
        "currency": currency,
        "proven": proven,
        "before": None if before is None else money(before, currency),
        "line": plain(line),
        "items": [{**item_data(item), "trail": trail_data(item.trail)} for item in items],
        "usage": [{**plain(each), "trail": trail_data(each.trail)} for each in usage],
    }


def used(each: RatedUsage, currency: str) -> str:
    """Write a usage record with its fate and its part of the amount."""
    part = f", {money(each.amount, currency)} of the amount" if each.amount else ""
    reason = f", {clean(each.reason)}" if each.reason else ""
    return f"{each.record}: {number(each.quantity)}, {each.fate.value}{reason}{part}"


_PROVEN = ", computed anew from what is stored"
_UNPROVEN = ": NOT PROVEN, computed anew it differs; run deskbill reconcile"


def verdict(proven: bool) -> str:
    """Say whether an amount was proven."""
    return _PROVEN if proven else _UNPROVEN


def difference_of(line: Line | None, before: Decimal, currency: str) -> str:
    """Write how an amount comes from what ought to be billed and what is."""
    ought = money(line.amount if line else Decimal(0), currency)
    return f"{ought} ought to be billed in all, {money(before, currency)} is billed already"


def sum_of(line: Line, currency: str) -> str:
    """Write how a line comes to its amount."""
    amount, tax = money(line.amount, currency), f"; tax {line.key.tax} at {line.key.percent}%"
    return f"{clean(line.text)}: {_arithmetic(line)}{amount}{', rounded once' if line.price else ''}{tax}"


def _arithmetic(line: Line) -> str:
    """Write what is computed, so that a reader arrives at the amount with what is printed."""
    if line.price is not None and line.reached is not None:
        missing = line.price - line.reached
        shared = f"{missing:f}, of which this tax bears " if missing != line.amount else ""
        return f"{line.price:f} - {line.reached:f} = {shared}"
    if line.price is None:
        return _share(line)
    counted = f"{line.seconds} s" if line.per_seconds else f"{number(line.quantity)} {clean(line.unit)}"
    over = f" / {line.per_seconds}" if line.per_seconds else ""
    part = f" x {line.part[0]} / {line.part[1]} days" if line.part else ""
    less = f" - {line.less:f}" if line.less else ""
    return f"{counted} x {line.price:f}{over}{part}{less} = "


def _share(line: Line) -> str:
    """Write what a percentage is of; where a bound or another tax takes part, the whole stands before it."""
    if line.unit != "percent" or line.reached is None:
        return ""
    share = line.quantity * line.reached / 100
    told = f"{number(line.quantity)}% of {line.reached:f}"
    return f"{told} = " if abs(share + line.amount) < 1 else f"{told}, of which this line bears "
