"""Every command explains itself, and every fault that can be foreseen ends in a sentence and an exit code."""

import json
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from connector.cli import faults
from connector.cli.main import cli, main
from connector.cli.values import AMOUNT, DAY, DURATION, PERCENT, PERIOD, Value
from connector.config.secrets import SecretError
from connector.config.validate import Unreadable
from connector.http import AuthFailed, ConfigError, Transient
from connector.model.problem import Problem
from connector.workflow.upkeep import Busy


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from leaves(each, (*path, name))
        else:
            yield (*path, name), each


LEAVES = dict(leaves(cli))


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_has_a_help_with_an_example_that_parses(path: tuple[str, ...]) -> None:
    command = LEAVES[path]
    epilog = command.epilog or ""
    assert epilog.startswith("Example: deskbill ")
    words = shlex.split(epilog.partition(" >")[0])[2:]
    assert tuple(words[: len(path)]) == path
    with command.make_context(" ".join(path), words[len(path) :]) as context:
        assert context.command is command
    assert "--json" in CliRunner().invoke(cli, [*path, "--help"]).output


def test_all_commands_are_there() -> None:
    assert {" ".join(path) for path in LEAVES} >= {
        "init",
        "check",
        "sync",
        "preview",
        "explain",
        "balance",
        "close",
        "push",
        "settle",
        "cycle",
        "reconcile",
        "daemon",
        "status",
        "report owed",
        "report seconds",
        "opening",
        "contract check",
        "contract schema",
        "contract new",
        "contract show",
        "contract apply",
        "contract plan",
        "contract backtest",
        "replay",
        "secret set",
        "secret list",
        "secret delete",
        "backup",
        "db upgrade",
        "purge",
        "forget",
        "adapters",
        "demo",
        *(
            f"decide {kind}"
            for kind in ("waive", "hold", "release", "credit", "transfer", "discount", "charge", "reassign")
        ),
        *(f"decide {kind}" for kind in ("keep", "approve", "dispute", "undo", "list", "rebill", "accept")),
    }


MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
FAULTS = [
    (Unreadable([Problem(code="x", message="bad.yaml is bad")]), 2, "bad.yaml is bad"),
    (ConfigError("no customer 'x'"), 2, "no customer 'x'"),
    (SecretError("secret 'x' is nowhere"), 2, "secret 'x' is nowhere"),
    (FileNotFoundError(2, "No such file", "a.txt"), 2, "a.txt: No such file"),
    (Transient("GET /x: 503"), 3, "GET /x: 503"),
    (AuthFailed("GET /x: 401"), 3, "GET /x: 401"),
    (Busy("daemon", MOMENT, MOMENT), 4, "daemon"),
]


@pytest.mark.parametrize(("fault", "code", "message"), FAULTS)
def test_foreseen_faults_have_an_exit_code_and_a_sentence(
    fault: Exception, code: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("connector.cli.terminal.open_house", broken)
    result = CliRunner().invoke(cli, ["balance"])
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_fault_that_nobody_foresaw_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("connector.cli.terminal.open_house", broken)
    assert isinstance(CliRunner().invoke(cli, ["balance"]).exception, ZeroDivisionError)


def test_the_keyboard_interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("connector.cli.terminal.open_house", interrupted)
    result = CliRunner().invoke(cli, ["balance"])
    assert (result.exit_code, "is kept" in result.stderr) == (130, True)


def test_the_worst_outcome_counts() -> None:
    assert faults.worst([0, 3, 1]) == 3
    assert faults.worst([]) == 0


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (AMOUNT, "50.00", Decimal("50.00")),
        (AMOUNT, "50", Decimal(50)),
        (DURATION, "1h30m", 5400),
        (PERCENT, "7.5%", Decimal("7.5")),
        (DAY, "2026-03-31", datetime(2026, 3, 31).date()),  # noqa: DTZ001 - a day has no zone
    ],
)
def test_values_are_written_as_in_contracts(value: Value, text: str, expected: object) -> None:
    assert value.convert(text, None, None) == expected


@pytest.mark.parametrize(
    ("value", "text", "message"),
    [
        (AMOUNT, "50,00", "write it with a dot and without currency, as 50.00"),
        (AMOUNT, "-5", "'-5' is no amount"),
        (AMOUNT, "5.", "'5.' is no amount"),
        (AMOUNT, "nan", "'nan' is no amount"),
        (DURATION, "3", "write it with its unit"),
        (PERCENT, "10", "write it as 19%"),
        (PERIOD, "2026-13", "write 2026-03, 2026-Q1"),
        (DAY, "31.3.2026", "write it as 2026-03-31"),
    ],
)
def test_wrong_values_say_how_to_mend_them(value: Value, text: str, message: str) -> None:
    with pytest.raises(click.BadParameter, match=message):
        value.convert(text, None, None)


def test_options_stand_before_or_after_the_command(tmp_path: Path) -> None:
    for line in (["--config", "{}", "check"], ["check", "--config", "{}"]):
        result = CliRunner().invoke(cli, [word.format(tmp_path / "no.yaml") for word in line])
        assert (result.exit_code, "no.yaml" in result.stderr) == (2, True)


def test_the_environment_names_the_configuration(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["check"], env={"DESKBILL_CONFIG": str(tmp_path / "env.yaml")})
    assert "env.yaml" in result.stderr
    both = CliRunner().invoke(cli, ["check", "--config", "opt.yaml"], env={"DESKBILL_CONFIG": "env.yaml"})
    assert "opt.yaml" in both.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete(shell: str) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert (result.exit_code, "_DESKBILL_COMPLETE" in result.stdout) == (0, True)


def test_the_schema_is_json() -> None:
    result = CliRunner().invoke(cli, ["contract", "schema"])
    assert json.loads(result.stdout)["title"] == "Customer file of Deskbill"


def test_main_leaves_with_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("deskbill, version ")
