"""Work in the contract's words: facets looked up, seconds and interval held against each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, get_args

import jmespath

from connector.model.condition import Facet
from connector.model.making import maker
from connector.model.mapping import DeskMapping, Lookup
from connector.model.problem import Problem
from connector.model.work import TicketSnapshot, Work, WorkEntry

#: Desks round one of the two to the minute, so they may differ by this and still agree.
TOLERATED_SECONDS = 60
_make_work = maker(Work)


class Resolver:
    """Puts work of one desk into the contract's words. Answers are remembered: many entries say the same."""

    def __init__(self, mapping: DeskMapping) -> None:
        self._mapping = mapping
        self._readers = [_reader(lookup.from_) for _, lookup in mapping.lookups()]
        self._answers: dict[tuple[Any, ...], _Answer] = {}

    def resolve(self, entry: WorkEntry, ticket: TicketSnapshot) -> Work:
        """Put one entry into the contract's words. What cannot be looked up becomes the work's `Problem`."""
        key, answer = entry.key, self._answer(entry, ticket)
        work = _make_work(
            key=key,
            desk=entry.desk,
            ticket=f"{entry.desk}/{entry.ticket}",
            number=ticket.number,
            title=ticket.title,
            seconds=entry.seconds,
            worked_on=entry.worked_on,
            started_at=entry.started_at,
            ended_at=entry.ended_at,
            technician=answer.technician,
            facets=answer.facets,
            billable=entry.billable,
            survey=ticket.survey,
            survey_text=ticket.survey_text,
            closed=ticket.closed,
            shift=answer.shift,
            opened_on=ticket.created_on,
            problem=entry.problem or (_unknown(entry, *answer.lacking) if answer.lacking else None),
        )
        return _agreed(work, self._mapping)

    def _answer(self, entry: WorkEntry, ticket: TicketSnapshot) -> "_Answer":
        words = tuple([read(entry, ticket) for read in self._readers])
        question = (entry.technician, *words)
        try:
            answer = self._answers.get(question)
        except TypeError:  # a list or a mapping, which is no word
            return _answer(entry.technician, words, self._mapping)
        if answer is None:
            answer = self._answers[question] = _answer(entry.technician, words, self._mapping)
        return answer


def resolve(entry: WorkEntry, ticket: TicketSnapshot, mapping: DeskMapping) -> Work:
    """Put one entry into the contract's words."""
    return Resolver(mapping).resolve(entry, ticket)


class _Answer(NamedTuple):
    """What a mapping makes of a technician and of the words that its facets read."""

    facets: Mapping[str, str]
    technician: str
    shift: str
    lacking: tuple[str, str, Any] | None  #: the first facet without a word, why, and what the desk says


def _answer(technician: str, words: Sequence[Any], mapping: DeskMapping) -> _Answer:
    facets: dict[str, str] = {}
    lacking: tuple[str, str, Any] | None = None
    for (facet, lookup), word in zip(mapping.lookups(), words, strict=True):
        value, failure = look_up(lookup, word)
        if value:
            facets[facet] = value
        elif failure and lacking is None:
            lacking = (facet, failure, word)
    if "technician" not in mapping.facets and technician:
        facets["technician"] = technician  # without a table a contract names the desk's own ids
    return _Answer(
        facets=facets,
        technician=facets.get("technician", technician),
        shift=mapping.shift.get(facets.get("service", ""), mapping.shift.get("*", "")),
        lacking=lacking,
    )


def _unknown(entry: WorkEntry, facet: str, failure: str, word: Any) -> Problem:
    return Problem(
        code="mapping_unknown",
        about=entry.key,
        message=f"{facet} {failure}; add to the mapping of desk {entry.desk}, under "
        f"{'facets' if facet in get_args(Facet) else 'fields'}.{facet}.table:  {quoted(word)}: <{facet}>",
    )


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


Reader = Callable[[WorkEntry, TicketSnapshot], Any]


@lru_cache(maxsize=256)
def _reader(expression: str) -> Reader:
    """Return what reads a JMESPath; ``entry.activity`` and ``ticket.fields.site`` need no engine."""
    path = jmespath.compile(expression)
    match _names(path.parsed):
        case [("entry" | "ticket") as root, name, *keys] if (root, name) in _TOLD and len(keys) <= 1:
            return _direct(root == "entry", attrgetter(_TOLD[root, name]), *keys)
    return lambda entry, ticket: path.search(_words(entry, ticket))


#: The attributes of ticket and entry that a path may name, as `_words` has them.
_TOLD = {
    **{("ticket", name): name for name in ("number", "title", "owner", "closed", "fields")},
    ("ticket", "survey"): "survey.value",
    **{("entry", name): name for name in ("technician", "activity", "billable", "fields")},
}


def _direct(of_entry: bool, told: Callable[[Any], Any], key: str | None = None) -> Reader:
    if key is None:
        return (lambda entry, _: told(entry)) if of_entry else (lambda _, ticket: told(ticket))

    def read(entry: WorkEntry, ticket: TicketSnapshot) -> Any:
        words = told(entry if of_entry else ticket)
        return words.get(key) if isinstance(words, Mapping) else None

    return read


def _names(node: Mapping[str, Any]) -> list[str]:
    """Return the names of a path that is nothing but names; empty: it is more than that."""
    if node["type"] == "field":
        return [node["value"]]
    parts = [_names(child) for child in node["children"]] if node["type"] == "subexpression" else []
    return [name for part in parts for name in part] if all(parts) else []


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
