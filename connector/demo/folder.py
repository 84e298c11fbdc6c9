"""The demo's folder: a configuration as a house would write it, for desks and books on loopback."""

import shutil
from pathlib import Path

from connector.config.resources import packaged
from connector.demo.scenario import CUSTOMER
from connector.demo.tryton_server import TrytonServer
from connector.store.engine import create

_MARK = ".deskbill-demo"
_CONFIG = """\
# Written by 'deskbill demo'. The desks and the books ran on loopback and are gone.
house: {{name: Systemhaus Nord GmbH, address: {{street: Kai 1, postcode: 20457, city: Hamburg, country: DE}}}}
timezone: Europe/Berlin
database: deskbill.sqlite
customers: customers
secrets: secrets.conf
taxes:
  DE-19: {{rates: [{{from: 2021-01-01, percent: 19%}}]}}
desks:
  zammad:
    adapter: zammad
    mapping: mappings/zammad.yaml
    options: {{url: "{zammad}", secret: zammad-token}}
  glpi:
    adapter: glpi
    mapping: mappings/glpi.yaml
    options: {{url: "{glpi}", secret: glpi-user-token, app_secret: glpi-app-token}}
books:
  tryton:
    adapter: tryton
    mapping: mappings/tryton.yaml
    post: yes
    options:
      url: "{tryton}"
      database: {database}
      user: {user}
      secret: tryton-password
      allow_future: yes     # the demo's invoices are of 2026, whatever the clock of this machine says
"""
_TIME = {
    "zammad": "\ntime:\n  timezone: Europe/Berlin\n  unit: [{from: 2020-01-01, unit: 1m}]\n  entry: end\n",
    "glpi": "\ntime:\n  timezone: UTC\n",
}


class NotOursError(Exception):
    """The folder holds something that the demo did not write."""


def furnish(folder: Path, zammad: str, glpi: str, tryton: TrytonServer) -> Path:
    """Write configuration, mappings, customer and secrets, and an empty ledger.

    Args:
        folder: emptied if an earlier demo wrote it.
        zammad: base URL.
        glpi: base URL.
        tryton: the running books.

    Raises:
        NotOursError: the folder is in use for something else.
    """
    for part in ("customers", "mappings"):
        (folder / part).mkdir(parents=True)
    for desk, time in _TIME.items():
        text = packaged("desks", f"{desk}.yaml").read_text(encoding="utf-8")
        (folder / "mappings" / f"{desk}.yaml").write_text(text + time, encoding="utf-8")
    (folder / "mappings" / "tryton.yaml").write_text("taxes: {DE-19: VAT 19%}\n", encoding="utf-8")
    contract = packaged("customers", f"{CUSTOMER}.yaml").read_text(encoding="utf-8")
    (folder / "customers" / f"{CUSTOMER}.yaml").write_text(contract, encoding="utf-8")
    secrets = folder / "secrets.conf"
    secrets.touch(mode=0o600)
    secrets.write_text(
        "zammad-token = zammad-token\nglpi-user-token = glpi-user-token\nglpi-app-token = glpi-app-token\n"
        f"tryton-password = {tryton.password}\n",
        encoding="utf-8",
    )
    path = folder / "config.yaml"
    path.write_text(
        _CONFIG.format(
            zammad=zammad, glpi=glpi, tryton=tryton.url, database=tryton.database, user=tryton.user
        ),
        encoding="utf-8",
    )
    create(folder / "deskbill.sqlite").close()
    return path


def empty(folder: Path) -> None:
    """Make the folder, without what an earlier demo left in it.

    Raises:
        NotOursError: it holds something that the demo did not write.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise NotOursError(
                f"{folder} is not empty and no earlier demo wrote it; name another with --folder"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
