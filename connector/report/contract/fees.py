"""Fees and commitments in plain sentences."""

from collections.abc import Iterator

from connector.model.fee import Commitment, Fee
from connector.report.contract.language import Language
from connector.report.words import clean


def fee(noun: Fee, words: Language) -> str:
    """Say what a fee comes to and when it is billed."""
    said = words.say(
        "fee",
        what=clean(noun.text) if noun.text else noun.id,
        price=words.money(noun.amount),
        per=words.say(f"per_{noun.per}"),
        quantity=_quantity(noun, words),
        when=words.say(noun.in_),
    )
    return "; ".join([said, *_further(noun, words)])


def _quantity(noun: Fee, words: Language) -> str:
    if noun.quantity is not None:
        return words.say("quantity", of=words.quantity(noun.quantity))
    return words.say("counted", what=words.condition(noun.counted)) if noun.counted is not None else ""


def _further(noun: Fee, words: Language) -> Iterator[str]:
    if noun.from_ is not None:
        yield words.say("fee_from", day=words.dated(noun.from_))
    if noun.to is not None:
        yield words.say("fee_to", day=words.last(noun.to))
    for change in noun.changes:
        parts = [words.money(change.amount)] if change.amount is not None else []
        parts += [words.quantity(change.quantity)] if change.quantity is not None else []
        yield words.say("change", day=words.dated(change.from_), what=", ".join(parts))
    yield from windows(noun.anchor, noun.prorate, words)
    if noun.tax is not None:
        yield words.say("tax", tax=noun.tax)


def windows(anchor: str, prorate: str, words: Language) -> Iterator[str]:
    """Say from when windows are counted, and what part of one comes to."""
    if anchor == "contract":
        yield words.say("anchor")
    if prorate != "none":
        yield words.say(f"prorate_{prorate}")


def commitment(noun: Commitment, words: Language) -> str:
    """Say what the customer pays at least."""
    said = words.say(
        "commitment",
        what=clean(noun.text) if noun.text else noun.id,
        amount=words.money(noun.amount),
        per=words.say(f"per_{noun.per}"),
        counts=f" {words.say('and')} ".join(words.say(f"counts_{one}") for one in noun.counts),
    )
    tax = [words.say("tax", tax=noun.tax)] if noun.tax is not None else []
    return "; ".join([said, *windows(noun.anchor, noun.prorate, words), *tax]) + "."
