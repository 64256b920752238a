"""Staff at work under load: they freeze, end sessions and switch games, and write down when."""

from __future__ import annotations

import asyncio
import itertools
import random  # noqa: TID251 - a load is drawn from a seed
from collections.abc import Sequence

from casino.backoffice import Backoffice, Staff
from casino.clock import SystemClock
from casino.play import Catalogue
from casino.players import Players
from casino.wallet import Wallet
from db import models
from db.database import Database
from tests.crash.journal import Journal

STAFF = Staff(1, "G")
LASTS_S = (0.02, 0.15)  # a freeze, or a game that is off


class Desk:
    """The back office, with a journal of what was done when."""

    def __init__(self, database: Database, wallet: Wallet, journal: Journal) -> None:
        self._database = database
        self._journal = journal
        self._clock = SystemClock()
        players = Players(wallet, self._clock, terms_version="1")
        self._office = Backoffice(database, wallet, players, Catalogue({}), self._clock)

    async def games(self) -> list[int]:
        async with self._database.connection() as connection:
            return [r[0] for r in await connection.fetch("SELECT id FROM games ORDER BY id")]

    async def sessions(self, players: Sequence[int]) -> dict[int, list[int]]:
        """Return the sessions of each player."""
        found: dict[int, list[int]] = {}
        async with self._database.connection() as connection:
            for row in await connection.fetch(
                "SELECT player_id, id FROM game_sessions WHERE player_id = ANY($1) ORDER BY id",
                list(players),
            ):
                found.setdefault(row[0], []).append(row[1])
        return found

    async def work(self, seed: str, players: Sequence[int], ends: float) -> None:
        """Act until the loop's time ``ends``; nothing stays frozen or off for long."""
        draw = random.Random(seed)  # noqa: S311
        games = await self.games()
        of_player = await self.sessions(players)
        sessions = [s for own in of_player.values() for s in own]
        draw.shuffle(sessions)
        for turn in itertools.count():
            if asyncio.get_running_loop().time() >= ends:
                return
            await asyncio.sleep(draw.uniform(0.005, 0.03))
            if turn % 3 == 0 and len(sessions) > len(games):  # some stay open
                await self.end_session(sessions.pop())
            elif turn % 3 == 1 and games:
                game = draw.choice(games)
                await self.switch(game, on=False)
                await asyncio.sleep(draw.uniform(*LASTS_S))
                await self.switch(game, on=True)
            else:
                player = draw.choice(players[::2])  # a freeze ends sessions: the others' stay
                await self.freeze(player, of_player.get(player, []))
                await asyncio.sleep(draw.uniform(*LASTS_S))
                await self.unfreeze(player)

    async def freeze(self, player: int, sessions: Sequence[int]) -> None:
        """Freeze a player, which ends these sessions."""
        calls = [self._journal.act("freeze", player)]
        calls += [self._journal.act("end_session", session) for session in sessions]
        await self._office.freeze(STAFF, player, "a test")
        for call in calls:
            self._journal.acted(call)

    async def unfreeze(self, player: int) -> None:
        call = self._journal.act("unfreeze", player)
        await self._office.unfreeze(STAFF, player, "a test")
        self._journal.acted(call)

    async def switch(self, game: int, *, on: bool) -> None:
        call = self._journal.act("switch_on" if on else "switch_off", game)
        await self._office.switch_game(STAFF, game, on=on)
        self._journal.acted(call)

    async def end_session(self, session: int) -> None:
        call = self._journal.act("end_session", session)
        await models.GameSession.filter(id=session, ended_at=None).update(
            ended_at=self._clock.now()
        )
        self._journal.acted(call)
