"""What nobody would look at: customers whose file is gone, and what closed periods still hold back."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import Fate, Lot, RatedItem, Statement
from connector.rating.compile import terms_of
from connector.rating.history import fold
from connector.store import ledger
from connector.store.usage import periods_holding_usage
from connector.workflow.account import Account
from connector.workflow.reopening import Reopened

_NAMED = 5  # entries that a problem names; `explain` and the JSON of `preview` have the others


def held_before(account: Account, reopened: Reopened) -> Iterator[Statement]:
    """Yield the closed periods that hold something: as they are rated again anyway, or by what they keep."""
    again = {one.period: one for one in reopened.statements}
    using = periods_holding_usage(account.house.store, account.customer.customer)
    opening: tuple[Lot, ...] = ()
    for closed in account.closed:
        if closed.period in again:
            yield again[closed.period]
        elif closed.held or closed.period.start in using:
            basis = account.basis_of(closed.basis)
            chapter = account.chapter(closed.period, basis, terms_of(basis))
            yield from fold([chapter], account.decisions, opening)
        opening = closed.closing


def held_items(statements: Iterable[Statement]) -> list[RatedItem]:
    """Return what waits in some periods."""
    return [item for statement in statements for item in statement.items if item.fate is Fate.HELD]


def closed_problems(account: Account, reopened: Reopened) -> Iterator[Problem]:
    """Yield what closed periods keep from an invoice: work and usage held, months before the first."""
    name = account.customer.customer
    for statement in held_before(account, reopened):
        items = held_items([statement])
        used = [each.record for each in statement.usage if each.fate is Fate.HELD]
        if items or used:
            period, works = statement.period, [*dict.fromkeys(item.work for item in items), *used]
            others = f" and {len(works) - _NAMED} more" if len(works) > _NAMED else ""
            message = (
                f"{period} is closed and still holds {', '.join(works[:_NAMED])}{others}; explain tells why. "
                "Decide release, charge or waive; or mend the files and let them hold for it: "
                f"deskbill contract apply {name} --from {period.start}"
            )
            worth = sum((item.worth for item in items), Decimal(0))
            yield Problem(
                code="held_in_closed", about=f"{name}/{period}", message=message, amount=worth or None
            )
    yield from _unbilled_months(account)


def _unbilled_months(account: Account) -> Iterator[Problem]:
    first = account.customer.first_period
    if account.closed and account.customer.billing_from < account.closed[0].period.start:
        began = account.closed[0].period
        yield Problem(
            code="billing_from_moved",
            about=account.customer.customer,
            message=f"billing_from lies in {first}, but {began} was the first period to close: the months "
            f"before it are never billed. Write {began.start} again, and bill that work by hand",
            source=account.house.origins[account.customer.customer].source("billing_from"),
        )


def taken_from(account: Account, period: Period) -> str:
    """Name the customer without a file who was billed what is this customer's now; empty: there is none.

    So it is after somebody changes the ``customer`` of a file: all would be billed once more.
    """
    name, customers = account.customer.customer, account.house.customers
    if not ledger.customers(account.house.store).keys() - customers.keys():
        return ""
    theirs = (
        seen.claimed_by
        for seen in account.near(period)
        if seen.claimed_by not in ("", *customers)
        and seen.entry.worked_on in period
        and account.owners.customer_of(seen.entry.desk, seen.first_owner) == name
    )
    return next(theirs, "")
