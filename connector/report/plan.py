"""What edits of contracts change in money, or what another contract would have billed: text and data."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from connector.model.change import Change, Charge, Comparison, CustomerChange, Figures, PeriodChange
from connector.model.statement import Fate
from connector.report.differences import problem_rows
from connector.report.words import clean, duration, money, number, plain, problem_line, section, table

_TITLE = 40
#: What became of a customer's file; "same": what it is rated with comes from another file.
_FILE = {
    "changed": "file changed",
    "new": "new file",
    "removed": "file removed",
    "same": "same file, other configuration or mapping",
}


def comparison_text(found: Comparison, *, most: int | None = None) -> str:
    """Write what differs: figures by period, then the lines, the largest differences first.

    ``most``: how many lines of a period are shown; None: all.
    """
    lines = [f"{clean(found.old)} -> {clean(found.new)}"]
    for customer in found.customers:
        lines += ["", *_customer_lines(customer, most)]
    lines += section("Together, net", together(found))
    lines += section("Files that cannot be read", [problem_line(problem) for problem in found.problems])
    if not found.differs:
        lines += ["", "No amount differs"]
    return "\n".join(lines)


def _customer_lines(customer: CustomerChange, most: int | None) -> Iterator[str]:
    told = f": {_FILE[customer.file]}" if customer.file else ""
    yield f"{clean(customer.name)} ({customer.customer}){told}"
    if not customer.periods:
        yield "  No period lies in these days"
        return
    head = ("Period", "", "Old", "New", "Difference", "")
    rows = [head, *map(period_cells, customer.periods)]
    yield from table(rows, right=frozenset({2, 3, 4}))
    for period in customer.periods:
        shown, left = shown_changes(period, most)
        rows = [change_cells(change, period, clean) for change in shown]
        if rows:
            yield f"  Lines of {period.period}"
            yield from table(rows, right=frozenset({3, 4, 5}), indent=4)
        if rows and left:
            yield f"    and {left} lines more"


def period_cells(period: PeriodChange) -> tuple[str, ...]:
    """Give a period as cells: which, closed or open, old net, new net, difference, and what else differs."""
    said = [
        *(f"tax {old} -> {new}" for old, new in _taxes(period)),
        *(f"{fate} {old} -> {new}" for fate, old, new in _seconds(period)),
    ]
    return (
        str(period.period),
        "closed" if period.closed else "open",
        _net(period.old, period),
        _net(period.new, period),
        signed(period.difference, period.currency),
        ", ".join(said),
    )


def _net(side: Figures | None, period: PeriodChange) -> str:
    if side is None:
        return ""
    return f"{money(side.net, side.currency)}{'' if period.currency else ' ' + side.currency}"


def signed(difference: Decimal | None, currency: str) -> str:
    """Write a difference with its sign and currency; empty: there are two currencies."""
    if difference is None:
        return ""
    return f"{'+' if difference > 0 else ''}{money(difference, currency)} {currency}"


def _taxes(period: PeriodChange) -> Iterator[tuple[str, str]]:
    old, new = period.old, period.new
    if old and new and old.tax is not None and new.tax is not None and old.tax != new.tax:
        yield money(old.tax, old.currency), money(new.tax, new.currency)


def _seconds(period: PeriodChange) -> Iterator[tuple[str, str, str]]:
    old, new = period.old, period.new
    if old and new and old.seconds is not None and new.seconds is not None:
        for fate in Fate:
            if old.seconds[fate] != new.seconds[fate]:
                yield fate.value, duration(old.seconds[fate]), duration(new.seconds[fate])


def shown_changes(period: PeriodChange, most: int | None) -> tuple[Sequence[Change], int]:
    """Return the changes to show, the largest first, and how many are left out."""
    ranked = sorted(period.changes, key=lambda each: -abs(each.after - each.before))
    shown = ranked if most is None else ranked[:most]
    return shown, len(ranked) - len(shown)


def change_cells(change: Change, period: PeriodChange, say: Callable[[str, int], str]) -> tuple[str, ...]:
    """Give a change as cells: ticket or fee, service, price or tax, old, new, difference.

    ``say`` writes the words of desks and contracts, cut to a width (0: whole).
    """
    charge = (*change.new, *change.old)[0]
    key = change.key
    return (
        say(_about(charge), 0),
        say(charge.text or ("Work" if key.ticket else key.kind), _TITLE),
        say(_terms(change), 0),
        _amount(change.before, period.old) if change.old else "",
        _amount(change.after, period.new) if change.new else "",
        signed(change.after - change.before if period.currency else None, period.currency),
    )


def _about(charge: Charge) -> str:
    """Name a ticket as commands take it, and by the number that people see where that is another."""
    ticket, seen = charge.key.ticket, charge.number
    return f"{ticket} ({seen})" if seen and not ticket.endswith(f"/{seen}") else ticket or charge.key.ref


def _amount(amount: Decimal, side: Figures | None) -> str:
    return money(amount, side.currency) if side else ""


def _terms(change: Change) -> str:
    """Say the price, and the tax if it is another, as ``75.00 -> 80.00``."""
    prices = _either(change, lambda charge: charge.key.price)
    taxes = _either(change, _tax)
    return ", ".join(filter(None, [prices, taxes if " -> " in taxes else ""]))


def _tax(charge: Charge) -> str:
    return f"{charge.key.tax} {number(Decimal(charge.key.percent or 0))}%"


def _either(change: Change, word: Callable[[Charge], str]) -> str:
    old, new = (" and ".join(dict.fromkeys(map(word, side))) for side in (change.old, change.new))
    return f"{old} -> {new}" if old and new and old != new else new or old


def together(found: Comparison) -> list[str]:
    """Write the sums over all customers, by currency, for closed and open periods apart."""
    rows = [
        (state, *(money(each, currency) for each in (old, new)), signed(new - old, currency))
        for (state, currency), (old, new) in sums(found.customers).items()
    ]
    return table(rows, right=frozenset({1, 2, 3})) if rows else []


def sums(customers: Iterable[CustomerChange]) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Sum up old and new net by closed or open, and currency; a period with two currencies counts in both."""
    found: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for period in (period for customer in customers for period in customer.periods):
        state = "closed" if period.closed else "open"
        for side, place in ((period.old, 0), (period.new, 1)):
            if side:
                both = [*found.get((state, side.currency), (Decimal(0), Decimal(0)))]
                both[place] += side.net
                found[state, side.currency] = (both[0], both[1])
    return found


def comparison_data(found: Comparison) -> dict[str, Any]:
    """Give a comparison as data, with every line that differs."""
    return {
        "old": found.old,
        "new": found.new,
        "differs": found.differs,
        "customers": [_customer_data(customer) for customer in found.customers],
        "totals": _totals_data(found.customers),
        "problems": problem_rows(found.problems),
    }


def _totals_data(customers: Iterable[CustomerChange]) -> list[dict[str, str]]:
    return [
        {
            "state": state,
            "currency": currency,
            "old": money(old, currency),
            "new": money(new, currency),
            "difference": money(new - old, currency),
        }
        for (state, currency), (old, new) in sums(customers).items()
    ]


def _customer_data(customer: CustomerChange) -> dict[str, Any]:
    return {
        "customer": customer.customer,
        "name": customer.name,
        "file": customer.file,
        "totals": _totals_data([customer]),
        "periods": [_period_data(period) for period in customer.periods],
    }


def _period_data(period: PeriodChange) -> dict[str, Any]:
    return {
        "period": str(period.period),
        "from": plain(period.period.start),
        "to": plain(period.period.last_day),
        "state": "closed" if period.closed else "open",
        "old": _side_data(period.old),
        "new": _side_data(period.new),
        "difference": None if period.difference is None else money(period.difference, period.currency),
        "lines": [_change_data(change, period) for change in period.changes],
    }


def _side_data(side: Figures | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "currency": side.currency,
        "net": money(side.net, side.currency),
        "tax": None if side.tax is None else money(side.tax, side.currency),
        "seconds": plain(side.seconds),
    }


def _change_data(change: Change, period: PeriodChange) -> dict[str, Any]:
    charge = (*change.new, *change.old)[0]
    return {
        "key": plain(change.key),
        "text": charge.text,
        "number": charge.number,
        "old": _amount(change.before, period.old) if change.old else None,
        "new": _amount(change.after, period.new) if change.new else None,
        "difference": money(change.after - change.before, period.currency) if period.currency else None,
        "old_keys": [plain(each.key) for each in change.old],
        "new_keys": [plain(each.key) for each in change.new],
    }
