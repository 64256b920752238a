"""What a provider declares about itself and its protocol."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from casino.money import Currency, InvalidAmount, Money

# With it a game could replace the whole app by a page of its own.
TOP_NAVIGATION = "allow-top-navigation"
_WORD = re.compile("[a-z][a-z-]*")


class Grade(enum.StrEnum):
    """How sure it is that the protocol is as we speak it."""

    OFFICIAL = "A"  # the vendor's own document
    AGREED = "B"  # several unrelated implementations agree
    SINGLE = "C"  # one source


class Capability(enum.StrEnum):
    """What it can do beyond opening games; see ``casino.play.capabilities``."""

    DEMO = "demo"  # launches without a player; part of the contract itself
    TABLES = "tables"
    FREE_SPINS = "free-spins"
    ROUND_DETAILS = "round-details"
    JACKPOTS = "jackpots"
    REPORT = "report"
    SELF_VALIDATION = "self-validation"


class LateOriginals(enum.StrEnum):
    """What a late original gets after its reversal came first. It moves no money either way."""

    ACCEPT = "accept_noop"
    REJECT = "reject"


class AmountForm(enum.StrEnum):
    """How the wire writes money."""

    INTEGER = "integer"  # whole units of the wire's exponent
    DECIMAL_TEXT = "decimal-text"  # "1.50"
    DECIMAL_NUMBER = "decimal-number"  # 1.50, never read through a float


@dataclass(frozen=True, slots=True)
class WireCurrency:
    """One of our currencies as a provider names it; ``exponent`` counts the wire's decimals."""

    code: str
    currency: Currency
    exponent: int

    def units(self, wire: int) -> int:
        """Turn the wire's integer into minor units. Raises InvalidAmount if it does not fit."""
        if wire < 0:
            raise InvalidAmount("negative")
        ours, theirs = _scales(self.currency.decimals, self.exponent)
        whole, rest = divmod(wire * ours, theirs)
        if rest:
            raise InvalidAmount(f"{wire} is finer than one unit of {self.currency}")
        return whole

    def integer(self, amount: Money) -> int:
        """Turn an amount into the wire's integer, cut towards zero."""
        ours, theirs = _scales(amount.currency.decimals, self.exponent)
        cut = abs(amount.units) * theirs // ours
        return -cut if amount.units < 0 else cut


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a provider declares about itself.

    ``currencies`` empty means: every one of ours, by its own code and decimals. Raises ValueError
    for what no frame of ours may get.
    """

    id: str
    title: str
    late_originals: LateOriginals
    family: str = "own"  # the protocol; several accounts may speak one
    grade: Grade = Grade.OFFICIAL
    amounts: AmountForm = AmountForm.DECIMAL_NUMBER
    capabilities: frozenset[Capability] = frozenset()
    currencies: tuple[WireCurrency, ...] = ()
    answer_within_s: float = 3  # what the vendor waits for an answer
    frame_origins: tuple[str, ...] = ()  # origins that its games are framed from
    frame_sandbox: tuple[str, ...] = ()  # tokens beyond those that every frame gets
    frame_allow: tuple[str, ...] = ()  # features beyond those that every frame gets
    networks: tuple[str, ...] = ()  # callbacks come from these (CIDR); empty: from anywhere
    names_sessions: bool = True  # callbacks of stakes name the session of their launch
    own_games: bool = False  # played on our own pages through the API, not in a frame

    def __post_init__(self) -> None:
        """Refuse words that would end a list early, and games that take the player away."""
        for word in (*self.frame_sandbox, *self.frame_allow):
            if not _WORD.fullmatch(word) or word.startswith(TOP_NAVIGATION):
                raise ValueError(f"{self.id}: no frame may get {word!r}")

    def wire_of(self, code: str) -> WireCurrency | None:
        """Find one of our currencies by our code."""
        return next((w for w in self.currencies if w.currency.code == code), None)

    def currency_of(self, wire: str) -> WireCurrency | None:
        """Find one of our currencies by its code on the wire."""
        return next((w for w in self.currencies if w.code == wire), None)


def _scales(ours: int, theirs: int) -> tuple[int, int]:
    """Return by what a wire's integer is multiplied and divided to become minor units."""
    return int(10 ** max(0, ours - theirs)), int(10 ** max(0, theirs - ours))
