"""Changes: two sides of a period, in one currency or in two, on one side only or on both."""

from decimal import Decimal

from connector.model.change import Change, Charge, Comparison, CustomerChange, Figures, PeriodChange
from connector.model.period import parse_period
from connector.model.statement import LineKey

MARCH = parse_period("2026-03")


def charge(amount: str, price: str = "75.00") -> Charge:
    key = LineKey("work", "2026-03-01", "zammad/1", price=price)
    return Charge(key=key, text="Phone", number="91", amount=Decimal(amount))


def period(old: Figures | None, new: Figures | None, *changes: Change) -> PeriodChange:
    return PeriodChange(period=MARCH, closed=True, old=old, new=new, changes=changes)


def euros(net: str, tax: str | None = None) -> Figures:
    return Figures(currency="EUR", net=Decimal(net), tax=Decimal(tax) if tax else None)


def test_a_change_is_named_by_its_new_charge_and_sums_both_sides() -> None:
    change = Change(old=(charge("75.00"), charge("25.00")), new=(charge("80.00", "80.00"),))
    assert (change.key.price, change.before, change.after) == ("80.00", Decimal("100.00"), Decimal("80.00"))
    assert Change(old=(charge("75.00"),), new=()).key.price == "75.00"


def test_a_side_that_is_not_there_counts_nothing() -> None:
    assert period(euros("10.00"), euros("12.50")).difference == Decimal("2.50")
    assert period(euros("10.00"), None).difference == Decimal("-10.00")
    assert period(None, euros("10.00")).difference == Decimal("10.00")


def test_between_two_currencies_there_is_no_difference() -> None:
    francs = Figures(currency="CHF", net=Decimal("10.00"))
    both = period(euros("10.00"), francs)
    assert (both.currency, both.difference, both.differs) == ("", None, True)


def test_lines_or_taxes_differ_though_the_sums_do_not() -> None:
    same = period(euros("10.00", "1.90"), euros("10.00", "1.90"))
    assert not same.differs
    assert not period(euros("10.00"), euros("10.00", "1.90")).differs  # nobody asked for the old tax
    assert period(euros("10.00", "1.90"), euros("10.00", "0.70")).differs
    moved = period(euros("10.00"), euros("10.00"), Change(old=(charge("10.00"),), new=()))
    assert moved.differs
    customers = [
        CustomerChange(customer=name, name=name, periods=(one,)) for name, one in (("a", same), ("b", moved))
    ]
    assert [each.differs for each in customers] == [False, True]
    assert Comparison(old="HEAD", new="here", customers=tuple(customers)).differs
    assert not Comparison(old="HEAD", new="here", customers=(customers[0],)).differs
