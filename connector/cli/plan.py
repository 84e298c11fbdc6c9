"""Commands for contracts as code: what edits change in money, and what another contract would have billed."""

from pathlib import Path

import click

from connector.cli.contract import contract
from connector.cli.faults import CONFIGURATION, DIFFERS, FINE
from connector.cli.terminal import Terminal, command
from connector.cli.values import PERIOD
from connector.http import ConfigError
from connector.model.change import Comparison
from connector.model.period import Period
from connector.workflow.house import House

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command("plan", example="deskbill contract plan acme --base main --markdown", under=contract)
@click.argument("customers", nargs=-1)
@click.option(
    "--base", metavar="REVISION", help="What the files are held against (default: HEAD, the last commit)."
)
@click.option("--old", type=_FILE, help="A customer file; with --new, in place of a revision.")
@click.option("--new", type=_FILE, help="A customer file of the same customer.")
@click.option(
    "--months",
    type=click.IntRange(0),
    default=12,
    show_default=True,
    help="How far back closed periods are rated, too.",
)
@click.option(
    "--lines",
    "most",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="So many lines of a period are shown, the largest differences first; with --json all.",
)
@click.option("--markdown", is_flag=True, help="Answer as Markdown, for a pull request.")
@click.pass_obj
def plan(
    terminal: Terminal,
    customers: tuple[str, ...],
    base: str | None,
    old: Path | None,
    new: Path | None,
    months: int,
    most: int,
    markdown: bool,
) -> int:
    """Show what edits of the files change in money; nothing is written.

    Open periods, and closed ones as if the files had held for them. Exit codes: 0 no amount differs,
    1 some do, 2 a customer file cannot be read.
    """
    from connector.report.plan import comparison_data, comparison_text
    from connector.report.plan_markdown import comparison_markdown

    if (old is None) != (new is None) or (old and base):
        raise click.UsageError("--old and --new stand together, and without --base")
    with terminal.house(tell=False) as house:
        found = _planned(house, customers, base or "HEAD", old, new, months)
        broken = any(problem.source for problem in house.problems)
    text = (comparison_markdown if markdown else comparison_text)(found, most=most)
    terminal.show(text, comparison_data(found))
    return CONFIGURATION if broken else DIFFERS if found.differs or found.problems else FINE


def _planned(
    house: House, customers: tuple[str, ...], base: str, old: Path | None, new: Path | None, months: int
) -> Comparison:
    from connector.workflow.plan import plan
    from connector.workflow.sides import of_files, since

    if old and new:
        return plan(of_files(house, old, new), customers, months)
    with since(house, base) as sides:
        return plan(sides, customers, months)


@command("backtest", example="deskbill contract backtest acme --from 2026-01 --to 2026-06", under=contract)
@click.argument("customers", nargs=-1)
@click.option("--from", "first", type=PERIOD, required=True, help="The first period.")
@click.option("--to", "last", type=PERIOD, required=True, help="The last period.")
@click.option(
    "--contract",
    "file",
    type=_FILE,
    help="A customer file whose terms are tried, on the customers named or on its own.",
)
@click.option("--all", "everybody", is_flag=True, help="Try the --contract on all customers.")
@click.option("--lines", is_flag=True, help="Show the lines that differ, too; with --json they always stand.")
@click.pass_obj
def backtest(
    terminal: Terminal,
    customers: tuple[str, ...],
    first: Period,
    last: Period,
    file: Path | None,
    everybody: bool,
    lines: bool,
) -> int:
    """Rate past work by a contract, and hold it against what was billed; nothing is written.

    Without --contract by the customer files as they stand. Exit codes: 0 it comes to what was billed,
    1 it does not, 2 a customer file cannot be read.
    """
    from connector.report.plan import comparison_data, comparison_text
    from connector.workflow.backtest import backtest

    if last < first:
        raise ConfigError(f"--to {last} lies before --from {first}")
    with terminal.house(tell=False) as house:
        names = sorted(house.customers) if everybody else customers
        found = backtest(house, first.start, last.last_day, names, file)
    terminal.show(comparison_text(found, most=None if lines else 0), comparison_data(found))
    return CONFIGURATION if found.problems else DIFFERS if found.differs else FINE


COMMANDS: tuple[click.Command, ...] = ()  # both stand under "contract"
