"""Commands for the ledger's upkeep: backup, upgrade, purge, forget."""

from datetime import UTC, datetime
from pathlib import Path

import click

from connector.cli.faults import DIFFERS, FINE
from connector.cli.terminal import Terminal, command, demand_yes
from connector.workflow import upkeep


@command("backup", example="deskbill backup /var/backups/deskbill-2026-04-01.sqlite")
@click.argument("to", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(terminal: Terminal, to: Path) -> None:
    """Copy the whole database, even while it is in use."""
    with terminal.house() as house:
        upkeep.backup(house, to)
    terminal.show(f"Backed up to {to}", {"backup": str(to)})


@click.group("db")
def database() -> None:
    """Look after the database itself."""


@command("upgrade", example="deskbill db upgrade", under=database)
@click.pass_obj
def upgrade(terminal: Terminal) -> None:
    """Bring an older database up to date, after backing it up beside itself."""
    copy = upkeep.upgrade(terminal.config, datetime.now(UTC))
    terminal.show(
        f"Upgraded; the backup made before is {copy}" if copy else "The database is up to date",
        {"backup": str(copy) if copy else None},
    )


@command("purge", example="deskbill purge")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def purge(terminal: Terminal, *, yes: bool) -> None:
    """Remove old raw records and notes.

    Older than the configuration's `retention`; no document is touched.
    """
    with terminal.house() as house:
        if not yes:
            demand_yes("Remove old raw records and notes for good?", "say --yes")
        gone = upkeep.purge(house)
    terminal.show(
        f"Removed {gone.raw} raw records, blanked {gone.notes} notes", {"raw": gone.raw, "notes": gone.notes}
    )


@command("forget", example="deskbill forget zammad 17 --yes")
@click.argument("desk")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(terminal: Terminal, desk: str, person: str, *, yes: bool) -> int:
    """Blank a person's name everywhere. PERSON is the desk's own id."""
    with terminal.house() as house:
        if not yes:
            demand_yes(f"Blank the name of {desk}'s person {person} for good?", "say --yes")
        known = upkeep.forget(house, desk, person)
    whom = f"{desk}'s person {person}"
    terminal.show(f"{whom} is {'blanked' if known else 'not known here'}", {"forgotten": known})
    return FINE if known else DIFFERS


COMMANDS = (backup, database, purge, forget)
