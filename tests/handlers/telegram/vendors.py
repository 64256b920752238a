"""A provider that can do everything that staff may ask of one, as a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import asyncpg
import pytest

from casino.play import Capability, Category, GameEntry, LateOriginals, Manifest
from casino.play.capabilities import FreeSpinGrant, Reported, SelfValidation
from tests.bot.support import HouseForBot, PaperProvider, Person

ABILITIES = {Capability.FREE_SPINS, Capability.SELF_VALIDATION, Capability.REPORT}


class Vendor(PaperProvider):
    """``trouble`` is raised by every question; ``holds`` keeps it waiting until set."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.holds: asyncio.Event | None = None
        self.asked = asyncio.Event()
        self.given: list[FreeSpinGrant] = []
        self.taken_back: list[str] = []
        self.rows: list[Reported] = []
        self.validation = SelfValidation(success=True, log=("bet: passed", "win: passed"))

    @property
    def manifest(self) -> Manifest:
        return Manifest(
            "agg",
            "Agg & Sons",
            LateOriginals.ACCEPT,
            family="slotegrator",
            capabilities=frozenset(ABILITIES),
        )

    async def catalogue(self) -> list[GameEntry]:
        await self._asked()
        return [
            GameEntry("reels", "Reels <b>", Category.SLOTS, "Studio", has_free_spins=True),
            GameEntry("plain", "=Plain reels", Category.SLOTS, "Studio"),
        ]

    async def issue_free_spins(self, grant: FreeSpinGrant) -> None:
        await self._asked()
        self.given.append(grant)

    async def cancel_free_spins(self, grant: FreeSpinGrant) -> None:
        await self._asked()
        self.taken_back.append(grant.ref)

    async def self_validate(self) -> SelfValidation:
        await self._asked()
        return self.validation

    async def report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        await self._asked()
        for row in self.rows:
            if since <= row.at < until:
                yield row

    async def _asked(self) -> None:
        self.asked.set()
        if self.holds is not None:
            await self.holds.wait()
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
async def vendor(bot_house: HouseForBot) -> Vendor:
    """It is wired beside the paper provider, and its games are known."""
    vendor = Vendor()
    catalogue = bot_house.play.catalogue
    assert isinstance(catalogue.providers, dict)
    catalogue.providers["agg"] = vendor
    await catalogue.register()
    await catalogue.sync(vendor)
    return vendor


async def told(staff: Person, words: str) -> str:
    """Wait for a message with these words; a test's own time-out ends it."""
    shown = staff.text
    while words not in shown:
        await asyncio.sleep(0.005)
        shown = staff.text
    return shown


async def trail(second: asyncpg.Connection) -> list[tuple[str, str, str]]:
    rows = await second.fetch("SELECT action, target, reason FROM audit_trail ORDER BY id")
    return [tuple(row) for row in rows]
