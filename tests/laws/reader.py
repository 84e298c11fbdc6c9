"""A reader of explanations: takes the printed text alone, and does the sums again with pencil and paper."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

_NUMBER = r"-?\d+(?:\.\d+)?"
_TIME = r"-?(?:(?:\d+h)?(?: ?\d+m)?(?: ?\d+s)?)"
_ONCE = "(?:, rounded once)?;"
_ENTRY = re.compile(rf"  (\S+) on \S+: (?:{_TIME}) worked, (\w+)(?: as ({_TIME}))?(?:, .*)?")
_SUM = re.compile(
    rf".*: (?P<counted>{_NUMBER}) (?P<unit>[^:]+?) x (?P<price>{_NUMBER})(?: / (?P<over>\d+))?"
    rf"(?: x (?P<paid>\d+) / (?P<days>\d+) days)?(?: - (?P<less>{_NUMBER}))? = {_NUMBER}{_ONCE}"
)
_BOUND = re.compile(
    rf".*: ({_NUMBER}) - ({_NUMBER}) = (?:({_NUMBER}), of which this tax bears )?({_NUMBER}){_ONCE}"
)
_PRICE = re.compile(rf"({_NUMBER}) [A-Z]{{3}} per (\w+)")
_COST = re.compile(rf"cost ({_NUMBER}) [A-Z]{{3}} plus ({_NUMBER})% is ({_NUMBER}) ")
_TIMES = re.compile(rf"({_NUMBER}) x ({_NUMBER}) (?:by the index )?is ({_NUMBER})")
_MORE = re.compile(rf"surcharge .*: ({_NUMBER}) more per ")
_ROUND = re.compile(
    rf"({_TIME}) worked(?: in this ([\w-]+))?(?:, begun ({_TIME}) past a step,)?"
    rf" is billed as ({_TIME}) \((.*)\)"
)
_TIER = re.compile(r"step (up to (.+)|without end): (.+) counted before, (.+) after")
_DRAWN = re.compile(r"allowance .*: (\S.*) left before, (.+) taken, (.+) left after")


class Entry(NamedTuple):
    """What is printed of one item."""

    work: str
    fate: str
    billed: int
    trail: tuple[str, ...]


def entries_of(text: str) -> list[Entry]:
    """Read the items of an explanation."""
    found: list[Entry] = []
    for line in text.splitlines():
        if match := _ENTRY.fullmatch(line):
            found.append(Entry(match[1], match[2], seconds(match[3]) if match[3] else 0, ()))
        elif found and (step := re.fullmatch(r"    \d+\. (.*?)(?:  <- .*)?", line)):
            found[-1] = found[-1]._replace(trail=(*found[-1].trail, step[1]))
    return found


def seconds(text: str) -> int:
    """Read ``1h 30m`` as seconds."""
    units = {"h": 3600, "m": 60, "s": 1}
    total = sum(int(part[:-1]) * units[part[-1]] for part in re.findall(r"\d+[hms]", text))
    return -total if text.startswith("-") else total


def amount_of(text: str) -> Decimal | None:
    """Do the printed sum again; None: the line says an amount without any."""
    sums = text.splitlines()[-2]
    (printed,) = re.findall(rf"^  Amount ({_NUMBER})", text, re.MULTILINE)
    if match := _SUM.search(sums):
        exact = Decimal(match["counted"]) * Decimal(match["price"]) / int(match["over"] or 1)
        exact = exact * int(match["paid"] or 1) / int(match["days"] or 1) - Decimal(match["less"] or 0)
        return exact.quantize(Decimal(printed), ROUND_HALF_UP)
    if match := _BOUND.search(sums):
        rest = Decimal(match[1]) - Decimal(match[2])
        assert match[3] is None or Decimal(match[3]) == rest
        return rest if match[3] is None else Decimal(match[4])
    return None


def check_lines(text: str) -> None:
    """Hold the items of a line against its sum: their time adds up, and they name its price."""
    match = _SUM.search(text.splitlines()[-2])
    entries = [one for one in entries_of(text) if one.trail]
    if match is None or not entries:
        return
    priced = [one for one in entries if any(_PRICE.fullmatch(step) for step in one.trail)]
    if match["over"]:
        assert int(match["counted"]) == sum(one.billed for one in entries)
    else:
        assert int(match["counted"]) >= len(priced)  # a call may be counted on the day its ticket was opened
    for one in priced:
        assert reckoned_price(one.trail) in (None, Decimal(match["price"]))
        assert [step for step in one.trail if _PRICE.fullmatch(step)][-1].startswith(match["price"])


def reckoned_price(trail: tuple[str, ...]) -> Decimal | None:
    """Follow a price from cost over index and surcharges; None: it stands in the contract as it is."""
    price: Decimal | None = None
    for step in trail:
        if match := _COST.match(step):
            cost, percent, price = map(Decimal, match.groups())
            assert cost * (1 + percent / 100) == price
        elif match := _TIMES.search(step):
            base, factor, result = map(Decimal, match.groups())
            assert price in (None, base)
            exact = base * factor
            assert result in (exact, exact.quantize(base, ROUND_HALF_UP))
            price = result
        elif match := _MORE.match(step):
            price = None if price is None else price + Decimal(match[1])
    return price


def check_trail(trail: tuple[str, ...]) -> None:
    """Do again what each step says for itself: rounding, steps of tiers, what is left of an allowance."""
    for step in trail:
        if match := _ROUND.fullmatch(step):
            worked, _, moved, billed, rule = match.groups()
            assert rounded_by(rule, seconds(worked) + seconds(moved or "")) == seconds(billed)
        elif match := _TIER.fullmatch(step):
            before, after = _figure(match[3]), _figure(match[4])
            assert before < after
            assert match[2] is None or after <= _figure(match[2])
        elif match := _DRAWN.fullmatch(step):
            left, taken, rest = map(_figure, match.groups())
            assert abs(left - taken - rest) <= (1 if "s" in step.split(":")[1] else Decimal("0.01"))


def rounded_by(rule: str, worked: int) -> int:
    """Apply a printed rule of rounding."""
    said = dict(part.rsplit(" ", 1) if "step" not in part else part.split(" ", 1) for part in _parts(rule))
    if worked < seconds(said.get("nothing under", "")):
        return 0
    step, mode = _step(said.get("step", ""))
    steps, rest = divmod(worked, step)
    if mode in ("up", "edges"):
        steps += rest > (seconds(said.get("grace", "")) if steps else 0)
    elif mode == "nearest":
        steps += 2 * rest >= step
    billed = max(steps * step, seconds(said.get("minimum", "")))
    return min(billed, seconds(said["maximum"])) if "maximum" in said else billed


def _parts(rule: str) -> list[str]:
    return [part for part in rule.split(", ") if part != "to the second"]


def _step(said: str) -> tuple[int, str]:
    length, _, mode = said.rpartition(" ")
    return (seconds(length), mode) if length else (1, "up")


def _figure(text: str) -> Decimal:
    if re.fullmatch(_TIME, text) and text:
        return Decimal(seconds(text))
    return Decimal(text.partition(" ")[0])
