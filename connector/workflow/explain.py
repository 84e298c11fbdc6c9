"""Explanations: an amount computed anew from what was stored at the close, held against what was billed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import chain

from connector.http import ConfigError
from connector.mapping.owner import Moves, Owners
from connector.model.basis import Basis
from connector.model.invoice import InvoiceLine, Role
from connector.model.period import Period
from connector.model.statement import Fate, Line, LineKey, RatedItem, RatedUsage, Statement
from connector.model.usage import UsageRecord
from connector.model.work import Work
from connector.rating.compile import terms_of
from connector.rating.gates import standing
from connector.rating.history import Chapter, fold
from connector.store import ledger
from connector.store.decisions import decisions
from connector.store.nouns import ClosedPeriod, Status, StoredInvoice
from connector.store.work import find_work, opened_on
from connector.workflow.account import Account, open_account, owner_of
from connector.workflow.conservation import unclosed
from connector.workflow.find import no_statement, no_work
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
    """Explain a document, a line of it (``db-2026-0001:3``), a ticket, an entry, or ``CUSTOMER/PERIOD``.

    Raises:
        ConfigError: there is nothing of that name.
    """
    head, slash, rest = what.partition("/")
    if head in house.customers and (head not in house.settings.desks or "-" in rest):
        return list(explain_period(open_account(house, head), rest))
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


def order_of(stored: StoredInvoice) -> tuple[Period, bool, int]:
    """Tell the order of bills: what was billed before a period closed comes before its close."""
    return stored.invoice.period, not stored.basis, stored.seq


def as_issued(account: Account, stored: StoredInvoice) -> dict[Period, Statement]:
    """Rate a customer's periods as it was done when a document was issued."""
    if not stored.basis:
        return as_of(account, stored.invoice.period)
    done = [one for one in account.closed if one.closed_at <= stored.created_at]
    before = as_of(account, done[-1].period) if done else {}
    bases = _bases(account, done, stored.created_at)
    basis, period = account.basis_of(stored.basis), stored.invoice.period
    first = bases[done[-1].period].customer.period_after(done[-1].period) if done else None
    following = first or basis.customer.first_period
    while following <= period:
        bases[following] = basis
        following = basis.customer.period_after(following)
    statements = _replayed(account, bases, stored.seq, before.values())
    return {one.period: one for one in statements}


def _bases(account: Account, closed: Iterable[ClosedPeriod], at: datetime) -> dict[Period, Basis]:
    """Return what closed periods were rated with at a moment."""
    digests = ledger.bases_at(account.house.store, account.customer.customer, at)
    return {one.period: account.basis_of(digests[one.period]) for one in closed}


def as_of(account: Account, last: Period) -> dict[Period, Statement]:
    """Rate a customer's closed periods as the close of one of them did, close after close."""
    statements: list[Statement] = []
    for number, close in enumerate(account.closed, 1):
        if close.period <= last:
            bases = _bases(account, account.closed[:number], close.closed_at)
            statements = _replayed(account, bases, close.seq, statements)
    return {one.period: one for one in statements}


def _replayed(
    account: Account, bases: Mapping[Period, Basis], seq: int, before: Iterable[Statement]
) -> list[Statement]:
    """Rate periods with what was known at a sequence number; ``before`` is what the close before it did."""
    name, before = account.customer.customer, list(before)
    said = decisions(account.house.store, seq)
    customers = {**account.house.customers, name: bases[max(bases)].customer}
    moves, owners = Moves(standing(said)), Owners(customers.values())
    early = [one for one in account.early if one.seq <= seq]
    claimed = frozenset([*(item.work for one in before for item in one.items), *(one.work for one in early)])
    billed = {period: frozenset(one.work for one in early if one.period == period) for period in bases}
    billed |= {
        one.period: frozenset(item.work for item in one.items if item.fate is Fate.BILLED) for one in before
    }

    def work(period: Period) -> list[Work]:
        near = account.near(period, seq)
        then = (replace(one, claimed_by=name if one.entry.key in claimed else "") for one in near)
        mine = (one for one in then if owner_of(one, moves, owners) == name)
        opened = account.opened(period, bases[period], moves, owners, seq)
        return account.worded(chain(mine, opened), bases[period])

    used = {one.period: frozenset(each.record for each in one.usage) for one in before}

    def usage(period: Period) -> list[UsageRecord]:
        known = used.get(period, frozenset())
        return account.used.as_of(period, bases[period], seq, owners, known)

    chapters = [
        Chapter(
            period,
            terms_of(basis),
            partial(work, period),
            billed.get(period, frozenset()),
            usage=partial(usage, period),
        )
        for period, basis in bases.items()
    ]
    return fold(chapters, said, ())


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
    shown: list[Explanation] = []
    days = {*(one.entry.worked_on for one in seen), *opened}
    for name in sorted(house.customers):
        account = open_account(house, name)
        statements = [*_as_closed(account), *unclosed(account, days)]
        shown += [one for statement in statements for one in _of_target(statement, target)]
    if not shown:
        raise ConfigError(no_statement(house, seen[0]) if seen else no_work(house, target))
    return shown


def _as_closed(account: Account) -> Iterable[Statement]:
    return as_of(account, account.closed[-1].period).values() if account.closed else ()


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
