"""Houses in which something is missing, spoiled or left behind: each ends in a sentence."""

import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli.main import cli
from connector.workflow import upkeep
from tests.cli.conftest import Office


def test_init_makes_the_database_that_alone_is_missing(office: Office) -> None:
    office.run("sync")
    before = office.config.read_text(encoding="utf-8")
    (office.folder / "deskbill.sqlite").rename(office.folder / "elsewhere")
    assert "restore a backup" in office.run("status", code=2).stderr
    made = CliRunner().invoke(cli, ["init", str(office.folder)])
    assert (made.exit_code, "Made the database" in made.output) == (0, True)
    assert office.config.read_text(encoding="utf-8") == before
    assert office.ask("sync")[0]["new"] == 2


def test_a_damaged_database_says_so(office: Office, tmp_path: Path) -> None:
    office.run("sync")
    path = upkeep.database(office.config)
    pages = bytearray(path.read_bytes())
    pages[4096:] = os.urandom(len(pages) - 4096)
    path.write_bytes(pages)
    for command in (["status"], ["cycle"], ["backup", str(tmp_path / "copy")]):
        assert "deskbill.sqlite: is no database, or a damaged one" in office.run(*command, code=2).stderr


def test_a_backup_that_fails_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    target = office.folder / "copy"
    real = sqlite3.connect

    def connect(path: Path) -> sqlite3.Connection:
        connection = real(path)
        connection.execute("PRAGMA max_page_count = 1")  # a full disk, for the copy
        return connection

    monkeypatch.setattr("connector.store.engine.sqlite3.connect", connect)
    said = office.run("backup", str(target), code=2).stderr
    assert "cannot back up to it: database or disk is full" in said
    assert not target.exists()


@pytest.mark.parametrize("command", [["push"], ["purge"], ["forget", "zammad", "1"]])
def test_where_nobody_answers_nothing_is_done(office: Office, command: list[str]) -> None:
    office.run("sync")
    office.run("close", "--period", "2026-03")
    said = office.run(*command, code=1).stderr
    assert "Nobody is here to answer, so nothing was done; say --yes" in said
    assert office.ask("report", "documents")[0]["status"] == "due"


def test_what_editors_leave_is_no_customer(office: Office) -> None:
    folder = office.folder / "customers"
    text = (folder / "acme.yaml").read_bytes()
    (folder / ".#acme.yaml").symlink_to("mara@host.4711")
    (folder / ".acme.yaml").write_bytes(text)
    (folder / "acme.yaml~").write_bytes(text)
    (folder / "acme.yaml").rename(folder / "ACME.YAML")
    (folder / "ACME.YAML").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert office.ask("check", "--offline")["errors"] == []
    assert office.ask("check", "--offline")["customers"] == ["acme"]


def test_a_credentials_file_may_begin_with_a_mark(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKBILL_SECRET_ZAMMAD_TOKEN")
    path = office.folder / "secrets.conf"
    path.write_bytes(b"\xef\xbb\xbfzammad-token = zammad-token\r\n")
    path.chmod(0o600)
    office.config.write_text(office.config.read_text(encoding="utf-8") + "secrets: secrets.conf\n")
    assert office.ask("sync")[0]["fault"] is None


def test_a_customer_file_that_goes_is_told_everywhere(office: Office) -> None:
    office.run("sync")
    office.run("close", "--period", "2026-03")
    (office.folder / "customers" / "acme.yaml").unlink()
    assert "acme" in office.run("balance").stderr
    (error,) = office.ask("check", "--offline", code=1)["errors"]
    assert error["code"] == "customer_gone"
    codes = [problem["code"] for problem in office.ask("status", code=1)["problems"]]
    assert codes == ["customer_gone"]
    assert "was billed to 'acme'" in office.run("explain", "zammad/1", code=2).stderr


def test_a_problem_names_file_and_work(office: Office) -> None:
    office.desk.edit_time(2, activity=office.desk.add_type("Fax"))
    office.run("sync", "--sweep")
    said = office.run("close", "--period", "2026-03", code=1).stdout
    assert "acme.yaml:14:9: zammad/1/2: service 'Fax' is not in the table" in said
    (closed, *_) = office.ask("preview", "--period", "2026-04", code=1)["previews"]
    assert [problem["code"] for problem in closed["problems"]] == ["held_in_closed"]
