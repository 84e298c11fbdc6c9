"""Decisions of people: what can be decided of which work, and until when, before it goes into the ledger."""

from collections.abc import Callable, Mapping

from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.money import digits_of
from connector.model.period import Period
from connector.store import decisions, ledger, work
from connector.workflow.find import no_work
from connector.workflow.house import House

_WHOLE = 100  # percent
#: What takes a decision back once an invoice stands on it.
OPPOSITE: Mapping[Kind, str] = {
    Kind.WAIVE: "charge it",
    Kind.CHARGE: "waive it",
    Kind.HOLD: "release it",
    Kind.DISPUTE: "release it",
    Kind.RELEASE: "waive it",
    Kind.REASSIGN: "reassign it back",
    Kind.KEEP: "reassign it",
}


class Refusal(Exception):
    """What a person asks for cannot be done; the sentence says why, and what can."""


def decide(house: House, decision: Decision) -> Decision:
    """Check a decision against the ledger and store it.

    Args:
        house: the house.
        decision: with an empty ``id``; it is given in the order of the store.

    Raises:
        Refusal: something that it needs is missing, what it names is not there, or it comes too late.
        Busy: another process writes; a period may be closing just now.
    """
    if not decision.why.strip() or not decision.by.strip():
        raise Refusal("a decision says who decided and why")
    if decision.kind not in _CHECKS:
        raise Refusal(f"{decision.kind} concerns a document: say it of the document's reference")
    with house.writer():
        _CHECKS[decision.kind](house, decision)
        return decisions.decide(house.store, decision)


def _on_work(house: House, decision: Decision) -> None:
    if not (work.find_work(house.store, decision.target) or work.opened_on(house.store, decision.target)):
        raise Refusal(no_work(house, decision.target))
    if decision.amount is not None:
        _positive(decision)


def _reassigned(house: House, decision: Decision) -> None:
    _on_work(house, decision)
    house.customer(decision.to_customer)


def _sum(house: House, decision: Decision) -> None:
    customer = _in_open_period(house, decision)
    _positive(decision)
    _in_currency(decision, customer)
    _known_tax(house, decision)


def _discount(house: House, decision: Decision) -> None:
    customer = _in_open_period(house, decision)
    if (decision.amount is None) == (decision.percent is None):
        raise Refusal("a discount is an amount or a percentage, one of the two")
    if decision.percent is None:
        _positive(decision)
        _in_currency(decision, customer)
    elif not 0 < decision.percent <= _WHOLE:
        raise Refusal(f"a discount of {decision.percent}% cannot be; write more than 0% and at most 100%")


def _approval(house: House, decision: Decision) -> None:
    _in_open_period(house, decision)
    if not decision.digest or decision.amount is None:
        raise Refusal("an approval names the digest and the net amount of the statement that was shown")


def _opening(house: House, decision: Decision) -> None:
    customer = house.customer(decision.customer)
    closed = ledger.closed(house.store, decision.customer)
    if closed:
        raise Refusal(f"{decision.customer}: {closed[0].period} is closed; balances are taken over before")
    if decision.seconds is None and decision.amount is not None and not decision.allowance:
        _in_currency(decision, customer)
        _known_tax(house, decision)
        return
    blocks = {block.id: block.of.kind for block in customer.blocks}
    _of_allowance(decision, {**_allowances(customer), **blocks}, "a balance taken over")


def _borrowed(house: House, decision: Decision) -> None:
    customer = _in_open_period(house, decision)
    _of_allowance(decision, _allowances(customer), "what is borrowed")


def _allowances(customer: Customer) -> dict[str, str]:
    """Return of what each allowance is: time, money or count."""
    return {each.id: each.of.kind for contract in customer.contracts for each in contract.allowances}


def _of_allowance(decision: Decision, kinds: Mapping[str, str], what: str) -> None:
    """Refuse what is no quantity of an allowance that the customer has."""
    if (decision.amount is None) == (decision.seconds is None):
        raise Refusal(f"{what} is a time or an amount, one of the two")
    if decision.allowance not in kinds:
        known = ", ".join(sorted(kinds)) or "none"
        raise Refusal(f"{decision.customer} has no allowance '{decision.allowance}'; it has: {known}")
    kind = kinds[decision.allowance]
    if (kind == "time") != (decision.amount is None):
        right = "--time" if kind == "time" else "--amount"
        raise Refusal(f"'{decision.allowance}' is of {kind}: write {right}")
    if (decision.seconds or decision.amount or 0) <= 0:
        raise Refusal(f"{what} must be more than nothing")


def _accepted(_house: House, decision: Decision) -> None:
    if not (decision.target or decision.customer):
        raise Refusal("say which difference is accepted")


def _undone(house: House, decision: Decision) -> None:
    said = {one.id: one for one in decisions.decisions(house.store)}
    if decision.undoes not in said:
        raise Refusal(f"there is no decision '{decision.undoes}'")
    undone = said[decision.undoes]
    if undone.kind in (Kind.UNDO, Kind.ACCEPT, Kind.REBILL):
        raise Refusal(f"{undone.id} is an '{undone.kind}', which cannot be undone; decide anew")
    if any(one.undoes == undone.id for one in said.values()):
        raise Refusal(f"{undone.id} is undone already")
    if _billed(house, undone):
        instead = OPPOSITE.get(undone.kind, "decide the contrary in an open period")
        raise Refusal(f"a closed period stands on {undone.id} ({undone.kind}); {instead} instead")


def _billed(house: House, decision: Decision) -> bool:
    """Tell whether a closed period was rated with a decision."""
    seq = decisions.seq_of(house.store, decision.id)
    if decision.period or decision.kind is Kind.OPENING:
        customers = {decision.customer}
    else:
        customers = {seen.claimed_by for seen in work.find_work(house.store, decision.target)} - {""}
    return any(
        closed.seq >= seq and decision.period in (None, closed.period)
        for customer in customers
        for closed in ledger.closed(house.store, customer)
    )


def _in_open_period(house: House, decision: Decision) -> Customer:
    customer, period = house.customer(decision.customer), decision.period
    if period is None:
        raise Refusal(f"{decision.kind} needs a period, as 2026-03")
    if period.start < customer.first_period.start:
        raise Refusal(f"{customer.customer}: {period} is before billing begins with {customer.first_period}")
    closed = ledger.closed(house.store, customer.customer)
    if any(period == one.period for one in closed):
        raise Refusal(f"{customer.customer}: {period} is closed; name a later period")
    _billing_period(customer, period, closed[-1].period if closed else None)
    return customer


def _billing_period(customer: Customer, period: Period, last: Period | None) -> None:
    """Refuse what is no period by which the customer is billed."""
    mine = customer.period_after(last) if last else customer.first_period
    while mine.start < period.start:
        mine = customer.period_after(mine)
    if mine != period:
        right = customer.period_of(period.start) if mine.start > period.start else mine
        raise Refusal(f"{period} is no period by which {customer.customer} is billed; name {right}")


def _positive(decision: Decision) -> None:
    if decision.amount is None or decision.amount <= 0:
        raise Refusal(f"{decision.kind} needs an amount of more than 0.00")


def _in_currency(decision: Decision, customer: Customer) -> None:
    digits = digits_of(customer.invoice.currency)
    if decision.amount is not None and decision.amount != round(decision.amount, digits):
        raise Refusal(f"{decision.amount} {customer.invoice.currency} has more than {digits} digits")


def _known_tax(house: House, decision: Decision) -> None:
    if decision.tax and decision.tax not in house.settings.taxes:
        known = ", ".join(sorted(house.settings.taxes))
        raise Refusal(f"the configuration has no tax '{decision.tax}'; it has: {known}")


_CHECKS: Mapping[Kind, Callable[[House, Decision], None]] = {
    Kind.WAIVE: _on_work,
    Kind.HOLD: _on_work,
    Kind.DISPUTE: _on_work,
    Kind.RELEASE: _on_work,
    Kind.CHARGE: _on_work,
    Kind.REASSIGN: _reassigned,
    Kind.KEEP: _on_work,
    Kind.CREDIT: _sum,
    Kind.TRANSFER: _sum,
    Kind.DISCOUNT: _discount,
    Kind.BORROW: _borrowed,
    Kind.APPROVE: _approval,
    Kind.OPENING: _opening,
    Kind.ACCEPT: _accepted,
    Kind.UNDO: _undone,
}
