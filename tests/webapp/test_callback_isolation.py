"""One provider's flood, slowness or stranger is that provider's alone; who calls is known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from aiohttp.test_utils import TestServer
from prometheus_client import generate_latest

from casino.money import FUN
from casino.play import Call, LateOriginals, Manifest, Play, Provider, Reply
from casino.play.networks import Networks, caller, may_call
from casino.players import Player
from db.database import POOL_MAX, Database
from tests.conftest import MovingClock
from tests.webapp.callback_port import Echo, Peer, post
from webapp.app import create_app
from webapp.hooks.games import CALLBACK_GATES, Callbacks, networks_of
from webapp.hooks.listener import CallbackListener
from webapp.images import ImageCache
from webapp.metrics import REGISTRY
from webapp.services import Services
from webapp.settings import WebSettings

MOST = 4


class Doors:
    """A callback port with a flooding and a calm provider behind it."""

    def __init__(self, callbacks: Callbacks, flood: Echo, calm: Echo) -> None:
        self.callbacks = callbacks
        self.flood = flood
        self.calm = calm
        self.port = 0
        self.peers: list[Peer] = []

    async def peer(self) -> Peer:
        self.peers.append(Peer(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.peers[-1]

    async def ask(self, provider: str, *headers: str) -> int:
        peer = await self.peer()
        peer.send(post(b"x", *headers, path=provider))
        return (await peer.answer())[0]

    async def fill(self, calls: int) -> list[Peer]:
        """Have so many calls of the flooding provider under way."""
        self.flood.gate.clear()
        peers = [await self.peer() for _ in range(calls)]
        for peer in peers:
            peer.send(post(b"x", path="flood"))
        while len(self.flood.calls) < calls:
            self.flood.entered.clear()
            await self.flood.entered.wait()
        return peers


@asynccontextmanager
async def doors(
    most: int = MOST,
    *,
    networks: dict[str, Sequence[str]] | None = None,
    proxies: Sequence[str] = (),
) -> AsyncIterator[Doors]:
    flood, calm = Echo(), Echo()
    providers = {"flood": cast("Provider", flood), "calm": cast("Provider", calm)}
    callbacks = Callbacks(providers, networks=networks, proxies=proxies, in_flight_max=most)
    opened = Doors(callbacks, flood, calm)
    async with listening(callbacks) as opened.port:
        yield opened
        flood.gate.set()
        for peer in opened.peers:
            peer.writer.close()


@asynccontextmanager
async def listening(callbacks: Callbacks) -> AsyncIterator[int]:
    listener = CallbackListener({}, MovingClock(), callbacks=callbacks)
    await listener.start("127.0.0.1", 0)
    try:
        yield listener.port
    finally:
        await listener.close()


def counted(name: str, **labels: str) -> float:
    found = REGISTRY.get_sample_value(name, labels)
    return found or 0.0


# --- the bulkhead


async def test_calls_beyond_the_bulkhead_are_turned_away_and_the_others_go_on() -> None:
    async with doors() as opened:
        held = await opened.fill(MOST)
        turned_away = await opened.peer()
        for _ in range(50):
            turned_away.send(post(b"x", path="flood"))
            status, headers, _ = await turned_away.answer()
            assert (status, headers["retry-after"]) == (503, "1")
        assert len(opened.flood.calls) == MOST  # its adapter never saw them
        for _ in range(50):
            assert await opened.ask("calm") == 200
        opened.flood.gate.set()
        assert [(await peer.answer())[0] for peer in held] == [200] * MOST
        assert await opened.ask("flood") == 200


async def test_a_call_that_fails_gives_its_place_back() -> None:
    def crash(_call: Call) -> Reply:
        raise ZeroDivisionError

    async with doors() as opened:
        opened.flood.reply = crash
        for _ in range(MOST + 1):
            assert await opened.ask("flood") == 500
        opened.flood.reply = Echo.echo
        assert await opened.ask("flood") == 200


async def test_a_peer_that_goes_away_keeps_its_place_until_its_call_has_ended() -> None:
    """What it began still runs; a place given back earlier would let more through than fit."""
    async with doors(1) as opened:
        (gone,) = await opened.fill(1)
        gone.writer.close()
        assert await opened.ask("flood") == 503
        opened.flood.gate.set()
        statuses = [await opened.ask("flood")]
        while statuses[-1] == 503:
            statuses.append(await opened.ask("flood"))
        assert statuses[-1] == 200


class Hungry:
    """An adapter that keeps a connection to the database for as long as it is told to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.gate = asyncio.Event()
        self.holding = 0
        self.taken = asyncio.Event()

    async def answer(self, _call: Call) -> Reply:
        async with self.database.connection():
            self.holding += 1
            self.taken.set()
            await self.gate.wait()
            self.holding -= 1
        return Reply(200, b"")


class Calm:
    """An adapter that asks for a balance, as every one does."""

    def __init__(self, play: Play, player: Player) -> None:
        self.play = play
        self.player = player

    async def answer(self, _call: Call) -> Reply:
        balance = await self.play.balance(str(self.player.id), FUN)
        return Reply(200, str(balance.playable.units).encode())


@pytest.mark.parametrize("bulkhead", [True, False])
async def test_a_flood_that_hangs_does_not_take_the_others_connections_to_the_database(
    bulkhead: bool, database: Database, play: Play, player: Player
) -> None:
    """Without the bulkhead it would: that is what it is for."""
    hungry, most = Hungry(database), POOL_MAX // 2 if bulkhead else 1_000
    providers = {"flood": cast("Provider", hungry), "calm": cast("Provider", Calm(play, player))}
    callbacks = Callbacks(providers, in_flight_max=most)
    async with listening(callbacks) as port:
        flood = [
            Peer(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(3 * POOL_MAX)
        ]
        for peer in flood:
            peer.send(post(b"x", path="flood"))
        while hungry.holding < min(most, POOL_MAX):
            hungry.taken.clear()
            await hungry.taken.wait()
        calm = Peer(*await asyncio.open_connection("127.0.0.1", port))
        calm.send(post(b"x", path="calm"))
        status, _, body = await calm.answer()
        if bulkhead:
            assert (status, body) == (200, b"1000000000")
        else:
            assert status == 500
        hungry.gate.set()
        statuses = [(await peer.answer())[0] for peer in flood]
        assert statuses.count(200) == (most if bulkhead else len(flood))
        for peer in [*flood, calm]:
            peer.writer.close()


async def test_both_ports_share_one_gate(services: Services, tmp_path: Path) -> None:
    async with doors(1) as opened:
        app = create_app(services, ImageCache(tmp_path))
        app[CALLBACK_GATES] = opened.callbacks
        server = TestServer(app)
        await server.start_server()
        await opened.fill(1)
        ordinary = Peer(*await asyncio.open_connection("127.0.0.1", server.port))
        ordinary.send(post(b"x", path="flood"))
        assert (await ordinary.answer())[0] == 503
        ordinary.send(post(b"x", path="calm"))
        assert (await ordinary.answer())[0] == 200
        assert opened.calm.calls[0].peer == "127.0.0.1"
        opened.flood.gate.set()
        ordinary.writer.close()
        await server.close()


# --- what is counted


async def test_every_provider_is_counted_by_itself() -> None:
    def total(provider: str, status: str) -> float:
        return counted("croupier_callbacks_total", provider=provider, status=status)

    def refused(reason: str) -> float:
        return counted("croupier_callbacks_refused_total", provider="flood", reason=reason)

    def seconds(provider: str) -> float:
        return counted("croupier_callback_seconds_count", provider=provider)

    async with doors(1) as opened:
        before = total("flood", "5xx"), total("flood", "2xx"), total("calm", "4xx")
        busy, answered = refused("busy"), seconds("flood")
        opened.calm.reply = lambda _: Reply(403, b"")
        await opened.fill(1)
        assert counted("croupier_callbacks_in_flight", provider="flood") == 1
        assert await opened.ask("flood") == 503
        assert await opened.ask("calm") == 403
        assert await opened.ask("nobody") == 404
        (held, *_) = opened.peers
        opened.flood.gate.set()
        await held.answer()
        assert (total("flood", "5xx"), total("flood", "2xx"), total("calm", "4xx")) == (
            before[0] + 1,
            before[1] + 1,
            before[2] + 1,
        )
        assert refused("busy") == busy + 1
        assert seconds("flood") == answered + 1  # what was turned away took no time of its own
        assert counted("croupier_callbacks_in_flight", provider="flood") == 0
    assert b"nobody" not in generate_latest(REGISTRY)  # strangers' words are no labels


# --- who calls


async def test_a_stranger_to_a_providers_networks_is_forbidden() -> None:
    async with doors(networks={"flood": ("203.0.113.0/24", "2001:db8::/32")}) as opened:
        assert await opened.ask("flood") == 403
        assert await opened.ask("flood", "X-Forwarded-For: 203.0.113.5") == 403  # anybody's word
        assert opened.flood.calls == []
        assert await opened.ask("calm") == 200
    async with doors(networks={"flood": ("127.0.0.0/8",)}) as opened:
        assert await opened.ask("flood") == 200
    async with doors(networks={"flood": ("203.0.113.0/24",)}, proxies=("127.0.0.0/8",)) as opened:
        assert await opened.ask("flood", "X-Forwarded-For: 203.0.113.5") == 200
        assert await opened.ask("flood", "X-Forwarded-For: 203.0.113.5, 198.51.100.7") == 403
        assert await opened.ask("flood") == 403


async def test_the_caller_behind_proxies_of_ours_is_known() -> None:
    async with doors(proxies=("127.0.0.0/8", "10.0.0.0/8")) as opened:
        for header in (
            "6.6.6.6, 203.0.113.9",
            "203.0.113.9, 10.1.2.3",
            "203.0.113.9,10.1.2.3 , 127.0.0.5",
        ):
            assert await opened.ask("calm", f"X-Forwarded-For: {header}") == 200
        # A line that the proxy added itself stands after the caller's own.
        assert (
            await opened.ask("calm", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.9")
            == 200
        )
        assert {call.peer for call in opened.calm.calls} == {"203.0.113.9"}
        await opened.ask("calm")
        assert opened.calm.calls[-1].peer == "127.0.0.1"


@pytest.mark.parametrize(
    ("peer", "header", "found"),
    [
        ("198.51.100.1", "203.0.113.9", "198.51.100.1"),  # no proxy of ours
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, garbage", "10.0.0.1"),
        ("10.0.0.1", "garbage, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9:1234", "10.0.0.1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_only_a_proxy_of_ours_is_believed(peer: str, header: str | None, found: str) -> None:
    assert caller(peer, header, Networks(["10.0.0.0/8"])) == found


def test_networks_hold_addresses_of_their_own_kind_only() -> None:
    networks = Networks(["203.0.113.7", " 10.0.0.0/8", "2001:db8::/32"])
    inside = ("203.0.113.7", "10.255.0.1", "2001:db8::5", "::ffff:10.0.0.1")
    outside = ("203.0.113.8", "11.0.0.1", "2001:db9::5", "::ffff:11.0.0.1", "", "x", "10.0.0.1/8")
    for _ in range(2):  # asked again, from memory
        assert [address in networks for address in inside] == [True] * len(inside)
        assert [address in networks for address in outside] == [False] * len(outside)
    assert not may_call("", networks)
    assert may_call("anything", Networks([]))
    for wrong in ("10.0.0.1/8", "300.0.0.1", "localhost", ""):
        with pytest.raises(ValueError, match=r".*"):
            Networks([wrong])


def test_the_gates_are_told_what_the_manifests_say() -> None:
    class Declared:
        manifest = Manifest("a", "A", LateOriginals.ACCEPT, networks=("10.0.0.0/8",))

    assert networks_of({"a": cast("Provider", Declared())}) == {"a": ("10.0.0.0/8",)}


@pytest.mark.parametrize(
    ("given", "read"),
    [("", ()), ("10.0.0.0/8", ("10.0.0.0/8",)), (" ::1 , 10.1.0.0/16,", ("::1", "10.1.0.0/16"))],
)
def test_proxies_are_read_from_the_settings(
    given: str, read: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", given)
    assert WebSettings().proxies == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "nginx"),
        ("CALLBACKS_IN_FLIGHT", "0"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=name):
        WebSettings()
