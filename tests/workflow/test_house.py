"""Opening the house from its files: faults by place, adapters by name, secrets when a dock is asked for."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from connector.config.validate import Unreadable
from connector.http import ConfigError
from connector.store.engine import create
from connector.store.nouns import StoreError
from connector.workflow import docks
from connector.workflow.docks import adapter_of
from connector.workflow.house import open_house

CONFIG = """\
house: {name: House GmbH}
timezone: Europe/Berlin
taxes: {DE-19: {rates: [{from: 2021-01-01, percent: 19%}]}}
desks:
  zammad:
    adapter: zammad
    mapping: zammad.yaml
    options: {url: http://127.0.0.1:9, secret: zammad-token}
books:
  files:
    adapter: folder
    options: {path: invoices}
"""
MAPPING = """\
time:
  timezone: Europe/Berlin
  unit: [{from: 2020-01-01, unit: 1m}]
  entry: day
"""
CUSTOMER = """\
customer: acme
name: ACME GmbH
timezone: Europe/Berlin
billing_from: 2026-03-01
books: {files: {}}
invoice: {tax: DE-19}
contracts:
  - {id: support, valid: {from: 2026-01-01}, rates: [{hourly: 75.00 EUR}]}
"""


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own adapters are installed, whether or not the checkout is."""
    ours = {"desks": ["zammad"], "books": ["folder"]}

    def entry_points(group: str) -> list[EntryPoint]:
        kind = group.partition(".")[2]
        return [EntryPoint(name, f"adapters.{kind}.{name}", group) for name in ours[kind]]

    monkeypatch.setattr(docks, "entry_points", entry_points)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "zammad.yaml").write_text(MAPPING)
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "acme.yaml").write_text(CUSTOMER)
    (tmp_path / "invoices").mkdir()
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    create(tmp_path / "deskbill.sqlite").close()
    return path


def test_opens_with_everything_by_name(config: Path) -> None:
    house = open_house(config, actor="eve")
    assert list(house.customers) == ["acme"]
    assert house.origins["acme"].file.endswith("acme.yaml")
    assert house.mappings["zammad"].time.entry == "day"
    assert (house.actor, house.problems, house.desks) == ("eve", (), {})
    house.close()


def test_bad_customer_file_is_a_problem_and_the_others_load(config: Path) -> None:
    (config.parent / "customers" / "bad.yaml").write_text(CUSTOMER.replace("name:", "nam:"))
    house = open_house(config)
    assert list(house.customers) == ["acme"]
    assert any("did you mean 'name'?" in problem.message for problem in house.problems)
    house.close()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("invoice: {tax: XX-9}", "unknown_tax"),
        ("invoice: {tax: LATE-19}", "tax_begins_late"),  # it would bill March at 0 %
    ],
)
def test_customer_that_would_be_billed_wrongly_is_left_out(config: Path, wrong: str, code: str) -> None:
    late = "LATE-19: {rates: [{from: 2027-01-01, percent: 19%}]}"
    config.write_text(CONFIG.replace("taxes: {", f"taxes: {{{late}, "))
    other = CUSTOMER.replace("customer: acme", "customer: globex").replace("invoice: {tax: DE-19}", wrong)
    (config.parent / "customers" / "globex.yaml").write_text(other)
    house = open_house(config)
    assert list(house.customers) == ["acme"]
    ((found, about, file),) = {(one.code, one.about, str(one.source)) for one in house.problems}
    assert (found, about) == (code, "globex")
    assert file.endswith("globex.yaml:6:16")
    house.close()


def test_wrong_option_of_an_adapter_is_told_by_its_place(config: Path) -> None:
    config.write_text(CONFIG.replace("secret: zammad-token", "secrt: zammad-token"))
    with pytest.raises(Unreadable) as refused:
        open_house(config)
    assert f"{config}:8:40: unknown key 'secrt'; did you mean 'secret'?" in str(refused.value)
    assert "'secret' is missing" in str(refused.value)


def test_mapping_that_lacks_what_the_desk_needs_names_the_line(config: Path) -> None:
    (config.parent / "zammad.yaml").write_text(MAPPING.replace("  entry: day\n", ""))
    with pytest.raises(Unreadable, match="under 'time':\n  entry: end"):
        open_house(config)


def test_unreadable_mapping_is_told_by_its_place(config: Path) -> None:
    (config.parent / "zammad.yaml").write_text(MAPPING.replace("entry:", "entri:"))
    with pytest.raises(Unreadable, match=r"zammad\.yaml:4:3: unknown key 'entri'"):
        open_house(config)


def test_unknown_adapter_lists_the_installed_ones(config: Path) -> None:
    config.write_text(CONFIG.replace("adapter: zammad", "adapter: jira"))
    with pytest.raises(ConfigError, match="no adapter 'jira' for desks; installed are: zammad"):
        open_house(config)


def test_missing_database_is_told(config: Path) -> None:
    (config.parent / "deskbill.sqlite").unlink()
    with pytest.raises(StoreError, match="deskbill init"):
        open_house(config)


def test_desk_is_connected_once_with_its_secret(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = open_house(config)
    with pytest.raises(ConfigError, match="DESKBILL_SECRET_ZAMMAD_TOKEN"):
        house.desk("zammad")
    monkeypatch.setenv("DESKBILL_SECRET_ZAMMAD_TOKEN", "sesame-42")
    assert house.desk("zammad") is house.desk("zammad")
    (session,) = house.sessions
    assert session.secret("zammad-token") == "sesame-42"
    assert "sesame-42" not in repr(house)
    house.close()


def test_books_in_a_folder_get_the_folder(config: Path) -> None:
    house = open_house(config)
    assert house.book("files").check().product == "folder"
    assert house.sessions == []
    house.close()


def test_unknown_names_are_configuration_errors(config: Path) -> None:
    house = open_house(config)
    with pytest.raises(ConfigError, match=r"no desks\.jira; it has: zammad"):
        house.desk("jira")
    with pytest.raises(ConfigError, match=r"no books\.sap; it has: files"):
        house.book("sap")
    with pytest.raises(ConfigError, match="no customer 'acne'; there are: acme"):
        house.customer("acne")
    house.close()


def test_adapter_exports_settings_and_connect() -> None:
    adapter = adapter_of("books", "folder")
    assert set(adapter.Settings.model_fields) == {"name", "path"}
    assert callable(adapter.connect)
