"""Commands to begin with: make a folder, check it, list the adapters."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import click

from connector.cli.contract import examined, findings_data, findings_text
from connector.cli.faults import DIFFERS, FINE, FORESEEN, told, worst
from connector.cli.terminal import Terminal, command
from connector.config.check import Findings
from connector.config.resources import packaged
from connector.http import ConfigError
from connector.model.problem import Problem
from connector.report.differences import problem_rows, rows_text
from connector.report.words import problem_line, section
from connector.workflow import upkeep
from connector.workflow.docks import Group, adapter_of
from connector.workflow.docks import adapters as installed
from connector.workflow.house import House

KINDS: tuple[Group, ...] = ("desks", "books")


@command("init", example="deskbill init billing")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.pass_obj
def init(terminal: Terminal, folder: Path) -> None:
    """Make a folder to begin in.

    It gets a configuration to fill in, mappings, a place for customer files, and the database. Nothing
    that is there already is overwritten; where only the database lacks, that is made.
    """
    config = folder / "config.yaml"
    if config.exists() and not upkeep.database(config).exists():
        database = upkeep.found(config)
        text = f"Made the database {database}; all else is there already"
        terminal.show(text, {"config": str(config), "database": str(database)})
        return
    for made in (config, folder / "customers", folder / "mappings"):
        if made.exists():
            raise ConfigError(f"{made} is there already; nothing was changed")
    for empty in ("customers", "invoices"):
        (folder / empty).mkdir(parents=True, exist_ok=True)
    for kind in ("desks", "books", "usage"):
        shutil.copytree(packaged(kind), folder / "mappings" / kind)
    shutil.copyfile(packaged("config.example.yaml"), config)
    database = upkeep.found(config)
    terminal.show(
        f"Made {config} (fill it in), {folder / 'customers'}, {folder / 'mappings'} and {database}.\n"
        f"Next: deskbill contract new NAME --dir {folder / 'customers'}\n"
        f"Then: deskbill check --config {config}",
        {"config": str(config), "database": str(database)},
    )


@command("adapters", example="deskbill adapters")
@click.pass_obj
def adapters(terminal: Terminal) -> None:
    """List the installed adapters and how far each is proven."""
    rows = [
        {
            "kind": kind,
            "name": name,
            "proof": _proof(kind, name),
            "module": entry.value,
            "package": entry.dist.name if entry.dist else "",
        }
        for kind in KINDS
        for name, entry in sorted(installed(kind).items())
    ]
    terminal.show(rows_text(rows, "No adapters are installed"), rows)


def _proof(kind: Group, name: str) -> str:
    try:
        return str(getattr(adapter_of(kind, name), "PROOF", "not said"))
    except ConfigError as error:
        return str(error)


@command("check", example="deskbill check")
@click.option("--offline", is_flag=True, help="Only the files; log in nowhere.")
@click.pass_obj
def check(terminal: Terminal, *, offline: bool) -> int:
    """Check all files, and log in at each desk and at the books."""
    found = examined(terminal.config)
    with terminal.house() as house:
        docks = [] if offline else [_dock(house, kind, name) for kind, name in _docks(house)]
        found = Findings(list(dict.fromkeys([*found.errors, *house.problems])), found.warnings)
    rows = [dock.row for dock in docks]
    told_of = [problem for dock in docks for problem in dock.problems]
    terminal.show(
        "\n".join(
            [
                f"{terminal.config}: {len(house.customers)} customers, {len(house.settings.desks)} desks, "
                f"{len(house.settings.books)} books",
                *([rows_text(rows, "")] if rows else []),
                *section("Desks and books say", [problem_line(problem) for problem in told_of]),
                *findings_text(found),
            ]
        ),
        {
            "customers": sorted(house.customers),
            "docks": rows,
            "problems": problem_rows(told_of),
            **findings_data(found),
        },
    )
    return worst([*(dock.code for dock in docks), DIFFERS if told_of or found.errors else FINE])


class _Dock(NamedTuple):
    code: int
    row: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def _docks(house: House) -> list[tuple[Group, str]]:
    return [
        *(("desks", name) for name in house.settings.desks),
        *(("books", name) for name in house.settings.books),
    ]


def _dock(house: House, kind: Group, name: str) -> _Dock:
    row = {"kind": kind, "name": name, "product": "", "version": "", "says": "fine"}
    try:
        if kind == "desks":
            desk = house.desk(name).check()
            return _Dock(FINE, {**row, "product": desk.product, "version": desk.version}, desk.problems)
        books = house.book(name).check()
    except FORESEEN as error:
        code, message = told(error)
        return _Dock(code, {**row, "says": message})
    says = f"fine; taxes are rounded by {books.tax_rounding}"
    row |= {"product": books.product, "version": books.version, "says": says}
    return _Dock(FINE, row, books.problems)


COMMANDS = (init, check, adapters)
