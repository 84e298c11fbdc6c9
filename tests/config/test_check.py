"""The contract check: what can be read but cannot be meant."""

import pytest

from connector.config.check import check_customer, check_house
from connector.config.validate import cited
from tests.config.sample import CUSTOMER, MAPPING, SETTINGS, customer, mapping, settings, spoilt

SECOND = """\
  - id: {id}
    valid: {{from: {start}}}
    rates: [{{hourly: 80.00 EUR}}]
"""


def found(text: str, *, of: str = MAPPING) -> tuple[list[str], list[str]]:
    errors, warnings = check_customer(*customer(text), settings()[0], {"zammad": mapping(of)})
    return ([cited(error) for error in errors], [cited(warning) for warning in warnings])


def with_second(start: str, id_: str = "support-2027") -> str:
    return CUSTOMER + SECOND.format(id=id_, start=start)


ERRORS = [
    (
        spoilt("      - {when: {service: on-site, shift: night}, hourly: 100.00 EUR}\n", "").replace(
            "      - {otherwise",
            "      - {when: {service: on-site, shift: night}, hourly: 1 EUR}\n      - {otherwise",
        ),
        "20:9: rates[3] is never reached: rates[1] in line 18 takes all its work before; "
        "put the narrower row first, or remove one",
    ),
    (
        spoilt("service: phone}, hourly", "service: on-site, site: [a, b]}, hourly"),
        "20:9: rates[3] is never reached: rates[2] in line 19 takes all its work before; "
        "put the narrower row first, or remove one",
    ),
    (
        spoilt("otherwise: hold}\n", "otherwise: hold}\n      - {hourly: 9.00 EUR}\n"),
        "22:9: rates[5] is never reached: rates[4] in line 21 takes all its work before; "
        "put the narrower row first, or remove one",
    ),
    (
        spoilt("shift: night", "shift: [nigth, night]"),
        "18:35: shift 'nigth' is not defined under 'shifts'; did you mean 'night'?",
    ),
    (
        spoilt("for: {service: phone}", "for: {service: phone, shift: day}"),
        "15:58: shift 'day' is not defined under 'shifts'; possible: night",
    ),
    (
        spoilt("amount: 10.00 EUR", "amount: 10.00 EUR, tax: DE-18"),
        "23:44: tax 'DE-18' is not defined under 'taxes' of the configuration; did you mean 'DE-19'?",
    ),
    (
        spoilt("amount: 10.00 EUR", "amount: 10.00 EUR, tax: DE-7"),
        "23:44: tax 'DE-7' has no rate before 2026-07-01, but billing begins 2026-01-01",
    ),
    (
        spoilt("50.00 EUR", "50.00 CHF"),
        "19:44: 50.00 CHF is not in the invoice's currency EUR; write it in EUR",
    ),
    (
        spoilt("amount: 10.00 EUR", "amount: 10.00 USD"),
        "23:28: 10.00 USD is not in the invoice's currency EUR; write it in EUR",
    ),
    (
        with_second("2026-12-01"),
        "25:5: contract 'support-2027' begins 2026-12-01 while 'support-2026' still holds; "
        "end that with 'to: 2026-12-01'",
    ),
    (
        with_second("2027-01-01", "support-2026"),
        "11:1: contract id 'support-2026' stands twice; give each its own",
    ),
    (
        spoilt("match: {zammad:", "match: {zamad:"),
        "5:9: the configuration has no desk and no usage source 'zamad'; did you mean 'zammad'?; "
        "or add it there under 'desks' or 'usage'",
    ),
    (
        spoilt("{zammad: {organization: ACME GmbH}}", "{zammad: {}}"),
        "5:9: the words by which desk 'zammad' names this customer are missing",
    ),
    (
        spoilt("{zammad: {organization: ACME GmbH}}", "{zammad: {organization: []}}"),
        "5:9: the words by which desk 'zammad' names this customer are missing",
    ),
    (
        spoilt("books: {folder: {}}", "books: {tryton: {party: ACME}}"),
        "6:9: books 'tryton' are not in the configuration; possible: folder",
    ),
    (
        spoilt("books: {folder: {}}\n", ""),
        "1:1: name exactly one accounting system that gets the invoices, as 'books: {NAME: {party: KEY}}'",
    ),
    (
        spoilt("{from: 20:00, to: 06:00}", "{from: 20:00, to: 20:00}"),
        "10:3: shift 'night' has no length; for the whole day leave 'from' and 'to' out",
    ),
    (
        spoilt("holidays: {country: DE, state: BY}\n", "").replace("to: 06:00", "to: 06:00, holidays: only"),
        "9:3: shift 'night' asks for public holidays, but 'holidays' names no country",
    ),
    (
        spoilt("state: BY", "state: Bayern"),
        "8:32: no holidays are known of state 'Bayern' of DE; did you mean 'BY'?",
    ),
    (spoilt("terms: 14d", "terms: 36h"), "7:30: terms counts whole days; write it as 14d"),
    (
        spoilt("    rates:\n", "      - {id: phone, of: 1h, for: {service: on-site}}\n    rates:\n"),
        "14:5: allowance id 'phone' stands twice; give each its own",
    ),
    (
        CUSTOMER + "      - {id: base, amount: 1.00 EUR}\n",
        "22:5: fee id 'base' stands twice; give each its own",
    ),
]
WARNINGS = [
    (
        spoilt(", shift: night", ", site: hq"),
        "10:3: no condition asks for shift 'night'; use it, or remove it",
    ),
    (
        spoilt("      - {otherwise: hold}\n", ""),
        "16:5: contract 'support-2026' has no row for all other work: what no row prices is held; "
        "say so with a last row '- otherwise: hold', or price it with a row without 'when'",
    ),
    (
        with_second("2027-02-01"),
        "25:5: no contract holds from 2027-01-01 ('support-2026' ends) to 2027-02-01 "
        "('support-2027' begins); work is held",
    ),
    (
        spoilt("billing_from: 2026-01-01", "billing_from: 2025-12-01"),
        "4:15: billing begins before the first contract does (2026-01-01): work in between is held",
    ),
    (
        spoilt("for: {service: phone}", "for: {service: maintenance}"),
        "15:9: nothing eats allowance 'phone': all its work is included or free; take it out, or price the "
        "work",
    ),
    (
        spoilt("match: {zammad: {organization: ACME GmbH}}\n", ""),
        "1:1: 'match' is missing: no desk's work will find this customer",
    ),
    (
        spoilt("{when: {service: phone}, hourly", "{when: {service: fone}, hourly"),
        "20:26: no mapping yields service 'fone'; did you mean 'phone'?",
    ),
    (
        spoilt("{when: {service: on-site}, hourly", "{when: {priority: high}, hourly"),
        "19:27: no mapping yields priority 'high'; there are none to choose from",
    ),
]


@pytest.mark.parametrize(("text", "told"), ERRORS, ids=[told for _, told in ERRORS])
def test_an_error(text: str, told: str) -> None:
    assert f"acme.yaml:{told}" in found(text)[0]


@pytest.mark.parametrize(("text", "told"), WARNINGS, ids=[told for _, told in WARNINGS])
def test_a_warning(text: str, told: str) -> None:
    errors, warnings = found(text)
    assert errors == []
    assert f"acme.yaml:{told}" in warnings


@pytest.mark.parametrize(
    "text",
    [
        CUSTOMER,
        with_second("2027-01-01"),
        spoilt("carry_over: none", "carry_over: 3 months"),
        spoilt("hourly: 50.00 EUR", "hourly: 50.00 EUR, text: Repair on site"),
        spoilt("{when: {service: phone}, hourly: 75", "{when: {technician: '17'}, hourly: 45"),
        spoilt("{when: {service: on-site}, hourly", "{when: {service: on-site, site: anywhere}, hourly"),
        spoilt("{otherwise: hold}", "{hourly: 60.00 EUR}"),
        spoilt("for: {service: phone}", "for: {}"),
    ],
)
def test_nothing_to_mend(text: str) -> None:
    assert found(text) == ([], [])


def test_a_customer_without_contracts() -> None:
    head = CUSTOMER.partition("shifts:\n")[0]
    assert found(head + "contracts: []\n") == (["acme.yaml:9:1: there is no contract; all work is held"], [])


def test_findings_come_in_the_order_of_the_file() -> None:
    text = spoilt("tax: DE-19", "tax: DE-91").replace("shift: night", "shift: late")
    assert [error.split(" ")[0] for error in found(text)[0]] == ["acme.yaml:7:16:", "acme.yaml:18:42:"]


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ("organization: ACME GmbH", "organization: [Other, ACME GmbH]", True),
        ("organization: ACME GmbH", "organization: Other", False),
        ("organization: ACME GmbH", "customer: it@acme.example", False),
        ("organization: ACME GmbH, customer: a", "organization: ACME GmbH, customer: b", False),
        ("organization: ACME GmbH, customer: a", "organization: ACME GmbH", True),
    ],
)
def test_two_customers_by_the_same_words(mine: str, theirs: str, *, same: bool) -> None:
    one = customer(spoilt("organization: ACME GmbH", mine))
    text = spoilt("organization: ACME GmbH", theirs)
    other = customer(text.replace("customer: acme", "customer: zeta"), "zeta.yaml")
    errors, _ = check_house(*settings(), [one, other], {})
    told = (
        "acme.yaml:5:9: the same words of desk 'zammad' also match customer 'zeta' (zeta.yaml:5:9); "
        "its work can belong to one only"
    )
    assert [cited(error) for error in errors] == ([told] if same else [])


def test_many_customers_by_the_same_words_are_told_once_each() -> None:
    files = [customer(spoilt("customer: acme", f"customer: c{n}"), f"c{n}.yaml") for n in range(4)]
    errors, _ = check_house(*settings(), files, {})
    assert [cited(error).rpartition("customer ")[2] for error in errors] == [
        "'c1' (c1.yaml:5:9) and 2 more; its work can belong to one only",
        "'c2' (c2.yaml:5:9) and 1 more; its work can belong to one only",
        "'c3' (c3.yaml:5:9); its work can belong to one only",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[{from: 2007-01-01, percent: 19%}]", "[]", "4:3: tax 'DE-19' has no rate"),
        (
            "percent: 19%}]",
            "percent: 19%}, {from: 2007-01-01, percent: 16%}]",
            "4:53: tax 'DE-19' has two rates from 2007-01-01; keep one of them",
        ),
    ],
)
def test_a_tax_code_that_says_nothing_or_too_much(old: str, new: str, told: str) -> None:
    errors, _ = check_house(*settings(spoilt(old, new, SETTINGS)), [], {})
    assert [cited(error) for error in errors] == [f"config.yaml:{told}"]
