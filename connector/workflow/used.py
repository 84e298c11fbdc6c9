"""A customer's usage: which records are its own in a period, and in whose words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from connector.mapping.owner import Owners
from connector.mapping.usage_words import resolve_usage
from connector.model.basis import Basis
from connector.model.period import Period
from connector.model.statement import Fate, Statement
from connector.model.usage import UsageRecord, UsageRow
from connector.model.usage_mapping import UsageMapping
from connector.store.engine import Store
from connector.store.nouns import Scope
from connector.store.usage import claims_of_usage, unclaimed_usage, usage_between, usage_touched_since
from connector.store.usage_nouns import SeenUsage, UsageClaim

#: The file's day and the customer's day of the same use differ by no more.
_SLACK = timedelta(days=2)
#: What stands is paid by windows of up to a year; rating sees all that stood in the one that a period ends.
_YEAR = timedelta(days=366)


def touches(record: UsageRecord | UsageRow, period: Period) -> bool:
    """Tell whether a record was used, or stood, on a day of a period."""
    if not record.stands:
        return record.start in period
    begins = max(record.start, period.start)
    return begins < period.end and (record.end is None or record.end > begins)


def usage_fates(statement: Statement) -> dict[str, Fate]:
    """Return each record's fate in a period. A record of which any part is billed counts as billed."""
    fates: dict[str, Fate] = {}
    for each in statement.usage:
        if fates.get(each.record) is not Fate.BILLED:
            fates[each.record] = each.fate
    return fates


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
        return [
            self.worded(seen, basis)
            for seen in self.near(period)
            if self.owner_in(seen, period) == self.customer
        ]

    def claimed(self, period: Period, basis: Basis, asof: int) -> list[UsageRecord]:
        """Return the usage that a closed period claims, as it was at a sequence number."""
        return [
            self.worded(seen, basis)
            for seen in self.near(period, asof)
            if self._mine(seen, period) is not None
        ]

    def as_of(
        self, period: Period, basis: Basis, seq: int, owners: Owners, claimed: frozenset[str]
    ) -> list[UsageRecord]:
        """Return the usage of a period as a close at a number saw it; ``claimed``: by closes before."""
        return [
            self.worded(seen, basis)
            for seen in self.near(period, seq)
            if (said := owners.customer_of(seen.row.owned_at, seen.row.owner)) == self.customer
            or (not said and seen.row.key in claimed)
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

    def touched_days(self, seq: int, until: date) -> Iterator[date]:
        """Yield the first day before one from which usage is another than at a sequence number."""
        day = usage_touched_since(self.store, seq, self.scope)
        if day is not None and day < until + _SLACK:
            yield day

    def unclaimed_days(self, closed: Sequence[Period]) -> Iterator[date]:
        """Yield the first days of closed periods that lack usage: it was not known whose it was."""
        for seen in unclaimed_usage(self.store, self.scope) if closed else ():
            for period in closed:
                if touches(seen.row, period) and self.owner_in(seen, period) == self.customer:
                    yield max(seen.row.start, period.start)
                    break

    def claims_for(self, statement: Statement) -> list[UsageClaim]:
        """Claim every record of a statement for its period."""
        owners = {seen.row.key: seen.owner_id for seen in self.near(statement.period)}
        return [
            UsageClaim(
                usage=record,
                period_start=statement.period.start,
                fate=fate,
                customer=self.customer,
                owner_id=owners[record],
            )
            for record, fate in usage_fates(statement).items()
        ]

    def billed(self, period: Period) -> frozenset[str]:
        """Return the records that a closed period billed."""
        return frozenset(
            record
            for record, claims in self._claims_of(period).items()
            for claim in claims
            if claim.customer == self.customer and claim.fate is Fate.BILLED
        )

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
