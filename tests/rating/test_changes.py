"""Changes between two ratings: each money once, and what belongs together side by side."""

from datetime import date
from decimal import Decimal

from connector.model.change import Charge
from connector.model.invoice import Billed, InvoiceLine, Role
from connector.model.statement import LineKey
from connector.rating.changes import changes, charges_billed, total

KEY = LineKey("work", "2026-03", "zammad/1", "phone", "7", "75.00", "DE-19", "19")
DAY = KEY._replace(price="100.00", ticket="zammad/2")


def charge(key: LineKey, amount: str) -> Charge:
    return Charge(key=key, text="Phone", number="91", amount=Decimal(amount))


def shown(old: list[Charge], new: list[Charge]) -> list[tuple[str, str, str]]:
    return [(one.key.ticket, str(one.before), str(one.after)) for one in changes(old, new)]


def test_what_is_the_same_is_left_out() -> None:
    assert shown([charge(KEY, "75.00")], [charge(KEY, "75.00")]) == []


def test_more_time_under_the_same_key() -> None:
    assert shown([charge(KEY, "75.00")], [charge(KEY, "150.00")]) == [("zammad/1", "75.00", "150.00")]


def test_another_price_stands_beside_the_old_one() -> None:
    dearer = KEY._replace(price="80.00")
    (change,) = changes([charge(KEY, "75.00")], [charge(dearer, "80.00")])
    assert ([one.key for one in change.old], [one.key for one in change.new]) == ([KEY], [dearer])


def test_two_prices_of_a_ticket_become_one() -> None:
    night, flat = KEY._replace(price="100.00"), KEY._replace(price="90.00")
    old = [charge(KEY, "75.00"), charge(night, "100.00")]
    assert shown(old, [charge(flat, "180.00")]) == [("zammad/1", "175.00", "180.00")]
    # The night stays as it was, so the day alone is compared.
    new = [charge(flat, "90.00"), charge(night, "100.00")]
    assert shown(old, new) == [("zammad/1", "75.00", "90.00")]


def test_another_tax_is_told_though_the_net_is_the_same() -> None:
    reduced = KEY._replace(tax="DE-7", percent="7")
    assert shown([charge(KEY, "75.00")], [charge(reduced, "75.00")]) == [("zammad/1", "75.00", "75.00")]


def test_new_ones_come_first_and_lines_of_nothing_are_no_change() -> None:
    old, new = [charge(KEY, "75.00")], [charge(DAY, "100.00")]
    assert shown(old, new) == [("zammad/2", "0", "100.00"), ("zammad/1", "75.00", "0")]
    assert shown([], [charge(KEY, "0.00")]) == []


def test_what_was_billed_is_told_by_the_period_it_was_billed_for() -> None:
    line = InvoiceLine(
        position=1,
        key=KEY,
        role=Role.CHARGE,
        text="Phone support, 1h",
        quantity=Decimal(1),
        unit="piece",
        unit_price=Decimal("75.00"),
        amount=Decimal("75.00"),
        tax="DE-19",
        category="standard",
        percent=Decimal(19),
        service_from=date(2026, 3, 1),
        service_to=date(2026, 3, 1),
        name="Phone",
        number="91",
    )
    one = Billed(amount=Decimal("75.00"), seconds=3600, references=("db-2026-0001",), line=line)
    keys = (
        KEY,
        DAY,
        KEY._replace(kind="credit"),
        KEY._replace(kind="transfer_out"),
        DAY._replace(period="2026-04"),
    )
    found = charges_billed(dict.fromkeys(keys, one))
    assert {start: [each.key for each in charges] for start, charges in found.items()} == {
        "2026-03": [KEY, DAY],
        "2026-04": [DAY._replace(period="2026-04")],
    }
    assert found["2026-03"][0] == charge(KEY, "75.00")
    assert total(found["2026-03"]) == Decimal("150.00")
    assert total([]) == 0
