"""One run in a process of its own, so that its peak memory is its own: prints its figures as JSON.

``python -m benchmarks.closing close 10`` lives ten months and closes each; ``rate 1`` rates one.
"""

import json
import resource
import sqlite3
import sys
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.run import seconds
from benchmarks.town import MONTHS, Town
from connector.cli.main import settle_memory
from connector.rating.rate import rate
from connector.workflow.account import open_account
from connector.workflow.close import close

_ROUNDS = 3


def close_months(count: int) -> dict[str, float]:
    """Pull and close months one after the other, as a house does; then the floor over the same rows."""
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder))
        took = []
        for month in MONTHS[:count]:
            town.live(month)
            took.append(seconds(partial(close, town.house, month, None)))
        town.house.close()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        floor, lines = _floor(town.database)
    return {"close": sum(took), "last": took[-1], "floor": floor, "lines": lines, "peak_mb": peak}


def rate_month() -> dict[str, float]:
    """Rate a month of resolved work into statements, nothing else; the median of some rounds."""
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder))
        town.live(MONTHS[0])
        accounts = [open_account(town.house, name) for name in town.house.customers]
        work = [(one.terms, one.work(MONTHS[0], one.basis)) for one in accounts]
        rounds = [
            seconds(lambda: [rate(terms, MONTHS[0], entries) for terms, entries in work])
            for _ in range(_ROUNDS)
        ]
        town.house.close()
    return {"rate": median(rounds), "entries": sum(len(entries) for _, entries in work)}


def _floor(path: Path) -> tuple[float, int]:
    """Read the same work rows and write the same finished line rows with the standard library alone."""
    with closing(sqlite3.connect(path)) as database:
        lines = database.execute("SELECT * FROM lines").fetchall()
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE floor_lines AS SELECT * FROM lines WHERE 0")
        marks = ", ".join("?" * len(lines[0]))

        def work() -> None:
            database.execute(
                "SELECT * FROM work JOIN work_versions ON work_versions.work = work.key"
            ).fetchall()
            database.executemany(f"INSERT INTO floor_lines VALUES ({marks})", lines)
            database.commit()

        return seconds(work), len(lines)


if __name__ == "__main__":
    settle_memory()
    what, months = sys.argv[1:]
    json.dump(close_months(int(months)) if what == "close" else rate_month(), sys.stdout)
