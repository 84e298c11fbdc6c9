"""How the kit bends what a desk sends: more fields, a field less; and which fields it sends of a ticket."""

from collections.abc import Callable
from typing import Any

from connector.testing.desk_stage import DeskStage


def with_more(data: Any) -> Any:
    """Add a field to every JSON object."""
    if isinstance(data, list):
        return [with_more(one) for one in data]
    if isinstance(data, dict):
        return {key: with_more(value) for key, value in data.items()} | {"zz_new": {"deep": [1, None]}}
    return data


def lacking(desk: DeskStage, ticket: str, name: str) -> Callable[[Any], Any]:
    """Leave a field out of a ticket and its entries."""

    def change(data: Any) -> Any:
        if isinstance(data, list):
            return [change(one) for one in data]
        if not isinstance(data, dict):
            return data
        drop = desk.belongs(data, ticket)
        return {key: change(value) for key, value in data.items() if not (drop and key == name)}

    return change


def fields_of(desk: DeskStage, ticket: str, names: set[str]) -> Callable[[Any], Any]:
    """Collect into ``names`` the fields that are sent of a ticket."""

    def look(data: Any) -> Any:
        parts = data if isinstance(data, list) else list(data.values()) if isinstance(data, dict) else []
        for part in parts:
            look(part)
        if isinstance(data, dict) and desk.belongs(data, ticket):
            names.update(data)
        return data

    return look
