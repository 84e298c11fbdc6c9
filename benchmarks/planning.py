"""How long `contract plan` takes over 12 months, for one customer's edit and for a shared price list."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.run import Measure, seconds
from benchmarks.town import Town
from connector.model.period import parse_period
from connector.workflow.close import close

MONTHS = tuple(parse_period(f"2025-{number:02}") for number in range(1, 13))
#: The first customer has 5,000 of the 63,000 entries of a month, 58 others 1,000 each.
SHARES = (5, *(1 for _ in range(58)))
TICKETS_A_MONTH = 63_000 // 4
_CONTRACT = """\
customer: c-NUMBER
name: Customer NUMBER
timezone: Europe/Berlin
billing_from: 2025-01-01
match: {zammad: {organization: Customer NUMBER}}
books: {folder: {file: c-NUMBER}}
invoice: {tax: DE-19}
shifts: {night: {from: 20:00, to: 06:00}}
contracts:
  - id: support
    valid: {from: 2025-01-01}
    price_list: standard
    round: {to: 15m}
    allowances: [{id: phone, of: 40h, for: {service: phone}, warn_at: [80%]}]
    rates: [{when: {service: on-site, shift: night}, hourly: 100.00 EUR}]
"""
_LIST = """\
price_list: standard
versions:
  - from: 2025-01-01
    rates:
      - {when: {service: on-site}, hourly: 50.00 EUR}
      - {when: {service: phone}, hourly: 75.00 EUR}
"""


def planning() -> Iterator[Measure]:
    """Plan in a git repository, by the command, from its start to its answer."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "prices").mkdir()
        (folder / "prices" / "standard.yaml").write_text(_LIST, encoding="utf-8")
        town = Town(folder, _CONTRACT, SHARES)
        for month in MONTHS:
            town.live(month, TICKETS_A_MONTH)
            close(town.house, month, ["c-0"])
        town.house.close()
        _commit(folder)
        _edit(folder / "customers" / "c-0.yaml", "100.00 EUR", "105.00 EUR")
        one = seconds(partial(_plan, folder))
        _edit(folder / "customers" / "c-0.yaml", "105.00 EUR", "100.00 EUR")
        _edit(folder / "prices" / "standard.yaml", "75.00 EUR", "78.00 EUR")
        every = seconds(partial(_plan, folder))
    house = "63,000 entries a month in the house; the command, with its start"
    how = f"an edit of one customer with 5,000 entries a month, 12 closed months; {house}"
    yield Measure("plan_12_months_s", one, "s", "", how)
    how = f"a price list that 59 customers share, all their work open but one's; {house}"
    yield Measure("plan_price_list_s", every, "s", "", how)


def _commit(folder: Path) -> None:
    git = ("git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@localhost")
    for words in (("init", "-q"), ("add", "*.yaml"), ("commit", "-q", "-m", "as agreed")):
        subprocess.run([*git, *words], check=True)


def _edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _plan(folder: Path) -> None:
    """Run the command; amounts differ, so that it ends with 1."""
    command = [str(Path(sys.executable).with_name("deskbill")), "--config", str(folder / "config.yaml")]
    done = subprocess.run([*command, "contract", "plan"], check=False, capture_output=True)
    if done.returncode != 1:
        raise RuntimeError(done.stderr.decode())
