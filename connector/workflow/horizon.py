"""The horizon: corrections of periods that ended longer ago than a customer agreed wait for a person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from connector.model.period import Period
from connector.model.problem import Problem
from connector.workflow.account import Account, Reopened, accepted_since, difference_of, reopen


def reopen_within(account: Account) -> Reopened:
    """Rate closed periods again; differences beyond the horizon are withheld until a person accepts them."""
    reopened = reopen(account)
    beyond = dict(_beyond(account, reopened))
    if not beyond:
        return reopened
    return replace(
        reopened,
        statements=tuple(one for one in reopened.statements if one.period not in beyond),
        withheld=(*reopened.withheld, *beyond.values()),
    )


def _beyond(account: Account, reopened: Reopened) -> Iterator[tuple[Period, Problem]]:
    horizon = account.customer.invoice.horizon
    if horizon is None or not reopened.statements:
        return
    billed = account.billed(one.period for one in reopened.statements)
    first, accepted = account.next_period.end - timedelta(seconds=horizon), accepted_since(account)
    for statement in reopened.statements:
        target = f"{statement.customer}/{statement.period}"
        difference = difference_of(statement, billed)
        if difference and statement.period.end < first and target not in accepted:
            message = (
                f"what {statement.period} comes to has changed by {difference} {statement.currency}, but it "
                f"ended before {first}, the customer's horizon; to bill it: deskbill decide accept {target}"
            )
            yield (
                statement.period,
                Problem(code="beyond_horizon", about=target, message=message, amount=difference),
            )
