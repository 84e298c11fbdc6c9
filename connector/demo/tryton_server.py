"""Starts a real Tryton 8 on loopback, in an environment of its own, for the demo and the tests.

Tryton comes from the package index into the user's cache (about 10 s) and gets a prepared database beside it
(about 15 s), both once. Each start copies that database and takes about a second.
"""

import base64
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
import requests

#: What is installed: the newest of this series that the package index has.
PACKAGES = ("trytond~=8.0", "trytond_account_invoice~=8.0", "proteus~=8.0")
DATABASE = "tryton"
USER = "connector"
#: Of the throw-away database on loopback, for the connector and for the administrator.
PASSWORD = "demo-password-1"  # noqa: S105 - it protects nothing
_SETUP = Path(__file__).with_name("tryton_setup.py")
_LONGEST_START = 60
_LONGEST_INSTALL = 600

Progress = Callable[[str], object]


class TrytonUnavailableError(Exception):
    """Tryton could not be installed, prepared or started. The message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrytonServer:
    """A running Tryton: a company in EUR, a chart of accounts, years from 2024 on, taxes of 19, 7 and 0 %."""

    url: str  #: without a slash at its end
    database: str = DATABASE
    user: str = USER  #: in the group Accounting
    password: str = PASSWORD
    company: str = "Deskbill Demo GmbH"
    parties: tuple[str, ...] = ("Customer A", "Customer B")
    taxes: tuple[str, ...] = ("VAT 19%", "VAT 7%", "VAT 0%")

    def call(self, method: str, *params: Any) -> Any:
        """Call a method as the administrator, as a person at a client would. Values are Tryton's JSON."""
        user, token, *_ = self._rpc("common.db.login", ["admin", {"password": self.password}], {})
        session = base64.b64encode(f"admin:{user}:{token}".encode()).decode()
        return self._rpc(method, [*params, {"company": 1}], {"Authorization": f"Session {session}"})

    def add_party(self, name: str) -> int:
        """Add a customer with an empty address, and return its id."""
        party = {"name": name, "addresses": [["create", [{}]]]}
        return int(self.call("model.party.party.create", [party])[0])

    def _rpc(self, method: str, params: list[Any], headers: dict[str, str]) -> Any:
        body = {"id": 0, "method": method, "params": params}
        answer = requests.post(f"{self.url}/{self.database}/rpc/", json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        content = answer.json()
        if "error" in content:
            raise RuntimeError(f"{method}: {str(content['error'])[:300]}")
        return content["result"]


@contextmanager
def running_tryton(folder: Path, progress: Progress = lambda _: None) -> Iterator[TrytonServer]:
    """Serve a fresh database, which lies in ``folder`` with the log, until the block is left.

    The server ends with this process too, however that ends: it reads a pipe that then closes.

    Raises:
        TrytonUnavailableError: it cannot be installed, prepared or started.
    """
    home = _home()
    with _locked(home):
        python = _environment(home, progress)
        template = _template(home, python, progress)
    folder.mkdir(parents=True, exist_ok=True)
    _remove_database(folder)
    shutil.copyfile(template, folder / f"{DATABASE}.sqlite")
    progress("starting Tryton")
    port = _free_port()
    log = folder / "tryton.log"
    config = _configure(folder, port)
    with log.open("wb") as output, _serving(python, config, output) as process:
        server = TrytonServer(url=f"http://127.0.0.1:{port}")
        _await(server, process, log)
        yield server


def _home() -> Path:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = platformdirs.user_cache_path("deskbill") / f"tryton-8-py{version}"
    home.mkdir(parents=True, exist_ok=True)
    return home


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Let one process at a time build what is cached."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _environment(home: Path, progress: Progress) -> Path:
    """Return the Python that has Tryton, building its environment first if there is none."""
    environment = home / "environment"
    if not _python(environment).exists():  # none yet, or the Python that it was made of is gone
        shutil.rmtree(environment, ignore_errors=True)
        progress("installing Tryton (once)")
        with _aside(home) as aside:
            venv.create(aside, with_pip=True, symlinks=True)
            pip = [str(_python(aside)), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
            _run([*pip, *PACKAGES], "Tryton cannot be installed; is the package index reachable?")
            aside.rename(environment)
    return _python(environment)


def _template(home: Path, python: Path, progress: Progress) -> Path:
    """Return a prepared database, making it first if there is none for this set-up and year."""
    recipe = _SETUP.read_bytes() + str(datetime.now(UTC).year).encode()
    template = home / f"template-{hashlib.sha256(recipe).hexdigest()[:12]}.sqlite"
    if not template.exists():
        progress("preparing Tryton's database (once)")
        with _aside(home) as aside:
            (aside / "password").write_text(PASSWORD, encoding="utf-8")
            config, made = _configure(aside, port=0), aside / "template"
            environment = {"TRYTONPASSFILE": str(aside / "password")}
            command: list[str | Path] = [python, _SETUP, "prepare", config, made, USER]
            _run(command, "Tryton's database cannot be prepared", environment)
            made.rename(template)
    return template


@contextmanager
def _aside(home: Path) -> Iterator[Path]:
    """Give a folder to build in; what was not moved away from it is removed."""
    aside = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _run(command: Sequence[str | Path], failure: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        env={**_clean_environment(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_LONGEST_INSTALL,
        check=False,
    )
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()][-3:]
        raise TrytonUnavailableError(f"{failure}\n" + "\n".join(last))


def _clean_environment() -> dict[str, str]:
    """Drop what would point Tryton's own Python at our packages or another database."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TRYTON"))}


def _configure(folder: Path, port: int) -> Path:
    config = folder / "trytond.conf"
    config.write_text(
        f"[database]\nuri = sqlite://\npath = {folder.resolve()}\n[web]\nlisten = 127.0.0.1:{port}\n",
        encoding="utf-8",
    )
    return config


def _remove_database(folder: Path) -> None:
    for path in folder.glob(f"{DATABASE}.sqlite*"):
        path.unlink()  # a -wal of another database would spoil the copy


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(python: Path, config: Path, output: Any) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [python, _SETUP, "serve", config],
        env=_clean_environment(),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _await(server: TrytonServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a login works."""
    deadline = time.monotonic() + _LONGEST_START
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(requests.ConnectionError):
            server.call("model.res.user.get_preferences", True)
            return
        time.sleep(0.05)
    tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
    raise TrytonUnavailableError(f"Tryton did not start; its log is {log}\n" + "\n".join(tail))


def _python(environment: Path) -> Path:
    return environment / "bin" / "python"
