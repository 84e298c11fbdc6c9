"""The wheel alone is enough: in an empty environment, outside the checkout, its commands find their YAML."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.source import ROOT, project

pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, folder=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    empty = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(empty, with_pip=False)
    python = empty / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--quiet", "--no-compile", wheel, folder=empty)
    return python.parent


def test_the_wheel_carries_the_yaml_and_no_tests(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"connector/mappings/{path.relative_to(ROOT / 'mappings').as_posix()}"
        for path in (ROOT / "mappings").rglob("*.yaml")
    }
    assert wanted
    assert wanted | {"connector/mappings/config.example.yaml", "connector/py.typed"} <= held
    assert {name.split("/")[0] for name in held} == {
        "connector",
        "adapters",
        f"deskbill-{project()['project']['version']}.dist-info",
    }


def test_a_stranger_begins_outside_the_checkout(bin_folder: Path, tmp_path: Path) -> None:
    deskbill = bin_folder / "deskbill"
    assert "preview" in run(deskbill, "--help", folder=tmp_path)
    assert "demo" in run(deskbill, "demo", "--help", folder=tmp_path)
    run(deskbill, "init", "house", folder=tmp_path)
    house = tmp_path / "house"
    assert (house / "config.yaml").is_file()
    run(deskbill, "contract", "new", "newcomer", "--template", "monthly-allowance", folder=house)
    assert "customer: newcomer" in (house / "customers" / "newcomer.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("group", "names"), [("deskbill.desks", "glpi zammad"), ("deskbill.books", "folder tryton")]
)
def test_the_adapters_announce_themselves(group: str, names: str, bin_folder: Path, tmp_path: Path) -> None:
    script = "import importlib.metadata as m, sys; print(*sorted(m.entry_points(group=sys.argv[1]).names))"
    assert run(bin_folder / "python", "-c", script, group, folder=tmp_path) == f"{names}\n"
