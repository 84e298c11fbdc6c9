"""Making the nouns of the hot path: just as their classes make them, in a fifth of the time."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def maker(noun: Callable[P, T]) -> Callable[P, T]:
    """Return what makes a frozen, slotted dataclass by the same keywords as the class itself.

    A frozen class sets each of its fields through `object.__setattr__`, which takes most of the time that a
    month of work takes to be read. Here a twin that is not frozen sets them, and then becomes the noun.
    A field that the class fills from a factory must be named.
    """
    cls: Any = noun
    twin = type("Twin", (), {"__slots__": cls.__slots__})
    told = fields(cls)
    named = {"new": twin.__new__, "twin": twin, "noun": cls}
    named |= {f"default_{field.name}": field.default for field in told if field.default is not MISSING}
    lines = [
        f"def make(*, {', '.join(map(_parameter, told))}):",
        "    self = new(twin)",
        *(f"    self.{field.name} = {field.name}" for field in told),
        "    self.__class__ = noun",
        "    return self",
    ]
    exec("\n".join(lines), named)  # noqa: S102 (as `dataclass` does; all of it comes from the class)
    return cast("Callable[P, T]", named["make"])


def _parameter(field: Field[Any]) -> str:
    return field.name if field.default is MISSING else f"{field.name}=default_{field.name}"
