"""Every protocol that has a vendor's side, each in a house of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from casino.money import EUR
from db.database import Database
from tests.providers.contract.vendors import Said, Spoken, spoken
from tests.providers.contract.world import Guest, World, opened

_LEGS = """
SELECT coalesce(sum(cash_delta + bonus_delta), 0) FROM transfers
WHERE player_id = $1 AND currency_id = $2
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "protocol" in metafunc.fixturenames:
        found = spoken()
        metafunc.parametrize("protocol", found, ids=[one.name for one in found], scope="session")


@dataclass
class Ledger:
    """What is really committed, seen through a connection of the test's own."""

    second: asyncpg.Connection

    async def cash(self, guest: Guest) -> int:
        """Return the player's cash; below zero where a reversal took it there."""
        found = await self.second.fetchval(
            "SELECT cash FROM accounts WHERE player_id = $1 AND currency_id = $2",
            guest.id,
            EUR.id,
        )
        return int(found or 0)

    async def entries(self) -> int:
        """Count every transfer of every player."""
        return int(await self.second.fetchval("SELECT count(*) FROM transfers"))

    async def moved(self) -> int:
        """Count the transfers that moved money."""
        return int(
            await self.second.fetchval(
                "SELECT count(*) FROM transfers WHERE cash_delta <> 0 OR bonus_delta <> 0"
            )
        )

    async def freeze(self, guest: Guest) -> None:
        """Freeze a player, as staff would."""
        async with self.second.transaction():
            for table, column in (("players", "id"), ("accounts", "player_id")):
                await self.second.execute(
                    f"UPDATE {table} SET frozen = true WHERE {column} = $1",  # noqa: S608 - ours
                    guest.id,
                )

    async def sum_of(self, guest: Guest) -> int:
        """Add up the player's transfers, one by one."""
        return int(await self.second.fetchval(_LEGS, guest.id, EUR.id))


@pytest.fixture
def ledger(second: asyncpg.Connection) -> Ledger:
    return Ledger(second)


@pytest.fixture
async def world(protocol: Spoken, database: Database) -> AsyncIterator[World]:
    """A house for one case; when it ends, the book must balance."""
    async with opened(protocol, database) as world:
        yield world
        report = await world.wallet.audit()
    assert report.ok, report.findings


@pytest.fixture
async def guest(world: World) -> Guest:
    """A player with 100.00 EUR in an open game."""
    return await world.guest()


def unless_cannot(protocol: Spoken, *cases: str) -> None:
    """Skip where the protocol does not have one of these, with the vendor's own reason."""
    for case in cases:
        if reason := protocol.cannot.get(case):
            pytest.skip(f"{protocol.name}: {case}: {reason}")


def expect(world: World, said: Said, *outcomes: str) -> None:
    """Insist on an outcome, as far as the protocol's wire can tell it."""
    assert world.means(said, *outcomes), (outcomes, said)


def shows(said: Said, units: int) -> None:
    """Insist on the balance, where the answer carries one.

    A deficit shows as nothing, or as what it is where a protocol wants that.
    """
    if said.balance is not None:
        assert said.balance in {max(0, units), units}, (units, said)
