"""What a callback needs to know is remembered: from the second one on nothing is looked up.

What can change is asked all the same, where the wallet writes.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

import asyncpg
import pytest
from structlog.testing import capture_logs

from casino.play import Play
from db import models
from tests.peers.slotegrator.caller import Caller, fresh

LOOK_UPS = ("get_or_none", "exists", "filter", "get", "all")


@pytest.fixture
def no_look_ups(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on, whoever asks the database for a model fails."""

    def forbidden(*_args: Any, **_more: Any) -> NoReturn:
        raise AssertionError("a look-up")

    def forbid() -> None:
        for model in (models.Player, models.GameSession, models.Game, models.Provider):
            for name in LOOK_UPS:
                monkeypatch.setattr(model, name, forbidden)

    return forbid


async def bet(call: Caller) -> dict[str, Any]:
    return await call("bet", type="bet", amount="1", transaction_id=fresh(), round_id=fresh())


async def test_nothing_is_looked_up_twice(call: Caller, no_look_ups: Callable[[], None]) -> None:
    assert (await bet(call))["balance"] == 999
    assert await call.balance() == 999
    no_look_ups()
    assert (await bet(call))["balance"] == 998
    won = await call("win", type="win", amount="2", transaction_id=fresh(), round_id="r")
    assert won["balance"] == 1000
    assert await call.balance() == 1000


async def test_what_is_not_found_is_looked_up_again(
    call: Caller, play: Play, second: asyncpg.Connection
) -> None:
    stranger, game = "999999", "g" * 32
    call.player |= {"player_id": stranger}
    assert (await call("balance"))["error_code"] == "INTERNAL_ERROR"
    await second.execute(
        "INSERT INTO players (id, name, language, frozen, created_at)"
        " VALUES (999999, 'Ann', 'en', false, now())"
    )
    assert await call.balance() == Decimal(0)
    assert await play.catalogue.game_id("slotegrator", game) is None
    await second.execute(
        "UPDATE games SET external_id = $1 WHERE external_id = $2", game, f"{1:032x}"
    )
    assert await play.catalogue.game_id("slotegrator", game) is not None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE game_sessions SET ended_at = now()",
        "UPDATE game_sessions SET expires_at = now()",
        "UPDATE games SET enabled = false",
        "UPDATE providers SET enabled = false",
        "UPDATE accounts SET frozen = true",
    ],
)
async def test_what_changes_is_never_remembered(
    call: Caller, second: asyncpg.Connection, change: str
) -> None:
    assert (await bet(call))["balance"] == 999
    await second.execute(change)
    with capture_logs() as logs:
        assert (await bet(call))["error_code"] == "INTERNAL_ERROR"
    assert any("refused" in line["event"] for line in logs)
    won = await call("win", type="win", amount="2", transaction_id=fresh(), round_id="r")
    assert won["balance"] == 1001
