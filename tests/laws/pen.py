"""Draws what stands in a customer file: values as people write them, conditions, prices, rounding."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from connector.model.money import digits_of

Tree = dict[str, Any]
SERVICES = ("phone", "on-site", "travel")
SHIFTS: Tree = {
    "night": {"from": "20:00", "to": "06:00"},
    "weekend": {"days": ["sat", "sun"]},
    "holiday": {"holidays": "only", "eve_from": "14:00", "next_to": "06:00"},
}
#: Conditions that hold whatever the time of day, and such that ask for it.
_FACTS: tuple[Tree, ...] = (
    {},
    {"service": "phone"},
    {"service": ["on-site", "travel"]},
    {"site": "north"},
    {"priority": "high"},
    {"item": ["i1", "i2"]},
    {"technician": "t1"},
    {"fields": {"colour": "red"}},
)
_TIMES: tuple[Tree, ...] = ({"shift": "night"}, {"shift": ["weekend", "holiday"]})
_BOTH: tuple[Tree, ...] = (
    {"service": "phone", "shift": "night"},
    {"site": ["", "south"], "shift": "weekend"},
)
CYCLES = ("week", "month", "quarter", "half-year", "year")
_POOLS = {"month": ("quarter", "half-year", "year"), "quarter": ("half-year", "year"), "half-year": ("year",)}
PRORATIONS = ("none", "days", "days-inclusive", "thirty", "actual-thirty")
_SCOPES = ("entry", "ticket", "technician-day", "day", "visit", "period")
PERCENTS = ("50%", "10%", "100%", "12.5%")


class Pen(NamedTuple):
    """Writes parts of a customer file in one currency."""

    draw: st.DrawFn
    currency: str = "EUR"
    plain: bool = False  #: leaves out whatever can make more work cost less

    def one(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def often(self) -> bool:
        return bool(self.draw(st.integers(0, 2)))

    def some(self, **parts: Callable[[], Any]) -> Tree:
        """Write a few of these keys; a trailing underscore of a name is Python's."""
        return {name.rstrip("_"): part() for name, part in parts.items() if not self.often()}

    def many(self, most: int, part: Callable[[int], Tree]) -> list[Tree]:
        return [part(number) for number in range(self.draw(st.integers(0, most)))]

    def sum_(self, most: int = 120, least: int = 0) -> Decimal:
        """Draw an amount of the currency; a rate may have more digits than the currency."""
        unit = digits_of(self.currency) + self.one(0, 0, 1)
        return Decimal(self.draw(st.integers(least * 10**unit, most * 10**unit))).scaleb(-unit)

    def money(self, most: int = 120, least: int = 0) -> str:
        return f"{self.sum_(most, least):f} {self.currency}"

    def when(self) -> Tree:
        return dict(self.one(*_FACTS, *_FACTS[1:4], *_TIMES, *_BOTH))

    def facts(self) -> Tree:
        return dict(self.one(*_FACTS))

    def day(self) -> str:
        return str(
            self.one("2026-02-15", "2026-01-01", "2026-01-31", "2026-03-01", "2026-03-10", "2025-11-30")
        )

    def rounding(self) -> Tree:
        step = self.one("15m", "6m", "1h", "1s", "7m")
        tree: Tree = {"to": step}
        if self.one(False, False, False, True) and step != "7m":
            tree["edges"] = "yes"
        else:
            tree["mode"] = self.one("up", "nearest", "down")
            if step in ("15m", "1h"):
                tree |= self.some(grace=lambda: "5m")
            if not self.plain:
                tree |= self.some(per=lambda: self.one(*_SCOPES))
        return tree | self.some(minimum=lambda: "10m", maximum=lambda: "2h", free_under=lambda: "3m")

    def tiers(self, word: str, *, rising: bool = False) -> Tree:
        """Write steps of ``5h``, or of ``3 calls``."""
        time = word == "time"
        bounds = ["1h", "5h30m"] if time else [f"2 {word}", f"9 {word}"]
        prices = [self.sum_() for _ in range(3)]
        amounts = [f"{price:f} {self.currency}" for price in (sorted(prices) if rising else prices)]
        steps: list[Tree] = [
            {"to": bound, "price": price} for bound, price in zip(bounds, amounts, strict=False)
        ]
        tree: Tree = {"steps": [*steps, {"price": amounts[2]}]}
        if rising or self.often():
            return tree | self.some(per=lambda: self.one(*CYCLES, "period", "term"))
        return {**tree, "mode": "top"}

    def price(self) -> Tree:
        """Write how a row charges, or what becomes of its work."""
        forms: dict[str, Callable[[], Any]] = {
            "hourly": self.money,
            "daily": lambda: {"amount": self.money(900)} | self.some(day=lambda: self.one("7h30m", "8h")),
            "included": lambda: self.one("yes", {"owed": "2h"}),
            "free": lambda: "goodwill",
            "hold": lambda: "ask first",
            "cost_plus": lambda: self.one(*PERCENTS),
            "tiers": lambda: self.tiers("time", rising=self.plain),
        }
        if not self.plain:
            forms |= {
                "per_block": lambda: {"of": self.one("10m", "1h"), "amount": self.money()},
                "per_call": self.money,
                "per_visit": self.money,
                "flat": self.money,
                "calls": lambda: self.tiers("calls"),
            }
        form = self.one("hourly", *forms)
        tree = {"tiers" if form == "calls" else form: forms[form]()}
        if form in ("per_call", "calls"):
            tree |= self.some(count=lambda: self.one("worked tickets", "every ticket"))
        return tree

    def rate(self) -> Tree:
        return (
            {"when": self.when()}
            | self.price()
            | self.some(
                except_=self.when,
                round=self.rounding,
                surcharges=lambda: "no",
                tax=self.tax,
                text=lambda: "Work",
            )
        )

    def tax(self) -> str:
        return str(self.one("DE-19", "DE-7", "DE-0"))

    def quantity(self, kind: str, most: int = 5) -> str:
        """Write so much of a kind: time, money or calls."""
        if kind == "money":
            return self.money(most * 60, 1)
        number = self.draw(st.integers(1, most))
        return f"{number}h" if kind == "time" else f"{number} calls"

    def weights(self) -> list[Tree]:
        return self.many(2, lambda _: {"when": self.when(), "factor": self.one("x2", "x0.5", "x1.5", "x0")})

    def grant(self, kind: str) -> Tree:
        """Write what allowances and blocks have in common."""
        tree: Tree = {"of": self.quantity(kind), "for": self.when()}
        tree |= self.some(except_=self.when, warn_at=lambda: ["50%", "100%"])
        if kind != "money":
            tree |= self.some(eats=lambda: "worked", weights=self.weights)
        return tree

    def allowance(self, number: int, others: list[str]) -> Tree:
        kind = self.one("time", "time", "money", "count")
        per = self.one("month", *CYCLES, "term")
        pooled = self.some(pooled=lambda: self.one(*_POOLS[per])) if per in _POOLS else {}
        tree: Tree = {"id": f"a{number}", **self.grant(kind), "per": per, **pooled}
        tree |= self.some(
            anchor=lambda: self.one("calendar", "contract"),
            each=lambda: self.one("item", "site", "colour"),
            carry_over=lambda: self._carry(kind, pooled.get("pooled", per)),
            prorate=lambda: self.one(*PRORATIONS),
            priority=lambda: self.one("1", "60", "99"),
            owed=lambda: "yes",
        )
        return tree | self._then(kind, others)

    def _carry(self, kind: str, window: str) -> Any:
        if self.often():
            return self.one(
                "none", "always", "1 period", *(["2 " + window + "s"] if window != "term" else [])
            )
        cap = {"cap": self.one(*PERCENTS, self.quantity(kind, 2))}
        return {"for": self.one("always", "1 period", "3 periods")} | self.some(
            cap=lambda: cap["cap"], compounding=lambda: "yes"
        )

    def _then(self, kind: str, others: list[str]) -> Tree:
        then = self.one("charge", "hold", "overdraw", "next", "contract")
        if then == "next":
            return {"then": {"next": self.one(*others)}}
        if then == "contract":
            return {"then": {"contract": self.one("c0", "c1")}}
        if then != "overdraw":
            return {"then": then}
        price = {"time": {"hourly": self.money()}, "count": {"each": self.money()}, "money": {}}[kind]
        return {"then": then} | self.some(
            overdraw_to=lambda: self.one("50%", self.quantity(kind, 2)),
            settle=lambda: {"per": self.one(*CYCLES), **price},
        )

    def block(self, number: int) -> Tree:
        kind = self.one("time", "time", "money", "count")
        tree: Tree = {"id": f"b{number}", **self.grant(kind), "price": self.money(400), "bought": self.day()}
        tree |= self.some(
            free=lambda: self.quantity(kind, 2),
            contracts=lambda: self.one("c0", ["c0", "c1"]),
            then=lambda: self.one("hold", {"next": "b0"}, {"contract": "c1"}),
            priority=lambda: self.one("1", "50"),
            invoiced=lambda: "no",
            tax=self.tax,
            valid=lambda: (
                {"from": tree["bought"]} | self.some(to=lambda: self.one("2026-03-15", "2027-01-01"))
            ),
        )
        if not self.plain:
            by = self.one("proposal", "automatic")
            tree |= self.some(renew=lambda: {"below": self.one("20%", self.quantity(kind, 1)), "by": by})
        if kind == "time" and not self.often():
            tree |= {"tax_point": "delivery", "prepaid_tax": "DE-0"}
        return tree
