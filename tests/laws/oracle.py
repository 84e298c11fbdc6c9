"""What ought to be: a second opinion on a house, from the facts alone, rated whole each time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from connector.config.basis import build
from connector.config.load import load_customer, load_mapping, load_settings
from connector.mapping.resolve import resolve
from connector.model.decision import Decision, Kind
from connector.model.mapping import DeskMapping
from connector.model.period import Period, parse_period
from connector.model.statement import Fate, LineKey, Statement
from connector.model.work import TicketSnapshot, Work, WorkEntry
from connector.rating.compile import terms_of
from connector.rating.history import Chapter, fold
from connector.rating.rate import rate
from connector.rating.terms import Terms
from tests.laws.town import CONFIG, CUSTOMERS, MAPPING, ORGANIZATIONS, customer_file

#: The month before the first work; the last month, whose close bears all that is late by then.
DECEMBER, MARCH = parse_period("2025-12"), parse_period("2026-03")


@cache
def terms(customer: str, price: int) -> Terms:
    """Read a customer file, as it is at a price, for rating."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "customer.yaml"
        path.write_text(customer_file(customer, price))
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG)
        return terms_of(build(*load_customer(path), load_settings(config)[0], {"desk": mapping()}, 2027))


@cache
def mapping() -> DeskMapping:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.yaml"
        path.write_text(MAPPING)
        return load_mapping(path)[0]


def standing(decisions: list[Decision]) -> list[Decision]:
    """Leave out what was undone."""
    undone = {one.undoes for one in decisions}
    return [one for one in decisions if one.id not in undone and one.kind is not Kind.UNDO]


@dataclass
class Oracle:
    """The facts that the house knows, and the prices that its closed periods keep."""

    tickets: dict[str, TicketSnapshot] = field(default_factory=dict)
    first_owner: dict[str, str] = field(default_factory=dict)  #: organization, by entry key
    customers: dict[str, str] = field(default_factory=lambda: dict(ORGANIZATIONS))  #: by organization
    decisions: list[Decision] = field(default_factory=list)
    kept: dict[str, dict[Period, int]] = field(default_factory=lambda: {name: {} for name in CUSTOMERS})
    billed: dict[tuple[str, Period], frozenset[str]] = field(default_factory=dict)

    def learn(self, tickets: dict[str, TicketSnapshot]) -> None:
        """Take over what the desk has: a complete pull."""
        self.tickets = dict(tickets)
        for ticket, entry in self.entries():
            self.first_owner.setdefault(entry.key, ticket.owner["organization"])

    def entries(self) -> Iterator[tuple[TicketSnapshot, WorkEntry]]:
        """Yield all work that stands."""
        for ticket in self.tickets.values():
            for entry in ticket.work:
                yield ticket, entry

    def owner(self, key: str) -> str:
        """Whose work it is: by a person's last word, else as first seen."""
        said = [one for one in standing(self.decisions) if one.names(key)]
        given = [one.to_customer for one in said if one.kind in (Kind.REASSIGN, Kind.KEEP)]
        return given[-1] if given and given[-1] else self.customers[self.first_owner[key]]

    def work(self, customer: str) -> list[Work]:
        return [
            resolve(entry, ticket, mapping())
            for ticket, entry in self.entries()
            if self.owner(entry.key) == customer
        ]

    def next_period(self, customer: str) -> Period:
        closed = self.kept[customer]
        return max(closed).next() if closed else terms_first(customer)

    def statements(self, customer: str, price: int) -> list[Statement]:
        """Rate all closed periods, and the next one at the price of now."""
        prices = {**self.kept[customer], self.next_period(customer): price}
        work = self.work(customer)
        chapters = [
            Chapter(
                period,
                terms(customer, prices[period]),
                lambda: work,
                self.billed.get((customer, period), frozenset()),
            )
            for period in sorted(prices)
        ]
        return fold(chapters, self.decisions, ())

    def close(self, customer: str, price: int) -> list[Statement]:
        """Close the next period: it keeps its price, and what is charged is billed."""
        statements = self.statements(customer, price)
        self.kept[customer][self.next_period(customer)] = price
        for one in statements:
            charged = frozenset(item.work for item in one.items if item.fate is Fate.BILLED)
            self.billed[customer, one.period] = charged
        return statements

    def before_start(self, customer: str) -> dict[str, int]:
        """Real seconds, by entry, of the time before the customer's first period: it is free."""
        seconds: dict[str, int] = {}
        period = DECEMBER
        while period < terms_first(customer):
            for item in rate(terms(customer, 50), period, self.work(customer), self.decisions).items:
                seconds[item.work] = seconds.get(item.work, 0) + item.real
            period = period.next()
        return seconds


def terms_first(customer: str) -> Period:
    """The customer's first period."""
    return parse_period(f"{terms(customer, 50).billing_from:%Y-%m}")


def amounts(statements: list[Statement]) -> dict[LineKey, Decimal]:
    """What ought to be billed, by line."""
    return {line.key: line.amount for one in statements for line in one.lines if line.amount}


def fates(statements: list[Statement]) -> dict[tuple[str, date], tuple[Fate, int]]:
    """Real seconds by entry and period; an entry of which any part is billed counts as billed."""
    found: dict[tuple[str, date], tuple[Fate, int]] = {}
    for one in statements:
        for item in one.items:
            key = item.work, one.period.start
            fate, seconds = found.get(key, (item.fate, 0))
            found[key] = Fate.BILLED if fate is Fate.BILLED else item.fate, seconds + item.real
    return found
