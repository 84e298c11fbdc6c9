"""What a line is called where several rows have a word in it."""

from decimal import Decimal

from tests.rating.written import hourly, months, terms, worked


def test_a_surcharge_that_is_counted_bears_its_own_name() -> None:
    surcharges = [
        {
            "id": "travel",
            "when": {"service": "on-site"},
            "amount": "35.00 EUR",
            "per": "visit",
            "text": "Travel",
        },
        {"id": "stairs", "when": {"service": "on-site"}, "amount": "5.00 EUR", "per": "ticket"},
    ]
    known = terms({"rates": [hourly()], "surcharges": surcharges})
    (march, _) = months(known, [worked(1, "3", 60, service="on-site")])
    named = {line.text: line.amount for line in march.lines if line.key.kind == "surcharge"}
    assert named == {"Travel": Decimal("35.00"), "stairs": Decimal("5.00")}


def test_what_a_block_covers_keeps_its_name_where_another_contract_prices_the_rest() -> None:
    block = {
        "id": "b",
        "of": "1h",
        "price": "50.00 EUR",
        "bought": "2026-03-01",
        "then": {"contract": "later"},
    }
    one = {"rates": [hourly(text="Phone")]}
    two = {"id": "later", "covers": {"service": "later"}, "rates": [hourly(text="Rest")]}
    known = terms(one, two, blocks=[block])
    (march, _) = months(known, [worked(1, "3", 120)])
    assert {line.key.kind: line.text for line in march.lines if line.number} == {
        "covered": "Phone",
        "work": "Rest",
    }
