"""Broken customer, configuration and mapping files: each mistake is told in one sentence, with its place."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config import yaml
from connector.config.validate import Unreadable, suggestion, validate
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.money import Money
from connector.model.prices import Rounding
from connector.model.problem import Problem
from connector.model.written import Amount, Duration, Percent, Written, write_duration
from tests.config.sample import CUSTOMER, MAPPING, SETTINGS, customer, mapping, settings, spoilt

#: what stands in the sample, what is written instead, and what the reader says to it
BROKEN = [
    ("hourly: 100.00", "hourli: 100.00", "18:50: unknown key 'hourli' in rates[1]; did you mean 'hourly'?"),
    ("books: {folder: {}}", "bok: {folder: {}}", "6:1: unknown key 'bok'; did you mean 'books'?"),
    ("books: {folder: {}}", "obosk: {folder: {}}", "6:1: unknown key 'obosk'; did you mean 'books'?"),
    (
        "{from: 20:00, to: 06:00}",
        "{from: 20:00, to: 06:00, weekdays: [mon]}",
        "10:35: unknown key 'weekdays' in night; did you mean 'days'?",
    ),
    (
        "{country: DE, state: BY}",
        "{country: DE, xyz: BY}",
        "8:25: unknown key 'xyz' in holidays; possible: country, state, also, not",
    ),
    (
        "{from: 2026-01-01, to: 2027-01-01}",
        "{from: 2026-01-01, to_: 2027-01-01}",
        "13:31: unknown key 'to_' in valid; did you mean 'to'?",
    ),
    ("timezone: Europe/Berlin\n", "", "1:1: 'timezone' is missing; add the key with its value"),
    ("tax: DE-19, ", "", "7:1: 'tax' is missing in invoice; add the key with its value"),
    ("of: 5h, ", "", "15:9: 'of' is missing in allowances[0]; add the key with its value"),
    (
        "of: 5h",
        "of: 5",
        "15:25: of: '5' is no quantity; write it with its unit, as 5h, 300.00 EUR or 10 calls",
    ),
    (
        "owed: 2h",
        "owed: [2h]",
        "17:51: owed: a list is no duration; write it with its unit, as 15m, 5h or 1h30m",
    ),
    (
        "75.00 EUR",
        "75.00",
        "20:42: hourly: '75.00' is no amount of money; write it with its currency, as 95.00 EUR",
    ),
    (
        "75.00 EUR",
        '"75,00 EUR"',
        "20:42: hourly: '75,00 EUR' is no amount of money; write it with its currency, as 95.00 EUR",
    ),
    ("75.00 EUR", "-75.00 EUR", "20:9: rates[3]: a price cannot be negative"),
    ("[80%, 100%]", "[80%, 100]", "15:85: warn_at[1]: '100' is no percentage; write it as 19% or 7.5%"),
    (
        "[80%, 100%]",
        "80%",
        "15:79: warn_at: a list belongs here, as [a, b] or one '- a' a line, but '80%' stands here",
    ),
    ("name: ACME GmbH", "name: [ACME, GmbH]", "2:1: name: one value belongs here, but a list stands here"),
    ("name: ACME GmbH", 'name: ""', "2:7: name: the text is empty; write one or remove the key"),
    (
        "2026-01-01\nmatch",
        "1.1.2026\nmatch",
        "4:15: billing_from: '1.1.2026' is no day; write it as 2026-03-31",
    ),
    (
        "from: 20:00",
        "from: 8pm",
        "10:17: from: '8pm' is no time of day; write it as 20:00 (midnight is 00:00)",
    ),
    ("from: 20:00, ", "", "10:3: night: 'from' and 'to' stand together; leave both out for the whole day"),
    ("to: 06:00", "to: 24:00", "10:28: to: '24:00' is no time of day; write it as 20:00 (midnight is 00:00)"),
    (
        "Europe/Berlin",
        "Berlin",
        "3:11: timezone: 'Berlin' is no time zone; write its IANA name, as Europe/Berlin",
    ),
    (
        "carry_over: none",
        "carry_over: forever",
        "15:64: carry_over: 'forever' is no carry-over; write none, 1 month, 3 periods or always, or "
        "{for: ..., cap: ...}",
    ),
    (
        "to: 2027-01-01",
        "to: 2026-01-01",
        "13:5: valid: 'to' (2026-01-01) is not after 'from' (2026-01-01); 'to' is the first day outside",
    ),
    (
        "tax: DE-19, ",
        "tax: DE-19, approval: require, ",
        "7:33: approval: 'require' is not possible; did you mean 'required'?",
    ),
    (
        "tax: DE-19, ",
        "tax: DE-19, cycle: daily, ",
        "7:30: cycle: 'daily' is not possible; possible: weekly, monthly, quarterly, half-yearly, yearly, "
        "on_close",
    ),
    (
        "otherwise: hold",
        "otherwise: 50.00 EUR",
        "21:21: otherwise: '50.00 EUR' is not possible; possible: hold",
    ),
    (
        "hourly: 50.00 EUR",
        "hourly: 50.00 EUR, free: gift",
        "19:9: rates[2]: a rate says exactly one of hourly, daily, per_block, per_call, per_visit, flat, "
        "tiers, "
        "cost_plus, included, free, hold, otherwise",
    ),
    ("carry_over: none", "then: chrage", "15:58: then: 'chrage' is not possible; did you mean 'charge'?"),
    (
        "carry_over: none",
        "then: [next, a]",
        "15:52: then: a list is not possible; possible: charge, hold, overdraw",
    ),
    ("carry_over: none", "then: {nxt: a}", "15:59: unknown key 'nxt' in then; did you mean 'next'?"),
    (
        "carry_over: none",
        "then: {next: a, contract: b}",
        "15:52: then: 'then' names what is next, or a contract",
    ),
    (
        "carry_over: none",
        "carry_over: {for: 1 month, capp: 50%}",
        "15:79: unknown key 'capp' in carry_over; did you mean 'cap'?",
    ),
    (
        "carry_over: none",
        "carry_over: {for: 1 month, cap: half}",
        "15:84: cap: 'half' is no quantity; write it with its unit, as 5h, 300.00 EUR or 10 calls",
    ),
    (
        "carry_over: none",
        "priority: 0",
        "15:62: priority: '0' is no rank; write a whole number from 1 (drawn on first) to 999",
    ),
    ("carry_over: none", "per: mnth", "15:57: per: 'mnth' is not possible; did you mean 'month'?"),
    (
        "carry_over: none",
        "weights: [{when: {service: a}, factor: 2}]",
        "15:91: factor: '2' is no factor; write it as x2 or x1.5",
    ),
    (
        "customer: acme",
        "customer: acme & co",
        "1:11: customer: 'acme & co' has the wrong form; write letters, digits, '.', '_' and '-' without "
        "spaces, as support-2026",
    ),
    (
        "country: DE",
        "country: Germany",
        "8:21: country: 'Germany' has the wrong form; write two capital letters, as DE",
    ),
    (
        "tax: DE-19, ",
        "tax: DE-19, currency: euro, ",
        "7:33: currency: 'euro' has the wrong form; write three capital letters, as EUR",
    ),
    (
        "tax: DE-19, ",
        "tax: DE-19, show_technicians: true, ",
        "7:41: show_technicians: 'true' is neither yes nor no",
    ),
    (
        "match: {zammad: {organization: ACME GmbH}}",
        "match: {zammad: ACME GmbH}",
        "5:17: zammad: keys with values belong here, as 'key: value', but 'ACME GmbH' stands here",
    ),
    (
        "match: {zammad: {organization: ACME GmbH}}",
        "match: {zam mad: {organization: ACME GmbH}}",
        "5:9: zam mad: 'zam mad' has the wrong form; write letters, digits, '.', '_' and '-' without spaces, "
        "as support-2026",
    ),
    (
        "      - {otherwise: hold}\n",
        "      - otherwise\n",
        "21:9: rates[4]: keys with values belong here, as 'key: value', but 'otherwise' stands here",
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), BROKEN, ids=[told for _, _, told in BROKEN])
def test_a_mistake_in_a_customer_file(old: str, new: str, told: str) -> None:
    with pytest.raises(Unreadable) as caught:
        customer(spoilt(old, new))
    assert str(caught.value) == f"acme.yaml:{told}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "adapter: zammad, ",
            "adaptor: zammad, ",
            "7:12: unknown key 'adaptor' in zammad; did you mean 'adapter'?",
        ),
        ("percent: 19%", "percent: 0.19", "4:47: percent: '0.19' is no percentage; write it as 19% or 7.5%"),
        (
            "reduced",
            "lower",
            "5:20: category: 'lower' is not possible; possible: standard, reduced, zero, exempt, "
            "reverse-charge, intra-community, export",
        ),
        ("house: {name: Systemhaus Nord GmbH}\n", "", "1:1: 'house' is missing; add the key with its value"),
    ],
)
def test_a_mistake_in_the_configuration(old: str, new: str, told: str) -> None:
    with pytest.raises(Unreadable) as caught:
        settings(spoilt(old, new, SETTINGS))
    assert {f"config.yaml:{told}"} <= set(str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  service:", "  servize:", "2:3: unknown key 'servize' in facets; did you mean 'service'?"),
        ("as_is: yes", "as_is: on", "3:43: as_is: 'on' is neither yes nor no"),
        ("as_is: yes", "asis: yes", "3:36: unknown key 'asis' in site; did you mean 'as_is'?"),
        ("from: entry.activity, ", "", "2:3: 'from' is missing in service; add the key with its value"),
    ],
)
def test_a_mistake_in_a_mapping(old: str, new: str, told: str) -> None:
    with pytest.raises(Unreadable) as caught:
        mapping(spoilt(old, new, MAPPING))
    assert str(caught.value) == f"zammad.yaml:{told}"


def test_all_mistakes_of_a_file_are_told_in_its_order() -> None:
    text = spoilt("name: ACME GmbH", "nam: ACME GmbH").replace("75.00 EUR", "75.00").replace("5h", "5")
    with pytest.raises(Unreadable) as caught:
        customer(text)
    places = [str(problem.source) for problem in caught.value.problems]
    assert places == ["acme.yaml:1:1", "acme.yaml:2:1", "acme.yaml:15:25", "acme.yaml:20:42"]
    assert "no amount of money" in caught.value.problems[3].message


def test_the_words_are_ours() -> None:
    texts = [told for _, _, told in BROKEN]
    assert not [
        text for text in texts if "Input should" in text or "Extra inputs" in text or "pydantic" in text
    ]


@pytest.mark.parametrize(
    ("tree", "told"), [(["a"], "a list stands here"), ("a", "'a' stands here"), (None, "'None' stands here")]
)
def test_a_file_that_is_no_block_of_keys(tree: object, told: str) -> None:
    with pytest.raises(Unreadable) as caught:
        validate(Customer, tree, Origin(file="acme.yaml"))
    sentence = "acme.yaml:1:1: keys with values belong here, as 'key: value', but"
    assert str(caught.value) == f"{sentence} {told}"


class _Options(Written):
    retries: int
    factor: Decimal = Decimal(1)
    round: Rounding = Rounding()
    plain: bool = False


def test_an_adapters_options_are_cited_within_their_file() -> None:
    origin = Origin(
        file="config.yaml",
        lines={
            "desks.d.options": (3, 5),
            "desks.d.options.retries": (4, 16),
            "desks.d.options.plain": (6, 9),
        },
        keys={"desks.d.options.retris": (5, 7)},
    )
    tree = {"retries": "many", "retris": "3", "factor": "x", "plain": "perhaps", "round": {"to": "0m"}}
    with pytest.raises(Unreadable) as caught:
        validate(_Options, tree, origin, at="desks.d.options")
    assert str(caught.value).splitlines() == [
        "config.yaml:3:5: factor: 'x' is no number",
        "config.yaml:3:5: round: a step of 0m cannot be; leave 'to' out to bill to the second",
        "config.yaml:4:16: retries: 'many' is no whole number",
        "config.yaml:5:7: unknown key 'retris'; did you mean 'retries'?",
        "config.yaml:6:9: plain: 'perhaps' does not fit here",
    ]


def test_a_long_value_is_cut() -> None:
    with pytest.raises(Unreadable) as caught:
        customer(spoilt("DE-19, ", f"{'x ' * 90}, "))
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("phon", ["phone", "remote"], "did you mean 'phone'?"),
        ("xyz", ["phone", "remote"], "possible: phone, remote"),
        ("xyz", [], "there are none to choose from"),
    ],
)
def test_suggestions(word: str, known: list[str], told: str) -> None:
    assert suggestion(word, known) == told


class _Values(Written):
    time: Duration
    price: Amount
    share: Percent


@given(
    st.integers(0, 10**7),
    st.decimals(0, 10**6, places=2),
    st.decimals(0, 100, places=3),
    st.sampled_from(["EUR", "CHF", "USD"]),
)
def test_what_is_written_is_what_is_read(time: int, price: Decimal, share: Decimal, currency: str) -> None:
    tree = {"time": write_duration(time), "price": f"{price} {currency}", "share": f"{share}%"}
    read = validate(_Values, tree, Origin())
    assert (read.time, read.price, read.share) == (time, Money(price, currency), share)
    assert validate(_Values, read.model_dump(), Origin()) == read


_KEYS = st.sampled_from(
    ["customer", "contracts", "rates", "when", "invoice", "match", "for", "from", "round", "x"]
)
_JUNK = st.recursive(
    st.sampled_from(["", "5h", "yes", "2026-01-01", "1 EUR", "DE"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(Customer.model_fields)), _JUNK)
def test_any_junk_in_any_place_is_told_in_our_words(key: str, junk: object) -> None:
    tree, origin = yaml.parse(CUSTOMER, "acme.yaml")
    problems: Sequence[Problem] = ()
    try:
        validate(Customer, {**tree, key: junk}, origin)
    except Unreadable as error:
        problems = error.problems
    assert not [told for told in problems if "Input should" in told.message or not told.source]
