"""Beginning from nothing, customer files, secrets, and the ledger's upkeep."""

import json
from pathlib import Path

import keyring
import pytest
from click.testing import CliRunner
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from connector.cli.main import cli
from connector.config.resources import packaged
from tests.cli.conftest import Office


def run(*args: str, code: int = 0, answer: str | None = None) -> str:
    result = CliRunner().invoke(cli, args, input=answer)
    assert result.exit_code == code, result.output
    return result.output


def test_init_makes_a_folder_that_checks(tmp_path: Path) -> None:
    folder = tmp_path / "billing"
    config = str(folder / "config.yaml")
    assert "contract new" in run("init", str(folder))
    assert (folder / "deskbill.sqlite").exists()
    assert list((folder / "customers").iterdir()) == []
    assert (folder / "mappings" / "desks" / "glpi.yaml").exists()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert "is there already" in run("init", str(folder), code=2)
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    run("contract", "new", "acme", "--template", "monthly-allowance", "--dir", str(folder / "customers"))
    assert "Agreement with" in run("contract", "show", "acme", "--config", config)
    assert "Vereinbarung mit" in run("contract", "show", "acme", "--language", "de", "--config", config)
    assert "Zammad does not tell this" in run("check", "--offline", "--config", config, code=2)


@pytest.mark.parametrize("template", sorted(path.stem for path in packaged("contracts").glob("*.yaml")))
def test_each_template_begins_a_customer(tmp_path: Path, template: str) -> None:
    run("contract", "new", "my-co", "--template", template, "--dir", str(tmp_path))
    made = (tmp_path / "my-co.yaml").read_text(encoding="utf-8")
    assert "\ncustomer: my-co" in "\n" + made
    assert "2026-01-01" not in made, "a customer that begins later owes nothing of the past"
    assert "is there already" in run("contract", "new", "my-co", "--dir", str(tmp_path), code=2)


def test_contract_new_refuses_what_cannot_be(tmp_path: Path) -> None:
    unknown = run("contract", "new", "x", "--template", "none", "--dir", str(tmp_path), code=2)
    assert "there are: capped-project, day-rate, fixed-charge" in unknown
    assert "NAME" in run("contract", "new", "../x", "--dir", str(tmp_path), code=2)
    assert list(tmp_path.iterdir()) == []


def test_contract_check_cites_the_line(office: Office) -> None:
    assert office.ask("contract", "check")["errors"] == []
    path = office.folder / "customers" / "acme.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("hourly:", "hourli:"), encoding="utf-8")
    (error, *_) = office.ask("contract", "check", code=1)["errors"]
    assert error["source"].endswith("acme.yaml:13:34")
    assert "did you mean 'hourly'?" in error["message"]
    assert "hourli" in office.run("contract", "check", code=1).stdout
    assert "no customer 'acme'" in office.run("contract", "show", "acme", code=2).stderr


def test_contract_check_and_show_read_the_price_lists(office: Office) -> None:
    prices = office.folder / "prices"
    prices.mkdir()
    text = "price_list: standard\nversions: [{from: 2026-03-01, rates: [{hourly: 80.00 EUR}]}]\n"
    (prices / "standard.yaml").write_text(text, encoding="utf-8")
    (warning,) = office.ask("contract", "check")["warnings"]
    assert (warning["code"], warning["source"][-18:]) == ("price_list_unused", "standard.yaml:1:13")
    path = office.folder / "customers" / "acme.yaml"
    named = path.read_text(encoding="utf-8").replace("    rates:", "    price_list: standard\n    rates:")
    path.write_text(named.replace("      - {otherwise: hold}\n", ""), encoding="utf-8")
    assert office.ask("contract", "check") == {"errors": [], "warnings": []}
    shown = office.run("contract", "show", "acme").stdout
    assert "Price list standard, from 2026-03-01:\n    1. all work: 80.00 EUR an hour" in shown
    (prices / "standard.yaml").write_text(text.replace("80.00 EUR", "80.00"), encoding="utf-8")
    errors = office.ask("contract", "check", code=1)["errors"]
    assert [error["code"] for error in errors] == ["unreadable", "unknown_price_list"]


def test_the_schema_of_a_price_list_is_printed() -> None:
    assert json.loads(run("contract", "schema", "price-list"))["title"] == "Price list of Deskbill"


def test_an_edited_contract_changes_a_closed_period_only_by_apply(office: Office) -> None:
    office.run("sync")
    office.run("close", "--period", "2026-03")
    path = office.folder / "customers" / "acme.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("75.00", "80.00"), encoding="utf-8")
    (april,) = office.ask("preview", "--period", "2026-04")["previews"]
    assert april["invoices"] == []
    why = ("--by", "kim", "--why", "new price")
    (due,) = office.ask("contract", "apply", "acme", "--from", "2026-03-01", *why)
    assert due["net"] == "5.00"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    kept: dict[str, str]

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        if username not in self.kept:
            raise PasswordDeleteError(username)
        del self.kept[username]


def test_secrets_are_kept_listed_and_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()  # type: ignore[no-untyped-call] # the library's constructor has no types
    ring.kept = {}
    monkeypatch.setattr(keyring.core, "_keyring_backend", ring)
    assert "s3cret" not in run("secret", "set", "zammad-token", answer="s3cret\n")
    assert ring.kept["zammad-token"] == "s3cret"
    assert json.loads(run("secret", "list", "--json")) == {"secrets": ["zammad-token"]}
    run("secret", "delete", "zammad-token")
    assert "no secrets" in run("secret", "list")
    assert "zammad-token" in run("secret", "delete", "zammad-token", code=2)
    assert "is empty" in run("secret", "set", "zammad-token", answer="\n", code=2)


def test_backup_and_upgrade(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    assert office.ask("backup", str(copy)) == {"backup": str(copy)}
    assert copy.stat().st_size > 0
    assert "copy.sqlite" in office.run("backup", str(copy), code=2).stderr
    assert office.ask("db", "upgrade") == {"backup": None}
    copy.rename(office.folder / "deskbill.sqlite.away")
    (office.folder / "deskbill.sqlite").unlink()
    assert "deskbill init" in office.run("status", code=2).stderr


def test_purge_and_forget_ask_first(office: Office) -> None:
    office.run("sync")
    assert office.run("purge", code=1, answer="n\n").stdout == ""
    assert office.ask("purge", "--yes") == {"raw": 0, "notes": 0}
    person = str(office.desk.entries[1]["created_by_id"])
    office.run("forget", "zammad", person, code=1, answer="n\n")
    assert office.ask("forget", "zammad", person, "--yes") == {"forgotten": True}
    assert office.ask("forget", "zammad", "999", "--yes", code=1) == {"forgotten": False}


def test_adapters_are_listed() -> None:
    rows = json.loads(run("adapters", "--json"))
    assert {(row["kind"], row["name"]) for row in rows} >= {
        ("desks", "zammad"),
        ("desks", "glpi"),
        ("books", "tryton"),
        ("books", "folder"),
    }
    assert all(row["proof"] for row in rows)
