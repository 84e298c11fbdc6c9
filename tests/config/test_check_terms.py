"""The contract check over the whole language: each mistake told with its place and how to mend it."""

import pytest

from connector.config import yaml
from connector.config.basis import PriceLists
from connector.config.check import check_customer, check_house
from connector.config.validate import cited, validate
from connector.model.price_list import PriceList
from tests.config.sample import MAPPING, SETTINGS, customer, mapping, settings

HEAD = """\
customer: acme
name: ACME GmbH
timezone: Europe/Berlin
billing_from: 2026-01-01
match: {zammad: {organization: ACME GmbH}}
books: {folder: {}}
invoice: {tax: DE-19}
"""
PLAIN = "valid: {from: 2026-01-01, to: 2027-01-01}"
LIST = """\
price_list: standard
versions:
  - from: 2026-01-01
    rates:
      - {when: {service: phone}, hourly: 80.00 EUR}
      - {hourly: 90.00 EUR}
"""


def lists(text: str = LIST) -> PriceLists:
    tree, origin = yaml.parse(text, "standard.yaml")
    noun = validate(PriceList, tree, origin)
    return {noun.price_list: (noun, origin)}


def found(
    text: str, *, price_list: str = LIST, of: str = MAPPING, house: str = SETTINGS, usage: bool = False
) -> list[str]:
    """Return errors and warnings, one after the other, as people read them."""
    told = check_customer(
        *customer(text), settings(house)[0], {"zammad": mapping(of)}, lists(price_list), {} if usage else None
    )
    return [cited(one).removeprefix("acme.yaml:") for one in (*told.errors, *told.warnings)]


def contract(*lines: str, head: str = "", valid: str = PLAIN) -> str:
    """Write a customer file with one contract; its lines begin in line 10 where there is no ``head``."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{HEAD}{head}contracts:\n  - id: c\n    {valid}\n{body}"


HOURLY = "rates: [{hourly: 90.00 EUR}]"
TOLD = {
    "two rows together take all of a third": (
        contract(
            "rates:",
            "  - {when: {service: phone}, hourly: 1.00 EUR}",
            "  - {when: {service: on-site}, hourly: 2.00 EUR}",
            "  - {when: {service: [phone, on-site]}, hourly: 3.00 EUR}",
            "  - {hourly: 4.00 EUR}",
        ),
        [
            "14:9: rates[2] is never reached: rates[0] in line 12 and rates[1] in line 13 take all its work "
            "before; put the narrower row first, or remove one"
        ],
    ),
    "an exception keeps a row reachable": (
        contract(
            "rates:",
            "  - {when: {service: phone}, except: {site: b}, hourly: 1.00 EUR}",
            "  - {when: {service: phone, site: b}, hourly: 2.00 EUR}",
            "  - {hourly: 4.00 EUR}",
        ),
        [],
    ),
    "both leave out the same": (
        contract(
            "rates:",
            "  - {when: {service: phone}, except: {site: b}, hourly: 1.00 EUR}",
            "  - {when: {service: phone}, except: {site: [a, b]}, hourly: 2.00 EUR}",
            "  - {hourly: 4.00 EUR}",
        ),
        [
            "13:9: rates[1] is never reached: rates[0] in line 12 takes all its work before; put the "
            "narrower "
            "row first, or remove one"
        ],
    ),
    "an exception that leaves nothing": (
        contract(
            "rates:",
            "  - {when: {service: phone}, except: {service: phone}, hourly: 1.00 EUR}",
            "  - {hourly: 4.00 EUR}",
        ),
        ["12:9: rates[0] takes no work: its 'except' leaves out all that 'when' takes"],
    ),
    "a row that never gets one of its words": (
        contract(
            "rates:",
            "  - {when: {service: [phone, maintenance]}, hourly: 50.00 EUR}",
            "  - {when: {service: [phone, on-site]}, hourly: 60.00 EUR}",
            "  - {hourly: 70.00 EUR}",
        ),
        ["13:9: rates[1] never gets service phone: rates[0] in line 12 takes it before; take it out of one"],
    ),
    "a cheap row that hides a dear one": (
        contract(
            "rates:",
            "  - {when: {service: phone}, hourly: 50.00 EUR}",
            "  - {when: {site: b}, hourly: 60.00 EUR}",
            "  - {hourly: 70.00 EUR}",
        ),
        [
            "13:9: rates[0] in line 12 is cheaper and goes before rates[1] where both fit (service phone, "
            "site b); "
            "put the dearer row first, or write a row for it before them"
        ],
    ),
    "own rows that leave nothing to the price list": (
        contract("price_list: standard", "rates: [{otherwise: hold}]"),
        [
            "11:17: no row of price list 'standard' is ever reached: the contract's own rows take all work "
            "before; take the last one out"
        ],
    ),
    "a price list that is not there": (
        contract("price_list: standart"),
        [
            "11:17: no price list 'standart' can be read; did you mean 'standard'?",
            "9:5: contract 'c' has no row for all other work: what no row prices is held; say so with a "
            "last row "
            "'- otherwise: hold', or price it with a row without 'when'",
        ],
    ),
    "an override of a price list is no mistake": (
        contract("price_list: standard", "rates: [{when: {service: phone}, hourly: 70.00 EUR}]"),
        [],
    ),
    "one tier": (
        contract("rates: [{tiers: {steps: [{price: 90.00 EUR}]}}]"),
        ["11:14: tiers with one step are a plain price; write it as hourly, per_call or each, or add a step"],
    ),
    "tiers of two things": (
        contract(
            "rates:",
            "  - tiers:",
            "      steps: [{to: 5 calls, price: 9.00 EUR}, {to: 9 tickets, price: 8.00 EUR}, {price: 7.00 "
            "EUR}]",
        ),
        ["13:56: steps[1] counts tickets, the first step calls; count the same in all"],
    ),
    "a count beside tiers of time": (
        contract(
            "rates:",
            "  - count: every ticket",
            "    tiers: {steps: [{to: 5h, price: 90.00 EUR}, {price: 80.00 EUR}]}",
        ),
        ["12:16: 'count' is of calls, but the bounds 'to' of these tiers are times; write 'to: 10 calls'"],
    ),
    "more work that costs less": (
        contract("rates: [{tiers: {mode: top, steps: [{to: 10h, price: 100.00 EUR}, {price: 80.00 EUR}]}}]"),
        [
            "11:79: with 'mode: top' 10h cost more than a little above: all of it falls from 100.00 EUR to "
            "80.00 "
            "EUR; say 'mode: all' if only what is above is cheaper"
        ],
    ),
    "money for what only the total prices": (
        contract(
            "allowances: [{id: a, of: 100.00 EUR}]",
            "rates: [{tiers: {mode: top, steps: [{to: 10h, price: 80.00 EUR}, {price: 90.00 EUR}]}}]",
            head="blocks:\n  - {id: b, of: 50.00 EUR, price: 45.00 EUR, bought: 2026-02-01}\n",
        ),
        [
            "9:5: block 'b' is of money, but tiers with 'mode: top' have no price before the period's end, "
            "so it pays for none of that work; write it as time, or the tiers with 'mode: all'",
            "13:18: allowance 'a' is of money, but tiers with 'mode: top' have no price before the period's "
            "end, so it pays for none of that work; write it as time, or the tiers with 'mode: all'",
        ],
    ),
    "an allowance of calls without calls": (
        contract("allowances: [{id: a, of: 5 calls}]", HOURLY),
        [
            "11:18: allowance 'a' counts calls, but no row prices its work by the call or visit; add one, as "
            "'per_call'"
        ],
    ),
    "an allowance of time over calls": (
        contract("allowances: [{id: a, of: 5h}]", "rates: [{per_call: 25.00 EUR}]"),
        [
            "11:18: allowance 'a' is of time, but its work is priced by the call or visit; write it as so "
            "many calls"
        ],
    ),
    "an allowance of money over nothing priced": (
        contract("allowances: [{id: a, of: 50.00 EUR, then: hold}]", "rates: [{otherwise: hold}]"),
        ["11:18: allowance 'a' is of money, but no row prices its work; add the row"],
    ),
    "an allowance above which nothing is priced": (
        contract("allowances: [{id: a, of: 5h}]", "rates: [{otherwise: hold}]"),
        [
            "11:18: no row prices the work of allowance 'a': nothing above it is ever charged; add the "
            "row, or "
            "say 'then: hold'"
        ],
    ),
    "an allowance for nothing": (
        contract("allowances: [{id: a, of: 5h, for: {site: b}, except: {site: [b, c]}}]", HOURLY),
        ["11:18: allowance 'a' is for no work: its 'except' leaves out all that 'for' takes"],
    ),
    "an allowance for each of what no mapping knows": (
        contract("allowances: [{id: a, of: 1h, each: sitte}]", HOURLY),
        ["11:40: no mapping yields 'sitte', so allowance 'a' is one for all; did you mean 'site'?"],
    ),
    "a cascade to nowhere": (
        contract("allowances: [{id: a, of: 1h, then: {next: b}}, {id: bb, of: 1h}]", HOURLY),
        ["11:47: 'b' is neither an allowance here nor a block; did you mean 'bb'?"],
    ),
    "a cascade to no contract": (
        contract("allowances: [{id: a, of: 1h, then: {contract: d}}]", HOURLY),
        ["11:51: there is no contract 'd'; possible: c"],
    ),
    "a cascade in a circle": (
        contract(
            "allowances:",
            "  - {id: a, of: 1h, then: {next: b}}",
            "  - {id: b, of: 1h, then: {next: a}}",
            HOURLY,
        ),
        [
            "12:25: 'then' goes in a circle: a -> b -> a; let one of them charge or hold",
            "13:25: 'then' goes in a circle: b -> a -> b; let one of them charge or hold",
        ],
    ),
    "blocks in a circle": (
        contract(
            HOURLY,
            head="blocks:\n  - {id: b, of: 5h, price: 9.00 EUR, bought: 2026-01-01, then: {next: b}}\n",
        ),
        ["9:58: 'then' goes in a circle: block b -> block b; let one of them charge or hold"],
    ),
    "contracts in a circle": (
        contract("allowances: [{id: a, of: 1h, then: {contract: c}}]", HOURLY),
        ["11:5: 'then' goes in a circle: contract c -> contract c; let one of them charge or hold"],
    ),
    "a block of no contract": (
        contract(
            HOURLY, head="blocks:\n  - {id: b, of: 5h, price: 9.00 EUR, bought: 2026-01-01, contracts: d}\n"
        ),
        ["9:69: there is no contract 'd'; possible: c"],
    ),
    "a block of another contract than the one that goes on to it": (
        contract(
            "allowances: [{id: a, of: 1h, then: {next: b}}]",
            HOURLY,
            f"- {{id: d, {PLAIN}, covers: {{site: x}}, {HOURLY}}}".replace("- ", "", 1),
            head="",
        )
        .replace("    {id: d", "  - {id: d")
        .replace(
            "contracts:\n",
            "blocks: [{id: b, of: 5h, price: 9.00 EUR, bought: 2026-01-01, contracts: d}]\ncontracts:\n",
            1,
        )
        .replace("valid: {from: 2026-01-01, to: 2027-01-01}, covers", "valid: {from: 2027-01-01}, covers"),
        ["12:34: block 'b' is not for contract 'c'; add it to the block's 'contracts'"],
    ),
    "a block after all contracts": (
        contract(HOURLY, head="blocks:\n  - {id: b, of: 5h, price: 9.00 EUR, bought: 2027-02-01}\n"),
        [
            "9:5: no contract is valid while block 'b' is: nothing can draw on it; mend its 'valid' or "
            "'contracts'"
        ],
    ),
    "a block for work without a price": (
        contract(
            "rates: [{otherwise: hold}]",
            head="blocks:\n  - {id: b, of: 5h, price: 9.00 EUR, bought: 2026-02-01}\n",
        ),
        ["9:5: no row prices the work of block 'b': nothing can draw on it; add the row, or mend its 'for'"],
    ),
    "a block of calls without calls": (
        contract(HOURLY, head="blocks:\n  - {id: b, of: 5 calls, price: 9.00 EUR, bought: 2026-02-01}\n"),
        [
            "9:5: block 'b' counts calls, but no row prices its work by the call or visit; add one, as "
            "'per_call'"
        ],
    ),
    "a block for nothing": (
        contract(
            HOURLY,
            head="blocks:\n"
            "  - {id: b, of: 5h, price: 9.00 EUR, bought: 2026-02-01, for: {site: b}, except: {site: b}}\n",
        ),
        ["9:5: block 'b' is for no work: its 'except' leaves out all that 'for' takes"],
    ),
    "a block and an allowance of one name": (
        contract(
            "allowances: [{id: a, of: 1h}]",
            HOURLY,
            head="blocks:\n  - {id: a, of: 5h, price: 9.00 EUR, bought: 2026-02-01}\n",
        ),
        ["13:23: a block is called 'a' too; give each its own id, so that 'then' is clear"],
    ),
    "a surcharge on nothing": (
        contract(
            "surcharges: [{id: s, when: {service: phone}, factor: x2}]",
            "rates: [{when: {service: phone}, hourly: 9.00 EUR, surcharges: no}, {hourly: 9.00 EUR}]",
        ),
        [
            "11:18: surcharge 's' acts on nothing: no row prices work that it fits; mend its 'when', or "
            "add the row"
        ],
    ),
    "a limit that nothing meets": (
        contract(
            "limits: [{id: l, when: {service: phone}, cap: 9.00 EUR}]",
            "rates: [{when: {service: phone}, free: gift}, {hourly: 9.00 EUR}]",
        ),
        [
            "11:14: limit 'l' acts on nothing: no row prices work that it fits; mend its 'when', or add "
            "the row"
        ],
    ),
    "an SLA credit of fees without fees": (
        contract("sla_credits: [{id: s, when: {service: phone}, percent: 5%, of: fees}]", HOURLY),
        ["11:19: SLA credit 's' is a part of the fees, but the contract has none; add the fee"],
    ),
    "an SLA credit of free work": (
        contract(
            "sla_credits: [{id: s, when: {service: phone}, percent: 5%}]",
            "rates: [{when: {service: phone}, free: gift}, {hourly: 9.00 EUR}]",
        ),
        [
            "11:19: SLA credit 's' acts on nothing: no row prices work that it fits; mend its 'when', or "
            "add the row"
        ],
    ),
    "a commitment without anything counted": (
        contract("commitments: [{id: m, amount: 9.00 EUR, counts: [usage, fees]}]", HOURLY),
        [
            "11:19: commitment 'm' counts usage and fees, but the contract prices none of it: all of the "
            "amount "
            "would be billed; add the prices, or mend 'counts'"
        ],
    ),
    "an increase from the first day": (
        contract("increases: [{from: 2026-01-01, percent: 3%}]", HOURLY),
        [
            "11:17: the increase from 2026-01-01 acts from the contract's first day 2026-01-01; write the "
            "prices "
            "as they are then"
        ],
    ),
    "an increase after the end": (
        contract("increases: [{from: 2027-01-01, percent: 3%}]", HOURLY),
        ["11:17: the increase from 2027-01-01 never acts: the contract ends before 2027-01-01"],
    ),
    "an increase of fees without fees": (
        contract("increases: [{from: 2026-07-01, percent: 3%, what: fees}]", HOURLY),
        ["11:17: the increase is of fees, but the contract has none of its own"],
    ),
    "a fee after the end": (
        contract("fees: [{id: f, amount: 9.00 EUR, from: 2027-02-01}]", HOURLY),
        ["11:12: fee 'f' from 2027-02-01 never acts: the contract ends before 2027-01-01"],
    ),
    "a change of a fee after the end": (
        contract(
            "fees:", "  - {id: f, amount: 9.00 EUR, changes: [{from: 2027-02-01, amount: 8.00 EUR}]}", HOURLY
        ),
        ["12:45: the change of fee 'f' from 2027-02-01 never acts: the contract ends before 2027-01-01"],
    ),
    "a counted fee that says how many": (
        contract(
            "fees:",
            "  - id: f",
            "    amount: 9.00 EUR",
            "    counted: {article: m365}",
            "    changes: [{from: 2026-02-01, quantity: 3 licences}]",
            HOURLY,
        ),
        ["15:48: fee 'f' is counted; take 'quantity' out of the change, or 'counted' out"],
    ),
    "a price list that begins late": (
        contract("price_list: standard", valid="valid: {from: 2025-07-01}"),
        [
            "11:17: price list 'standard' begins 2026-01-01, but the contract 2025-07-01: until then only "
            "the "
            "contract's own rows hold; add the earlier version to the list"
        ],
    ),
    "a field that no mapping yields": (
        contract("rates: [{when: {fields: {colour: red}}, hourly: 9.00 EUR}, {hourly: 8.00 EUR}]"),
        ["11:38: no mapping yields colour 'red'; there are none to choose from"],
    ),
    "a role that no mapping yields": (
        contract("rates: [{when: {role: senior}, hourly: 9.00 EUR}, {hourly: 8.00 EUR}]"),
        ["11:27: no mapping yields role 'senior'; there are none to choose from"],
    ),
    "an item of a contract without an owner": (
        contract("covers: {item: srv-1}", HOURLY),
        [
            "11:20: item 'srv-1' of contract 'c' has no owner: no mapping yields org_unit or contact; add "
            "it under "
            "'items', as 'srv-1: {org_unit: ...}'",
            "11:20: no mapping yields item 'srv-1'; there are none to choose from",
        ],
    ),
    "a contract of a holder that is not asked": (
        contract(
            "covers: {org_unit: sales}", HOURLY, head="items: {srv: {org_unit: sales}}\nlookup: [item]\n"
        ),
        [
            "13:5: contract 'c' is of the org unit, which 'lookup' leaves out: it is never asked; add "
            "org_unit to "
            "'lookup'"
        ],
    ),
    "a pending contract without an end": (
        contract("status: pending", HOURLY, valid="valid: {from: 2026-01-01}"),
        [
            "11:13: contract 'c' is pending without an end: its work may wait for ever; say until when "
            "with 'to' "
            "under 'valid', or make it active"
        ],
    ),
    "what an active contract says of its pending": (
        contract("pending: bill", HOURLY),
        ["11:14: 'pending' of contract 'c' says nothing: it is active from the first day"],
    ),
    "a holiday outside": (
        contract(HOURLY, head="holidays: {country: DE, also: [2025-12-24], not: [2026-01-02]}\n"),
        [
            "8:32: 2025-12-24 lies outside all contracts; remove it, or mend the year",
            "8:51: 2026-01-02 is no public holiday here; remove it from 'not', or mend the day",
        ],
    ),
    "a holiday that is one anyway": (
        contract(HOURLY, head="holidays: {country: DE, also: [2026-01-01]}\n"),
        ["8:32: 2026-01-01 is a public holiday anyway (Neujahr); remove it from 'also'"],
    ),
    "a split by what no mapping yields": (
        contract(HOURLY).replace("tax: DE-19}", "tax: DE-19, split_by: [project]}"),
        ["7:34: no mapping yields project: the invoice is never split by it; add it to the mapping"],
    ),
    "cost plus without costs": (
        contract("rates: [{cost_plus: 20%}]"),
        [
            "11:25: technicians have no cost under 'technicians' of the configuration: work at cost plus "
            "is held; "
            "add 'NAME: {cost: 45.00 EUR}'"
        ],
    ),
    "a horizon in hours": (
        contract(HOURLY).replace("tax: DE-19}", "tax: DE-19, horizon: 36h}"),
        ["7:32: horizon counts whole days; write it as 14d"],
    ),
}


@pytest.mark.parametrize(("text", "told"), TOLD.values(), ids=list(TOLD))
def test_a_mistake_is_told(text: str, told: list[str]) -> None:
    assert found(text) == told


AMOUNTS = {
    "rates: [{daily: {amount: 9.00 CHF}}]": "11:30",
    "rates: [{tiers: {steps: [{to: 5h, price: 1.00 EUR}, {price: 9.00 CHF}]}}]": "11:65",
    "rates: [{per_block: {of: 10m, amount: 9.00 CHF}}]": "11:43",
    "surcharges: [{id: s, when: {}, amount: 9.00 CHF}]": "11:44",
    "limits: [{id: l, cap: 9.00 CHF}]": "11:27",
    "fees: [{id: f, amount: 1.00 EUR, changes: [{from: 2026-02-01, amount: 9.00 CHF}]}]": "11:75",
    "usage: [{id: u, each: 9.00 CHF}]": "11:27",
    "commitments: [{id: m, amount: 9.00 CHF}]": "11:35",
    "sla_credits: [{id: s, when: {}, amount: 9.00 CHF}]": "11:45",
    "allowances: [{id: a, of: 9.00 CHF}]": "11:30",
}


@pytest.mark.parametrize(("line", "place"), AMOUNTS.items(), ids=list(AMOUNTS))
def test_an_amount_in_another_currency(line: str, place: str) -> None:
    lines = [line] if line.startswith("rates") else [line, HOURLY]
    told = [each for each in found(contract(*lines)) if "currency" in each]
    assert told == [f"{place}: 9.00 CHF is not in the invoice's currency EUR; write it in EUR"]


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("budget: {amount: 9.00 CHF}\n", "8:18"),
        ("blocks: [{id: b, of: 5h, price: 9.00 CHF, bought: 2026-01-01}]\n", "8:33"),
    ],
)
def test_an_amount_of_the_customer_in_another_currency(head: str, place: str) -> None:
    told = f"{place}: 9.00 CHF is not in the invoice's currency EUR; write it in EUR"
    assert found(contract(HOURLY, head=head)) == [told]


def test_a_price_list_in_another_currency() -> None:
    told = (
        "11:17: price list 'standard' is not in the invoice's currency EUR: 80.00 CHF in standard.yaml:5:42; "
        "use another list"
    )
    assert found(contract("price_list: standard"), price_list=LIST.replace("EUR", "CHF")) == [told]


def test_a_price_list_with_an_error_of_its_own() -> None:
    broken = LIST.replace("90.00 EUR", "90.00 CHF")
    assert found(contract("price_list: standard"), price_list=broken)[0] == (
        "11:17: price list 'standard' has an error of its own (standard.yaml:6:18); mend it first"
    )
    told = check_house(*settings(), [], {}, lists(broken.replace("price_list", "price_list")))
    assert [cited(one) for one in (*told.errors, *told.warnings)] == [
        "standard.yaml:6:18: 90.00 CHF stands among amounts in EUR; a price list has one currency",
        "standard.yaml:1:13: no contract names price list 'standard'; name it with 'price_list: standard', "
        "or "
        "remove it",
    ]


def test_a_price_list_with_a_row_that_is_never_reached_and_a_tax_that_nobody_knows() -> None:
    text = LIST.replace("{when: {service: phone}, hourly", "{hourly").replace(
        "90.00 EUR", "90.00 EUR, tax: X"
    )
    told = check_house(*settings(), [], {}, lists(text))
    assert [cited(one) for one in told.errors] == [
        "standard.yaml:6:9: rates[1] is never reached: rates[0] in line 5 takes all its work before; put the "
        "narrower row first, or remove one",
        "standard.yaml:6:34: tax 'X' is not defined under 'taxes' of the configuration; possible: DE-19, "
        "DE-7",
    ]


def side_by_side(one: str, other: str, start: str, to: str = "") -> str:
    first = f"  - {{id: a, valid: {{from: 2026-01-01{to}}}, {one}{HOURLY}}}\n"
    return f"{HEAD}contracts:\n{first}  - {{id: b, valid: {{from: {start}}}, {other}{HOURLY}}}\n"


BEGINS = "10:13: contract 'b' begins 2026-07-01 while 'a' still holds; end that with 'to: 2026-07-01'"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("", "", [BEGINS]),
        ("", "covers: {service: phone}, ", [BEGINS + ", or let them cover different work"]),
        ("covers: {service: on-site}, ", "covers: {service: phone}, ", []),
        ("", "covers: {technician: ann}, per_incident: yes, ", []),
        (
            "",
            "covers: {contact: ann}, ",
            ["10:58: no mapping yields contact 'ann'; there are none to choose from"],
        ),
        ("", "status: pending, ", None),
    ],
)
def test_contracts_side_by_side(one: str, other: str, told: list[str] | None) -> None:
    text = side_by_side(one, other, "2026-07-01")
    if told is None:
        assert [line for line in found(text) if "still holds" in line] == []
    else:
        assert found(text) == told


def test_contracts_from_the_same_day() -> None:
    assert found(side_by_side("", "", "2026-01-01")) == [
        "10:13: contract 'b' begins 2026-01-01 while 'a' still holds; end one before the other begins"
    ]


def apart(one: str = "", other: str = "") -> str:
    return side_by_side(one, other, "2026-05-01", ", to: 2026-04-01")


def test_a_gap_that_nobody_fills() -> None:
    told = "10:13: no contract holds from 2026-04-01 ('a' ends) to 2026-05-01 ('b' begins); work is held"
    same = "covers: {service: phone}, "
    assert found(apart()) == [told]
    assert found(apart(same, same)) == [told]
    assert found(apart(same, "covers: {service: on-site}, ")) == []


def test_a_gap_that_a_contract_per_incident_fills() -> None:
    spare = "  - {id: spare, valid: {from: 2025-01-01}, per_incident: yes, rates: [{hourly: 9.00 EUR}]}\n"
    assert found(apart() + spare) == []
    late = spare.replace("2025-01-01", "2026-04-15")
    assert len(found(apart() + late)) == 1


def test_a_desk_whose_mapping_names_no_service() -> None:
    text = contract("rates: [{when: {service: phone}, hourly: 9.00 EUR}, {hourly: 8.00 EUR}]")
    told = (
        "5:9: the mapping of desk 'zammad' names no service, but the contracts ask for one: its work fits no "
        "such row; add 'service' under 'facets' of the mapping"
    )
    assert told in found(text, of="facets:\n  site: {from: ticket.fields.site, as_is: yes}\n")


def test_usage_without_a_source() -> None:
    text = contract(
        "usage: [{id: u, when: {article: m365}, each: 9.00 EUR}]",
        "fees: [{id: f, amount: 9.00 EUR, counted: {article: m365}}]",
        HOURLY,
    )
    assert found(text) == []
    assert found(text, usage=True) == [
        "12:38: fee 'f' is counted, but the configuration has no 'usage' that tells how many; add the "
        "source, or "
        "say 'quantity'",
        "11:5: contract 'c' prices usage, but the configuration has no 'usage'; add the source",
    ]


def test_usage_words_are_those_of_the_usage_sources() -> None:
    text = contract("usage: [{id: u, when: {article: m356}, each: 9.00 EUR}]", HOURLY)
    source = mapping("facets:\n  article: {from: name, table: {M: m365}}\n")
    told = check_customer(*customer(text), settings()[0], {"zammad": mapping()}, {}, {"licences": source})
    assert [cited(one) for one in told.warnings] == [
        "acme.yaml:11:37: no mapping yields article 'm356'; did you mean 'm365'?"
    ]


TECHNICIANS = SETTINGS + "technicians:\n  ann: {cost: 45.00 EUR}\n  bob: {cost: 45.00 CHF}\n"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("{'1': ann}", []),
        (
            "{'1': ann, '2': cyd}",
            [
                "11:25: technician 'cyd' has no cost under 'technicians' of the configuration: work at "
                "cost plus "
                "is held; add 'cyd: {cost: 45.00 EUR}'"
            ],
        ),
        (
            "{'1': ann, '2': bob}",
            [
                "11:25: technician 'bob' costs 45.00 CHF in the configuration, but the invoice is in EUR; "
                "nothing "
                "is converted: use another price than cost plus"
            ],
        ),
    ],
)
def test_cost_plus(table: str, told: list[str]) -> None:
    of = f"{MAPPING}  technician: {{from: entry.technician, table: {table}}}\n"
    assert found(contract("rates: [{cost_plus: 20%}]"), of=of, house=TECHNICIANS) == told


def test_many_words_are_looked_at_as_one() -> None:
    words = ", ".join(f"w{number}" for number in range(30))
    text = contract(
        "rates:",
        f"  - {{when: {{technician: [{words}], site: [{words}]}}, hourly: 9.00 EUR}}",
        f"  - {{when: {{technician: [{words}], site: [{words}], service: phone}}, hourly: 9.00 EUR}}",
        "  - {hourly: 9.00 EUR}",
    )
    assert [line.partition(":")[0] for line in found(text)] == ["13"]
