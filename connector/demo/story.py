"""The main job, played through once: from two desks over a contract into a real Tryton, and corrected."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from connector.demo.folder import empty, furnish
from connector.demo.scenario import CUSTOMER, NAME, Desks, open_desks
from connector.demo.tryton_server import running_tryton
from connector.model.invoice import Invoice, Receipt
from connector.report.explain import explanation_text
from connector.report.invoices import invoice_text
from connector.report.positions import balance_text
from connector.report.preview import preview_text
from connector.report.words import money
from connector.simulators.server import serving
from connector.workflow.balance import balances
from connector.workflow.close import close_due
from connector.workflow.explain import explain
from connector.workflow.house import House, open_house
from connector.workflow.push import push
from connector.workflow.reconcile import reconcile
from connector.workflow.statements import preview
from connector.workflow.sync import sync

#: When the house looks at March, and when at April: the periods are due three days after their ends.
_EARLY_APRIL = datetime(2026, 4, 4, 9, tzinfo=UTC)
_EARLY_MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
_LATE_APRIL = datetime(2026, 4, 20, 9, tzinfo=UTC)

Say = Callable[[str], object]


class DemoFailedError(Exception):
    """A figure is not what the scenario must come to."""


@dataclass
class _Stage:
    """What the acts share."""

    say: Say
    told: Say  #: progress of what takes long
    desks: Desks
    phases: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def act(self, title: str) -> Iterator[None]:
        """Announce a phase and take its time."""
        self.say(f"\n== {title}")
        began = time.monotonic()
        yield
        self.phases.append((title, time.monotonic() - began))


def play(folder: Path, say: Say, told: Say) -> None:
    """Play the demo. Nothing runs on when it ends; its files stay in ``folder``.

    Args:
        folder: the demo's own; emptied first if an earlier demo wrote it.
        say: takes what the reader is to read.
        told: takes progress.

    Raises:
        NotOursError: the folder holds something else.
        TrytonUnavailableError: Tryton cannot be installed or started.
        DemoFailedError: a figure is wrong.
    """
    empty(folder)
    stage = _Stage(say=say, told=told, desks=open_desks())
    with ExitStack() as running:
        with stage.act("Two service desks and the books start on this machine"):
            zammad = running.enter_context(serving(stage.desks.zammad))
            say(f"Zammad at {zammad}")
            glpi = running.enter_context(serving(stage.desks.glpi))
            say(f"GLPI at {glpi}")
            tryton = running.enter_context(running_tryton(folder / "tryton", told))
            tryton.add_party(NAME)
            say(f"Tryton at {tryton.url}: a real ERP, with a chart of accounts and an empty sales journal")
            config = furnish(folder, zammad, glpi, tryton)
        _march(stage, config)
        _april(stage, config)
    _farewell(stage, config)


def _march(stage: _Stage, config: Path) -> None:
    with _house(config, _EARLY_APRIL) as house:
        with stage.act("4 April 2026: the work comes in from both desks"):
            _sync(stage, house)
        with stage.act("What March comes to"):
            stage.say(_preview(house))
        with stage.act("March closes, and its invoice is posted in Tryton"):
            document, receipt = _bill(stage, house, "525.00")
        with stage.act("The invoice as it stands in Tryton"):
            (stands,) = house.book(document.target).find(document.reference)
            stage.say(invoice_text(document, stands))
            stage.say(f"Tryton computed {stands.net} + {stands.tax} = {stands.gross}: the same to the cent")
            _demand(
                stands.gross == document.gross and stands.number == receipt.number, "Tryton's figures differ"
            )
        with stage.act("One line of it, explained to the cent"):
            position = next(line.position for line in document.lines if "75.00" in str(line.amount))
            for found in explain(house, f"{document.reference}:{position}"):
                stage.say(
                    explanation_text(
                        found.title,
                        found.line,
                        found.items,
                        found.amount,
                        found.currency,
                        proven=found.proven,
                    )
                )
                _demand(found.proven, "the line cannot be proven")


def _preview(house: House) -> str:
    (shown,) = preview(house, None, [CUSTOMER])
    return preview_text(
        NAME,
        shown.statement,
        shown.invoices,
        shown.problems,
        undivided=shown.undivided,
        due_on=shown.due_on,
        state=shown.state,
        digest=shown.digest,
    )


def _april(stage: _Stage, config: Path) -> None:
    with stage.act("20 April: people correct what was billed already"):
        stage.desks.correct_visit(_LATE_APRIL)
        stage.say("GLPI: the visit of 5 March took 2.5 h, not 3 h")
        stage.desks.delete_call(_LATE_APRIL)
        stage.say("Zammad: the call of 17 March was booked by mistake and is deleted")
    with _house(config, _EARLY_MAY) as house:
        with stage.act("4 May: April closes; March is not touched, its corrections are posted"):
            _sync(stage, house)
            document, receipt = _bill(stage, house, "-100.00")
            stage.say(invoice_text(document, receipt))
            amounts = sorted(str(line.amount) for line in document.lines)
            _demand(amounts == ["-25.00", "-75.00"], f"the corrections are {amounts}")
        with stage.act("Where the customer stands"):
            (position,) = balances(house, CUSTOMER)
            stage.say(balance_text(NAME, position))
        with stage.act("Desks, ledger and books are held against each other"):
            found = reconcile(house, reread=True)
            for difference in found.differences:
                stage.say(f"{difference.kind.value}: {difference.about}: {difference.message}")
            _demand(not found.differences and not found.unchecked, "they do not agree")
            stage.say("No difference: every entry, every document, every cent agrees")


@contextmanager
def _house(config: Path, now: datetime) -> Iterator[House]:
    house = open_house(config, actor="demo", now=lambda: now)
    try:
        yield house
    finally:
        house.close()


def _sync(stage: _Stage, house: House) -> None:
    for report in sync(house):
        if report.fault:
            raise report.fault
        counts = report.counts
        stage.say(
            f"{report.desk}: {report.tickets} tickets; entries: {counts.new} new, "
            f"{counts.changed} changed, {counts.deleted} deleted"
        )


def _bill(stage: _Stage, house: House, net: str) -> tuple[Invoice, Receipt]:
    """Close what is due, push it, and return the one document with its receipt."""
    closed = close_due(house)
    for one in closed:
        _demand(not one.skipped, f"{one.period} did not close: {one.skipped}")
        if not one.invoices:
            stage.say(f"{one.period} closes: nothing to bill")
    documents = [document for one in closed for document in one.invoices]
    _demand(len(documents) == 1 and str(documents[0].net) == net, f"not one document over {net}: {documents}")
    document = documents[0]
    for report in push(house, confirmed=True):
        if report.fault:
            raise report.fault
        _demand(all(not one.reason for one in report.documents), f"the books refuse: {report.documents}")
    (receipt,) = house.book(document.target).find(document.reference)
    kind = document.kind.value.replace("_", " ")
    stage.say(
        f"{document.reference}: {kind} over {money(document.net, document.currency)} {document.currency} net "
        f"is {receipt.state.value} in Tryton as number {receipt.number}"
    )
    return document, receipt


def _demand(held: bool, otherwise: str) -> None:
    if not held:
        raise DemoFailedError(otherwise)


def _farewell(stage: _Stage, config: Path) -> None:
    stage.say("\n== Done; nothing is left running")
    for title, seconds in stage.phases:
        stage.say(f"{seconds:7.1f} s  {title}")
    stage.say(f"{sum(seconds for _, seconds in stage.phases):7.1f} s  together")
    stage.say(f"\nLook around: {config.parent}")
    stage.say(f"  deskbill --config {config} report documents")
    stage.say(f"  deskbill --config {config} explain db-2026-0001")
    stage.say("Your own house: deskbill init my-house")
