"""Commands about statements: preview, balance, close, what is owed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import click

from connector.cli.faults import DIFFERS, FINE
from connector.cli.terminal import Terminal, command
from connector.cli.values import PERIOD
from connector.model.period import Period
from connector.model.statement import Fate
from connector.model.usage import UsageRow
from connector.model.work import WorkEntry
from connector.report.differences import problem_rows
from connector.report.invoices import invoice_data, invoice_text, invoices_data, invoices_text
from connector.report.positions import balance_data, balance_text, owed_data, owed_text
from connector.report.preview import preview_data, preview_text
from connector.report.seconds import seconds_data, seconds_text
from connector.report.words import clean, duration, plain, problem_line, section
from connector.workflow import balance as balances
from connector.workflow import close as closing
from connector.workflow import conservation, standing, statements
from connector.workflow.close import Closed
from connector.workflow.statements import Preview
from connector.workflow.usage import house_usage

T = TypeVar("T")


class Unowned(Protocol):
    """Work of which nobody knows whose it is."""

    @property
    def entry(self) -> WorkEntry:
        """The work."""

    @property
    def first_owner(self) -> Mapping[str, str]:
        """Who pays, in the desk's words."""


class Unknown(Protocol):
    """Usage of which nobody knows whose it is."""

    @property
    def row(self) -> UsageRow:
        """The record."""


@command("preview", example="deskbill preview acme --period 2026-03")
@click.argument("customers", nargs=-1)
@click.option("--period", type=PERIOD, help="Which period (default: each customer's next one to close).")
@click.pass_obj
def preview(terminal: Terminal, customers: tuple[str, ...], period: Period | None) -> int:
    """Show what a close now would bill.

    And what is included or free, what is held and why, how allowances stand, and what must be mended.
    """
    with terminal.house() as house:
        found = statements.preview(house, period, customers or None)
        unowned, seconds = statements.house_statement(house)
        nobodys = house_usage(house)
        unreadable = house.problems
        names = {each.customer: house.customer(each.customer).name for each in found}
    texts = [_shown(preview_text, names[each.customer], each) for each in found]
    data = [_shown(preview_data, names[each.customer], each) for each in found]
    if unowned:
        texts.append(_unowned_text(unowned, seconds))
    if nobodys:
        texts.append(_nobodys_text(nobodys))
    terminal.show(
        "\n\n".join(texts) or "Nothing is open: the period is closed, or billing has not begun",
        {
            "previews": data,
            "unowned": [_unowned_data(each) for each in unowned],
            "unowned_usage": [_nobodys_data(each) for each in nobodys],
            "problems": problem_rows(unreadable),
        },
    )
    held = any(item.fate is Fate.HELD for each in found for item in each.statement.items)
    wrong = any(each.problems or each.statement.problems for each in found)
    held = held or any(each.fate is Fate.HELD for shown in found for each in shown.statement.usage)
    return DIFFERS if unowned or nobodys or held or wrong or unreadable else FINE


def _shown(report: Callable[..., T], name: str, each: Preview) -> T:
    facts = (name, each.statement, each.invoices, each.problems)
    return report(*facts, undivided=each.undivided, due_on=each.due_on, state=each.state, digest=each.digest)


def _unowned_text(unowned: Sequence[Unowned], seconds: int) -> str:
    head = f"Work of no known customer, held: {len(unowned)} entries, {duration(seconds)}"
    rows = [f"  {each.entry.key} on {each.entry.worked_on}: {_words(each.first_owner)}" for each in unowned]
    return "\n".join([head, *rows])


def _unowned_data(each: Unowned) -> dict[str, Any]:
    return {
        "work": each.entry.key,
        "on": plain(each.entry.worked_on),
        "seconds": each.entry.seconds,
        "owner": dict(each.first_owner),
    }


def _nobodys_text(records: Sequence[Unknown]) -> str:
    head = f"Usage of no known customer, held: {len(records)} records"
    rows = [f"  {each.row.key} from {each.row.start}: {_words(each.row.owner)}" for each in records]
    return "\n".join([head, *rows])


def _nobodys_data(each: Unknown) -> dict[str, Any]:
    row = each.row
    return {
        "record": row.key,
        "from": plain(row.start),
        "quantity": plain(row.quantity),
        "owner": dict(row.owner),
    }


def _words(owner: Mapping[str, str]) -> str:
    return ", ".join(f"{name} '{clean(word)}'" for name, word in owner.items()) or "the desk names nobody"


@command("balance", example="deskbill balance acme")
@click.argument("customer", required=False)
@click.pass_obj
def balance(terminal: Terminal, customer: str | None) -> None:
    """Show where each customer stands at this moment."""
    with terminal.house() as house:
        found = balances.balances(house, customer)
        names = {each.customer: house.customer(each.customer).name for each in found}
    terminal.show(
        "\n\n".join(balance_text(names[each.customer], each) for each in found),
        [balance_data(each.customer, each) for each in found],
    )


@command("close", example="deskbill close --period 2026-03")
@click.argument("customers", nargs=-1)
@click.option("--period", type=PERIOD, help="This period, due or not.")
@click.pass_obj
def close(terminal: Terminal, customers: tuple[str, ...], period: Period | None) -> int:
    """Close what is due, or the period named.

    Its documents are stored and wait for the push. Periods before it that are still open close first.
    Customers with 'cycle: on_close' are billed for the tickets that were closed.
    """
    with terminal.house() as house:
        by_hand = period or customers
        found = closing.close(house, period, customers) if by_hand else closing.close_due(house)
        unreadable = house.problems
    terminal.show("\n\n".join(map(closed_text, found)) or "Nothing is due", [*map(closed_data, found)])
    return DIFFERS if unreadable or any(each.skipped or each.problems for each in found) else FINE


def closed_text(each: Closed) -> str:
    """Write what became of a customer's period."""
    outcome = f"{each.customer} {each.period}: {each.skipped or 'closed, nothing to bill'}"
    head = "\n\n".join(map(invoice_text, each.invoices)) or outcome
    return "\n".join([head, *section("Problems", [problem_line(problem) for problem in each.problems])])


def closed_data(each: Closed) -> dict[str, Any]:
    """Give what became of a customer's period as data."""
    return {
        "customer": each.customer,
        "period": str(each.period),
        "skipped": each.skipped,
        "early": each.early,
        "invoices": [*map(invoice_data, each.invoices)],
        "problems": problem_rows(each.problems),
    }


@click.group("report")
def report() -> None:
    """Lists across all customers."""


@command("owed", example="deskbill report owed --period 2026-03", under=report)
@click.option("--period", type=PERIOD, required=True)
@click.pass_obj
def owed(terminal: Terminal, period: Period) -> None:
    """List what the contracts owe the customers and was not delivered."""
    with terminal.house() as house:
        rows = balances.owed(house, period)
    terminal.show(owed_text(rows), owed_data(rows))


@command("seconds", example="deskbill report seconds", under=report)
@click.pass_obj
def seconds(terminal: Terminal) -> int:
    """Show where every second of work and every usage record ended.

    One row for each customer, and one for work of nobody known. Nothing may be unaccounted for.
    """
    with terminal.house() as house:
        found = conservation.conservation(house)
    terminal.show(seconds_text(found), seconds_data(found))
    held = any(each.seconds["held"] or each.usage["held"] for each in found)
    return DIFFERS if held or any(each.lost for each in found) else FINE


@command("documents", example="deskbill report documents acme", under=report)
@click.argument("customer", required=False)
@click.pass_obj
def documents(terminal: Terminal, customer: str | None) -> None:
    """List all invoices and credit notes with how far each has come."""
    with terminal.house() as house:
        found = standing.documents(house, customer)
    terminal.show(invoices_text(found), invoices_data(found))


COMMANDS = (preview, balance, close, report)
