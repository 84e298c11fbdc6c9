"""Commands for customer files: begin one, check it, show it in sentences, apply an edit to closed periods."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click

from connector.cli.faults import DIFFERS, FINE
from connector.cli.terminal import Terminal, command
from connector.cli.values import DAY, who_and_why
from connector.config.check import Findings, check_house
from connector.config.load import load_customers, load_mappings, load_price_lists, load_settings
from connector.config.resources import packaged
from connector.config.schema import Kind, json_schema
from connector.config.usage import load_usage_mappings
from connector.http import ConfigError
from connector.model.period import months_later
from connector.report.contract import contract_text
from connector.report.differences import problem_rows
from connector.report.invoices import invoice_data, invoice_text
from connector.report.words import plain, problem_line, section
from connector.workflow import close
from connector.workflow.house import now_utc


@click.group("contract")
def contract() -> None:
    """Write, check and show the customers' contracts."""


@command("new", example="deskbill contract new acme --template monthly-allowance", under=contract)
@click.argument("name")
@click.option("--template", default="time-and-material", show_default=True, help="The example to begin with.")
@click.option(
    "--from", "start", type=DAY, help="First day that is billed (default: the first of this month)."
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("customers"),
    show_default=True,
    help="The folder of the customer files.",
)
@click.pass_obj
def new(terminal: Terminal, name: str, template: str, start: date | None, folder: Path) -> None:
    """Begin a customer file from a template; fill it in, then run `contract check`."""
    templates = {path.stem: path for path in sorted(packaged("contracts").glob("*.yaml"))}
    target = folder / f"{name}.yaml"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise click.BadParameter("use letters, digits, '.', '_' and '-'", param_hint="NAME")
    if template not in templates:
        message = f"no template '{template}'; there are: {', '.join(templates)}"
        raise click.BadParameter(message, param_hint="--template")
    if target.exists():
        raise ConfigError(f"{target} is there already; nothing was changed")
    folder.mkdir(parents=True, exist_ok=True)
    text = templates[template].read_text(encoding="utf-8")
    target.write_text(_begun(text, name, start or now_utc().date().replace(day=1)), encoding="utf-8")
    terminal.show(f"Made {target}; fill it in, then run: deskbill contract check", {"file": str(target)})


def _begun(text: str, name: str, start: date) -> str:
    """Put a name and a first day into a template: a customer that begins today must not owe the past."""
    text = re.sub(r"(?m)^customer: \S+", f"customer: {name}", text, count=1)
    text = re.sub(r"(?m)^billing_from: \S+", f"billing_from: {start}", text, count=1)
    text = re.sub(r"bought: [\d-]+", f"bought: {start}", text)

    def moved(valid: re.Match[str]) -> str:
        first = f"valid: {{from: {start}"
        if not valid[2]:
            return first
        begin, end = date.fromisoformat(valid[1]), date.fromisoformat(valid[2])
        months = (end.year - begin.year) * 12 + end.month - begin.month
        return f"{first}, to: {months_later(start, months)}"

    return re.sub(r"valid: {from: ([\d-]+)(?:, to: ([\d-]+))?", moved, text)


def examined(config: Path) -> Findings:
    """Look through configuration, mappings and all customer files.

    Raises:
        Unreadable: the configuration itself, or the customers' folder.
    """
    settings, origin = load_settings(config)
    customers, broken = load_customers(config.parent / settings.customers)
    mappings, faults = load_mappings(settings, origin)
    lists, list_faults = load_price_lists(config.parent / settings.price_lists)
    usage, usage_faults = load_usage_mappings(settings, origin)
    read = {name: mapping for name, (mapping, _) in mappings.items()}
    found = check_house(settings, origin, customers, read, lists, usage)
    return Findings([*broken, *list_faults, *faults, *usage_faults, *found.errors], found.warnings)


def findings_text(found: Findings) -> list[str]:
    """Write what a check found, errors first."""
    return [
        *section("Errors", [problem_line(problem) for problem in found.errors]),
        *section("Warnings", [problem_line(problem) for problem in found.warnings]),
    ]


def findings_data(found: Findings) -> dict[str, Any]:
    """Give what a check found as data."""
    return {"errors": problem_rows(found.errors), "warnings": problem_rows(found.warnings)}


@command("check", example="deskbill contract check", under=contract)
@click.pass_obj
def check(terminal: Terminal) -> int:
    """Look through the customer files for what cannot work (exit code 1) or is hardly meant (a warning)."""
    found = examined(terminal.config)
    terminal.show("\n".join(findings_text(found)).strip() or "Nothing to mend", findings_data(found))
    return DIFFERS if found.errors else FINE


@command("schema", example="deskbill contract schema > customer.schema.json", under=contract)
@click.argument(
    "kind", type=click.Choice(["customer", "config", "mapping", "price-list", "usage"]), default="customer"
)
def schema(kind: Kind) -> None:
    """Print the JSON Schema of customer files, or of the other files, for editors."""
    click.echo(json.dumps(json_schema(kind), ensure_ascii=False, indent=2))


@command("show", example="deskbill contract show acme --language de", under=contract)
@click.argument("customer")
@click.option("--language", type=click.Choice(["en", "de"]), help="Another than the customer's own.")
@click.pass_obj
def show(terminal: Terminal, customer: str, language: Literal["en", "de"] | None) -> None:
    """Say in plain sentences what was agreed, for the customer's eyes."""
    settings, _ = load_settings(terminal.config)
    customers = load_customers(terminal.config.parent / settings.customers).customers
    named = {noun.customer: noun for noun, _ in customers}
    if customer not in named:
        raise ConfigError(f"no customer '{customer}'; there are: {', '.join(sorted(named)) or 'none'}")
    lists = load_price_lists(terminal.config.parent / settings.price_lists).price_lists
    listed = {name: noun for name, (noun, _) in lists.items()}
    terminal.show(contract_text(named[customer], language, listed), plain(named[customer]))


@command("apply", example="deskbill contract apply acme --from 2026-01-01 --why 'new price'", under=contract)
@click.argument("customer")
@click.option("--from", "from_", type=DAY, required=True, help="First day from which closed periods change.")
@who_and_why
@click.pass_obj
def apply(terminal: Terminal, customer: str, from_: date, by: str, why: str) -> None:
    """Let an edited contract change closed periods; the differences go onto the next invoice."""
    with terminal.house(by) as house:
        shown = close.apply_contract(house, customer, from_, by, why)
    due = [invoice for each in shown for invoice in each.invoices]
    terminal.show(
        "\n\n".join(map(invoice_text, due)) or "No amount becomes due", [invoice_data(each) for each in due]
    )


COMMANDS = (contract,)
