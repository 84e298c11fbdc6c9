"""A planted secret turns up nowhere: not in a file of the run's folder, not in what is printed or logged."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli.main import cli

TOKEN, PASSWORD = "tok-9f3c1e77aa", "pass-51d0c2ee4b"
CONFIG = """\
house: {{name: IT House}}
timezone: Europe/Berlin
taxes: {{DE-19: {{rates: [{{from: 2021-01-01, percent: 19%}}]}}}}
desks:
  zammad: {{adapter: zammad, mapping: mapping.yaml, options: {{url: "{url}", secret: token}}}}
books:
  tryton:
    adapter: tryton
    options: {{url: "{url}", database: house, user: connector, secret: password, taxes: {{DE-19: "19%"}}}}
"""
MAPPING = "time: {timezone: Europe/Berlin, unit: [{from: 2020-01-01, unit: 1m}], entry: end}\n"


class Gossip(BaseHTTPRequestHandler):
    """Refuses everything, and tells in its refusal all that it was told."""

    status = 401

    def answer(self) -> None:
        told = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"error": f"{self.headers} {told.decode()}"}).encode())

    do_GET = do_POST = do_PUT = answer  # noqa: N815  # the names that http.server calls

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture(params=[401, 422])
def gossip(request: pytest.FixtureRequest) -> Iterator[str]:
    handler = type("Gossip", (Gossip,), {"status": request.param})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def house(gossip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DESKBILL_SECRET_TOKEN", TOKEN)
    monkeypatch.setenv("DESKBILL_SECRET_PASSWORD", PASSWORD)
    house = tmp_path / "house"
    assert CliRunner().invoke(cli, ["init", str(house)]).exit_code == 0
    (house / "config.yaml").write_text(CONFIG.format(url=gossip), encoding="utf-8")
    (house / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return house


def test_a_secret_turns_up_nowhere(house: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = ""
    for command in (
        "check",
        "sync",
        "push --yes",
        "cycle --yes",
        "reconcile",
        "status",
        "backup copy.sqlite",
    ):
        words = [str(house / word) if word.endswith(".sqlite") else word for word in command.split()]
        result = CliRunner().invoke(cli, ["--config", str(house / "config.yaml"), "--verbose", *words])
        assert isinstance(result.exception, SystemExit | None), f"{command}: {result.exception!r}"
        said += result.output
    files = {path: path.read_bytes() for path in house.rglob("*") if path.is_file()}
    assert "127.0.0.1" in said  # it did ask, and says whom
    assert (house / "copy.sqlite") in files
    for secret in (TOKEN, PASSWORD):
        assert secret not in said + caplog.text
        assert [path for path, data in files.items() if secret.encode() in data] == []
