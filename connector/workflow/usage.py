"""Bring usage in from the files of each source; a bad row does not stop the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from connector.config.usage import UsageFile, read_usage_file, usage_files
from connector.config.validate import Unreadable
from connector.http import ConfigError
from connector.mapping.owner import Owners
from connector.mapping.usage_rows import Broken, Reading, read_usage
from connector.model.problem import Problem
from connector.model.usage import UsageRow
from connector.model.usage_mapping import UsageMapping
from connector.store import usage as vault
from connector.store.nouns import Counts
from connector.store.usage_nouns import SeenUsage, ToldFile
from connector.workflow.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """What reading a usage source did."""

    source: str
    files: int = 0  #: that the source has now
    read: int = 0  #: of them, those that are new, changed, or had problems
    counts: Counts = field(default_factory=Counts)  #: in records of the files that were read
    problems: tuple[Problem, ...] = ()  #: of all its files, as they were read last


def sync_usage(
    house: House, sources: Sequence[str] | None = None, *, believe: bool = False
) -> tuple[UsageReport, ...]:
    """Read the files of the usage sources named, or of all of them.

    Where a complete file lacks more than half of its records, none of them is deleted, unless a person
    says to ``believe`` it.

    Raises:
        Busy: another process writes.
        ConfigError: the configuration has no such source.
    """
    names = list(house.settings.usage) if sources is None else list(dict.fromkeys(sources))
    for name in names:
        mapping_of(house, name)
    with house.writer():
        return tuple(_source(house, name, believe=believe) for name in names if not house.halted())


def mapping_of(house: House, source: str) -> UsageMapping:
    """Return the mapping of a usage source.

    Raises:
        ConfigError: the configuration has no such source.
    """
    if source not in house.usage_mappings:
        known = ", ".join(sorted(house.usage_mappings)) or "none"
        raise ConfigError(f"the configuration has no usage.{source}; it has: {known}")
    return house.usage_mappings[source]


def _source(house: House, source: str, *, believe: bool) -> UsageReport:
    folder = house.path.parent
    names = usage_files(house.settings.usage[source], folder)
    known = {name: file for (of, name), file in vault.known_files(house.store).items() if of == source}
    for name in known.keys() - set(names):
        vault.forget_file(house.store, source, name)
    report = UsageReport(source=source, files=len(names), problems=_missing(house, source, names))
    for name in names:
        before = known.get(name)
        told, counts = _file(house, source, name, names, before.digest if before else "", believe=believe)
        if told is None:
            continue
        report = replace(
            report,
            read=report.read + 1,
            counts=report.counts + counts,
            problems=(*report.problems, *told.problems),
        )
    return report


def _missing(house: House, source: str, names: Sequence[str]) -> tuple[Problem, ...]:
    if names:
        return ()
    patterns = ", ".join(house.settings.usage[source].files)
    message = f"no file fits {patterns}; put one there, or mend 'files' in the configuration"
    return (
        Problem(
            code="usage_file",
            about=source,
            message=message,
            source=house.origin.source(f"usage.{source}.files"),
        ),
    )


def _file(
    house: House, source: str, name: str, present: Sequence[str], digest: str, *, believe: bool
) -> tuple[ToldFile | None, Counts]:
    """Read and save one file; None: it is as it was read last, and nothing was wrong with it."""
    mapping, path = house.usage_mappings[source], house.path.parent / name
    try:
        file = read_usage_file(path, mapping)
        if file.digest == digest:
            return None, Counts()
        reading = read_usage(file.text, str(path), source, mapping)
    except (Unreadable, Broken) as error:
        problems = error.problems if isinstance(error, Unreadable) else (error.problem,)
        told = ToldFile(source=source, name=name, digest=_AGAIN, problems=problems)
    else:
        told = _told(house, _File(source, name, path, file), reading, present, believe=believe)
    return told, vault.save_file(house.store, told, house.now())


#: The digest of a file with problems: it is read again next time, for a ticket that it names may have come.
_AGAIN = ""


@dataclass(frozen=True, slots=True)
class _File:
    source: str
    name: str
    path: Path
    content: UsageFile


def _told(house: House, file: _File, reading: Reading, present: Sequence[str], *, believe: bool) -> ToldFile:
    mapping, source = house.usage_mappings[file.source], file.source
    tellers = vault.told_by(house.store, source)
    others = {name for name in present if name != file.name}
    twice = [row for row in reading.rows if tellers.get(row.record) in others]
    mine = [row for row in reading.rows if tellers.get(row.record) not in others]
    rows, unknown = with_tickets(house, mine, mapping)
    gone, shrunk = _gone(file, reading, tellers, mapping, believe=believe)
    problems = (*reading.problems, *(_told_twice(row, file, tellers) for row in twice), *unknown, *shrunk)
    return ToldFile(
        source=source,
        name=file.name,
        digest=_AGAIN if problems else file.content.digest,
        rows=rows,
        gone=gone,
        problems=problems,
    )


def _told_twice(row: UsageRow, file: _File, tellers: Mapping[str, str]) -> Problem:
    message = (
        f"{file.path} tells it too, but {tellers[row.record]} did first and counts; remove one of them, "
        "or let 'id' in the mapping name a column that tells them apart ('file' is the file's name)"
    )
    return Problem(code="usage_twice", about=row.key, message=message)


def with_tickets(
    house: House, rows: Sequence[UsageRow], mapping: UsageMapping
) -> tuple[list[UsageRow], list[Problem]]:
    """Find the tickets that records name, and with them whose they are where the file does not say it."""
    column = mapping.columns.ticket
    if column is None:
        return list(rows), []
    names = [row.number for row in rows if row.number]
    found = vault.tickets_named(house.store, column.desk, column.by, names)
    placed: list[UsageRow] = []
    problems: list[Problem] = []
    for row in rows:
        ticket = found.get(row.number)
        if ticket is None:
            placed.append(row)
            if row.number:
                problems.append(_no_ticket(row, column.desk))
            continue
        found_row = replace(row, ticket=ticket.key, number=ticket.number)
        if not mapping.owner:
            found_row = replace(found_row, owner=ticket.owner, owned_at=column.desk)
        placed.append(found_row)
    return placed, problems


def _no_ticket(row: UsageRow, desk: str) -> Problem:
    message = f"desk {desk} has no ticket {row.number} (yet); mend the number, or wait for the next sync"
    return Problem(code="usage_ticket", about=row.key, message=message)


def _gone(
    file: _File, reading: Reading, tellers: Mapping[str, str], mapping: UsageMapping, *, believe: bool
) -> tuple[list[str], list[Problem]]:
    """Return the records that a complete file lacks now; or the problem that it lacks too many."""
    if not mapping.complete or reading.blind:
        return [], []
    mine = [record for record, name in tellers.items() if name == file.name]
    present = {row.record for row in reading.rows} | reading.unread
    gone = [record for record in mine if record not in present]
    if 2 * len(gone) <= len(mine) or believe:
        return gone, []
    message = (
        f"it no longer tells {len(gone)} of its {len(mine)} records, more than half; none was deleted. If "
        f"that is right: deskbill usage sync --source {file.source} --believe"
    )
    return [], [Problem(code="usage_shrunk", about=f"{file.source}/{file.name}", message=message)]


def house_usage(house: House) -> list[SeenUsage]:
    """Return the usage of no known customer, which is held."""
    everyone = Owners(house.customers.values())
    return [
        seen
        for seen in vault.unclaimed_usage(house.store)
        if not everyone.customer_of(seen.row.owned_at, seen.row.owner)
    ]
