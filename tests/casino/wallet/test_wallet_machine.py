"""The real wallet on the real database against the model: any order of calls, from two engines.

Hypothesis shrinks a failure to few steps and prints them, with how to repeat it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from casino.backoffice import Backoffice, Staff
from casino.errors import Bug, PlayerError
from casino.money import CURRENCIES, CURRENCY_BY_ID, FUN, TON
from casino.play import Catalogue
from casino.players import Players
from casino.wallet import Batch, Kind, Op, Wallet
from db import models
from db.database import Database, transaction
from tests.casino.support import give_bonus
from tests.casino.wallet.model import Model, Pocket
from tests.casino.wallet.plays import (
    DEAD_SESSION,
    GAME_OFF,
    GAME_ON,
    PLAYERS,
    SESSION,
    SOURCES,
    STRANGER,
    Story,
    stories,
)
from tests.casino.wallet.shelf import plain
from tests.conftest import MovingClock, empty

STAFF = Staff(1, "G")
NOBODY = 10**15
PLACES = st.integers(0, 23)


class _RolledBack(Exception):
    pass


class House:
    """An open database with two wallets on it, as two processes have; and the loop of both."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._database = Database(url)
        self.run(self._database.open())
        self.second: asyncpg.Connection = self.run(asyncpg.connect(url))
        self.run(empty(self.second))  # the audit sees what an earlier test left damaged
        self.wallets = [Wallet(self._database, (FUN, TON)) for _ in range(2)]
        for wallet in self.wallets:
            for source in SOURCES:  # whoever names a source first waits until it is known
                self.run(wallet.known(NOBODY, source, "k"))
        self.clock = MovingClock()
        players = Players(self.wallets[0], self.clock, terms_version="1")
        self.office = Backoffice(
            self._database, self.wallets[0], players, Catalogue({}), self.clock
        )
        self.games: dict[int, int] = self.run(self._games())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self.second.close())
        self.run(self._database.close())
        self._runner.close()

    async def _games(self) -> dict[int, int]:
        provider = await models.Provider.create(id="machine", title="M")
        return {
            game: (
                await models.Game.create(
                    provider=provider, external_id=str(game), title="t", studio="s", category="c"
                )
            ).id
            for game in (GAME_ON, GAME_OFF)
        }


@pytest.fixture
def in_house(_migrated: None, database_url: str) -> Iterator[House]:
    house = House(database_url)
    yield house
    house.close()


class WalletMachine(RuleBasedStateMachine):
    """Steps of a story in any order and any company, each checked against the model."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        self.model = Model()
        self.real: dict[int, int] = {}
        self.sessions: dict[int | None, dict[int | None, int]] = {}
        self.steps: list[Batch] = []

    @initialize(story=stories())
    def open(self, story: Story) -> None:
        self.house.run(self._open(story))

    async def _open(self, story: Story) -> None:
        now, house = self.house.clock.now(), self.house
        for player in PLAYERS:
            made = await models.Player.create(name="p", language="en")
            self.real[player] = made.id
        self.real[STRANGER] = NOBODY
        for (player, currency), (cash, bonus) in story.pockets.items():
            real, its = self.real[player], CURRENCY_BY_ID[currency]
            if its is TON:  # the bonus is named by its sequence, over both currencies
                await give_bonus(house.second, real, its, bonus)
            grant = Op(Kind.GRANT, f"o{currency}", cash)
            await house.wallets[0].apply(Batch(real, its, "opening", (grant,)))
            if its is not TON:
                await give_bonus(house.second, real, its, bonus)
            version = (await house.wallets[0].balance(real, its)).version
            self.model.pockets[real, its.code] = Pocket(cash, bonus, moves=version)
        self.sessions = {
            player: {
                session: (
                    await models.GameSession.create(
                        ref=f"{real}-{session}",
                        player_id=real,
                        game_id=house.games[GAME_ON],
                        currency_id=FUN.id,
                        surface="web",
                        expires_at=now.replace(year=now.year + 1),
                    )
                ).id
                for session in (SESSION, DEAD_SESSION)
            }
            for player, real in self.real.items()
            if player != STRANGER
        }
        self.steps = [self._really(step) for step in story.steps if isinstance(step, Batch)]
        await self._end_session(self.sessions[PLAYERS[0]][DEAD_SESSION])
        for game, on in ((GAME_ON, True), (GAME_OFF, False)):
            await self._switch(game, on=on)

    def _really(self, batch: Batch) -> Batch:
        """Name the players, games and sessions of the database."""
        game, session = batch.game_id, batch.session_id
        own = self.sessions.get(batch.player_id, self.sessions[PLAYERS[0]])
        return replace(
            batch,
            # The audit asks the cashier for every deposit.
            ops=tuple(
                replace(o, kind=Kind.GRANT) if o.kind is Kind.DEPOSIT else o for o in batch.ops
            ),
            player_id=self.real[batch.player_id],
            game_id=None if game is None else self.house.games[game],
            session_id=None if session is None else own[session],
        )

    def _some(self, first: int, count: int) -> list[Batch]:
        first %= len(self.steps) or 1
        return self.steps[first : first + count]

    @rule(first=PLACES, count=st.integers(1, 6), which=st.integers(0, 1))
    def apply(self, first: int, count: int, which: int) -> None:
        """What is called together is decided in the order of the calls."""
        batches = self._some(first, count)
        said = [self.model.apply(batch) for batch in batches]

        async def together() -> list[Any]:
            apply = self.house.wallets[which].apply
            return await asyncio.gather(*(apply(batch) for batch in batches))

        answers = [plain(answer) for answer in self.house.run(together())]
        assert answers == said, (batches, answers, said)

    @rule(first=PLACES)
    def apply_the_same_from_both(self, first: int) -> None:
        """Two engines, one request: it is done once, and either may be the one that did it."""
        for batch in self._some(first, 1):
            once, then = self.model.apply(batch), self.model.apply(batch)

            async def both(batch: Batch = batch) -> list[Any]:
                return await asyncio.gather(*(w.apply(batch) for w in self.house.wallets))

            answers = [plain(answer) for answer in self.house.run(both())]
            assert answers in ([once, then], [then, once])

    @rule(first=PLACES, count=st.integers(1, 3), kept=st.booleans())
    def transfer(self, first: int, count: int, kept: bool) -> None:
        """A caller's transaction: kept or rolled back, and lost with the first refusal."""
        batches = self._some(first, count)
        trial = Model(self.model.off, self.model.dead)
        trial.__dict__ |= {name: dict(d) for name, d in self._state().items()}
        trial.pockets = {
            where: Pocket(p.cash, p.bonus, p.held, p.moves, p.frozen)
            for where, p in self.model.pockets.items()
        }
        said = []
        for batch in batches:
            said.append(trial.apply(batch))
            if isinstance(said[-1], str):
                break

        async def inside() -> list[Any]:
            answers: list[Any] = []
            with contextlib.suppress(_RolledBack):
                await self._inside(batches, answers, kept=kept)
            return answers

        refused = any(isinstance(s, str) for s in said)
        expected = ["refused" if isinstance(s, str) else s for s in said]
        assert self.house.run(inside()) == expected
        if kept and not refused:
            self.model = trial

    async def _inside(self, batches: list[Batch], answers: list[Any], *, kept: bool) -> None:
        async with transaction() as tx:
            for batch in batches:
                try:
                    answer = await self.house.wallets[0].transfer(tx, batch)
                except (PlayerError, Bug):
                    answers.append("refused")
                    raise _RolledBack from None
                answers.append(plain(answer))
            if not kept:
                raise _RolledBack

    def _state(self) -> dict[str, dict[Any, Any]]:
        return {name: getattr(self.model, name) for name in ("done", "ended", "staked")}

    @rule(player=st.sampled_from(PLAYERS), on=st.booleans())
    def freeze(self, player: int, on: bool) -> None:
        office, real = self.house.office, self.real[player]
        self.house.run((office.freeze if on else office.unfreeze)(STAFF, real, "why"))
        for (owner, _), pocket in self.model.pockets.items():
            if owner == real:
                pocket.frozen = on

    @rule(player=st.sampled_from(PLAYERS))
    def end_session(self, player: int) -> None:
        self.house.run(self._end_session(self.sessions[player][SESSION]))

    async def _end_session(self, session: int) -> None:
        await models.GameSession.filter(id=session).update(ended_at=self.house.clock.now())
        self.model.dead |= {session}

    @rule(game=st.sampled_from((GAME_ON, GAME_OFF)), on=st.booleans())
    def switch(self, game: int, on: bool) -> None:
        self.house.run(self._switch(game, on=on))

    async def _switch(self, game: int, *, on: bool) -> None:
        real = self.house.games[game]
        await self.house.office.switch_game(STAFF, real, on=on)
        self.model.off = self.model.off - {real} if on else self.model.off | {real}

    @rule(first=PLACES)
    def ask_for_the_status(self, first: int) -> None:
        for batch in self._some(first, 1):
            for op in batch.ops:
                done = self.model.done.get((batch.player_id, batch.source, op.key))
                status = self.house.run(
                    self.house.wallets[1].known(batch.player_id, batch.source, op.key)
                )
                assert (status and status.item.balance_units) == (done and done.shown)

    @invariant()
    def pockets_are_as_in_the_model(self) -> None:
        for (player, code), pocket in self.model.pockets.items():
            row = self.house.run(
                self.house.second.fetchrow(
                    "SELECT cash, bonus, held, seq, frozen FROM accounts"
                    " WHERE player_id = $1 AND currency_id = $2",
                    player,
                    CURRENCIES[code].id,
                )
            )
            assert tuple(row) == (
                pocket.cash,
                pocket.bonus,
                pocket.held,
                pocket.moves,
                pocket.frozen,
            )

    def teardown(self) -> None:
        report = self.house.run(self.house.wallets[0].audit())
        assert report.ok, report.findings


def run(house: House, examples: int, steps: int) -> None:
    class InHouse(WalletMachine):
        def __init__(self) -> None:
            super().__init__(house)

    run_state_machine_as_test(
        InHouse,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_wallet_agrees_with_the_model_whatever_is_asked_in_whatever_order(
    in_house: House,
) -> None:
    run(in_house, 8, 10)


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_the_wallet_agrees_with_the_model_for_long(in_house: House) -> None:
    run(in_house, 300, 30)
