"""Phrases: the words of a document in the customer's language, and how figures, days, periods are written."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from connector.model.period import Period
from connector.model.written import write_duration

_MONTHS_DE = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
_EN = {
    "ticket": "Ticket {number}: {name}",
    "work": "Work",
    "usage": "Usage",
    "hour": "{time} at {price} {currency}/h",
    "day": "{time} at {price} {currency} per day of {length}",
    "length": "{time} at {price} {currency} per {length}",
    "counted": "{quantity} at {price} {currency}",
    "of": " of {much}",
    "part": "{paid} of {of} days",
    "less": "less {amount} {currency} of the allowance",
    "covered": "{much} covered by {block}",
    "prepaid": "used of what was paid in advance",
    "surcharge": "surcharge {name}",
    "bought": "{name} ({invoice})",
    "minimum": "raised to the minimum of {price} {currency}",
    "cap": "lowered to the maximum of {price} {currency}",
    "sla": "credit, as the agreed response was missed",
    "settlement": "use beyond the allowance",
    "commitment": "what is missing to the agreed minimum of {price} {currency}",
    "valid": "usable {first} to {last}",
    "open": "usable from {first}",
    "on": "on {days}",
    "by": "by {name}",
    "period": "{first} to {last}",
    "late": "of {period}, not billed before",
    "correction": "Correction of {what}, {period}: {new} instead of {old} {currency}",
    "invoice": "invoice {number} of {on}",
    "unnumbered": "invoice of {on} (our reference {reference})",
    "discount": "Discount: {why}",
    "credit": "Credit: {why}",
    "out": "carried to {next}: {why}",
    "in": "from {period}, service period {label}",
}
_DE = {
    "ticket": "Ticket {number}: {name}",
    "work": "Arbeit",
    "usage": "Verbrauch",
    "hour": "{time} zu {price} {currency}/Std.",
    "day": "{time} zu {price} {currency} je Tag von {length}",
    "length": "{time} zu {price} {currency} je {length}",
    "counted": "{quantity} zu {price} {currency}",
    "of": " zu {much}",
    "part": "{paid} von {of} Tagen",
    "less": "abzüglich {amount} {currency} aus dem Kontingent",
    "covered": "{much} gedeckt durch {block}",
    "prepaid": "verbraucht von der Vorauszahlung",
    "surcharge": "Zuschlag {name}",
    "bought": "{name} ({invoice})",
    "minimum": "Auffüllung auf den Mindestbetrag von {price} {currency}",
    "cap": "Begrenzung auf den Höchstbetrag von {price} {currency}",
    "sla": "Nachlass, da die vereinbarte Reaktion verfehlt wurde",
    "settlement": "Mehrverbrauch über das Kontingent hinaus",
    "commitment": "Fehlbetrag zur vereinbarten Mindestabnahme von {price} {currency}",
    "valid": "nutzbar {first} bis {last}",
    "open": "nutzbar ab {first}",
    "on": "am {days}",
    "by": "durch {name}",
    "period": "{first} bis {last}",
    "late": "aus {period}, bisher nicht berechnet",
    "correction": "Korrektur zu {what}, {period}: {new} statt {old} {currency}",
    "invoice": "Rechnung {number} vom {on}",
    "unnumbered": "Rechnung vom {on} (unser Zeichen {reference})",
    "discount": "Nachlass: {why}",
    "credit": "Gutschrift: {why}",
    "out": "Übertrag auf {next}: {why}",
    "in": "Übertrag aus {period}, Leistungszeitraum {label}",
}
_PHRASES = {"en": _EN, "de": _DE}
#: What is counted: one, and several. A contract's own word stands for itself.
_COUNTED = {
    "en": {
        "call": ("call", "calls"),
        "visit": ("visit", "visits"),
        "entry": ("entry", "entries"),
        "ticket": ("ticket", "tickets"),
        "block": ("block", "blocks"),
        "day": ("day", "days"),
        "hour": ("hour", "hours"),
        "piece": ("piece", "pieces"),
    },
    "de": {
        "call": ("Anfrage", "Anfragen"),
        "visit": ("Besuch", "Besuche"),
        "entry": ("Einsatz", "Einsätze"),
        "ticket": ("Ticket", "Tickets"),
        "block": ("Einheit", "Einheiten"),
        "day": ("Tag", "Tage"),
        "hour": ("Stunde", "Stunden"),
        "piece": ("Stück", "Stück"),
    },
}


def say(language: str, phrase: str, **parts: object) -> str:
    """Fill a phrase."""
    return _PHRASES[language][phrase].format(**parts)


def figure(value: Decimal, language: str) -> str:
    """Write an amount or number digit by digit: ``95.00`` or ``95,00``."""
    return f"{value:f}".replace(".", ",") if language == "de" else f"{value:f}"


def number(value: Decimal, language: str) -> str:
    """Write a number without the zeros that say nothing: ``1.5`` or ``1,5``."""
    return figure(value.normalize(), language)


def counted(quantity: Decimal, unit: str, language: str) -> str:
    """Write so much of something: ``3 calls`` or ``3 Anfragen``; ``42 licences`` as the contract says."""
    word, of, much = unit.partition(" of ")
    one, several = _COUNTED[language].get(word, (word, word))
    size = say(language, "of", much=much) if of else ""
    return f"{number(quantity, language)} {one if abs(quantity) == 1 else several}{size}"


def duration(seconds: int, language: str) -> str:
    """Write a time: ``1h30m`` or ``1 Std. 30 Min.``."""
    text = write_duration(seconds)
    if language == "de":
        for unit, word in (("h", " Std. "), ("m", " Min. "), ("s", " Sek. ")):
            text = text.replace(unit, word)
    return text.rstrip()


@lru_cache(maxsize=4096)  # a document names the same few days hundreds of times
def day(when: date, language: str) -> str:
    """Write a day: ``5 March 2026`` or ``05.03.2026``."""
    return f"{when:%d.%m.%Y}" if language == "de" else f"{when.day} {when:%B %Y}"


def days(first: date, last: date, language: str) -> str:
    """Write a day, or the first and the last one."""
    if first == last:
        return say(language, "on", days=day(first, language))
    return say(language, "period", first=day(first, language), last=day(last, language))


def named(period: Period, language: str) -> str:
    """Name a billing period: ``March 2026``, ``2. Quartal 2026``, ``week 10 of 2026``, or its days."""
    german, year, start = language == "de", period.start.year, period.start
    match period.cycle:
        case "month":
            return f"{_MONTHS_DE[start.month - 1]} {year}" if german else f"{start:%B %Y}"
        case "quarter":
            quarter = (start.month + 2) // 3
            return f"{quarter}. Quartal {year}" if german else f"quarter {quarter} of {year}"
        case "half-year":
            half = (start.month + 5) // 6
            return f"{half}. Halbjahr {year}" if german else f"half-year {half} of {year}"
        case "week":
            iso = start.isocalendar()
            return f"KW {iso.week}/{iso.year}" if german else f"week {iso.week} of {iso.year}"
        case "year":
            return str(year)
    return label(period, language)


def label(period: Period, language: str) -> str:
    """Write a service period: ``1-31 March 2026`` or ``01.03.-31.03.2026``."""
    if language != "de":
        return period.label()
    year = f"{period.start.year}" if period.start.year != period.last_day.year else ""
    return f"{period.start:%d.%m.}{year}-{period.last_day:%d.%m.%Y}"
