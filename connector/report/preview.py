"""The preview of a customer's period: what was worked, what it comes to, and what keeps a charge back."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from connector.model.invoice import Invoice, Role
from connector.model.problem import Problem
from connector.model.statement import RATED_KINDS, Fate, Line, RatedItem, Statement
from connector.report.invoices import invoice_data, totals
from connector.report.money import money_data, money_lines
from connector.report.positions import allowance_lines, delivery_lines, threshold_lines
from connector.report.usage import usage_lines, used_data
from connector.report.words import clean, duration, money, number, plain, problem_line, section, table

_TITLE = 32


def preview_text(
    name: str,
    statement: Statement,
    invoices: Sequence[Invoice],
    problems: Sequence[Problem],
    *,
    undivided: Decimal,
    due_on: date,
    state: str,
    digest: str,
) -> str:
    """Write the preview of one customer.

    ``invoices`` is what a close now would bill (none: nothing), ``undivided`` the gross of all of it on one
    document, ``problems`` what stands beside the statement's own, ``state`` how the period stands
    (open, due, waits for approval ...), ``digest`` what an approval names.
    """
    lines = [
        f"{clean(name)} ({statement.customer}), {statement.period.label()}",
        f"  {state}, due on {due_on}, statement {digest[:12]}",
        *section("Charges", _charges(statement)),
        *section("Also on this invoice", _further(statement, invoices)),
        *_total_lines(invoices, undivided),
        *section("Included", _by_ticket(statement, Fate.INCLUDED)),
        *section("Free", _by_ticket(statement, Fate.FREE)),
        *section("Held", _by_ticket(statement, Fate.HELD)),
        *section(
            "Allowances", [*allowance_lines(statement.allowances), *threshold_lines(statement.thresholds)]
        ),
        *section("Usage", usage_lines(statement)),
        *section("Due to the customer", delivery_lines(statement.deliveries)),
        *section("Every second worked", conservation(statement.items)),
        *section("From what was rated to what is invoiced, net", money_lines(statement, invoices)),
        *section("Problems", _problem_lines(statement, problems)),
    ]
    return "\n".join(lines)


def preview_data(
    name: str,
    statement: Statement,
    invoices: Sequence[Invoice],
    problems: Sequence[Problem],
    *,
    undivided: Decimal,
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
        "usage": [used_data(each) for each in statement.usage],
        "money": money_data(statement, invoices),
        "invoices": [invoice_data(invoice) for invoice in invoices],
        "gross_undivided": money(undivided, statement.currency),
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
    of_time = bool(line.per_seconds or line.seconds)
    name = line.text or line.key.kind.capitalize()
    return (
        _ticket(line),
        clean(line.title, _TITLE),
        clean(name if line.key.ticket else f"{name}, {_days(line)}", _TITLE),
        duration(line.real) if of_time else "",
        duration(line.seconds) if of_time else _counted(line),
        f"{line.price:f}" if line.price is not None else "",
        money(line.amount, currency),
    )


def _counted(line: Line) -> str:
    """Write the quantity of what is counted, and the part of a month that is paid."""
    if line.price is None or (line.quantity == 1 and line.unit == "piece" and not line.part):
        return ""
    part = f", {line.part[0]}/{line.part[1]}" if line.part else ""
    return clean(f"{number(line.quantity)} {line.unit}{part}")


def _days(line: Line) -> str:
    first, last = line.service_from, line.service_to
    return f"{first:%Y-%m}" if (first.year, first.month) == (last.year, last.month) else f"{first} to {last}"


def _ticket(line: Line) -> str:
    """Name a ticket as commands take it, and by the number that people see where that is another."""
    ticket = line.key.ticket
    return ticket if ticket.endswith(f"/{line.number}") or not line.number else f"{ticket} ({line.number})"


def _further(statement: Statement, invoices: Sequence[Invoice]) -> list[str]:
    own = {line.key for line in statement.lines}
    rows = [
        (line.role.value.replace("_", " "), clean(line.text), money(line.amount, statement.currency))
        for line in (line for invoice in invoices for line in invoice.lines)
        if line.key not in own or line.role not in _OWN
    ]
    return table(rows, right=frozenset({2})) if rows else []


_OWN = (Role.CHARGE, Role.DISCOUNT)


def _total_lines(invoices: Sequence[Invoice], undivided: Decimal) -> list[str]:
    """Write the totals of each document, and by how much the split alone changes what is to be paid."""
    if not invoices:
        return ["", "  Nothing to bill"]
    if len(invoices) == 1:
        return ["", *totals(invoices[0])]
    lines: list[str] = []
    for position, invoice in enumerate(invoices, 1):
        lines += ["", f"  Document {position} of {len(invoices)}: {_part(invoice)}", *totals(invoice)]
    currency, gross = invoices[0].currency, sum((one.gross for one in invoices), Decimal(0))
    net = sum((one.net for one in invoices), Decimal(0))
    rows = [("Net of all", f"{money(net, currency)} {currency}")]
    rows.append(("Gross of all", f"{money(gross, currency)} {currency}"))
    if gross != undivided:
        rows.append(("Gross if undivided", f"{money(undivided, currency)} {currency}"))
        rows.append(("by rounding tax on each", f"{money(gross - undivided, currency)} {currency}"))
    return [*lines, "", *table(rows, right=frozenset({1}))]


def _part(invoice: Invoice) -> str:
    """Name a document by what its charges share: the value that splits, the contract, the ticket."""
    lines = [line for line in invoice.lines if line.key.kind in RATED_KINDS]
    shared = [
        next(iter(values))
        for name in ("split", "contract", "ticket")
        if len(values := {getattr(line.key, name) for line in lines}) == 1
    ]
    return clean(", ".join(value for value in shared if value)) or "the rest"


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
