"""On which days usage counts: in a period at all, and under which contract's prices."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from connector.model.period import Period
from connector.model.usage import UsageRecord
from connector.rating.rows import ALWAYS
from connector.rating.terms import Terms


def concerns(record: UsageRecord, period: Period) -> bool:
    """Tell whether a record was used, or stood, on a day of a period."""
    if not record.stands:
        return record.start in period
    begins = max(record.start, period.start)
    return begins < period.end and (record.end is None or record.end > begins)


def last_day(record: UsageRecord, period: Period) -> date:
    """Return the last day up to the end of a period on which a record was used, or stood."""
    if not record.stands:
        return record.start
    ended = period.end if record.end is None else min(record.end, period.end)
    return date.fromordinal(ended.toordinal() - 1)


def stretches(terms: Terms, record: UsageRecord) -> Iterator[tuple[date, date]]:
    """Cut the days of a record where a contract begins or ends, or its prices change."""
    if not record.stands:
        yield record.start, date.fromordinal(record.start.toordinal() + 1)
        return
    start, end = max(record.start, terms.billing_from), record.end or ALWAYS
    edges = {edge for one in terms.contracts for edge in (one.start, one.end or ALWAYS)}
    edges |= {epoch.start for one in terms.contracts for epoch in one.epochs}
    for first, last in pairwise([start, *sorted(edge for edge in edges if start < edge < end), end]):
        if first < last:
            yield first, last
