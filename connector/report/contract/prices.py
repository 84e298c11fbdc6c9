"""Price tables, rounding, surcharges, limits, usage and SLA credits in plain sentences."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from connector.model.contract import Contract
from connector.model.price_list import UsagePrice
from connector.model.prices import Limit, Rate, Rounding, SlaCredit, Surcharge, Tiers
from connector.report.contract.language import Language
from connector.report.words import clean


def rounding(terms: Rounding, words: Language) -> str:
    """Say how worked time becomes billed time."""
    bounds = ("minimum", "maximum", "grace", "free_under")
    more = "".join(words.say(key, time=words.time(found)) for key in bounds if (found := getattr(terms, key)))
    more += words.say(f"scope_{terms.per}")
    if terms.edges:
        return words.say("edges", step=words.time(terms.to), more=more)
    if terms.to == 1:
        return words.say("exact", more=more)
    return words.say(terms.mode, step=words.time(terms.to), more=more)


def price_table(rates: Iterable[Rate], words: Language) -> list[str]:
    """Say each row of a price table."""
    return [_rate(rate, words) for rate in rates]


def _rate(rate: Rate, words: Language) -> str:
    if rate.otherwise:
        return words.say("otherwise")
    what = words.named(rate.text, rate.when, rate.except_)
    said = [_price(rate, what, words) if rate.priced else _outcome(rate, what, words)]
    said += [words.say("no_surcharges")] if not rate.surcharges else []
    said += [words.say("tax", tax=rate.tax)] if rate.tax else []
    return "; ".join(said) + (f". {rounding(rate.round, words)}" if rate.round else "")


def _outcome(rate: Rate, what: str, words: Language) -> str:
    if rate.included:
        owed = rate.included.owed
        return (
            words.say("owed", what=what, time=words.time(owed)) if owed else words.say("included", what=what)
        )
    why = clean(rate.free or rate.hold or "")
    return words.say("free" if rate.free else "held", what=what, why=why)


def _price(rate: Rate, what: str, words: Language) -> str:
    if rate.tiers is not None:
        return _tiers(rate.tiers, what, "hour" if rate.tiers.of_time else "call", words)
    if rate.daily is not None:
        price, time = words.money(rate.daily.amount), words.time(rate.daily.day)
        return words.say("daily_rate", what=what, price=price, time=time)
    if rate.per_block is not None:
        price, of = words.money(rate.per_block.amount), words.quantity(rate.per_block.of)
        return words.say("per_block", what=what, price=price, of=of)
    if rate.cost_plus is not None:
        return words.say("cost_plus", what=what, percent=words.percent(rate.cost_plus))
    every = rate.count == "every ticket"
    plain = {
        "hourly": rate.hourly,
        "per_every_call" if every else "per_call": rate.per_call,
        "per_visit": rate.per_visit,
        "flat": rate.flat,
    }
    phrase, amount = next((phrase, amount) for phrase, amount in plain.items() if amount is not None)
    return words.say(phrase, what=what, price=words.money(amount))


def _steps(tiers: Tiers, words: Language) -> str:
    return ", ".join(
        words.say("step_last", price=words.money(step.price))
        if step.to is None
        else words.say("step", to=words.quantity(step.to), price=words.money(step.price))
        for step in tiers.steps
    )


def _tiers(tiers: Tiers, what: str, unit: str, words: Language, per: str = "") -> str:
    phrase = "tiers_top" if tiers.mode == "top" else "tiers"
    anew = words.say(f"anew_{tiers.per}")
    return words.say(
        phrase, what=what, steps=_steps(tiers, words), unit=words.say(f"unit_{unit}") + per, anew=anew
    )


def surcharges(contract: Contract, words: Language) -> list[str]:
    """Say what costs more, and what holds where several fit."""
    said = [_surcharge(one, words) for one in contract.surcharges]
    return [*said, words.say(f"combine_{contract.combine}")] if len(said) > 1 else said


def _surcharge(noun: Surcharge, words: Language) -> str:
    what = words.named(noun.text or noun.id, noun.when, noun.except_)
    if noun.amount is not None:
        said = words.say(f"amount_{noun.per}", what=what, price=words.money(noun.amount))
    elif noun.factor is not None:
        said = words.say("factor", what=what, factor=words.figure(noun.factor))
    else:
        said = words.say("percent", what=what, percent=words.percent(noun.percent or Decimal(0)))
    return f"{said}; {words.say('tax', tax=noun.tax)}" if noun.tax else said


def limit(noun: Limit, words: Language) -> str:
    """Say the least and the most that work comes to."""
    values = {
        "what": words.named(noun.text, noun.when),
        "minimum": words.money(noun.minimum) if noun.minimum is not None else "",
        "cap": words.money(noun.cap) if noun.cap is not None else "",
        "scope": words.say(f"of_{noun.per}"),
    }
    phrase = "between" if noun.minimum and noun.cap else "at_most" if noun.cap else "at_least"
    return words.say(phrase, **values)


def sla_credit(noun: SlaCredit, words: Language) -> str:
    """Say what the customer gets back."""
    what = words.named(noun.text, noun.when)
    most = words.say("sla_most", percent=words.percent(noun.at_most)) if noun.at_most is not None else ""
    if noun.amount is not None:
        return words.say("sla_amount", what=what, price=words.money(noun.amount), most=most)
    percent = words.percent(noun.percent) if noun.percent is not None else ""
    return words.say(f"sla_{noun.of}", what=what, percent=percent, most=most)


def usage_table(rows: Iterable[UsagePrice], words: Language) -> list[str]:
    """Say each row that prices usage."""
    return ["; ".join([_usage(row, words), *_usage_further(row, words)]) for row in rows]


def _usage(row: UsagePrice, words: Language) -> str:
    what = words.named(row.text or row.id, row.when)
    per = "" if row.per == "use" else f" {words.say(f'per_{row.per}')}"
    if row.each is not None:
        return words.say("each_unit", what=what, price=words.money(row.each), per=per)
    if row.per_block is not None:
        price, of = words.money(row.per_block.amount), words.quantity(row.per_block.of)
        return words.say("unit_block", what=what, price=price, of=of, per=per)
    if row.tiers is not None:
        return _tiers(row.tiers, what, "piece", words, per)
    if row.cost_plus is not None:
        return words.say("own_cost", what=what, percent=words.percent(row.cost_plus), per=per)
    if row.included:
        return words.say("included", what=what)
    return words.say("free" if row.free else "held", what=what, why=clean(row.free or row.hold or ""))


def _usage_further(row: UsagePrice, words: Language) -> Iterator[str]:
    if row.allowance is not None:
        yield words.say("nothing_for", of=words.quantity(row.allowance))
    if row.minimum is not None:
        yield words.say("least_units", of=words.quantity(row.minimum))
    if row.lines != "total":
        yield words.say(f"lines_{row.lines}")
    if row.prorate != "none":
        yield words.say(f"prorate_{row.prorate}")
    if row.tax is not None:
        yield words.say("tax", tax=row.tax)
