"""The JSON Schemas of what people write, for editors: completion, descriptions, red lines under mistakes."""

from typing import Any, Literal

from pydantic import BaseModel

from connector.model.contract import Customer
from connector.model.mapping import DeskMapping
from connector.model.price_list import PriceList
from connector.model.settings import Settings
from connector.model.usage_mapping import UsageMapping
from connector.model.written import write_duration

Kind = Literal["customer", "config", "mapping", "price-list", "usage"]
_NOUNS: dict[Kind, type[BaseModel]] = {
    "customer": Customer,
    "config": Settings,
    "mapping": DeskMapping,
    "price-list": PriceList,
    "usage": UsageMapping,
}
_TITLES: dict[Kind, str] = {
    "customer": "Customer file of Deskbill",
    "config": "Configuration of Deskbill",
    "mapping": "Desk mapping of Deskbill",
    "price-list": "Price list of Deskbill",
    "usage": "Usage mapping of Deskbill",
}
_SECONDS_PER_DAY = 86400


def json_schema(kind: Kind = "customer") -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a kind of file as it is written: durations, money, days are text.

    An editor names it in the file's first line: ``# yaml-language-server: $schema=customer.schema.json``.
    """
    schema: dict[str, Any] = _as_written(_NOUNS[kind].model_json_schema(by_alias=True))
    _allow_words(schema["$defs"])
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **schema, "title": _TITLES[kind]}


def _allow_words(defs: dict[str, Any]) -> None:
    """Let a word stand where the reader takes one for a block of keys."""
    if "Rate" in defs:
        rate = defs["Rate"]["properties"]
        rate["included"] = {"anyOf": [{"const": "yes"}, rate["included"]]}
    if "Allowance" in defs:
        allowance = defs["Allowance"]["properties"]
        span = defs["CarryOver"]["properties"]["for"]
        choices = [{"const": "none"}, span, allowance["carry_over"]]
        allowance["carry_over"] = {"anyOf": choices, "default": "none"}


def _as_written(node: Any) -> Any:
    """Put pydantic's schema into the terms of the file."""
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _as_written(value) for key, value in node.items()}
    schema = _without_nothing(schema)
    if "default" in schema and (default := _default(schema.pop("default"), schema)) is not None:
        schema["default"] = default
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
    if schema.get("type") == "string" and not schema.keys() & {"pattern", "enum", "const"}:
        schema["type"] = [
            "string",
            "number",
            "boolean",
        ]  # an editor takes 80331 for a number; we read the text
    return schema


def _without_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    """Take "or nothing" out of a choice: who means nothing leaves the key out."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        return {**choices[0], **rest}
    return {**schema, "anyOf": choices} if choices else schema


def _default(value: Any, schema: dict[str, Any]) -> Any:
    """Write a default as a person would; None: there is none to write."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        if "integer" in schema.get("type", ()):
            return value
        days, rest = divmod(value, _SECONDS_PER_DAY)
        return f"{days}d" if days and not rest else write_duration(value)
    return value if value and isinstance(value, str | list) else None
