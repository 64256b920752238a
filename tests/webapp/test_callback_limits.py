"""The callback port: what it refuses, how long it waits, and how it stops."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from structlog.testing import capture_logs

from casino.play import Reply
from tests.conftest import MovingClock
from tests.webapp.callback_port import Peer, Port, opened, post
from webapp.hooks.connection import Limits
from webapp.hooks.listener import CallbackListener
from webapp.hooks.reader import Bounds
from webapp.server import AddressTaken

# --- what is not accepted


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400),
        (post(b"x").replace(b"Content-Length: 1", b"Content-Length: y"), 400),
        (b"POST /providers/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (post(b"x" * 1_001), 413),
        (post(b"", *[f"A{n}: x" for n in range(100)]), 431),
        (post(b"", "A: " + "x" * 50_000), 431),
        (post(b"x", "Expect: a-miracle"), 417),
    ],
)
async def test_a_refusal_follows_the_answers_before_it_and_ends_the_connection(
    sent: bytes, status: int
) -> None:
    async with opened(Limits(request=Bounds(body_bytes=1_000))) as port:
        peer = await port.peer()
        peer.send(post(b"fine") + sent + b"more" * 10_000)
        assert (await peer.said())[3] == "fine"
        found, headers, _ = await peer.answer()
        assert (found, headers["connection"]) == (status, "close")
        assert await peer.ended() == b""
        assert len(port.provider.calls) == 1


async def test_more_connections_than_allowed_are_turned_away() -> None:
    async with opened(Limits(connections=2)) as port:
        first, second = await port.peer(), await port.peer()
        for peer in (first, second):
            peer.send(post(b"x"))
            await peer.said()
        third = await port.peer()
        assert (await third.answer())[0] == 503
        assert await third.ended() == b""
        first.writer.close()
        for _ in range(200):
            again = await port.peer()
            again.send(post(b"y"))
            if (await again.answer())[0] == 200:
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("the place that became free was not given")


# --- who is slow


@pytest.mark.parametrize("begun", [b"", b"P", post(b"")[:-2], post(b"x" * 9)[:-1]])
async def test_a_request_that_trickles_in_is_given_up(begun: bytes) -> None:
    async with opened(Limits(first_byte_s=0.3, request_s=0.3)) as port:
        peer = await port.peer()
        peer.send(begun)
        if begun:
            assert (await peer.answer())[0] == 408
        assert await peer.ended() == b""


async def test_bytes_now_and_then_do_not_buy_time() -> None:
    async with opened(Limits(request_s=0.3)) as port:
        peer = await port.peer()
        slowly = asyncio.ensure_future(trickle(peer, post(b"x" * 1_000)))
        assert (await peer.answer())[0] == 408
        slowly.cancel()


async def trickle(peer: Peer, data: bytes) -> None:
    for n in range(len(data)):
        peer.send(data[n : n + 1])
        await asyncio.sleep(0.05)


async def test_an_idle_connection_is_closed_and_a_busy_one_is_not() -> None:
    async with opened(Limits(idle_s=0.3, first_byte_s=60)) as port:
        busy, idle = await port.peer(), await port.peer()
        idle.send(post(b"once"))
        await idle.said()
        port.provider.gate.clear()
        busy.send(post(b"slow"))
        assert await idle.ended() == b""
        port.provider.gate.set()
        assert (await busy.said())[3] == "slow"


async def test_who_does_not_read_is_cut_off_and_holds_nobody_up() -> None:
    async with opened(Limits(write_s=0.3)) as port:
        port.provider.reply = lambda _call: Reply(200, b"x" * 1_000_000)
        greedy = await port.peer(limit=1)
        greedy.send(post(b"") * 200)
        other = await port.peer(limit=2**22)
        other.send(post(b""))
        assert (await other.answer())[0] == 200
        for _ in range(200):
            if port.listener.open == 1:
                break
            await asyncio.sleep(0.05)
        assert port.listener.open == 1
        assert len(port.provider.calls) < 100


async def test_no_answer_in_time_is_no_answer_at_all() -> None:
    async with opened(Limits(answer_s=0.3)) as port:
        port.provider.gate.clear()
        peer = await port.peer()
        with capture_logs() as logs:
            peer.send(post(b"x"))
            assert await peer.ended() == b""
        assert any(line["log_level"] == "error" for line in logs)
        port.provider.gate.set()
        again = await port.peer()
        again.send(post(b"y"))
        assert (await again.said())[3] == "y"


# --- stopping


async def test_stopping_lets_what_was_begun_finish(port: Port) -> None:
    idle, answering, sending = [await port.peer() for _ in range(3)]
    for peer in (idle, sending):
        peer.send(post(b"x"))
        await peer.said()
    port.provider.gate.clear()
    port.provider.entered.clear()
    answering.send(post(b"under way"))
    await port.provider.entered.wait()
    half = post(b"half")
    sending.send(half[:-2])
    await asyncio.sleep(0.05)
    closing = asyncio.ensure_future(port.listener.close())
    assert await idle.ended() == b""
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await port.peer()
    sending.send(half[-2:])
    port.provider.gate.set()
    for peer, body in ((answering, "under way"), (sending, "half")):
        _, headers, said = await peer.answer()
        assert headers["connection"] == "close"
        assert json.loads(said)[3] == body
        peer.writer.close()
    idle.writer.close()
    await closing


async def test_stopping_does_not_wait_for_peers_that_never_close() -> None:
    async with opened(Limits(linger_s=0.2)) as port:
        peers = [await port.peer() for _ in range(3)]
        for peer in peers:
            peer.send(post(b"x"))
            await peer.said()
        await port.listener.close()
        assert port.listener.open == 0
        assert [await peer.ended() for peer in peers] == [b""] * 3


async def test_a_taken_port_is_said_in_words(port: Port) -> None:
    other = CallbackListener({}, MovingClock())
    with pytest.raises(AddressTaken, match="cannot listen"):
        await other.start("127.0.0.1", port.listener.port)
    await other.close()


async def test_callbacks_are_counted(port: Port, http: TestClient[Any, Any]) -> None:
    async def counted() -> float:
        text = await (await http.get("/metrics")).text()
        wanted = 'croupier_callbacks_total{provider="echo",status="2xx"} '
        return sum(
            float(line.split()[-1]) for line in text.splitlines() if line.startswith(wanted)
        )

    before = await counted()
    peer = await port.peer()
    peer.send(post(b"x") * 3)
    for _ in range(3):
        await peer.said()
    assert await counted() == before + 3
    assert "croupier_callback_connections 1.0" in await (await http.get("/metrics")).text()
