"""Statements: what each customer's open periods come to, and what a close now would bill."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from connector.mapping.owner import Moves, Owners
from connector.model.decision import Decision, Kind
from connector.model.invoice import Billed, DueLine, Invoice
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import BudgetPosition, LineKey, Statement
from connector.rating.digest import statement_digest
from connector.rating.due import Due, due, tax_totals
from connector.rating.fees import fees_of_before
from connector.rating.gates import standing
from connector.rating.history import booked, fold
from connector.rating.parts import parts
from connector.store import ledger
from connector.store.decisions import decisions
from connector.store.nouns import SeenWork
from connector.store.work import rehomed, unclaimed
from connector.workflow.account import Account, open_account, owner_of
from connector.workflow.budgets import budget_of, budget_problems, budgeted
from connector.workflow.horizon import reopen_within
from connector.workflow.house import House
from connector.workflow.reopening import Reopened
from connector.workflow.unattended import closed_problems
from connector.workflow.written import net_of, written


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A customer's period, and the documents that its close would make now."""

    customer: str
    statement: Statement
    invoices: tuple[Invoice, ...]  #: none: nothing would be billed
    undivided: Decimal  #: gross, if one document bore all of it
    problems: tuple[Problem, ...]  #: beside the statement's own
    due_on: date  #: the day from which the period is closed by itself
    state: str  #: open, due, waits for approval
    documents: Sequence[Sequence[DueLine]]  #: what is due, as it stands on the invoices
    reopened: Reopened
    budget: BudgetPosition | None = None  #: after this period; None: the customer has none

    @property
    def net(self) -> Decimal:
        """Net of all documents."""
        return net_of(self.invoices)

    @cached_property
    def digest(self) -> str:
        """What an approval names; computed when somebody asks for it."""
        return statement_digest(self.statement, self.documents)


def preview(house: House, period: Period | None, customers: Sequence[str] | None) -> list[Preview]:
    """Preview a period of some customers, or of all; without a period the one that closes next.

    Whoever is billed by another cycle is shown with the period in which the last day lies. A period that is
    closed, or not begun to be billed, is passed over.
    """
    shown: list[Preview] = []
    for name in customers or sorted(house.customers):
        account = open_account(house, name)
        wanted = period or account.next_period
        shown += [one for one in previews(account, wanted) if wanted.last_day in one.statement.period]
    return shown


def previews(account: Account, through: Period) -> Iterator[Preview]:
    """Yield the open periods that begin by the end of another, each as if those before it had just closed."""
    reopened = reopen_within(account)
    opening, earlier, period = reopened.opening, list(reopened.statements), account.next_period
    asked = (*(one.period for one in earlier), *_periods(account, period, through), *budgeted(account))
    billed = account.billed(dict.fromkeys(asked))
    while period.start < through.end:
        chapter = account.chapter(period, account.basis, account.terms)
        (statement,) = fold([chapter], account.decisions, opening)
        found = due(account.terms, [*earlier, statement], billed, account.decisions)
        documents = parts(found.lines, account.customer.invoice)
        shown = _preview(account, statement, found, documents, reopened)
        for invoice in shown.invoices:
            billed = booked(billed, invoice.lines, f"({period})")
        yield _budgeted(account, shown, billed)
        opening, period, earlier = statement.closing, account.customer.period_after(period), []


def _periods(account: Account, first: Period, last: Period) -> Iterator[Period]:
    while first.start < last.end:
        yield first
        first = account.customer.period_after(first)


def _preview(
    account: Account,
    statement: Statement,
    found: Due,
    documents: Sequence[Sequence[DueLine]],
    reopened: Reopened,
) -> Preview:
    invoices = written(account, statement.period, documents)
    every = [line for document in documents for line in document]
    taxes = tax_totals(every, account.terms, account.customer.invoice.tax_rounding)
    late = [problem for one in reopened.statements for problem in one.problems]
    moved = _moved_problems(account, statement.period)
    waiting = approval_problem(account, statement, invoices, documents)
    return Preview(
        customer=statement.customer,
        statement=statement,
        invoices=invoices,
        undivided=net_of(invoices) + sum((total.amount for total in taxes), Decimal(0)),
        problems=(
            *late,
            *reopened.withheld,
            *found.problems,
            *moved,
            *_missed_fees(account, statement.period, found),
            *(closed_problems(account, reopened) if statement.period == account.next_period else ()),
            *([waiting] if waiting else []),
        ),
        due_on=due_on(account, statement.period),
        state=_state(account, statement.period, waiting),
        documents=documents,
        reopened=reopened,
    )


def _budgeted(account: Account, shown: Preview, billed: Mapping[LineKey, Billed]) -> Preview:
    """Add how the customer's budget stands once a period is billed."""
    budget = budget_of(account, shown.statement, billed)
    if budget is None:
        return shown
    return replace(shown, budget=budget, problems=(*shown.problems, *budget_problems(account, budget)))


def _missed_fees(account: Account, period: Period, found: Due) -> Iterator[Problem]:
    """Yield the fees in advance that the closed period before would bear, had it known the contract."""
    if not account.closed or account.next_period != period:
        return
    name, before = account.customer.customer, period.previous()
    fees = list(fees_of_before(account.terms, period))
    known = ledger.charged(account.house.store, name, [line.key for line in fees])
    known |= {due.line.key for due in found.lines}
    for line in fees:
        if line.key not in known and line.amount:
            message = (
                f"{line.text} for {period} falls due in advance, but {before} closed before the contract had "
                f"it; to bill it: deskbill contract apply {name} --from {before.last_day}"
            )
            yield Problem(
                code="fee_missed",
                about=f"{name}/{period}",
                message=message,
                source=line.source,
                amount=line.amount,
            )


def ends_at(account: Account, period: Period) -> datetime:
    """Return the instant at which a period is over, by the customer's clock."""
    return datetime.combine(period.end, time(), tzinfo=ZoneInfo(account.customer.timezone))


def due_on(account: Account, period: Period) -> date:
    """Return the day from which a period closes by itself."""
    return _due_at(account, period).date()


def _due_at(account: Account, period: Period) -> datetime:
    wait = account.customer.invoice.close_after
    if wait is None:
        wait = account.house.settings.close_after
    return ends_at(account, period) + timedelta(seconds=wait)


def _state(account: Account, period: Period, waiting: Problem | None) -> str:
    zone = ZoneInfo(account.customer.timezone)
    if account.house.now().astimezone(zone).date() < due_on(account, period):
        return "open"
    return "waits for approval" if waiting else "due"


def approval_problem(
    account: Account,
    statement: Statement,
    invoices: Sequence[Invoice],
    documents: Sequence[Sequence[DueLine]],
) -> Problem | None:
    """Say which approval is missing; None if the contract asks for none, or it was given to just this."""
    terms = account.customer.invoice
    if terms.approval == "none" or not invoices:
        return None
    net, currency = net_of(invoices), terms.currency
    given = _last_approval(account, statement.period)
    about = f"{statement.customer}/{statement.period}"
    if given is None:
        code, message = (
            "approval_missing",
            f"{statement.period} waits for the customer's approval of {net} {currency}",
        )
    elif given.digest == statement_digest(statement, documents) or _tolerated(account, given, net):
        return None
    else:
        code = "approval_void"
        before = f"{given.by} approved {given.amount} {currency}"
        message = f"{statement.period} changed since {before}; it is {net} {currency}"
    overdue = _due_at(account, statement.period) + timedelta(seconds=terms.escalate_after)
    if account.house.now() > overdue:
        code, message = "approval_overdue", f"{message}; it has waited too long: call the customer"
    return Problem(code=code, about=about, message=message, amount=net)


def _last_approval(account: Account, period: Period) -> Decision | None:
    given = [
        one
        for one in standing(account.decisions)
        if one.kind is Kind.APPROVE
        and one.customer == account.customer.customer
        and (one.period, one.target) == (period, "")
    ]
    return given[-1] if given else None


def _tolerated(account: Account, given: Decision, net: Decimal) -> bool:
    lower = account.customer.invoice.approval_tolerates == "lower"
    return lower and given.amount is not None and net < given.amount


def _moved_problems(account: Account, period: Period) -> Iterator[Problem]:
    """Yield the work, billed or not, whose ticket now names another customer than the one it began with."""
    name, moves = account.customer.customer, Moves(standing(account.decisions))
    for seen in rehomed(account.house.store, period.end, account.scope):
        entry = seen.entry
        said = moves.last_word(entry) is not None
        now = account.owners.customer_of(entry.desk, seen.ticket.owner)
        if not said and owner_of(seen, moves, account.owners) == name != now:
            target = f"{entry.desk}/{entry.ticket}"
            message = (
                f"the ticket now names {now or 'an unknown customer'} "
                f"({', '.join(seen.ticket.owner.values())}), but its work was first seen with "
                f"{name}: decide reassign or keep {target}"
            )
            yield Problem(code="customer_changed", about=entry.key, message=message)


def house_statement(house: House) -> tuple[list[SeenWork], int]:
    """Return the work of no known customer, which is held, and its real seconds.

    Work that a close claimed was billed once, also if the customer's file is gone.
    """
    everyone = Owners(house.customers.values())
    moves = Moves(standing(decisions(house.store)))
    free = unclaimed(house.store, date.min, date.max)
    unowned = [seen for seen in free if owner_of(seen, moves, everyone) not in house.customers]
    return unowned, sum(seen.entry.seconds for seen in unowned)


def current_period(account: Account) -> Period:
    """Return the period of today by the customer's clock, or the next to close if that is later."""
    today = account.house.now().astimezone(ZoneInfo(account.customer.timezone)).date()
    return max(account.next_period, account.customer.period_of(today))
