"""Each error of the protocol: its exact body, and nothing changed."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from casino.money import EUR, FUN
from tests.peers.hub88.openssl import key_pair, sign
from tests.peers.hub88.vendor import Said, Vendor
from tests.providers.hub88.conftest import CENT, Seat, fresh


def is_error(said: Said, status: str, seat: Seat, request: str = "q") -> bool:
    assert said.status == 200
    return said.json == {"status": status, "user": seat.user, "request_uuid": request}


# Each is one bet of a cent that is odd in one way.
MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"transaction_uuid": None}, "RS_ERROR_WRONG_SYNTAX"),
    ({"transaction_uuid": ""}, "RS_ERROR_WRONG_SYNTAX"),
    ({"transaction_uuid": "x" * 191}, "RS_ERROR_WRONG_SYNTAX"),
    ({"transaction_uuid": "a\nb"}, "RS_ERROR_WRONG_SYNTAX"),
    ({"transaction_uuid": "a\x00b"}, "RS_ERROR_WRONG_SYNTAX"),
    ({"transaction_uuid": 7}, "RS_ERROR_WRONG_TYPES"),
    ({"amount": None}, "RS_ERROR_WRONG_SYNTAX"),
    ({"amount": -CENT}, "RS_ERROR_WRONG_SYNTAX"),
    ({"amount": CENT + 1}, "RS_ERROR_WRONG_SYNTAX"),  # finer than a cent
    ({"amount": CENT * 2**63}, "RS_ERROR_WRONG_SYNTAX"),
    ({"amount": 10**400}, "RS_ERROR_WRONG_SYNTAX"),
    ({"amount": 1000.0}, "RS_ERROR_WRONG_TYPES"),
    ({"amount": "1000"}, "RS_ERROR_WRONG_TYPES"),
    ({"amount": True}, "RS_ERROR_WRONG_TYPES"),
    ({"amount": [1000]}, "RS_ERROR_WRONG_TYPES"),
    ({"currency": None}, "RS_ERROR_WRONG_SYNTAX"),
    ({"currency": "XXX"}, "RS_ERROR_WRONG_CURRENCY"),
    ({"currency": "eur"}, "RS_ERROR_WRONG_CURRENCY"),
    ({"currency": "USD"}, "RS_ERROR_WRONG_CURRENCY"),  # ours, but not the session's
    ({"token": None}, "RS_ERROR_WRONG_SYNTAX"),
    ({"token": "T" * 26}, "RS_ERROR_INVALID_TOKEN"),
    ({"token": "T" * 191}, "RS_ERROR_WRONG_SYNTAX"),
    ({"game_code": None}, "RS_ERROR_WRONG_SYNTAX"),
    ({"game_code": "no_such_game"}, "RS_ERROR_INVALID_GAME"),
    ({"round": "r" * 191}, "RS_ERROR_WRONG_SYNTAX"),
    ({"round": 5}, "RS_ERROR_WRONG_TYPES"),
    ({"round_closed": "yes"}, "RS_ERROR_WRONG_TYPES"),
    ({"is_free": 1}, "RS_ERROR_WRONG_TYPES"),
    ({"is_supplier_promo": "true"}, "RS_ERROR_WRONG_TYPES"),
]
STRANGERS = [
    ("player-999999", "RS_ERROR_INVALID_TOKEN"),
    ("stranger-1", "RS_ERROR_INVALID_TOKEN"),
    ("player-", "RS_ERROR_INVALID_TOKEN"),
    ("player-0001", "RS_ERROR_INVALID_TOKEN"),
    ("player-" + "9" * 40, "RS_ERROR_INVALID_TOKEN"),
    ("player-١", "RS_ERROR_INVALID_TOKEN"),
    ("abc", "RS_ERROR_WRONG_SYNTAX"),
    ("", "RS_ERROR_WRONG_SYNTAX"),
]
QUESTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("user/balance", {"token": None}, "RS_ERROR_WRONG_SYNTAX"),
    ("user/balance", {"token": "T" * 26}, "RS_ERROR_INVALID_TOKEN"),
    ("user/balance", {"token": 5}, "RS_ERROR_WRONG_TYPES"),
    ("user/nothing", {}, "RS_ERROR_WRONG_SYNTAX"),
    ("", {}, "RS_ERROR_WRONG_SYNTAX"),
]


@pytest.mark.usefixtures("unchanged")
async def test_malformed_bets(seat: Seat) -> None:
    for changed, status in MALFORMED:
        fields = {"request_uuid": "q", "round": fresh(), **changed}
        assert is_error(await seat.bet(1, fresh(), **fields), status, seat), changed


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("action", ["bet", "win", "rollback"])
async def test_unknown_players(seat: Seat, action: str) -> None:
    for user, status in STRANGERS:
        fields = {"user": user, "request_uuid": "q"}
        if action == "bet":
            said = await seat.bet(1, fresh(), **fields)
        elif action == "win":
            said = await seat.win(1, fresh(), None, is_free=True, reward_uuid="w", **fields)
        else:
            said = await seat.rollback(fresh(), fresh(), **fields)
        assert said.json == {"status": status, "user": user, "request_uuid": "q"}


@pytest.mark.usefixtures("unchanged")
async def test_malformed_questions(seat: Seat) -> None:
    usual = {"user": seat.user, "token": seat.session, "request_uuid": "q"}
    for path, changed, status in QUESTIONS:
        said = await seat.vendor.call(path, **(usual | changed))
        assert is_error(said, status, seat), (path, changed)


@pytest.mark.usefixtures("unchanged")
async def test_questions_about_nobody(seat: Seat) -> None:
    for path in ("user/balance", "user/info"):
        for user in ("player-999999", "nobody"):
            asked: dict[str, Any] = {"user": user, "token": seat.session, "request_uuid": "q"}
            said = await seat.vendor.call(path, **asked)
            assert said.json["status"] == "RS_ERROR_INVALID_TOKEN"


async def test_a_session_of_another_player_is_unknown(
    seat: Seat, second: asyncpg.Connection
) -> None:
    await second.execute(
        "INSERT INTO players (id, name, language, frozen, created_at)"
        " VALUES (999999, 'Ann', 'en', false, now())"
    )
    await second.execute("UPDATE game_sessions SET player_id = 999999")
    said = await seat.bet(1, fresh(), request_uuid="q")
    assert is_error(said, "RS_ERROR_INVALID_TOKEN", seat)
    asked: dict[str, Any] = {"user": seat.user, "token": seat.session, "request_uuid": "q"}
    said = await seat.vendor.call("user/balance", **asked)
    assert is_error(said, "RS_ERROR_INVALID_TOKEN", seat)


async def test_a_message_without_a_request_id(seat: Seat) -> None:
    for request_uuid in (None, ""):
        said = await seat.bet(1, fresh(), request_uuid=request_uuid)
        assert said.json["status"] == "RS_ERROR_WRONG_SYNTAX"


async def test_a_rollback_names_what_it_takes_back(seat: Seat) -> None:
    said = await seat.rollback(fresh(), "", request_uuid="q")
    assert is_error(said, "RS_ERROR_WRONG_SYNTAX", seat)


@pytest.mark.parametrize(
    "change", ["frozen = true", "blocked = true", "excluded_until = now() + interval '1 day'"]
)
async def test_a_player_who_may_not_play_keeps_wins_and_rollbacks(
    seat: Seat, second: asyncpg.Connection, change: str
) -> None:
    stake = fresh()
    await seat.bet(100, stake)
    await second.execute(f"UPDATE accounts SET {change}")  # noqa: S608 - a change of ours
    said = await seat.bet(100, fresh(), request_uuid="q")
    assert is_error(said, "RS_ERROR_USER_DISABLED", seat)
    assert (await seat.win(500, fresh(), stake)).balance == 10_400
    assert (await seat.rollback(fresh(), stake)).balance == 10_500


async def test_a_stake_above_the_players_limit(seat: Seat, second: asyncpg.Connection) -> None:
    await second.execute(
        "INSERT INTO limits (player_id, currency_id, of_losses, days, units)"
        " VALUES ($1, $2, false, 1, 500)",
        seat.player_id,
        EUR.id,
    )
    said = await seat.bet(501, fresh(), request_uuid="q")
    assert is_error(said, "RS_ERROR_LIMIT_REACHED", seat)
    assert (await seat.bet(500, fresh())).balance == 9_500


@pytest.mark.parametrize("table", ["games", "providers"])
async def test_a_game_that_is_off_takes_no_stake_but_ends_its_rounds(
    seat: Seat, second: asyncpg.Connection, table: str
) -> None:
    stake = fresh()
    await seat.bet(100, stake)
    await second.execute(f"UPDATE {table} SET enabled = false")  # noqa: S608 - a name of ours
    said = await seat.bet(100, fresh(), round="r-2", request_uuid="q")
    assert is_error(said, "RS_ERROR_INVALID_GAME", seat)
    assert (await seat.bet(100, fresh())).balance == 9_800  # the round had begun
    assert (await seat.win(500, fresh(), stake)).balance == 10_300


async def test_a_session_that_expired_says_so(seat: Seat, second: asyncpg.Connection) -> None:
    await second.execute("UPDATE game_sessions SET expires_at = now() - interval '1 second'")
    said = await seat.bet(100, fresh(), request_uuid="q")
    assert is_error(said, "RS_ERROR_TOKEN_EXPIRED", seat)


async def test_a_session_in_another_currency(seat: Seat, second: asyncpg.Connection) -> None:
    await second.execute("UPDATE game_sessions SET currency_id = $1", FUN.id)
    said = await seat.bet(100, fresh(), request_uuid="q")
    assert is_error(said, "RS_ERROR_WRONG_CURRENCY", seat)


UNSIGNED = {"status": "RS_ERROR_INVALID_SIGNATURE"}


@pytest.mark.usefixtures("unchanged")
async def test_unsigned_and_wrongly_signed_calls(seat: Seat, vendor: Vendor) -> None:
    body = json.dumps(
        {
            "user": seat.user,
            "token": seat.session,
            "request_uuid": "q",
            "game_code": seat.game,
            "transaction_uuid": fresh(),
            "round": "r",
            "amount": CENT,
            "currency": "EUR",
        }
    ).encode()
    good = sign(vendor.keys, body)
    forged = [
        (body, None),
        (body, ""),
        (body, "not base64 at all"),
        (body, "A" * 344),
        (body, "A" * 5_000),
        (body, good[:-8]),
        (body, "é" + good[1:]),
        (body, sign(key_pair("stranger"), body)),
        (body + b" ", good),
        (body.replace(b"1000", b"9000"), good),
        (b"", good),
        (b"{}", good),
    ]
    for sent, signature in forged:
        said = await vendor.post("transaction/bet", sent, signature)
        assert (said.status, said.json) == (200, UNSIGNED)
    assert (await vendor.forged()).json == UNSIGNED


async def test_both_keys_of_a_rotation_are_accepted(seat: Seat, vendor: Vendor) -> None:
    asked: dict[str, Any] = {"user": seat.user, "token": seat.session, "game_code": seat.game}
    for keys in (vendor.keys, vendor.keys_previous):
        assert (await vendor.call("user/balance", keys=keys, **asked)).outcome == "ok"


@pytest.mark.parametrize("policy", [{"hub88_public_key_previous": None}])
async def test_a_retired_key_is_not_accepted(seat: Seat, vendor: Vendor) -> None:
    asked: dict[str, Any] = {"user": seat.user, "token": seat.session, "game_code": seat.game}
    said = await vendor.call("user/balance", keys=vendor.keys_previous, **asked)
    assert said.outcome == "bad_signature"


@pytest.mark.usefixtures("unchanged")
async def test_signed_bodies_of_another_kind(seat: Seat, vendor: Vendor) -> None:
    async def sent(body: bytes, path: str = "transaction/bet") -> dict[str, Any]:
        said = await vendor.post(path, body, sign(vendor.keys, body))
        assert said.status == 200
        return said.json

    syntax, types = "RS_ERROR_WRONG_SYNTAX", "RS_ERROR_WRONG_TYPES"
    assert await sent(b"") == {"status": syntax}
    assert await sent(b"{") == {"status": syntax}
    assert await sent(b"user=player-1&amount=1") == {"status": syntax}
    assert await sent(bytes(range(256)) * 8) == {"status": syntax}
    assert await sent(b"[" * 60_000) == {"status": types}
    assert await sent(b'{"a":' * 10_000) == {"status": syntax}
    assert await sent(b"[]") == {"status": types}
    assert await sent(b"{}") == {"status": syntax}
    assert await sent(b'{"request_uuid":"q","amount":1e5}') == {
        "status": types,
        "request_uuid": "q",
    }
    assert await sent(b'{"request_uuid":5,"user":[]}') == {"status": types}
    padded = json.dumps({"user": seat.user, "padding": "x" * 65_536}).encode()
    assert await sent(padded) == UNSIGNED


async def test_fields_that_are_not_known_are_tolerated(seat: Seat) -> None:
    said = await seat.bet(100, fresh(), meta={"a": [1, {"b": None}]}, is_billable=True)
    assert said.balance == 9_900


@pytest.mark.usefixtures("unchanged")
async def test_only_post_is_understood(seat: Seat, vendor: Vendor) -> None:
    assert vendor._http is not None  # noqa: SLF001 - a request that the vendor never makes
    signature = {"X-Hub88-Signature": sign(vendor.keys, b"{}")}
    url = f"{vendor.callback_url}/user/balance"
    async with vendor._http.put(url, data=b"{}", headers=signature) as response:  # noqa: SLF001
        assert response.status == 200
        assert await response.json() == {"status": "RS_ERROR_WRONG_SYNTAX"}
    async with vendor._http.get(url) as response:  # noqa: SLF001
        assert await response.json() == UNSIGNED


async def test_the_vendors_own_wrong_calls(seat: Seat, vendor: Vendor) -> None:
    assert (await vendor.malformed()).outcome == "malformed"


async def test_a_settled_call_is_not_logged(seat: Seat) -> None:
    with capture_logs() as logs:
        await seat.bet(100, fresh())
    assert [line for line in logs if line["log_level"] != "debug"] == []


async def test_no_secret_reaches_answer_or_log(seat: Seat, vendor: Vendor) -> None:
    with capture_logs() as logs:
        bodies = [
            (await vendor.forged()).body,
            (await seat.bet(100, fresh(), currency="no such currency")).body,
            (await vendor.call("no/such/path", user=seat.user)).body,
        ]
    seen = json.dumps([[body.decode() for body in bodies], logs], default=str)
    assert "no such currency" not in seen
    assert "PRIVATE" not in seen
    assert len(logs) == 3
