"""Runs a certification: against a house of its own, or against one that runs already."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import asyncpg

from casino.play import LateOriginals
from db.database import Database
from db.embedded import EmbeddedPostgres
from tests.certify.checks import CHECKS, Check
from tests.certify.desk import Desk, Failed, NotHere, Result
from tests.certify.report import Subject
from tests.providers.contract.vendors import Spoken
from tests.providers.contract.wire import Wire
from tests.providers.contract.world import Guest, World, opened


@dataclass(frozen=True)
class Elsewhere:
    """A house that runs already, with a player in a game that was launched there."""

    url: str  # of the callbacks: http://host:port/providers/<id>
    player: str
    session: str
    game: str
    late_accepted: bool


class OwnHouse:
    """The house that the certification started."""

    def __init__(self, world: World, database_url: str) -> None:
        self._world = world
        self._database_url = database_url

    async def guest(self) -> Guest:
        return await self._world.guest()

    async def end_session(self, guest: Guest) -> None:
        await self._world.play.end_session(guest.id, guest.session)

    async def freeze(self, guest: Guest) -> None:
        await self._change(f"UPDATE players SET frozen = true WHERE id = {guest.id}")  # noqa: S608
        await self._change(f"UPDATE accounts SET frozen = true WHERE player_id = {guest.id}")  # noqa: S608

    async def switch_games_off(self) -> None:
        await self._change("UPDATE games SET enabled = false")

    async def balances(self) -> str:
        report = await self._world.wallet.audit()
        return "; ".join(map(str, report.findings))

    async def _change(self, statement: str) -> None:
        connection = await asyncpg.connect(self._database_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def in_own_house(spoken: Spoken, database_url: str) -> tuple[Subject, list[Result]]:
    """Open a house on an empty database and certify it."""
    database = Database(database_url)
    await database.migrate()
    await database.open()
    try:
        async with opened(spoken, database) as world:
            desk = Desk(
                vendor=world.vendor,
                wire=world.wire,
                guest=await world.guest(),
                house=OwnHouse(world, database_url),
                same=dict(spoken.same),
                cannot=dict(spoken.cannot),
                late_accepted=world.provider.manifest.late_originals is LateOriginals.ACCEPT,
            )
            manifest = world.provider.manifest
            subject = Subject(
                spoken.name, manifest.title, manifest.grade.value, "a house of its own"
            )
            return subject, await made(desk, CHECKS)
    finally:
        await database.close()


async def elsewhere(spoken: Spoken, house: Elsewhere) -> tuple[Subject, list[Result]]:
    """Certify a house that runs; what would need changes inside it is skipped."""
    parts = urlsplit(house.url)
    wire = Wire(f"{parts.scheme}://{parts.netloc}")
    vendor = spoken.make()
    async with contextlib.AsyncExitStack() as stack:
        await wire.start()
        stack.push_async_callback(wire.stop)
        vendor.callback_url = f"{wire.url}{parts.path}".rstrip("/")
        await vendor.start()
        stack.push_async_callback(vendor.stop)
        number = int(house.player) if house.player.isdigit() else 0
        guest = Guest(vendor, number, house.player, house.session, house.game)
        desk = Desk(
            vendor,
            wire,
            guest,
            None,
            dict(spoken.same),
            dict(spoken.cannot),
            late_accepted=house.late_accepted,
        )
        subject = Subject(spoken.name, spoken.family, "-", house.url)
        return subject, await made(desk, CHECKS)


async def made(desk: Desk, checks: Sequence[Check]) -> list[Result]:
    """Make the checks one after the other; one that fails does not stop the next."""
    results = []
    for number, check in enumerate(checks, 1):
        desk.seen = []
        result = Result(number, check.title, check.expected, "PASS", desk.seen)
        if reason := desk.cannot.get(check.case):
            result.verdict, result.remark = "SKIP", f"not in this protocol: {reason}"
        else:
            try:
                await check.run(desk)
            except Failed as failed:
                result.verdict, result.remark = "FAIL", str(failed)
            except NotHere as reason_here:
                result.verdict, result.remark = "SKIP", str(reason_here)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                result.verdict, result.remark = "FAIL", f"no connection: {error!r}"
        desk.wire.spoil = None
        results.append(result)
    return results


@contextlib.contextmanager
def embedded() -> Iterator[str]:
    """Start a database server for this certification only."""
    folder = Path(tempfile.mkdtemp(prefix="croupier-certify-"))
    server = EmbeddedPostgres(folder)
    try:
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
