"""Usage in the contract's words: facets by the source's mapping, the day by the customer's clock."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from connector.mapping.resolve import look_up, quoted
from connector.model.problem import Problem
from connector.model.usage import UsageRecord, UsageRow
from connector.model.usage_mapping import UsageMapping


def resolve_usage(row: UsageRow, mapping: UsageMapping | None, timezone: str) -> UsageRecord:
    """Put a row into the contract's words. What cannot be looked up becomes the record's `Problem`.

    Args:
        row: as the file told it.
        mapping: of its source; None: the configuration has no such source any more.
        timezone: the customer's, by which a moment gets its day.
    """
    record = UsageRecord(
        key=row.key,
        quantity=row.quantity,
        start=row.at.astimezone(ZoneInfo(timezone)).date() if row.at else row.start,
        end=row.end,
        stands=row.stands,
        unit=row.unit,
        text=row.text,
        ticket=row.ticket,
        number=row.number,
        cost=row.cost,
    )
    if mapping is None:
        message = f"the configuration has no usage source '{row.source}' any more; put it back"
        return replace(record, problem=Problem(code="usage_source_unknown", about=row.key, message=message))
    facets, problem = _facets(row, mapping)
    return replace(record, facets=facets, problem=problem)


def _facets(row: UsageRow, mapping: UsageMapping) -> tuple[dict[str, str], Problem | None]:
    facets: dict[str, str] = {}
    problem: Problem | None = None
    for name, lookup in mapping.lookups().items():
        word = row.columns.get(lookup.from_, "")
        value, failure = look_up(lookup, word)
        if value:
            facets[name] = value
        elif failure and problem is None:
            kind = "fields" if name in mapping.fields else "facets"
            message = (
                f"{name} {failure}; add to the mapping of usage source {row.source}, under "
                f"{kind}.{name}.table:  {quoted(word)}: <{name}>"
            )
            problem = Problem(code="mapping_unknown", about=row.key, message=message)
    return facets, problem
