"""Each template of a contract is a worked example: its own case says what a month under it comes to."""

import re
from pathlib import Path

import pytest

from connector.config.resources import packaged
from tests.cases.case import load
from tests.cases.engine import start
from tests.cases.test_cases import follow

CASES = sorted(Path(__file__).parent.glob("*.yaml"))


def test_every_template_has_a_case() -> None:
    templates = [path.stem for path in sorted(packaged("contracts").glob("*.yaml"))]
    assert [path.stem for path in CASES] == templates


def test_the_cookbook_lists_them() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cookbook.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE) == [path.stem for path in CASES]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_template(path: Path) -> None:
    case, origin, tree = load(path)
    assert case.customer == path.stem, "a template's case is named as the template"
    follow(case, origin, start(case, tree, origin, shelf=packaged("contracts")))
