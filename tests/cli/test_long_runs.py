"""The commands that run long: the daemon and the demo. What they do is tested where it is written."""

import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli.main import cli
from connector.demo import story
from connector.demo.folder import NotOursError
from connector.demo.tryton_server import TrytonUnavailableError


class Watch:
    """Stands in for the daemon and notes how it was called."""

    seen: tuple[Path, int]

    def __init__(self, config: Path) -> None:
        self.config = config

    def serve(self) -> None:
        Watch.seen = (self.config, logging.root.level)


@pytest.mark.parametrize(("option", "level"), [((), logging.INFO), (("--quiet",), logging.WARNING)])
def test_the_daemon_serves_the_configuration(
    option: tuple[str, ...], level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.cli.carry.Daemon", Watch)
    result = CliRunner().invoke(cli, ["daemon", "--config", "house.yaml", *option])
    assert (result.exit_code, Watch.seen) == (0, (Path("house.yaml"), level))


def test_a_daemon_without_configuration_ends_at_once(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["daemon", "--config", str(tmp_path / "no.yaml")])
    assert (result.exit_code, "no.yaml" in result.stderr) == (2, True)


def played(_folder: Path, say: story.Say, told: story.Say) -> None:
    told("installing")
    say("525.00")


def test_the_demo_says_what_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "play", played)
    shown = CliRunner().invoke(cli, ["demo", "--folder", str(tmp_path)])
    assert (shown.exit_code, shown.stdout, shown.stderr) == (0, "525.00\n", "installing\n")
    data = CliRunner().invoke(cli, ["demo", "--folder", str(tmp_path), "--json"])
    assert json.loads(data.stdout) == {"folder": str(tmp_path), "story": ["525.00"]}
    assert data.stderr == ""


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (NotOursError("not empty"), 2),
        (TrytonUnavailableError("no package index"), 3),
        (story.DemoFailedError("525.00 is 524.00"), 1),
    ],
)
def test_a_demo_that_fails_says_why(fault: Exception, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise fault

    monkeypatch.setattr(story, "play", failing)
    result = CliRunner().invoke(cli, ["demo"])
    assert (result.exit_code, result.stderr) == (code, f"{fault}\n")
