"""What a player sees of sessions, rounds under way and providers that do not answer, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from aiohttp import ClientWebSocketResponse

from casino import outbox
from casino.events import AccountFrozen, AccountUnfrozen, Event
from casino.money import FUN
from casino.play import Catalogue, GameCall, Play, Provider
from casino.play.health import OPENS_AT, PAUSE
from casino.wallet import Applied, Kind, Op
from tests.casino.play.providers import ListedProvider, entry, listed
from tests.conftest import MovingClock
from tests.webapp.conftest import Client
from webapp.live import LiveHub, announce, show_unavailable


@pytest.fixture
async def provider(
    demo: Client, catalogue: Catalogue, providers: dict[str, Provider]
) -> ListedProvider:
    provider = listed()
    provider.entries = [entry("g1", "Reels"), entry("g2", "Sevens")]
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return provider


class Seat:
    """The visitor with one of the provider's games open."""

    def __init__(self, client: Client, play: Play, game: dict[str, Any], session: str) -> None:
        self.client = client
        self.player_id = int(client.player["id"])
        self.game = game
        self.session = session
        self._play = play

    async def settle(self, *ops: Op) -> None:
        call = GameCall(str(self.player_id), FUN, ops, self.session, "g1")
        assert isinstance(await self._play.settle("agg", call), Applied)


@pytest.fixture
async def seat(demo: Client, provider: ListedProvider, play: Play) -> Seat:
    (game,) = (await demo.ask("GET", "/games?q=Reels"))["games"]
    body = {"currency": "FUN", "mode": "real"}
    launched = await demo.ask("POST", f"/games/{game['id']}/launch", json=body)
    return Seat(demo, play, game, launched["session_id"])


@asynccontextmanager
async def socket_of(client: Client) -> AsyncIterator[ClientWebSocketResponse]:
    async with client.http.ws_connect("/api/v1/live") as socket:
        await socket.send_json({"t": "auth", "token": client.token})
        yield socket


async def heard(socket: ClientWebSocketResponse, *kinds: str) -> dict[str, Any]:
    """The next message of these kinds; balances come in between at their own pace."""
    while True:
        said: dict[str, Any] = await socket.receive_json(timeout=5)
        if said["t"] in kinds:
            return said


async def tell(hub: LiveHub) -> list[Event]:
    """Have what waits in the outbox announced, as the worker does."""
    told: list[Event] = []

    async def announced(event: Event) -> None:
        announce(hub, event)
        told.append(event)

    await outbox.relay_once(announced)
    return told


# --- sessions cut


async def test_a_cut_reaches_the_open_app_with_its_reason_and_the_sessions(
    seat: Seat, play: Play, hub: LiveHub, second: asyncpg.Connection
) -> None:
    assert await seat.client.ask("GET", f"/sessions/{seat.session}") == {"open": True}
    async with socket_of(seat.client) as socket:
        await heard(socket, "ready")
        assert await play.cut_sessions(seat.player_id, "session-limit") == 1
        assert len(await tell(hub)) == 1
        assert await heard(socket, "notice") == {
            "t": "notice",
            "code": "sessions-cut",
            "reason": "session-limit",
            "sessions": [seat.session],
        }
    assert await seat.client.ask("GET", f"/sessions/{seat.session}") == {"open": False}
    assert await second.fetchval("SELECT count(*) FROM game_sessions WHERE ended_at IS NULL") == 0


async def test_a_freeze_and_its_end_are_announced_too(demo: Client, hub: LiveHub) -> None:
    async with socket_of(demo) as socket:
        await heard(socket, "ready")
        for event in (AccountFrozen, AccountUnfrozen):
            announce(hub, event(player_id=int(demo.player["id"])))
            assert await heard(socket, "notice") == {
                "t": "notice", "code": event.name, "reason": None, "sessions": []
            }  # fmt: skip


async def test_a_session_of_somebody_else_or_of_nobody_is_not_open(seat: Seat) -> None:
    other = Client(seat.client.http)
    other.took(await other.ask("POST", "/auth/demo"))
    for session in (seat.session, "x", "x" * 300, "%00"):
        assert await other.ask("GET", f"/sessions/{session}") == {"open": False}
    await Client(other.http).ask("GET", f"/sessions/{seat.session}", 401)


# --- providers


async def fail(play: Play, provider: ListedProvider, client: Client) -> None:
    provider.away = True
    (game,) = (await client.ask("GET", "/games?q=Reels"))["games"]
    for _ in range(OPENS_AT):
        body = {"currency": "FUN", "mode": "real"}
        refused = await client.ask("POST", f"/games/{game['id']}/launch", 503, json=body)
        assert refused["code"] == "provider-unavailable"


async def test_an_unavailable_provider_is_named_pushed_and_forgotten_when_it_is_back(
    demo: Client, provider: ListedProvider, play: Play, hub: LiveHub, clock: MovingClock
) -> None:
    play.health.listen(lambda unavailable: show_unavailable(hub, unavailable))
    async with socket_of(demo) as socket:
        assert (await heard(socket, "ready"))["unavailable"] == []
        await fail(play, provider, demo)
        assert await heard(socket, "providers") == {"t": "providers", "unavailable": ["agg"]}
        # Nothing but the name is told, to whoever asks.
        assert await Client(demo.http).ask("GET", "/providers") == {"unavailable": ["agg"]}
        async with socket_of(demo) as late:
            assert await heard(late, "ready") == {"t": "ready", "unavailable": ["agg"]}
        provider.away = False
        clock.advance(seconds=PAUSE.total_seconds())
        await play.health.refresh()
        assert (await heard(socket, "providers"))["unavailable"] == []
    assert await demo.ask("GET", "/providers") == {"unavailable": []}


# --- unfinished rounds


async def test_a_round_under_way_is_listed_with_its_game_until_it_ends(seat: Seat) -> None:
    assert await seat.client.ask("GET", "/rounds/unfinished") == {"rounds": []}
    await seat.settle(Op(Kind.BET, "b1", 1_000_000, "r1"))
    await seat.settle(Op(Kind.WIN, "w0", 0, "r0", ends_round=True))
    await seat.settle(Op(Kind.WIN, "w1", 250_000, "r1"))
    (round_,) = (await seat.client.ask("GET", "/rounds/unfinished"))["rounds"]
    assert round_.pop("began_at").endswith("Z")
    assert round_ == {
        "round_id": "r1",
        "game": seat.game,
        "currency": "FUN",
        "staked": "1",
        "won": "0.25",
    }
    other = Client(seat.client.http)
    other.took(await other.ask("POST", "/auth/demo"))
    assert await other.ask("GET", "/rounds/unfinished") == {"rounds": []}
    await seat.settle(Op(Kind.FINISH, "f1", None, "r1", ends_round=True))
    assert await seat.client.ask("GET", "/rounds/unfinished") == {"rounds": []}
    await Client(other.http).ask("GET", "/rounds/unfinished", 401)


# --- the reality check


async def test_the_summary_says_what_was_played_as_the_ledger_does(
    seat: Seat, second: asyncpg.Connection, clock: MovingClock
) -> None:
    clock.advance(seconds=60)
    assert (await seat.client.ask("GET", "/sessions/summary?seconds=120"))["currencies"] == []
    await seat.settle(Op(Kind.BET, "b1", 3_000_000, "r1"), Op(Kind.WIN, "w1", 500_001, "r1"))
    await seat.settle(Op(Kind.BET, "b2", 1_000_000, "r2"))
    await seat.settle(Op(Kind.REVERSAL, "v2", None, "r2", reference="b2"))
    summary = await seat.client.ask("GET", "/sessions/summary?seconds=120")
    assert summary["currencies"] == [
        {
            "currency": "FUN",
            "staked": "4",
            "won": "0.500001",
            "returned": "1",
            "net": "-2.499999",
        }
    ]
    assert await second.fetchval("SELECT sum(cash_delta) FROM transfers WHERE kind_id < 60") == (
        -2_499_999
    )
    clock.advance(seconds=600)
    assert (await seat.client.ask("GET", "/sessions/summary?seconds=60"))["currencies"] == []
    await Client(seat.client.http).ask("GET", "/sessions/summary?seconds=60", 401)


@pytest.mark.parametrize("query", ["", "?seconds=0", "?seconds=-1", "?seconds=x", "?seconds=1e9"])
async def test_a_summary_of_no_or_too_long_a_time_is_refused(demo: Client, query: str) -> None:
    answer = await demo.ask("GET", f"/sessions/summary{query}", 400)
    assert answer["code"] == "malformed"


async def test_the_config_says_how_often_play_is_checked(visitor: Client) -> None:
    assert (await visitor.ask("GET", "/config"))["reality_check_minutes"] == 60
