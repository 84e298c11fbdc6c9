"""Who and what the money is for: by person, item or cost centre, month by month, and what it leaves."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from connector.model.statement import Fate
from connector.report.shares import Share
from connector.report.words import clean, duration, money, number, table

_ZERO = Decimal(0)
#: What costs are told by, with the facet that answers it.
By = Literal["person", "item", "cost_centre", "article", "service"]
FACETS: Mapping[str, str] = {
    "person": "contact",
    "item": "item",
    "cost_centre": "cost_centre",
    "article": "article",
    "service": "service",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A share of a customer's statement."""

    customer: str
    currency: str
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What some shares come to together."""

    customer: str
    currency: str
    key: tuple[str, ...]  #: the person, item ...; of trends the month before it
    seconds: int = 0  #: real
    work: Decimal = _ZERO  #: net, of work and what is charged with it
    usage: Decimal = _ZERO  #: net
    other: Decimal = _ZERO  #: net, of fees, blocks, discounts: nobody's in particular
    quantity: Decimal = _ZERO  #: of usage

    @property
    def amount(self) -> Decimal:
        """Net of all."""
        return self.work + self.usage + self.other


def costs(taken: Iterable[Taken], by: By) -> list[Sum]:
    """Sum up by customer, and by the person, item, cost centre, article or service."""
    facet = FACETS[by]
    return _sums(taken, lambda share: (share.facets.get(facet, ""),))


def trends(taken: Iterable[Taken], by: By) -> list[Sum]:
    """Sum up by customer, month, and service, person or article."""
    facet = FACETS[by]
    return _sums(taken, lambda share: (f"{share.on:%Y-%m}", share.facets.get(facet, "")))


def _sums(taken: Iterable[Taken], key: Callable[[Share], tuple[str, ...]]) -> list[Sum]:
    groups: dict[tuple[str, str, tuple[str, ...]], list[Share]] = defaultdict(list)
    for each in taken:
        groups[each.customer, each.currency, key(each.share)].append(each.share)
    return [
        Sum(
            customer=customer,
            currency=currency,
            key=named,
            seconds=sum(share.seconds for share in members),
            work=_net(members, "work"),
            usage=_net(members, "usage"),
            other=_net(members, ""),
            quantity=sum((share.quantity for share in members), _ZERO),
        )
        for (customer, currency, named), members in sorted(groups.items())
    ]


def _net(members: Iterable[Share], kind: str) -> Decimal:
    """Sum up the shares of a kind; an empty one: of all that is neither work nor usage."""
    kinds = {"work", "usage"}
    own = (share for share in members if share.kind == kind or (not kind and share.kind not in kinds))
    return sum((share.amount for share in own), _ZERO)


def sums_text(rows: Sequence[Sum], heads: Sequence[str]) -> str:
    """Write sums as a table, with the total of each currency; ``heads`` name the parts of the key."""
    if not rows:
        return "There is nothing in these days"
    titles = ("Customer", *heads, "Worked", "Work", "Usage", "Other", "Together")
    body = [
        (
            row.customer,
            *(clean(part) or "(none)" for part in row.key),
            duration(row.seconds),
            *(money(amount, row.currency) for amount in (row.work, row.usage, row.other)),
            f"{money(row.amount, row.currency)} {row.currency}",
        )
        for row in rows
    ]
    figures = frozenset(range(1 + len(heads), len(titles)))
    return "\n".join([*table([titles, *body], right=figures, indent=0), *_totals(rows)])


def _totals(rows: Sequence[Sum]) -> list[str]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        totals[row.currency] += row.amount
    return ["", *(f"Net {money(amount, currency)} {currency}" for currency, amount in sorted(totals.items()))]


def sums_data(rows: Sequence[Sum], names: Sequence[str]) -> list[dict[str, Any]]:
    """Give sums as data; amounts are net, as text."""
    return [
        {
            "customer": row.customer,
            **dict(zip(names, row.key, strict=True)),
            "seconds": row.seconds,
            "quantity": number(row.quantity),
            **{
                name: money(getattr(row, name), row.currency) for name in ("work", "usage", "other", "amount")
            },
            "currency": row.currency,
        }
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """What is earned with a customer, contract or ticket."""

    customer: str
    currency: str
    key: str  #: the contract or ticket; empty: the customer as a whole, or what belongs to none
    seconds: int  #: real
    revenue: Decimal  #: net
    cost: Decimal  #: of work and usage, as far as it is known
    included: Decimal  #: of that cost: work that an allowance or fee covers
    free: Decimal  #: of that cost: free work
    unknown: int  #: seconds of work whose cost is not known

    @property
    def profit(self) -> Decimal:
        """What is left."""
        return self.revenue - self.cost


Per = Literal["customer", "contract", "ticket"]


def profits(taken: Iterable[Taken], per: Per) -> list[Profit]:
    """Hold revenue against cost, by customer, contract or ticket."""
    groups: dict[tuple[str, str, str], list[Share]] = defaultdict(list)
    for each in taken:
        key = "" if per == "customer" else getattr(each.share, per)
        groups[each.customer, each.currency, key].append(each.share)
    return [_profit(*group, members) for group, members in sorted(groups.items())]


def _profit(customer: str, currency: str, key: str, members: Sequence[Share]) -> Profit:
    return Profit(
        customer=customer,
        currency=currency,
        key=key,
        seconds=sum(share.seconds for share in members),
        revenue=sum((share.amount for share in members), _ZERO),
        cost=_cost(members),
        included=_cost(share for share in members if share.fate is Fate.INCLUDED),
        free=_cost(share for share in members if share.fate is Fate.FREE),
        unknown=sum(share.seconds for share in members if share.cost is None),
    )


def _cost(members: Iterable[Share]) -> Decimal:
    return sum((share.cost for share in members if share.cost is not None), _ZERO)


def profits_text(rows: Sequence[Profit], head: str) -> str:
    """Write profits as a table."""
    if not rows:
        return "There is nothing in these days"
    keyed = head != "customer"
    titles = ("Customer", *([head.capitalize()] if keyed else []), "Worked", *_MONEY, "Cost unknown")
    body = [
        (
            row.customer,
            *([clean(row.key) or "(none)"] if keyed else []),
            duration(row.seconds),
            *(money(getattr(row, name.lower()), row.currency) for name in _MONEY[:-1]),
            f"{money(row.profit, row.currency)} {row.currency}",
            duration(row.unknown) if row.unknown else "",
        )
        for row in rows
    ]
    return "\n".join(table([titles, *body], right=frozenset(range(1 + keyed, len(titles))), indent=0))


_MONEY = ("Revenue", "Cost", "Included", "Free", "Profit")


def profits_data(rows: Sequence[Profit], name: str) -> list[dict[str, Any]]:
    """Give profits as data; amounts are net, as text."""
    return [
        {
            "customer": row.customer,
            **({name: row.key} if name != "customer" else {}),
            "seconds": row.seconds,
            **{each.lower(): money(getattr(row, each.lower()), row.currency) for each in _MONEY},
            "unknown_seconds": row.unknown,
            "currency": row.currency,
        }
        for row in rows
    ]
