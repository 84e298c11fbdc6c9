"""Commands for what a person decides before the invoice, and for balances taken over at the start."""

from decimal import Decimal
from typing import Any

import click

from connector.cli.terminal import Terminal, command, demand_yes
from connector.cli.values import AMOUNT, DURATION, PERCENT, PERIOD, who_and_why
from connector.model.decision import Decision, Kind
from connector.model.period import Period
from connector.report.differences import decision_row, rows_text
from connector.report.words import money, plain
from connector.workflow import decide as hall
from connector.workflow import settle, standing, statements
from connector.workflow.account import open_account
from connector.workflow.on_close import ON_CLOSE, ClosedTickets, closed_tickets
from connector.workflow.statements import Preview
from connector.workflow.written import net_of


@click.group("decide")
def decide() -> None:
    """Say what the contract cannot know.

    Each decision has who, when and why, is seen in preview, explanation and invoice, and can be undone
    until the close.
    """


#: Decisions that name only work: what they mean, and the end of their example.
_ABOUT_WORK = {
    Kind.WAIVE: ("Bill nothing for this work.", "zammad/149 --why 'our own mistake'"),
    Kind.HOLD: ("Let the charge of this work wait.", "zammad/149/7 --why 'price not agreed yet'"),
    Kind.DISPUTE: (
        "The customer objects: the charge of this work waits.",
        "glpi/232 --why 'says nobody came'",
    ),
    Kind.RELEASE: (
        "Let no gate, hold or dispute keep this work's charge back.",
        "glpi/232 --why 'settled by phone'",
    ),
    Kind.KEEP: (
        "Let this work stay with the customer of its first snapshot.",
        "glpi/232 --why 'moved by mistake'",
    ),
}


def _about_work(kind: Kind, meaning: str, rest: str) -> None:
    @command(kind.value, example=f"deskbill decide {kind.value} {rest}", under=decide)
    @click.argument("target", metavar="DESK/TICKET[/ENTRY]")
    @who_and_why
    @click.pass_obj
    def decided(terminal: Terminal, target: str, by: str, why: str) -> None:
        _decide(terminal, kind, by, why, target=target)

    decided.help = meaning


for _kind, (_meaning, _rest) in _ABOUT_WORK.items():
    _about_work(_kind, _meaning, _rest)


@command(
    "charge",
    example="deskbill decide charge zammad/149/7 --hourly 95.00 --why 'agreed by mail'",
    under=decide,
)
@click.argument("target", metavar="DESK/TICKET[/ENTRY]")
@click.option("--hourly", type=AMOUNT, help="At this rate, net; left out: at the contract's.")
@who_and_why
@click.pass_obj
def charge(terminal: Terminal, target: str, hourly: Decimal | None, by: str, why: str) -> None:
    """Bill this work although desk or contract says free or included."""
    _decide(terminal, Kind.CHARGE, by, why, target=target, amount=hourly)


@command(
    "reassign",
    example="deskbill decide reassign glpi/232 --to acme --why 'booked on the wrong entity'",
    under=decide,
)
@click.argument("target", metavar="DESK/TICKET[/ENTRY]")
@click.option("--to", "to_customer", required=True, help="The customer it belongs to.")
@who_and_why
@click.pass_obj
def reassign(terminal: Terminal, target: str, to_customer: str, by: str, why: str) -> None:
    """Give this work to another customer."""
    _decide(terminal, Kind.REASSIGN, by, why, target=target, to_customer=to_customer)


@command(
    "credit",
    example="deskbill decide credit acme --period 2026-04 --amount 50.00 --why goodwill",
    under=decide,
)
@click.argument("customer")
@click.option("--period", type=PERIOD, required=True, help="Whose invoice it lowers.")
@click.option("--amount", type=AMOUNT, required=True, help="Net.")
@click.option("--tax", default="", help="Tax code (default: the customer's own).")
@who_and_why
@click.pass_obj
def credit(terminal: Terminal, /, customer: str, by: str, why: str, **fields: Any) -> None:
    """Give a goodwill credit. It never takes an invoice below 0.00; the rest waits."""
    _decide(terminal, Kind.CREDIT, by, why, customer=customer, **fields)


@command(
    "transfer",
    example="deskbill decide transfer acme --period 2026-03 --amount 200.00 --why 'budget'",
    under=decide,
)
@click.argument("customer")
@click.option("--period", type=PERIOD, required=True, help="Whose invoice it leaves.")
@click.option("--amount", type=AMOUNT, required=True, help="Net.")
@who_and_why
@click.pass_obj
def transfer(terminal: Terminal, /, customer: str, by: str, why: str, **fields: Any) -> None:
    """Carry an amount to the next period's invoice."""
    _decide(terminal, Kind.TRANSFER, by, why, customer=customer, **fields)


@command(
    "borrow",
    example="deskbill decide borrow acme --period 2026-03 --allowance phone --time 2h --why 'until April'",
    under=decide,
)
@click.argument("customer")
@click.option("--period", type=PERIOD, required=True, help="In which it may be used.")
@click.option("--allowance", required=True, help="Whose next grant it is taken from.")
@click.option("--time", "seconds", type=DURATION, help="So much time, as 2h; or --amount.")
@click.option("--amount", type=AMOUNT, help="Or: so many calls, or so much money, net.")
@who_and_why
@click.pass_obj
def borrow(terminal: Terminal, /, customer: str, by: str, why: str, **fields: Any) -> None:
    """Let a period use some of an allowance's next grant, which is then so much smaller."""
    _decide(terminal, Kind.BORROW, by, why, customer=customer, **fields)


@command(
    "discount",
    example="deskbill decide discount acme --period 2026-03 --percent 10% --why 'slow answer'",
    under=decide,
)
@click.argument("customer")
@click.option("--period", type=PERIOD, required=True, help="Whose charges it lowers.")
@click.option("--amount", type=AMOUNT, help="Net; or --percent.")
@click.option("--percent", type=PERCENT, help="As 10%; or --amount.")
@who_and_why
@click.pass_obj
def discount(
    terminal: Terminal,
    customer: str,
    amount: Decimal | None,
    percent: Decimal | None,
    by: str,
    why: str,
    period: Period,
) -> None:
    """Lower a period's charges."""
    if (amount is None) == (percent is None):
        raise click.UsageError("say exactly one of --amount and --percent")
    _decide(
        terminal, Kind.DISCOUNT, by, why, customer=customer, period=period, amount=amount, percent=percent
    )


@command(
    "approve", example="deskbill decide approve acme --period 2026-03 --why 'mail of 2 April'", under=decide
)
@click.argument("customer")
@click.option("--period", type=PERIOD, required=True, help="Which statement.")
@click.option(
    "--digest", default="", help="The statement that was seen, as preview prints it; left out: asks."
)
@click.option("--on-close", is_flag=True, help="What its closed tickets come to, as close tells it.")
@who_and_why
@click.pass_obj
def approve(
    terminal: Terminal, customer: str, period: Period, digest: str, by: str, why: str, *, on_close: bool
) -> None:
    """Accept a period's statement. Any change before the close asks again."""
    with terminal.house(by) as house:
        shown: Preview | ClosedTickets | None
        if on_close:
            found = closed_tickets(open_account(house, customer))
            shown = next((one for one in found if one.period == period), None)
        else:
            shown = next(iter(statements.preview(house, period, [customer])), None)
        if shown is None or not shown.invoices:
            raise hall.Refusal(f"{customer}: nothing of {period} is open to approve")
        amount = net_of(shown.invoices)
        currency = shown.invoices[0].currency
        net = f"{money(amount, currency)} {currency}"
        if not digest:
            question = f"Approve statement {shown.digest[:12]} of {customer} {period}, net {net}?"
            demand_yes(question, f"name the statement that was seen: --digest {shown.digest[:12]}")
        elif not shown.digest.startswith(digest):
            raise hall.Refusal(f"the statement is now {shown.digest[:12]}, net {net}; look at the preview")
    target = ON_CLOSE if on_close else ""
    facts = {"customer": customer, "period": period, "digest": shown.digest, "amount": amount}
    _decide(terminal, Kind.APPROVE, by, why, target=target, **facts)


@command(
    "accept",
    example="deskbill decide accept db-2026-0007 --why 'corrected in the books on purpose'",
    under=decide,
)
@click.argument("target", metavar="REFERENCE|CUSTOMER/PERIOD")
@who_and_why
@click.pass_obj
def accept(terminal: Terminal, target: str, by: str, why: str) -> None:
    """Let a difference stand.

    For a document: what the books hold under its reference is taken for good. For CUSTOMER/PERIOD: a
    difference that no work made, such as that of an edited file, is billed.
    """
    if "/" in target:
        _decide(terminal, Kind.ACCEPT, by, why, target=target, customer=target.partition("/")[0])
        return
    with terminal.house(by) as house:
        settle.accept(house, target, by, why)
    terminal.show(f"{target} is accepted as the books hold it", {"accepted": target})


@command(
    "rebill",
    example="deskbill decide rebill db-2026-0007 --why 'cancelled in the books by mistake'",
    under=decide,
)
@click.argument("target", metavar="REFERENCE")
@who_and_why
@click.pass_obj
def rebill(terminal: Terminal, target: str, by: str, why: str) -> None:
    """Let a document be due again, under a new reference.

    For what is gone from the books, or was cancelled or changed there.
    """
    with terminal.house(by) as house:
        reference = settle.rebill(house, target, by, why)
    terminal.show(f"{target} is due again as {reference}", {"rebilled": target, "reference": reference})


@command("undo", example="deskbill decide undo D-17 --why 'wrong ticket'", under=decide)
@click.argument("decision", metavar="DECISION")
@who_and_why
@click.pass_obj
def undo(terminal: Terminal, decision: str, by: str, why: str) -> None:
    """Take a decision back. Possible until the close of what it concerns."""
    _decide(terminal, Kind.UNDO, by, why, undoes=decision)


@command("list", example="deskbill decide list", under=decide)
@click.option("--customer", help="Only what concerns this customer.")
@click.pass_obj
def list_(terminal: Terminal, customer: str | None) -> None:
    """List all decisions, oldest first. What was undone stays in the list."""
    with terminal.house() as house:
        found = standing.decisions(house)
    undone = {decision.undoes for decision in found}
    rows = [
        decision_row(decision, undone=decision.id in undone)
        for decision in found
        if customer in (None, decision.customer)
    ]
    terminal.show(rows_text(rows, "No decisions"), plain(rows))


@command(
    "opening", example="deskbill opening acme --allowance phone --time 3h --until 2026-06 --why 'old system'"
)
@click.argument("customer")
@click.option("--allowance", default="", help="The allowance or block whose unused rest is taken over.")
@click.option("--time", "seconds", type=DURATION, help="Unused time, as 3h30m.")
@click.option("--until", type=PERIOD, help="The last period in which that rest can be used.")
@click.option(
    "--amount", type=AMOUNT, help="Unused calls or money; without --allowance: a net amount to bill."
)
@who_and_why
@click.pass_obj
def opening(terminal: Terminal, /, customer: str, by: str, why: str, **fields: Any) -> None:
    """Take over a balance at the start.

    The unused rest of an allowance or block, or an amount that was carried over, for the first invoice.
    """
    _decide(terminal, Kind.OPENING, by, why, customer=customer, **fields)


def _decide(terminal: Terminal, kind: Kind, by: str, why: str, **fields: Any) -> None:
    with terminal.house(by) as house:
        decision = hall.decide(house, Decision(id="", kind=kind, by=by, at=house.now(), why=why, **fields))
    terminal.show(f"{decision.id}: {kind.value} by {decision.by}", plain(decision))


COMMANDS = (decide, opening)
