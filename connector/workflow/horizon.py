"""The horizon: corrections of periods that ended longer ago than a customer agreed wait for a person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from connector.model.problem import Problem
from connector.workflow.account import Account
from connector.workflow.reopening import Reopened, accepted_since, difference_of, reopen


def reopen_within(account: Account) -> Reopened:
    """Rate closed periods again; differences beyond the horizon are withheld until a person accepts them."""
    reopened = reopen(account)
    beyond = {problem.about: problem for problem in _beyond(account, reopened)}
    if not beyond:
        return reopened
    name = account.customer.customer
    others = (problem for problem in reopened.withheld if problem.about not in beyond)
    return replace(
        reopened,
        statements=tuple(one for one in reopened.statements if f"{name}/{one.period}" not in beyond),
        withheld=(*others, *beyond.values()),
    )


def _beyond(account: Account, reopened: Reopened) -> Iterator[Problem]:
    """Yield what is withheld of too old periods. After a close that withheld it, no new fact explains it."""
    horizon = account.customer.invoice.horizon
    if horizon is None or not account.closed:
        return
    first = account.next_period.end - timedelta(seconds=horizon)
    name, accepted = account.customer.customer, accepted_since(account)
    old = {f"{name}/{one.period}": one.period for one in account.closed if one.period.end < first}
    billed = account.billed(one.period for one in reopened.statements)
    differences = {problem.about: problem.amount or Decimal(0) for problem in reopened.withheld}
    for statement in reopened.statements:
        differences[f"{name}/{statement.period}"] = difference_of(statement, billed)
    for target, difference in differences.items():
        if target in old and target not in accepted and difference:
            message = (
                f"what {old[target]} comes to has changed by {difference} {account.terms.currency}, but it "
                f"ended before {first}, the customer's horizon; to bill it: deskbill decide accept {target}"
            )
            yield Problem(code="beyond_horizon", about=target, message=message, amount=difference)
