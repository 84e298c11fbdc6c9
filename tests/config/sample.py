"""A small house in writing, and the means to spoil one place of it."""

from connector.config import yaml
from connector.config.validate import validate
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.mapping import DeskMapping
from connector.model.settings import Settings

CUSTOMER = """\
customer: acme
name: ACME GmbH
timezone: Europe/Berlin
billing_from: 2026-01-01
match: {zammad: {organization: ACME GmbH}}
books: {folder: {}}
invoice: {tax: DE-19, terms: 14d}
holidays: {country: DE, state: BY}
shifts:
  night: {from: 20:00, to: 06:00}
contracts:
  - id: support-2026
    valid: {from: 2026-01-01, to: 2027-01-01}
    allowances:
      - {id: phone, of: 5h, for: {service: phone}, carry_over: none, warn_at: [80%, 100%]}
    rates:
      - {when: {service: maintenance}, included: {owed: 2h}}
      - {when: {service: on-site, shift: night}, hourly: 100.00 EUR}
      - {when: {service: on-site}, hourly: 50.00 EUR}
      - {when: {service: phone}, hourly: 75.00 EUR}
      - {otherwise: hold}
    fees:
      - {id: base, amount: 10.00 EUR}
"""
SETTINGS = """\
house: {name: Systemhaus Nord GmbH}
timezone: Europe/Berlin
taxes:
  DE-19: {rates: [{from: 2007-01-01, percent: 19%}]}
  DE-7: {category: reduced, rates: [{from: 2026-07-01, percent: 7%}]}
desks:
  zammad: {adapter: zammad, mapping: zammad.yaml}
books:
  folder: {adapter: folder}
"""
MAPPING = """\
facets:
  service: {from: entry.activity, table: {Telefon: phone, Wartung: maintenance, "Vor Ort": on-site}}
  site: {from: ticket.fields.site, as_is: yes}
"""


def spoilt(old: str, new: str, text: str = CUSTOMER) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def customer(text: str = CUSTOMER, file: str = "acme.yaml") -> tuple[Customer, Origin]:
    tree, origin = yaml.parse(text, file)
    return validate(Customer, tree, origin), origin


def settings(text: str = SETTINGS) -> tuple[Settings, Origin]:
    tree, origin = yaml.parse(text, "config.yaml")
    return validate(Settings, tree, origin), origin


def mapping(text: str = MAPPING) -> DeskMapping:
    tree, origin = yaml.parse(text, "zammad.yaml")
    return validate(DeskMapping, tree, origin)
