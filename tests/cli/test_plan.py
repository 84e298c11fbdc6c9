"""Contracts as code on the command line: plan, backtest, explain, replay, each with its exit code."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import CUSTOMER, Office

DEARER = CUSTOMER.replace("75.00", "80.00")
MARCH = ("--period", "2026-03")


@pytest.fixture
def closed(office: Office) -> Office:
    """March is billed: 75.00; its files are committed."""
    office.run("sync")
    office.run("close", *MARCH)
    for words in (
        ("init", "--quiet"),
        ("add", "config.yaml", "zammad.yaml", "customers"),
        ("commit", "-qm", "Begin"),
    ):
        git(office, *words)
    return office


def git(office: Office, *words: str) -> None:
    author = ("-c", "user.name=Mara", "-c", "user.email=mara@house.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(office.folder), *author, *words], check=True, capture_output=True)


def write(office: Office, text: str, name: str = "acme") -> Path:
    path = office.folder / "customers" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plan_says_nothing_changes(closed: Office) -> None:
    assert "No amount differs" in closed.run("contract", "plan").stdout
    assert closed.ask("contract", "plan")["differs"] is False


def test_a_plan_tells_what_an_edit_changes(closed: Office) -> None:
    write(closed, DEARER)
    text = closed.run("contract", "plan", "acme", code=1).stdout
    assert "  2026-03  closed  75.00  80.00   +5.00 EUR" in text
    assert "    zammad/1 (" in text
    assert "75.00 -> 80.00  75.00  80.00  +5.00 EUR" in text
    answer = closed.ask("contract", "plan", "--months", "1", code=1)
    (acme,) = answer["customers"]
    assert (acme["periods"][0]["difference"], acme["periods"][0]["lines"][0]["new"]) == ("5.00", "80.00")
    assert (
        "| 2026-03 | closed | 75.00 | 80.00 | +5.00 EUR |"
        in closed.run("contract", "plan", "--markdown", code=1).stdout
    )
    assert closed.ask("contract", "plan", "--months", "0", code=0)["differs"] is False


def test_a_plan_with_a_bad_file_fails_and_shows_the_rest(closed: Office) -> None:
    write(closed, DEARER)
    write(closed, CUSTOMER.replace("acme", "bad").replace("DE-19", "XX-9"), "bad")
    result = closed.run("contract", "plan", code=2)
    assert "bad.yaml:7:16: tax 'XX-9' is not defined" in result.stdout
    assert "+5.00 EUR" in result.stdout
    assert result.stderr == ""


def test_a_plan_of_two_files(closed: Office, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(DEARER, encoding="utf-8")
    old = closed.folder / "customers" / "acme.yaml"
    answer = closed.ask("contract", "plan", "--old", str(old), "--new", str(new), code=1)
    assert answer["customers"][0]["periods"][0]["difference"] == "5.00"
    for wrong in (("--old", str(old)), ("--old", str(old), "--new", str(new), "--base", "HEAD")):
        assert "stand together" in closed.run("contract", "plan", *wrong, code=2).stderr


def test_a_plan_without_a_repository_says_what_to_do(office: Office) -> None:
    assert "is in no git repository" in office.run("contract", "plan", code=2).stderr


def test_a_backtest_holds_a_contract_against_the_bills(closed: Office) -> None:
    months = ("--from", "2026-03", "--to", "2026-03")
    assert "No amount differs" in closed.run("contract", "backtest", *months).stdout
    trial = closed.folder / "trial.yaml"
    trial.write_text(DEARER, encoding="utf-8")
    tried = ("contract", "backtest", *months, "--contract", str(trial))
    text = closed.run(*tried, code=1).stdout
    assert "  2026-03  closed  75.00  80.00   +5.00 EUR" in text
    assert "Lines of" not in text
    assert "zammad/1" in closed.run(*tried, "--lines", "--all", code=1).stdout
    assert closed.ask(*tried, "acme", code=1)["customers"][0]["periods"][0]["lines"][0]["old"] == "75.00"
    wrong = closed.run("contract", "backtest", "--from", "2026-04", "--to", "2026-03", code=2)
    assert "--to 2026-03 lies before --from 2026-04" in wrong.stderr
    write(closed, "customer: broken\n", "broken")
    assert "broken.yaml" in closed.run("contract", "backtest", *months, code=2).stdout


def test_a_document_is_replayed(closed: Office) -> None:
    text = closed.run("replay", "db-2026-0001").stdout
    assert "The same, byte for byte" in text
    answer = closed.ask("replay", "db-2026-0001")
    assert answer["proven"] is True
    assert answer["stored"] == answer["computed"]
    assert "there is no document" in closed.run("replay", "db-2026-0009", code=2).stderr


def test_a_whole_document_and_a_period_are_explained(closed: Office) -> None:
    text = closed.run("explain", "db-2026-0001").stdout
    assert "Tax 19% of 75.00" in text
    assert "89.25" in text
    assert "Tax 19%" not in closed.run("explain", "db-2026-0001:1").stdout
    period = closed.ask("explain", "acme/2026-03")
    assert [(each["amount"], each["proven"]) for each in period] == [("75.00", True), ("0.00", True)]
    assert period[0]["items"][0]["trail"][-1]["source"].endswith("acme.yaml:13:9")
    assert "no period '2026-02'; the first is 2026-03" in closed.run("explain", "acme/2026-02", code=2).stderr


def test_an_explanation_is_a_page(closed: Office) -> None:
    for what in ("db-2026-0001", "db-2026-0001:1", "acme/2026-03", "zammad/1", "zammad/1/2"):
        page = closed.run("explain", what, "--html").stdout
        assert page.startswith("<!DOCTYPE html>")
        assert "75.00 EUR per hour <code>" in page
        assert ("Gross" in page) is (what == "db-2026-0001")
    assert closed.run("explain", "zammad/1", "--html", "--json").stdout.startswith("[")
