"""The preview of a customer's period: what was worked, what it comes to, and what keeps a charge back."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from connector.model.invoice import Invoice
from connector.model.problem import Problem
from connector.model.statement import Fate, Line, RatedItem, Statement
from connector.report.invoices import invoice_data, totals
from connector.report.money import money_data, money_lines
from connector.report.positions import allowance_lines, delivery_lines, threshold_lines
from connector.report.words import clean, duration, money, plain, problem_line, section, table

_TITLE = 32


def preview_text(
    name: str,
    statement: Statement,
    invoice: Invoice | None,
    problems: Sequence[Problem],
    *,
    due_on: date,
    state: str,
    digest: str,
) -> str:
    """Write the preview of one customer.

    ``invoice`` is what a close now would bill (None: nothing),
    ``problems`` what stands beside the statement's own, ``state`` how the period stands
    (open, due, waits for approval ...), ``digest`` what an approval names.
    """
    lines = [
        f"{clean(name)} ({statement.customer}), {statement.period.label()}",
        f"  {state}, due on {due_on}, statement {digest[:12]}",
        *section("Charges", _charges(statement)),
        *section("Also on this invoice", _further(statement, invoice)),
        *_total_lines(invoice),
        *section("Included", _by_ticket(statement, Fate.INCLUDED)),
        *section("Free", _by_ticket(statement, Fate.FREE)),
        *section("Held", _by_ticket(statement, Fate.HELD)),
        *section(
            "Allowances", [*allowance_lines(statement.allowances), *threshold_lines(statement.thresholds)]
        ),
        *section("Due to the customer", delivery_lines(statement.deliveries)),
        *section("Every second worked", conservation(statement.items)),
        *section("From what was rated to what is invoiced, net", money_lines(statement, invoice)),
        *section("Problems", _problem_lines(statement, problems)),
    ]
    return "\n".join(lines)


def preview_data(
    name: str,
    statement: Statement,
    invoice: Invoice | None,
    problems: Sequence[Problem],
    *,
    due_on: date,
    state: str,
    digest: str,
) -> dict[str, Any]:
    """Give the preview as data: lines, items, positions have the fields of the nouns in `connector.model`."""
    return {
        "customer": statement.customer,
        "name": name,
        "period": str(statement.period),
        "state": state,
        "due_on": plain(due_on),
        "digest": digest,
        "currency": statement.currency,
        "net": money(statement.net, statement.currency),
        "seconds": fates(statement.items),
        "lines": plain(statement.lines),
        "items": [item_data(item) for item in statement.items],
        "money": money_data(statement, invoice),
        "invoice": invoice_data(invoice) if invoice else None,
        "allowances": plain(statement.allowances),
        "thresholds": plain(statement.thresholds),
        "deliveries": plain(statement.deliveries),
        "problems": plain(_all_problems(statement, problems)),
    }


def item_data(item: RatedItem) -> dict[str, Any]:
    """Give a rated item without its trail, which `explain` shows."""
    return {name: plain(getattr(item, name)) for name in _ITEM}


_ITEM = ("work", "ticket", "on", "real", "billed", "fate", "reason", "allowance", "worth")


def fates(items: Iterable[RatedItem]) -> dict[str, int]:
    """Count real seconds by fate; what is to be billed of a period that is not closed is ``open``."""
    worked = dict.fromkeys(_WORDS.values(), 0)
    for item in items:
        worked[_WORDS[item.fate]] += item.real
    return worked


_WORDS = {fate: "open" if fate is Fate.BILLED else fate.value for fate in Fate}


def conservation(items: Sequence[RatedItem]) -> list[str]:
    """Show that every second worked has one fate; what rounding adds is a column of its own."""
    if not items:
        return []
    rounding = dict.fromkeys(Fate, 0)
    for item in items:
        rounding[item.fate] += item.billed - item.real
    worked = fates(items)
    rows = [("", "worked", "rounding")]
    rows += [
        (word, duration(worked[word]), duration(rounding[fate]))
        for fate, word in _WORDS.items()
        if worked[word] or rounding[fate]
    ]
    rows.append(("together", duration(sum(worked.values())), duration(sum(rounding.values()))))
    return table(rows, right=frozenset({1, 2}))


def _charges(statement: Statement) -> list[str]:
    if not statement.lines:
        return []
    head = ("Ticket", "Title", "Service", "Worked", "Billed", "Rate", "Amount")
    rows = [head, *(_charge(line, statement.currency) for line in statement.lines)]
    return table(rows, right=frozenset({3, 4, 5, 6}))


def _charge(line: Line, currency: str) -> tuple[str, ...]:
    is_time = line.hourly is not None
    return (
        _ticket(line),
        clean(line.title, _TITLE),
        clean((line.text or "Work") if is_time else f"{line.text}, {_days(line)}", _TITLE),
        duration(line.real) if is_time else "",
        duration(line.seconds) if is_time else "",
        f"{line.hourly:f}" if line.hourly is not None else "",
        money(line.amount, currency),
    )


def _days(line: Line) -> str:
    first, last = line.service_from, line.service_to
    return f"{first:%Y-%m}" if (first.year, first.month) == (last.year, last.month) else f"{first} to {last}"


def _ticket(line: Line) -> str:
    """Name a ticket as commands take it, and by the number that people see where that is another."""
    ticket = line.key.ticket
    return ticket if ticket.endswith(f"/{line.number}") or not line.number else f"{ticket} ({line.number})"


def _further(statement: Statement, invoice: Invoice | None) -> list[str]:
    own = {line.key for line in statement.lines}
    rows = [
        (line.role.value.replace("_", " "), clean(line.text), money(line.amount, statement.currency))
        for line in (invoice.lines if invoice else ())
        if line.key not in own
    ]
    return table(rows, right=frozenset({2})) if rows else []


def _total_lines(invoice: Invoice | None) -> list[str]:
    return ["", *(totals(invoice) if invoice else ["  Nothing to bill"])]


def _by_ticket(statement: Statement, fate: Fate) -> list[str]:
    """Sum up by ticket and reason: the time, and what it would have cost where that is known."""
    seconds: dict[tuple[str, str], int] = {}
    worth: dict[tuple[str, str], Decimal] = {}
    for item in statement.items:
        if item.fate is fate:
            key = (item.ticket, clean(f"{item.reason} {item.allowance}"))
            seconds[key] = seconds.get(key, 0) + item.real
            worth[key] = worth.get(key, Decimal(0)) + item.worth
    rows = [
        (
            ticket,
            duration(real),
            money(worth[ticket, why], statement.currency) if worth[ticket, why] else "",
            why,
        )
        for (ticket, why), real in seconds.items()
    ]
    return table(rows, right=frozenset({1, 2})) if rows else []


def _all_problems(statement: Statement, problems: Sequence[Problem]) -> list[Problem]:
    return list(dict.fromkeys([*statement.problems, *problems]))


def _problem_lines(statement: Statement, problems: Sequence[Problem]) -> list[str]:
    return [problem_line(problem, statement.currency) for problem in _all_problems(statement, problems)]
