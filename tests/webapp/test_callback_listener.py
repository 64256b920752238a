"""The callback port over raw sockets: what peers do wrong, on purpose or not, costs them only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from casino.play import Call, Provider, Reply
from tests.conftest import MovingClock
from webapp.hooks.connection import Limits
from webapp.hooks.listener import CallbackListener
from webapp.hooks.reader import Bounds
from webapp.server import AddressTaken

WAIT_S = 10.0


class Echo:
    """A provider that answers what it was called with."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.reply: Callable[[Call], Reply] = self.echo

    async def answer(self, call: Call) -> Reply:
        self.calls.append(call)
        self.entered.set()
        await self.gate.wait()
        return self.reply(call)

    @staticmethod
    def echo(call: Call) -> Reply:
        said = [call.method, call.path, call.query, call.body.decode("latin-1")]
        return Reply(200, json.dumps(said).encode())


class Peer:
    """A client that sends exactly what it is told to, and reads answers one by one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self, *, with_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        async with asyncio.timeout(WAIT_S):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *lines = head.strip().split("\r\n")
            headers = dict(each.lower().split(": ", 1) for each in lines)
            length = int(headers.get("content-length", 0)) if with_body else 0
            return int(line.split()[1]), headers, await self.reader.readexactly(length)

    async def said(self) -> list[str]:
        status, _, body = await self.answer()
        assert status == 200
        return cast("list[str]", json.loads(body))

    async def ended(self) -> bytes:
        """Wait until the other side ends; returns what it had still sent."""
        async with asyncio.timeout(WAIT_S):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


class Port:
    def __init__(self, listener: CallbackListener, provider: Echo) -> None:
        self.listener = listener
        self.provider = provider
        self._peers: list[Peer] = []

    async def peer(self, limit: int = 2**16) -> Peer:
        streams = await asyncio.open_connection("127.0.0.1", self.listener.port, limit=limit)
        self._peers.append(Peer(*streams))
        return self._peers[-1]

    async def close(self) -> None:
        for peer in self._peers:
            peer.writer.close()
        await self.listener.close()


@asynccontextmanager
async def opened(limits: Limits | None = None) -> AsyncIterator[Port]:
    echo = Echo()
    providers = {"echo": cast("Provider", echo)}
    listener = CallbackListener(providers, MovingClock(), limits)
    await listener.start("127.0.0.1", 0)
    port = Port(listener, echo)
    try:
        yield port
    finally:
        echo.gate.set()
        await port.close()


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    async with opened() as port:
        yield port


def post(body: bytes, *headers: str, path: str = "echo", version: str = "1.1") -> bytes:
    lines = (
        f"POST /providers/{path} HTTP/{version}",
        "Host: h",
        *headers,
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


# --- what is asked is answered


async def test_a_call_arrives_as_it_was_sent(port: Port) -> None:
    peer = await port.peer()
    peer.send(post(b"a=1&b=%20", "X-Sign:  AbC ", path="echo/sub/x%20y?q=%41"))
    status, headers, body = await peer.answer()
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert headers["date"].endswith("gmt")
    assert json.loads(body) == ["POST", "sub/x y", "q=%41", "a=1&b=%20"]
    assert port.provider.calls[0].headers["x-sign"] == "AbC"


async def test_both_ports_answer_alike(
    port: Port, http: TestClient[Any, Any], services: Any
) -> None:
    services.catalogue.providers["echo"] = port.provider
    assert isinstance(http.server, TestServer)
    ordinary = Peer(*await asyncio.open_connection("127.0.0.1", http.server.port))
    lean = await port.peer()
    for path in ("echo", "echo/", "echo/a/b%2Fc?x=%20&y", "nobody", "nobody/x"):
        for peer in (ordinary, lean):
            peer.send(post(b"body", path=path))
        (status, headers, body), (other, _, same) = [await p.answer() for p in (lean, ordinary)]
        assert (status, body) == (other, same), path
        assert headers["cache-control"] == "no-store"
    calls = port.provider.calls
    assert [(c.path, c.query, c.body) for c in calls[::2]] == [
        (c.path, c.query, c.body) for c in calls[1::2]
    ]
    ordinary.writer.close()


@pytest.mark.parametrize(
    "target", ["/", "/healthz", "/metrics", "/providers", "/providers/x", "*"]
)
async def test_whatever_is_no_provider_is_not_found(port: Port, target: str) -> None:
    peer = await port.peer()
    method = "OPTIONS" if target == "*" else "GET"
    peer.send(f"{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
    assert (await peer.answer())[0] == 404
    peer.send(post(b"x"))  # and the connection goes on
    assert (await peer.said())[3] == "x"


async def test_a_target_with_its_host_is_understood(port: Port) -> None:
    peer = await port.peer()
    peer.send(b"GET http://casino.example/providers/echo/a?b HTTP/1.1\r\nHost: h\r\n\r\n")
    assert await peer.said() == ["GET", "a", "b", ""]
    peer.send(b"GET http://[/providers/echo HTTP/1.1\r\nHost: h\r\n\r\n")
    assert (await peer.answer())[0] in {400, 404}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_every_method_is_the_providers_to_judge(port: Port, method: str) -> None:
    peer = await port.peer()
    peer.send(f"{method} /providers/echo HTTP/1.1\r\nHost: h\r\n\r\n".encode())
    assert (await peer.said())[0] == method


async def test_head_gets_a_head_and_the_next_answer_follows_it(port: Port) -> None:
    peer = await port.peer()
    peer.send(b"HEAD /providers/echo HTTP/1.1\r\nHost: h\r\n\r\n" + post(b"next"))
    status, headers, _ = await peer.answer(with_body=False)
    assert status == 200
    assert int(headers["content-length"]) > 0
    assert (await peer.said())[3] == "next"


async def test_an_answer_without_a_body_has_none(port: Port) -> None:
    port.provider.reply = lambda _call: Reply(204, b"ignored", headers={"X-Seen": "yes"})
    peer = await port.peer()
    peer.send(post(b"") * 2)
    for _ in range(2):
        status, headers, _ = await peer.answer()
        assert (status, headers["x-seen"]) == (204, "yes")
        assert "content-length" not in headers


async def test_answers_leave_in_the_order_of_their_requests(port: Port) -> None:
    peer = await port.peer()
    port.provider.gate.clear()
    peer.send(b"".join(post(b"%d" % n) for n in range(100)))
    await port.provider.entered.wait()
    assert len(port.provider.calls) == 1  # one at a time
    port.provider.gate.set()
    assert [(await peer.said())[3] for _ in range(100)] == [str(n) for n in range(100)]


TWO = post(b"first") + post(b"second", path="echo/2")


async def test_two_requests_cut_at_any_byte(port: Port) -> None:
    peer = await port.peer()
    for at in range(1, len(TWO)):
        peer.send(TWO[:at])
        await asyncio.sleep(0)
        peer.send(TWO[at:])
        assert [(await peer.said())[3] for _ in range(2)] == ["first", "second"]


async def test_chunks_are_put_together(port: Port) -> None:
    peer = await port.peer()
    head = b"POST /providers/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    peer.send(head + b"5;ext=1\r\nfirst\r\n6\r\nsecond\r\n0\r\nTrailer: x\r\n\r\n" + post(b"next"))
    assert (await peer.said())[3] == "firstsecond"
    assert (await peer.said())[3] == "next"


async def test_continue_is_said_when_it_is_awaited_and_in_its_turn(port: Port) -> None:
    peer = await port.peer()
    head, body = post(b"body", "Expect: 100-continue").split(b"\r\n\r\n")
    peer.send(head + b"\r\n\r\n")
    assert (await peer.answer())[0] == 100
    peer.send(body)
    assert (await peer.said())[3] == "body"
    port.provider.gate.clear()
    port.provider.entered.clear()
    peer.send(post(b"before") + head + b"\r\n\r\n")
    await port.provider.entered.wait()
    port.provider.gate.set()
    assert (await peer.said())[3] == "before"
    assert (await peer.answer())[0] == 100
    peer.send(body)
    assert (await peer.said())[3] == "body"


# --- when the connection ends


@pytest.mark.parametrize(
    "request_bytes",
    [
        post(b"x", "Connection: close"),
        post(b"x", version="1.0"),
        post(b"x", "Connection: keep-alive", version="1.0"),
        post(b"x", "Connection: close") + post(b"never"),
    ],
)
async def test_the_last_answer_says_so_and_the_connection_ends(
    port: Port, request_bytes: bytes
) -> None:
    peer = await port.peer()
    peer.send(request_bytes)
    status, headers, body = await peer.answer()
    assert (status, headers["connection"]) == (200, "close")
    assert json.loads(body)[3] == "x"
    assert await peer.ended() == b""
    assert len(port.provider.calls) == 1


async def test_who_ends_its_own_side_still_gets_every_answer(port: Port) -> None:
    peer = await port.peer()
    port.provider.gate.clear()
    peer.send(TWO)
    peer.writer.write_eof()
    await port.provider.entered.wait()
    port.provider.gate.set()
    assert [(await peer.said())[3] for _ in range(2)] == ["first", "second"]
    assert await peer.ended() == b""


async def test_half_a_request_and_an_end_is_nobodys_call(port: Port) -> None:
    peer = await port.peer()
    peer.send(post(b"x" * 50)[:-1])
    peer.writer.write_eof()
    assert await peer.ended() == b""
    assert port.provider.calls == []


async def test_who_goes_away_is_served_to_the_end_all_the_same(port: Port) -> None:
    peer = await port.peer()
    port.provider.gate.clear()
    done = asyncio.Event()

    def reply(_call: Call) -> Reply:
        done.set()
        return Reply(200, b"{}")

    port.provider.reply = reply
    peer.send(post(b"x"))
    await port.provider.entered.wait()
    peer.writer.transport.abort()
    await asyncio.sleep(0.05)
    port.provider.gate.set()
    async with asyncio.timeout(WAIT_S):
        await done.wait()


async def test_a_provider_that_raises_leaves_nobody_hanging(port: Port) -> None:
    def reply(_call: Call) -> Reply:
        raise RuntimeError("a bug")

    port.provider.reply = reply
    peer = await port.peer()
    with capture_logs() as logs:
        peer.send(post(b"x"))
        assert (await peer.answer())[0] == 500
    assert any(line.get("exc_info") for line in logs)
    port.provider.reply = Echo.echo
    peer.send(post(b"y"))
    assert (await peer.said())[3] == "y"


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
        wanted = 'method="POST",route="/providers/{provider}",status="200"'
        return sum(
            float(line.split()[-1])
            for line in text.splitlines()
            if line.startswith("croupier_http_requests_total{") and wanted in line
        )

    before = await counted()
    peer = await port.peer()
    peer.send(post(b"x") * 3)
    for _ in range(3):
        await peer.said()
    assert await counted() == before + 3
    assert "croupier_callback_connections 1.0" in await (await http.get("/metrics")).text()
