"""A house whose files lie in a folder below the root of a git repository, as people keep them."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from connector.desk import Raw
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store.engine import create
from connector.store.nouns import Seen
from connector.store.work import mark_synced, save_page
from connector.workflow.house import House, open_house
from tests.workflow.standins import Clock

CONFIG = """\
house: {name: IT-Haus}
timezone: Europe/Berlin
taxes:
  DE-19: {rates: [{from: 2020-01-01, percent: 19%}]}
  DE-7: {category: reduced, rates: [{from: 2020-01-01, percent: 7%}]}
desks:
  zammad: {adapter: zammad, mapping: mapping.yaml, options: {url: "http://127.0.0.1:9", secret: none}}
books:
  folder: {adapter: folder, options: {path: .}}
"""
MAPPING = """\
time: {timezone: Europe/Berlin, unit: [{from: 2020-01-01, unit: 1m}], entry: end}
facets:
  service: {from: entry.activity, table: {Phone: phone, Visit: on-site}}
"""
CUSTOMER = """\
customer: acme
name: ACME GmbH
timezone: Europe/Berlin
billing_from: 2026-01-01
match: {zammad: {organization: ACME GmbH}}
books: {folder: {}}
invoice: {tax: DE-19}
contracts:
  - id: support
    valid: {from: 2026-01-01}
    rates:
      - {when: {service: phone}, hourly: 75.00 EUR, text: Phone support}
      - {when: {service: on-site}, hourly: 100.00 EUR, text: Visit}
    fees:
      - {id: base, amount: 40.00 EUR, text: Base fee}
"""
_AS_AN_AUTHOR = ("-c", "user.name=Mara", "-c", "user.email=mara@house.example", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    """Run git in a folder and return what it says."""
    done = subprocess.run(
        ["git", "-C", str(folder), *_AS_AN_AUTHOR, *words], capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def write_house(root: Path, clock: Clock) -> House:
    """Write a repository with the house in ``billing/``, commit it, and open it."""
    folder = root / "billing"
    (folder / "customers").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    put(folder, CUSTOMER)
    (root / ".gitignore").write_text("*.sqlite*\n", encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, "Begin")
    create(folder / "deskbill.sqlite").close()
    return opened(folder, clock)


def opened(folder: Path, clock: Clock) -> House:
    """Open the house of a folder as its files stand."""
    return open_house(folder / "config.yaml", now=clock, actor="test")


def commit(root: Path, message: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def put(folder: Path, text: str, name: str = "acme") -> Path:
    """Write a customer file."""
    path = folder / "customers" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def book(
    house: House, hours: float, *, month: int = 1, ticket: str = "1", owner: str = "ACME GmbH", **facts: str
) -> None:
    """Let the desk have a ticket with one entry of so many hours, on the 10th of a month; no hours: none."""
    at = datetime(2026, month, 10, 9, tzinfo=UTC)
    entry = WorkEntry(
        desk="zammad",
        ticket=ticket,
        entry=f"{ticket}0",
        seconds=int(hours * 3600),
        worked_on=at.date(),
        activity=facts.get("activity", "Phone"),
        technician=facts.get("technician", ""),
        technician_name=facts.get("technician_name", ""),
    )
    snapshot = TicketSnapshot(
        desk="zammad",
        ticket=ticket,
        number=f"9{ticket}",
        title="Printer",
        owner={"organization": owner},
        work=(entry,) if hours else (),
        changed_at=at,
        closed=bool(facts.get("closed")),
    )
    seen = Seen(raw=Raw(ticket=ticket, payload={"hours": hours}), snapshot=snapshot)
    save_page(house.store, "zammad", [seen], None, house.now())
    synced(house)


def synced(house: House) -> None:
    mark_synced(house.store, "zammad", house.now(), house.now())
