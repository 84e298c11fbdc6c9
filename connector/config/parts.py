"""The parts of a file: every value with its path, so that a check of money or words misses no key."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from connector.model.condition import Condition
from connector.model.money import Money
from connector.model.prices import Rate
from connector.model.quantity import Quantity


class Fault(NamedTuple):
    """A finding, before its place is looked up."""

    code: str
    path: str  #: of the part at fault within the file
    message: str
    warning: bool = False


def parts(noun: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Yield a noun and all that is in it, each with its path, the whole before its parts."""
    yield at, noun
    for key, value in _inner(noun):
        yield from parts(value, joined(at, key))


def joined(at: str, key: object) -> str:
    """Extend a path."""
    return f"{at}.{key}" if at else str(key)


def _inner(noun: Any) -> Iterator[tuple[object, Any]]:
    if isinstance(noun, BaseModel):
        for name, field in type(noun).model_fields.items():
            yield field.alias or name, getattr(noun, name)
    elif isinstance(noun, dict):
        yield from noun.items()
    elif type(noun) is tuple:  # of a list; an amount or a quantity has a type of its own
        yield from enumerate(noun)


def conditions_of(noun: BaseModel, at: str) -> Iterator[tuple[str, Condition]]:
    """Yield every condition in a noun that asks something, with its path."""
    for path, part in parts(noun, at):
        if isinstance(part, Condition) and not part.empty:
            yield path, part


def asked_of(noun: BaseModel, at: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield all that the conditions in a noun ask: path, facet or field, values."""
    for path, condition in conditions_of(noun, at):
        for facet, values in condition.asked():
            inner = f"fields.{facet}" if facet in condition.fields else facet
            yield f"{path}.{inner}", facet, values


def amounts_of(noun: BaseModel, at: str) -> Iterator[tuple[str, Money]]:
    """Yield every amount of money in a noun with its path."""
    for path, part in parts(noun, at):
        if isinstance(part, Money):
            yield path, part
        elif isinstance(part, Quantity) and part.kind == "money":
            yield path, Money(part.amount, part.word)


def taxes_in(noun: BaseModel, at: str) -> Iterator[tuple[str, str]]:
    """Yield every tax code in a noun with its path."""
    for path, part in parts(noun, at):
        if isinstance(part, str) and path.rpartition(".")[2] in ("tax", "prepaid_tax"):
            yield path, part


def rates_of(noun: BaseModel, at: str) -> Iterator[tuple[str, Rate]]:
    """Yield every row of a price table for work in a noun with its path."""
    for path, part in parts(noun, at):
        if isinstance(part, Rate):
            yield path, part
