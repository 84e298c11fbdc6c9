"""Changes: what two ratings of the same periods differ by, as a plan or a backtest shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import Fate, LineKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What stands under one line key on one side."""

    key: LineKey
    text: str  #: the service's or fee's name for the customer; empty: work without a service
    number: str  #: the ticket number that people see; empty: no ticket
    amount: Decimal  #: net, rounded, signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Charges of one ticket and service, or of one fee, that differ; one side may be empty."""

    old: tuple[Charge, ...]
    new: tuple[Charge, ...]

    @property
    def key(self) -> LineKey:
        """Name it by its first charge, the new one if there is one."""
        return (*self.new, *self.old)[0].key

    @property
    def before(self) -> Decimal:
        """Sum up the old charges."""
        return sum((each.amount for each in self.old), Decimal(0))

    @property
    def after(self) -> Decimal:
        """Sum up the new charges."""
        return sum((each.amount for each in self.new), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one side of a period comes to."""

    currency: str
    net: Decimal
    tax: Decimal | None = None  #: on the whole of it, by category; None: not asked
    seconds: Mapping[Fate, int] | None = None  #: real seconds by fate; None: not asked


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChange:
    """Both sides of one customer's period. A side is None where the customer is not billed in it."""

    period: Period
    closed: bool
    old: Figures | None
    new: Figures | None
    changes: tuple[Change, ...] = ()

    @property
    def currency(self) -> str:
        """Name the currency of both sides; empty if they have two, between which nothing is converted."""
        named = {side.currency for side in (self.old, self.new) if side}
        return named.pop() if len(named) == 1 else ""

    @property
    def difference(self) -> Decimal | None:
        """Return what the new side is above the old one, net; None: there are two currencies."""
        if not self.currency:
            return None
        old, new = (side.net if side else Decimal(0) for side in (self.old, self.new))
        return new - old

    @property
    def differs(self) -> bool:
        """Tell whether any line or tax differs, also where the sums are the same."""
        taxes = {side.tax for side in (self.old, self.new) if side and side.tax is not None}
        return bool(self.changes) or len(taxes) > 1 or not self.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    """One customer's periods, oldest first."""

    customer: str
    name: str  #: for people
    #: what became of its customer file; same: something else that it is rated with changed; empty: not asked
    file: Literal["changed", "new", "removed", "same", ""] = ""
    periods: tuple[PeriodChange, ...] = ()

    @property
    def differs(self) -> bool:
        """Tell whether any period differs."""
        return any(each.differs for each in self.periods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All customers that were compared, and what could not be read."""

    old: str  #: how the old side is called: ``HEAD``, a file, ``billed``
    new: str  #: how the new side is called
    customers: tuple[CustomerChange, ...] = ()
    problems: tuple[Problem, ...] = ()  #: of files of either side; those customers are left out

    @property
    def differs(self) -> bool:
        """Tell whether any customer differs."""
        return any(each.differs for each in self.customers)
