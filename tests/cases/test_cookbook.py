"""Each recipe of the cookbook loads, has nothing to mend, and comes to what the page says."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from tests.cases.case import load
from tests.cases.engine import start
from tests.cases.test_cases import follow

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
RECIPE = re.compile(
    r"^## (\d+)\. (.+?)\n.*?```yaml\n(.*?)```\n.*?```yaml\n(.*?)```", re.MULTILINE | re.DOTALL
)
RECIPES = RECIPE.findall(PAGE.read_text(encoding="utf-8"))


def test_there_are_twenty() -> None:
    assert [number for number, *_ in RECIPES] == [str(number) for number in range(1, 21)]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe[1])
def test_recipe(recipe: tuple[str, str, str, str], tmp_path: Path) -> None:
    number, title, customer, case = recipe
    path = tmp_path / f"{number}.yaml"
    head = f"case: R-{number}\nsays: {title}\ncustomer:\n"
    path.write_text(head + indent(customer, "  ") + case, encoding="utf-8")
    loaded, origin, tree = load(path)
    follow(loaded, origin, start(loaded, tree, origin))
