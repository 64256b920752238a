"""The twenty-four published conformance cases, by their names, in the casino's own dialect.

Each is told to v2 in both readings: A8R's, and Beexar's with amounts above zero and late originals
refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from casino.play import GameCall, Play
from casino.players import Player
from casino.wallet import Answer
from tests.peers.softswiss.vendor import Said
from tests.providers.softswiss.conftest import FUNDS, Seat


@pytest.fixture
def generation() -> str:
    return "v2"


@pytest.fixture(params=["a8r", "beexar"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Case:
    """What a case may use."""

    def __init__(
        self, seat: Seat, second: asyncpg.Connection, player: Player, panic: Callable[[], None]
    ) -> None:
        self.seat = seat
        self.vendor = seat.vendor
        self.second = second
        self.player = player
        self.panic = panic
        self.beexar = seat.vendor.dialect == "beexar"

    async def odd(self, name: str) -> Said:
        return await self.vendor.odd(
            name, self.seat.player, session=self.seat.session, game="acceptance:test"
        )

    async def refused(self, said: Said, code: str, status: int = 400) -> dict[str, Any]:
        assert said.status == status
        assert said.json["meta"]["api_code"] == code
        assert await self.second.fetchval("SELECT count(*) FROM transfers WHERE kind_id < 60") == 0
        return said.json["meta"]  # type: ignore[no-any-return]


CASES: dict[str, Callable[[Case], Awaitable[None]]] = {}


def case(function: Callable[[Case], Awaitable[None]]) -> Callable[[Case], Awaitable[None]]:
    CASES[function.__name__.removeprefix("c").replace("_", "-")] = function
    return function


@pytest.fixture
def panic(monkeypatch: pytest.MonkeyPatch, play: Play) -> Callable[[], None]:
    async def panicking(_provider: str, _call: GameCall) -> Answer:
        raise RuntimeError("a secret of ours")

    return lambda: monkeypatch.setattr(play, "settle", panicking)


@case
async def c0001_balance_ok(case: Case) -> None:
    said = await case.vendor.balance(case.seat.player)
    assert said.json == {"balance": "1000.000000"}


@case
async def c0002_signature_wrong(case: Case) -> None:
    await case.refused(await case.vendor.forged(), "403")


@case
async def c0003_signature_absent(case: Case) -> None:
    body = b'{"player_id":"1","currency":"FUN"}'
    await case.refused(await case.vendor.post("Player/Balance", body, None), "403")


@case
async def c0004_key_order_hostile(case: Case) -> None:
    assert (await case.odd("key-order-hostile")).balance == FUNDS - 1_000_000


@case
async def c0005_unicode_escape(case: Case) -> None:
    assert (await case.odd("unicode-escape")).balance == FUNDS - 1_000_000
    assert await case.second.fetchval("SELECT count(*) FROM transfers WHERE key = 'a-odd'") == 1


@case
async def c0006_body_too_large(case: Case) -> None:
    await case.refused(await case.odd("body-too-large"), "400")


@case
async def c0007_amount_zero(case: Case) -> None:
    said = await case.seat.bet(0, "a-1")
    if case.beexar:
        await case.refused(said, "400")
        await case.refused(await case.seat.win(0, "a-2"), "400")
        said = await case.vendor.promo("Win", case.seat.player, 0, event_id="e-1")
        await case.refused(said, "400")
    else:
        assert (said.status, said.balance) == (200, FUNDS)


@case
async def c0008_amount_scale_overflow(case: Case) -> None:
    await case.refused(await case.odd("amount-scale-overflow"), "400")


@case
async def c0009_amount_exponent_bomb(case: Case) -> None:
    await case.refused(await case.odd("amount-exponent-bomb"), "400")


@case
async def c0010_currency_lowercase(case: Case) -> None:
    await case.refused(await case.odd("currency-lowercase"), "400")


@case
async def c0011_betwin_bet_and_win(case: Case) -> None:
    said = await case.seat.moves(
        ("bet", 10_000_000, "tx-1"), ("win", 25_000_000, "tx-2"), finished=True
    )
    assert said.json["balance"] == "1015.000000"
    assert [t["id"] for t in said.json["transactions"]] == ["tx-1", "tx-2"]


@case
async def c0012_insufficient_funds(case: Case) -> None:
    meta = await case.refused(await case.seat.bet(FUNDS + 1, "a-1"), "100")
    assert meta["balance"] == "1000.000000"


@case
async def c0013_betwin_duplicate_replay(case: Case) -> None:
    first = await case.seat.bet(10, "a-1")
    await case.seat.win(500, "a-2")
    again = await case.seat.bet(10, "a-1")
    assert (again.status, again.balance, again.transaction) == (
        200,
        first.balance,
        first.transaction,
    )


@case
async def c0014_batch_second_fails_atomic(case: Case) -> None:
    said = await case.seat.moves(("bet", 10, "a-1"), ("bet", FUNDS, "a-2"))
    await case.refused(said, "100")


@case
async def c0015_rollback_unknown_original(case: Case) -> None:
    said = await case.seat.undo(("b-1", "a-1"))
    assert (said.status, said.balance, said.transaction) == (200, FUNDS, "")


@case
async def c0016_betwin_after_tombstone(case: Case) -> None:
    await case.seat.undo(("b-1", "a-1"), ("b-2", "a-2"))
    for said in (await case.seat.bet(10, "a-1"), await case.seat.win(10, "a-2")):
        if case.beexar:
            assert (said.status, said.json["meta"]["api_code"]) == (400, "409")
            assert said.json["code"] == "invalid_argument"
        else:
            assert (said.status, said.balance) == (200, FUNDS)
    assert await case.seat.balance() == FUNDS


@case
async def c0017_rollback_replay(case: Case) -> None:
    await case.seat.bet(10, "a-1")
    first = await case.seat.undo(("b-1", "a-1"))
    await case.seat.win(5, "a-2")
    again = await case.seat.undo(("b-1", "a-1"))
    assert (again.balance, again.transaction) == (first.balance, first.transaction)
    assert await case.seat.balance() == FUNDS + 5


@case
async def c0018_rollback_applies(case: Case) -> None:
    await case.seat.bet(10, "a-1")
    said = await case.seat.undo(("b-1", "a-1"))
    assert said.balance == FUNDS
    assert said.transaction


@case
async def c0019_rollback_win_clamps_at_zero(case: Case) -> None:
    await case.seat.win(100, "a-1")
    await case.seat.bet(FUNDS + 100, "a-2")
    assert (await case.seat.undo(("b-1", "a-1"))).json["balance"] == "0.000000"


@case
async def c0020_finish_ok(case: Case) -> None:
    await case.seat.bet(10, "a-1")
    said = await case.vendor.finish(case.seat.player, "r-1")
    assert said.json == {"balance": "999.999990"}


@case
async def c0021_finish_duplicate(case: Case) -> None:
    for _ in range(2):
        said = await case.vendor.finish(case.seat.player, "r-1")
        assert (said.status, said.balance) == (200, FUNDS)
    assert await case.second.fetchval("SELECT count(*) FROM transfers WHERE kind_id = 41") == 1


@case
async def c0022_handler_panics(case: Case) -> None:
    case.panic()
    said = await case.seat.bet(10, "a-1")
    await case.refused(said, "500", status=500)
    assert said.json["code"] == "internal"
    assert b"secret" not in said.body


@case
async def c0023_unknown_fields_tolerated(case: Case) -> None:
    assert (await case.odd("unknown-fields-tolerated")).balance == FUNDS - 1_000_000


@case
async def c0024_bet_limit_carries_balance(case: Case) -> None:
    await case.second.execute(
        "INSERT INTO limits (player_id, currency_id, of_losses, days, units)"
        " VALUES ($1, 3, false, 1, 500)",
        case.player.id,
    )
    meta = await case.refused(await case.seat.bet(501, "a-1"), "105")
    assert meta["balance"] == "1000.000000"


@pytest.mark.parametrize("name", CASES)
async def test_case(
    name: str,
    seat: Seat,
    second: asyncpg.Connection,
    player: Player,
    panic: Callable[[], None],
) -> None:
    await CASES[name](Case(seat, second, player, panic))


def test_there_are_twenty_four() -> None:
    assert [name[:4] for name in CASES] == [f"{number:04}" for number in range(1, 25)]
