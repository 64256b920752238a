from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casino.players import Players, TelegramUser
from tests.conftest import MovingClock
from tests.peers.telegram.init_data import sign
from tests.webapp.conftest import BOT_TOKEN, Client
from webapp.auth import InitDataInvalid, verify_init_data

USER = {"id": 777, "first_name": "Ада", "username": "ada", "language_code": "ru"}


def fresh(clock: MovingClock, **more: str) -> dict[str, str]:
    return {
        "query_id": "AAE",
        "user": json.dumps(USER, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(int(clock.now().timestamp())),
        "signature": "",
        **more,
    }


async def post(visitor: Client, raw: str, status: int) -> Any:
    return await visitor.ask("POST", "/auth/telegram", status, json={"init_data": raw})


async def test_init_data_signs_in_the_same_player_as_the_chat(
    visitor: Client, players: Players, clock: MovingClock
) -> None:
    known = await players.meet_telegram(TelegramUser(777, "Ада"), in_chat=True)
    answer = await post(visitor, sign(fresh(clock), BOT_TOKEN), 200)
    assert answer["player"]["id"] == str(known.id)
    assert answer["player"]["surface"] == "telegram"
    visitor.took(answer)
    assert (await visitor.ask("GET", "/me"))["name"] == "Ада"


async def test_first_contact_through_the_app_makes_a_player_with_language_and_payload(
    visitor: Client, clock: MovingClock, second: asyncpg.Connection
) -> None:
    answer = await post(visitor, sign(fresh(clock, start_param="r_friend"), BOT_TOKEN), 200)
    row = await second.fetchrow(
        "SELECT language, start_payload FROM players WHERE id = $1", int(answer["player"]["id"])
    )
    assert tuple(row) == ("ru", "r_friend")


async def test_every_altered_field_is_refused(visitor: Client, clock: MovingClock) -> None:
    good = fresh(clock)
    signed = dict(part.split("=", 1) for part in sign(good, BOT_TOKEN).split("&"))
    for name in signed:
        forged = {**signed, name: signed[name] + "1"}
        await post(visitor, "&".join(f"{k}={v}" for k, v in forged.items()), 401)
        missing = {k: v for k, v in signed.items() if k != name}
        await post(visitor, "&".join(f"{k}={v}" for k, v in missing.items()), 401)


async def test_another_bots_signature_is_refused(visitor: Client, clock: MovingClock) -> None:
    await post(visitor, sign(fresh(clock), "1:other"), 401)


@pytest.mark.parametrize("user_first", [True, False])
async def test_a_key_given_twice_is_refused(
    visitor: Client, clock: MovingClock, user_first: bool
) -> None:
    genuine = sign(fresh(clock), BOT_TOKEN)
    forged = urlencode({"user": json.dumps({"id": 1, "first_name": "Mallory"})})
    raw = f"{forged}&{genuine}" if user_first else f"{genuine}&{forged}"
    answer = await post(visitor, raw, 401)
    assert answer["code"] == "init-data-invalid"


@pytest.mark.parametrize(("age_s", "status"), [(0, 200), (3_500, 200), (3_700, 401), (-120, 401)])
async def test_age_is_checked(
    visitor: Client, clock: MovingClock, age_s: int, status: int
) -> None:
    moment = clock.now() - timedelta(seconds=age_s)
    await post(
        visitor, sign(fresh(clock, auth_date=str(int(moment.timestamp()))), BOT_TOKEN), status
    )


async def test_a_copy_is_worthless_after_its_moment(visitor: Client, clock: MovingClock) -> None:
    raw = sign(fresh(clock), BOT_TOKEN)
    await post(visitor, raw, 200)
    await post(visitor, raw, 200)  # the page loaded twice
    clock.advance(minutes=6)
    await post(visitor, raw, 401)


async def test_access_tokens_end_and_refresh_tokens_work_once(
    visitor: Client, clock: MovingClock
) -> None:
    visitor.took(await post(visitor, sign(fresh(clock), BOT_TOKEN), 200))
    first = visitor.refresh_token
    clock.advance(minutes=16)
    await visitor.ask("GET", "/me", 401)
    visitor.token = None
    visitor.took(await visitor.ask("POST", "/auth/refresh", json={"refresh_token": first}))
    await visitor.ask("GET", "/me")
    await visitor.ask("POST", "/auth/refresh", 401, json={"refresh_token": first})


@given(st.text(max_size=300))
def test_no_text_at_all_gets_in(raw: str) -> None:
    with pytest.raises(InitDataInvalid):
        verify_init_data(raw, BOT_TOKEN, MovingClock().now())


@pytest.mark.parametrize("user", ["", "null", "[]", '{"id":"x"}', '{"id":-5}', '{"id":1e400}'])
def test_a_signed_user_that_is_none_is_refused(user: str) -> None:
    clock = MovingClock()
    with pytest.raises(InitDataInvalid):
        verify_init_data(sign(fresh(clock, user=user), BOT_TOKEN), BOT_TOKEN, clock.now())


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Bearer " + "a" * 5000, "Basic YTpi", "Bearer a.b.c"],
)
async def test_tokens_that_are_none_are_refused(visitor: Client, authorization: str) -> None:
    await visitor.ask("GET", "/me", 401, headers={"Authorization": authorization})


async def test_a_token_signed_with_no_algorithm_is_refused(visitor: Client) -> None:
    import jwt

    forged = jwt.encode({"sub": "1001", "surface": "web", "exp": 9_999_999_999}, "", "none")
    await visitor.ask("GET", "/me", 401, headers={"Authorization": f"Bearer {forged}"})
