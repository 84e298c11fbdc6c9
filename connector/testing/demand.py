"""How the kit says what an adapter got wrong: in a sentence, with both figures."""

from typing import Any


def demand(found: Any, expected: Any, sentence: str) -> None:
    """Compare.

    Raises:
        AssertionError: with the sentence and both sides, if they differ.
    """
    if found != expected:
        raise AssertionError(f"{sentence}\n  found:    {found!r}\n  expected: {expected!r}")


def demand_true(holds: bool, sentence: str) -> None:
    """Insist.

    Raises:
        AssertionError: with the sentence, if it does not hold.
    """
    demand(holds, True, sentence)
