"""How GLPI lists and searches rows: ranges with their quirks, sorting, text filters, search options."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Response

from connector.simulators.glpi_state import Row
from connector.simulators.routes import Refusal, answered

#: Search options of Ticket by number (60): the field that each shows.
OPTIONS = {
    1: "name",
    2: "id",
    3: "priority",
    7: "category",
    12: "status",
    15: "date",
    19: "date_mod",
    45: "actiontime",
    80: "entity",
    83: "location",
}
_LIST_LIMIT = 20  # the user's preference; what comes without a range (110)


def refusal(status: int, code: str, text: str) -> Refusal:
    """Make an error in GLPI's form (35)."""
    return Refusal(status, [code, f"{text}; view documentation in your browser at /apirest.php/#{code}"])


def ranged(kind: str, rows: list[Row], asked: str | None, wrap: Callable[[list[Row], str], Any]) -> Response:
    """Answer a part of ``rows`` with its headers. ``wrap`` makes the body of the part and its range."""
    start, end = _range(asked)
    total = len(rows)
    if start > total:
        text = f"Provided range exceed total count of data: {total}"
        raise refusal(400, "ERROR_RANGE_EXCEED_TOTAL", text)  # 35, 66
    # Without a range the header says one row more than there is in the body (110).
    part = rows[start : end + 1] if asked else rows[:_LIST_LIMIT]
    end = min(end, total - 1)
    said = f"{start}-{end}/{total}"
    headers = {"Accept-Range": f"{kind} 1000"} | ({"Content-Range": said} if total else {})  # none: 89
    return answered(wrap(part, said), 200 if end - start + 1 >= total else 206, headers)  # 33, 34


def listed(rows: list[Row], parameters: Mapping[str, str], table: str) -> list[Row]:
    """Filter by ``searchText``, sort by one field; by id if none is named."""
    for field, pattern in _texts(parameters):
        rows = [row for row in rows if _like(pattern, _field(row, field, table))]
    name = parameters.get("sort") or "id"
    descending = parameters.get("order", "ASC").upper() == "DESC"
    return sorted(rows, key=lambda row: _sortable(_field(row, name, table)), reverse=descending)


def searched(rows: list[Row], parameters: Mapping[str, str], zone: ZoneInfo) -> tuple[list[Row], Row]:
    """Filter by ``criteria``, sort by options; the second result is what the answer says of the order."""
    for test in _criteria(parameters, zone):
        rows = [row for row in rows if test(row)]
    options = [int(value) for value in _several(parameters, "sort")] or [1]
    orders = [value.upper() for value in _several(parameters, "order")] or ["ASC"]
    for option, order in reversed(list(zip(options, orders + orders[-1:] * len(options), strict=False))):
        rows = sorted(rows, key=_by(option), reverse=order == "DESC")
    return rows, {"sort": options, "order": (orders + orders[-1:] * len(options))[: len(options)]}


def shown(row: Row, parameters: Mapping[str, str]) -> Row:
    """Give the columns of a search's row: name and entity always, others when forced (62, 68)."""
    forced = [int(parameters[key]) for key in parameters if key.startswith("forcedisplay[")]
    return {str(option): row[_option(option)] for option in dict.fromkeys([*forced, 1, 80])}


def _range(asked: str | None) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)-(\d+)", asked or f"0-{_LIST_LIMIT}")
    if not match:
        raise refusal(400, "ERROR", "range must be in format : [start-end] with integers")  # 38
    start, end = int(match[1]), int(match[2])
    if end < start:
        raise refusal(500, "ERROR_UNKNOWN", "An error occurred during the items search.")  # 39
    return start, end


def _texts(parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    keys = ((key, re.fullmatch(r"searchText\[(\w+)\]", key)) for key in parameters)
    return [(match[1], parameters[key]) for key, match in keys if match]


def _like(pattern: str, value: Any) -> bool:
    # LIKE %x%; the signs ^ and $ bind it to an end (49, 50).
    text = f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
    expression = re.escape(pattern.strip("^$")).join(
        ("^" if pattern.startswith("^") else "", "$" if pattern.endswith("$") else "")
    )
    return bool(re.search(expression, text, re.IGNORECASE))


def _field(row: Row, name: str, table: str) -> Any:
    if name not in row:
        raise refusal(400, "ERROR", f"sort param is not a field of {table}")  # 41, 42
    return row[name]


def _criteria(parameters: Mapping[str, str], zone: ZoneInfo) -> list[Callable[[Row], bool]]:
    places = sorted(
        {match[1] for key in parameters if (match := re.match(r"criteria\[(\d+)\]\[field\]", key))}
    )
    parts = [
        [parameters.get(f"criteria[{place}][{part}]", "") for part in ("field", "searchtype", "value")]
        for place in places
    ]
    return [_test(_option(int(field)), kind, value, zone) for field, kind, value in parts]


def _test(field: str, kind: str, value: str, zone: ZoneInfo) -> Callable[[Row], bool]:
    match kind:
        case "morethan":  # more than, never equal (70); a value is read in the user's zone (203)
            bound = datetime.fromisoformat(value).replace(tzinfo=zone)
            return lambda row: bool(row[field] > bound)
        case "lessthan":
            bound = datetime.fromisoformat(value).replace(tzinfo=zone)
            return lambda row: bool(row[field] < bound)
        case "equals":
            return lambda row: str(row[field]) == value
    raise refusal(400, "ERROR", f"the simulator has no search type {kind}")


def _option(number: int) -> str:
    if number not in OPTIONS:
        raise refusal(400, "ERROR", "Bad field ID in search criteria")  # 69
    return OPTIONS[number]


def _by(option: int) -> Callable[[Row], Any]:
    return lambda row: _sortable(row[_option(option)])


def _several(parameters: Mapping[str, str], name: str) -> list[str]:
    return [parameters[key] for key in parameters if key == name or key.startswith(f"{name}[")]


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is not None, value if value is not None else 0
