"""Usage files read by their mapping: rows with numbers, days and zone settled; a bad row is a problem."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from connector.mapping.cells import BadCell, number_of, placed
from connector.model.problem import Problem, Source
from connector.model.usage import UsageRow
from connector.model.usage_mapping import UsageMapping

#: The column that every row has: the name of its file.
FILE = "file"


class Row(NamedTuple):
    """A row as it stands in the file."""

    line: int  #: from 1
    cells: Mapping[str, str]


@dataclass(slots=True)
class Reading:
    """What a file holds."""

    rows: list[UsageRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)  #: records of bad rows: what is known of them stands
    blind: bool = False  #: a bad row does not even say which record it is: nothing may be called missing


class Broken(Exception):
    """A file that cannot be read at all; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read_usage(text: str, file: str, source: str, mapping: UsageMapping) -> Reading:
    """Read a usage file.

    Args:
        text: the file's content.
        file: its path, for messages; its last part is the column ``file``.
        source: the source's name in the configuration.
        mapping: the source's mapping.

    Raises:
        Broken: it is not of the form, or lacks a column.
    """
    reading = Reading()
    lines: dict[str, int] = {}
    for row in _chosen(_rows(text, file, mapping, reading), mapping):
        _take(row, file, source, mapping, reading, lines)
    twice = {each.record for each in reading.rows if each.record in reading.unread}
    reading.rows = [each for each in reading.rows if each.record not in twice]
    return reading


def _take(
    row: Row, file: str, source: str, mapping: UsageMapping, reading: Reading, lines: dict[str, int]
) -> None:
    record = ""
    try:
        record = _record(row, mapping)
        if record in lines:
            message = f"'{record}' stands in line {lines[record]} already; a record has an id of its own"
            reading.problems.append(_problem("usage_twice", message, file, row.line))
            reading.unread.add(record)
            return
        lines[record] = row.line
        reading.rows.append(_settled(row, record, source, mapping))
    except BadCell as error:
        reading.problems.append(_problem("usage_row", f"{error}; the other rows go on", file, row.line))
        reading.unread.add(record)
        reading.blind = reading.blind or not record


def _problem(code: str, message: str, file: str, line: int) -> Problem:
    return Problem(code=code, message=message, source=Source(file=file, line=line))


def _rows(text: str, file: str, mapping: UsageMapping, reading: Reading) -> Iterator[Row]:
    of_file = {**mapping.constants, FILE: file.rpartition("/")[2]}
    read = _csv_rows if mapping.format == "csv" else _json_rows
    for line, cells, wrong in read(text, file, mapping):
        if wrong:
            reading.problems.append(_problem("usage_row", wrong, file, line))
            reading.blind = True
        else:
            yield Row(line, {**of_file, **cells})


_Found = Iterator[tuple[int, Mapping[str, str], str]]  # line, cells, what is wrong with the row


def _csv_rows(text: str, file: str, mapping: UsageMapping) -> _Found:
    delimiter = "\t" if mapping.delimiter == "tab" else mapping.delimiter
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _demand(header, file, mapping)
        for cells in reader:
            if not any(cells):
                continue
            wrong = ""
            if len(cells) != len(header):
                wrong = f"the row has {len(cells)} cells, the first line has {len(header)}; mend the row"
            named = zip(header, (cell.strip() for cell in cells), strict=False)
            yield reader.line_num, dict(named), wrong
    except csv.Error as error:
        message = (
            f"is no CSV from here on ({error}); see 'delimiter' in the mapping, and the quotes in the file"
        )
        raise Broken(_problem("usage_file", message, file, reader.line_num)) from None


def _demand(header: Sequence[str], file: str, mapping: UsageMapping) -> None:
    twice = next((name for at, name in enumerate(header) if name in header[:at]), None)
    if twice is not None:
        message = f"the column '{twice}' stands twice in the first line; rename one"
        raise Broken(_problem("usage_file", message, file, 1))
    lacking = sorted(mapping.asked() - {*header, *mapping.constants, FILE})
    if lacking:
        message = (
            f"there is no column '{lacking[0]}', which the mapping reads; there are: {', '.join(header)}. "
            "Mend the mapping, or see 'delimiter' and 'encoding' there"
        )
        raise Broken(_problem("usage_file", message, file, 1))


def _json_rows(text: str, file: str, mapping: UsageMapping) -> _Found:  # noqa: ARG001 (as the reader of CSV)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            tree = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError) as error:
            yield number, {}, f"the line is no JSON ({error}); mend it"
            continue
        if isinstance(tree, dict):
            yield number, dict(_flat(tree, "")), ""
        else:
            yield number, {}, "the line is no JSON object; write one {...} a line"


def _flat(node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Write keys within keys with dots; what says nothing is an empty cell."""
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _flat(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(node, list):
        for at, inner in enumerate(node):
            yield from _flat(inner, f"{path}.{at}")
    elif isinstance(node, bool):
        yield path, "true" if node else "false"
    else:
        yield path, "" if node is None else str(node).strip()


def _chosen(rows: Iterator[Row], mapping: UsageMapping) -> Iterator[Row]:
    for row in rows:
        if all(row.cells.get(column, "") in words for column, words in mapping.only.items()):
            yield row


def _record(row: Row, mapping: UsageMapping) -> str:
    parts = [row.cells.get(column, "") for column in mapping.columns.id]
    if not all(parts):
        columns = " and ".join(f"'{column}'" for column in mapping.columns.id)
        raise BadCell(f"the column {columns} is empty, and so the row has no id")
    return "|".join(parts)


def _settled(row: Row, record: str, source: str, mapping: UsageMapping) -> UsageRow:
    columns, cells = mapping.columns, row.cells
    quantity = number_of(columns.quantity, cells, mapping)
    start, at, end = placed(cells, mapping)
    owner = {column: cells.get(column, "") for column in mapping.owner}
    return UsageRow(
        source=source,
        record=record,
        quantity=Decimal(1) if quantity is None else quantity,
        start=start,
        at=at,
        end=end,
        stands=mapping.stands,
        unit=cells.get(columns.unit or "", "") or "piece",
        text=cells.get(columns.text or "", ""),
        cost=number_of(columns.cost, cells, mapping),
        number=cells.get(columns.ticket.column, "") if columns.ticket else "",
        owned_at=source,
        owner=owner if any(owner.values()) else {},
        columns=cells,
        words=mapping.words(),
    )
