"""The backtest: a contract over real past work, held against what was billed for it."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from connector.model.change import Comparison, CustomerChange, Figures, PeriodChange
from connector.model.period import Period
from connector.rating.changes import changes, charges_billed, total
from connector.workflow.account import Account, open_account
from connector.workflow.house import House
from connector.workflow.reel import Reel, open_periods
from connector.workflow.sides import Read, checked, trial, with_customer

#: What stays a customer's own when another's contract is tried on its work: who it is and where.
_OWN = (
    "customer",
    "name",
    "timezone",
    "billing_from",
    "language",
    "address",
    "vat_id",
    "electronic_address",
    "email",
    "order_number",
    "match",
    "books",
    "holidays",
    "sites",
    "items",
)


def backtest(
    house: House, first: date, last: date, customers: Sequence[str], contract: Path | None
) -> Comparison:
    """Rate the periods that lie between two days, and hold them against what was billed for them.

    Args:
        house: with the customer files as they are.
        first: no period begins before this day.
        last: no period ends after this day.
        customers: whose work; empty: the contract's own customer, or without a contract all.
        contract: a customer file whose terms are tried; None: each customer's own file.

    Raises:
        ConfigError: there is no such customer.
        Unreadable: the contract is wrong, or cannot be tried on a customer.
    """
    tried = trial(house, contract) if contract else None
    names = customers or ([tried[0].customer] if tried else sorted(house.customers))
    return Comparison(
        old="billed",
        new=str(contract) if contract else "contract",
        customers=tuple(_customer(_under(house, name, tried), name, first, last) for name in names),
        problems=tuple(problem for problem in house.problems if problem.source),
    )


def _under(house: House, name: str, tried: Read | None) -> House:
    """Return the house with one customer under the terms that are tried."""
    if tried is None:
        return house
    terms, origin = tried
    if name != terms.customer:
        own = house.customer(name)
        terms = terms.model_copy(update={field: getattr(own, field) for field in _OWN})
    return with_customer(house, checked(house, (terms, origin)))


def _customer(house: House, name: str, first: date, last: date) -> CustomerChange:
    account = open_account(house, name)
    everything = list(_all_periods(account))
    wanted = [one for one in everything if first <= one.start and one.last_day <= last]
    found = _periods(account, everything, wanted) if wanted else ()
    return CustomerChange(customer=name, name=account.customer.name, periods=tuple(found))


def _periods(
    account: Account, everything: Sequence[Period], wanted: Sequence[Period]
) -> Iterator[PeriodChange]:
    """Rate periods from the stored position on, open ones before the first wanted too, as they carry over."""
    before = [one for one in account.closed if one.period < wanted[0]]
    closed = {one.period for one in account.closed}
    since = before[-1].period.end if before else date.min
    run_up = [one for one in everything if since <= one.start < wanted[0].start and one not in closed]
    reel = Reel(account=account, periods=(*run_up, *wanted), opening=before[-1].closing if before else ())
    billed = charges_billed(account.billed())
    for period in reel.periods:
        frame = reel.rated(period)
        if period in wanted:
            was = billed.get(str(period), [])
            yield PeriodChange(
                period=period,
                closed=period in closed,
                old=Figures(currency=frame.figures.currency, net=total(was)),
                new=frame.figures,
                changes=tuple(changes(was, frame.charges)),
            )


def _all_periods(account: Account) -> Iterator[Period]:
    """Yield every period of an account: those before the first close, too, if billing begins before it."""
    period = account.customer.first_period
    while account.closed and period.end <= account.closed[0].period.start:
        yield period
        period = account.customer.period_after(period)
    yield from (one.period for one in account.closed)
    yield from open_periods(account)
