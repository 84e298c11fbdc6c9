"""The page on the contract language says what the schemas say: every key and default, examples that load."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from connector.config import yaml
from connector.config.schema import Kind, json_schema
from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "contract-language.md").read_text(encoding="utf-8")
PARTS: dict[str, Kind] = {
    "Customer file": "customer",
    "Price list": "price-list",
    "Mapping file": "mapping",
    "Usage mapping": "usage",
    "Configuration": "config",
}
SCHEMAS = {kind: json_schema(kind) for kind in PARTS.values()}


class Row(NamedTuple):
    key: str
    default: str
    example: str


class Block(NamedTuple):
    """A block of keys: in the schema its properties, on the page its table."""

    required: list[str]
    properties: dict[str, Any]


def blocks(kind: Kind) -> dict[str, Block]:
    """Find every block of keys of a kind of file, by its path."""
    found = dict(_blocks(SCHEMAS[kind], "", SCHEMAS[kind]["$defs"]))
    if kind == "price-list":  # its rows are those of a contract, and told there
        return {path: block for path, block in found.items() if "[]." not in path}
    return found


def _blocks(node: dict[str, Any], path: str, defs: dict[str, Any]) -> Iterator[tuple[str, Block]]:
    if "$ref" in node:
        node = defs[node["$ref"].rpartition("/")[2]]
    if "properties" in node:
        yield path, Block(node.get("required", []), node["properties"])
        for key, inner in node["properties"].items():
            yield from _blocks(inner, f"{path}.{key}".lstrip("."), defs)
    for choice in node.get("anyOf", ()):
        yield from _blocks(choice, path, defs)
    if "items" in node:
        yield from _blocks(node["items"], f"{path}[]", defs)
    named = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
    for inner in named:
        if isinstance(inner, dict):
            yield from _blocks(inner, f"{path}.NAME", defs)


def tables() -> Iterator[tuple[Kind, str, list[Row]]]:
    """Yield each table of the page with its kind of file and its path."""
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        kind = PARTS.get(part.partition("\n")[0])
        if kind:
            top, *sections = re.split(r"^### ", part, flags=re.MULTILINE)
            yield kind, "", list(_rows(top))
            for section in sections:
                heading, _, text = section.partition("\n")
                if text.startswith("\nKeys of "):
                    heading = text.split("\n\n")[0]
                for path in re.findall(r"`([^`]+)`", heading):
                    yield kind, path, list(_rows(section))


def _rows(text: str) -> Iterator[Row]:
    for key, default, example in re.findall(
        r"^\| `(\w+)` \| ([^|]+) \| `([^|]+)` \| [^|]+ \|$", text, re.MULTILINE
    ):
        yield Row(key, default, example)


def _written(default: Any) -> str:
    return f"[{', '.join(default)}]" if isinstance(default, list) else str(default)


TABLES = [pytest.param(*table, id=f"{table[0]}:{table[1]}") for table in tables()]


@pytest.mark.parametrize("kind", PARTS.values())
def test_every_block_of_keys_has_its_table(kind: Kind) -> None:
    told = [path for of, path, _ in tables() if of == kind]
    assert sorted(told) == sorted(blocks(kind))


@pytest.mark.parametrize(("kind", "path", "rows"), TABLES)
def test_a_table_has_the_keys_and_defaults_of_the_schema(kind: Kind, path: str, rows: list[Row]) -> None:
    block = blocks(kind)[path]
    expected = {
        key: "required" if key in block.required else _written(node.get("default", "-"))
        for key, node in block.properties.items()
    }
    assert {row.key: row.default for row in rows} == expected


@pytest.mark.parametrize(("kind", "path", "rows"), TABLES)
def test_an_example_is_one_that_the_schema_takes(kind: Kind, path: str, rows: list[Row]) -> None:
    schema = {"$defs": SCHEMAS[kind]["$defs"], "properties": blocks(kind)[path].properties}
    for row in rows:
        tree, _ = yaml.parse(row.example, f"{path}.{row.key}")
        assert list(tree) == [row.key]
        assert [error.message for error in Draft202012Validator(schema).iter_errors(tree)] == []


@pytest.mark.parametrize("noun", ["Rate", "UsagePrice", "Condition", "Rounding", "Tiers"])
def test_the_rows_of_a_price_list_are_those_of_a_contract(noun: str) -> None:
    assert SCHEMAS["price-list"]["$defs"][noun] == SCHEMAS["customer"]["$defs"][noun]


def test_a_table_row_that_cannot_be_read_is_noticed() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(rows) == sum(1 for line in rows if list(_rows(line)))
