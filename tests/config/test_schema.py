"""The JSON Schemas agree with the reader: what it takes they take, what is misspelt they refuse."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector.config import yaml
from connector.config.resources import packaged
from connector.config.schema import Kind, json_schema
from connector.config.validate import Unreadable, validate
from connector.model.contract import Customer
from tests.config.sample import CUSTOMER, MAPPING, SETTINGS
from tests.config.test_validate import BROKEN

SHIPPED: list[tuple[Kind, Path]] = [
    ("config", packaged("config.example.yaml")),
    *(("mapping", path) for path in sorted(packaged("desks").glob("*.yaml"))),
    *(("customer", path) for path in sorted(packaged("contracts").glob("*.yaml"))),
    *(("customer", path) for path in sorted(packaged("customers").glob("*.yaml"))),
]
#: What only the reader finds: a schema does not compute, and knows no zones.
BEYOND_SCHEMA = {
    "outcome",
    "exactly one",
    "negative",
    "is not after",
    "no time zone",
    "stand together",
    "names what is next",
}


def mistakes(kind: Kind, tree: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(json_schema(kind)).iter_errors(tree)]


@pytest.mark.parametrize("kind", ["customer", "config", "mapping", "price-list"])
def test_it_is_a_schema(kind: Kind) -> None:
    schema = json_schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "Deskbill" in schema["title"]


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=[path.stem for _, path in SHIPPED])
def test_what_is_shipped_fits(kind: Kind, path: Path) -> None:
    assert mistakes(kind, yaml.read(path)[0]) == []


@pytest.mark.parametrize(
    ("kind", "text"), [("customer", CUSTOMER), ("config", SETTINGS), ("mapping", MAPPING)]
)
def test_the_samples_fit(kind: Kind, text: str) -> None:
    assert mistakes(kind, yaml.parse(text, "f")[0]) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [(old, new) for old, new, told in BROKEN if not any(words in told for words in BEYOND_SCHEMA)],
)
def test_what_the_reader_refuses_the_editor_marks(old: str, new: str) -> None:
    tree, _ = yaml.parse(CUSTOMER.replace(old, new), "f")
    if isinstance(tree, dict) and tree.get("name") != "":
        assert mistakes("customer", tree)


def test_included_may_be_said_shortly() -> None:
    text = CUSTOMER.replace("included: {owed: 2h}", "included: yes")
    assert mistakes("customer", yaml.parse(text, "f")[0]) == []
    assert mistakes("customer", yaml.parse(text.replace("included: yes", "included: no"), "f")[0])


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        ("none", True),
        ("2 months", True),
        ("always", True),
        ("{for: 1 period, cap: 50%, compounding: yes}", True),
        ("forever", False),
        ("{cap: 50%}", False),
    ],
)
def test_carry_over_is_a_word_or_a_block_of_keys(written: str, *, fits: bool) -> None:
    tree, _ = yaml.parse(CUSTOMER.replace("carry_over: none", f"carry_over: {written}"), "f")
    assert (mistakes("customer", tree) == []) is fits


@pytest.mark.parametrize(
    ("written", "fits"),
    [("overdraw", True), ("{next: b}", True), ("{contract: c}", True), ("stop", False), ("{nxt: b}", False)],
)
def test_then_is_a_word_or_a_block_of_keys(written: str, *, fits: bool) -> None:
    tree, _ = yaml.parse(CUSTOMER.replace("carry_over: none", f"then: {written}"), "f")
    assert (mistakes("customer", tree) == []) is fits


@pytest.mark.parametrize(("rank", "fits"), [(5, True), ("5", True), (0, False), ("first", False)])
def test_a_rank_is_a_number_to_an_editor_and_text_to_us(rank: int | str, *, fits: bool) -> None:
    tree, _ = yaml.parse(CUSTOMER, "f")
    tree["contracts"][0]["allowances"][0]["priority"] = rank
    assert (mistakes("customer", tree) == []) is fits


def test_a_price_list_has_a_schema() -> None:
    text = "price_list: a\nversions: [{from: 2026-01-01, rates: [{included: yes}, {hourly: 9.00 EUR}]}]\n"
    tree, _ = yaml.parse(text, "f")
    assert mistakes("price-list", tree) == []
    tree["versions"][0]["rates"][1]["hourly"] = "9.00"
    assert mistakes("price-list", tree)


def test_an_editor_that_reads_numbers_is_content() -> None:
    tree, origin = yaml.parse(CUSTOMER, "f")
    tree["address"] = {"street": "A 1", "postcode": 80331, "city": "B", "country": "DE"}
    assert mistakes("customer", tree) == []
    tree["address"]["postcode"] = "80331"
    assert validate(Customer, tree, origin).address is not None


def defaults(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    if isinstance(node, list):
        for item in node:
            yield from defaults(item)
    elif isinstance(node, dict):
        if "default" in node:
            yield node, node["default"]
        for item in node.values():
            yield from defaults(item)


@pytest.mark.parametrize("kind", ["customer", "config", "mapping", "price-list"])
def test_every_default_is_written_as_the_file_would(kind: Kind) -> None:
    found = list(defaults(json_schema(kind)))
    assert found
    for schema, default in found:
        Draft202012Validator(schema).validate(default)


def test_defaults_as_people_write_them() -> None:
    customer, config = json_schema()["$defs"], json_schema("config")
    assert customer["InvoiceTerms"]["properties"]["terms"]["default"] == "14d"
    assert customer["Rounding"]["properties"]["to"]["default"] == "1s"
    assert customer["Allowance"]["properties"]["carry_over"]["default"] == "none"
    assert customer["Allowance"]["properties"]["owed"]["default"] == "no"
    assert customer["Allowance"]["properties"]["priority"]["default"] == 50
    assert customer["Commitment"]["properties"]["counts"]["default"] == ["work", "usage"]
    assert config["properties"]["close_after"]["default"] == "3d"
    assert config["$defs"]["DaemonSettings"]["properties"]["every"]["default"] == "15m"


def test_nothing_is_no_choice() -> None:
    assert "null" not in str(json_schema())
    with pytest.raises(Unreadable):
        yaml.parse("address:\n", "f")
