"""Billing on close: the work of tickets that were closed in the desk, before its period closes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.model.contract import InvoiceTerms
from connector.model.decision import Kind
from connector.model.invoice import Billed, DueLine, Invoice
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import LineKey, Statement
from connector.rating.digest import statement_digest
from connector.rating.due import differences
from connector.rating.gates import standing
from connector.rating.parts import parts
from connector.workflow.account import Account
from connector.workflow.statements import current_period, previews
from connector.workflow.written import net_of, written

#: The target of an approval that is given to closed tickets, not to a period's statement.
ON_CLOSE = "on_close"
#: What belongs to a ticket; fees, blocks, settlements and discounts wait for the period's close.
_OF_TICKETS = frozenset({"work", "covered", "surcharge", "limit", "sla", "usage"})


@dataclass(frozen=True, kw_only=True)
class ClosedTickets:
    """What the tickets that are closed come to in an open period, less what is billed."""

    period: Period
    invoices: tuple[Invoice, ...]  #: without references; at least one, none over 0.00 or less
    work: tuple[str, ...]  #: the entries that they charge
    digest: str  #: what an approval names
    waits: Problem | None  #: why they are not billed yet


def closed_tickets(account: Account) -> Iterator[ClosedTickets]:
    """Yield by open period what is due for closed tickets; what became less waits for the period's close."""
    if account.customer.invoice.cycle != ON_CLOSE:
        return
    for shown in previews(account, current_period(account)):
        period = shown.statement.period
        work = account.work(period, account.basis)
        closed = {one.ticket for one in work if one.closed}
        terms = account.customer.invoice
        if documents := ticket_documents(shown.statement, closed, account.billed([period]), terms):
            statement = _narrowed(shown.statement, documents)
            digest = statement_digest(statement, documents)
            invoices = written(account, period, documents)
            yield ClosedTickets(
                period=period,
                invoices=invoices,
                work=tuple(dict.fromkeys(item.work for item in statement.items)),
                digest=digest,
                waits=_waits(account, period, digest, net_of(invoices)),
            )


def ticket_documents(
    statement: Statement, closed: Collection[str], billed: Mapping[LineKey, Billed], terms: InvoiceTerms
) -> list[list[DueLine]]:
    """Part what is due for closed tickets into documents; what became less waits for the period's close."""
    paid = {line.key.ref for line in statement.lines if line.key.kind == "prepaid"}
    lines = [
        due
        for due in differences([statement], billed)
        if due.line.key.kind in _OF_TICKETS
        and due.line.key.ticket in closed
        and due.line.key.ref not in paid  # it waits for what takes it off again, which no ticket bears
    ]
    documents = parts(lines, terms)
    return [one for one in documents if sum((due.amount for due in one), Decimal(0)) > 0]


def _narrowed(statement: Statement, documents: Sequence[Sequence[DueLine]]) -> Statement:
    """Leave in a statement what some documents charge, so that other work does not void their approval."""
    keys = {due.line.key for document in documents for due in document}
    return replace(
        statement,
        items=tuple(item for item in statement.items if item.line in keys),
        lines=tuple(line for line in statement.lines if line.key in keys),
        usage=tuple(one for one in statement.usage if one.line in keys),
    )


def _waits(account: Account, period: Period, digest: str, net: Decimal) -> Problem | None:
    """Say that their approval is missing; None if none is asked for, or it was given to just this."""
    name = account.customer.customer
    given = (one for one in standing(account.decisions) if one.kind is Kind.APPROVE)
    approved = any((one.customer, one.target, one.digest) == (name, ON_CLOSE, digest) for one in given)
    if account.customer.invoice.approval == "none" or approved:
        return None
    message = (
        f"closed tickets of {period} wait for the customer's approval of {net} "
        f"{account.customer.invoice.currency} (statement {digest[:12]}): "
        f"deskbill decide approve {name} --period {period} --on-close"
    )
    return Problem(code="approval_missing", about=f"{name}/{period}", message=message, amount=net)
