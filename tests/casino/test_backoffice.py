"""Staff's acts: each with its one row in the audit trail, in the transaction of the act."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from casino import errors
from casino.backoffice import REASON_LENGTH_MAX, Backoffice, ReasonMissing, Staff
from casino.money import FUN, TON, UNITS_MAX, Money
from casino.play import Catalogue, Provider
from casino.players import Player, Players, TelegramUser
from casino.wallet import Applied, Batch, Kind, Op, Refusal, Refused, Wallet
from tests.casino.play.providers import listed
from tests.casino.support import count, pockets

STAFF = Staff(7, "Grace")
START = 1_000_000_000
FIVE = Money.parse("5", FUN)


@pytest.fixture
async def game(providers: dict[str, Provider], catalogue: Catalogue) -> int:
    providers["agg"] = listed()
    await catalogue.register()
    await catalogue.sync(providers["agg"])
    return (await catalogue.games())[0].id


def stake(player: Player, key: str) -> Batch:
    return Batch(player.id, FUN, "one", (Op(Kind.BET, key, 1, "r"),))


# --- the trail


async def test_every_act_writes_its_one_row(
    backoffice: Backoffice, player: Player, game: int, second: asyncpg.Connection
) -> None:
    acts: list[tuple[Callable[[], Awaitable[object]], str, str, str]] = [
        (lambda: backoffice.freeze(STAFF, player.id, "why"), "freeze", "player", "why"),
        (lambda: backoffice.unfreeze(STAFF, player.id, "ok"), "unfreeze", "player", "ok"),
        (
            lambda: backoffice.adjust(STAFF, player.id, FIVE, "gift", "k"),
            "adjust",
            "player",
            "gift",
        ),
        (lambda: backoffice.switch_game(STAFF, game, on=False), "switch_off", "game", "-"),
        (lambda: backoffice.switch_game(STAFF, game, on=True), "switch_on", "game", "-"),
        (
            lambda: backoffice.switch_provider(STAFF, "agg", on=False),
            "switch_off",
            "provider",
            "-",
        ),
        (lambda: backoffice.switch_provider(STAFF, "agg", on=True), "switch_on", "provider", "-"),
        (lambda: backoffice.audit(STAFF), "audit", "book", "-"),
    ]
    for n, (act, action, target, reason) in enumerate(acts, start=1):
        await act()
        assert await count(second, "audit_trail") == n
        row = await second.fetchrow("SELECT * FROM audit_trail ORDER BY id DESC LIMIT 1")
        assert (row["staff_id"], row["staff_name"]) == (7, "Grace")
        assert (row["action"], row["reason"]) == (action, reason)
        assert row["target"].split(":")[0] == target


@pytest.mark.parametrize("act", ["freeze", "adjust", "game", "provider"])
async def test_an_act_without_its_row_does_not_happen(
    act: str, backoffice: Backoffice, player: Player, game: int, second: asyncpg.Connection
) -> None:
    """The row cannot be written, so the act is not done either: they are one transaction."""
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "freeze": lambda: backoffice.freeze(STAFF, player.id, "why"),
        "adjust": lambda: backoffice.adjust(STAFF, player.id, FIVE, "why", "k"),
        "game": lambda: backoffice.switch_game(STAFF, game, on=False),
        "provider": lambda: backoffice.switch_provider(STAFF, "agg", on=False),
    }
    await second.execute("ALTER TABLE audit_trail ADD CONSTRAINT full_up CHECK (id < 0) NOT VALID")
    try:
        with pytest.raises(Exception, match="full_up"):
            await acts[act]()
    finally:
        await second.execute("ALTER TABLE audit_trail DROP CONSTRAINT full_up")
    assert await pockets(second, player.id, FUN) == (START, 0, 0)
    assert await count(second, "players", "frozen") == 0
    assert await count(second, "accounts", "frozen") == 0
    assert await count(second, "games", "NOT enabled") == 0
    assert await count(second, "providers", "NOT enabled") == 0
    assert await count(second, "outbox") == 0


# --- freezing


async def test_a_freeze_stops_the_next_stake_and_not_the_win_and_is_told(
    backoffice: Backoffice,
    wallet: Wallet,
    players: Players,
    player: Player,
    second: asyncpg.Connection,
) -> None:
    await wallet.apply(stake(player, "b1"))
    await backoffice.freeze(STAFF, player.id, "why")
    refused = await wallet.apply(stake(player, "b2"))
    assert isinstance(refused, Refused)
    assert refused.reason is Refusal.FROZEN
    for op in (Op(Kind.WIN, "w", 5, "r"), Op(Kind.REVERSAL, "x", reference="b1")):
        assert isinstance(await wallet.apply(Batch(player.id, FUN, "one", (op,))), Applied)
    assert (await players.get(player.id)).frozen
    await backoffice.unfreeze(STAFF, player.id, "why")
    assert isinstance(await wallet.apply(stake(player, "b2")), Applied)
    names = await second.fetch("SELECT name FROM outbox ORDER BY id")
    assert [row[0] for row in names] == ["account-frozen", "account-unfrozen"]


async def test_a_freeze_covers_accounts_opened_later(
    backoffice: Backoffice, wallet: Wallet, player: Player
) -> None:
    await backoffice.freeze(STAFF, player.id, "why")
    await wallet.apply(Batch(player.id, TON, "promo", (Op(Kind.GRANT, "g", 100),)))
    refused = await wallet.apply(Batch(player.id, TON, "one", (Op(Kind.BET, "b", 1),)))
    assert isinstance(refused, Refused)
    assert refused.reason is Refusal.FROZEN
    assert (await wallet.audit()).ok


async def test_freezing_twice_at_once_leaves_one_result_one_row_and_one_notice(
    backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    await asyncio.gather(*(backoffice.freeze(STAFF, player.id, "why") for _ in range(8)))
    assert await count(second, "audit_trail") == 1
    assert await count(second, "outbox") == 1


async def test_a_freeze_and_an_unfreeze_at_once_leave_player_and_accounts_agreed(
    backoffice: Backoffice, wallet: Wallet, player: Player
) -> None:
    for _ in range(5):
        await asyncio.gather(
            backoffice.freeze(STAFF, player.id, "why"),
            backoffice.unfreeze(STAFF, player.id, "why"),
            wallet.apply(Batch(player.id, TON, "promo", (Op(Kind.GRANT, "g", 1),))),
        )
        assert (await wallet.audit()).ok


# --- adjusting


@pytest.mark.parametrize(("text", "kind"), [("5", "correction_up"), ("-5", "correction_down")])
async def test_an_adjustment_is_a_new_transfer_told_to_the_player(
    text: str,
    kind: str,
    backoffice: Backoffice,
    wallet: Wallet,
    player: Player,
    second: asyncpg.Connection,
) -> None:
    delta = Money(int(text) * FIVE.units // 5, FUN)
    entry = await backoffice.adjust(STAFF, player.id, delta, "why", "k")
    assert (entry.delta, entry.kind.name.lower(), entry.source) == (delta, kind, "staff")
    assert await pockets(second, player.id, FUN) == (START + delta.units, 0, 0)
    body = await second.fetchval("SELECT body FROM outbox WHERE name = 'balance-adjusted'")
    assert f'"amount":"{text}"' in body.replace(" ", "")
    assert (await wallet.audit()).ok


async def test_twenty_equal_adjustments_at_once_are_one(
    backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    entries = await asyncio.gather(
        *(backoffice.adjust(STAFF, player.id, FIVE, "why", "k") for _ in range(20))
    )
    assert len({entry.id for entry in entries}) == 1
    assert await pockets(second, player.id, FUN) == (START + FIVE.units, 0, 0)
    assert await count(second, "audit_trail") == 1
    assert await count(second, "outbox") == 1


@pytest.mark.parametrize("other", [FIVE + FIVE, -FIVE, Money(FIVE.units, TON)])
async def test_the_same_key_for_another_adjustment_is_refused(
    other: Money, backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    await backoffice.adjust(STAFF, player.id, FIVE, "why", "k")
    with pytest.raises(errors.KeyReused):
        await backoffice.adjust(STAFF, player.id, other, "why", "k")
    assert await count(second, "audit_trail") == 1


async def test_the_same_key_in_two_currencies_at_once_is_done_once_and_refused_once(
    backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    """Each waits for another account, so it is the unique key that tells them apart."""
    for n in range(8):
        outcomes = await asyncio.gather(
            *(
                backoffice.adjust(STAFF, player.id, Money(5, c), "why", f"k{n}")
                for c in (FUN, TON)
            ),
            return_exceptions=True,
        )
        assert sorted(type(o).__name__ for o in outcomes) == ["Entry", "KeyReused"]
    assert await count(second, "audit_trail") == 8


async def test_a_repeated_adjustment_is_answered_however_much_happened_since(
    backoffice: Backoffice, wallet: Wallet, player: Player
) -> None:
    first = await backoffice.adjust(STAFF, player.id, FIVE, "why", "k")
    for source in ("one", "two"):
        ops = tuple(Op(Kind.BET, f"b{n}", 1) for n in range(60))
        await wallet.apply(Batch(player.id, FUN, source, ops))
    assert await backoffice.adjust(STAFF, player.id, FIVE, "why", "k") == first


async def test_a_correction_may_leave_a_deficit(
    backoffice: Backoffice, wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await backoffice.adjust(STAFF, player.id, Money(-START - 1, FUN), "why", "k")
    assert await pockets(second, player.id, FUN) == (-1, 0, 0)
    assert (await wallet.audit()).ok


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "\0", " \0 "])
async def test_a_reason_is_required(
    reason: str, backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(ReasonMissing):
        await backoffice.adjust(STAFF, player.id, FIVE, reason, "k")
    with pytest.raises(ReasonMissing):
        await backoffice.freeze(STAFF, player.id, reason)
    assert await pockets(second, player.id, FUN) == (START, 0, 0)
    assert await count(second, "players", "frozen") == 0


@pytest.mark.parametrize("reason", ["a\0b", "a\ud800b", "x" * 5000, "\u202eevil", "'; --"])
async def test_a_hostile_reason_is_kept_as_far_as_it_can_be(
    reason: str, backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    await backoffice.adjust(Staff(7, reason), player.id, FIVE, reason, "k")
    await backoffice.freeze(Staff(7, reason), player.id, reason)
    assert await pockets(second, player.id, FUN) == (START + FIVE.units, 0, 0)
    kept = [row[0] for row in await second.fetch("SELECT reason FROM audit_trail")]
    assert len(kept) == 2
    assert all(0 < len(text) <= REASON_LENGTH_MAX for text in kept)
    told = await second.fetchval("SELECT length(body::text) FROM outbox LIMIT 1")
    assert told < 1000  # as bounded as the trail


@pytest.mark.parametrize(
    ("units", "key"),
    [(0, "k"), (UNITS_MAX + 1, "k"), (-UNITS_MAX - 1, "k"), (5, ""), (5, "x" * 191), (5, "a\0")],
)
async def test_an_adjustment_that_cannot_be_is_malformed(
    units: int, key: str, backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(errors.Malformed):
        await backoffice.adjust(STAFF, player.id, Money(units, FUN), "why", key)
    assert await count(second, "audit_trail") == 0


async def test_an_adjustment_beyond_the_scale_is_told_to_staff_and_changes_nothing(
    backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(errors.CroupierError):
        await backoffice.adjust(STAFF, player.id, Money(UNITS_MAX, FUN), "why", "k")
    assert await pockets(second, player.id, FUN) == (START, 0, 0)
    assert await count(second, "audit_trail") == 0


# --- strangers, switches, the card


async def test_nothing_is_done_to_strangers(
    backoffice: Backoffice, game: int, second: asyncpg.Connection
) -> None:
    for act in (
        lambda: backoffice.freeze(STAFF, 1, "why"),
        lambda: backoffice.unfreeze(STAFF, 1, "why"),
        lambda: backoffice.adjust(STAFF, 1, FIVE, "why", "k"),
        lambda: backoffice.switch_game(STAFF, 0, on=False),
        lambda: backoffice.switch_provider(STAFF, "nobody", on=False),
        lambda: backoffice.card(1),
    ):
        with pytest.raises(errors.NotFound):
            await act()
    assert await count(second, "audit_trail") == 0


async def test_staff_see_what_is_switched_off_and_find_it_again(
    backoffice: Backoffice, game: int
) -> None:
    await backoffice.switch_game(STAFF, game, on=False)
    (found,) = await backoffice.find_games("reel")
    assert (found.id, found.enabled) == (game, False)
    await backoffice.switch_provider(STAFF, "agg", on=False)
    (state,) = await backoffice.providers()
    assert (state.id, state.enabled, state.games) == ("agg", False, 1)


async def test_the_card_shows_player_balances_and_the_last_ten_entries(
    backoffice: Backoffice, wallet: Wallet, players: Players, player: Player
) -> None:
    await players.meet_telegram(TelegramUser(77, "Bob"))
    for n in range(12):
        await wallet.apply(stake(player, f"b{n}"))
    card = await backoffice.card(player.id)
    assert card.player == player
    assert (card.balances[0].currency, card.balances[0].cash) == (FUN, START - 12)
    assert len(card.entries) == 10
    assert {entry.kind for entry in card.entries} == {Kind.BET}


async def test_a_freeze_closes_the_open_games_of_its_player_and_of_nobody_else(
    backoffice: Backoffice,
    players: Players,
    player: Player,
    game: int,
    second: asyncpg.Connection,
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    for ref, who, hours in (("open", player, 1), ("over", player, -1), ("theirs", other, 1)):
        await second.execute(
            "INSERT INTO game_sessions (ref, player_id, game_id, currency_id, surface, created_at,"
            " expires_at) VALUES ($1, $2, $3, $4, 'web', now(), now() + $5 * interval '1 hour')",
            ref,
            who.id,
            game,
            FUN.id,
            hours,
        )
    await backoffice.freeze(STAFF, player.id, "why")
    ended = await second.fetch("SELECT ref FROM game_sessions WHERE ended_at IS NOT NULL")
    assert [row["ref"] for row in ended] == ["open"]
    told = await second.fetch("SELECT name FROM outbox ORDER BY id")
    assert [row["name"] for row in told] == ["sessions-cut", "account-frozen"]
