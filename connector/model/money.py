"""Money: decimal amounts in a currency, rounded half up away from zero, once."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

#: ISO 4217 currencies whose minor unit is not 2 digits (source: ISO 4217 list one, column "minor unit").
_DIGITS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
SECONDS_PER_HOUR = 3600


class Money(NamedTuple):
    """An exact amount with its currency, as people write it: ``95.00 EUR``."""

    amount: Decimal  #: exact, not rounded, any sign
    currency: str  #: ISO 4217 code

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def digits_of(currency: str) -> int:
    """Count the digits after the point of a currency's smallest unit."""
    return _DIGITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up, away from zero, to the currency's smallest unit (EN 16931 test files: BR-CO-17)."""
    quantum = Decimal(1).scaleb(-digits_of(currency))
    result = amount.quantize(quantum, ROUND_HALF_UP)
    return result or quantum * 0  # never "-0.00"


def of_seconds(seconds: int, hourly: Decimal, currency: str) -> Decimal:
    """Price ``seconds`` at an hourly rate, rounded once.

    The quotient is taken to 28 digits. A true half has a finite decimal form and so is exact; any other
    quotient is further from a half than the 28th digit, so rounding twice is the same as rounding once.
    """
    return rounded(seconds * hourly / SECONDS_PER_HOUR, currency)
