"""A small IT house at a simulated desk, with a folder for books, and the command line that works on it."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connector.cli.main import cli
from connector.simulators.server import serving
from connector.simulators.zammad import SimulatedZammad
from connector.workflow.upkeep import found

CONFIG = """\
house: {{name: IT-Haus}}
timezone: Europe/Berlin
taxes: {{DE-19: {{rates: [{{from: 2020-01-01, percent: 19%}}]}}}}
desks:
  zammad: {{adapter: zammad, mapping: zammad.yaml, options: {{url: "{url}", secret: zammad-token}}}}
books:
  folder: {{adapter: folder, options: {{path: invoices}}}}
"""
MAPPING = """\
time:
  timezone: Europe/Berlin
  unit: [{from: 2020-01-01, unit: 1m}]
  entry: end
facets:
  service: {from: entry.activity, table: {Phone: phone}}
"""
CUSTOMER = """\
customer: acme
name: ACME GmbH
timezone: Europe/Berlin
billing_from: 2026-03-01
match: {zammad: {organization: ACME GmbH}}
books: {folder: {}}
invoice: {tax: DE-19}
contracts:
  - id: support
    valid: {from: 2026-03-01}
    allowances: [{id: phone, of: 5h, for: {service: phone}, warn_at: [100%]}]
    rates:
      - {when: {service: phone}, hourly: 75.00 EUR, text: Phone support}
      - {otherwise: hold}
"""


class Office:
    """A folder with a configuration, and the desk behind it."""

    def __init__(self, folder: Path, desk: SimulatedZammad, url: str) -> None:
        self.folder = folder
        self.desk = desk
        self.config = folder / "config.yaml"
        (folder / "customers").mkdir()
        (folder / "invoices").mkdir()
        self.config.write_text(CONFIG.format(url=url), encoding="utf-8")
        (folder / "zammad.yaml").write_text(MAPPING, encoding="utf-8")
        (folder / "customers" / "acme.yaml").write_text(CUSTOMER, encoding="utf-8")

    def run(self, *args: str, code: int = 0, answer: str | None = None) -> Result:
        """Run a command line and demand its exit code."""
        result = CliRunner().invoke(cli, [*args, "--config", str(self.config)], input=answer)
        assert result.exit_code == code, f"{args}: {result.exit_code}\n{result.output}"
        return result

    def ask(self, *args: str, code: int = 0) -> Any:
        """Run a command line and read its JSON."""
        return json.loads(self.run(*args, "--json", code=code).stdout)


@pytest.fixture(autouse=True)
def _log_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.root.level)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """March 2026: 3 h and 3 h of phone on ticket 1, of which 5 h are included."""
    monkeypatch.setenv("DESKBILL_SECRET_ZAMMAD_TOKEN", "zammad-token")
    desk = SimulatedZammad()
    with serving(desk) as url:
        office = Office(tmp_path, desk, url)
        _book(desk)
        found(office.config)
        yield office


def _book(desk: SimulatedZammad) -> None:
    phone = desk.add_type("Phone")
    acme = desk.add_organization("ACME GmbH")
    kim = desk.add_user("kim@it-haus.example", firstname="Kim")
    eve = desk.add_user("eve@acme.example", firstname="Eve", organization=acme)
    ticket = desk.add_ticket("Phones are dead", customer=eve, at=_march(2))
    desk.book_time(ticket, "180", technician=kim, activity=phone, at=_march(3))
    desk.book_time(ticket, "180", technician=kim, activity=phone, at=_march(17))


def _march(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)
