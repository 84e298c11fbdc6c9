"""Runs a worked case through the pure rooms: resolve, rate, due, wording; nothing of store or network."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.config import yaml
from connector.config.basis import build
from connector.config.check import check_customer
from connector.config.validate import Unreadable, validate
from connector.documents.invoice import invoice_of
from connector.documents.wording import Issued
from connector.mapping.resolve import resolve
from connector.model.basis import Origin
from connector.model.contract import Customer, Party
from connector.model.decision import Decision
from connector.model.invoice import Billed, Invoice
from connector.model.mapping import DeskMapping, Lookup
from connector.model.period import Period, parse_period
from connector.model.problem import Problem
from connector.model.settings import Settings
from connector.model.statement import Fate, LineKey, Statement
from connector.model.work import TicketSnapshot, Work, WorkEntry
from connector.rating.compile import terms_of
from connector.rating.due import due, tax_totals
from connector.rating.history import Chapter, booked, fold
from connector.rating.terms import Terms
from tests.cases.case import HERE, Case, CaseDecision, CaseWork, Step

_SELLER = Party(name="Systemhaus Nord GmbH")
_FACETS = ("service", "site", "category", "priority", "item", "contact", "org_unit", "cost_centre")
_TAXES = {
    "DE-19": {"rates": [{"from": "2007-01-01", "percent": "19%"}]},
    "DE-7": {"category": "reduced", "rates": [{"from": "1983-07-01", "percent": "7%"}]},
    "DE-0": {"category": "zero", "rates": [{"from": "1968-01-01", "percent": "0%"}]},
}


class Seen(NamedTuple):
    """What a look at a month shows."""

    statements: Sequence[Statement]  #: the closed months, rated again, then the month's own
    document: Invoice | None
    problems: Sequence[Problem]  #: of the document; a statement has its own

    @property
    def statement(self) -> Statement:
        """The month's own."""
        return self.statements[-1]

    def codes(self) -> list[str]:
        """Codes of all problems, those of earlier months too."""
        of_months = (problem for one in self.statements for problem in one.problems)
        return [problem.code for problem in (*self.problems, *of_months)]


class Run:
    """A customer's months as the case goes through them."""

    def __init__(self, case: Case, customer: Customer, origin: Origin) -> None:
        self.case = case
        self.customer = customer
        settings = validate(
            Settings, {"house": {"name": "Nord"}, "timezone": "Europe/Berlin", "taxes": _TAXES}, Origin()
        )
        settings = settings.model_copy(update={"taxes": {**settings.taxes, **case.taxes}})
        mapping = DeskMapping(
            time=case.time,
            facets={name: Lookup(from_=f"entry.fields.{name}", as_is=True) for name in _FACETS},
        )
        errors = check_customer(customer, origin, settings, {}).errors
        if faults := [one for one in errors if one.code != "books_not_one"]:  # a case needs no books
            raise Unreadable(faults)
        basis = build(customer, origin, settings, {"desk": mapping}, customer.billing_from.year + 3)
        self.terms: Terms = terms_of(basis)
        self.mapping = mapping
        self.work: dict[str, CaseWork] = {one.id: one for one in case.work}
        self.decisions: list[Decision] = []
        self.billed: dict[LineKey, Billed] = {}
        self.billed_work: dict[Period, frozenset[str]] = {}
        self.closed: list[Period] = []
        self.issued: dict[str, Issued] = {}

    def apply(self, step: Step) -> None:
        """Let happen what the step says, the close apart."""
        for one in step.add:
            self.work[one.id] = one
        for name, changes in step.change.items():
            before = self.work[name].model_dump(by_alias=True, exclude_unset=True)
            self.work[name] = validate(CaseWork, {**before, **changes}, Origin())
        for name in step.delete:
            del self.work[name]
        if step.decide:
            self.decisions.append(self._decision(step.decide))

    def _decision(self, said: CaseDecision) -> Decision:
        target = f"desk/{self.work[said.work].ticket}/{said.work}" if said.work else ""
        return Decision(
            id=f"D-{len(self.decisions) + 1}",
            kind=said.kind,
            by="Mara",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            why=said.why,
            customer=self.customer.customer,
            target=f"desk/{said.ticket}" if said.ticket else target,
            period=parse_period(said.period) if said.period else None,
            amount=said.amount.amount if said.amount else None,
            percent=said.percent,
            allowance=said.allowance or "",
            seconds=said.seconds,
            tax=said.tax or "",
            until=parse_period(said.until) if said.until else None,
            undoes=said.undoes or "",
        )

    def resolved(self) -> list[Work]:
        """Return the present work in the contract's words."""
        return [self._resolved(one) for one in self.work.values()]

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
            closed=one.closed,
            survey=one.survey,
            survey_text=one.survey_text,
        )
        return replace(resolve(entry, ticket, self.mapping), shift=one.shift)

    def look(self, month: str, today: date) -> Seen:
        """Return what the next month comes to, and the document that a close would make."""
        period = parse_period(month)
        due_next = self.closed[-1].next() if self.closed else self.customer.first_period
        assert period == due_next, "periods close one after the other"
        chapters = [
            Chapter(one, self.terms, self.resolved, self.billed_work.get(one, frozenset()))
            for one in [*self.closed, period]
        ]
        statements = fold(chapters, self.decisions, ())
        found = due(self.terms, statements, self.billed, self.decisions)
        lines = found.printed()
        document = None
        if lines:
            taxes = tax_totals(lines, self.terms)
            document = invoice_of(
                self.customer, _SELLER, period, lines, taxes, issued_on=today, issued=self.issued
            )
        return Seen(statements, document, found.problems)

    def close(self, month: str, today: date) -> Seen:
        """Close the next month: what is due is billed."""
        seen = self.look(month, today)
        self.closed.append(seen.statement.period)
        for one in seen.statements:
            charged = (item.work for item in one.items if item.fate is Fate.BILLED)
            self.billed_work[one.period] = frozenset(charged)
        if seen.document:
            reference = f"db-{len(self.issued) + 1}"
            self.issued[reference] = Issued(f"R-{len(self.issued) + 1}", seen.document.issued_on)
            self.billed = booked(self.billed, seen.document.lines, reference)
        return seen

    @property
    def so_far(self) -> Decimal:
        """Net of all documents."""
        return sum((one.amount for one in self.billed.values()), Decimal(0))


def start(case: Case, tree: object, origin: Origin) -> Run:
    """Read the case's customer and begin."""
    if isinstance(case.customer, str):
        customer_tree, customer_origin = yaml.read(HERE / "customers" / f"{case.customer}.yaml")
        return Run(case, validate(Customer, customer_tree, customer_origin), customer_origin)
    assert isinstance(tree, dict)
    lines = {
        path.removeprefix("customer."): place
        for path, place in origin.lines.items()
        if path.startswith("customer.")
    }
    place = Origin(file=origin.file, lines=lines)
    return Run(case, validate(Customer, tree["customer"], origin, at="customer"), place)
