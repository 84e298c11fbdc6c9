"""A customer's usage: which records are its own in a period, and in whose words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from connector.mapping.owner import Owners
from connector.mapping.usage_words import resolve_usage
from connector.model.basis import Basis
from connector.model.period import Period
from connector.model.statement import Fate, RatedUsage, Statement
from connector.model.usage import UsageRecord
from connector.model.usage_mapping import UsageMapping
from connector.store.engine import Store
from connector.store.nouns import Scope
from connector.store.usage import claims_of_usage, unclaimed_usage, usage_between
from connector.store.usage_nouns import SeenUsage, UsageClaim

#: The file's day and the customer's day of the same use differ by no more.
_SLACK = timedelta(days=2)
#: What stands is paid by windows of up to a year; rating sees all that stood in the one that a period ends.
_YEAR = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Used:
    """The usage of one customer."""

    store: Store
    customer: str
    timezone: str
    owners: Owners
    scope: Scope
    mappings: Mapping[str, UsageMapping]  #: of today, for sources that a basis does not know
    _claims: dict[date, Mapping[str, Sequence[UsageClaim]]] = field(default_factory=dict)

    def records(self, period: Period, basis: Basis) -> list[UsageRecord]:
        """Return the customer's usage near a period, in the words of that period's mappings."""
        return [self.worded(seen, basis) for seen in self.near(period) if self.owner_in(seen, period) == self.customer]

    def claimed(self, period: Period, basis: Basis, asof: int) -> list[UsageRecord]:
        """Return the usage that a closed period claims, as it was at a sequence number."""
        return [
            self.worded(seen, basis)
            for seen in self.near(period, asof)
            if self._mine(seen, period) is not None
        ]

    def worded(self, seen: SeenUsage, basis: Basis) -> UsageRecord:
        """Put a record into the words of a basis; a source newer than the basis has the mapping of today."""
        mapping = basis.usage_mappings.get(seen.row.source) or self.mappings.get(seen.row.source)
        return resolve_usage(seen.row, mapping, self.timezone)

    def near(self, period: Period, asof: int | None = None) -> Iterator[SeenUsage]:
        """Yield usage near a period that may be the customer's."""
        start, end = period.start - _SLACK, period.end + _SLACK
        for seen in usage_between(self.store, start - _YEAR, end, asof=asof, scope=self.scope):
            if seen.row.stands or seen.row.start >= start:
                yield seen

    def owner_in(self, seen: SeenUsage, period: Period) -> str:
        """Return whose a record is in a period: who claimed it there, as long as the file names the same."""
        claims = self._claims_of(period).get(seen.row.key, ())
        by = next((claim.customer for claim in claims if claim.owner_id == seen.owner_id), "")
        return by or self.owners.customer_of(seen.row.owned_at, seen.row.owner)

    def unclaimed_days(self, closed: Sequence[Period]) -> Iterator[date]:
        """Yield the first days of closed periods that lack usage: it was not known whose it was."""
        for seen in unclaimed_usage(self.store, self.scope) if closed else ():
            row = seen.row
            for period in closed:
                last = row.end or date.max if row.stands else row.start + timedelta(days=1)
                touches = row.start < period.end and last > period.start
                if touches and self._lacks(seen, period):
                    yield max(row.start, period.start)
                    break

    def claims_for(self, statement: Statement) -> list[UsageClaim]:
        """Claim every record of a statement for its period."""
        owners = {seen.row.key: seen.owner_id for seen in self.near(statement.period)}
        fates: dict[str, Fate] = {}
        for each in statement.usage:
            if fates.get(each.record) is not Fate.BILLED:
                fates[each.record] = each.fate
        return [
            UsageClaim(
                usage=record,
                period_start=statement.period.start,
                fate=fate,
                customer=self.customer,
                owner_id=owners[record],
            )
            for record, fate in fates.items()
        ]

    def is_billed(self, each: RatedUsage, period: Period) -> bool:
        """Tell whether a closed period billed a record."""
        mine = (claim for claim in self._claims_of(period).get(each.record, ()) if claim.customer == self.customer)
        return any(claim.fate is Fate.BILLED for claim in mine)

    def _lacks(self, seen: SeenUsage, period: Period) -> bool:
        return self.owner_in(seen, period) == self.customer and self._mine(seen, period) is None

    def _mine(self, seen: SeenUsage, period: Period) -> UsageClaim | None:
        claims = self._claims_of(period).get(seen.row.key, ())
        return next((claim for claim in claims if claim.customer == self.customer), None)

    def _claims_of(self, period: Period) -> Mapping[str, Sequence[UsageClaim]]:
        if period.start not in self._claims:
            found: dict[str, list[UsageClaim]] = {}
            for claim in claims_of_usage(self.store, period.start, self.scope):
                found.setdefault(claim.usage, []).append(claim)
            self._claims[period.start] = found
        return self._claims[period.start]
