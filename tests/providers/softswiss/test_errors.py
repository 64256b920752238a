"""Every error of the protocol: the exact status and body, and nothing is changed by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from beexar import sign

from casino.play import Play
from casino.players import Player
from tests.peers.softswiss.vendor import Said
from tests.providers.softswiss.conftest import FUNDS, Seat


@pytest.fixture(autouse=True)
async def unchanged(seat: Seat, second: asyncpg.Connection) -> AsyncIterator[None]:
    """Whatever the test sends, no money moves and nothing is remembered of it."""
    query = "SELECT player_id, currency_id, cash, bonus, seq FROM accounts ORDER BY 1, 2"
    before = await second.fetch(query)
    yield
    assert await second.fetch(query) == before


def says(said: Said, generation: str, code: int, message: str, **more: Any) -> None:
    """Insist on an error, byte for byte but for blanks."""
    balance = more.get("balance")
    if generation == "v1":
        assert said.status == more.get("v1", 412)
        expected: dict[str, Any] = {"code": code, "message": message}
        assert said.json == expected | ({"balance": balance} if balance is not None else {})
        return
    assert said.status == more.get("v2", 400)
    meta = {"api_code": str(code), "api_message": message}
    if balance is not None:
        meta["balance"] = f"{balance // 10**6}.{balance % 10**6:06d}"
    twirp = more.get("twirp", "invalid_argument")
    assert said.json == {"code": twirp, "msg": message, "meta": meta}


async def test_not_enough_funds(seat: Seat, generation: str) -> None:
    said = await seat.bet(FUNDS + 1, "a-1")
    says(said, generation, 100, "not enough funds", balance=FUNDS)


async def test_an_unknown_player(seat: Seat, generation: str) -> None:
    for player in ("999999", "ann", "-1", "1" * 100):
        said = await seat.vendor.moves(player, ("bet", 1, "a-1"), round_="r-1")
        says(said, generation, 101, "player is invalid")
        said = await seat.vendor.balance(player)
        says(said, generation, 101, "player is invalid")


async def test_a_frozen_player(seat: Seat, generation: str, second: asyncpg.Connection) -> None:
    await second.execute("UPDATE accounts SET frozen = true")
    says(await seat.bet(1, "a-1"), generation, 110, "player is disabled")


async def test_a_player_who_is_not_where_games_are_offered(
    seat: Seat, generation: str, second: asyncpg.Connection
) -> None:
    await second.execute("UPDATE accounts SET blocked = true")
    said = await seat.bet(1, "a-1")
    says(said, generation, 153, "game is not available in the player's country")


async def test_a_dead_session(seat: Seat, generation: str, play: Play, player: Player) -> None:
    await play.end_session(player.id, seat.session)
    says(await seat.bet(1, "a-1"), generation, 101, "player is invalid")


async def test_a_limit_of_wagers(
    seat: Seat, generation: str, player: Player, second: asyncpg.Connection
) -> None:
    await second.execute(
        "INSERT INTO limits (player_id, currency_id, of_losses, days, units)"
        " VALUES ($1, 3, false, 1, 500)",
        player.id,
    )
    says(await seat.bet(501, "a-1"), generation, 105, "bet limit is reached", balance=FUNDS)


async def test_a_currency_that_is_not_played(seat: Seat, generation: str) -> None:
    for code in ("GBP", "USDT"):
        said = await seat.bet(1, "a-1", currency=code)
        says(said, generation, 154, "currency is not allowed for the player")
    said = await seat.win(1, "a-1", currency="GBP")
    says(said, generation, 154, "currency is not allowed for the player")


async def test_a_game_that_is_off(seat: Seat, generation: str, second: asyncpg.Connection) -> None:
    await second.execute("UPDATE games SET enabled = false")
    says(await seat.bet(1, "a-1"), generation, 107, "game is forbidden to the player")


async def test_a_game_that_is_unknown(seat: Seat, generation: str) -> None:
    said = await seat.bet(1, "a-1", game="acceptance:other")
    says(said, generation, 107, "game is forbidden to the player")


async def test_a_bad_signature(seat: Seat, generation: str) -> None:
    said = await seat.vendor.forged()
    says(said, generation, 403, "bad signature", v1=403)
    body = b'{"player_id":"1","currency":"FUN"}'
    for signature in (None, "", "0" * 64, sign(body + b" ", seat.vendor.key)):
        path = "play" if generation == "v1" else "Player/Balance"
        says(
            await seat.vendor.post(path, body, signature), generation, 403, "bad signature", v1=403
        )


@pytest.mark.parametrize("generation", ["v2"])
@pytest.mark.parametrize("changed", [{"bad_signature_status": 403}])
async def test_a_bad_signature_where_the_vendor_wants_it_forbidden(seat: Seat) -> None:
    said = await seat.vendor.forged()
    says(said, "v2", 403, "bad signature", v2=403, twirp="permission_denied")


@pytest.mark.parametrize("generation", ["v1"])
@pytest.mark.parametrize("changed", [{"business_status": 200}, {"business_status": 400}])
async def test_business_errors_have_the_status_that_is_agreed(
    seat: Seat, changed: dict[str, int]
) -> None:
    status = changed["business_status"]
    said = await seat.bet(FUNDS + 1, "a-1")
    says(said, "v1", 100, "not enough funds", balance=FUNDS, v1=status)
    says(await seat.vendor.malformed(), "v1", 400, "bad request", v1=400)
    says(await seat.vendor.forged(), "v1", 403, "bad signature", v1=403)


async def test_a_malformed_request(seat: Seat, generation: str) -> None:
    says(await seat.vendor.malformed(), generation, 400, "bad request", v1=400)


async def test_two_equal_ids_in_one_request(seat: Seat, generation: str) -> None:
    said = await seat.moves(("bet", 1, "a-1"), ("win", 1, "a-1"))
    says(said, generation, 400, "bad request", v1=400)
    said = await seat.undo(("b-1", "a-1"), ("b-1", "a-2"))
    says(said, generation, 400, "bad request", v1=400)


async def test_a_path_that_nobody_knows(seat: Seat, generation: str) -> None:
    said = await seat.vendor.send("Round/Nothing", {"a": 1})
    says(said, generation, 404, "not found", v1=404, v2=404, twirp="bad_route")


class TestConflict:
    """The same id with other content; the first one of it stands."""

    @pytest.fixture(autouse=True)
    async def unchanged(self, seat: Seat) -> AsyncIterator[None]:
        await seat.bet(100, "a-1")
        yield
        assert await seat.balance() == FUNDS - 100

    async def test_every_other_content(self, seat: Seat, generation: str) -> None:
        others = [
            await seat.bet(101, "a-1"),
            await seat.win(100, "a-1"),
            await seat.bet(100, "a-1", "r-2"),
            await seat.undo(("a-1", "a-0")),
        ]
        for said in others:
            if generation == "v1":
                says(said, "v1", 400, "bad request", v1=400)
            else:
                message = "already exists or is rolled back"
                says(said, "v2", 409, message, twirp="already_exists")
