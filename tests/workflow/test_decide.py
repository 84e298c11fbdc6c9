"""Decisions of people: what is stored, what is refused and in which words, and until when it is undone."""

from decimal import Decimal
from typing import Any

import pytest

from connector.http import ConfigError
from connector.model.decision import Decision, Kind
from connector.store import decisions, lease
from connector.store.lease import Busy
from connector.workflow.decide import Refusal, decide
from connector.workflow.house import House
from connector.workflow.sync import sync
from tests.workflow.standins import APRIL, MARCH, FakeDesk, bill

KEY = "zammad/1/a"


@pytest.fixture
def at_work(house: House, desk: FakeDesk) -> House:
    """ACME's ticket 1 with the entries a and b."""
    desk.put("1", a=1200, b=60)
    sync(house)
    return house


def say(house: House, kind: Kind, **facts: Any) -> Decision:
    told = {"by": "eve", "why": "agreed by phone", **facts}
    return decide(house, Decision(id="", kind=kind, at=house.now(), **told))


@pytest.mark.parametrize("target", [KEY, "zammad/1"])
@pytest.mark.parametrize("kind", [Kind.WAIVE, Kind.HOLD, Kind.DISPUTE, Kind.RELEASE, Kind.CHARGE, Kind.KEEP])
def test_decisions_on_work_are_stored(at_work: House, kind: Kind, target: str) -> None:
    said = say(at_work, kind, target=target)
    assert said.id == "D-1"
    assert decisions.decisions(at_work.store) == [said]
    assert said.names(KEY)


@pytest.mark.parametrize("target", ["", "zammad", "zammad/2", "zammad/1/z", "glpi/1/a"])
def test_work_that_is_not_there_is_refused(at_work: House, target: str) -> None:
    with pytest.raises(Refusal, match=f"there is no work under '{target}'"):
        say(at_work, Kind.WAIVE, target=target)
    assert decisions.decisions(at_work.store) == []


@pytest.mark.parametrize("facts", [{"why": " "}, {"by": ""}])
def test_who_and_why_are_needed(at_work: House, facts: dict[str, str]) -> None:
    with pytest.raises(Refusal, match="who decided and why"):
        say(at_work, Kind.WAIVE, target=KEY, **facts)


def test_charge_at_a_rate(at_work: House) -> None:
    assert say(at_work, Kind.CHARGE, target=KEY, amount=Decimal("95.00")).amount == Decimal("95.00")
    with pytest.raises(Refusal, match=r"charge needs an amount of more than 0\.00"):
        say(at_work, Kind.CHARGE, target=KEY, amount=Decimal(0))


def test_reassign_needs_a_known_customer(at_work: House) -> None:
    assert say(at_work, Kind.REASSIGN, target=KEY, to_customer="acme").to_customer == "acme"
    with pytest.raises(ConfigError, match="no customer 'acne'; there are: acme"):
        say(at_work, Kind.REASSIGN, target=KEY, to_customer="acne")


@pytest.mark.parametrize("kind", [Kind.CREDIT, Kind.TRANSFER, Kind.DISCOUNT])
@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"period": None}, "needs a period"),
        ({"period": MARCH}, "2026-03 is closed; name a later period"),
        ({"period": MARCH.previous()}, "2026-02 is before billing begins with 2026-03"),
        ({"amount": Decimal(-5)}, r"needs an amount of more than 0\.00"),
        ({"amount": Decimal("5.001")}, "5.001 EUR has more than 2 digits"),
    ],
)
def test_sums_are_checked(at_work: House, kind: Kind, facts: dict[str, Any], sentence: str) -> None:
    bill(at_work)
    told = {"customer": "acme", "period": APRIL, "amount": Decimal("5.00"), **facts}
    with pytest.raises(Refusal, match=sentence):
        say(at_work, kind, **told)


def test_credit_with_a_tax_code(at_work: House) -> None:
    told: dict[str, Any] = {"customer": "acme", "period": MARCH, "amount": Decimal("5.00")}
    assert say(at_work, Kind.CREDIT, tax="DE-19", **told).id == "D-1"
    with pytest.raises(Refusal, match="no tax 'DE-91'; it has: DE-19"):
        say(at_work, Kind.CREDIT, tax="DE-91", **told)
    with pytest.raises(ConfigError, match="no customer 'acne'"):
        say(at_work, Kind.CREDIT, **{**told, "customer": "acne"})


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "one of the two"),
        ({"amount": Decimal(5), "percent": Decimal(5)}, "one of the two"),
        ({"percent": Decimal(0)}, "a discount of 0% cannot be"),
        ({"percent": Decimal(101)}, "a discount of 101% cannot be"),
    ],
)
def test_discount_is_an_amount_or_a_percentage(at_work: House, facts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        say(at_work, Kind.DISCOUNT, customer="acme", period=MARCH, **facts)


def test_discount_of_all(at_work: House) -> None:
    said = say(at_work, Kind.DISCOUNT, customer="acme", period=MARCH, percent=Decimal(100))
    assert said.percent == 100


def test_approval_names_the_statement(at_work: House) -> None:
    told: dict[str, Any] = {"customer": "acme", "period": MARCH, "amount": Decimal("-75.00")}
    with pytest.raises(Refusal, match="names the digest and the net amount"):
        say(at_work, Kind.APPROVE, **told)
    assert say(at_work, Kind.APPROVE, digest="5ca1ab1e", **told).amount == Decimal("-75.00")


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "one of the two"),
        ({"seconds": 60, "amount": Decimal(5)}, "one of the two"),
        ({"seconds": 60, "allowance": "fone"}, "has no allowance 'fone'; it has: phone"),
        ({"seconds": 0, "allowance": "phone"}, "must be more than nothing"),
        ({"amount": Decimal("0.001")}, "more than 2 digits"),
        ({"amount": Decimal(5), "tax": "DE-91"}, "no tax 'DE-91'"),
    ],
)
def test_opening_is_checked(at_work: House, facts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        say(at_work, Kind.OPENING, customer="acme", **facts)


def test_opening_before_the_first_close_only(at_work: House) -> None:
    assert say(at_work, Kind.OPENING, customer="acme", allowance="phone", seconds=3600).seconds == 3600
    owed = say(at_work, Kind.OPENING, customer="acme", amount=Decimal("-12.50"))
    bill(at_work)
    with pytest.raises(Refusal, match="2026-03 is closed; balances are taken over before"):
        say(at_work, Kind.OPENING, customer="acme", amount=Decimal("12.50"))
    with pytest.raises(Refusal, match=r"a closed period stands on D-2 \(opening\)"):
        say(at_work, Kind.UNDO, undoes=owed.id)


def test_accepting_a_difference_names_it(at_work: House) -> None:
    assert say(at_work, Kind.ACCEPT, target="acme/2026-03").target == "acme/2026-03"
    with pytest.raises(Refusal, match="which difference"):
        say(at_work, Kind.ACCEPT)


def test_rebill_is_said_of_a_document(at_work: House) -> None:
    with pytest.raises(Refusal, match="say it of the document's reference"):
        say(at_work, Kind.REBILL, target="db-2026-0001")


def test_undo_once_before_the_close(at_work: House) -> None:
    waived = say(at_work, Kind.WAIVE, target=KEY)
    undone = say(at_work, Kind.UNDO, undoes=waived.id)
    assert [one.id for one in decisions.decisions(at_work.store)] == ["D-1", "D-2"]
    with pytest.raises(Refusal, match="D-1 is undone already"):
        say(at_work, Kind.UNDO, undoes=waived.id)
    with pytest.raises(Refusal, match="D-2 is an 'undo', which cannot be undone; decide anew"):
        say(at_work, Kind.UNDO, undoes=undone.id)
    with pytest.raises(Refusal, match="there is no decision 'D-9'"):
        say(at_work, Kind.UNDO, undoes="D-9")


def test_undo_after_the_close_names_the_opposite(at_work: House) -> None:
    waived = say(at_work, Kind.WAIVE, target=KEY)
    discounted = say(at_work, Kind.DISCOUNT, customer="acme", period=MARCH, percent=Decimal(10))
    bill(at_work, keys=[KEY])
    with pytest.raises(Refusal, match=r"a closed period stands on D-1 \(waive\); charge it instead"):
        say(at_work, Kind.UNDO, undoes=waived.id)
    with pytest.raises(Refusal, match=r"stands on D-2 \(discount\); decide the contrary in an open period"):
        say(at_work, Kind.UNDO, undoes=discounted.id)


def test_decision_after_the_close_is_undone_until_the_next(at_work: House) -> None:
    bill(at_work, keys=[KEY])
    waived = say(at_work, Kind.WAIVE, target=KEY)
    credited = say(at_work, Kind.CREDIT, customer="acme", period=APRIL, amount=Decimal(5))
    assert say(at_work, Kind.UNDO, undoes=waived.id).undoes == "D-1"
    assert say(at_work, Kind.UNDO, undoes=credited.id).undoes == "D-2"


def test_nothing_is_decided_while_another_process_writes(at_work: House) -> None:
    lease.acquire(at_work.store, "daemon", at_work.now())
    with pytest.raises(Busy):
        say(at_work, Kind.WAIVE, target=KEY)
