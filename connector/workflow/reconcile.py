"""Hold desks, ledger and books against each other, and name each difference; only people change figures."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

from connector.http import ConfigError, RemoteError
from connector.store import ledger, work
from connector.store.nouns import Scope, SeenWork
from connector.workflow.compare import Difference, Kind, compare
from connector.workflow.house import House
from connector.workflow.settle import accept, rebill
from connector.workflow.sync import Progress, silent, sweep
from connector.workflow.target import Pushed, target_of

__all__ = ["Difference", "Kind", "Reconciliation", "accept", "rebill", "reconcile"]

#: Why a desk or books were not compared.
Unchecked = RemoteError | ConfigError | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a reconciliation found."""

    differences: tuple[Difference, ...]
    adopted: tuple[Pushed, ...] = ()  #: by ``fix``
    unchecked: Mapping[str, Unchecked]  #: desks and books that were not compared, and why


def reconcile(
    house: House, *, fix: bool = False, reread: bool = False, progress: Progress = silent
) -> Reconciliation:
    """Compare desks, ledger and books.

    Args:
        house: the house.
        fix: also take over what the books say of documents that stand there once and just as we meant them,
            and hold those that are not.
        reread: also read every ticket of every desk, which finds what no desk announced.
        progress: told while tickets are read.

    Raises:
        Busy: with ``fix`` or ``reread``: another process writes.
    """
    with house.writer() if fix or reread else nullcontext():
        unchecked: dict[str, Unchecked] = {}
        rows: list[Difference | Pushed] = [*_reread(house, unchecked, progress)] if reread else []
        rows += _unread(house)
        rows += [row for customer in house.customers for row in _after_billing(house, customer)]
        documents = ledger.invoices(house.store)
        for name in sorted({stored.invoice.target for stored in documents} | house.settings.books.keys()):
            ours = [stored for stored in documents if stored.invoice.target == name]
            try:
                rows += compare(target_of(house, name), ours, fix=fix)
            except (RemoteError, ConfigError) as fault:
                unchecked[name] = fault
    return Reconciliation(
        differences=tuple(row for row in rows if isinstance(row, Difference)),
        adopted=tuple(row for row in rows if isinstance(row, Pushed)),
        unchecked=unchecked,
    )


def _reread(house: House, unchecked: dict[str, Unchecked], progress: Progress) -> Iterator[Difference]:
    before = {seen.entry.key for seen in work.work_between(house.store, date.min, date.max)}
    for report in sweep(house, progress=progress):
        if not report.complete:
            reasons = "; ".join(problem.message for problem in report.problems)
            unchecked[report.desk] = report.fault or reasons or "it was stopped"
    for seen in work.work_between(house.store, date.min, date.max):
        if seen.entry.key not in before:
            yield Difference(
                kind=Kind.MISSING_IN_LEDGER,
                about=seen.entry.key,
                place=seen.entry.desk,
                message="the desk had it, and no pull had brought it; it is in the ledger now",
            )


def _unread(house: House) -> Iterator[Difference]:
    for problem in work.problems(house.store):
        yield Difference(
            kind=Kind.MISSING_IN_LEDGER,
            about=problem.about,
            place=problem.about.partition("/")[0],
            message=problem.message,
        )


def _after_billing(house: House, customer: str) -> Iterator[Difference]:
    """Compare what a customer's closed periods were rated from with what stands now."""
    store, scope = house.store, Scope(customer=customer)
    seq = max((closed.seq for closed in ledger.closed(store, customer)), default=None)
    if seq is None or not any(work.touched_since(store, seq, scope)):
        return
    claimed = {key for key, _ in ledger.claims(store, customer)}
    now = {seen.entry.key: seen for seen in work.work_between(store, date.min, date.max, scope=scope)}
    for then in work.work_between(store, date.min, date.max, asof=seq, scope=scope):
        key = then.entry.key
        if key not in claimed:
            continue
        if key not in now:
            kind, what = Kind.DELETED_AFTER_BILLING, "it is no longer in the desk"
        elif what := _changes(then, now[key]):
            kind = Kind.CHANGED_AFTER_BILLING
        else:
            continue
        yield Difference(
            kind=kind,
            about=key,
            place=then.entry.desk,
            customer=customer,
            message=f"{what}; the next invoice corrects what that changes",
        )


def _changes(then: SeenWork, now: SeenWork) -> str:
    facts = ("seconds", "worked_on", "started_at", "ended_at", "technician", "activity", "billable", "fields")
    pairs = [(name, getattr(then.entry, name), getattr(now.entry, name)) for name in facts]
    pairs.append(("owner", dict(then.ticket.owner), dict(now.ticket.owner)))
    return ", ".join(f"{name} was {old} and is {new}" for name, old, new in pairs if old != new)
