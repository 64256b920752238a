"""First contact, hostile names, language, terms, and the search of staff."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casino import errors
from casino.money import FUN
from casino.players import LANGUAGES, Player, Players, TelegramUser, language_of
from casino.wallet import Wallet
from tests.casino.support import count, pockets
from tests.conftest import MovingClock


async def test_first_contact_by_many_at_once_makes_one_player_and_one_welcome_grant(
    players: Players, wallet: Wallet, second: asyncpg.Connection
) -> None:
    user = TelegramUser(900, "Ada", username="ada")
    met = await asyncio.gather(*(players.meet_telegram(user) for _ in range(12)))
    assert len({p.id for p in met}) == 1
    assert await count(second, "players") == 1
    assert await count(second, "identities") == 1
    assert await count(second, "transfers", "kind_id = 61") == 1
    assert await pockets(second, met[0].id, FUN) == (1_000_000_000, 0, 0)
    assert (await wallet.audit()).ok


async def test_every_first_contact_of_a_new_house_gets_its_grant_from_one_source(
    players: Players, wallet: Wallet, second: asyncpg.Connection
) -> None:
    """The very first grants race for the number of their source, some of them roll back."""
    users = [TelegramUser(n // 2, f"P{n // 2}") for n in range(16)]
    await asyncio.gather(*(players.meet_telegram(user) for user in users))
    assert await count(second, "players") == 8
    orphans = "source_id NOT IN (SELECT id FROM sources)"
    assert await count(second, "transfers", orphans) == 0
    assert await count(second, "sources") == 1
    assert (await wallet.audit()).ok


async def test_chat_and_mini_app_meet_the_same_player_and_a_browser_another(
    players: Players,
) -> None:
    app = await players.meet_telegram(TelegramUser(1, "Ada"))
    chat = await players.meet_telegram(TelegramUser(1, "Ada"), in_chat=True)
    demo = await players.meet_demo("1", None)
    assert app.id == chat.id != demo.id
    assert (app.chat_id, chat.chat_id, demo.chat_id) == (None, 1, None)
    known = await players.by_telegram(1)
    assert known == chat
    assert await players.by_telegram(2) is None


async def test_a_player_who_blocked_the_bot_is_reached_again_once_they_write(
    players: Players,
) -> None:
    player = await players.meet_telegram(TelegramUser(1, "Ada"), in_chat=True)
    await players.chat_blocked(player.id)
    assert (await players.get(player.id)).chat_id is None
    assert (await players.meet_telegram(TelegramUser(1, "Ada"))).chat_id is None
    assert (await players.meet_telegram(TelegramUser(1, "Ada"), in_chat=True)).chat_id == 1


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\0",
        "a\0b",
        "x" * 10_000,
        "\u202egnp.exe\u202d",  # right to left
        "👩‍👩‍👧‍👦" * 200,
        "<b>&amp;</b>'; DROP TABLE players; --",
        "%_\\",
        "{0} {name} $name %s",
    ],
    ids=lambda n: repr(n[:12]),
)
async def test_a_hostile_name_makes_a_player_with_something_to_be_called_by(
    name: str, players: Players, second: asyncpg.Connection
) -> None:
    player = await players.meet_telegram(TelegramUser(1, name), start_payload=name)
    stored = await second.fetchval("SELECT name FROM players WHERE id = $1", player.id)
    assert stored == player.name
    assert player.name.strip()
    assert len(player.name) <= 128
    assert await players.get(player.id) == player


@pytest.mark.parametrize("name", ["\ud800", "Ada \udfff", "\udcff\udcfe"])
async def test_a_name_with_lone_surrogates_makes_a_player_too(name: str, players: Players) -> None:
    """JSON carries them; PostgreSQL's encoding does not: first contact must survive that."""
    player = await players.meet_telegram(
        TelegramUser(1, name, username=name[-8:]), start_payload=name
    )
    assert (await players.get(player.id)).name.strip()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.integers(1, 2**52))
async def test_any_text_is_a_name(players: Players, name: str, telegram_id: int) -> None:
    player = await players.meet_telegram(TelegramUser(telegram_id, name, name))
    assert player == await players.by_telegram(telegram_id)
    assert len(player.name) <= 128


@pytest.mark.parametrize("username", ["u" * 65, "a\0b"])
async def test_a_username_that_does_not_fit_does_not_stop_first_contact(
    username: str, players: Players
) -> None:
    player = await players.meet_telegram(TelegramUser(1, "Ada", username=username))
    assert (await players.meet_telegram(TelegramUser(1, "Ada", username=username))).id == player.id


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ru", "ru"),
        ("RU", "ru"),
        ("ru-RU", "ru"),
        ("en-GB", "en"),
        ("pt-br", "en"),
        ("rus", "en"),
        ("-", "en"),
        ("r\0", "en"),
        ("x" * 1000, "en"),
    ],
)
def test_telegrams_language_chooses_one_of_ours(code: str | None, language: str) -> None:
    assert language_of(code) == language


@given(st.text())
def test_any_language_code_chooses_one_of_ours(code: str) -> None:
    assert language_of(code) in LANGUAGES


async def test_a_chosen_language_outlives_what_telegram_says(players: Players) -> None:
    player = await players.meet_telegram(TelegramUser(1, "Ada", language_code="ru"))
    assert player.language == "ru"
    await players.set_language(player.id, "en")
    again = await players.meet_telegram(TelegramUser(1, "Ada", language_code="ru"))
    assert again.language == "en"
    for wrong in ("de", "", "EN", "en-GB", "\0"):
        with pytest.raises(errors.Malformed):
            await players.set_language(player.id, wrong)
    with pytest.raises(errors.NotFound):
        await players.set_language(1, "en")


async def test_terms_are_accepted_once_at_their_moment(
    players: Players, player: Player, clock: MovingClock, second: asyncpg.Connection
) -> None:
    assert not player.terms_accepted
    first = clock.now()
    assert (await players.accept_terms(player.id)).terms_accepted
    clock.advance(days=1)
    assert (await players.accept_terms(player.id)).terms_accepted
    assert await second.fetchval("SELECT terms_accepted_at FROM players") == first
    with pytest.raises(errors.NotFound):
        await players.accept_terms(1)


async def test_new_terms_must_be_accepted_again(
    wallet: Wallet, clock: MovingClock, players: Players, player: Player
) -> None:
    await players.accept_terms(player.id)
    newer = Players(wallet, clock, terms_version="2027-01")
    assert not (await newer.get(player.id)).terms_accepted
    assert (await newer.accept_terms(player.id)).terms_accepted


async def test_only_a_house_that_says_so_greets_with_play_money(
    wallet: Wallet, clock: MovingClock, second: asyncpg.Connection
) -> None:
    await Players(wallet, clock, terms_version="1").meet_telegram(TelegramUser(1, "Ada"))
    assert await count(second, "transfers") == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("4242", ["Ada"]),
        ("@the_boole", ["Boole"]),
        ("THE_BOOLE", ["Boole"]),
        ("ada", ["Ada"]),
        ("oo", ["Boole"]),
        ("o", ["Boole", "Godel 50%_"]),
        ("50%_", ["Godel 50%_"]),
        ("", []),
        ("  @ ", []),
        ("nobody", []),
        ("%", ["Godel 50%_"]),
        ("_", ["Godel 50%_"]),
        ("9" * 40, []),
        ("'; DROP TABLE players; --", []),
    ],
)
async def test_staff_find_by_id_username_or_part_of_the_name(
    query: str, found: list[str], players: Players, player: Player
) -> None:
    await players.meet_telegram(TelegramUser(51, "Boole", username="the_boole"))
    await players.meet_telegram(TelegramUser(52, "Godel", "50%_"))
    assert [p.name for p in await players.find(query)] == found


async def test_staff_find_by_player_id_and_no_more_than_asked_for(
    players: Players, player: Player
) -> None:
    for n in range(5):
        await players.meet_telegram(TelegramUser(60 + n, "Same"))
    assert [p.id for p in await players.find(f" {player.id} ")] == [player.id]
    assert len(await players.find("same", limit=3)) == 3


@pytest.mark.parametrize("query", ["a\0b", "\0", "\ud800"])
async def test_a_search_for_what_no_name_can_hold_finds_nobody(
    query: str, players: Players, player: Player
) -> None:
    assert await players.find(query) == []


async def test_a_username_follows_its_owner(players: Players) -> None:
    await players.meet_telegram(TelegramUser(1, "Ada", username="old"))
    await players.meet_telegram(TelegramUser(1, "Ada", username="new"))
    assert await players.find("@old") == []
    assert len(await players.find("@new")) == 1


async def test_nobody_is_not_found(players: Players) -> None:
    for stranger in (0, -1, 2**62):
        with pytest.raises(errors.NotFound):
            await players.get(stranger)
