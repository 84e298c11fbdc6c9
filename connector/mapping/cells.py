"""Cells of a usage file: numbers, days and moments as the mapping says they are written."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from connector.model.usage_mapping import UsageMapping, date_form

_NUMBERS = {
    "point": re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?"),
    "comma": re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?"),
}
_CLOCK = re.compile(r"(\d+):([0-5]\d):([0-5]\d)")
_DAY = timedelta(days=1)


class BadCell(Exception):
    """A cell that cannot be read; the message says which, and how it ought to look."""


def number_of(column: str | None, cells: Mapping[str, str], mapping: UsageMapping) -> Decimal | None:
    """Read a number; None: there is no such column, or nothing in it."""
    text = cells.get(column or "", "")
    if column is None or not text:
        return None
    if mapping.clock and (match := _CLOCK.fullmatch(text)):
        hours, minutes, seconds = (int(part) for part in match.groups())
        return Decimal(hours * 3600 + minutes * 60 + seconds)
    if not _NUMBERS[mapping.decimal].fullmatch(text):
        sample = "1234.50" if mapping.decimal == "point" else "1234,50"
        raise BadCell(
            f"'{text}' in '{column}' is no number; write it as {sample}, or see 'decimal' in the mapping"
        )
    if mapping.decimal == "comma":
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text.replace(",", ""))


def placed(cells: Mapping[str, str], mapping: UsageMapping) -> tuple[date, datetime | None, date | None]:
    """Return the day of a row, its moment if the file knows it, and the first day on which it stands no more.

    Raises:
        BadCell: a day cannot be read or is missing, or what stands ends before it begins.
    """
    columns = mapping.columns
    first = columns.start or columns.on or ""
    start, at = _day(first, cells, mapping)
    if columns.end is None or not cells.get(columns.end):
        return start, at if not mapping.stands else None, None
    end, _ = _day(columns.end, cells, mapping)
    end += _DAY if mapping.end == "inclusive" else timedelta(0)
    if end < start:
        raise BadCell(f"'{columns.end}' lies before '{first}'; mend one, or see 'end' in the mapping")
    return start, None, end


def _day(column: str, cells: Mapping[str, str], mapping: UsageMapping) -> tuple[date, datetime | None]:
    text = cells.get(column, "")
    if not text:
        raise BadCell(f"there is no day in '{column}'")
    moment = _parsed(text, column, mapping)
    if not isinstance(moment, datetime):
        return moment, None
    if moment.tzinfo is None:
        if mapping.timezone is None:
            raise BadCell(f"'{text}' in '{column}' has no offset; say 'timezone' in the mapping")
        moment = moment.replace(tzinfo=ZoneInfo(mapping.timezone))
    elif mapping.timezone is not None:
        moment = moment.astimezone(ZoneInfo(mapping.timezone))
    return moment.date(), moment


def _parsed(text: str, column: str, mapping: UsageMapping) -> date | datetime:
    try:
        if mapping.dates == "iso":
            return date.fromisoformat(text) if len(text) == _ISO_DAY else datetime.fromisoformat(text)
        moment = datetime.strptime(text, date_form(mapping.dates))  # noqa: DTZ007 (the caller gives it its zone)
        return moment if "hh" in mapping.dates else moment.date()
    except ValueError:
        form = "2026-03-31" if mapping.dates == "iso" else mapping.dates
        message = f"'{text}' in '{column}' is no day of the form {form}; see 'dates' in the mapping"
        raise BadCell(message) from None


_ISO_DAY = len("2026-03-31")
