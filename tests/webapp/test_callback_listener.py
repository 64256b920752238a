"""The callback port over raw sockets: what peers do wrong, on purpose or not, costs them only."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from casino.play import Call, Reply
from tests.webapp.callback_port import WAIT_S, Echo, Peer, Port, post

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
