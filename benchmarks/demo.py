"""How long the demo takes, Tryton's installation apart: what a newcomer waits the second time."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.run import Measure, seconds


def demo() -> Iterator[Measure]:
    """Run the command twice in a folder of its own; the first run installs what is not cached."""
    with tempfile.TemporaryDirectory() as folder:
        command: list[str | Path] = [
            Path(sys.executable).with_name("deskbill"),
            "demo",
            "--folder",
            f"{folder}/demo",
        ]

        def run() -> None:
            subprocess.run(command, check=True, capture_output=True)

        first, second = seconds(run), seconds(run)
    yield Measure(
        "demo_s", second, "s", "", f"deskbill demo, everything cached; the run before took {first:.1f} s"
    )
