"""The whole house in a process of its own, killed without warning in mid-conversation."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bot.support import SECRET, TOKEN
from tests.e2e.running import RunningHouse
from tests.peers.telegram import TelegramControl, TelegramDouble

PEOPLE = 6
ROUNDS = ("/help", "/privacy", "/paysupport", "/balance")
PARTS = ("What you can do here", "What we store", "player number", "1000 FUN")


@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.usefixtures("database", "redis")
async def test_no_question_is_lost_when_the_process_is_killed(
    tmp_path: Path, database_url: str, redis_url: str, mode: str
) -> None:
    async with TelegramDouble(token=TOKEN) as double, TelegramControl(double.url) as telegram:
        settings = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": double.url,
            "BOT_MODE": mode,
            "BOT_WEBHOOK_SECRET": SECRET,
        }
        house = RunningHouse(tmp_path, None, settings)
        await house.start()
        try:
            people = [telegram.user(6000 + n) for n in range(PEOPLE)]
            for person in people:
                await person.say("/start")
                await person.wait_for("adults only", seconds=20)
                await person.tap("I am 18 or older")
                await person.tap("I accept the terms")
            for text in ROUNDS[:2]:
                await asyncio.gather(*(person.say(text) for person in people))
            await people[0].wait_for(PARTS[0])
            await house.kill()
            for text in ROUNDS[2:]:
                await asyncio.gather(*(person.say(text) for person in people))
            await house.start()
            for person in people:
                for part in PARTS:
                    await person.wait_for(part, seconds=60)
        finally:
            assert await house.stop() == 0
    assert TOKEN not in house.log
    assert SECRET not in house.log
