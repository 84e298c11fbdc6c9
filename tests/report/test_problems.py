"""Every code of a problem and every kind of difference is listed in docs/problems.md, and nothing else is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from connector.workflow.reconcile import Kind

ROOT = Path(__file__).parents[2]
MAKERS = {"Problem", "Fault", "_problem", "problem"}
CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def listed(page: str) -> list[str]:
    return re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)


def codes(tree: ast.AST) -> Iterator[str]:
    """Find the codes given to the makers of problems, by keyword, by place, or over a variable ``code``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in MAKERS:
            given = [word.value for word in node.keywords if word.arg == "code"] or node.args
            yield from texts(given)
        if isinstance(node, ast.Assign) and "code" in {
            part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)
        }:
            yield from texts(either(node.value.elts[0] if isinstance(node.value, ast.Tuple) else node.value))


def either(node: ast.expr) -> list[ast.expr]:
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value


def test_every_code_is_listed_and_none_is_invented() -> None:
    page = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    problems, differences = page.split("\n## Differences\n")
    sources = [*(ROOT / "connector").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]
    found = {code for path in sources for code in codes(ast.parse(path.read_text(encoding="utf-8")))}
    assert sorted(listed(problems)) == sorted(found)
    assert listed(differences) == list(Kind)


def test_codes_are_found_in_each_form() -> None:
    text = """
a = Problem(code="by_keyword", message="no code")
self._problem(piece, "by_place", "A sentence.")
code, message = ("over_a_variable", "x")
code = "plainly"
code = "if_so" if row else "if_not"
"""
    found = ["over_a_variable", "plainly", "if_so", "if_not", "by_keyword", "by_place"]
    assert list(codes(ast.parse(text))) == found
