"""A nursery of short lives: processes that go one round of the house's work, some killed at a point of it.

Run as a program: it goes one round itself, so that every fork of it is warm, then reads orders line by line.
A point is passed before and after each commit, each HTTP request and each rename of a file.
"""

import functools
import itertools
import json
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.engine.default import DefaultDialect

from connector.workflow.cycle import run
from connector.workflow.house import open_house


def go_round(config: Path, at: datetime) -> bool:
    """Go one round at a moment and tell whether it went well."""
    house = open_house(config, actor="crash", now=lambda: at)
    try:
        return run(house, confirmed=True).good
    finally:
        house.close()


class Life:
    """Tells each point that it passes, and dies at the one it was given."""

    def __init__(self, tell: int, dies_at: int | None) -> None:
        self._tell = tell
        self._dies_at = dies_at
        self._passed = itertools.count()

    def watch(self, owner: Any, name: str, title: Callable[..., str]) -> None:
        real = getattr(owner, name)

        @functools.wraps(real)
        def watched(*args: Any, **options: Any) -> Any:
            what = title(*args)
            self._passes(f"before {what}")
            result = real(*args, **options)
            self._passes(f"after {what}")
            return result

        setattr(owner, name, watched)

    def _passes(self, point: str) -> None:
        os.write(self._tell, f"{point}\n".encode())
        if next(self._passed) == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


def live(order: dict[str, Any], tell: int) -> bool:
    life, commits = Life(tell, order["dies_at"]), itertools.count(1)
    life.watch(DefaultDialect, "do_commit", lambda *_: f"commit {next(commits)}")
    life.watch(requests.Session, "send", lambda _, request: _titled(request))
    for verb in ("rename", "replace"):
        life.watch(os, verb, lambda _, target: f"rename to {Path(target).name}")
    return go_round(Path(order["config"]), datetime.fromisoformat(order["at"]))


def _titled(request: requests.PreparedRequest) -> str:
    """Name a request by its path, and by its method where it is JSON-RPC."""
    called = re.search(rb'"method": "([^"]+)"', request.body) if isinstance(request.body, bytes) else None
    return f"{request.method} {request.path_url.partition('?')[0]}" + (
        f" {called[1].decode()}" if called else ""
    )


def _fork(order: dict[str, Any]) -> dict[str, Any]:
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        _end(order, tell)
    print(pid, flush=True)
    os.close(tell)
    with os.fdopen(told) as points:
        passed = points.read().splitlines()
    return {"points": passed, "exit": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}


def _end(order: dict[str, Any], tell: int) -> None:
    """Live in the fork, and leave it without anything that its parent would do at its end."""
    good = False
    try:
        good = live(order, tell)
    finally:
        if sys.exc_info()[0]:
            traceback.print_exc()
        os._exit(0 if good else 1)


def main() -> None:
    config, at = sys.argv[1:]
    print(json.dumps(go_round(Path(config), datetime.fromisoformat(at))), flush=True)
    for line in sys.stdin:
        print(json.dumps(_fork(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
