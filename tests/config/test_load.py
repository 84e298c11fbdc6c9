"""The files of the house: one bad file is a problem, and the others load."""

from pathlib import Path

import pytest

from connector.config.load import (
    load_customer,
    load_customers,
    load_mapping,
    load_mappings,
    load_price_lists,
    load_settings,
    mapping_path,
)
from connector.config.resources import packaged
from connector.config.validate import Unreadable, cited
from tests.config.sample import CUSTOMER, MAPPING, SETTINGS, spoilt


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_configuration(tmp_path: Path) -> None:
    settings, origin = load_settings(write(tmp_path, config=SETTINGS) / "config.yaml")
    assert settings.house.name == "Systemhaus Nord GmbH"
    assert str(origin.source("taxes.DE-7")) == f"{tmp_path}/config.yaml:5:3"


def test_a_customer_file(tmp_path: Path) -> None:
    customer, origin = load_customer(write(tmp_path, acme=CUSTOMER) / "acme.yaml")
    assert [rate.hourly and str(rate.hourly) for rate in customer.contracts[0].rates] == [
        None,
        "100.00 EUR",
        "50.00 EUR",
        "75.00 EUR",
        None,
    ]
    assert str(origin.source("contracts.0.rates.3")) == f"{tmp_path}/acme.yaml:20:9"


def test_one_bad_customer_file_leaves_the_others(tmp_path: Path) -> None:
    write(
        tmp_path,
        acme=CUSTOMER,
        bad=spoilt("5h", "5").replace("acme", "bad"),
        worse="a: [",
        zeta=spoilt("customer: acme", "customer: zeta"),
    )
    (tmp_path / "notes.txt").write_text("not a customer", encoding="utf-8")
    customers, problems = load_customers(tmp_path)
    assert [customer.customer for customer, _ in customers] == ["acme", "zeta"]
    assert [str(problem.source) for problem in problems] == [
        f"{tmp_path}/bad.yaml:15:25",
        f"{tmp_path}/worse.yaml:1:5",
    ]


def test_two_files_of_one_customer_are_both_left_out(tmp_path: Path) -> None:
    write(tmp_path, one=CUSTOMER, other=CUSTOMER, zeta=spoilt("customer: acme", "customer: zeta"))
    customers, problems = load_customers(tmp_path)
    assert [customer.customer for customer, _ in customers] == ["zeta"]
    assert [cited(problem) for problem in problems] == [
        f"{tmp_path}/one.yaml:1:11: customer 'acme' stands in {tmp_path}/other.yaml too; rename one",
        f"{tmp_path}/other.yaml:1:11: customer 'acme' stands in {tmp_path}/one.yaml too; rename one",
    ]
    assert {(problem.code, problem.about) for problem in problems} == {("customer_twice", "acme")}


LISTED = "price_list: {name}\nversions: [{{from: 2026-01-01, rates: [{{hourly: 90.00 EUR}}]}}]\n"


def test_price_lists_as_customers(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=LISTED.format(name="standard"),
        b=LISTED.format(name="twin"),
        c=LISTED.format(name="twin"),
        d=LISTED.format(name="bad").replace("90.00 EUR", "90.00"),
    )
    lists, problems = load_price_lists(tmp_path)
    assert list(lists) == ["standard"]
    assert str(lists["standard"][1].source("versions.0.rates.0.hourly")) == f"{tmp_path}/a.yaml:2:48"
    assert [(problem.code, str(problem.source)) for problem in problems] == [
        ("unreadable", f"{tmp_path}/d.yaml:2:48"),
        ("price_list_twice", f"{tmp_path}/b.yaml:1:13"),
        ("price_list_twice", f"{tmp_path}/c.yaml:1:13"),
    ]
    assert problems[1].message == f"price list 'twin' stands in {tmp_path}/c.yaml too; rename one"


def test_a_house_needs_no_price_lists(tmp_path: Path) -> None:
    assert load_price_lists(tmp_path / "prices") == ({}, [])
    (tmp_path / "prices").write_text("", encoding="utf-8")
    with pytest.raises(Unreadable, match="check 'price_lists' in the configuration"):
        load_price_lists(tmp_path / "prices")


def test_a_path_of_a_field_that_is_no_jmespath(tmp_path: Path) -> None:
    write(tmp_path, zammad=MAPPING + "fields:\n  colour: {from: a..b}\n")
    with pytest.raises(Unreadable, match=r"zammad\.yaml:5:18: from: 'a\.\.b' is no JMESPath"):
        load_mapping(tmp_path / "zammad.yaml")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        load_customers(tmp_path / "customers")
    reason = "cannot be read: No such file or directory; check 'customers' in the configuration"
    assert str(caught.value) == f"{tmp_path}/customers: {reason}"


def test_a_path_that_is_no_jmespath(tmp_path: Path) -> None:
    write(tmp_path, zammad=spoilt("entry.activity", "entry..activity", MAPPING))
    with pytest.raises(Unreadable) as caught:
        load_mapping(tmp_path / "zammad.yaml")
    assert str(caught.value) == (
        f"{tmp_path}/zammad.yaml:2:19: from: 'entry..activity' is no JMESPath; "
        "write it as entry.activity or ticket.fields.site"
    )


def test_mappings_are_found_from_the_configuration(tmp_path: Path) -> None:
    text = spoilt(
        "desks:\n",
        "desks:\n  glpi: {adapter: glpi, mapping: packaged:glpi}\n"
        "  lost: {adapter: glpi, mapping: sub/lost.yaml}\n",
        SETTINGS,
    )
    write(tmp_path, config=text, zammad=MAPPING)
    mappings, problems = load_mappings(*load_settings(tmp_path / "config.yaml"))
    assert sorted(mappings) == ["glpi", "zammad"]
    assert mappings["zammad"][0].facets["service"].table["Telefon"] == "phone"
    assert [str(problem.source) for problem in problems] == [f"{tmp_path}/sub/lost.yaml:1:1"]


def test_where_a_mapping_lies() -> None:
    assert mapping_path("maps/z.yaml", Path("/srv")) == Path("/srv/maps/z.yaml")
    assert mapping_path("packaged:zammad", Path("/srv")) == packaged("desks", "zammad.yaml")


def test_what_is_not_packaged_is_named_when_it_is_read() -> None:
    with pytest.raises(Unreadable, match=r"mappings/desks/nodesk\.yaml:1:1: cannot be read"):
        load_mapping(mapping_path("packaged:nodesk", Path("/srv")))
