"""A month from desk to books by the command line, as a person or a script sees it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli.main import cli
from tests.cli.conftest import Office

MARCH = ("--period", "2026-03")


def test_a_month_goes_from_the_desk_into_the_books(office: Office) -> None:
    (synced,) = office.ask("sync")
    assert (synced["desk"], synced["new"], synced["complete"], synced["fault"]) == ("zammad", 2, True, None)

    (shown,) = office.ask("preview", "acme", *MARCH)["previews"]
    assert (shown["net"], shown["seconds"]) == (
        "75.00",
        {"open": 3600, "included": 18000, "free": 0, "held": 0},
    )
    assert shown["thresholds"][0]["work"] == "zammad/1/2"

    (closed,) = office.ask("close", *MARCH)
    assert (closed["invoices"][0]["reference"], closed["invoices"][0]["gross"]) == ("db-2026-0001", "89.25")

    asked = office.run("push", code=1, answer="n\n")
    assert "folder: 1 documents, 89.25 EUR gross" in asked.stderr
    (pushed,) = office.ask("push", "--yes")
    assert pushed["documents"] == [
        {"reference": "db-2026-0001", "status": "pushed", "reason": "", "number": ""}
    ]
    assert (office.folder / "invoices" / "db-2026-0001.txt").exists()
    assert office.ask("push") == []

    (explained,) = office.ask("explain", "db-2026-0001:1")
    assert (explained["amount"], explained["proven"]) == ("75.00", True)
    assert explained["items"][0]["trail"][-1]["text"].startswith("75.00 EUR per hour  <- ")

    assert office.ask("reconcile") == {"differences": [], "adopted": [], "unchecked": {}}
    (document,) = office.ask("report", "documents")
    assert (document["status"], document["net"]) == ("pushed", "75.00")


def test_a_cycle_does_it_all_and_status_watches_it(office: Office) -> None:
    before = office.ask("status", code=1)
    assert (before["last_cycle"], before["late"], before["synced"]) == (None, True, {"zammad": None})
    report = office.ask("cycle", "--yes")
    assert [desk["new"] for desk in report["sync"]][:1] == [2]
    assert report["close"][0]["invoices"][0]["net"] == "75.00"
    assert report["push"][0]["documents"][0]["status"] == "pushed"
    after = office.ask("status")
    assert (after["late"], after["waits"], after["held"], after["problems"]) == (False, [], [], [])
    assert "Last good cycle: 20" in office.run("status").stdout


def test_without_a_yes_the_first_cycle_leaves_the_documents(office: Office) -> None:
    report = office.ask("cycle", code=1)
    assert (report["unconfirmed"], report["push"]) == (True, [])
    assert "deskbill push" in office.run("cycle", code=1).stdout
    assert len(office.ask("status", code=0)["waits"]) == 1


def test_people_read_it_as_text(office: Office) -> None:
    synced = office.run("sync").stdout.splitlines()
    assert synced[0].split() == ["desk", "tickets", "new", "changed", "deleted", "unchanged", "fault"]
    preview = office.run("preview", *MARCH).stdout
    assert "Phones are dead" in preview
    assert "  Gross             89.25 EUR" in preview
    assert "100% of support/phone (5h) reached on 2026-03-17" in preview
    assert "net 75.00" not in preview
    assert "zammad/1/2 on 2026-03-17: 1h worked, billed" in office.run("explain", "zammad/1").stdout
    assert "open          75.00 EUR" in office.run("balance", "acme").stdout
    assert "75.00" in office.run("close", *MARCH).stdout
    assert "pushed" in office.run("push", "--yes").stdout
    assert office.run("reconcile").stdout == "Desks, ledger and books agree\n"
    assert "Nothing is owed" in office.run("report", "owed", *MARCH).stdout
    assert "Nothing is open" in office.run("preview", *MARCH).stdout


def test_work_of_nobody_is_shown_and_fails(office: Office) -> None:
    desk = office.desk
    other = desk.add_user("max@other.example", organization=desk.add_organization("Other"))
    ticket = desk.add_ticket("Who pays?", customer=other)
    desk.book_time(ticket, "30", technician=3)
    office.run("sync")
    shown = office.ask("preview", *MARCH, code=1)
    (unowned,) = shown["unowned"]
    assert (unowned["work"], unowned["seconds"]) == ("zammad/2/3", 1800)
    assert unowned["owner"]["organization"] == "Other"
    (acme, nobody) = office.ask("report", "seconds", code=1)
    assert (acme["open"], acme["included"], nobody["held"], nobody["lost"]) == (3600, 18000, 1800, [])
    assert "organization 'Other'" in office.run("preview", *MARCH, code=1).stdout


def test_a_desk_that_is_down_is_a_remote_fault(office: Office, tmp_path: Path) -> None:
    config = office.config.read_text(encoding="utf-8")
    office.config.write_text(config.replace("zammad-token", "other-token"), encoding="utf-8")
    missing = office.ask("sync", code=2)
    assert "DESKBILL_SECRET_OTHER_TOKEN" in missing[0]["fault"]
    result = CliRunner().invoke(
        cli, ["sync", "--config", str(office.config)], env={"DESKBILL_SECRET_OTHER_TOKEN": "wrong"}
    )
    assert result.exit_code == 3
    assert "wrong" not in result.output
    assert tmp_path.exists()


def test_check_looks_at_files_and_logs_in(office: Office) -> None:
    found = office.ask("check")
    assert [(dock["name"], dock["says"]) for dock in found["docks"]] == [
        ("zammad", "fine"),
        ("folder", "fine; taxes are rounded by document"),
    ]
    assert found["errors"] == []
    (office.folder / "customers" / "bad.yaml").write_text("customer: bad\n", encoding="utf-8")
    offline = office.ask("check", "--offline", code=1)
    assert offline["docks"] == []
    assert any("bad.yaml" in problem["source"] for problem in offline["errors"])
    assert "bad.yaml:1:1" in office.run("check", code=1).stdout


def test_a_customer_file_that_cannot_be_read_is_left_out_aloud(office: Office) -> None:
    good = (office.folder / "customers" / "acme.yaml").read_text(encoding="utf-8")
    bad = good.replace("acme", "bad").replace("ACME GmbH", "Bad Ltd").replace("DE-19", "XX-9")
    (office.folder / "customers" / "bad.yaml").write_text(bad, encoding="utf-8")
    office.run("sync")
    for command in (("preview",), ("close", *MARCH), ("cycle", "--yes")):
        result = office.run(*command, "--json", code=1)
        assert "bad.yaml:7:16: tax 'XX-9' is not defined" in result.stderr
    (problem, *_) = office.ask("preview", "--period", "2026-04", code=1)["problems"]
    assert "bad.yaml" in problem["source"]
    assert office.ask("report", "documents")[0]["status"] == "pushed"  # the others go on


def test_settle_needs_one_word(office: Office) -> None:
    assert "exactly one" in office.run("settle", "db-2026-0001", code=2).stderr
    assert "db-2026-0001" in office.run("settle", "db-2026-0001", "--not-arrived", code=2).stderr


@pytest.mark.parametrize(
    "args", [("explain", "db-2026-0009"), ("explain", "zammad/99"), ("balance", "nobody")]
)
def test_what_is_not_there_is_said(office: Office, args: tuple[str, ...]) -> None:
    assert args[1].partition(":")[0] in office.run(*args, code=2).stderr


def test_a_pipe_stays_quiet(office: Office) -> None:
    assert office.run("sync").stderr == ""
    assert office.run("sync", "--quiet").stderr == ""
    assert "Traceback" not in office.run("sync", "--verbose").stderr


def test_the_keys_for_scripts_are_as_the_quickstart_says(office: Office) -> None:
    page = (Path(__file__).parents[2] / "docs" / "quickstart.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z ]+)` \| (.+) \|$", page, re.MULTILINE)
    documented = {command: set(re.findall(r"`([a-z_]+)`", keys)) for command, keys in rows}
    office.run("sync")
    office.run("decide", "hold", "zammad/1/1", "--why", "wait")
    answers = {
        "sync": office.ask("sync"),
        "preview": office.ask("preview", *MARCH),
        "explain": office.ask("explain", "zammad/1"),
        "balance": office.ask("balance"),
        "decide list": office.ask("decide", "list"),
        "close": office.ask("close", *MARCH),
        "replay": office.ask("replay", "db-2026-0001"),
        "push": office.ask("push", "--yes"),
        "cycle": office.ask("cycle"),
        "report documents": office.ask("report", "documents"),
        "report seconds": office.ask("report", "seconds"),
        "reconcile": office.ask("reconcile"),
        "status": office.ask("status"),
        "check": office.ask("check"),
        "contract check": office.ask("contract", "check"),
        "adapters": office.ask("adapters"),
    }
    for command, answer in answers.items():
        keys = set(answer[0] if isinstance(answer, list) else answer)
        assert keys <= documented[command], command
    assert set(answers["preview"]["previews"][0]) <= documented["preview"]
    assert set(answers["explain"][0]["items"][0]["trail"][0]) <= documented["explain"]
