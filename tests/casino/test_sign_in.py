"""Refresh tokens that work once, and init data whose copy is worthless."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from casino import errors
from casino.players import Player, SignedIn, SignIns
from casino.surfaces import Surface
from tests.casino.support import count
from tests.conftest import MovingClock


async def test_each_token_works_once_and_gives_the_next(sign_ins: SignIns, player: Player) -> None:
    first = await sign_ins.open(player.id, Surface.WEB)
    second_one = await sign_ins.renew(first.refresh_token)
    third = await sign_ins.renew(second_one.refresh_token)
    assert {first.player_id, second_one.player_id, third.player_id} == {player.id}
    assert third.surface is Surface.WEB
    assert len({first.refresh_token, second_one.refresh_token, third.refresh_token}) == 3
    for used in (first, second_one):
        with pytest.raises(errors.Unauthorised):
            await sign_ins.renew(used.refresh_token)
    await sign_ins.renew(third.refresh_token)


async def test_a_token_used_by_many_at_once_works_for_one(
    sign_ins: SignIns, player: Player, second: asyncpg.Connection
) -> None:
    opened = await sign_ins.open(player.id, Surface.WEB)
    outcomes = await asyncio.gather(
        *(sign_ins.renew(opened.refresh_token) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(o, SignedIn) for o in outcomes) == 1
    assert sum(isinstance(o, errors.Unauthorised) for o in outcomes) == 9
    assert await count(second, "sign_ins") == 1


@pytest.mark.parametrize(("surface", "hours"), [(Surface.TELEGRAM, 24), (Surface.WEB, 30 * 24)])
async def test_a_token_expires_on_its_surfaces_terms_and_each_use_prolongs_it(
    sign_ins: SignIns, player: Player, clock: MovingClock, surface: Surface, hours: int
) -> None:
    opened = await sign_ins.open(player.id, surface)
    clock.advance(hours=hours, seconds=-1)
    renewed = await sign_ins.renew(opened.refresh_token)
    clock.advance(hours=hours, seconds=-1)
    again = await sign_ins.renew(renewed.refresh_token)
    clock.advance(hours=hours)
    with pytest.raises(errors.Unauthorised):
        await sign_ins.renew(again.refresh_token)


@pytest.mark.parametrize("token", ["", "x", "x" * 129, "x" * 100_000, "\0", "\ud800", "тест"])
async def test_what_is_no_token_of_ours_is_refused(token: str, sign_ins: SignIns) -> None:
    with pytest.raises(errors.Unauthorised):
        await sign_ins.renew(token)


async def test_the_database_holds_no_token(
    sign_ins: SignIns, player: Player, second: asyncpg.Connection
) -> None:
    opened = await sign_ins.open(player.id, Surface.WEB)
    row = await second.fetchrow("SELECT * FROM sign_ins")
    assert opened.refresh_token not in str(dict(row))


async def test_init_data_signs_in_again_only_within_its_moment(
    sign_ins: SignIns, clock: MovingClock
) -> None:
    await sign_ins.use_init_data("user=1&hash=a")
    clock.advance(minutes=5)
    await sign_ins.use_init_data("user=1&hash=a")
    clock.advance(seconds=1)
    with pytest.raises(errors.Unauthorised):
        await sign_ins.use_init_data("user=1&hash=a")
    await sign_ins.use_init_data("user=1&hash=b")


async def test_use_within_the_window_does_not_stretch_it(
    sign_ins: SignIns, clock: MovingClock
) -> None:
    for _ in range(5):
        await sign_ins.use_init_data("user=1&hash=a")
        clock.advance(minutes=1)
    clock.advance(seconds=1)
    with pytest.raises(errors.Unauthorised):
        await sign_ins.use_init_data("user=1&hash=a")


async def test_two_frames_that_load_at_once_both_get_in(
    sign_ins: SignIns, second: asyncpg.Connection
) -> None:
    await asyncio.gather(*(sign_ins.use_init_data("user=1&hash=a") for _ in range(8)))
    assert await count(second, "seen_init_data") == 1


@pytest.mark.parametrize("raw", ["", "\0", "\ud800", "x" * 100_000])
async def test_init_data_of_any_bytes_is_only_a_digest_to_us(
    raw: str, sign_ins: SignIns, second: asyncpg.Connection
) -> None:
    await sign_ins.use_init_data(raw)
    assert await second.fetchval("SELECT length(digest) FROM seen_init_data") == 64


async def test_what_can_sign_nobody_in_is_forgotten_and_the_rest_kept(
    sign_ins: SignIns, player: Player, clock: MovingClock, second: asyncpg.Connection
) -> None:
    await sign_ins.open(player.id, Surface.TELEGRAM)
    kept = await sign_ins.open(player.id, Surface.WEB)
    await sign_ins.use_init_data("old")
    clock.advance(days=2, seconds=1)
    await sign_ins.use_init_data("new")
    await sign_ins.forget_old()
    assert await count(second, "sign_ins") == 1
    assert await count(second, "seen_init_data") == 1
    await sign_ins.renew(kept.refresh_token)
