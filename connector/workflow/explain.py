"""Explanations: an amount computed anew from what was stored at the close, held against what was billed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from connector.http import ConfigError
from connector.model.invoice import InvoiceLine, Role
from connector.model.period import Period
from connector.model.statement import Fate, Line, LineKey, RatedItem, Statement
from connector.rating.history import Chapter, fold
from connector.rating.terms import terms_of
from connector.store import ledger
from connector.store.decisions import decisions
from connector.store.nouns import StoredInvoice
from connector.store.work import find_work
from connector.workflow.account import Account, open_account
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


def explain(house: House, what: str) -> list[Explanation]:
    """Explain a document, a line of it (``db-2026-0001:3``), a ticket (``desk/ticket``) or an entry.

    Raises:
        ConfigError: there is nothing of that name.
    """
    if "/" in what:
        return _explain_work(house, what)
    reference, _, position = what.partition(":")
    found = [one for one in ledger.invoices(house.store) if one.invoice.reference == reference]
    if not found:
        raise ConfigError(f"there is no document '{reference}'; deskbill report documents lists them")
    lines = [line for line in found[0].invoice.lines if position in ("", str(line.position))]
    if not lines:
        raise ConfigError(f"{reference} has no line {position}; it has {len(found[0].invoice.lines)}")
    return _explain_lines(house, found[0], lines)


def _explain_lines(house: House, stored: StoredInvoice, lines: list[InvoiceLine]) -> list[Explanation]:
    account = open_account(house, stored.invoice.customer)
    statements = as_of(account, stored.seq)
    return [_explain_line(account, statements, stored, line) for line in lines]


def _explain_line(
    account: Account, statements: dict[Period, Statement], stored: StoredInvoice, line: InvoiceLine
) -> Explanation:
    statement = next(one for period, one in statements.items() if period.start.isoformat() == line.key.period)
    ought = next((one for one in statement.lines if one.key == line.key), None)
    before = _billed_before(account, stored, line.key)
    computed = (ought.amount if ought else _ZERO) - before
    return Explanation(
        title=f"{stored.invoice.reference}:{line.position} {line.text}",
        currency=stored.invoice.currency,
        amount=line.amount,
        line=ought,
        items=tuple(item for item in statement.items if item.line == line.key),
        proven=line.role in _OF_DECISIONS or computed == line.amount,
    )


def _billed_before(account: Account, stored: StoredInvoice, key: LineKey) -> Decimal:
    earlier = [
        one
        for one in ledger.invoices(account.house.store, customer=account.customer.customer)
        if one.seq < stored.seq and one.invoice.reference != stored.replaces
    ]
    return sum((line.amount for one in earlier for line in one.invoice.lines if line.key == key), _ZERO)


def as_of(account: Account, seq: int) -> dict[Period, Statement]:
    """Rate a customer's closed periods as the close at a sequence number did, close after close."""
    billed: dict[Period, frozenset[str]] = {}
    statements: list[Statement] = []
    for number, close in enumerate(account.closed, 1):
        if close.seq > seq:
            break
        bases = ledger.bases_at(account.house.store, account.customer.customer, close.closed_at)
        said = decisions(account.house.store, close.seq)
        chapters = [
            _as_closed(account, one.period, bases[one.period], close.seq, billed.get(one.period, frozenset()))
            for one in account.closed[:number]
        ]
        statements = fold(chapters, said, ())
        for one in statements:
            charged = frozenset(item.work for item in one.items if item.fate is Fate.BILLED)
            billed[one.period] = billed.get(one.period, frozenset()) | charged
    return {one.period: one for one in statements}


def _as_closed(account: Account, period: Period, digest: str, seq: int, billed: frozenset[str]) -> Chapter:
    basis = account.basis_of(digest)
    return Chapter(period, terms_of(basis), lambda: account.work(period, basis, seq), billed)


def _explain_work(house: House, target: str) -> list[Explanation]:
    seen = find_work(house.store, target)
    if not seen:
        raise ConfigError(f"there is no work under '{target}'; name desk/ticket or desk/ticket/entry")
    shown: list[Explanation] = []
    for name in sorted(house.customers):
        account = open_account(house, name)
        shown += [one for statement in _all_statements(account) for one in _of_target(statement, target)]
    return shown


def _all_statements(account: Account) -> Iterator[Statement]:
    if account.closed:
        yield from as_of(account, account.closed[-1].seq).values()
    for one in previews(account, current_period(account)):
        yield one.statement


def _of_target(statement: Statement, target: str) -> Iterator[Explanation]:
    """Yield the fates of a ticket's or entry's work: one for each line, and one for what no line charges."""
    items = [item for item in statement.items if target in (item.work, item.ticket)]
    lines = {line.key: line for line in statement.lines}
    for key in dict.fromkeys(item.line for item in items):
        line = lines[key] if key else None
        yield Explanation(
            title=f"{target} in {statement.period}: {line.text if line else 'not charged'}",
            currency=statement.currency,
            amount=line.amount if line else _ZERO,
            line=line,
            items=tuple(item for item in items if item.line == key),
            proven=True,
        )
