"""Explanations: an amount computed anew from what was stored at the close, held against what was billed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.http import ConfigError
from connector.model.invoice import InvoiceLine, Role
from connector.model.period import Period
from connector.model.statement import Line, LineKey, RatedItem, RatedUsage, Statement
from connector.store import ledger
from connector.store.nouns import Status, StoredInvoice
from connector.store.usage import find_usage
from connector.store.work import find_work, opened_on
from connector.workflow.account import Account, open_account
from connector.workflow.anew import as_issued, as_of, order_of
from connector.workflow.conservation import unclosed
from connector.workflow.find import no_bill, no_statement, no_work
from connector.workflow.house import House
from connector.workflow.statements import current_period, previews

_ZERO = Decimal(0)
#: Lines that arise on the document itself, from a decision: no work stands behind them.
_OF_DECISIONS = frozenset({Role.CREDIT, Role.CARRIED_IN, Role.CARRIED_OUT})


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One amount, from the work to the cent."""

    title: str
    currency: str
    amount: Decimal  #: net
    line: (
        Line | None
    )  #: what ought to be billed in all under its key; None: no charge, or nothing is left of it
    items: tuple[RatedItem, ...]
    proven: bool  #: computed anew, it is what was billed
    before: Decimal | None = None  #: what earlier documents billed, where the amount is a difference to it
    usage: tuple[RatedUsage, ...] = ()  #: the usage records behind it


def explain(house: House, what: str) -> list[Explanation]:
    """Explain a document, its line ``:3``, a ticket, an entry, a usage record, or ``CUSTOMER/PERIOD``.

    Raises:
        ConfigError: there is nothing of that name.
    """
    head, slash, rest = what.partition("/")
    if head in house.customers and (head not in house.settings.desks or "-" in rest):
        return list(explain_period(open_account(house, head), rest))
    if slash and head in house.settings.usage and head not in house.settings.desks:
        return _explain_record(house, what)
    if slash:
        return _explain_work(house, what)
    reference, _, position = what.partition(":")
    stored = document(house, reference)
    lines = [line for line in stored.invoice.lines if position in ("", str(line.position))]
    if not lines:
        raise ConfigError(f"{reference} has no line {position}; it has {len(stored.invoice.lines)}")
    return _explain_lines(house, stored, lines)


def document(house: House, reference: str) -> StoredInvoice:
    """Return a stored document.

    Raises:
        ConfigError: there is none of that reference.
    """
    found = [one for one in ledger.invoices(house.store) if one.invoice.reference == reference]
    if not found:
        raise ConfigError(f"there is no document '{reference}'; deskbill report documents lists them")
    return found[0]


def _explain_lines(house: House, stored: StoredInvoice, lines: list[InvoiceLine]) -> list[Explanation]:
    account = open_account(house, stored.invoice.customer)
    statements = as_issued(account, stored)
    return [_explain_line(account, statements, stored, line) for line in lines]


def _explain_line(
    account: Account, statements: dict[Period, Statement], stored: StoredInvoice, line: InvoiceLine
) -> Explanation:
    statement = next(one for period, one in statements.items() if str(period) == line.key.period)
    ought = next((one for one in statement.lines if one.key == line.key), None)
    before = _billed_before(account, stored, line.key)
    computed = (ought.amount if ought else _ZERO) - before
    return Explanation(
        title=f"{stored.invoice.reference}:{line.position} {line.text}",
        currency=stored.invoice.currency,
        amount=line.amount,
        line=ought,
        items=tuple(item for item in statement.items if item.line == line.key),
        usage=_records(statement, line.key),
        before=before if line.role is Role.CORRECTION else None,
        proven=line.role in _OF_DECISIONS or computed == line.amount,
    )


def _records(statement: Statement, key: LineKey) -> tuple[RatedUsage, ...]:
    return tuple(each for each in statement.usage if each.line == key)


def _billed_before(account: Account, stored: StoredInvoice, key: LineKey) -> Decimal:
    earlier = [
        one.invoice
        for one in ledger.invoices(account.house.store, customer=account.customer.customer)
        if order_of(one) < order_of(stored) and one.status is not Status.REPLACED
    ]
    return sum((line.amount for one in earlier for line in one.lines if line.key == key), _ZERO)


def explain_period(account: Account, period: str) -> Iterator[Explanation]:
    """Explain all that a customer's period comes to: each charge, then the work that nothing charges.

    A closed period is told as its last close left it, and held against all that was billed for it.

    Raises:
        ConfigError: the customer has no such period.
    """
    statement, closed = _statement_of(account, period)
    billed = account.billed([statement.period]) if closed else {}
    for line in statement.lines:
        items = tuple(item for item in statement.items if item.line == line.key)
        was = billed[line.key].amount if line.key in billed else _ZERO
        yield Explanation(
            title=" ".join(filter(None, [f"{statement.customer}/{period}", line.key.ticket, line.text])),
            currency=statement.currency,
            amount=line.amount,
            line=line,
            items=items,
            usage=_records(statement, line.key),
            proven=not closed or was == line.amount,
        )
    for ticket in dict.fromkeys(item.ticket for item in statement.items if item.line is None):
        yield from (one for one in _of_target(statement, ticket) if one.line is None)


def _statement_of(account: Account, period: str) -> tuple[Statement, bool]:
    """Return a customer's statement of a period as people write it, and whether it is closed."""
    if any(str(one.period) == period for one in account.closed):
        statements = as_of(account, account.closed[-1].period)
        return next(one for when, one in statements.items() if str(when) == period), True
    for shown in previews(account, current_period(account)):
        if str(shown.statement.period) == period:
            return shown.statement, False
    name, first = account.customer.customer, account.customer.first_period
    raise ConfigError(
        f"{name} has no period '{period}'; the first is {first}, the present one {current_period(account)}"
    )


def _explain_work(house: House, target: str) -> list[Explanation]:
    seen, opened = find_work(house.store, target), opened_on(house.store, target)
    if not seen and not opened:
        raise ConfigError(no_work(house, target))
    statements = _everywhere(house, {*(one.entry.worked_on for one in seen), *opened})
    shown = [one for statement in statements for one in _of_target(statement, target)]
    if not shown:
        raise ConfigError(no_statement(house, seen[0]) if seen else no_work(house, target))
    return shown


def _explain_record(house: House, target: str) -> list[Explanation]:
    seen = find_usage(house.store, target)
    statements = _everywhere(house, {one.row.start for one in seen})
    shown = [one for statement in statements for one in _of_record(statement, target)]
    if not shown:
        raise ConfigError(no_bill(target, seen))
    return shown


def _everywhere(house: House, days: Collection[date]) -> Iterator[Statement]:
    """Yield the statements of all customers: of closed and open periods, and of those of some days."""
    for name in sorted(house.customers):
        account = open_account(house, name)
        if account.closed:
            yield from as_of(account, account.closed[-1].period).values()
        yield from unclosed(account, days)


def _of_record(statement: Statement, target: str) -> Iterator[Explanation]:
    """Yield what becomes of a usage record in a period."""
    lines = {line.key: line for line in statement.lines}
    for each in (one for one in statement.usage if one.record == target):
        line = lines[each.line] if each.line else None
        yield Explanation(
            title=f"{target} in {statement.period}: {(line.text or 'usage') if line else 'not charged'}",
            currency=statement.currency,
            amount=line.amount if line else _ZERO,
            line=line,
            items=(),
            usage=(each,),
            proven=True,
        )


def _of_target(statement: Statement, target: str) -> Iterator[Explanation]:
    """Yield the fates of a ticket's or entry's work: one for each line, and one for what no line charges.

    Lines that no work is on belong to it as well: its surcharges, limits, parts, credits, its call.
    """
    items = [item for item in statement.items if target in (item.work, item.ticket)]
    lines = {line.key: line for line in statement.lines}
    beside = [line.key for line in statement.lines if target == line.key.ticket or target in line.work]
    for key in dict.fromkeys([*(item.line for item in items), *beside]):
        line = lines[key] if key else None
        yield Explanation(
            title=f"{target} in {statement.period}: {(line.text or 'work') if line else 'not charged'}",
            currency=statement.currency,
            amount=line.amount if line else _ZERO,
            line=line,
            items=tuple(item for item in items if item.line == key),
            usage=_records(statement, key) if key else (),
            proven=True,
        )
