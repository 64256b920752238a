"""A bad day on every wire: calls repeated, reordered, crossed, lost, cut and altered, by a seed.

A seed that failed is in the test's name and in its message; ``CHAOS_SEED=n`` plays another.
"""

from __future__ import annotations

import asyncio
import os
import random  # noqa: TID251 - a bad day is drawn from its seed
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import pytest

from tests.providers.contract.conftest import Ledger, expect
from tests.providers.contract.model import Expected
from tests.providers.contract.vendors import Said
from tests.providers.contract.wire import Spoil
from tests.providers.contract.world import FUNDS, Guest, World

SEEDS = tuple(int(seed) for seed in os.environ.get("CHAOS_SEED", "1,2").split(","))
ROUNDS = 25
PLAYERS = 3

Send = Callable[[], Awaitable[Said]]


@dataclass
class Step:
    """One operation of a round, and what the model makes of it."""

    name: str
    key: str
    player: int
    send: Send
    expect: Callable[[], bool | None]  # whether a stake is taken; None for everything else
    possible: Callable[[], bool] = lambda: True


class Day:
    """Plays rounds of several players over one wire, each spoiled in a way of its own."""

    def __init__(self, world: World, guests: list[Guest], dice: random.Random) -> None:
        self.world = world
        self.guests = guests
        self.dice = dice
        self.models = [Expected(FUNDS) for _ in guests]
        self.story: list[str] = []
        self._cannot = world.spoken.cannot

    def round_(self, player: int) -> list[Step]:
        """Draw a round: a bet, perhaps wins, perhaps taken back, perhaps in a wrong order."""
        dice = self.dice
        bet, win, return_, undo = self._steps(player)
        steps = [bet, *(step for step in (win, return_) if dice.random() < 0.5)]
        if dice.random() < 0.3:
            dice.shuffle(steps)
        if win in steps and dice.random() < 0.3:
            steps.append(undo)
        return steps

    def _steps(self, player: int) -> tuple[Step, Step, Step, Step]:
        dice, guest, model = self.dice, self.guests[player], self.models[player]
        stake, payout, back, end, name = (self._id() for _ in range(5))
        staked, won = dice.randint(1, 60_00), dice.randint(0, 90_00)

        def accepted() -> bool:
            # Where a win needs its bet, no vendor sends one without it.
            stands = stake in model.moved and stake not in model.taken_back
            return stands or "any-order" not in self._cannot

        return (
            Step(
                f"bet {staked}",
                stake,
                player,
                lambda: guest.stake(staked, stake, round_=name),
                lambda: model.stake(stake, staked),
            ),
            Step(
                f"win {won}",
                payout,
                player,
                lambda: guest.win(won, payout, stake_key=stake, ends=True, round_=name),
                lambda: model.win(payout, won),
                accepted,
            ),
            Step(
                "roll back bet",
                back,
                player,
                lambda: guest.roll_back(stake, staked, back, round_=name),
                lambda: model.roll_back(back, stake),
            ),
            Step(
                "roll back win",
                end,
                player,
                lambda: guest.roll_back(payout, won, end, round_=name),
                lambda: model.roll_back(end, payout),
                lambda: payout in model.moved,
            ),
        )

    async def play(self, step: Step) -> None:
        """Send one step in a way of its own, then once for all to be heard."""
        if not step.possible():
            return
        way = self.dice.choice(
            ("plain", "plain", "twice", "at once", "unanswered", "lost", "cut", "altered")
        )
        if way == "altered" and "altered-bytes" in self._cannot:
            way = "cut"
        self.story.append(f"{step.player}: {step.name} ({way})")
        spoil = {
            "twice": Spoil.TWICE,
            "unanswered": Spoil.UNANSWERED,
            "lost": Spoil.LOST,
            "cut": Spoil.CUT,
            "altered": Spoil.ALTERED,
        }.get(way)
        if way == "at once":
            await asyncio.gather(*(step.send() for _ in range(3)))
        elif spoil is not None:
            self.world.wire.spoil = spoil
            said = await self._ignoring_garbage(step.send)
            if spoil in {Spoil.CUT, Spoil.ALTERED}:
                assert said is None or said.outcome != "ok", said
                if self.dice.random() < 0.5:
                    return  # it never comes again: nothing may have happened
        taken = step.expect()
        said = await step.send()
        if taken is not None:
            self._judge(step, said, taken=taken)

    async def _ignoring_garbage(self, send: Send) -> Said | None:
        """A vendor's reader may stumble over what is no answer of the protocol's."""
        try:
            return await send()
        except (aiohttp.ClientError, ValueError, KeyError, AssertionError):
            return None

    def _judge(self, step: Step, said: Said, *, taken: bool) -> None:
        if taken:
            expect(self.world, said, "ok")
        elif said.outcome == "ok":
            # Accepted, and nothing moved: it came after its rollback.
            assert step.key in self.models[step.player].kept_out, said
        else:
            expect(self.world, said, "insufficient_funds", "late_refused")

    def _id(self) -> str:
        text = f"{self.dice.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_bad_day_ends_with_the_book_in_order(
    world: World, ledger: Ledger, seed: int
) -> None:
    day = Day(world, [await world.guest() for _ in range(PLAYERS)], random.Random(seed))  # noqa: S311
    try:
        for _ in range(ROUNDS):
            player = day.dice.randrange(PLAYERS)
            for step in day.round_(player):
                await day.play(step)
            guest, model = day.guests[player], day.models[player]
            assert await ledger.cash(guest) == model.cash
        for guest, model in zip(day.guests, day.models, strict=True):
            assert await ledger.cash(guest) == await ledger.sum_of(guest) == model.cash
        assert (await world.wallet.audit()).ok
    except (AssertionError, KeyError, ValueError) as error:
        told = "\n".join(day.story[-20:])
        pytest.fail(f"{world.spoken.name}: CHAOS_SEED={seed}\n{told}\n{error!r}")


async def test_players_at_once_do_not_disturb_each_other(world: World, ledger: Ledger) -> None:
    """Each player's calls come in their order, those of different players as they like."""
    guests = [await world.guest() for _ in range(6)]
    models = [Expected(FUNDS) for _ in guests]
    dice = random.Random(7)  # noqa: S311 - a seeded day
    plans = [
        [(f"{n}{m}" + "0" * 6, dice.randint(1, 40_00), dice.randint(1, 40_00)) for m in range(6)]
        for n in range(6)
    ]

    async def one(guest: Guest, model: Expected, plan: list[tuple[str, int, int]]) -> None:
        for prefix, staked, won in plan:
            stake = f"{prefix}-0000-4000-8000-000000000001"
            payout = f"{prefix}-0000-4000-8000-000000000002"
            if model.stake(stake, staked):
                expect(world, await guest.stake(staked, stake, round_=stake), "ok")
                model.win(payout, won)
                said = await guest.win(won, payout, stake_key=stake, ends=True, round_=stake)
                expect(world, said, "ok")
            else:
                said = await guest.stake(staked, stake, round_=stake)
                expect(world, said, "insufficient_funds")

    await asyncio.gather(*map(one, guests, models, plans))
    for guest, model in zip(guests, models, strict=True):
        assert await ledger.cash(guest) == model.cash
