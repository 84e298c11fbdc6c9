"""Which work a row is about, and whether other rows take it before."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from connector.model.condition import Condition
from connector.model.price_list import PriceList
from connector.model.prices import PRICES, Rate

#: What a condition asks: facet, and the values that will do.
Facts = dict[str, frozenset[str]]

_MOST_CELLS = 512


class Reach(NamedTuple):
    """All work that fits ``when`` and does not fit ``but``."""

    when: Facts
    but: Facts | None = None

    @property
    def empty(self) -> bool:
        """Tell whether the exception takes all of it."""
        return self.but is not None and within(self.when, self.but)


def facts_of(condition: Condition) -> Facts:
    """Return what a condition asks."""
    return {facet: frozenset(values) for facet, values in condition.asked()}


def reach(when: Condition, except_: Condition | None = None) -> Reach:
    """Return what a term with a condition and an exception is about."""
    return Reach(facts_of(when), None if except_ is None else facts_of(except_))


def within(narrow: Facts, wide: Facts) -> bool:
    """Tell whether all work that fits the one fits the other."""
    return all(facet in narrow and narrow[facet] <= values for facet, values in wide.items())


def joint(one: Facts, other: Facts) -> Facts | None:
    """Return what fits both; None: nothing does. Work may be in two shifts at once."""
    both = {**one, **other}
    for facet in one.keys() & other.keys() - {"shift"}:
        both[facet] = one[facet] & other[facet]
    return both if all(both.values()) else None


def takes_all(wide: Reach, narrow: Reach) -> bool:
    """Tell whether a row takes all work that another is about."""
    if not within(narrow.when, wide.when):
        return False
    left = None if wide.but is None else joint(narrow.when, wide.but)
    return left is None or (narrow.but is not None and within(left, narrow.but))


def cells(whole: Reach) -> Iterator[Reach]:
    """Part what a row is about by the values that it names."""
    if prod(map(len, whole.when.values())) > _MOST_CELLS:
        yield whole
        return
    for values in product(*(sorted(values) for values in whole.when.values())):
        cell = Reach(
            {facet: frozenset({value}) for facet, value in zip(whole.when, values, strict=True)}, whole.but
        )
        if not cell.empty:
            yield cell


def takers(rows: Sequence[Reach], whole: Reach) -> list[int] | None:
    """Number the rows that together take all of it; None: something is left."""
    for number, row in enumerate(rows):
        if takes_all(row, whole):
            return [number]
    found: set[int] = set()
    for cell in cells(whole):
        taker = next((number for number, row in enumerate(rows) if takes_all(row, cell)), None)
        if taker is None:
            return None
        found.add(taker)
    return sorted(found)


def shared(one: Reach, other: Reach) -> Facts | None:
    """Return the work that both are about; None: there is none."""
    both = joint(one.when, other.when)
    if both is None or any(row.but is not None and within(both, row.but) for row in (one, other)):
        return None
    return both


class Table(NamedTuple):
    """A price table as it is asked: the contract's own rows, then those of its price list."""

    rows: tuple[Rate, ...]

    def reaches(self) -> list[Reach]:
        """Return what each row is about."""
        return [reach(row.when, row.except_) for row in self.rows]

    def rows_for(self, whole: Reach) -> list[Rate]:
        """Return the rows that decide on some of this work."""
        reaches = self.reaches()
        return [
            row
            for number, row in enumerate(self.rows)
            if (both := shared(reaches[number], whole)) is not None
            and takers(reaches[:number], Reach(both, whole.but)) is None
        ]


def tables(rates: tuple[Rate, ...], price_list: PriceList | None) -> list[Table]:
    """Return the price tables of a contract, one for each version of its price list."""
    if price_list is None:
        return [Table(rates)]
    return [Table((*rates, *version.rates)) for version in price_list.versions]


def same_outcome(one: Rate, other: Rate) -> bool:
    """Tell whether two rows come to the same money."""
    return all(getattr(one, name) == getattr(other, name) for name in (*PRICES, "round", "tax", "surcharges"))


def in_words(facts: Facts) -> str:
    """Name what is asked: ``service on-site, shift night``."""
    return (
        ", ".join(f"{facet} {' or '.join(sorted(values))}" for facet, values in facts.items()) or "all work"
    )
