"""Prepares and serves the demo's real Tryton. Run by path in Tryton's own environment, never imported.

Tryton is GPL: it stays a program of its own, spoken to over the network only. Its packages have no type
information and are not installed where the house is checked, so they are loaded by name.
"""

import datetime as dt
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

DATABASE = "tryton"
FIRST_YEAR = 2024
#: name of the tax, description on the invoice, rate
TAXES = (("VAT 19%", "VAT 19 %", "0.19"), ("VAT 7%", "VAT 7 %", "0.07"), ("VAT 0%", "VAT 0 %", "0"))
PARTIES = ("Customer A", "Customer B")
#: XML ids of the rights that a bookkeeper's program needs
GROUPS = ("account.group_account",)


def prepare(config: Path, template: Path, user: str) -> None:
    """Make a database with a company that can invoice. TRYTONPASSFILE names the file with the password."""
    database = config.parent / f"{DATABASE}.sqlite"
    database.touch()  # Tryton does not create it
    options = ["-c", str(config), "-d", DATABASE, "-u", "account_invoice", "--activate-dependencies"]
    sys.argv = ["trytond-admin", *options, "--email", "admin@example.com"]
    import_module("trytond.cli.admin").main()
    proteus = import_module("proteus")
    # As the file stands: proteus would otherwise ask the environment which database to open.
    proteus.config.set_trytond(f"sqlite:///{DATABASE}", config_file=str(config))
    _set_up_company(proteus.Model, user, Path(os.environ["TRYTONPASSFILE"]).read_text().strip())
    with sqlite3.connect(database) as connection:
        connection.execute("VACUUM INTO ?", (str(template),))


def serve(config: Path) -> None:
    """Serve until the standard input ends, which it does when whoever started this ends in any way."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.argv = ["trytond", "-c", str(config), "-d", DATABASE, "-v"]
    import_module("trytond.cli").main()


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def _set_up_company(model: Any, user: str, password: str) -> None:
    tools = "trytond.modules.{}.tests.tools"
    model.get("party.party")(name="Deskbill Demo GmbH").save()
    seller = model.get("party.party").find([("name", "=", "Deskbill Demo GmbH")])[0]
    import_module(tools.format("company")).create_company(party=seller, currency="EUR")
    company = import_module(tools.format("company")).get_company()
    account = import_module(tools.format("account"))
    account.create_chart(company)
    invoice = import_module(tools.format("account_invoice"))
    for year in range(FIRST_YEAR, dt.datetime.now(dt.UTC).year + 3):
        days = dt.date(year, 1, 1), dt.date(year, 12, 31)
        fiscal_year = invoice.set_fiscalyear_invoice_sequences(account.create_fiscalyear(company, days))
        fiscal_year.name = str(year)
        fiscal_year.click("create_period")
    for name, description, rate in TAXES:
        tax = account.create_tax(Decimal(rate), company)
        tax.name, tax.description = name, description
        tax.save()
    for name in PARTIES:
        party = model.get("party.party")(name=name)
        party.save()
    _add_user(model, company, user, password)


def _add_user(model: Any, company: Any, login: str, password: str) -> None:
    user = model.get("res.user")(name="Deskbill", login=login, password=password)
    user.companies.append(company)
    user.company = company
    user.groups.extend(_groups(model))
    user.save()


def _groups(model: Any) -> Iterator[Any]:
    for name in GROUPS:
        yield model.get("res.group")(model.get("ir.model.data").get_id(name, {}))


if __name__ == "__main__":
    verb, config_file, *rest = sys.argv[1:]
    if verb == "prepare":
        prepare(Path(config_file), Path(rest[0]), rest[1])
    else:
        serve(Path(config_file))
