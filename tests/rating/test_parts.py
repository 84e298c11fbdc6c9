"""Documents of one close: the parts sum to the whole, and nothing is taken below nothing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model.contract import InvoiceTerms
from connector.model.invoice import DueLine, Role
from connector.model.statement import Line, LineKey
from connector.rating.parts import parts

MARCH = date(2026, 3, 31)


def due(amount: str | Decimal, role: Role = Role.CHARGE, tax: str = "DE-19", **key: str) -> DueLine:
    of = LineKey(**{"kind": "work", "period": "2026-03", "tax": tax, "percent": "19", **key})
    line = Line(
        key=of, amount=Decimal(amount), category="standard", text="", service_from=MARCH, service_to=MARCH
    )
    return DueLine(role=role, line=line, amount=line.amount)


def terms(**facts: Any) -> InvoiceTerms:
    return InvoiceTerms.model_validate({"tax": "DE-19", **facts})


def shown(documents: Sequence[Sequence[DueLine]]) -> list[list[str]]:
    return [[f"{one.role.value} {one.amount}" for one in document] for document in documents]


def test_one_document_bears_all_in_printed_order() -> None:
    lines = [due("-5.00", Role.CREDIT), due("7.00", Role.LATE, split="A"), due("9.00", split="B")]
    (document,) = parts(lines, terms())
    assert shown([document]) == [["charge 9.00", "late 7.00", "credit -5.00"]]
    assert parts([due("0.00"), due("0.00")], terms()) == []
    assert parts([], terms(split_by=["site"])) == []
    assert shown(parts([due("50.00"), due("-50.00")], terms())) == [["charge 50.00", "charge -50.00"]]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"group": "contract"}, [["charge 4.00"], ["charge 1.00", "charge 2.00"], ["charge 3.00"]]),
        ({"group": "ticket"}, [["charge 4.00"], ["charge 1.00", "charge 3.00"], ["charge 2.00"]]),
        ({"split_by": ["cost_centre"]}, [["charge 3.00", "charge 4.00"], ["charge 1.00"], ["charge 2.00"]]),
        (
            {"group": "contract", "split_by": ["cost_centre"]},
            [["charge 4.00"], ["charge 1.00"], ["charge 2.00"], ["charge 3.00"]],
        ),
    ],
)
def test_lines_stand_with_their_contract_ticket_or_value(
    facts: dict[str, Any], expected: list[list[str]]
) -> None:
    lines = [
        due("1.00", contract="a", ticket="desk/1", split="A"),
        due("2.00", contract="a", ticket="desk/2", split="B"),
        due("3.00", contract="b", ticket="desk/1"),
        due("4.00", kind="fee"),
    ]
    assert shown(parts(lines, terms(**facts))) == expected


def test_goodwill_goes_as_far_as_each_document_in_order() -> None:
    lines = [
        due("30.00", split="A"),
        due("-40.00", Role.CORRECTION, split="B"),
        due("50.00", split="C"),
        due("20.00", tax="DE-7", split="C"),
        due("-75.00", Role.CREDIT, kind="credit", ref="D-1"),
    ]
    assert shown(parts(lines, terms(split_by=["cost_centre"]))) == [
        ["charge 30.00", "credit -30.00"],
        ["correction -40.00"],
        ["charge 50.00", "charge 20.00", "credit -45.00"],
    ]


def test_what_no_document_can_bear_waits() -> None:
    lines = [
        due("30.00", split="A"),
        due("-30.00", Role.CORRECTION, tax="DE-7", split="A"),
        due("30.00", tax="DE-7", split="B"),
        due("-10.00", Role.CREDIT, kind="credit", ref="D-1"),
    ]
    assert shown(parts(lines, terms(split_by=["site"]))) == [
        ["charge 30.00", "correction -30.00"],
        ["charge 30.00"],
    ]


def test_a_discount_falls_on_each_document_in_proportion() -> None:
    lines = [due("10.05", split="A"), due("20.05", split="B"), due("0.05", split="C")]
    discount = due("-3.02", Role.DISCOUNT, kind="discount", ref="D-1")
    assert shown(parts([*lines, discount], terms(split_by=["site"]))) == [
        ["charge 10.05", "discount -1.01"],
        ["charge 20.05", "discount -2.00"],  # 2.01 and 1.01 and 0.01 would be a cent too much
        ["charge 0.05", "discount -0.01"],
    ]
    whole = due("-30.15", Role.DISCOUNT, kind="discount", ref="D-1")
    assert [
        sum(one.amount for one in document) for document in parts([*lines, whole], terms(split_by=["site"]))
    ] == [0, 0, 0]
    back = due("-40.00", Role.CORRECTION, split="D")
    found = parts([*lines, back, discount, due("-30.00", Role.DISCOUNT, ref="D-2")], terms(split_by=["site"]))
    assert found[0][-1].amount == Decimal("-2.87")  # the rest bears it, as a discount does not wait


AMOUNTS = st.integers(-500, 900).map(lambda cents: Decimal(cents).scaleb(-2))
LINES = st.builds(
    due,
    AMOUNTS,
    st.sampled_from([Role.CHARGE, Role.CORRECTION]),
    st.sampled_from(["DE-19", "DE-7"]),
    split=st.sampled_from(["", "A", "B", "C"]),
    ticket=st.sampled_from(["desk/1", "desk/2"]),
)


@given(
    st.lists(LINES, min_size=1),
    st.integers(0, 900),
    st.sampled_from([Role.DISCOUNT, Role.CREDIT, Role.CARRIED_OUT]),
    st.sampled_from(["collective", "ticket"]),
)
def test_the_parts_sum_to_the_whole(lines: list[DueLine], cents: int, role: Role, group: str) -> None:
    net = sum((one.amount for one in lines if one.line.key.tax == "DE-19"), Decimal(0))
    total = sum((one.amount for one in lines), Decimal(0))
    amount = min(Decimal(cents).scaleb(-2), max(Decimal(0), min(net, total)))
    lines = [*lines, due(-amount, role, kind="x", ref="D-1")]
    documents = parts(lines, terms(group=group, split_by=["site"]))
    whole = sum((one.amount for one in lines), Decimal(0))
    found = sum((one.amount for document in documents for one in document), Decimal(0))
    if role is Role.DISCOUNT:
        assert found == whole
    for document in documents:
        keys = [one.line.key for one in document if one.role is not role]
        assert len({(key.split, key.ticket if group == "ticket" else "") for key in keys}) <= 1
        before = sum((one.amount for one in document if one.role is not role), Decimal(0))
        after = sum((one.amount for one in document), Decimal(0))
        assert after == before or role is Role.DISCOUNT or after >= 0
    assert whole <= found <= whole + amount
