"""How fast work is rated, closed and stored, against what SQLite alone would take, and in how much memory."""

import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.run import Measure
from benchmarks.town import CUSTOMERS, ENTRIES_A_MONTH, MONTHS

_FLOOR = "sqlite3: one SELECT of the work, one executemany of the lines, WAL, FULL"


def rating() -> Iterator[Measure]:
    """Live and close ten months of 100 customers with 1,000 entries each a month; one month beside it."""
    few, many, pure = _run("close", 1), _run("close", len(MONTHS)), _run("rate", 1)
    for name, run, months in (("_100k", few, 1), ("", many, len(MONTHS))):
        entries = f"{ENTRIES_A_MONTH * months:,} entries of {CUSTOMERS} customers in {months} closes of each"
        how = (
            f"read, resolve, rate, difference, close: {run['close']:.2f} s (the last month "
            f"{run['last']:.2f} s); floor {run['floor']:.2f} s; {entries}, {run['lines']:,} lines; one round"
        )
        yield Measure(f"rate_store_vs_floor{name}", run["close"] / run["floor"], "times", _FLOOR, how)
    yield Measure("peak_mb_100k", few["peak_mb"], "MB", "", "ru_maxrss of a process that lived one month")
    yield Measure("peak_mb_1m", many["peak_mb"], "MB", "", "ru_maxrss of a process that lived ten months")
    yield Measure(
        "rate_entries_per_s",
        pure["entries"] / pure["rate"],
        "entries/s",
        "",
        f"resolved work to statement: {pure['entries']:,} entries of {CUSTOMERS} customers; median of 3",
    )


def _run(what: str, months: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.closing", what, str(months)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
