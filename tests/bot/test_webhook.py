"""The webhook door: who may knock, what is stored, and when we say yes."""

from __future__ import annotations

import asyncpg
import orjson
import pytest
from pydantic import SecretStr

from bot.webhook import UPDATE_BYTES_MAX, Webhook
from casino.inbox import Inbox

pytestmark = pytest.mark.usefixtures("database")

SECRET = "a-secret-for-the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
GOOD = {HEADER: SECRET}
UPDATE = orjson.dumps({"update_id": 5, "message": {}})


@pytest.fixture
def door() -> Webhook:
    return Webhook("telegram:7", SecretStr(SECRET), Inbox())


async def stored(second: asyncpg.Connection) -> list[tuple[str, str, bytes]]:
    rows = await second.fetch("SELECT source, external_id, body FROM inbox ORDER BY id")
    return [tuple(row) for row in rows]


async def test_a_yes_means_that_it_is_stored(door: Webhook, second: asyncpg.Connection) -> None:
    assert await door.receive(GOOD, UPDATE) == 200
    assert await stored(second) == [("telegram:7", "5", UPDATE)]


async def test_an_update_that_comes_again_is_stored_once(
    door: Webhook, second: asyncpg.Connection
) -> None:
    for _ in range(10):
        assert await door.receive(GOOD, UPDATE) == 200
    assert len(await stored(second)) == 1


@pytest.mark.parametrize("name", [HEADER, HEADER.lower(), HEADER.upper()])
async def test_header_names_know_no_case(door: Webhook, name: str) -> None:
    assert await door.receive({name: SECRET}, UPDATE) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: "wrong"},
        {HEADER: SECRET + " "},
        {HEADER: SECRET[:-1]},
        {HEADER: SECRET.upper()},
        {HEADER: "пароль"},
        {HEADER: "\udcff\udc80"},
        {"X-Another-Header": SECRET},
    ],
)
async def test_without_the_secret_nothing_is_stored(
    door: Webhook, second: asyncpg.Connection, headers: dict[str, str]
) -> None:
    assert await door.receive(headers, UPDATE) == 401
    assert await door.receive(headers, b"not even json") == 401, "the secret comes first"
    assert await stored(second) == []


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "None"}])
async def test_without_a_secret_of_ours_nobody_gets_in(
    second: asyncpg.Connection, headers: dict[str, str]
) -> None:
    for secret in (None, SecretStr("")):
        door = Webhook("telegram:7", secret, Inbox())
        assert await door.receive(headers, UPDATE) == 401
    assert await stored(second) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"update_id": "5"}',
        b'{"update_id": 5.0}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 1e400}',
        b'{"update_id": 99999999999999999999999}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
async def test_what_is_no_update_is_refused(
    door: Webhook, second: asyncpg.Connection, body: bytes
) -> None:
    assert await door.receive(GOOD, body) == 400
    assert await stored(second) == []


async def test_size_is_bounded(door: Webhook, second: asyncpg.Connection) -> None:
    body = orjson.dumps({"update_id": 1, "x": "x" * UPDATE_BYTES_MAX})
    assert await door.receive(GOOD, body) == 413
    assert await stored(second) == []


async def test_what_cannot_be_stored_is_asked_for_again(
    door: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for failure in (OSError("gone"), asyncpg.ConnectionDoesNotExistError("gone"), RuntimeError):
        with monkeypatch.context() as patch:

            async def fail(*_args: object, failure: object = failure) -> bool:
                raise failure  # type: ignore[misc]

            patch.setattr(Inbox, "keep", fail)
            assert await door.receive(GOOD, UPDATE) == 503
    assert await door.receive(GOOD, UPDATE) == 200
