"""Conservation: where every second of work of the whole house ended, so that nothing vanishes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from connector.model.period import Period
from connector.model.statement import Fate, Statement
from connector.rating.compile import terms_of
from connector.rating.history import fold
from connector.workflow.account import Account, open_account
from connector.workflow.house import House
from connector.workflow.statements import current_period, house_statement, previews

_ALWAYS = Period(date(1900, 1, 1), date(9000, 1, 1))
#: A desk's day and the customer's day of the same work may lie in neighbouring months.
_DAY = timedelta(days=1)
FATES = ("open", "billed", "included", "free", "held")


@dataclass(frozen=True, kw_only=True)
class Worked:
    """Where a customer's work ended."""

    customer: str  #: empty: work of no known customer, which is held
    entries: int
    seconds: Mapping[str, int]  #: real seconds by fate: `FATES`
    lost: tuple[str, ...] = ()  #: keys of entries that no statement bears: there must be none


def conservation(house: House) -> list[Worked]:
    """Rate all work there is, as contracts and decisions stand, and count each customer's seconds by fate."""
    unowned, seconds = house_statement(house)
    nobody = Worked(customer="", entries=len(unowned), seconds={**dict.fromkeys(FATES, 0), "held": seconds})
    return [*(_worked(open_account(house, name)) for name in sorted(house.customers)), nobody]


def _worked(account: Account) -> Worked:
    entries = [seen.entry for seen in account.seen(_ALWAYS)]
    seconds, borne = dict.fromkeys(FATES, 0), set[str]()
    for statement in (*_closed(account), *unclosed(account, {entry.worked_on for entry in entries})):
        billed = account.billed_work(statement.period)
        for item in statement.items:
            waits = item.fate is Fate.BILLED and item.work not in billed
            seconds["open" if waits else item.fate.value] += item.real
            borne.add(item.work)
    return Worked(
        customer=account.customer.customer,
        entries=len(entries),
        seconds=seconds,
        lost=tuple(entry.key for entry in entries if entry.key not in borne),
    )


def _closed(account: Account) -> list[Statement]:
    """Rate the closed periods again, each with what it keeps."""
    bases = {one.period: account.basis_of(one.basis) for one in account.closed}
    chapters = [account.chapter(period, basis, terms_of(basis)) for period, basis in bases.items()]
    return fold(chapters, account.decisions, ())


def unclosed(account: Account, days: Iterable[date]) -> Iterator[Statement]:
    """Yield the open periods, and those of some days before billing begins or after today, each by itself."""
    last = current_period(account)
    near = {by for day in days for by in (day - _DAY, day, day + _DAY)}
    for period in sorted(set(_outside(account, near, last.end))):
        yield from fold([account.chapter(period, account.basis, account.terms)], account.decisions, ())
    for shown in previews(account, last):
        yield shown.statement


def _outside(account: Account, days: Iterable[date], end: date) -> Iterator[Period]:
    """Yield the periods of days before billing and from an end on, cut off where billed periods begin."""
    first = account.closed[0].period if account.closed else account.customer.first_period
    for day in days:
        period = account.customer.period_of(day)
        if day < first.start:
            yield Period(period.start, min(period.end, first.start))
        elif day >= end:
            yield Period(max(period.start, end), period.end)
