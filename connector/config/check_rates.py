"""Checks of price tables: rows never reached, rows that hide others, tiers that do not mean what they say."""

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from connector.config.parts import Fault, parts, rates_of
from connector.config.reach import Reach, in_words, reach, same_outcome, shared, takers, takes_all, within
from connector.model.basis import Origin
from connector.model.contract import Contract
from connector.model.price_list import PriceList
from connector.model.prices import Rate, Tiers


def rate_faults(rates: Sequence[Rate], at: str, origin: Origin) -> Iterator[Fault]:
    """Find what is wrong in a price table; ``at`` is its path in the file, ``origin`` cites other rows."""
    rows = [reach(rate.when, rate.except_) for rate in rates]
    for number, row in enumerate(rows):
        path = f"{at}.{number}"
        if row.empty:
            message = f"rates[{number}] takes no work: its 'except' leaves out all that 'when' takes"
            yield Fault(code="rate_unreached", path=path, message=message)
        elif (before := takers(rows[:number], row)) is not None:
            yield Fault(code="rate_unreached", path=path, message=_unreached(number, before, at, origin))
        else:
            found = (_shadowed(rates, rows, above, number, at, origin) for above in range(number))
            yield from islice((fault for fault in found if fault), 1)


def _unreached(number: int, before: Sequence[int], at: str, origin: Origin) -> str:
    named = " and ".join(_row(above, at, origin) for above in before)
    take = "takes" if len(before) == 1 else "take"
    return (
        f"rates[{number}] is never reached: {named} {take} all its work before; put the narrower row first, "
        "or remove one"
    )


def _row(number: int, at: str, origin: Origin) -> str:
    return f"rates[{number}] in line {origin.source(f'{at}.{number}').line}"


def _shadowed(
    rates: Sequence[Rate], rows: Sequence[Reach], above: int, number: int, at: str, origin: Origin
) -> Fault | None:
    """Tell where a row hides part of another. Shifts may overlap: there the order is how it is meant."""
    one, other = rows[above], rows[number]
    both = shared(one, other)
    if both is None or takers(rows[:above], Reach(both)) is not None or _apart(one, other):
        return None
    if same_outcome(rates[above], rates[number]):
        return None
    row = _row(above, at, origin)
    taken = {facet: values for facet, values in both.items() if other.when.get(facet, set()) - values}
    if taken and takes_all(one, Reach({**other.when, **taken}, other.but)):
        message = f"rates[{number}] never gets {in_words(taken)}: {row} takes it before; take it out of one"
    elif _cheaper(rates[above], rates[number]) and not within(one.when, other.when):
        message = (
            f"{row} is cheaper and goes before rates[{number}] where both fit ({in_words(both)}); put the "
            "dearer row first, or write a row for it before them"
        )
    else:
        return None
    return Fault(code="rate_shadowed", path=f"{at}.{number}", message=message, warning=True)


def _cheaper(one: Rate, other: Rate) -> bool:
    """Who writes a dearer price for some work means it to hold: the dearer row stands first."""
    return bool(one.hourly and other.hourly and one.hourly.amount < other.hourly.amount)


def _apart(one: Reach, other: Reach) -> bool:
    shifts = [row.when["shift"] for row in (one, other) if "shift" in row.when]
    return len(shifts) > 1 and shifts[0].isdisjoint(shifts[1])


def last_row_faults(contract: Contract, at: str, price_list: PriceList | None) -> Iterator[Fault]:
    """Find price tables that leave work without a row, and price lists that are never asked."""
    own = [reach(rate.when, rate.except_) for rate in contract.rates]
    closed = takers(own, Reach({})) is not None
    versions = price_list.versions if price_list else ()
    if versions and closed:
        message = (
            f"no row of price list '{contract.price_list}' is ever reached: the contract's own rows take all "
            "work before; take the last one out"
        )
        yield Fault(code="price_list_unreached", path=f"{at}.price_list", message=message)
    listed = [[reach(rate.when, rate.except_) for rate in version.rates] for version in versions] or [[]]
    if not all(takers([*own, *rows], Reach({})) is not None for rows in listed):
        message = (
            f"contract '{contract.id}' has no row for all other work: what no row prices is held; "
            "say so with a last row '- otherwise: hold', or price it with a row without 'when'"
        )
        path = f"{at}.rates" if contract.rates else at
        yield Fault(code="no_last_row", path=path, message=message, warning=True)


def tier_faults(noun: Contract | PriceList, at: str) -> Iterator[Fault]:
    """Find tiers whose steps do not count what they should, or cost less for more."""
    for path, tiers in parts(noun, at):
        if isinstance(tiers, Tiers):
            yield from _one_step(tiers, path)
            yield from _mixed_words(tiers, path)
            yield from _falls(tiers, path)
    for path, rate in rates_of(noun, at):
        if rate.tiers is not None and rate.tiers.of_time and rate.count == "every ticket":
            message = (
                "'count' is of calls, but the bounds 'to' of these tiers are times; write 'to: 10 calls'"
            )
            yield Fault(code="tiers_unfit", path=f"{path}.count", message=message)


def _one_step(tiers: Tiers, path: str) -> Iterator[Fault]:
    if len(tiers.steps) == 1:
        message = "tiers with one step are a plain price; write it as hourly, per_call or each, or add a step"
        yield Fault(code="tiers_unfit", path=path, message=message)


def _mixed_words(tiers: Tiers, path: str) -> Iterator[Fault]:
    words = [step.to.word for step in tiers.steps if step.to is not None]
    for number, word in enumerate(words):
        if word.removesuffix("s") != words[0].removesuffix("s"):
            message = f"steps[{number}] counts {word}, the first step {words[0]}; count the same in all"
            yield Fault(code="tiers_unfit", path=f"{path}.steps.{number}.to", message=message)


def _falls(tiers: Tiers, path: str) -> Iterator[Fault]:
    if tiers.mode == "all":
        return
    for number, (below, above) in enumerate(pairwise(tiers.steps)):
        if below.to is not None and above.price.amount < below.price.amount:
            message = (
                f"with 'mode: top' {below.to} cost more than a little above: all of it falls from "
                f"{below.price} to {above.price}; say 'mode: all' if only what is above is cheaper"
            )
            yield Fault(
                code="tiers_fall", path=f"{path}.steps.{number + 1}.price", message=message, warning=True
            )
