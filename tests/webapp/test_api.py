from __future__ import annotations

import asyncio
import uuid
from typing import Any

import asyncpg
import pytest
from aiohttp import WSMsgType

from casino.money import FUN
from casino.wallet import Batch, Kind, Op, Wallet
from tests.webapp.conftest import Client


def bet(stake: str = "1.00", **more: Any) -> dict[str, Any]:
    return {
        "currency": "FUN", "stake": stake, "direction": "under", "win_numbers": 4950, **more
    }  # fmt: skip


def keyed(key: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid.uuid4())}


async def test_config_names_what_a_client_needs(visitor: Client) -> None:
    config = await visitor.ask("GET", "/config")
    assert config["mode"] == "demo"
    assert [c["code"] for c in config["currencies"]] == ["FUN", "TON", "USDT"]
    assert config["demo_sign_in"] is True


async def test_the_wallet_shows_every_currency_on_offer(demo: Client) -> None:
    accounts = (await demo.ask("GET", "/wallet"))["accounts"]
    assert accounts[0] == {
        "currency": "FUN", "available": "1000", "held": "0", "bonus": "0", "version": 1
    }  # fmt: skip
    assert [a["currency"] for a in accounts] == ["FUN", "TON", "USDT"]


async def test_terms_are_accepted_only_when_both_are_said(demo: Client) -> None:
    assert demo.player["terms_accepted"] is False
    await demo.ask("POST", "/me/terms", 400, json={"adult": False, "accepted": True})
    me = await demo.ask("POST", "/me/terms", json={"adult": True, "accepted": True})
    assert me["terms_accepted"] is True


async def test_language_is_changed_and_unknown_ones_are_refused(demo: Client) -> None:
    assert (await demo.ask("PATCH", "/me", json={"language": "ru"}))["language"] == "ru"
    await demo.ask("PATCH", "/me", 400, json={"language": "xx"})
    await demo.ask("PATCH", "/me", 400, json={"language": "en", "frozen": False})


async def test_a_dice_bet_moves_the_wallet_and_the_history_tells_it(demo: Client) -> None:
    round_ = await demo.ask("POST", "/house/dice/bets", json=bet(), headers=keyed())
    wallet = (await demo.ask("GET", "/wallet"))["accounts"][0]
    assert wallet == round_["account"]
    assert round_["multiplier"] == "2.0000"
    assert round_["payout"] == ("2" if round_["won"] else "0")
    history = (await demo.ask("GET", "/wallet/history"))["items"]
    assert [i["kind"] for i in history][-1] == "grant"
    assert history[-2]["amount"] == "-1"
    assert history[-2]["game"]["title"] == "Dice"
    listed = (await demo.ask("GET", "/house/rounds?game=dice"))["rounds"]
    assert listed[0]["id"] == round_["id"]
    assert (await demo.ask("GET", f"/house/rounds/{round_['id']}"))["roll"] == round_["roll"]


async def test_the_same_key_bets_once(demo: Client, second: asyncpg.Connection) -> None:
    headers = keyed("one")
    rounds = await asyncio.gather(
        *(demo.ask("POST", "/house/dice/bets", json=bet(), headers=headers) for _ in range(6))
    )
    assert len({r["id"] for r in rounds}) == 1
    assert await second.fetchval("SELECT count(*) FROM house_rounds") == 1
    refused = await demo.ask("POST", "/house/dice/bets", 409, json=bet("2"), headers=headers)
    assert refused["code"] == "key-reused"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (bet("0.0000001"), 400, "malformed"),
        (bet("-1"), 400, "malformed"),
        (bet("1e3"), 400, "malformed"),
        (bet("١"), 400, "malformed"),
        (bet("0.01"), 409, "stake-out-of-range"),
        (bet("99999999999999999999999"), 400, "malformed"),
        (bet("9999999999999999999"), 400, "malformed"),
        (bet("1001"), 409, "not-enough-money"),
        (bet("5000", win_numbers=1), 409, "profit-too-large"),
        (bet(currency="BTC"), 400, "unknown-currency"),
        (bet(currency="DOGE"), 400, "unknown-currency"),
        (bet(win_numbers=0), 400, "malformed"),
        (bet(direction="up"), 400, "malformed"),
        (bet(extra=1), 400, "malformed"),
        ({}, 400, "malformed"),
    ],
)
async def test_bad_bets_are_refused_and_change_nothing(
    demo: Client, second: asyncpg.Connection, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await demo.ask("POST", "/house/dice/bets", status, json=body, headers=keyed())
    assert answer["code"] == code
    assert await second.fetchval("SELECT count(*) FROM transfers WHERE kind_id <> 61") == 0


async def test_bodies_that_are_no_json_and_missing_keys_are_refused(demo: Client) -> None:
    for data in (b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"'):
        await demo.ask("POST", "/house/dice/bets", 400, data=data, headers=keyed())
    await demo.ask("POST", "/house/dice/bets", 400, json=bet())
    await demo.ask("POST", "/house/dice/bets", 413, data=b"x" * 300_000, headers=keyed())


async def test_a_round_of_somebody_else_is_not_found(demo: Client) -> None:
    round_ = await demo.ask("POST", "/house/dice/bets", json=bet(), headers=keyed())
    other = Client(demo.http)
    other.took(await other.ask("POST", "/auth/demo"))
    await other.ask("GET", f"/house/rounds/{round_['id']}", 404)
    await other.ask("GET", "/house/rounds/99999999999999999999999", 404)
    await other.ask("GET", "/house/rounds/x", 404)
    history = (await demo.ask("GET", "/wallet/history"))["items"]
    await other.ask("GET", f"/wallet/history?before={history[0]['id']}", 404)


async def test_seeds_are_shown_and_rotated(demo: Client) -> None:
    before = await demo.ask("GET", "/fairness")
    await demo.ask("POST", "/house/dice/bets", json=bet(), headers=keyed())
    rotated = await demo.ask("POST", "/fairness/rotate", json={"client_seed": "mine"})
    assert rotated["revealed"]["server_seed_hash"] == before["server_seed_hash"]
    assert rotated["revealed"]["nonce"] == 1
    assert rotated["current"]["client_seed"] == "mine"
    await demo.ask("POST", "/fairness/rotate", 400, json={"client_seed": "a:b"})


async def test_history_pages_to_the_end(demo: Client) -> None:
    for _ in range(5):
        await demo.ask("POST", "/house/dice/bets", json=bet(), headers=keyed())
    whole = (await demo.ask("GET", "/wallet/history?limit=100"))["items"]
    pages: list[Any] = []
    path = "/wallet/history?limit=2"
    while True:
        page = await demo.ask("GET", path)
        pages += page["items"]
        if page["next"] is None:
            break
        path = f"/wallet/history?limit=2&before={page['next']}"
    assert pages == whole
    for bad in ("limit=0", "limit=1000", "limit=x", "before=abc", "before=1-2"):
        await demo.ask("GET", f"/wallet/history?{bad}", 400)


async def test_play_money_is_deposited_once_a_key(demo: Client) -> None:
    methods = (await demo.ask("GET", "/deposit/methods"))["methods"]
    assert [(m["rail"], m["currency"], m["method"]) for m in methods] == [
        ("sandbox", "FUN", "instant")
    ]
    body = {"rail": "sandbox", "currency": "FUN", "amount": "50"}
    headers = keyed("d")
    first = await demo.ask("POST", "/deposit/instant", json=body, headers=headers)
    again = await demo.ask("POST", "/deposit/instant", json=body, headers=headers)
    assert first == again
    assert (await demo.ask("GET", "/wallet"))["accounts"][0]["available"] == "1050"
    assert (await demo.ask("GET", "/deposits"))["deposits"] == [first]
    for wrong in ({"currency": "TON"}, {"rail": "ton"}, {"amount": "0.5"}, {"amount": "10001"}):
        answer = await demo.http.request(
            "POST",
            "/api/v1/deposit/instant",
            json={**body, **wrong},
            headers={"Authorization": f"Bearer {demo.token}", **keyed()},
        )
        assert answer.status in (400, 404, 409)


async def test_games_are_listed_without_signing_in(visitor: Client) -> None:
    lobby = await visitor.ask("GET", "/games")
    assert lobby["categories"] == ["instant"]
    (dice,) = lobby["games"]
    assert (dice["own"], dice["rtp"], dice["has_demo"]) == ("dice", "99.00", False)
    assert (await visitor.ask("GET", f"/games/{dice['id']}")) == dice
    assert (await visitor.ask("GET", "/games?q=DIC"))["games"] == [dice]
    assert (await visitor.ask("GET", "/games?category=slots"))["games"] == []


async def test_a_house_game_is_not_launched_in_a_frame(demo: Client) -> None:
    dice = (await demo.ask("GET", "/games"))["games"][0]
    body = {"currency": "FUN", "mode": "real"}
    answer = await demo.ask("POST", f"/games/{dice['id']}/launch", 409, json=body)
    assert answer["code"] == "game-unavailable"
    await demo.ask("POST", "/games/424242/launch", 404, json=body)


async def test_unknown_paths_and_methods_answer_in_json(visitor: Client) -> None:
    await visitor.ask("GET", "/nothing", 404)
    await visitor.ask("DELETE", "/me", 405)


async def test_balances_are_pushed_over_one_socket(demo: Client, wallet: Wallet) -> None:
    async with demo.http.ws_connect("/api/v1/live") as socket:
        await socket.send_json({"t": "auth", "token": demo.token})
        assert await socket.receive_json() == {"t": "ready", "unavailable": []}
        snapshot = await socket.receive_json()
        assert snapshot["accounts"][0]["version"] == 1
        player_id = int(demo.player["id"])
        await wallet.apply(Batch(player_id, FUN, "test", (Op(Kind.BET, "b", 1_000_000, "r"),)))
        pushed = await socket.receive_json(timeout=5)
        while pushed["accounts"][0]["version"] < 2:  # the welcome's own push may come late
            pushed = await socket.receive_json(timeout=5)
        assert pushed["accounts"] == [
            {"currency": "FUN", "available": "999", "held": "0", "bonus": "0", "version": 2}
        ]


@pytest.mark.parametrize(
    "hello", ["{}", "no json", '{"t":"auth","token":"x"}', '{"t":"auth"}', "x" * 3000]
)
async def test_a_socket_without_a_good_token_is_closed(visitor: Client, hello: str) -> None:
    async with visitor.http.ws_connect("/api/v1/live") as socket:
        await socket.send_str(hello)
        message = await socket.receive(timeout=5)
        assert message.type is WSMsgType.CLOSE
        assert socket.close_code == 4401


async def test_health_readiness_and_metrics_answer(visitor: Client) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/api/openapi.json"):
        async with visitor.http.get(path) as response:
            assert response.status == 200
    async with visitor.http.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"}) as response:
        assert response.status == 404


async def test_the_openapi_document_names_every_endpoint(visitor: Client) -> None:
    async with visitor.http.get("/api/openapi.json") as response:
        document = await response.json()
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/house/dice/bets" in document["paths"]
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["operationId"]
            assert operation["summary"]
