"""Requests out of bytes: the same however they are cut, and nothing larger than it may be."""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.hooks.reader import Bounds, Request, RequestReader

SMALL = Bounds(headers=8, head_bytes=512, body_bytes=100, sent_bytes=900)


def read(*segments: bytes, bounds: Bounds = SMALL) -> list[Request | HTTPStatus]:
    found: deque[Request | HTTPStatus] = deque()
    reader = RequestReader(bounds, found)
    for segment in segments:
        if not reader.feed(segment):
            break
    return list(found)


def post(body: bytes, *headers: str, target: str = "/providers/x", version: str = "1.1") -> bytes:
    lines = (f"POST {target} HTTP/{version}", "Host: h", *headers, f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def chunked(*chunks: bytes, trailer: bytes = b"") -> bytes:
    head = b"POST /providers/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    sent = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + sent + b"0\r\n" + trailer + b"\r\n"


TWO = post(b"a=1&b=%20", "X-Sign: abc") + chunked(b"first", b"second")


def test_two_requests_in_one_segment() -> None:
    first, second = read(TWO)
    assert first == Request(
        "POST",
        "/providers/x",
        {"host": "h", "x-sign": "abc", "content-length": "9"},
        b"a=1&b=%20",
        keep_alive=True,
    )
    assert isinstance(second, Request)
    assert second.body == b"firstsecond"


@pytest.mark.parametrize("at", range(1, len(TWO)))
def test_two_requests_cut_at_any_byte_are_the_same_two(at: int) -> None:
    assert read(TWO[:at], TWO[at:]) == read(TWO)


@given(st.lists(st.integers(1, len(TWO) - 1), max_size=30))
def test_two_requests_cut_anywhere_are_the_same_two(cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), len(TWO)]
    segments = [TWO[a:b] for a, b in pairwise(edges)]
    assert read(*segments) == read(TWO)


@given(st.binary(max_size=600), st.integers(1, 600))
def test_any_bytes_end_in_requests_and_at_most_one_refusal(noise: bytes, at: int) -> None:
    found = read(noise[:at], noise[at:])
    assert not any(isinstance(each, HTTPStatus) for each in found[:-1])


@given(st.binary(max_size=100), st.integers(0, 300), st.binary(max_size=4))
def test_a_damaged_request_never_yields_more_than_was_sent(
    body: bytes, at: int, damage: bytes
) -> None:
    sent = post(body)
    found = read(sent[:at] + damage + sent[at:])
    for each in found:
        if isinstance(each, Request):
            assert len(each.body) <= len(body) + len(damage)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01", 400),  # somebody speaks TLS
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"get / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nName : v\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: \0\r\n\r\n", 400),
        # Bodies that two readers could end at different bytes:
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 0x1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        (chunked(b"a").replace(b"Host: h", b"Content-Length: 1"), 400),
        (chunked(b"a").replace(b"chunked", b"chunked, gzip"), 400),
        (chunked(b"a").replace(b"HTTP/1.1", b"HTTP/1.0"), 400),
        (chunked(b"a").replace(b"1\r\na", b"x\r\na"), 400),
        (chunked(b"a").replace(b"1\r\na", b"-1\r\na"), 400),
        (chunked(b"a").replace(b"1\r\na\r\n", b"1\r\nab\r\n"), 400),
        (chunked(b"a").replace(b"1\r\na", b"f" * 17 + b"\r\na"), 400),
        # Too much of something:
        (post(b"x" * 101), 413),
        (chunked(b"x" * 60, b"x" * 60), 413),
        (post(b"", "A: " + "x" * 600), 431),
        (post(b"", *[f"A{n}: x" for n in range(9)]), 431),
        (post(b"", target="/" + "x" * 600), 431),
        (chunked(b"a", trailer=b"A: " + b"x" * 600 + b"\r\n"), 431),
        (post(b"a", "Expect: a-miracle"), 417),
    ],
)
def test_what_cannot_be_accepted_is_refused(sent: bytes, status: int) -> None:
    assert read(sent) == [status]
    in_bytes = [sent[n : n + 1] for n in range(len(sent))]
    assert read(*in_bytes) == [status]


def test_a_head_that_never_ends_is_cut_off() -> None:
    assert read(b"GET / HTTP/1.1\r\nA: ", *[b"x" * 100] * 50) == [431]


def test_a_body_of_endless_framing_is_cut_off() -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert read(head, *[b"1;" + b"e" * 80 + b"\r\na\r\n"] * 50) == [413]


def test_a_trailer_does_not_pose_as_a_header() -> None:
    (found,) = read(chunked(b"a", trailer=b"X-Sign: forged\r\n"))
    assert isinstance(found, Request)
    assert "x-sign" not in found.headers


@pytest.mark.parametrize(
    ("sent", "keep_alive"),
    [
        (post(b"a"), True),
        (post(b"a", "Connection: close"), False),
        (post(b"a", version="1.0"), False),
        (post(b"a", "Connection: keep-alive", version="1.0"), False),
        (post(b"a", "Connection: Upgrade", "Upgrade: h2c"), True),
    ],
)
def test_whether_the_connection_goes_on(sent: bytes, keep_alive: bool) -> None:
    (found,) = read(sent)
    assert isinstance(found, Request)
    assert found.keep_alive is keep_alive


def test_after_an_upgrade_nothing_is_read() -> None:
    asked = b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    found = read(asked + b"\x81\x05hello")
    assert len(found) == 1
    assert isinstance(found[0], Request)


def test_headers_keep_bytes_that_are_no_text() -> None:
    (found,) = read(post(b"", "X: PLACE").replace(b"PLACE", b" \xff\xc3\xa9 "))
    assert isinstance(found, Request)
    assert found.headers["x"].encode("utf-8", "surrogateescape") == b"\xff\xc3\xa9"
