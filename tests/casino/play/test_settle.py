"""What providers ask through ``Play``: stakes are checked, credits are taken as they come."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from casino.backoffice import Backoffice, Staff
from casino.money import FUN, TON, Currency, Money
from casino.play import Catalogue, GameCall, LateOriginals, Play, Provider, UnknownPlayer, Visit
from casino.players import Player, Players, TelegramUser
from casino.surfaces import Surface
from casino.wallet import Answer, Applied, Kind, Op, Outcome, Refusal, Refused
from tests.casino.play.providers import entry, listed
from tests.casino.support import count, pockets
from tests.conftest import MovingClock

START = 1_000_000_000
STAFF = Staff(1, "Grace")
WIN = Op(Kind.WIN, "w", 5, "r")
BACK = Op(Kind.REVERSAL, "x", None, "r", "unknown")
FINISH = Op(Kind.FINISH, "f", None, "r")


def bet(key: str = "b", units: int = 100, round_id: str = "r") -> Op:
    return Op(Kind.BET, key, units, round_id)


@pytest.fixture
async def games(providers: dict[str, Provider], catalogue: Catalogue) -> dict[str, int]:
    """Two providers with two games each; their numbers by what the providers call them."""
    for provider_id, late in (("agg", LateOriginals.ACCEPT), ("strict", LateOriginals.REJECT)):
        provider = listed(provider_id, late)
        provider.entries = [entry(f"{provider_id}-{n}", has_demo=True) for n in (1, 2)]
        providers[provider_id] = provider
    await catalogue.register()
    for provider_id in ("agg", "strict"):
        await catalogue.sync(providers[provider_id])
    return {g.external_id: g.id for g in await catalogue.games()}


@pytest.fixture
async def session(play: Play, games: dict[str, int], player: Player) -> str:
    return await launch(play, player, games["agg-1"])


async def launch(play: Play, player: Player, game_id: int, currency: Currency = FUN) -> str:
    opened = await play.launch(
        player, game_id, currency, demo=False, visit=Visit(Surface.WEB, "mobile")
    )
    return opened.session_ref


def call(
    player: Player,
    *ops: Op,
    session: str | None = None,
    game: str | None = "agg-1",
    currency: Currency = FUN,
) -> GameCall:
    return GameCall(str(player.id), currency, ops, session, game)


def reason(answer: Answer) -> Refusal:
    assert isinstance(answer, Refused), answer
    return answer.reason


async def test_a_launched_game_stakes_and_wins(
    play: Play, games: dict[str, int], session: str, player: Player, second: asyncpg.Connection
) -> None:
    answer = await play.settle("agg", call(player, bet(), WIN, FINISH, session=session))
    assert isinstance(answer, Applied)
    assert await pockets(second, player.id, FUN) == (START - 95, 0, 0)
    rows = await second.fetch("SELECT game_id FROM transfers WHERE kind_id < 60")
    assert {row[0] for row in rows} == {games["agg-1"]}


@pytest.mark.parametrize(
    "ref", ["", "0", "-1", "9999999", "abc", "1e3", "１００１", " 1001", "9" * 40, "\0", "\ud800"]
)
async def test_a_player_who_is_none_of_ours_is_refused_for_stakes_and_credits(
    ref: str, play: Play, games: dict[str, int], second: asyncpg.Connection
) -> None:
    for ops in ((bet(),), (WIN,), (BACK,)):
        answer = await play.settle("agg", GameCall(ref, FUN, ops, None, "agg-1"))
        assert answer == Refused(Refusal.UNKNOWN_PLAYER, None)
    with pytest.raises(UnknownPlayer):
        await play.balance(ref, FUN)
    assert await count(second, "accounts") == 0


async def test_a_balance_of_a_player_of_ours_is_zero_before_anything_moved(
    play: Play, player: Player
) -> None:
    assert (await play.balance(str(player.id), TON)).playable == Money.zero(TON)
    assert (await play.balance(str(player.id), FUN)).playable.units == START


# --- sessions


@pytest.mark.parametrize(
    "which", ["none", "unknown", "empty", "nul", "surrogate", "ended", "expired", "currency"]
)
async def test_a_session_that_does_not_live_refuses_stakes_and_never_credits(
    which: str,
    play: Play,
    session: str,
    player: Player,
    second: asyncpg.Connection,
) -> None:
    ref = {"none": None, "unknown": "X" * 26, "empty": "", "nul": "a\0b", "surrogate": "\ud800"}
    currency = TON if which == "currency" else FUN
    if which == "ended":
        await play.end_session(player.id, session)
    if which == "expired":
        await second.execute("UPDATE game_sessions SET expires_at = now()")
    given = ref.get(which, session)
    answer = await play.settle("agg", call(player, bet(), session=given, currency=currency))
    assert reason(answer) is Refusal.SESSION_ENDED
    for op in (WIN, BACK, FINISH):
        answer = await play.settle("agg", call(player, op, session=given, currency=currency))
        assert isinstance(answer, Applied), op
    assert await count(second, "transfers", "kind_id = 1") == 0


async def test_another_players_session_refuses_the_stake(
    play: Play, session: str, players: Players, player: Player, second: asyncpg.Connection
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    answer = await play.settle("agg", call(other, bet(), session=session))
    assert reason(answer) is Refusal.SESSION_ENDED
    assert await pockets(second, other.id, FUN) == (START, 0, 0)


async def test_a_session_opened_with_one_provider_is_no_session_of_another(
    play: Play, games: dict[str, int], session: str, player: Player
) -> None:
    stake = call(player, bet(), session=session, game="strict-1")
    assert reason(await play.settle("strict", stake)) is Refusal.SESSION_ENDED


async def test_a_session_is_ended_by_its_owner_only_and_what_is_under_way_settles(
    play: Play, session: str, players: Players, player: Player
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    await play.end_session(other.id, session)
    assert isinstance(await play.settle("agg", call(player, bet(), session=session)), Applied)
    await play.end_session(player.id, session)
    await play.end_session(player.id, session)
    assert isinstance(await play.settle("agg", call(player, WIN, session=session)), Applied)
    again = await play.settle("agg", call(player, bet(), session=session))
    assert isinstance(again, Applied)
    assert again.items[0].outcome is Outcome.REPLAYED


async def test_a_session_ends_by_the_clock_of_the_house(
    play: Play, session: str, player: Player, clock: MovingClock
) -> None:
    """Not by the database's own: the two need not agree, and only one is ours to set."""
    clock.advance(hours=24, seconds=1)
    answer = await play.settle("agg", call(player, bet(), session=session))
    assert reason(answer) is Refusal.SESSION_ENDED


# --- games


@pytest.mark.parametrize("game", [None, "unknown", "", "strict-1", "g" * 500, "a\0b", "\ud800"])
async def test_a_game_that_is_none_of_the_providers_refuses_stakes_and_never_credits(
    game: str | None, play: Play, session: str, player: Player, second: asyncpg.Connection
) -> None:
    answer = await play.settle("agg", call(player, bet(), session=session, game=game))
    assert reason(answer) is Refusal.GAME_OFF
    answer = await play.settle("agg", call(player, WIN, session=session, game=game))
    assert isinstance(answer, Applied)
    assert await pockets(second, player.id, FUN) == (START + 5, 0, 0)


@pytest.mark.parametrize("switch", ["game", "provider"])
async def test_what_staff_switch_off_takes_no_new_stakes_while_rounds_finish(
    switch: str,
    play: Play,
    backoffice: Backoffice,
    games: dict[str, int],
    session: str,
    player: Player,
) -> None:
    async def turn(*, on: bool) -> None:
        if switch == "game":
            await backoffice.switch_game(STAFF, games["agg-1"], on=on)
        else:
            await backoffice.switch_provider(STAFF, "agg", on=on)

    async def settle(*ops: Op) -> Answer:
        return await play.settle("agg", call(player, *ops, session=session))

    await settle(bet("b1"))
    await turn(on=False)
    assert reason(await settle(bet("b2", round_id="new"))) is Refusal.GAME_OFF
    assert isinstance(await settle(bet("b3"), WIN, FINISH), Applied)
    assert isinstance(await settle(Op(Kind.WIN, "w2", 5, "other")), Applied)
    assert isinstance(await settle(Op(Kind.REVERSAL, "x1", reference="b1")), Applied)
    await turn(on=True)
    assert isinstance(await settle(bet("b2", round_id="new")), Applied)


async def test_switching_one_game_off_leaves_the_others_on(
    play: Play, backoffice: Backoffice, games: dict[str, int], session: str, player: Player
) -> None:
    await backoffice.switch_game(STAFF, games["agg-2"], on=False)
    assert isinstance(await play.settle("agg", call(player, bet(), session=session)), Applied)


# --- late originals


async def test_late_originals_are_answered_by_the_providers_policy_and_move_nothing(
    play: Play, games: dict[str, int], player: Player, second: asyncpg.Connection
) -> None:
    for provider_id, policy in (("agg", Outcome.LATE), ("strict", Refusal.LATE_ORIGINAL)):
        game = f"{provider_id}-1"
        session = await launch(play, player, games[game])
        back = Op(Kind.REVERSAL, "x", None, "r", "b")
        await play.settle(provider_id, call(player, back, session=session, game=game))
        stake = call(player, bet(), session=session, game=game)
        answer = await play.settle(provider_id, stake)
        if isinstance(answer, Applied):
            assert answer.items[0].outcome is policy
        else:
            assert answer.reason is policy
    assert await pockets(second, player.id, FUN) == (START, 0, 0)


async def test_one_callback_delivered_many_times_at_once_is_one_stake(
    play: Play, session: str, player: Player, second: asyncpg.Connection
) -> None:
    stake = call(player, bet(), WIN, session=session)
    answers = await asyncio.gather(*(play.settle("agg", stake) for _ in range(12)))
    assert {a.items[1].balance_units for a in answers if isinstance(a, Applied)} == {START - 95}
    assert await pockets(second, player.id, FUN) == (START - 95, 0, 0)


async def test_two_providers_with_the_same_transaction_id_do_not_meet(
    play: Play, games: dict[str, int], player: Player, second: asyncpg.Connection
) -> None:
    for provider_id in ("agg", "strict"):
        session = await launch(play, player, games[f"{provider_id}-1"])
        stake = call(player, bet("same"), session=session, game=f"{provider_id}-1")
        assert isinstance(await play.settle(provider_id, stake), Applied)
    assert await pockets(second, player.id, FUN) == (START - 200, 0, 0)
