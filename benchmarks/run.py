"""`make bench`: run the measurements, print them as a table, and write `build/bench.json`."""

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

RESULT = Path("build") / "bench.json"


class Measure(NamedTuple):
    """One figure: what it is measured against, and how, in words."""

    name: str
    value: float
    unit: str
    against: str
    how: str


def seconds(work: Callable[[], object]) -> float:
    """Time one run of ``work`` by the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def table(measures: Iterable[Measure]) -> str:
    rows = [
        ("name", "value", "unit", "against"),
        *((m.name, f"{m.value:,.2f}", m.unit, m.against) for m in measures),
    ]
    name, value, unit = (max(len(row[column]) for row in rows) for column in range(3))
    return "\n".join(
        f"{row[0]:<{name}}  {row[1]:>{value}}  {row[2]:<{unit}}  {row[3]}".rstrip() for row in rows
    )


def write(measures: Iterable[Measure], to: Path = RESULT) -> None:
    """Write ``{name: {value, unit, against, how}}``."""
    to.parent.mkdir(parents=True, exist_ok=True)
    figures = {
        m.name: {"value": m.value, "unit": m.unit, "against": m.against, "how": m.how} for m in measures
    }
    to.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def main(benchmarks: Iterable[Callable[[], Iterable[Measure]]]) -> None:
    """Run each; together they stay under 10 minutes on 2 cores."""
    measures = [measure for benchmark in benchmarks for measure in benchmark()]
    write(measures)
    print(table(measures))
