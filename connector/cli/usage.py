"""Commands for usage files: bring them in, try a mapping on one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from connector.cli.faults import DIFFERS, FINE
from connector.cli.terminal import Terminal, command
from connector.report.differences import problem_rows, rows_text
from connector.report.words import number, plain, problem_line, section
from connector.workflow import usage as bringing
from connector.workflow.usage import UsageReport
from connector.workflow.usage_trial import Trial, tried

_SHOWN = 10  # records that a trial shows; --json has all


@click.group("usage")
def usage() -> None:
    """Licences, telephony, storage and parts from files."""


@command("sync", example="deskbill usage sync --source licences", under=usage)
@click.option("--source", "sources", multiple=True, help="Only this source; may be given again.")
@click.option("--believe", is_flag=True, help="It is true that over half of a file's records are gone.")
@click.pass_obj
def sync(terminal: Terminal, sources: tuple[str, ...], *, believe: bool) -> int:
    """Bring in what is new, changed or gone in the usage files."""
    with terminal.house() as house:
        reports = bringing.sync_usage(house, sources or None, believe=believe)
    terminal.show(usage_text(reports) or "No usage sources are configured", usage_data(reports))
    return usage_code(reports)


@command("check", example="deskbill usage check usage/licences/2026-03.csv --source licences", under=usage)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="The source whose mapping is tried.")
@click.pass_obj
def check(terminal: Terminal, file: Path, source: str) -> int:
    """Try a mapping on a file, and keep nothing.

    It shows what the records say in the contract's words, whose they are, and what is wrong.
    """
    with terminal.house() as house:
        found = tried(house, file, source)
    rows = [_row(each) for each in found.records]
    left = len(rows) - _SHOWN
    terminal.show(
        "\n".join(
            [
                f"{file}: {len(rows)} records",
                *([rows_text(rows[:_SHOWN], "")] if rows else []),
                *([f"... and {left} more"] if left > 0 else []),
                *section("Problems", [problem_line(problem) for problem in found.problems]),
            ]
        ),
        {"file": str(file), "records": rows, "problems": problem_rows(found.problems)},
    )
    return DIFFERS if found.problems else FINE


def _row(each: Trial) -> dict[str, Any]:
    record = each.record
    return {
        "record": record.key,
        "customer": each.customer,
        "quantity": f"{number(record.quantity)} {record.unit}",
        "from": plain(record.start),
        "to": plain(record.end),
        "facets": ", ".join(f"{name} {word}" for name, word in record.facets.items()),
        "ticket": record.ticket or record.number,
    }


def usage_code(reports: Sequence[UsageReport]) -> int:
    """Give the reading of usage files an exit code."""
    return DIFFERS if any(report.problems for report in reports) else FINE


def usage_data(reports: Sequence[UsageReport]) -> list[dict[str, Any]]:
    """Give what reading usage files did as data."""
    return [
        {
            "source": report.source,
            "files": report.files,
            "read": report.read,
            **plain(report.counts),
            "problems": problem_rows(report.problems),
        }
        for report in reports
    ]


def usage_text(reports: Sequence[UsageReport]) -> str:
    """Write what reading usage files did; empty: there are no sources."""
    columns = ("source", "files", "read", "new", "changed", "deleted", "unchanged")
    rows = [{name: row[name] for name in columns} for row in usage_data(reports)]
    problems = [problem_line(problem) for report in reports for problem in report.problems]
    return "\n".join([rows_text(rows, ""), *section("Problems", problems)]).strip()


COMMANDS = (usage,)
