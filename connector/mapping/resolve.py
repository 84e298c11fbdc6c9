"""Work in the contract's words: facets looked up, seconds and interval held against each other."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.parser import ParsedResult

from connector.model.mapping import DeskMapping, Lookup
from connector.model.problem import Problem
from connector.model.work import TicketSnapshot, Work, WorkEntry

#: Desks round one of the two to the minute, so they may differ by this and still agree.
TOLERATED_SECONDS = 60


def resolve(entry: WorkEntry, ticket: TicketSnapshot, mapping: DeskMapping) -> Work:
    """Put one entry into the contract's words. What cannot be looked up becomes the work's `Problem`."""
    facets, problem = _facets(entry, ticket, mapping)
    if "technician" not in mapping.facets and entry.technician:
        facets["technician"] = entry.technician  # without a table a contract names the desk's own ids
    service = facets.get("service", "")
    work = Work(
        key=entry.key,
        desk=entry.desk,
        ticket=f"{entry.desk}/{entry.ticket}",
        number=ticket.number,
        title=ticket.title,
        seconds=entry.seconds,
        worked_on=entry.worked_on,
        started_at=entry.started_at,
        ended_at=entry.ended_at,
        technician=facets.get("technician", entry.technician),
        facets=facets,
        billable=entry.billable,
        survey=ticket.survey,
        survey_text=ticket.survey_text,
        closed=ticket.closed,
        shift=mapping.shift.get(service, mapping.shift.get("*", "")),
        problem=entry.problem or problem,
    )
    return _agreed(work, mapping)


def _facets(
    entry: WorkEntry, ticket: TicketSnapshot, mapping: DeskMapping
) -> tuple[dict[str, str], Problem | None]:
    facets: dict[str, str] = {}
    problem: Problem | None = None
    words = _words(entry, ticket)
    for facet, lookup in mapping.facets.items():
        word = _path(lookup.from_).search(words)
        value, failure = look_up(lookup, word)
        if value:
            facets[facet] = value
        elif failure and problem is None:
            problem = Problem(
                code="mapping_unknown",
                about=entry.key,
                message=f"{facet} {failure}; add to the mapping of desk {entry.desk}, under "
                f"facets.{facet}.table:  {quoted(word)}: <{facet}>",
            )
    return facets, problem


def look_up(lookup: Lookup, word: Any) -> tuple[str, str]:
    """Return the contract's word, or why there is none."""
    if word is None or word == "":
        return lookup.empty or "", ""
    if not isinstance(word, str):
        return "", f"{word!r} is no single word"
    if word in lookup.table:
        return lookup.table[word], ""
    return (word, "") if lookup.as_is else ("", f"'{word}' is not in the table")


def quoted(word: Any) -> str:
    """Write a word as the key of a table."""
    return '"' + str(word).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(entry: WorkEntry, ticket: TicketSnapshot) -> Mapping[str, Any]:
    return {
        "ticket": {
            "number": ticket.number,
            "title": ticket.title,
            "owner": ticket.owner,
            "closed": ticket.closed,
            "survey": ticket.survey.value,
            "fields": ticket.fields,
        },
        "entry": {
            "technician": entry.technician,
            "activity": entry.activity,
            "billable": entry.billable,
            "fields": entry.fields,
        },
    }


@lru_cache(maxsize=256)
def _path(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


def _agreed(work: Work, mapping: DeskMapping) -> Work:
    """Hold an interval against the seconds: the seconds are billed, the interval only places them.

    A correction's interval says nothing of how much it takes back.
    """
    if work.started_at is None or work.ended_at is None or work.problem is not None or work.seconds < 0:
        return work
    span = int((work.ended_at - work.started_at).total_seconds())
    if abs(span - work.seconds) <= TOLERATED_SECONDS or mapping.time.trust == "seconds":
        return work
    if mapping.time.trust == "interval":
        return replace(work, seconds=span)
    return replace(
        work,
        problem=Problem(
            code="time_disagrees",
            about=work.key,
            message=f"the desk says {work.seconds} s of work, but its interval is {span} s long; correct the "
            f"entry, or say time.trust: seconds | interval in the mapping of desk {work.desk}",
        ),
    )
