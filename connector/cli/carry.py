"""Commands that carry work in from the desks and documents out to the books."""

import logging
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from connector.cli.faults import DIFFERS, FINE, told, worst
from connector.cli.statements import closed_data, closed_text
from connector.cli.terminal import LOG, Terminal, command, demand_yes
from connector.cli.usage import usage_code, usage_data, usage_text
from connector.daemon import Daemon
from connector.report.differences import problem_rows, rows_text
from connector.report.words import money, plain, problem_line, section
from connector.workflow import cycle as hall
from connector.workflow import push as sending
from connector.workflow import settle as settling
from connector.workflow import sync as pulling
from connector.workflow.cycle import CycleReport
from connector.workflow.house import House
from connector.workflow.push import BooksReport, Total, Unconfirmed
from connector.workflow.sync import DeskReport
from connector.workflow.usage import sync_usage


@command("sync", example="deskbill sync --desk zammad")
@click.option("--desk", "desks", multiple=True, help="Only this desk; may be given again.")
@click.option(
    "--sweep", is_flag=True, help="Read every ticket again, which finds deletions no desk announces."
)
@click.option(
    "--believe", is_flag=True, help="With --sweep: it is true that over half of the tickets are gone."
)
@click.pass_obj
def sync(terminal: Terminal, desks: tuple[str, ...], *, sweep: bool, believe: bool) -> int:
    """Bring in what changed at the desks and in the usage files (with --desk: at that desk only)."""
    if believe and not sweep:
        raise click.UsageError("--believe goes with --sweep")
    with terminal.house() as house, terminal.progress() as progress:
        if sweep:
            reports = pulling.sweep(house, desks or None, progress, believe=believe)
        else:
            reports = pulling.sync(house, desks or None, progress)
        used = () if desks else sync_usage(house)
    texts = [_desks_text(reports), usage_text(used)]
    terminal.show("\n\n".join(filter(None, texts)), [*_desks_data(reports), *usage_data(used)])
    return worst([desks_code(reports), usage_code(used)])


@command("push", example="deskbill push --yes")
@click.option("--yes", is_flag=True, help="Do not ask before the first push of an installation.")
@click.pass_obj
def push(terminal: Terminal, *, yes: bool) -> int:
    """Send the documents that wait to the books, each exactly once."""
    with terminal.house() as house:
        try:
            reports = _send(terminal, house, confirmed=yes)
        except Unconfirmed as first:
            _confirm(first.totals)
            reports = _send(terminal, house, confirmed=True)
    terminal.show(_books_text(reports), _books_data(reports))
    return books_code(reports)


def _send(terminal: Terminal, house: House, *, confirmed: bool) -> Sequence[BooksReport]:
    with terminal.progress() as progress:
        return sending.push(house, confirmed=confirmed, progress=progress)


def _confirm(totals: Iterable[Total]) -> None:
    click.echo("This is the first push of this installation. It would send:", err=True)
    for total in totals:
        gross = f"{money(total.gross, total.currency)} {total.currency}"
        click.echo(f"  {total.books}: {total.documents} documents, {gross} gross", err=True)
    demand_yes("Send them?", "say --yes")


@command("settle", example="deskbill settle db-2026-0007 --arrived 4711")
@click.argument("reference")
@click.option("--arrived", metavar="ID", help="It stands in the books under this id of theirs.")
@click.option("--not-arrived", is_flag=True, help="It is not in the books; it is due again.")
@click.pass_obj
def settle(terminal: Terminal, reference: str, arrived: str | None, *, not_arrived: bool) -> int:
    """Say whether a document arrived in the books.

    For a document that is held, or whose outcome is not known: look it up in the books first.
    """
    if not_arrived == (arrived is not None):
        raise click.UsageError("say exactly one of --arrived ID and --not-arrived")
    with terminal.house() as house:
        settled = settling.settle(house, reference, arrived)
    row = {"reference": reference, "status": settled.status.value, "reason": settled.reason}
    terminal.show(f"{reference} is now {settled.status.value}. {settled.reason}".rstrip(), row)
    return DIFFERS if settled.reason else FINE


def desks_code(reports: Iterable[DeskReport]) -> int:
    """Give the outcome of pulls an exit code."""
    return worst(
        told(report.fault).code if report.fault else DIFFERS if report.problems else FINE
        for report in reports
    )


def books_code(reports: Iterable[BooksReport]) -> int:
    """Give the outcome of a push an exit code."""
    return worst(
        told(report.fault).code
        if report.fault
        else DIFFERS
        if report.problems or any(document.reason for document in report.documents)
        else FINE
        for report in reports
    )


def _desks_data(reports: Sequence[DeskReport]) -> list[dict[str, Any]]:
    return [
        {
            "desk": report.desk,
            "tickets": report.tickets,
            **plain(report.counts),
            "complete": report.complete,
            "fault": str(report.fault) if report.fault else None,
            "problems": problem_rows(report.problems),
        }
        for report in reports
    ]


def _desks_text(reports: Sequence[DeskReport]) -> str:
    columns = ("desk", "tickets", "new", "changed", "deleted", "unchanged", "fault")
    rows = [{name: row[name] for name in columns} for row in _desks_data(reports)]
    problems = [problem_line(problem) for report in reports for problem in report.problems]
    return "\n".join([rows_text(rows, "No desks are configured"), *section("Problems", problems)])


def _books_data(reports: Sequence[BooksReport]) -> list[dict[str, Any]]:
    return [
        {
            "books": report.books,
            "documents": [
                {
                    "reference": document.reference,
                    "status": document.status.value,
                    "reason": document.reason,
                    "number": document.receipt.number if document.receipt else "",
                }
                for document in report.documents
            ],
            "left": report.left,
            "fault": str(report.fault) if report.fault else None,
            "problems": problem_rows(report.problems),
        }
        for report in reports
    ]


def _books_text(reports: Sequence[BooksReport]) -> str:
    lines = []
    for row in _books_data(reports):
        documents = [{"books": row["books"], **document} for document in row["documents"]]
        lines += [rows_text(documents, f"{row['books']}: nothing sent")]
        lines += [f"{row['books']}: {row['left']} left, {row['fault']}"] if row["fault"] else []
    problems = [problem_line(problem) for report in reports for problem in report.problems]
    return "\n".join([*(lines or ["Nothing waits for the books"]), *section("Problems", problems)])


@command("cycle", example="deskbill cycle")
@click.option("--yes", is_flag=True, help="Do not ask before the first push of an installation.")
@click.pass_obj
def cycle(terminal: Terminal, *, yes: bool) -> int:
    """Go one round, as the daemon does: push what is left, sync, close what is due, push."""
    with terminal.house() as house:
        with terminal.progress() as progress:
            report = hall.run(house, confirmed=yes, progress=progress)
        pushed = (*report.left, *report.pushed)
        if report.unconfirmed and sys.stdin.isatty():
            _confirm(report.unconfirmed)
            pushed = (*pushed, *_send(terminal, house, confirmed=True))
        unreadable = house.problems
    pulled = (*report.synced, *report.swept)
    asks = bool(report.unconfirmed) and not pushed
    _show_round(terminal, pulled, report, pushed, asks=asks)
    held = asks or unreadable or any(each.skipped or each.problems for each in report.closed)
    return worst(
        [desks_code(pulled), usage_code(report.usage), books_code(pushed), DIFFERS if held else FINE]
    )


def _show_round(
    terminal: Terminal,
    pulled: Sequence[DeskReport],
    report: CycleReport,
    pushed: Sequence[BooksReport],
    *,
    asks: bool,
) -> None:
    last = (
        "The first push of an installation needs a person's yes: deskbill push"
        if asks
        else _books_text(pushed)
    )
    texts = [_desks_text(pulled), usage_text(report.usage), *map(closed_text, report.closed), last]
    data = {
        "sync": _desks_data(pulled),
        "usage": usage_data(report.usage),
        "close": [*map(closed_data, report.closed)],
        "push": _books_data(pushed),
        "unconfirmed": asks,
    }
    terminal.show("\n\n".join(filter(None, texts)), data)


@command("daemon", example="deskbill daemon")
@click.pass_obj
def daemon(terminal: Terminal) -> None:
    """Go rounds by the clock until SIGTERM or SIGINT; the log goes to standard error."""
    logging.basicConfig(level=logging.WARNING if terminal.quiet else logging.INFO, format=LOG, force=True)
    Daemon(terminal.config).serve()


COMMANDS = (sync, push, settle, cycle, daemon)
