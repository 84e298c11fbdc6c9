"""The YAML that comes with the product loads, says what it means, and has nothing to mend."""

import shutil
from pathlib import Path

import pytest

from connector.config.basis import build
from connector.config.check import check_customer, check_house
from connector.config.load import (
    load_customer,
    load_customers,
    load_mapping,
    load_mappings,
    load_price_list,
    load_settings,
)
from connector.config.resources import packaged
from connector.config.usage import load_usage_mappings
from connector.config.validate import cited
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.price_list import PriceList
from connector.model.settings import Settings

TEMPLATES = sorted(packaged("contracts").glob("*.yaml"))
EXAMPLES = sorted(packaged("customers").glob("*.yaml"))


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Origin]:
    """Read the example configuration, with the marks taken off its usage sources."""
    lines = packaged("config.example.yaml").read_text(encoding="utf-8").splitlines()
    start = lines.index("# usage:")
    end = lines.index("", start)
    freed = [line.removeprefix("# ") if start <= at < end else line for at, line in enumerate(lines)]
    house = tmp_path_factory.mktemp("house")
    for kind in ("desks", "books", "usage"):
        shutil.copytree(packaged(kind), house / "mappings" / kind)
    (house / "config.yaml").write_text("\n".join(freed) + "\n", encoding="utf-8")
    return load_settings(house / "config.yaml")


def test_the_shelves_are_full() -> None:
    assert {path.stem for path in TEMPLATES} >= {
        "flat-fee-with-overage",
        "monthly-allowance",
        "night-and-weekend-shifts",
        "time-and-material",
    }
    assert len(TEMPLATES) > 25
    assert [path.stem for path in EXAMPLES] == ["kanzlei-sommer", "two-sites"]


def test_the_usage_sources_are_read(configured: tuple[Settings, Origin]) -> None:
    found = load_usage_mappings(*configured)
    assert [cited(problem) for problem in found.problems] == []
    assert sorted(found.mappings) == ["inventory", "licences", "parts", "telephony"]


def shared_list(folder: Path) -> tuple[PriceList, Origin]:
    """Read the price list that stands in the comments of the template which needs one."""
    text = packaged("contracts", "shared-price-list.yaml").read_text(encoding="utf-8")
    path = folder / "house.yaml"
    path.write_text(
        "\n".join(line[4:] for line in text.splitlines() if line.startswith("#   ")), encoding="utf-8"
    )
    return load_price_list(path)


@pytest.mark.parametrize("path", [*TEMPLATES, *EXAMPLES], ids=lambda path: path.stem)
def test_nothing_to_mend(path: Path, configured: tuple[Settings, Origin], tmp_path: Path) -> None:
    settings = configured[0]
    mappings = {name: load_mapping(packaged("desks", f"{name}.yaml"))[0] for name in ("zammad", "glpi")}
    customer, origin = load_customer(path)
    lists = {"house": shared_list(tmp_path)} if path.stem == "shared-price-list" else {}
    found = check_customer(
        customer, origin, settings, mappings, lists, load_usage_mappings(*configured).mappings
    )
    assert [cited(problem) for problem in (*found.errors, *found.warnings)] == []
    assert build(customer, origin, settings, mappings, 2027, lists).taxes["DE-19"].rates[-1].percent == 19


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_is_renamed_by_its_first_key(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines.count("customer: example") == 1
    assert load_customer(path)[0].customer == "example"


def test_the_example_configuration_finds_its_mappings_and_customers() -> None:
    settings, origin = load_settings(packaged("config.example.yaml"))
    customers, problems = load_customers(packaged("customers"))
    assert (problems, len(customers)) == ([], 2)
    assert sorted(settings.desks) == ["glpi", "zammad"]
    assert sorted(settings.books) == ["folder", "tryton"]
    findings = check_house(settings, origin, customers, {})
    assert [cited(problem) for problem in findings.errors] == []


def test_the_configuration_looks_for_mappings_where_a_new_house_has_them(tmp_path: Path) -> None:
    shelf = tmp_path / "mappings" / "desks"
    shelf.mkdir(parents=True)
    for path in packaged("desks").glob("*.yaml"):
        (shelf / path.name).write_bytes(path.read_bytes())
    (tmp_path / "config.yaml").write_bytes(packaged("config.example.yaml").read_bytes())
    mappings, problems = load_mappings(*load_settings(tmp_path / "config.yaml"))
    assert (sorted(mappings), problems) == (["glpi", "zammad"], [])


@pytest.mark.parametrize("desk", ["zammad", "glpi"])
def test_a_packaged_mapping_guesses_no_time(desk: str) -> None:
    time = load_mapping(packaged("desks", f"{desk}.yaml"))[0].time
    assert (time.timezone, time.unit, time.entry, time.trust) == (None, (), None, None)


def test_the_lines_to_take_the_marks_off_are_right(tmp_path: Path) -> None:
    for desk, zone in (("zammad", "Europe/Berlin"), ("glpi", "UTC")):
        lines = packaged("desks", f"{desk}.yaml").read_text(encoding="utf-8").splitlines()
        start = lines.index("# time:")
        freed = [
            line.removeprefix("# ") if start <= at < start + 4 else line for at, line in enumerate(lines)
        ]
        path = tmp_path / f"{desk}.yaml"
        path.write_text("\n".join(freed) + "\n", encoding="utf-8")
        assert load_mapping(path)[0].time.timezone == zone


def hourly(customer: Customer, row: int) -> str:
    return str(customer.contracts[0].rates[row].hourly)


def test_the_two_sites() -> None:
    customer, _ = load_customer(packaged("customers", "two-sites.yaml"))
    assert sorted(customer.match) == ["glpi", "zammad"]
    assert [hourly(customer, row) for row in (1, 2, 3)] == ["100.00 EUR", "50.00 EUR", "75.00 EUR"]
    assert str(customer.contracts[0].allowances[0].of) == "5h"


def test_the_german_customer() -> None:
    customer, _ = load_customer(packaged("customers", "kanzlei-sommer.yaml"))
    assert (customer.language, customer.holidays and customer.holidays.state) == ("de", "BY")
    assert [contract.valid.to and contract.valid.to.year for contract in customer.contracts] == [2027, None]
