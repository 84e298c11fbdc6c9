"""Random histories of a customer: work that is added, edited and deleted, months that close, decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from connector.config.basis import build
from connector.config.validate import validate
from connector.documents.wording import Voice, invoice_line
from connector.model.basis import Origin
from connector.model.contract import Customer, InvoiceTerms
from connector.model.decision import Decision, Kind
from connector.model.invoice import Billed
from connector.model.mapping import DeskMapping
from connector.model.period import Period, parse_period
from connector.model.settings import Settings
from connector.model.statement import Fate, LineKey, Statement
from connector.model.usage import UsageRecord
from connector.model.work import Survey, Work
from connector.rating.compile import terms_of
from connector.rating.due import due
from connector.rating.history import Chapter, booked, fold
from connector.rating.parts import parts
from connector.rating.terms import Terms

MONTHS = tuple(parse_period(text) for text in ("2026-01", "2026-02", "2026-03", "2026-04"))
SERVICES = ("phone", "on-site", "maintenance", "unknown")


def _customer(**changes: Any) -> dict[str, Any]:
    contract = {
        "id": "support",
        "valid": {"from": "2026-01-01"},
        "rates": [
            {"when": {"service": "maintenance"}, "included": {"owed": "2h"}},
            {"when": {"service": "on-site", "shift": ["night", "weekend"]}, "hourly": "100.00 EUR"},
            {"when": {"service": "on-site"}, "hourly": "50.00 EUR"},
            {"when": {"service": "phone"}, "hourly": "77.77 EUR", "tax": "DE-7"},
        ],
        "fees": [{"id": "base", "amount": "19.90 EUR", "in": "advance"}],
    }
    contract.update(changes.pop("contract", {}))
    return {
        "customer": "acme",
        "name": "ACME",
        "timezone": "Europe/Berlin",
        "billing_from": "2026-01-10",
        "invoice": {"tax": "DE-19"},
        "shifts": {"night": {"from": "20:00", "to": "06:00"}, "weekend": {"days": ["sat", "sun"]}},
        "contracts": [contract],
        **changes,
    }


_PHONE = {"id": "phone", "of": "5h", "for": {"service": "phone"}, "warn_at": ["80%", "100%"]}
#: Contracts of different kinds, each a whole customer file.
CUSTOMERS = {
    "to the second": _customer(),
    "to 15 minutes": _customer(contract={"allowances": [_PHONE], "round": {"to": "15m", "grace": "5m"}}),
    "carried over": _customer(
        contract={
            "allowances": [{**_PHONE, "carry_over": "1 month"}],
            "round": {"to": "6m", "mode": "nearest"},
        }
    ),
    "gates, two allowances": _customer(
        contract={
            "allowances": [{**_PHONE, "carry_over": "2 months", "eats": "worked"}, {"id": "all", "of": "2h"}],
            "round": {"to": "30m", "mode": "down", "minimum": "10m"},
        },
        gates={"survey": "hold-bad", "closing": "hold-open"},
    ),
    "held above the allowance, ends": _customer(
        contract={
            "allowances": [{**_PHONE, "then": "hold"}],
            "valid": {"from": "2026-01-01", "to": "2026-03-15"},
        }
    ),
}


def terms(tree: dict[str, Any]) -> Terms:
    """Make a customer file ready for rating."""
    taxes = {
        "DE-19": {"rates": [{"from": "2007-01-01", "percent": "19%"}]},
        "DE-7": {"category": "reduced", "rates": [{"from": "2007-01-01", "percent": "7%"}]},
    }
    house = {"house": {"name": "Nord"}, "timezone": "Europe/Berlin", "taxes": taxes}
    settings = validate(Settings, house, Origin())
    basis = build(validate(Customer, tree, Origin()), Origin(), settings, {"desk": DeskMapping()}, 2027)
    return terms_of(basis)


KINDS = {kind: terms(tree) for kind, tree in CUSTOMERS.items()}
TERMS = tuple(KINDS.values())


@st.composite
def works(draw: st.DrawFn) -> Work:
    """Draw one entry of January to April 2026; few tickets, so that lines gather several entries."""
    ticket = draw(st.sampled_from(("1", "2")))
    day = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 119)))
    minutes = draw(st.integers(-40, 300))
    seconds = minutes * 60 + draw(st.sampled_from((0, 0, 7)))
    started = None
    if seconds > 0 and draw(st.booleans()):
        started = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
            minutes=draw(st.integers(0, 1439))
        )
    entry = draw(st.integers(0, 10**6))
    return Work(
        key=f"desk/{ticket}/{entry}",
        desk="desk",
        ticket=f"desk/{ticket}",
        number=ticket,
        title="",
        seconds=seconds,
        worked_on=day,
        started_at=started,
        ended_at=started + timedelta(seconds=seconds) if started else None,
        technician=draw(st.sampled_from(("t1", "t2"))),
        facets={"service": draw(st.sampled_from(SERVICES))},
        shift=draw(st.sampled_from(("", "night"))),
        billable=draw(st.sampled_from((None, None, True, False))),
        survey=draw(st.sampled_from((Survey.NONE, Survey.NONE, Survey.BAD))),
        closed=draw(st.booleans()),
    )


facts = st.lists(works(), max_size=12, unique_by=lambda work: work.key)


_COLLECTIVE = InvoiceTerms(tax="DE-19")


@dataclass
class Account:
    """A customer's periods in memory: what the hall does with the store, with nothing around it."""

    terms: Terms
    work: dict[str, Work] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    usage: list[UsageRecord] = field(default_factory=list)
    periods: Sequence[Period] = MONTHS
    invoice: InvoiceTerms = _COLLECTIVE
    closed: list[Period] = field(default_factory=list)
    billed: dict[LineKey, Billed] = field(default_factory=dict)
    billed_work: dict[Period, frozenset[str]] = field(default_factory=dict)

    def statements(self, through: Period) -> list[Statement]:
        """Rate every period up to one."""
        chapters = [
            Chapter(
                period,
                self.terms,
                lambda: list(self.work.values()),
                self.billed_work.get(period, frozenset()),
                lambda: self.usage,
            )
            for period in self.periods
            if period <= through
        ]
        return fold(chapters, self.decisions, ())

    def close(self) -> Decimal:
        """Close the next period, or the last one once more; return what its documents billed."""
        period = next((one for one in self.periods if one not in self.closed), self.periods[-1])
        statements = self.statements(period)
        found = due(self.terms, statements, self.billed, self.decisions)
        printed = [
            invoice_line(number, line, Voice(currency=self.terms.currency, language="en"))
            for document in parts(found.lines, self.invoice)
            for number, line in enumerate(document, 1)
        ]
        self.billed = booked(self.billed, printed, f"db-{len(self.closed)}")
        for statement in statements:
            charged = frozenset(item.work for item in statement.items if item.fate is Fate.BILLED)
            self.billed_work[statement.period] = charged
        self.closed = [*self.closed, period] if period not in self.closed else self.closed
        return sum((line.amount for line in printed), Decimal(0))

    def close_all(self) -> None:
        """Close every period."""
        while len(self.closed) < len(self.periods):
            self.close()

    def decide(self, kind: Kind, **facts: Any) -> None:
        """Let a person decide."""
        decision = Decision(
            id=f"D-{len(self.decisions) + 1}",
            kind=kind,
            by="Mara",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            why="agreed",
            customer=self.terms.customer,
        )
        self.decisions.append(replace(decision, **facts))

    def by_period(self) -> dict[str, Decimal]:
        """Sum what is billed by the period whose statement made it."""
        sums: dict[str, Decimal] = {}
        for key, one in self.billed.items():
            sums[key.period] = sums.get(key.period, Decimal(0)) + one.amount
        return {period: amount for period, amount in sums.items() if amount}


def targets(statements: Sequence[Statement]) -> dict[str, Decimal]:
    """Sum what statements come to, by period."""
    nets = {str(one.period): one.net for one in statements}
    return {period: amount for period, amount in nets.items() if amount}
