"""A house between two desks and simulated books that outlive it, set back to its start for every crash."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from connector.demo.folder import furnish
from connector.demo.scenario import CUSTOMER, NAME, Desks, open_desks
from connector.demo.tryton_server import TrytonServer
from connector.simulators.books import SimulatedBooks
from connector.simulators.server import serving
from connector.store import ledger
from connector.store.engine import open_store
from connector.store.nouns import Status
from connector.store.work import work_between

APRIL = datetime(2026, 4, 4, 9, tzinfo=UTC)  #: March is closed on this day
MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
#: The dead process's lease has run out, its request may still be under way; then that is over, too.
LEASE_OVER, REQUEST_OVER = timedelta(seconds=150), timedelta(seconds=330)
KILLED = -9
CREATE = "POST /tryton/rpc/ model.account.invoice.create"
POST = "POST /tryton/rpc/ model.account.invoice.post"
_ROOT = Path(__file__).parents[2]
#: What differs between two rounds that change nothing: when they were.
_PASSING = ("events", "leases", "cursors")
_COLUMNS = {"leases": "since, until"}
_FOLDER = "books:\n  files: {adapter: folder, options: {path: handed-over}}\n"

Document = tuple[str, str, str, str, str]  # reference, state, net, tax, gross


class Lived(NamedTuple):
    """One process's life."""

    points: list[str]  #: passed, in order
    exit: int  #: 0: a good round; negative: the signal that killed it


class Outcome(NamedTuple):
    """What everything has come to."""

    books: list[Document]
    ledger: list[Document]
    work: list[tuple[str, int]]  #: desk and seconds of every entry
    closed: Mapping[str, str]  #: net by period


_INVOICE = ("db-2026-0001", "posted", "525.00", "99.75", "624.75")
_CREDIT_NOTE = ("db-2026-0002", "posted", "-100.00", "-19.00", "-119.00")
_MARCH_WORK = [("glpi", 7200), ("glpi", 10800), ("glpi", 10800), ("zammad", 10800), ("zammad", 10800)]
_APRIL_WORK = [("glpi", 7200), ("glpi", 9000), ("glpi", 10800), ("zammad", 10800)]

MARCH_OUTCOME = Outcome(books=[_INVOICE], ledger=[_INVOICE], work=_MARCH_WORK, closed={"2026-03": "525.00"})
APRIL_OUTCOME = Outcome(
    books=[_INVOICE, _CREDIT_NOTE],
    ledger=[_INVOICE, _CREDIT_NOTE],
    work=_APRIL_WORK,
    closed={"2026-03": "525.00", "2026-04": "0"},
)
FILES_OUTCOME = Outcome(
    books=[("db-2026-0001", "handed over", *_INVOICE[2:])],
    ledger=[("db-2026-0001", "pushed", *_INVOICE[2:])],
    work=_MARCH_WORK,
    closed={"2026-03": "525.00"},
)


@dataclass
class Nursery:
    """The process whose forks live and die."""

    process: "subprocess.Popen[str]"
    pid: int = 0  #: of the present life

    def run(self, config: Path, at: datetime, dies_at: int | None = None) -> Lived:
        """Go one round in a process of its own; ``dies_at``: number of the point at which it is killed."""
        assert self.process.stdin
        order = {"config": str(config), "at": at.isoformat(), "dies_at": dies_at}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        self.pid = self.says()
        return Lived(**self.says())

    def says(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())


@dataclass
class Remote:
    """The books' address: what answers there can be exchanged."""

    books: SimulatedBooks = field(default_factory=lambda: SimulatedBooks(parties=(NAME,)))

    def __call__(self, *request: Any) -> Any:
        return self.books(*request)


@dataclass
class Stage:
    """The house, the remotes, and how both were at the beginning."""

    config: Path
    at: datetime
    nursery: Nursery
    remote: Remote
    desks: Desks
    start: SimulatedBooks
    recovered: dict[str, str] = field(default_factory=dict)  #: what was wrong after it, by what a crash left

    @property
    def _database(self) -> Path:
        return self.config.with_name("deskbill.sqlite")

    @property
    def _template(self) -> Path:
        return self.config.with_name("beginning.sqlite")

    @property
    def handed_over(self) -> Path:
        return self.config.with_name("handed-over")

    def keep(self) -> None:
        """Take ledger and books as they are now for the beginning."""
        shutil.copyfile(self._database, self._template)
        self.start = twin(self.remote.books)

    def reset(self) -> None:
        """Set ledger and books back to the beginning."""
        for end in ("", "-wal", "-shm"):
            self._database.with_name(self._database.name + end).unlink(missing_ok=True)
        shutil.copyfile(self._template, self._database)
        self.remote.books = twin(self.start)
        shutil.rmtree(self.handed_over, ignore_errors=True)
        self.handed_over.mkdir()

    def run(self, after: timedelta = timedelta(), dies_at: int | None = None) -> Lived:
        return self.nursery.run(self.config, self.at + after, dies_at)

    def crash(self, number: int, point: str, expected: Outcome) -> str:
        """Kill a round at a point and go on as life does; say what is wrong then, if anything is.

        Where the crash leaves just what an earlier one left, what follows is known.
        """
        self.reset()
        lived = self.run(dies_at=number)
        if (lived.exit, lived.points[-1]) != (KILLED, point):
            return f"it was not killed there, but ended with {lived.exit} at {lived.points[-1]}"
        left = repr(self.everything())
        if left not in self.recovered:
            self.recovered[left] = self.recover(expected)
        return self.recovered[left]

    def recover(self, expected: Outcome, since: timedelta = timedelta()) -> str:
        """Restart after a crash until everything is done; say what is wrong then, if anything is."""
        later = [since + wait for wait in (LEASE_OVER, REQUEST_OVER, REQUEST_OVER + timedelta(seconds=60))]
        if self.run(later.pop(0)).exit:
            return "the restart did not go well"
        if self._waits() and self.run(later.pop(0)).exit:
            return "the second restart did not go well"
        found, before = self.outcome(), self.everything(besides=_PASSING)
        if found != expected:
            return f"it came to {found}"
        if self.run(later.pop(0)).exit or self.everything(besides=_PASSING) != before:
            return "a further round changed something"
        return ""

    def _waits(self) -> bool:
        with open_store(self._database) as store:
            return bool(ledger.invoices(store, status=Status.SENDING))

    def outcome(self) -> Outcome:
        with open_store(self._database) as store:
            stored = [(one.invoice, str(one.status)) for one in ledger.invoices(store)]
            return Outcome(
                books=self._documents(),
                ledger=[
                    (one.reference, status, str(one.net), str(one.tax), str(one.gross))
                    for one, status in stored
                ],
                work=sorted(
                    (seen.entry.desk, seen.entry.seconds) for seen in work_between(store, date.min, date.max)
                ),
                closed={str(one.period): str(one.net) for one in ledger.closed(store, CUSTOMER)},
            )

    def _documents(self) -> list[Document]:
        posted = [
            (
                row["reference"],
                row["state"],
                str(row["untaxed_amount"]),
                str(row["tax_amount"]),
                str(row["total_amount"]),
            )
            for row in self.remote.books.invoices.values()
        ]
        handed = [json.loads(path.read_text()) for path in sorted(self.handed_over.glob("*.json"))]
        return posted + [
            (one["reference"], "handed over", one["net"], one["tax"], one["gross"]) for one in handed
        ]

    def everything(self, besides: tuple[str, ...] = ()) -> Any:
        """Return all that ledger, books and folder hold; who held the lease, a process id, is left out."""
        with closing(sqlite3.connect(self._database)) as connection:
            names = [
                row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'")
            ]
            rows = {
                name: connection.execute(f"SELECT {_COLUMNS.get(name, '*')} FROM {name}").fetchall()
                for name in names
                if name not in besides
            }
        files = {path.name: path.read_bytes() for path in sorted(self.handed_over.iterdir())}
        return rows, deepcopy(self.remote.books.tables), files


def twin(books: SimulatedBooks) -> SimulatedBooks:
    """Copy what the books hold; plans of faults and logins are left behind."""
    copy = SimulatedBooks(parties=())
    copy.tables = deepcopy(books.tables)
    copy.invoices = copy.tables["account.invoice"]
    copy._ids, copy._number = dict(books._ids), books._number
    return copy


@contextmanager
def nursery(config: Path, at: datetime) -> Iterator[Nursery]:
    """Start the nursery, which goes one round in a house."""
    # Little else: for every request the door's library reads all of the environment, to look for proxies.
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.nursery", str(config), at.isoformat()],
        cwd=_ROOT,
        env={**environment, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:  # it ends with its input
        made = Nursery(process)
        assert made.says() is True
        yield made


@contextmanager
def march(folder: Path) -> Iterator[Stage]:
    """Stand before the close of March, with everything still to come in."""
    remote, desks = Remote(), open_desks()
    with serving(desks.zammad) as zammad, serving(desks.glpi) as glpi, serving(remote) as books:
        house = furnish(folder / "house", zammad, glpi, TrytonServer(url=books))
        first = furnish(folder / "first", zammad, glpi, TrytonServer(url=books))
        with nursery(first, APRIL) as made:
            remote.books = SimulatedBooks(parties=(NAME,))
            stage = Stage(house, APRIL, made, remote, desks, remote.books)
            stage.keep()
            stage.reset()
            yield stage


@contextmanager
def april(folder: Path) -> Iterator[Stage]:
    """Stand before the close of April: March is posted, then a visit was corrected and a call deleted."""
    with march(folder) as stage:
        assert stage.run().exit == 0
        stage.keep()
        stage.desks.correct_visit(datetime(2026, 4, 20, 9, tzinfo=UTC))
        stage.desks.delete_call(datetime(2026, 4, 20, 9, tzinfo=UTC))
        stage.at = MAY
        yield stage


@contextmanager
def files(folder: Path) -> Iterator[Stage]:
    """Stand before the close of March, in a house that hands its invoices over as files."""
    with march(folder) as stage:
        text = stage.config.read_text()
        stage.config.write_text(text.partition("books:\n")[0] + _FOLDER)
        customer = stage.config.parent / "customers" / f"{CUSTOMER}.yaml"
        customer.write_text(
            customer.read_text().replace(
                "books: {tryton: {party: Zwei Standorte GmbH}}", "books: {files: {}}"
            )
        )
        yield stage
