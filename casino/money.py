"""Amounts: whole minor units of a currency, and the only arithmetic allowed on them."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from fractions import Fraction

UNITS_MAX = 2**63 - 1  # a PostgreSQL bigint

# Plain decimal notation only: an exponent or a sign in foreign input is refused, not interpreted.
_DECIMAL = re.compile(r"(?P<whole>\d{1,19})(?:\.(?P<part>\d{1,18}))?", re.ASCII)


class InvalidAmount(ValueError):
    """The text is no amount of this currency: not a plain decimal, too fine or too large."""


class Rounding(enum.Enum):
    """Who keeps what is finer than one unit."""

    FAVOUR_HOUSE = "down"
    FAVOUR_PLAYER = "up"


@dataclass(frozen=True, slots=True)
class Currency:
    """A unit of account. ``id`` is its key in the ledger and never changes."""

    code: str
    decimals: int
    id: int
    play_money: bool = False

    def __str__(self) -> str:
        return self.code


TON = Currency("TON", 9, 1)
USDT = Currency("USDT", 6, 2)
FUN = Currency("FUN", 6, 3, play_money=True)
BTC = Currency("BTC", 8, 4)
EUR = Currency("EUR", 2, 5)
USD = Currency("USD", 2, 6)
XTR = Currency("XTR", 0, 7)

CURRENCIES = {c.code: c for c in (TON, USDT, FUN, BTC, EUR, USD, XTR)}
CURRENCY_BY_ID = {c.id: c for c in CURRENCIES.values()}


@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of minor units of one currency; may be negative (a debit, a deficit).

    Arithmetic and order exist within one currency only; mixing two raises ``ValueError``.
    """

    units: int
    currency: Currency

    @classmethod
    def parse(cls, text: str, currency: Currency) -> Money:
        """Read a plain non-negative decimal such as ``"12.50"``.

        Raises InvalidAmount for signs, exponents, more decimals than the currency has
        (trailing zeros excepted) and amounts beyond a 64-bit integer.
        """
        match = _DECIMAL.fullmatch(text)
        if match is None:
            raise InvalidAmount(f"not a plain decimal amount: {text[:40]!r}")
        part = (match["part"] or "").rstrip("0")
        if len(part) > currency.decimals:
            raise InvalidAmount(f"{text[:40]} is finer than one unit of {currency}")
        units = int(match["whole"] + part.ljust(currency.decimals, "0"))
        if units > UNITS_MAX:
            raise InvalidAmount(f"{text[:40]} {currency} is out of range")
        return cls(units, currency)

    @classmethod
    def zero(cls, currency: Currency) -> Money:
        """Nothing, in this currency."""
        return cls(0, currency)

    def share(self, ratio: Fraction, rounding: Rounding) -> Money:
        """Multiply by a ratio into whole units, the remainder as ``rounding`` says."""
        exact = self.units * ratio
        floor = exact.numerator // exact.denominator
        if rounding is Rounding.FAVOUR_PLAYER and floor != exact:
            floor += 1
        return Money(floor, self.currency)

    def text(self, places: int | None = None) -> str:
        """Write as a plain decimal; ``places`` fixes the decimals, cutting towards zero."""
        sign = "-" if self.units < 0 else ""
        digits = str(abs(self.units)).rjust(self.currency.decimals + 1, "0")
        cut = len(digits) - self.currency.decimals
        whole, part = digits[:cut], digits[cut:]
        part = part.rstrip("0") if places is None else part[:places].ljust(places, "0")
        shown = f"{whole}.{part}" if part else whole
        # What is cut away to zero has no sign.
        return f"{sign}{shown}" if shown.strip("0.") else shown

    def __str__(self) -> str:
        return f"{self.text()} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.units + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.units - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.units, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.units < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.units <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.units > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.units >= self._same(other)

    def __bool__(self) -> bool:
        return self.units != 0

    def _same(self, other: Money) -> int:
        if other.currency is not self.currency and other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.units
