"""The sentences of `contract show`, in the customer's languages."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from connector.model.money import Money
from connector.report.words import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Words of one language and how it writes dates, times and money."""

    day: str  #: format of a date
    comma: str  #: the decimal mark
    hour: str
    minute: str
    facets: dict[str, str]  #: what a condition may ask about
    weekdays: dict[str, str]
    words: dict[str, str]

    def say(self, phrase: str, **values: object) -> str:
        """Fill a phrase with its values. An abbreviation at its end brings the full stop along."""
        return self.words[phrase].format(**values).replace("..", ".")

    def date(self, day: date) -> str:
        """Write a day."""
        return format(day, self.day)

    def money(self, money: Money) -> str:
        """Write an amount with its currency."""
        return str(money).replace(".", self.comma)

    def time(self, seconds: int) -> str:
        """Write a duration."""
        return duration(seconds).replace("h", self.hour).replace("m", self.minute)

    def any_of(self, words: tuple[str, ...]) -> str:
        """Join alternatives."""
        return f" {self.words['or']} ".join(words)


ENGLISH = Language(
    day="%Y-%m-%d",
    comma=".",
    hour="h",
    minute="m",
    facets={
        "service": "service",
        "site": "at",
        "shift": "time",
        "technician": "technician",
        "category": "category",
        "priority": "priority",
        "item": "item",
        "contact": "contact",
        "org_unit": "org unit",
        "cost_centre": "cost centre",
    },
    weekdays={
        "mon": "Mon",
        "tue": "Tue",
        "wed": "Wed",
        "thu": "Thu",
        "fri": "Fri",
        "sat": "Sat",
        "sun": "Sun",
    },
    words={
        "or": "or",
        "title": "Agreement with {name}",
        "zone": "Days and hours are those of {zone}.",
        "start": "Work before {day} is free.",
        "invoice": "You get one invoice a month in {currency}, payable within {days} days (tax code {tax}).",
        "approval": "No invoice is issued before you have approved the statement.",
        "survey": "Work on a ticket that you rated as bad is not charged until that is settled.",
        "closing": "Work on a ticket is not charged before the ticket is closed.",
        "shifts": "Times of the week:",
        "whole": "the whole day",
        "hours": "{start} to {end}",
        "daily": "every day",
        "only": "on public holidays only",
        "never": "not on public holidays",
        "contract": "Contract {id}, from {start} until further notice",
        "contract_until": "Contract {id}, from {start} to {end} (last day)",
        "exact": "Time is billed to the second{more}.",
        "up": "Time is billed in steps of {step}, rounded up{more}.",
        "nearest": "Time is billed in steps of {step}, rounded to the nearest{more}.",
        "down": "Time is billed in steps of {step}, rounded down{more}.",
        "minimum": ", at least {time}",
        "grace": ", up to {time} past a step not counted",
        "allowance": "{time} a month are included: {what}.",
        "lapse": "What is not used lapses with the month.",
        "carry": "What is not used stays usable for {months} more month(s).",
        "warn": "You are told when {shares} are used.",
        "charge": "What goes beyond is charged at the prices below.",
        "hold": "What goes beyond waits for an agreement.",
        "prices": "Prices; the first line that fits decides:",
        "hourly": "{what}: {price} an hour",
        "included": "{what}: included",
        "owed": "{what}: included; {time} a month are due to you",
        "free": "{what}: free ({why})",
        "held": "{what}: waits for an agreement ({why})",
        "otherwise": "everything else: waits for an agreement",
        "advance": "{what}: {price} a month, billed in advance",
        "arrears": "{what}: {price} a month, billed afterwards",
        "all": "all work",
    },
)

GERMAN = Language(
    day="%d.%m.%Y",
    comma=",",
    hour=" Std.",
    minute=" Min.",
    facets={
        "service": "Leistung",
        "site": "Standort",
        "shift": "Zeit",
        "technician": "Techniker",
        "category": "Kategorie",
        "priority": "Priorität",
        "item": "Gerät",
        "contact": "Ansprechpartner",
        "org_unit": "Abteilung",
        "cost_centre": "Kostenstelle",
    },
    weekdays={"mon": "Mo", "tue": "Di", "wed": "Mi", "thu": "Do", "fri": "Fr", "sat": "Sa", "sun": "So"},
    words={
        "or": "oder",
        "title": "Vereinbarung mit {name}",
        "zone": "Tage und Uhrzeiten gelten in der Zeitzone {zone}.",
        "start": "Arbeit vor dem {day} ist kostenlos.",
        "invoice": "Sie erhalten monatlich eine Rechnung ({currency}, {days} Tage Ziel, Steuer {tax}).",
        "approval": "Keine Rechnung entsteht, bevor Sie die Aufstellung freigegeben haben.",
        "survey": "Arbeit an einem schlecht bewerteten Ticket wird bis zur Klärung nicht berechnet.",
        "closing": "Arbeit an einem Ticket wird erst berechnet, wenn das Ticket geschlossen ist.",
        "shifts": "Zeiten der Woche:",
        "whole": "ganztägig",
        "hours": "{start} bis {end}",
        "daily": "täglich",
        "only": "nur an Feiertagen",
        "never": "nicht an Feiertagen",
        "contract": "Vertrag {id}, ab {start} bis auf weiteres",
        "contract_until": "Vertrag {id}, vom {start} bis {end} (letzter Tag)",
        "exact": "Die Zeit wird sekundengenau berechnet{more}.",
        "up": "Die Zeit wird in Schritten von {step} berechnet, aufgerundet{more}.",
        "nearest": "Die Zeit wird in Schritten von {step} berechnet, kaufmännisch gerundet{more}.",
        "down": "Die Zeit wird in Schritten von {step} berechnet, abgerundet{more}.",
        "minimum": ", mindestens {time}",
        "grace": ", bis {time} über einen Schritt bleiben frei",
        "allowance": "{time} im Monat sind enthalten: {what}.",
        "lapse": "Was Sie nicht nutzen, verfällt mit dem Monat.",
        "carry": "Was Sie nicht nutzen, bleibt noch {months} Monat(e) nutzbar.",
        "warn": "Sie werden benachrichtigt, wenn {shares} verbraucht sind.",
        "charge": "Was darüber hinausgeht, wird zu den Preisen unten berechnet.",
        "hold": "Was darüber hinausgeht, wartet auf eine Absprache.",
        "prices": "Preise; die erste passende Zeile gilt:",
        "hourly": "{what}: {price} je Stunde",
        "included": "{what}: enthalten",
        "owed": "{what}: enthalten; {time} im Monat stehen Ihnen zu",
        "free": "{what}: kostenlos ({why})",
        "held": "{what}: wartet auf eine Absprache ({why})",
        "otherwise": "alles andere: wartet auf eine Absprache",
        "advance": "{what}: {price} im Monat, im Voraus berechnet",
        "arrears": "{what}: {price} im Monat, nachträglich berechnet",
        "all": "alle Arbeit",
    },
)

LANGUAGES: dict[Literal["en", "de"], Language] = {"en": ENGLISH, "de": GERMAN}
