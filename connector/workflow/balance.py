"""Balances: where each customer stands at this moment, and what a contract owes and did not deliver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connector.model.decision import Kind
from connector.model.invoice import Role
from connector.model.period import Period
from connector.model.statement import AllowancePosition, BudgetPosition, Delivery
from connector.rating.compile import terms_of
from connector.rating.gates import standing
from connector.rating.history import fold
from connector.store import ledger
from connector.workflow.account import Account, open_account
from connector.workflow.house import House
from connector.workflow.statements import current_period, previews
from connector.workflow.unattended import held_before, held_items

_ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Where a customer stands; amounts are net, in its currency."""

    customer: str
    currency: str
    period: Period  #: of the allowances
    allowances: tuple[AllowancePosition, ...]
    amounts: Mapping[str, Decimal]  #: ``open``, ``billed``, ``credits_left``, ``carried``, ``held``: net
    held_seconds: int  #: real seconds whose charge waits, in open and closed periods
    budget: BudgetPosition | None = None  #: after the present period; None: the customer has none


def balances(house: House, customer: str | None) -> list[Balance]:
    """Return the position of one customer, or of all."""
    return [
        _balance(open_account(house, name)) for name in ([customer] if customer else sorted(house.customers))
    ]


def _balance(account: Account) -> Balance:
    shown = list(previews(account, current_period(account)))
    billed = ledger.billed_nets(account.house.store, account.customer.customer)
    held = held_items([*held_before(account, shown[0].reopened), *(one.statement for one in shown)])
    return Balance(
        customer=account.customer.customer,
        currency=shown[-1].statement.currency,
        period=shown[-1].statement.period,
        allowances=shown[-1].statement.allowances,
        amounts={
            "open": sum((one.net for one in shown), _ZERO),  # a close now would bill it
            "billed": sum(billed.values(), _ZERO),
            "credits_left": _credits(account)
            + billed.get(Role.CREDIT, _ZERO),  # no document has borne it yet
            "carried": -billed.get(Role.CARRIED_OUT, _ZERO)
            - billed.get(Role.CARRIED_IN, _ZERO),  # between two periods
            "held": sum((item.worth for item in held), _ZERO),  # at the contract's rates
        },
        held_seconds=sum(item.real for item in held),
        budget=shown[-1].budget,
    )


def _credits(account: Account) -> Decimal:
    mine = (one for one in standing(account.decisions) if one.customer == account.customer.customer)
    return sum((one.amount or _ZERO for one in mine if one.kind is Kind.CREDIT), _ZERO)


def owed(house: House, period: Period, customers: Sequence[str] | None = None) -> list[tuple[str, Delivery]]:
    """Return what each contract promised in a period and what of it was delivered."""
    rows: list[tuple[str, Delivery]] = []
    for name in customers or sorted(house.customers):
        account = open_account(house, name)
        mine = account.period_on(period.last_day)
        basis = next(
            (account.basis_of(one.basis) for one in account.closed if one.period == mine), account.basis
        )
        opening = next((one.closing for one in account.closed if one.period.end == mine.start), ())
        (statement,) = fold([account.chapter(mine, basis, terms_of(basis))], account.decisions, opening)
        rows += [(name, delivery) for delivery in statement.deliveries]
    return rows
