"""How a language says figures, days and conditions of a contract."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from connector.model.condition import Condition
from connector.model.money import Money
from connector.model.quantity import Quantity
from connector.report.words import clean, duration, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Words of one language and how it writes dates, times and money."""

    day: str  #: format of a date
    comma: str  #: the decimal mark
    thousands: str  #: the mark between thousands; empty: none
    hour: str
    minute: str
    second: str
    facets: dict[str, str]  #: what a condition may ask about
    weekdays: dict[str, str]
    words: dict[str, str]

    def say(self, phrase: str, **values: object) -> str:
        """Fill a phrase with its values. An abbreviation at its end brings the full stop along."""
        return self.words[phrase].format(**values).replace("..", ".")

    def dated(self, day: date) -> str:
        """Write a day."""
        return format(day, self.day)

    def last(self, end: date) -> str:
        """Write the last day before an end."""
        return self.dated(end - timedelta(days=1))

    def money(self, money: Money) -> str:
        """Write an amount with its currency."""
        return f"{self._marked(f'{money.amount:,f}')} {money.currency}"

    def figure(self, value: Decimal) -> str:
        """Write a number."""
        return self._marked(f"{Decimal(number(value)):,f}")

    def _marked(self, written: str) -> str:
        return written.translate({ord(","): self.thousands, ord("."): self.comma})

    def percent(self, value: Decimal) -> str:
        """Write a percentage."""
        return f"{self.figure(value)}%"

    def time(self, seconds: int) -> str:
        """Write a duration."""
        units = {"h": self.hour, "m": self.minute, "s": self.second}
        return " ".join(f"{part[:-1]}{units[part[-1]]}" for part in duration(seconds).split(" "))

    def quantity(self, value: Quantity) -> str:
        """Write so much of something."""
        if value.kind == "time":
            return self.time(int(value.amount))
        if value.kind == "money":
            return self.money(Money(value.amount, value.word))
        return f"{self.figure(value.amount)} {value.word}"

    def share(self, value: Decimal | Quantity) -> str:
        """Write a part: a percentage of it, or so much."""
        return (
            self.say("of_it", share=self.percent(value))
            if isinstance(value, Decimal)
            else self.quantity(value)
        )

    def any_of(self, words: tuple[str, ...]) -> str:
        """Join alternatives."""
        return f" {self.words['or']} ".join(map(clean, words))

    def condition(self, when: Condition, but: Condition | None = None) -> str:
        """Say which work a term is about."""
        said = self._asked(when) or self.words["all"]
        return self.say("except", what=said, but=self._asked(but) or self.words["all"]) if but else said

    def _asked(self, condition: Condition) -> str:
        return ", ".join(
            f"{self.facets.get(facet, clean(facet))} {self.any_of(values)}"
            for facet, values in condition.asked()
        )

    def named(self, text: str | None, when: Condition, but: Condition | None = None) -> str:
        """Name a row by its text with what it is about, or by that alone."""
        about = self.condition(when, but)
        if text is None:
            return about
        return f"{clean(text)} ({about})" if but is not None or not when.empty else clean(text)
