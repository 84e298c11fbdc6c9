"""Reports on who and what the money is for: costs by person or item, trends, profit."""

from collections.abc import Callable

import click

from connector.cli.statements import report
from connector.cli.terminal import Terminal, command
from connector.cli.values import PERIOD
from connector.model.period import Period, month_of, months_later
from connector.report.costs import (
    By,
    Per,
    costs,
    profits,
    profits_data,
    profits_text,
    sums_data,
    sums_text,
    trends,
)
from connector.workflow.taken import taken

_WORDS = ("person", "item", "cost_centre", "article", "service")


def _by(default: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    text = "What the money is told by."
    return click.option("--by", type=click.Choice(_WORDS), default=default, show_default=True, help=text)


@command("usage", example="deskbill report usage --period 2026-03 --by cost_centre", under=report)
@click.argument("customers", nargs=-1)
@click.option("--period", type=PERIOD, required=True)
@_by("person")
@click.pass_obj
def usage(terminal: Terminal, customers: tuple[str, ...], period: Period, by: By) -> None:
    """Tell what each person, item or cost centre of a customer costs.

    Work and usage go to whom their mapping names; fees and discounts are nobody's in particular.
    """
    with terminal.house() as house:
        rows = costs(taken(house, period, customers or None), by)
    terminal.show(sums_text(rows, (by.replace("_", " ").capitalize(),)), sums_data(rows, (by,)))


@command("trends", example="deskbill report trends acme --months 12 --by service", under=report)
@click.argument("customers", nargs=-1)
@click.option("--months", type=click.IntRange(1, 120), default=12, show_default=True, help="Up to this one.")
@_by("service")
@click.pass_obj
def trends_(terminal: Terminal, customers: tuple[str, ...], months: int, by: By) -> None:
    """Tell month by month what was used and worked, by service, person or article."""
    with terminal.house() as house:
        month = month_of(house.today())
        rows = trends(
            taken(house, Period(months_later(month.start, 1 - months), month.end), customers or None), by
        )
    names = ("month", by)
    terminal.show(
        sums_text(rows, [name.replace("_", " ").capitalize() for name in names]), sums_data(rows, names)
    )


@command("profit", example="deskbill report profit --period 2026-03 --per contract", under=report)
@click.argument("customers", nargs=-1)
@click.option("--period", type=PERIOD, required=True)
@click.option(
    "--per",
    type=click.Choice(["customer", "contract", "ticket"]),
    default="customer",
    show_default=True,
    help="What revenue and cost are told by.",
)
@click.pass_obj
def profit(terminal: Terminal, customers: tuple[str, ...], period: Period, per: Per) -> None:
    """Hold revenue against cost: included and free work too, at what a technician's hour costs the house.

    The costs stand under 'technicians' in the configuration, those of usage in its files.
    """
    with terminal.house() as house:
        rows = profits(taken(house, period, customers or None), per)
    terminal.show(profits_text(rows, per), profits_data(rows, per))


COMMANDS: tuple[click.Command, ...] = ()  # they stand in the group that `statements` makes
