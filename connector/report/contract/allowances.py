"""Allowances and blocks in plain sentences."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from connector.model.allowance import Allowance, Block, CarryOver, Cascade, Weight
from connector.report.contract.language import Language
from connector.report.words import clean

_RANK = 50  # of an allowance that says none
_BLOCK_RANK = 60


def allowance(noun: Allowance, words: Language) -> str:
    """Say what is included, and what becomes of more and of less."""
    what, per = words.condition(noun.for_, noun.except_), words.say(f"per_{noun.per}")
    said = [words.say("allowance", id=noun.id, of=words.quantity(noun.of), per=per, what=what)]
    said += [words.say("pooled", window=words.say(f"whole_{noun.pooled}"))] if noun.pooled else []
    said += [words.say("each", facet=words.facets.get(noun.each, noun.each))] if noun.each else []
    said += [words.say("granted_anchor")] if noun.anchor == "contract" else []
    if noun.prorate != "none":
        said.append(words.say("granted_prorate", how=words.say(f"prorate_{noun.prorate}")))
    said += [*_eaten(noun.weights, noun.eats, words), _carry(noun.carry_over, words)]
    said += [*_warned(noun.warn_at, words), *_beyond(noun, words)]
    said += [words.say("rank", rank=noun.priority)] if noun.priority != _RANK else []
    said += [words.say("owed_time")] if noun.owed else []
    return " ".join(said)


def _eaten(weights: Iterable[Weight], eats: str, words: Language) -> Iterator[str]:
    for weight in weights:
        yield words.say("weight", what=words.condition(weight.when), factor=words.figure(weight.factor))
    if eats == "worked":
        yield words.say("worked")


def _carry(carry: CarryOver | None, words: Language) -> str:
    if carry is None:
        return words.say("lapse")
    cap = words.say("cap", share=words.share(carry.cap)) if carry.cap is not None else ""
    again = words.say("again") if carry.compounding else ""
    if carry.for_.number < 0:
        return words.say("carry_always", cap=cap, again=again)
    one, many = words.say(f"span_{carry.for_.unit}").split("|")
    span = f"{carry.for_.number} {one if carry.for_.number == 1 else many}"
    return words.say("carry", span=span, cap=cap, again=again)


def _warned(shares: Iterable[Decimal], words: Language) -> Iterator[str]:
    if told := ", ".join(map(words.percent, shares)):
        yield words.say("warn", shares=told)


def _beyond(noun: Allowance, words: Language) -> Iterator[str]:
    if noun.overdraw_to is not None:
        yield words.say("overdraw_to", share=words.share(noun.overdraw_to))
    else:
        yield _then(noun.then, words)
    if noun.settle is not None:
        price = ""
        for kind in ("hourly", "each"):
            if (amount := getattr(noun.settle, kind)) is not None:
                price = words.say(f"settle_{kind}", price=words.money(amount))
        yield words.say("settle", when=words.say(f"end_{noun.settle.per}"), price=price)


def _then(then: str | Cascade, words: Language) -> str:
    if isinstance(then, str):
        return words.say(then)
    if then.next is not None:
        return words.say("next", id=then.next)
    return words.say("then_contract", id=then.contract)


def block(noun: Block, words: Language) -> str:
    """Say what was bought, when it can be used, and what becomes of the rest of the work."""
    free = words.say("free_part", of=words.quantity(noun.free)) if noun.free else ""
    name = clean(noun.text) if noun.text else noun.id
    said = [
        words.say(
            "block",
            id=name,
            of=words.quantity(noun.of),
            free=free,
            price=words.money(noun.price),
            day=words.dated(noun.bought),
            what=words.condition(noun.for_, noun.except_),
        ),
        *_usable(noun, words),
        *_eaten(noun.weights, noun.eats, words),
        *_warned(noun.warn_at, words),
        _then(noun.then, words),
    ]
    said += [words.say("rank", rank=noun.priority)] if noun.priority != _BLOCK_RANK else []
    if noun.renew is not None:
        said.append(words.say(f"renew_{noun.renew.by}", share=words.share(noun.renew.below)))
    said += [words.say("delivery", prepaid=noun.prepaid_tax)] if noun.tax_point == "delivery" else []
    return " ".join([*said, *([] if noun.invoiced else [words.say("not_invoiced")])])


def _usable(noun: Block, words: Language) -> Iterator[str]:
    if noun.valid is not None:
        start = words.dated(noun.valid.from_)
        if noun.valid.to is None:
            yield words.say("valid", start=start)
        else:
            yield words.say("valid_until", start=start, end=words.last(noun.valid.to))
    if noun.contracts is not None:
        yield words.say("for_contracts", ids=words.any_of(noun.contracts))
