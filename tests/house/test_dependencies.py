"""Every dependency is declared, used, and has its reason written down."""

import re
import sys
from importlib.metadata import packages_distributions

from tests.house.source import ROOT, files, imports, project

#: Used without an import: time-zone data, read as files.
DATA = {"tzdata"}


def normal(name: str) -> str:
    return name.lower().replace("_", "-")


def names(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[^A-Za-z0-9._-]", requirement)[0]) for requirement in requirements}


def declared() -> set[str]:
    return names(project()["project"]["dependencies"])


def imported() -> set[str]:
    """Name the distributions that the product imports; the conformance kit uses its caller's pytest."""
    product = [file for file in files("connector", "adapters") if not file.startswith("connector/testing/")]
    packages = {name.partition(".")[0] for file in product for _, name in imports(file)}
    outside = packages - set(sys.stdlib_module_names) - {"connector", "adapters"}
    owners = packages_distributions()
    return {normal(owners[package][0]) for package in outside if package != "_typeshed"}  # for mypy only


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    alongside = {"pydantic-core"}  # comes with pydantic, which documents it
    assert imported() - alongside == declared() - DATA


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = {normal(name) for name in re.findall(r"^\| ([\w.-]+) \| \S", page, re.MULTILINE)}
    everything = declared() | names(project()["project"]["optional-dependencies"]["dev"])
    assert explained - {"name"} == everything
