"""A provider with live lobbies, for tests: it has the tables that it is given."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from casino.money import FUN, TON, Currency
from casino.play import Capability, Category, GameEntry, ProviderUnavailable, WireCurrency
from casino.play.capabilities import Table
from tests.casino.play.providers import ListedProvider, listed

PLAIN = (FUN,)
LIVE = GameEntry("roulette", "Live Roulette", Category.LIVE, "Studio", has_tables=True)


def table(ref: str, *, open: bool = True) -> Table:  # noqa: A002 - the table's own word
    return Table(ref, f"Table {ref}", "Ada", open, (("mTON", "0.5", "100"), ("FUN", "1", "50")))


@dataclass
class LobbyProvider(ListedProvider):
    """``asked`` counts; while ``gate`` is shut, no answer comes."""

    seats: list[Table] = field(default_factory=lambda: [table("a"), table("b", open=False)])
    asked: list[tuple[str, str]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def tables(self, game_ref: str, currency: Currency) -> list[Table]:
        self.asked.append((game_ref, currency.code))
        self.called.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.away:
            raise ProviderUnavailable(ProviderUnavailable.code)
        return list(self.seats)


def with_lobby(*entries: GameEntry) -> LobbyProvider:
    """Make one; with it TON is called mTON."""
    provider = LobbyProvider(
        replace(
            listed().manifest,
            capabilities=frozenset({Capability.TABLES}),
            currencies=(
                *(WireCurrency(c.code, c, c.decimals) for c in PLAIN),
                WireCurrency("mTON", TON, 9),
            ),
            frame_sandbox=("allow-downloads",),
            frame_allow=("microphone",),
            frame_origins=("https://live.example",),
        )
    )
    provider.entries = [LIVE, *entries]
    return provider
