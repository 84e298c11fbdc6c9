"""Random customers over the whole contract language: what can be written is drawn, and all of it is valid."""

from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from hypothesis import strategies as st

from connector.config.calendars import holidays_of, zone_data
from connector.config.validate import validate
from connector.model.basis import Basis, Origin
from connector.model.contract import Customer, Tax
from connector.model.money import Money
from connector.model.period import Period
from connector.model.price_list import PriceList
from connector.rating.compile import terms_of
from connector.rating.terms import Terms
from tests.laws.pen import CYCLES, PERCENTS, PRORATIONS, SHIFTS, Pen, Tree

_ZONES = ("Europe/Berlin", "UTC", "America/New_York", "Pacific/Auckland")
_HOLDERS = ("item", "contact", "customer", "org_unit")


class Customership(NamedTuple):
    """A customer with all that rating needs, and the periods that a history of it goes through."""

    tree: Tree
    basis: Basis
    periods: tuple[Period, ...]

    def __repr__(self) -> str:
        return f"{self.tree}"  # what a person needs to see a failure

    @property
    def terms(self) -> Terms:
        """Make the terms anew."""
        return terms_of(self.basis)


@cache
def _taxes() -> dict[str, Tax]:
    written = {
        "DE-19": {
            "rates": [{"from": "2007-01-01", "percent": "19%"}, {"from": "2026-02-15", "percent": "21%"}]
        },
        "DE-7": {"category": "reduced", "rates": [{"from": "2007-01-01", "percent": "7%"}]},
        "DE-0": {"category": "zero", "rates": [{"from": "2026-02-01", "percent": "0%"}]},
    }
    return {code: validate(Tax, tree, Origin()) for code, tree in written.items()}


@st.composite
def customers(draw: st.DrawFn, *, plain: bool = False) -> Customership:
    """Draw a customer. ``plain``: with no term under which more work may cost less."""
    pen = Pen(draw, draw(st.sampled_from(("EUR", "EUR", "JPY", "BHD"))), plain)
    lists = [_price_list(pen)] if not plain and not pen.often() else []
    tree = _customer(pen, lists)
    customer = validate(Customer, tree, Origin(file="acme.yaml"))
    periods = [customer.first_period]
    while len(periods) < 4:
        periods.append(customer.period_after(periods[-1]))
    return Customership(tree, _basis(customer, lists), tuple(periods))


def _basis(customer: Customer, lists: list[Tree]) -> Basis:
    calendars = [one for one in (customer.holidays, *(s.holidays for s in customer.sites.values())) if one]
    zones = {customer.timezone, *(site.timezone for site in customer.sites.values() if site.timezone)}
    currency = customer.invoice.currency
    return Basis(
        customer=customer,
        origin=Origin(file="acme.yaml", lines={"contracts.0.rates.0": (7, 5), "contracts.1": (30, 3)}),
        taxes=_taxes(),
        holidays={one.key: holidays_of(one, 2025, 2030) for one in calendars},
        price_lists={one["price_list"]: validate(PriceList, one, Origin()) for one in lists},
        costs={"t1": Money(Decimal("33.33"), currency)},
        zones={zone: zone_data(zone) for zone in sorted(zones)},
    )


def _customer(pen: Pen, lists: list[Tree]) -> Tree:
    tree: Tree = {
        "customer": "acme",
        "name": "ACME",
        "timezone": pen.one(*_ZONES),
        "billing_from": pen.one("2026-01-01", "2026-01-10", "2026-02-01"),
        "invoice": {"tax": "DE-19", "currency": pen.currency} | _invoice(pen),
        "shifts": SHIFTS,
        "contracts": [_contract(pen, "c0", lists), *([_contract(pen, "c1", lists)] if pen.often() else [])],
        "blocks": [] if pen.often() else pen.many(2, pen.block),
    }
    return tree | pen.some(
        holidays=lambda: _calendar(pen),
        sites=lambda: {"north": {"timezone": pen.one(*_ZONES), "holidays": _calendar(pen)}, "south": {}},
        gates=lambda: {"survey": pen.one("ignore", "hold-bad"), "closing": pen.one("ignore", "hold-open")},
        items=lambda: {"i1": {"org_unit": "sales"}, "i2": {"contact": "ann"}},
        lookup=lambda: pen.one(("org_unit", "customer", "item"), ("customer",), tuple(reversed(_HOLDERS))),
    )


def _invoice(pen: Pen) -> Tree:
    return pen.some(
        cycle=lambda: pen.one("weekly", "quarterly", "half-yearly", "yearly", "on_close"),
        group=lambda: pen.one("contract", "ticket"),
        split_by=lambda: pen.one(["site"], ["cost_centre", "site"]),
        tax_rounding=lambda: "line",
    )


def _calendar(pen: Pen) -> Tree:
    return {"country": "DE"} | pen.some(
        state=lambda: "BY", also=lambda: ["2026-02-16"], not_=lambda: ["2026-01-06"]
    )


def _contract(pen: Pen, id_: str, lists: list[Tree]) -> Tree:
    start = pen.one("2026-01-01", "2025-06-15", "2026-01-31", "2026-02-14")
    valid = {"from": start} | pen.some(to=lambda: pen.one("2026-03-01", "2026-03-20", "2027-01-31"))
    names = [f"a{number}" for number in range(2)]
    most = 1 if pen.plain else 2
    tree: Tree = {
        "id": id_,
        "valid": valid,
        "rates": [pen.rate() for _ in range(pen.one(1, 2, 3))] + _last_row(pen),
        "allowances": pen.many(most, lambda number: pen.allowance(number, [*names, "b0"])),
        "fees": pen.many(2, lambda number: _fee(pen, number)),
        "usage": pen.many(3, lambda number: _usage(pen, number)),
    }
    if pen.plain:
        tree["allowances"] = [_single(one) for one in tree["allowances"]]
        return tree | pen.some(
            round=pen.rounding, commitments=lambda: pen.many(1, lambda n: _commitment(pen, n))
        )
    tree |= pen.some(
        status=lambda: "pending",
        pending=lambda: "bill",
        covers=lambda: pen.one(
            {"item": "i1"}, {"contact": "ann"}, {"org_unit": "sales"}, {"service": "phone"}
        ),
        per_incident=lambda: "yes",
        open_requests=lambda: "ignore",
        round=pen.rounding,
        surcharges=lambda: pen.many(3, lambda number: _surcharge(pen, number)),
        combine=lambda: pen.one("multiply", "highest"),
        limits=lambda: pen.many(2, lambda number: _limit(pen, number)),
        commitments=lambda: pen.many(2, lambda number: _commitment(pen, number)),
        increases=lambda: pen.many(2, lambda _: _increase(pen)),
        sla_credits=lambda: pen.many(2, lambda number: _sla_credit(pen, number)),
    )
    return tree | ({"price_list": "house"} if lists else {})


def _single(allowance: Tree) -> Tree:
    """Make an allowance draw on nothing but itself."""
    kept = {name: part for name, part in allowance.items() if name not in ("weights", "settle")}
    return kept | ({"then": "charge"} if isinstance(kept["then"], dict) else {})


def _last_row(pen: Pen) -> list[Tree]:
    row = pen.one({"hourly": pen.money()}, {"otherwise": "hold"}, None)
    return [row] if row else []


def _surcharge(pen: Pen, number: int) -> Tree:
    tree: Tree = {"id": f"s{number}", "when": pen.when()}
    form = pen.one("percent", "factor", "amount")
    if form == "amount":
        tree |= {"amount": pen.money(30), "per": pen.one("hour", "entry", "ticket", "visit", "day")}
    else:
        tree[form] = pen.one(*PERCENTS) if form == "percent" else pen.one("x1.5", "x2", "x0.5", "x0")
    return tree | pen.some(except_=pen.when, tax=pen.tax, text=lambda: "Out of hours")


def _limit(pen: Pen, number: int) -> Tree:
    low = pen.sum_(80)
    bounds = {"minimum": f"{low:f} {pen.currency}", "cap": f"{low + pen.sum_(200):f} {pen.currency}"}
    kept = pen.one(("minimum",), ("cap",), ("minimum", "cap"))
    per = pen.one("entry", "ticket", "technician-day", "day", "visit", "period")
    return {"id": f"l{number}", "when": pen.when(), "per": per, **{name: bounds[name] for name in kept}}


def _sla_credit(pen: Pen, number: int) -> Tree:
    gives = pen.one({"percent": pen.one(*PERCENTS)}, {"amount": pen.money()})
    tree = {"id": f"k{number}", "when": {"sla_state": "missed"}, **gives, "of": pen.one("ticket", "fees")}
    return tree | pen.some(at_most=lambda: pen.one(*PERCENTS))


def _increase(pen: Pen) -> Tree:
    return {
        "from": pen.day(),
        "percent": pen.one("3.2%", "-1%", "10%"),
        "what": pen.one("all", "rates", "fees"),
    }


def _commitment(pen: Pen, number: int) -> Tree:
    tree = {"id": f"m{number}", "amount": pen.money(900), "per": pen.one(*CYCLES, "term")}
    return tree | pen.some(
        anchor=lambda: "contract",
        counts=lambda: pen.one(["work"], ["usage", "fees"], ["work", "usage", "fees"]),
        prorate=lambda: pen.one(*PRORATIONS),
        tax=pen.tax,
    )


def _fee(pen: Pen, number: int) -> Tree:
    tree: Tree = {"id": f"f{number}", "amount": pen.money(90), "per": pen.one("month", *CYCLES, "once")}
    days = sorted({pen.day(), pen.day()})
    changes = [{"from": day, **pen.one({"amount": pen.money(90)}, {"quantity": "7 seats"})} for day in days]
    counted = pen.one("no", "no", "counted", "quantity")
    if counted == "counted":
        tree["counted"] = pen.one({"article": "licence"}, {})
    else:
        tree |= {"in": pen.one("advance", "arrears")} | (
            {"quantity": "3 seats"} if counted == "quantity" else {}
        )
    return tree | pen.some(
        anchor=lambda: "contract",
        from_=lambda: pen.one("2025-12-31", "2026-01-15"),
        to=lambda: pen.one("2026-02-20", "2026-06-01"),
        changes=lambda: changes,
        prorate=lambda: pen.one(*PRORATIONS),
        tax=pen.tax,
    )


def _usage(pen: Pen, number: int) -> Tree:
    forms: dict[str, Any] = {
        "each": pen.money,
        "per_block": lambda: {"of": "3 units", "amount": pen.money()},
        "tiers": lambda: {**pen.tiers("units"), "per": "period"},
        "cost_plus": lambda: pen.one(*PERCENTS),
        "included": lambda: "yes",
        "free": lambda: "part of the fee",
        "hold": lambda: "ask first",
    }
    form = pen.one("each", *forms)
    when = pen.one({}, {"article": "licence"}, {"article": ["call", "part"]}, {"site": "north"})
    tree: Tree = {"id": f"u{number}", "when": when, form: forms[form](), "per": pen.one("use", *CYCLES)}
    if tree["per"] != "use":
        tree |= pen.some(prorate=lambda: pen.one(*PRORATIONS))
    return tree | pen.some(
        allowance=lambda: "4 units",
        minimum=lambda: "9 units",
        lines=lambda: pen.one("person", "item", "cost_centre", "record"),
        tax=pen.tax,
    )


def _price_list(pen: Pen) -> Tree:
    versions = [
        {"from": day, "rates": [pen.rate()], "usage": [_usage(pen, 7)]}
        for day in ("2025-01-01", "2026-02-10")
    ]
    return {"price_list": "house", "versions": versions}
