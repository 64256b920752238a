"""Reads HTTP/1.1 requests out of a stream of bytes, every part of them bounded."""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from typing import NamedTuple

import httptools


class Request(NamedTuple):
    """One whole request; names of headers are lower-cased, target and body raw."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    keep_alive: bool


class Bounds(NamedTuple):
    """The most that one request may take."""

    headers: int = 64
    head_bytes: int = 16 * 1024
    body_bytes: int = 256 * 1024
    # Tiny chunks make a body several times as large on the wire; beyond this it is an attack.
    sent_bytes: int = 512 * 1024


class _Refused(Exception):
    """Raised inside the parser's callbacks to make it stop."""


class RequestReader:
    """Puts each request that is complete into ``requests``, in order.

    The methods named ``on_...`` are what the parser calls.
    """

    def __init__(self, bounds: Bounds, requests: deque[Request | HTTPStatus]) -> None:
        """Begin at the first byte of a connection."""
        self._bounds = bounds
        self._requests = requests
        self._parser = httptools.HttpRequestParser(self)
        self._refusal = HTTPStatus.BAD_REQUEST
        self.half_way = False  # a request has begun and not ended
        self.continue_owed = False  # its sender waits for "100 Continue" before the body
        self._start()

    def feed(self, data: bytes) -> bool:
        """Read on. False: there is nothing more to be read from this connection.

        Why it was refused is then the last of ``requests``.
        """
        if self.half_way:
            # The segment in which a request begins may hold others before it; it is bounded by
            # the size of a read.
            self._sent_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            return False  # the request is answered as if it had not asked for another protocol
        except httptools.HttpParserError:
            self._requests.append(self._refusal)
            return False
        if self.half_way:
            if not self._head_done and self._sent_bytes > self._bounds.head_bytes:
                self._requests.append(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                return False
            if self._sent_bytes > self._bounds.sent_bytes:
                self._requests.append(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return False
        return True

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._start()
        self.half_way = True

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._target += url
        self._measure_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header, or drop one trailer: it may not pose as a header."""
        self._measure_head(len(name) + len(value))
        self._header_count += 1
        if self._header_count > self._bounds.headers:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not self._head_done:
            self._headers[name.decode("latin-1").lower()] = value.strip(b" \t").decode(
                "utf-8", "surrogateescape"
            )

    def on_headers_complete(self) -> None:
        """Refuse what need not be read to be refused."""
        self._head_done = True
        self._is_current = self._parser.get_http_version() == "1.1"
        headers = self._headers
        if int(headers.get("content-length") or 0) > self._bounds.body_bytes:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not self._is_current and "transfer-encoding" in headers:
            self._refuse(HTTPStatus.BAD_REQUEST)  # an old proxy would see another body
        if "expect" in headers:
            if headers["expect"].lower() != "100-continue":
                self._refuse(HTTPStatus.EXPECTATION_FAILED)
            self.continue_owed = self._is_current

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        self._body.append(part)
        self._body_bytes += len(part)
        if self._body_bytes > self._bounds.body_bytes:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_complete(self) -> None:
        """Hand over a whole request."""
        self.half_way = False
        self.continue_owed = False
        self._requests.append(
            Request(
                self._parser.get_method().decode("ascii"),
                self._target.decode("utf-8", "surrogateescape"),
                self._headers,
                b"".join(self._body),
                self._is_current and self._parser.should_keep_alive(),
            )
        )

    def _start(self) -> None:
        self._target = b""
        self._headers: dict[str, str] = {}
        self._header_count = 0
        self._head_bytes = 0
        self._head_done = False
        self._is_current = False
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._sent_bytes = 0

    def _measure_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self._bounds.head_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _refuse(self, status: HTTPStatus) -> None:
        self._refusal = status
        raise _Refused
