"""How Zammad finds, orders and cuts rows, without Elasticsearch: conditions, sorting, pages."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connector.simulators.routes import Refusal
from connector.simulators.zammad_state import Row


def wanted(parameters: Mapping[str, Any]) -> Callable[[Row], bool]:
    """Read a search's ``query`` or ``condition``; both together: the query wins (311)."""
    if "query" in parameters:
        return _like(str(parameters["query"]))
    condition = parameters.get("condition") or {}
    tests = [_test(name, clause) for name, clause in condition.items()]
    return lambda row: all(test(row) for test in tests)


def ordered(rows: Iterable[Row], parameters: Mapping[str, Any], default: tuple[str, str]) -> list[Row]:
    """Sort by ``sort_by``/``order_by``, each one name or several with commas."""
    names = str(parameters.get("sort_by") or default[0]).split(",")
    orders = str(parameters.get("order_by") or default[1]).lower().split(",")
    found = list(rows)
    for place, name in reversed(list(enumerate(names))):
        if found and name not in found[0]:
            raise Refusal(500, {"error": f"Found invalid column '{name}' for sorting."})  # 156
        descending = orders[min(place, len(orders) - 1)] == "desc"
        found.sort(key=_by(name), reverse=descending)
    return found


def page(rows: Sequence[Row], parameters: Mapping[str, Any], *, usual: int, most: int) -> list[Row]:
    """Cut a page. A size above ``most`` is cut to it without a word (133, 259, 262)."""
    number = int(parameters.get("page") or 1) if parameters.get("page") != "0" else 0
    if number < 1:
        text = "PG::InvalidRowCountInResultOffsetClause: ERROR:  OFFSET must not be negative\n"
        raise Refusal(422, {"error": text})  # 134
    size = min(int(parameters.get("per_page") or parameters.get("limit") or usual), most)
    return list(rows[(number - 1) * size : number * size])


def _by(name: str) -> Callable[[Row], Any]:
    return lambda row: (row[name] is not None, row[name] or 0)


def _like(query: str) -> Callable[[Row], bool]:
    # Letters' case counts (145, 146); a field query finds nothing (149); * and nothing find all (147, 151).
    text = query.strip("*")
    return lambda row: text in row["title"] or text in row["number"]


def _test(name: str, clause: Mapping[str, Any]) -> Callable[[Row], bool]:
    column = name.removeprefix("ticket.")
    match clause.get("operator"), clause.get("value"):
        case "is", value:
            values = {str(one) for one in (value if isinstance(value, list) else [value])}
            return lambda row: str(_column(row, column)) in values
        case "after (absolute)", str(value):
            bound = _moment(value)
            return lambda row: str(_column(row, column)) >= bound  # inclusive (301)
    raise Refusal(500, {"error": "unknown selector"})  # 308


def _column(row: Row, column: str) -> Any:
    if column not in row:
        raise Refusal(
            422, {"error": f"PG::UndefinedColumn: ERROR:  column tickets.{column} does not exist\n"}
        )
    return row[column]  # 161


def _moment(value: str) -> str:
    # A fraction is optional, and an offset from UTC is ignored (341-343).
    parts = re.match(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(\.\d+)?)?", value)
    if not parts:
        text = f'PG::InvalidDatetimeFormat: ERROR:  invalid input syntax for type timestamp: "{value}"\n'
        raise Refusal(422, {"error": text})  # 307
    return f"{parts[1]}T{parts[2] or '00:00:00'}{((parts[3] or '.') + '000')[:4]}Z"
