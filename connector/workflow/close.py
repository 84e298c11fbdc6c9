"""The close: a period keeps what it was rated with, and what is due becomes a document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connector.model.decision import Decision, Kind
from connector.model.invoice import Invoice
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import Fate, Statement
from connector.rating.digest import statement_digest
from connector.store import ledger
from connector.store.decisions import decide
from connector.store.events import record
from connector.store.nouns import Claim, Closing, EarlyBilling
from connector.store.work import synced_until
from connector.workflow.account import Account, open_account
from connector.workflow.house import House
from connector.workflow.on_close import ClosedTickets, closed_tickets
from connector.workflow.reopening import WITHHELD
from connector.workflow.statements import Preview, due_on, ends_at, previews
from connector.workflow.unattended import taken_from


@dataclass(frozen=True, kw_only=True)
class Closed:
    """What became of one customer's period."""

    customer: str
    period: Period
    invoices: tuple[Invoice, ...] = ()  #: none: nothing was due, or it did not close
    early: bool = False  #: tickets that were closed in the desk were billed; the period itself stays open
    skipped: str = ""  #: why it did not close
    problems: tuple[Problem, ...] = ()  #: what the closed period holds back, and what else a person must see


def close(house: House, period: Period | None, customers: Sequence[str] | None) -> list[Closed]:
    """Close a period that is over, without waiting for the day on which it would close by itself.

    Periods before it that are still open close first. Without a period: the next one of each customer.
    Whoever is billed by another cycle: up to the period in which the last day lies.

    Raises:
        Busy: another process writes.
    """
    with house.writer():
        done: list[Closed] = []
        for name in customers or sorted(house.customers):
            done += _close_through(house, name, period.end if period else None, wait=False)
            done += _bill_tickets(house, name)
        return done


def close_due(house: House) -> list[Closed]:
    """Close every period whose time has come; a customer may have several. Asks after each whether to stop.

    Customers who are billed when a ticket is closed are billed for those that were.

    Raises:
        Busy: another process writes.
    """
    with house.writer():
        done: list[Closed] = []
        for name in sorted(house.customers):
            if house.halted():
                break
            today = house.now().astimezone(ZoneInfo(house.customer(name).timezone)).date()
            done += _close_through(house, name, today, wait=True)
            done += _bill_tickets(house, name)
        return done


def _close_through(house: House, name: str, before: date | None, *, wait: bool) -> list[Closed]:
    """Close a customer's periods that begin before a day (None: the next one), as far as it goes."""
    done: list[Closed] = []
    account = open_account(house, name)
    before = before or account.next_period.end
    while account.next_period.start < before:
        closed = _close(account, wait=wait)
        if closed.skipped == _NOT_YET:
            break
        done.append(closed)
        if closed.skipped or closed.period.end >= before:
            break
        account = open_account(house, name)
    return done


def _bill_tickets(house: House, name: str) -> list[Closed]:
    """Bill a customer's closed tickets, if the customer is billed so, before their period closes."""
    if house.customer(name).invoice.cycle != "on_close":
        return []
    account, done = open_account(house, name), list[Closed]()
    for found in closed_tickets(account):
        if found.waits or (reason := taken_from(account, found.period)):
            skipped = found.waits.message if found.waits else reason
            done.append(Closed(customer=name, period=found.period, early=True, skipped=skipped))
            continue
        issued = ledger.bill_early(house.store, _billing_of(account, found), house.now())
        done.append(Closed(customer=name, period=found.period, early=True, invoices=issued))
    return done


def _billing_of(account: Account, found: ClosedTickets) -> EarlyBilling:
    return EarlyBilling(
        customer=account.customer.customer,
        period=found.period,
        basis_json=account.basis_json,
        seq=account.seq,
        invoices=found.invoices,
        work=found.work,
        reference_prefix=account.house.settings.reference,
        by=account.house.actor,
    )


_NOT_YET = "its time has not come"


def _close(account: Account, *, wait: bool) -> Closed:
    """Close the next period of a customer, or say why it stays open."""
    period, name = account.next_period, account.customer.customer
    today = account.house.now().astimezone(ZoneInfo(account.customer.timezone)).date()
    if wait and today < due_on(account, period):
        return Closed(customer=name, period=period, skipped=_NOT_YET)
    if reason := _unready(account, period):
        return Closed(customer=name, period=period, skipped=reason)
    (shown,) = previews(account, period)
    if shown.problems and (waiting := next((one for one in shown.problems if one.code in _APPROVALS), None)):
        return Closed(customer=name, period=period, skipped=waiting.message)
    for problem in shown.reopened.withheld:
        record(account.house.store, account.house.now(), account.house.actor, WITHHELD, problem.about)
    issued = ledger.close_period(account.house.store, closing_of(account, shown), account.house.now())
    problems = (*shown.statement.problems, *shown.problems)
    return Closed(customer=name, period=period, invoices=issued, problems=tuple(dict.fromkeys(problems)))


_APPROVALS = frozenset({"approval_missing", "approval_void", "approval_overdue"})


def _unready(account: Account, period: Period) -> str:
    """Say why a period cannot be closed whatever it comes to."""
    over = ends_at(account, period)
    if account.house.now() < over:
        return f"{period} is not over before {over:%Y-%m-%d %H:%M %Z}"
    synced = synced_until(account.house.store)
    behind = sorted(
        desk for desk in account.house.settings.desks if desk not in synced or synced[desk] < over
    )
    if behind:
        return f"{', '.join(behind)} has not been synced past the end of {period}; run deskbill sync"
    if before := taken_from(account, period):
        return (
            f"its work of {period} was billed to '{before}', who has no customer file any more; "
            f"if it is the same customer, write 'customer: {before}' again"
        )
    return ""


def closing_of(account: Account, shown: Preview) -> Closing:
    """Put together all that a close writes."""
    statement, reopened = shown.statement, shown.reopened
    opening = reopened.opening
    return Closing(
        customer=statement.customer,
        period=statement.period,
        basis_json=account.basis_json,
        seq=account.seq,
        opening=opening,
        closing=statement.closing,
        statement_digest=statement_digest(statement),
        net=statement.net,
        claims=_claims([*reopened.statements, statement]),
        usage_claims=[
            claim for one in (*reopened.statements, statement) for claim in account.used.claims_for(one)
        ],
        invoices=shown.invoices,
        reference_prefix=account.house.settings.reference,
        by=account.house.actor,
        rerated=reopened.closings,
        reclaimed=[one.period for one in reopened.statements],
    )


def _claims(statements: Iterable[Statement]) -> list[Claim]:
    """Claim every entry for its period. An entry of which any part is billed counts as billed."""
    claims: list[Claim] = []
    for statement in statements:
        fates: dict[str, Fate] = {}
        seconds: dict[str, int] = {}
        for item in statement.items:
            if fates.get(item.work) is not Fate.BILLED:
                fates[item.work] = item.fate
            seconds[item.work] = seconds.get(item.work, 0) + item.real
        claims += [
            Claim(work=work, period_start=statement.period.start, fate=fate, seconds=seconds[work])
            for work, fate in fates.items()
        ]
    return claims


def apply_contract(house: House, name: str, from_: date, by: str, why: str) -> list[Preview]:
    """Let the customer file as it stands now hold for closed periods from a day on; show what that makes due.

    The difference goes onto the next document, like that of a late fact.

    Raises:
        ConfigError: there is no such customer.
        Busy: another process writes.
    """
    with house.writer():
        account = open_account(house, name)
        now: datetime = house.now()
        for one in account.closed:
            if one.period.end > from_:
                ledger.rebase(house.store, name, one.period, account.basis_json, by, why, now)
                accepted = Decision(
                    id="",
                    kind=Kind.ACCEPT,
                    by=by,
                    at=now,
                    why=why,
                    customer=name,
                    target=f"{name}/{one.period}",
                )
                decide(house.store, accepted)
        account = open_account(house, name)
        return list(previews(account, account.next_period))
