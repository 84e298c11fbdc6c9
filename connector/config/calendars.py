"""Public calendars: holidays by country and state, and the data of time zones, as the libraries know them."""

import base64
import zoneinfo
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

import holidays

from connector.model.basis import Origin
from connector.model.contract import Calendar, Customer
from connector.model.problem import Problem


def calendars_of(customer: Customer) -> Iterator[tuple[str, Calendar]]:
    """Yield the calendars that a customer file names, each with its path in the file."""
    if customer.holidays:
        yield "holidays", customer.holidays
    for name, site in customer.sites.items():
        if site.holidays:
            yield f"sites.{name}.holidays", site.holidays


def zones_of(customer: Customer) -> list[str]:
    """List the time zones of a customer and its sites, sorted."""
    return sorted({customer.timezone, *(site.timezone for site in customer.sites.values() if site.timezone)})


@cache
def public_holidays(country: str, state: str | None, first: int, last: int) -> dict[date, str]:
    """Look up the public holidays of the years ``first`` to ``last``, named in the country's language.

    Source: the `holidays` library, category "public": days that hold in the whole state. The language is
    given because the library would else take it from the environment.
    """
    language = holidays.country_holidays(country).default_language
    found = holidays.country_holidays(country, subdiv=state, years=range(first, last + 1), language=language)
    return dict(sorted(found.items()))


def holidays_of(calendar: Calendar, first: int, last: int) -> dict[date, str]:
    """Return the days that are holidays here: the public ones, more and fewer as was agreed."""
    public = public_holidays(calendar.country, calendar.state, first, last)
    agreed = {day: public.get(day, _AGREED) for day in (*public, *calendar.also)}
    return {day: agreed[day] for day in sorted(agreed) if day not in calendar.not_}


_AGREED = "agreed holiday"


@cache
def zone_data(zone: str) -> str:
    """Return a zone's TZif file in base64: of the `tzdata` package, else of the system.

    Raises:
        OSError: neither has it.
    """
    packaged = resources.files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    if packaged.is_file():
        return base64.b64encode(packaged.read_bytes()).decode("ascii")
    files = (Path(folder, zone) for folder in zoneinfo.TZPATH)
    file = next((path for path in files if path.is_file()), Path(zone))
    return base64.b64encode(file.read_bytes()).decode("ascii")


def calendar_problems(customer: Customer, origin: Origin) -> list[Problem]:
    """Tell which countries and states the `holidays` library does not know."""
    problems = []
    for path, calendar in calendars_of(customer):
        part, message = calendar_fault(calendar)
        if part:
            source = origin.source(f"{path}.{part}")
            problems.append(
                Problem(code="unknown_calendar", message=message, about=customer.customer, source=source)
            )
    return problems


def calendar_fault(calendar: Calendar) -> tuple[str, str]:
    """Return the key at fault and the sentence; empty ones if the calendar is known."""
    country, state = calendar.country, calendar.state
    states = holidays.list_supported_countries(include_aliases=False)
    if country not in states:
        near = ", ".join(code for code in sorted(states) if code[0] == country[0])
        return "country", f"no holidays are known of country '{country}'; known with {country[0]}: {near}"
    if state is None or state in states[country]:
        return "", ""
    known = holidays.country_holidays(country, years=()).get_subdivision_aliases()
    meant = [code for code, names in known.items() if state in names or state == f"{country}-{code}"]
    hint = f"did you mean '{meant[0]}'?" if meant else f"known: {', '.join(states[country]) or 'none'}"
    return "state", f"no holidays are known of state '{state}' of {country}; {hint}"
