"""What runs where: the mode of the house, and what each surface may offer."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from casino.money import FUN, TON, Currency, Money

TERMS_VERSION = "2026-11"


class Mode(enum.StrEnum):
    """Whether anything is at stake."""

    DEMO = "demo"
    TESTNET = "testnet"
    LIVE = "live"


class Surface(enum.StrEnum):
    """Where the player is. Telegram's terms allow TON and jettons only on its own surface."""

    TELEGRAM = "telegram"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class House:
    """How this house is set up: decided once at start, asked everywhere."""

    mode: Mode
    public_url: str
    jettons: tuple[Currency, ...] = ()  # on TON, as configured
    terms_version: str = TERMS_VERSION
    reality_check_minutes: int = 60  # of play, then the app says how it went; 0: never

    def currencies(self, surface: Surface) -> tuple[Currency, ...]:
        """Return what may be played with, in order of preference."""
        chain = (TON, *self.jettons)
        if self.mode is Mode.DEMO:
            return (FUN, *chain)
        # Other currencies will come with rails for the web surface; none exists yet.
        return {Surface.TELEGRAM: chain, Surface.WEB: chain}[surface]

    @property
    def welcome(self) -> Sequence[Money]:
        """Play money for every new player; never anything that could be withdrawn."""
        return (Money.parse("1000", FUN),) if self.mode is Mode.DEMO else ()

    @property
    def gate_enforced(self) -> bool:
        """Whether the server refuses play before age and terms are confirmed.

        Bot and Mini App ask in every mode; play money is not refused for it.
        """
        return self.mode is not Mode.DEMO
