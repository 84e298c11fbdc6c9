"""A customer who has agreed on everything that can be written, and a price list."""

from connector.config import yaml
from connector.config.validate import validate
from connector.model.contract import Customer
from connector.model.price_list import PriceList

EVERYTHING = """\
customer: acme
name: ACME GmbH
timezone: Europe/Berlin
billing_from: 2026-01-01
invoice:
  cycle: quarterly
  group: contract
  split_by: [cost_centre, project]
  approval: required
  approval_tolerates: lower
  terms: 30d
  tax: DE-19
  horizon: 365d
holidays: {country: DE, state: BY, also: [2026-12-24], not: [2026-01-06]}
sites:
  lisboa: {timezone: Europe/Lisbon, holidays: {country: PT}}
shifts:
  night: {from: 20:00, to: 06:00}
  holiday: {holidays: only, eve_from: 18:00, next_to: 06:00}
  sunday: {days: [sun], holidays: never}
gates: {survey: hold-bad, closing: hold-open}
budget: {amount: 20000.00 EUR, warn_at: [80%, 100%]}
blocks:
  - {id: ten, of: 10h, free: 1h, price: 900.00 EUR, bought: 2026-02-01, for: {service: phone}, warn_at: [90%],
     valid: {from: 2026-02-01, to: 2027-02-01}, contracts: [main, site], renew: {below: 10%}, priority: 5}
  - {id: calls, of: 20 calls, price: 400.50 EUR, bought: 2026-02-01, valid: {from: 2026-02-01}, then: hold,
     text: Call card, renew: {below: 2 calls, by: automatic}, invoiced: no}
  - {id: hours, of: 5h, price: 450.00 EUR, bought: 2026-02-01, tax_point: delivery, prepaid_tax: NONE,
     except: {site: b}, then: {contract: site}}
contracts:
  - id: main
    valid: {from: 2026-01-01, to: 2027-01-01}
    round: {to: 15m, minimum: 30m, maximum: 8h, grace: 5m, free_under: 3m, per: technician-day}
    price_list: standard
    allowances:
      - {id: phone, of: 5h, pooled: quarter, for: {service: phone}, except: {site: b}, warn_at: [80%, 100%],
         carry_over: {for: 1 quarter, cap: 50%, compounding: yes},
         weights: [{when: {shift: night}, factor: x2}]}
      - {id: pc, of: 90m, per: year, each: item, anchor: contract, prorate: thirty, eats: worked, then: hold,
         carry_over: 2 years, priority: 10, owed: yes}
      - {id: calls, of: 10 calls, per: term, carry_over: always, then: {next: ten}}
      - {id: money, of: 250.50 EUR, then: {contract: site}}
      - {id: debt, of: 2h, then: overdraw, overdraw_to: 1h, settle: {per: year, hourly: 80.00 EUR}}
      - {id: visits, of: 2 calls, then: overdraw, settle: {per: quarter, each: 25.00 EUR}}
    fees:
      - {id: base, amount: 1099.50 EUR, in: advance, text: Basic care}
      - {id: seats, amount: 4.50 EUR, quantity: 42 seats, from: 2026-02-01, to: 2026-12-01, prorate: days,
         anchor: contract, tax: DE-7, changes: [{from: 2026-07-01, amount: 5.00 EUR, quantity: 40 seats},
         {from: 2026-08-01, quantity: 41 seats}, {from: 2026-09-01, amount: 6.00 EUR}]}
      - {id: licences, amount: 2.00 EUR, counted: {article: m365}}
      - {id: start, amount: 500.00 EUR, per: once}
    commitments:
      - {id: least, amount: 12000.00 EUR}
      - {id: care, amount: 100.00 EUR, per: term, counts: [fees], prorate: days, tax: DE-7,
         text: Care at least}
    rates:
      - {when: {service: maintenance}, included: {owed: 2h}}
      - {when: {service: remote}, included: yes}
      - {when: {service: on-site, site: [a, b], shift: night}, hourly: 100.00 EUR,
         round: {to: 1h, mode: nearest}}
      - {when: {service: fix}, free: warranty, text: Repairs}
      - {when: {service: new}, hold: ask first, tax: DE-7}
      - {when: {service: project}, except: {fields: {colour: red}}, daily: {amount: 880.00 EUR},
         surcharges: no}
      - {when: {service: a}, per_block: {of: 10m, amount: 20.00 EUR}}
      - {when: {service: b}, per_call: 25.00 EUR}
      - {when: {service: c}, per_call: 25.00 EUR, count: every ticket}
      - {when: {service: d}, per_visit: 60.00 EUR}
      - {when: {service: e}, flat: 15.00 EUR, text: Quick help}
      - {when: {service: f}, cost_plus: 12.5%}
      - {when: {service: g}, tiers: {per: year, steps: [{to: 10h, price: 90.00 EUR}, {price: 80.00 EUR}]}}
      - {when: {service: h}, tiers: {mode: top, steps: [{to: 10 calls, price: 9.50 EUR}, {price: 8.00 EUR}]}}
    usage:
      - {id: m365, when: {article: m365}, each: 11.70 EUR, per: month, prorate: days, lines: person}
      - {id: gb, per_block: {of: 100 GB, amount: 5.00 EUR}, allowance: 50 GB, minimum: 10 GB, tax: DE-7}
      - {id: min, tiers: {steps: [{to: 100 minutes, price: 0.09 EUR}, {price: 0.07 EUR}]}, per: month}
      - {id: parts, cost_plus: 20%, lines: record, text: Parts}
      - {id: mail, included: yes}
      - {id: gift, free: promised}
      - {id: odd, hold: ask us}
    surcharges:
      - {id: night, when: {shift: night}, percent: 50%}
      - {id: urgent, when: {priority: high}, except: {sla: gold}, factor: x1.5, text: Urgent}
      - {id: far, when: {site: b}, amount: 30.00 EUR, per: visit, tax: DE-7}
      - {id: more, when: {role: senior}, amount: 9.50 EUR}
    limits:
      - {id: least, when: {service: on-site}, minimum: 95.00 EUR, per: visit}
      - {id: most, cap: 5000.00 EUR, per: period}
      - {id: both, minimum: 10.00 EUR, cap: 500.00 EUR, text: Any ticket}
    increases:
      - {from: 2026-07-01, percent: 3.2%, why: consumer price index 121.8}
      - {from: 2026-10-01, percent: -1%, what: fees}
    sla_credits:
      - {id: gold, when: {sla_state: missed}, percent: 10%, at_most: 50%}
      - {id: fees, when: {sla_state: late}, percent: 5%, of: fees}
      - {id: money, when: {sla_state: bad}, amount: 50.00 EUR, text: Really bad}
  - id: site
    valid: {from: 2026-01-01, to: 2026-07-01}
    covers: {org_unit: sales}
    open_requests: ignore
    combine: multiply
    round: {to: 15m, edges: yes}
    price_list: standard
  - {id: soon, status: pending, valid: {from: 2026-01-01, to: 2026-04-01}, rates: [{hourly: 1.00 EUR}]}
  - {id: late, status: pending, pending: bill, valid: {from: 2027-01-01}}
  - {id: spare, per_incident: yes, valid: {from: 2026-01-01}, round: {to: 5m, mode: down}}
"""
STANDARD = """\
price_list: standard
versions:
  - {from: 2026-01-01, rates: [{hourly: 90.00 EUR}], usage: [{id: sms, each: 0.10 EUR}]}
  - {from: 2026-07-01, rates: [{hourly: 95.00 EUR}]}
"""


def customer() -> Customer:
    return validate(Customer, *yaml.parse(EVERYTHING, "acme.yaml"))


def price_lists() -> dict[str, PriceList]:
    noun = validate(PriceList, *yaml.parse(STANDARD, "standard.yaml"))
    return {noun.price_list: noun}
