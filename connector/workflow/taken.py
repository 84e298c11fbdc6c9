"""Statements of some days taken apart, for reports on who and what the money is for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain

from connector.model.basis import Basis
from connector.model.period import Period
from connector.model.statement import Lot, Statement
from connector.model.usage import UsageRecord
from connector.model.work import Work
from connector.rating.choose import select
from connector.rating.compile import terms_of
from connector.rating.history import fold
from connector.rating.terms import Terms
from connector.report.costs import Taken
from connector.report.shares import Facts, shares
from connector.workflow.account import Account, open_account
from connector.workflow.house import House
from connector.workflow.statements import current_period, previews


def taken(house: House, days: Period, customers: Sequence[str] | None = None) -> Iterator[Taken]:
    """Yield the shares of all that falls on some days, in closed and open periods."""
    for name in customers or sorted(house.customers):
        account = open_account(house, name)
        for statement, basis, terms in chain(_closed(account, days), _open(account, days)):
            for share in shares(statement, _facts(account, statement.period, basis, terms)):
                if share.on in days:
                    yield Taken(customer=name, currency=statement.currency, share=share)


_Rated = Iterator[tuple[Statement, Basis, Terms]]


def _closed(account: Account, days: Period) -> _Rated:
    """Rate the closed periods that touch some days, each with what it keeps."""
    opening: tuple[Lot, ...] = ()
    for one in account.closed:
        if one.period.start < days.end and one.period.end > days.start:
            basis = account.basis_of(one.basis)
            terms = terms_of(basis)
            chapter = account.chapter(one.period, basis, terms)
            (statement,) = fold([chapter], account.decisions, opening)
            yield statement, basis, terms
        opening = one.closing


def _open(account: Account, days: Period) -> _Rated:
    through = Period(days.start, min(current_period(account).end, days.end))
    for shown in previews(account, through):
        if shown.statement.period.end > days.start:
            yield shown.statement, account.basis, account.terms


def _facts(account: Account, period: Period, basis: Basis, terms: Terms) -> Facts:
    work, usage = account.work(period, basis), account.used.records(period, basis)
    hourly = _hourly(account.house, work, account.customer.invoice.currency)
    return Facts(
        facets={each.key: each.facets for each in work},
        contracts=dict(_contracts(terms, period, work, usage)),
        hourly=hourly,
        units={each.key: each.cost for each in usage if each.cost is not None},
    )


def _hourly(house: House, work: Iterable[Work], currency: str) -> Mapping[str, Decimal]:
    """Return what an hour of each entry costs the house; a cost in another currency is not known here."""
    people = house.settings.technicians
    costs = {name: each.cost.amount for name, each in people.items() if each.cost.currency == currency}
    return {each.key: costs[each.technician] for each in work if each.technician in costs}


def _contracts(
    terms: Terms, period: Period, work: Iterable[Work], usage: Iterable[UsageRecord]
) -> Iterator[tuple[str, str]]:
    """Tell by key whose terms hold for work and usage, charged or not."""
    days: Iterator[tuple[str, Mapping[str, str], date]] = chain(
        ((each.key, each.facets, each.worked_on) for each in work),
        ((each.key, each.facets, max(each.start, period.start)) for each in usage),
    )
    for key, facets, day in days:
        contract, _ = select(terms, facets, day)
        yield key, contract.id if contract else ""
