"""Commands that look over the whole: status for monitoring, reconciliation of desk, ledger and books."""

from typing import Any

import click

from connector.cli.faults import DIFFERS, FINE, told, worst
from connector.cli.terminal import Terminal, command
from connector.cli.values import DURATION
from connector.report.differences import problem_rows, rows_text
from connector.report.invoices import invoices_data, invoices_text
from connector.report.words import plain, problem_line, section
from connector.workflow import reconcile as comparing
from connector.workflow import standing


@command("status", example="deskbill status --within 2h")
@click.option(
    "--within", type=DURATION, default="1d", show_default=True, help="A good cycle is expected this often."
)
@click.pass_obj
def status(terminal: Terminal, within: int) -> int:
    """Tell how the house stands, for monitoring.

    When a cycle last went well, what waits for the books, and what a person must look at (exit code 1).
    """
    with terminal.house() as house:
        now = standing.standing(house, within)
    lines = [
        f"Last good cycle: {_moment(now.last_cycle)}{' (late)' if now.late else ''}",
        *(f"Desk {name}: {_synced(until)}" for name, until in now.synced.items()),
        *section("Waits for the books", invoices_text(now.waits).splitlines() if now.waits else []),
        *section("Held", invoices_text(now.held).splitlines() if now.held else []),
        *section("Problems", [problem_line(problem) for problem in now.problems]),
    ]
    data = {
        "last_cycle": plain(now.last_cycle),
        "late": now.late,
        "synced": plain(now.synced),
        "waits": invoices_data(now.waits),
        "held": invoices_data(now.held),
        "problems": problem_rows(now.problems),
    }
    terminal.show("\n".join(lines), data)
    return DIFFERS if now.late or now.held or now.problems else FINE


def _synced(until: Any) -> str:
    return f"everything up to {_moment(until)} is in" if until else "never synced; run deskbill sync"


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}" if at else "never"


@command("reconcile", example="deskbill reconcile --sweep")
@click.option(
    "--fix",
    is_flag=True,
    help="Take over what the books say of a document that stands as we meant it; hold the others.",
)
@click.option("--sweep", is_flag=True, help="Also read every ticket of every desk again.")
@click.pass_obj
def reconcile(terminal: Terminal, *, fix: bool, sweep: bool) -> int:
    """Compare desks, ledger and books, and name each difference.

    A person then decides `rebill` or `accept`; with a difference the exit code is 1.
    """
    with terminal.house() as house, terminal.progress() as progress:
        found = comparing.reconcile(house, fix=fix, reread=sweep, progress=progress)
    rows = [plain(difference) for difference in found.differences]
    adopted = [{"reference": each.reference, "status": each.status.value} for each in found.adopted]
    unchecked = {name: str(why) for name, why in found.unchecked.items()}
    lines = [
        rows_text(rows, "Desks, ledger and books agree" if not unchecked else "No difference where compared"),
        *section("Adopted from the books", [f"  {row['reference']}: {row['status']}" for row in adopted]),
        *section("Not compared", [f"  {name}: {why}" for name, why in unchecked.items()]),
    ]
    terminal.show("\n".join(lines), {"differences": rows, "adopted": adopted, "unchecked": unchecked})
    faults = [told(why).code for why in found.unchecked.values() if not isinstance(why, str)]
    return worst([*faults, DIFFERS if rows or unchecked else FINE])


COMMANDS = (status, reconcile)
