"""The daemon as a service manager sees it: a process that works, says so, and ends when it is asked to."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from connector.store.engine import create

CONFIG = """\
house: {name: Nord}
timezone: Europe/Berlin
taxes: {DE-19: {rates: [{from: 2021-01-01, percent: 19%}]}}
books: {folder: {adapter: folder, options: {path: invoices}}}
daemon: {every: 1s, jitter: 0s}
"""


def test_it_goes_round_and_ends_soon_after_sigterm(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    for folder in ("customers", "invoices"):
        (tmp_path / folder).mkdir()
    create(tmp_path / "deskbill.sqlite").close()
    command: list[str | Path] = [
        Path(sys.executable).with_name("deskbill"),
        "--config",
        tmp_path / "config.yaml",
        "daemon",
    ]
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=tmp_path) as process,
    ):
        try:
            deadline = time.monotonic() + 60
            while log.read_text(encoding="utf-8").count("cycle") < 2:
                assert process.poll() is None, log.read_text(encoding="utf-8")
                assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
