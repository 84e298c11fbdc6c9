"""Runs a worked case through the pure rooms: resolve, rate, due, wording; nothing of store or network."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from connector.config import yaml
from connector.config.basis import build
from connector.config.check import check_customer
from connector.config.validate import Unreadable, validate
from connector.documents.invoice import invoice_of
from connector.documents.wording import Issued
from connector.mapping.resolve import resolve
from connector.model.basis import Basis, Origin
from connector.model.condition import Facet
from connector.model.contract import Customer, Party
from connector.model.decision import Decision
from connector.model.invoice import Billed, Invoice
from connector.model.mapping import DeskMapping, Lookup
from connector.model.period import Period, parse_period
from connector.model.price_list import PriceList
from connector.model.problem import Problem
from connector.model.settings import Settings
from connector.model.statement import Fate, LineKey, Statement
from connector.model.usage import UsageRecord
from connector.model.work import TicketSnapshot, Work, WorkEntry
from connector.rating.compile import terms_of
from connector.rating.due import due, tax_totals
from connector.rating.history import Chapter, booked, fold
from connector.rating.openings import opening
from connector.rating.parts import parts
from connector.rating.terms import Terms
from tests.cases.case import HERE, Case, CaseDecision, CaseUsage, CaseWork, Step, issue_day

_SELLER = Party(name="Systemhaus Nord GmbH")
#: A case has neither desks nor books.
_ELSEWHERE = {"books_not_one", "unknown_books", "unknown_desk"}
#: The technician is the desk's own id, and articles are of usage.
_FACETS: tuple[Facet, ...] = tuple(one for one in get_args(Facet) if one not in ("technician", "article"))
_TAXES = {
    "DE-19": {"rates": [{"from": "2007-01-01", "percent": "19%"}]},
    "DE-7": {"category": "reduced", "rates": [{"from": "1983-07-01", "percent": "7%"}]},
    "DE-0": {"category": "zero", "rates": [{"from": "1968-01-01", "percent": "0%"}]},
}


class Seen(NamedTuple):
    """What a look at a month shows."""

    statements: Sequence[Statement]  #: the closed periods, rated again, then the period's own
    documents: Sequence[Invoice]
    problems: Sequence[Problem]  #: of the documents; a statement has its own

    @property
    def statement(self) -> Statement:
        """The period's own."""
        return self.statements[-1]

    @property
    def document(self) -> Invoice | None:
        """The one document, if there is one."""
        assert len(self.documents) < 2, f"{len(self.documents)} documents; ask for 'documents'"
        return self.documents[0] if self.documents else None

    def codes(self) -> list[str]:
        """Codes of all problems, those of earlier months too."""
        of_months = (problem for one in self.statements for problem in one.problems)
        return [problem.code for problem in (*self.problems, *of_months)]


class Run:
    """A customer's months as the case goes through them."""

    def __init__(self, case: Case, customer: Customer, origin: Origin) -> None:
        self.case = case
        self.customer = customer
        self.mapping = _mapping(case)
        self.terms: Terms = terms_of(_basis(case, customer, origin, self.mapping))
        self.usage: dict[str, CaseUsage] = {one.id: one for one in case.usage}
        self.work: dict[str, CaseWork] = {one.id: one for one in case.work}
        self.decisions: list[Decision] = []
        self.billed: dict[LineKey, Billed] = {}
        self.billed_work: dict[Period, frozenset[str]] = {}
        self.closed: list[Period] = []
        self.issued: dict[str, Issued] = {}

    def apply(self, step: Step) -> None:
        """Let happen what the step says, the close apart."""
        self.work.update((one.id, one) for one in step.add)
        self.usage.update((one.id, one) for one in step.use)
        for name, changes in step.change.items():
            if name in self.usage:
                self.usage[name] = _changed(self.usage[name], changes)
            else:
                self.work[name] = _changed(self.work[name], changes)
        for name in step.delete:
            del (self.usage if name in self.usage else self.work)[name]
        if step.decide:
            self.decisions.append(self._decision(step.decide))

    def _decision(self, said: CaseDecision) -> Decision:
        target = f"desk/{self.work[said.work].ticket}/{said.work}" if said.work else ""
        seconds, amount = said.seconds, said.amount.amount if said.amount else None
        if said.of:
            seconds, amount = (
                (int(said.of.amount), None) if said.of.kind == "time" else (None, said.of.amount)
            )
        return Decision(
            id=f"D-{len(self.decisions) + 1}",
            kind=said.kind,
            by="Mara",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            why=said.why,
            customer=self.customer.customer,
            target=f"desk/{said.ticket}" if said.ticket else target,
            period=parse_period(said.period) if said.period else None,
            amount=amount,
            percent=said.percent,
            allowance=said.allowance or "",
            seconds=seconds,
            tax=said.tax or "",
            until=parse_period(said.until) if said.until else None,
            undoes=said.undoes or "",
        )

    def resolved(self) -> list[Work]:
        """Return the present work in the contract's words."""
        first = {one.ticket: one for one in reversed(self.work.values()) if one.opened}
        return [
            *(self._resolved(one) for one in self.work.values()),
            *(self._opened(one, one.opened) for one in first.values() if one.opened),
        ]

    def _opened(self, one: CaseWork, on: date) -> Work:
        """Return the opening of a ticket, in the words of its first entry: a case has none of tickets."""
        entry = opening("desk", one.ticket, on)
        return replace(
            self._resolved(one), key=entry.key, seconds=0, worked_on=on, started_at=None, ended_at=None
        )

    def _resolved(self, one: CaseWork) -> Work:
        interval = one.interval(ZoneInfo(one.zone or self.customer.timezone))
        seconds = one.time
        if seconds is None and interval:
            seconds = int(interval[1].timestamp()) - int(interval[0].timestamp())
        facets = {
            **one.facets,
            **{name: getattr(one, name) for name in ("service", "site") if getattr(one, name)},
        }
        entry = WorkEntry(
            desk="desk",
            ticket=one.ticket,
            entry=one.id,
            seconds=seconds or 0,
            worked_on=one.on,
            started_at=interval[0].astimezone(UTC) if interval else None,
            ended_at=interval[1].astimezone(UTC) if interval else None,
            technician=one.technician,
            billable=one.billable,
            fields=facets,
        )
        ticket = TicketSnapshot(
            desk="desk",
            ticket=one.ticket,
            number=one.ticket,
            title=f"Ticket {one.ticket}",
            owner={},
            work=(),
            changed_at=datetime(2026, 1, 1, tzinfo=UTC),
            created_on=one.opened,
            closed=one.closed,
            survey=one.survey,
            survey_text=one.survey_text,
        )
        return replace(resolve(entry, ticket, self.mapping), shift=one.shift, opened_on=one.opened)

    def used(self) -> list[UsageRecord]:
        """Return the present usage in the contract's words."""
        return [_used(one) for one in self.usage.values()]

    def look(self, month: str, today: date) -> Seen:
        """Return what the next period comes to, and the documents that a close would make."""
        period = parse_period(month)
        due_next = self.customer.period_after(self.closed[-1]) if self.closed else self.customer.first_period
        assert period == due_next, "periods close one after the other"
        chapters = [
            Chapter(one, self.terms, self.resolved, self.billed_work.get(one, frozenset()), self.used)
            for one in [*self.closed, period]
        ]
        statements = fold(chapters, self.decisions, ())
        found = due(self.terms, statements, self.billed, self.decisions)
        documents = [
            invoice_of(
                self.customer,
                _SELLER,
                period,
                lines,
                tax_totals(lines, self.terms, self.customer.invoice.tax_rounding),
                issued_on=today,
                issued=self.issued,
                bought={
                    key.ref: one.references[0] for key, one in self.billed.items() if key.kind == "block"
                },
            )
            for lines in parts(found.lines, self.customer.invoice)
        ]
        return Seen(statements, documents, found.problems)

    def close(self, month: str, today: date) -> Seen:
        """Close the next period: what is due is billed."""
        seen = self.look(month, today)
        self.closed.append(seen.statement.period)
        for one in seen.statements:
            charged = (item.work for item in one.items if item.fate is Fate.BILLED)
            self.billed_work[one.period] = frozenset(charged)
        for document in seen.documents:
            reference = f"db-{len(self.issued) + 1}"
            self.issued[reference] = Issued(f"R-{len(self.issued) + 1}", document.issued_on)
            self.billed = booked(self.billed, document.lines, reference)
        return seen

    def close_through(self, last: str) -> None:
        """Close period after period, up to and with one."""
        while not self.closed or self.closed[-1].end < parse_period(last).end:
            period = (
                self.customer.period_after(self.closed[-1]) if self.closed else self.customer.first_period
            )
            self.close(str(period), issue_day(period))

    @property
    def so_far(self) -> Decimal:
        """Net of all documents."""
        return sum((one.amount for one in self.billed.values()), Decimal(0))


def _mapping(case: Case) -> DeskMapping:
    """Take every facet of a case's work as it stands; further ones are fields of the mapping."""
    named = {name for one in case.work for name in one.facets} - {*_FACETS}
    return DeskMapping(
        time=case.time,
        facets={name: Lookup(from_=f"entry.fields.{name}", as_is=True) for name in _FACETS},
        fields={name: Lookup(from_=f"entry.fields.{name}", as_is=True) for name in named},
    )


def _basis(case: Case, customer: Customer, origin: Origin, mapping: DeskMapping) -> Basis:
    """Put together what the case is rated by; a customer file with a fault is refused as in daily use."""
    settings = validate(
        Settings, {"house": {"name": "Nord"}, "timezone": "Europe/Berlin", "taxes": _TAXES}, Origin()
    )
    settings = settings.model_copy(
        update={"taxes": {**settings.taxes, **case.taxes}, "technicians": case.technicians}
    )
    lists = {
        name: (PriceList(price_list=name, versions=versions), Origin())
        for name, versions in case.price_lists.items()
    }
    errors = check_customer(customer, origin, settings, {}, lists).errors
    if faults := [one for one in errors if one.code not in _ELSEWHERE]:
        raise Unreadable(faults)
    return build(customer, origin, settings, {"desk": mapping}, customer.billing_from.year + 3, lists)


def _changed(one: Any, changes: dict[str, Any]) -> Any:
    """Write a record anew with what a step changes in it."""
    return validate(type(one), {**one.model_dump(by_alias=True, exclude_unset=True), **changes}, Origin())


def _used(one: CaseUsage) -> UsageRecord:
    facets = {**one.facets, **({"article": one.article} if one.article else {})}
    start = one.on or one.from_
    assert start is not None
    return UsageRecord(
        key=f"file/{one.id}",
        quantity=one.quantity,
        start=start,
        end=one.to,
        stands=one.on is None,
        unit=one.unit,
        text=one.text or one.article or "",
        facets=facets,
        ticket=f"desk/{one.ticket}" if one.ticket else "",
        number=one.ticket or "",
        cost=one.cost,
    )


def start(case: Case, tree: object, origin: Origin, shelf: Path = HERE / "customers") -> Run:
    """Read the case's customer, in place or from a shelf, and begin."""
    if isinstance(case.customer, str):
        customer_tree, customer_origin = yaml.read(shelf / f"{case.customer}.yaml")
        return Run(case, validate(Customer, customer_tree, customer_origin), customer_origin)
    assert isinstance(tree, dict)
    lines = {
        path.removeprefix("customer."): place
        for path, place in origin.lines.items()
        if path.startswith("customer.")
    }
    place = Origin(file=origin.file, lines=lines)
    return Run(case, validate(Customer, tree["customer"], origin, at="customer"), place)
