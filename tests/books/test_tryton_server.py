"""The demo's Tryton: it ends with whoever started it, and says why it cannot start."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from connector.demo import tryton_server
from connector.demo.tryton_server import TrytonUnavailableError, running_tryton

ROOT = Path(__file__).parents[2]
STARTER = """
import sys, time
from pathlib import Path
from connector.demo.tryton_server import running_tryton
with running_tryton(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


def answers(url: str) -> bool:
    try:
        requests.get(url, timeout=1)
    except requests.ConnectionError:
        return False
    return True


def gone(url: str) -> bool:
    """Wait at most five seconds for a server to end."""
    deadline = time.monotonic() + 5
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not answers(url)


def test_a_server_ends_with_its_block_and_starts_afresh(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        with running_tryton(tmp_path, told.append) as server:
            assert server.add_party("ACME Ltd") == 4  # after the seller and two customers
        assert gone(server.url)
    assert told[-1] == "starting Tryton"
    assert (tmp_path / "tryton.log").read_text(encoding="utf-8")


def test_a_server_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout
    with starter.stdout as output:
        url = output.readline().strip()
    assert answers(url)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert gone(url)


def test_an_unreachable_package_index_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with (
        pytest.raises(TrytonUnavailableError, match="is the package index reachable"),
        running_tryton(tmp_path / "work"),
    ):
        pass
    (home,) = tmp_path.iterdir()
    assert [path.name for path in home.iterdir()] == ["lock"]  # no half environment is left


def test_a_server_that_does_not_start_names_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no Tryton today')", encoding="utf-8")
    with running_tryton(tmp_path / "first"):
        pass  # environment and template are there now
    monkeypatch.setattr(tryton_server, "_template", lambda *_: broken)
    monkeypatch.setattr(tryton_server, "_SETUP", broken)
    with (
        pytest.raises(TrytonUnavailableError, match=r"its log is .*tryton\.log\nno Tryton today"),
        running_tryton(tmp_path / "work"),
    ):
        pass
