"""The docs do not lie: their YAML loads, their commands exist, their links lead somewhere."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from connector.cli.main import cli
from connector.config import yaml
from connector.config.validate import validate
from connector.model.contract import Customer
from connector.model.mapping import DeskMapping
from connector.model.price_list import PriceList
from connector.model.settings import Settings
from connector.model.usage_mapping import UsageMapping
from connector.model.written import Written
from tests.house.source import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")])
SHELL = {"console", "sh", "bash", "shell", "cron"}
#: A YAML block whose first key is one of these is a whole file of that kind; any other is an excerpt.
WHOLE_FILES: dict[str, type[Written]] = {
    "customer": Customer,
    "house": Settings,
    "time": DeskMapping,
    "price_list": PriceList,
    "stands": UsageMapping,
}


class Block(NamedTuple):
    place: str  # page:line of its first line
    language: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w*)[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, found.start()) + 2
        yield Block(f"{page.relative_to(ROOT).as_posix()}:{line}", found[1], found[2])


BLOCKS = [block for page in PAGES for block in blocks(page)]
YAML = [block for block in BLOCKS if block.language == "yaml"]


def shell_lines() -> Iterator[tuple[str, str]]:
    """Yield place and arguments of each call of deskbill in a shell block."""
    for block in BLOCKS:
        if block.language in SHELL:
            lines = block.text.replace("\\\n", " ").splitlines()
            yield from ((block.place, call) for line in lines for call in calls(line))


def mentions() -> Iterator[tuple[str, str]]:
    """Yield place and arguments of each call of deskbill between backticks; it may leave arguments out."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in re.finditer(r"`deskbill ([^`\n]+)`", text):
            yield f"{page.relative_to(ROOT).as_posix()}:{text.count(chr(10), 0, found.start()) + 1}", found[1]


def calls(line: str) -> list[str]:
    """Find what follows ``deskbill`` where it is a command, up to a pipe, a redirection or a comment."""
    pattern = r"(?:^|\$ |[;&|] *|&& *)(?:[A-Z_]+=\S+ +)*deskbill(?= |$)([^|;&>#]*)"
    return [found.strip() for found in re.findall(pattern, line)]


def lacking(command: click.Command, words: list[str], name: str = "deskbill") -> list[str | None]:
    """Parse a command line down to its last subcommand without running it; return what it lacks."""
    context = click.Context(command, info_name=name)
    options, rest, _ = command.make_parser(context).parse_args(list(words))
    if "help" in options or "version" in options:
        return []
    if isinstance(command, click.Group) and rest:
        _, child, words = command.resolve_command(context, rest)
        assert child is not None
        return lacking(child, words, f"{name} {rest[0]}")
    assert not rest, f"{name} takes no {rest}"
    written = {
        key for key, value in options.items() if isinstance(value, str | bool | tuple | list) and value != ()
    }
    return [param.name for param in command.params if param.required and param.name not in written]


@pytest.mark.parametrize("block", [pytest.param(block, id=block.place) for block in YAML])
def test_yaml_loads(block: Block) -> None:
    tree, origin = yaml.parse(block.text, block.place)
    kind = WHOLE_FILES.get(next(iter(tree))) if isinstance(tree, dict) else None
    if kind:
        assert isinstance(validate(kind, tree, origin), kind)
    else:
        assert tree


def cited(lines: Iterator[tuple[str, str]]) -> list[object]:
    return [pytest.param(line, id=f"{place} {line}") for place, line in dict.fromkeys(lines)]


@pytest.mark.parametrize("line", cited(shell_lines()))
def test_commands_can_be_typed_as_they_stand(line: str) -> None:
    assert lacking(cli, shlex.split(line)) == []


@pytest.mark.parametrize("line", cited(mentions()))
def test_commands_that_are_mentioned_exist(line: str) -> None:
    assert isinstance(lacking(cli, shlex.split(line)), list)


@pytest.mark.parametrize("page", [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    lost = [link for link in targets if link and "://" not in link and not (page.parent / link).exists()]
    assert not lost, f"{page.relative_to(ROOT)} links to {lost}"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("$ deskbill preview --json | jq .", ["preview --json"]),
        ("*/15 * * * *  cd /srv/house && deskbill --quiet cycle", ["--quiet cycle"]),
        ("DESKBILL_CONFIG=a.yaml deskbill check  # look", ["check"]),
        ("pipx install deskbill", []),
        ("deskbill", [""]),
        ("deskbill.service", []),
    ],
)
def test_a_command_is_found_in_a_line(line: str, found: list[str]) -> None:
    assert calls(line) == found


@pytest.mark.parametrize("line", ["no-such-command", "preview --no-such-option", "init a b"])
def test_a_wrong_command_is_found_out(line: str) -> None:
    with pytest.raises((click.UsageError, AssertionError)):
        lacking(cli, shlex.split(line))


def test_a_missing_argument_is_found_out() -> None:
    assert lacking(cli, ["contract", "new"]) == ["name"]
