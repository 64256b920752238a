"""Limits of wagers and losses: what counts, what counts back, and that nobody gets past one."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from casino.money import FUN, TON, Currency
from casino.players import Player
from casino.wallet import Answer, Balance, Batch, Kind, Op, Outcome, Refusal, Refused, Wallet
from casino.wallet.decide import decide
from casino.wallet.operations import GAME_CREDITS, STAKES
from casino.wallet.rows import Account, Limit, Stored, Transfer
from db.database import Database
from tests.casino.support import broken_chains, count, give_bonus, pockets
from tests.casino.wallet.traffic import bet, insist, outcome

LIMIT = """
INSERT INTO limits (player_id, currency_id, of_losses, days, units) VALUES ($1, $2, $3, $4, $5)
"""
WAGERS, LOSSES = False, True


async def limit(
    second: asyncpg.Connection,
    who: Player,
    units: int,
    of_losses: bool = WAGERS,
    days: int = 1,
    currency: Currency = FUN,
) -> None:
    await second.execute(LIMIT, who.id, currency.id, of_losses, days, units)


async def used(second: asyncpg.Connection, who: Player) -> dict[tuple[bool, int], int]:
    """Return what each of a player's limits has counted."""
    rows = await second.fetch("SELECT * FROM limits WHERE player_id = $1", who.id)
    return {(row["of_losses"], row["days"]): row["used"] for row in rows}


async def play(wallet: Wallet, who: Player, *ops: Op, currency: Currency = FUN) -> Answer:
    return await wallet.apply(Batch(who.id, currency, "one", ops))


def win(key: str, units: int) -> Op:
    return Op(Kind.WIN, key, units, "r")


def back(key: str, reference: str, units: int | None = None) -> Op:
    return Op(Kind.REVERSAL, key, units, reference=reference)


@pytest.mark.parametrize("days", [1, 7, 30])
@pytest.mark.parametrize("of_losses", [WAGERS, LOSSES])
async def test_a_stake_reaches_the_limit_and_not_a_unit_more(
    of_losses: bool, days: int, wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 100, of_losses, days)
    assert outcome(await wallet.apply(bet(player, "b1", 60))) is Outcome.APPLIED
    assert outcome(await wallet.apply(bet(player, "b2", 41))) is Refusal.LIMIT_REACHED
    assert outcome(await wallet.apply(bet(player, "b2", 40))) is Outcome.APPLIED
    assert outcome(await wallet.apply(bet(player, "b3", 1))) is Refusal.LIMIT_REACHED
    assert outcome(await wallet.apply(bet(player, "b3", 0))) is Outcome.APPLIED
    assert await used(second, player) == {(of_losses, days): 100}
    assert await count(second, "transfers", "kind_id = 1 AND amount > 0") == 2
    assert outcome(await wallet.apply(bet(player, "b1", 60))) is Outcome.REPLAYED
    assert await used(second, player) == {(of_losses, days): 100}


@pytest.mark.parametrize("kind", sorted(STAKES))
async def test_every_kind_of_stake_is_limited(
    kind: Kind, wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 100)
    assert outcome(await play(wallet, player, Op(kind, "s1", 101))) is Refusal.LIMIT_REACHED
    assert outcome(await play(wallet, player, Op(kind, "s2", 100))) is Outcome.APPLIED
    assert await used(second, player) == {(WAGERS, 1): 100}


async def test_a_win_counts_back_for_losses_only(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 100, LOSSES, 1)
    await limit(second, player, 150, WAGERS, 1)
    await play(wallet, player, bet(player, "b1", 100).ops[0], win("w1", 70))
    assert await used(second, player) == {(LOSSES, 1): 30, (WAGERS, 1): 100}
    assert outcome(await wallet.apply(bet(player, "b2", 51))) is Refusal.LIMIT_REACHED
    assert outcome(await wallet.apply(bet(player, "b2", 50))) is Outcome.APPLIED
    await play(wallet, player, win("w2", 50))
    assert await used(second, player) == {(LOSSES, 1): 30, (WAGERS, 1): 150}
    assert outcome(await wallet.apply(bet(player, "b3", 1))) is Refusal.LIMIT_REACHED


async def test_money_that_is_no_games_does_not_count(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    for of_losses in (WAGERS, LOSSES):
        await limit(second, player, 100, of_losses)
    await wallet.apply(bet(player, "b", 100))
    for op in (
        Op(Kind.DEPOSIT, "d", 50),
        Op(Kind.GRANT, "g", 50),
        Op(Kind.CORRECTION_UP, "u", 50),
        Op(Kind.CORRECTION_DOWN, "c", 50),
        Op(Kind.HOLD, "h", 500),
        Op(Kind.CAPTURE, "e", 100, reference="h"),
        back("x", "d"),
    ):
        assert outcome(await play(wallet, player, op)) is Outcome.APPLIED
    assert await used(second, player) == {(LOSSES, 1): 100, (WAGERS, 1): 100}


async def test_a_games_corrections_count_as_losses(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    for of_losses in (WAGERS, LOSSES):
        await limit(second, player, 100, of_losses)
    await wallet.apply(bet(player, "b", 50))
    up, down = Op(Kind.GAME_CORRECTION_UP, "u", 20), Op(Kind.GAME_CORRECTION_DOWN, "d", 65)
    for op in (up, down, back("x", "u")):
        assert outcome(await play(wallet, player, op)) is Outcome.APPLIED
    assert await used(second, player) == {(LOSSES, 1): 115, (WAGERS, 1): 50}


async def test_what_is_reversed_counts_back(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    for of_losses in (WAGERS, LOSSES):
        await limit(second, player, 100, of_losses)
    await play(wallet, player, bet(player, "b1", 60).ops[0], win("w", 25))
    await wallet.apply(bet(player, "b2", 40))
    assert await used(second, player) == {(LOSSES, 1): 75, (WAGERS, 1): 100}
    await play(wallet, player, back("x1", "b1"))
    assert await used(second, player) == {(LOSSES, 1): 15, (WAGERS, 1): 40}
    await play(wallet, player, back("x2", "w"))
    assert await used(second, player) == {(LOSSES, 1): 40, (WAGERS, 1): 40}
    await play(wallet, player, back("x3", "b2", 30))
    assert await used(second, player) == {(LOSSES, 1): 10, (WAGERS, 1): 10}
    await play(wallet, player, back("x4", "never came"))
    assert outcome(await wallet.apply(bet(player, "never came", 500))) is Outcome.LATE
    assert await used(second, player) == {(LOSSES, 1): 10, (WAGERS, 1): 10}
    assert outcome(await wallet.apply(bet(player, "b3", 91))) is Refusal.LIMIT_REACHED
    assert outcome(await wallet.apply(bet(player, "b3", 90))) is Outcome.APPLIED


async def test_bonus_money_does_not_count(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await play(wallet, player, Op(Kind.GRANT, "g", 100), currency=TON)
    await give_bonus(second, player.id, TON, 500)
    for of_losses in (WAGERS, LOSSES):
        await limit(second, player, 100, of_losses, currency=TON)
    assert outcome(await wallet.apply(bet(player, "b1", 200, currency=TON))) is Outcome.APPLIED
    assert await used(second, player) == {(LOSSES, 1): 100, (WAGERS, 1): 100}
    # Of the round's win the half that was bonus money stays bonus money.
    await play(wallet, player, win("w", 60), currency=TON)
    assert await used(second, player) == {(LOSSES, 1): 70, (WAGERS, 1): 100}
    assert await pockets(second, player.id, TON) == (30, 430, 0)
    await play(wallet, player, back("x", "w"), currency=TON)
    assert outcome(await wallet.apply(bet(player, "b2", 400, currency=TON))) is Outcome.APPLIED
    assert await used(second, player) == {(LOSSES, 1): 100, (WAGERS, 1): 100}
    assert await pockets(second, player.id, TON) == (0, 0, 0)


@pytest.mark.parametrize("days", [1, 7, 30])
async def test_a_new_span_begins_at_nothing(
    days: int, wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 100, WAGERS, days)
    await wallet.apply(bet(player, "b1", 100))
    await second.execute("UPDATE limits SET used_since = span_began(days)")
    assert outcome(await wallet.apply(bet(player, "b2", 1))) is Refusal.LIMIT_REACHED
    await second.execute("UPDATE limits SET used_since = span_began(days) - 1")
    assert outcome(await wallet.apply(bet(player, "b2", 99))) is Outcome.APPLIED
    assert await used(second, player) == {(WAGERS, days): 99}
    assert await second.fetchval("SELECT used_since = span_began(days) FROM limits") is True
    assert outcome(await wallet.apply(bet(player, "b3", 2))) is Refusal.LIMIT_REACHED


async def test_of_several_limits_each_must_hold_and_a_refusal_counts_on_none(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 100, WAGERS, 1)
    await limit(second, player, 150, WAGERS, 30)
    await limit(second, player, 120, LOSSES, 7)
    await wallet.apply(bet(player, "b1", 100))
    assert outcome(await wallet.apply(bet(player, "b2", 1))) is Refusal.LIMIT_REACHED
    assert set((await used(second, player)).values()) == {100}
    await second.execute("UPDATE limits SET used_since = span_began(days) - 1 WHERE days = 1")
    assert outcome(await wallet.apply(bet(player, "b2", 21))) is Refusal.LIMIT_REACHED
    assert outcome(await wallet.apply(bet(player, "b2", 20))) is Outcome.APPLIED
    await play(wallet, player, win("w", 100))
    assert outcome(await wallet.apply(bet(player, "b3", 31))) is Refusal.LIMIT_REACHED
    assert outcome(await wallet.apply(bet(player, "b3", 30))) is Outcome.APPLIED
    assert await used(second, player) == {(WAGERS, 1): 50, (WAGERS, 30): 150, (LOSSES, 7): 50}


async def test_another_currency_and_another_source_have_their_own_and_the_same_limit(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 100)
    await play(wallet, player, Op(Kind.GRANT, "g", 500), currency=TON)
    assert outcome(await wallet.apply(bet(player, "t", 500, currency=TON))) is Outcome.APPLIED
    assert outcome(await wallet.apply(bet(player, "b", 60, "one"))) is Outcome.APPLIED
    assert outcome(await wallet.apply(bet(player, "b", 60, "two"))) is Refusal.LIMIT_REACHED


async def test_credits_and_ends_are_never_refused_for_a_limit(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await wallet.apply(bet(player, "b", 100))
    await play(wallet, player, Op(Kind.HOLD, "h", 10), win("w0", 5))
    for of_losses in (WAGERS, LOSSES):
        await limit(second, player, 0, of_losses)
    assert outcome(await wallet.apply(bet(player, "b2", 1))) is Refusal.LIMIT_REACHED
    # The first takes what would be counted far above the limit.
    ops = [back("x0", "w0"), Op(Kind.RELEASE, "l", reference="h"), back("x", "b")]
    ops += [Op(kind, f"c{kind}", 5) for kind in sorted(GAME_CREDITS)]
    ops += [Op(Kind.DEPOSIT, "d", 5), Op(Kind.FINISH, "f", round_id="r"), Op(Kind.HOLD, "h2", 5)]
    for op in ops:
        assert outcome(await play(wallet, player, op)) is Outcome.APPLIED


async def test_lifted_limits_limit_nothing(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 10, WAGERS)
    await limit(second, player, 20, LOSSES)
    assert outcome(await wallet.apply(bet(player, "b", 30))) is Refusal.LIMIT_REACHED
    await second.execute("DELETE FROM limits WHERE of_losses")
    assert outcome(await wallet.apply(bet(player, "b", 30))) is Refusal.LIMIT_REACHED
    await second.execute("DELETE FROM limits")
    assert outcome(await wallet.apply(bet(player, "b", 30))) is Outcome.APPLIED


async def test_an_account_opened_after_its_limit_was_set_is_limited(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 100, currency=TON)
    await play(wallet, player, Op(Kind.GRANT, "g", 500), currency=TON)
    assert (
        outcome(await wallet.apply(bet(player, "b", 101, currency=TON))) is Refusal.LIMIT_REACHED
    )
    assert outcome(await wallet.apply(bet(player, "b", 100, currency=TON))) is Outcome.APPLIED


async def test_an_account_opened_while_its_limit_is_being_set_is_limited(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    """Whoever comes second must see the first one, or wait for it."""
    await wallet.apply(bet(player, "known", 0))
    async with second.transaction():
        await limit(second, player, 100, currency=TON)
        grant = Batch(player.id, TON, "one", (Op(Kind.GRANT, "g", 500),))
        opening = asyncio.ensure_future(wallet.apply(grant))
        await asyncio.wait([opening], timeout=0.3)
    await opening
    assert (
        outcome(await wallet.apply(bet(player, "b", 101, currency=TON))) is Refusal.LIMIT_REACHED
    )


async def test_what_was_staked_in_an_earlier_span_makes_no_room_in_this_one(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await limit(second, player, 100, WAGERS)
    await wallet.apply(bet(player, "earlier", 100))
    await second.execute("UPDATE limits SET used_since = span_began(days) - 1")
    await play(wallet, player, back("x", "earlier"))
    assert outcome(await wallet.apply(bet(player, "b", 101))) is Refusal.LIMIT_REACHED
    assert outcome(await wallet.apply(bet(player, "b", 100))) is Outcome.APPLIED


@pytest.mark.parametrize("of_losses", [WAGERS, LOSSES])
async def test_two_engines_at_once_never_get_past_a_limit(
    of_losses: bool,
    wallet: Wallet,
    database: Database,
    player: Player,
    second: asyncpg.Connection,
) -> None:
    await limit(second, player, 155, of_losses)
    engines = [wallet, Wallet(database, (FUN,))]
    answers = await asyncio.gather(
        *(insist(e, bet(player, f"{i}-{n}", 10)) for n in range(20) for i, e in enumerate(engines))
    )
    refused = [outcome(a) for a in answers if isinstance(a, Refused)]
    assert refused == [Refusal.LIMIT_REACHED] * 25
    assert await used(second, player) == {(of_losses, 1): 150}
    assert await count(second, "transfers", "kind_id = 1") == 15
    assert await broken_chains(second) == []


# --- the pure decision


@st.composite
def days_of_play(draw: st.DrawFn) -> list[Op]:
    """A few stakes, wins and reversals of them, on small amounts and few keys."""
    n = st.integers(0, 7)
    amount = st.integers(0, 60)
    stakes = st.builds(
        Op, st.sampled_from(sorted(STAKES)), n.map("s{}".format), amount, st.just("r")
    )
    moving = st.sampled_from([*sorted(GAME_CREDITS), Kind.GAME_CORRECTION_DOWN])
    wins = st.builds(Op, moving, n.map("w{}".format), amount)
    reversals = st.builds(
        lambda key, of, part: Op(Kind.REVERSAL, f"x{key}", part, reference=f"{of}{key}"),
        n,
        st.sampled_from("sw"),
        st.none() | amount,
    )
    return draw(st.lists(st.one_of(stakes, stakes, wins, reversals), max_size=25))


def counted(transfers: list[Transfer], *, of_losses: bool) -> int:
    """Count anew what a limit should have counted, by the rows alone."""
    kinds = {t.key: t.kind for t in transfers}
    total = 0
    for t in transfers:
        kind = kinds.get(t.reference or t.key)
        games = GAME_CREDITS | {Kind.GAME_CORRECTION_DOWN}
        if kind in STAKES or (of_losses and kind in games):
            total -= t.cash_delta
    return total


@settings(deadline=None)
@given(
    ops=days_of_play(),
    limits=st.lists(
        st.builds(
            Limit, st.booleans(), st.sampled_from((1, 7, 30)), st.integers(0, 120), st.just(0)
        ),
        min_size=1,
        max_size=3,
    ),
    bonus=st.integers(0, 50),
)
def test_no_stake_ends_above_a_limit_and_every_count_is_that_of_the_rows(
    ops: list[Op], limits: list[Limit], bonus: int
) -> None:
    account = Account(1, FUN.id, 300, bonus, 0, 0, frozen=False, limits=tuple(limits))
    rows: list[Transfer] = []
    for op in ops:
        stored = Stored(
            {(1, FUN.id): account},
            {(1, "any", t.key): t for t in rows},
            {(1, "any", t.reference): t for t in rows if t.reference is not None},
            {(1, FUN.id, "any", "r"): None},
        )
        decision = decide(stored, [Batch(1, FUN, "any", (op,))])
        rows += decision.transfers
        if op.kind in STAKES and decision.transfers:
            assert all(now.used <= now.units for now in decision.accounts[0].limits)
        if decision.answers[0] == Refused(Refusal.LIMIT_REACHED, _balance(account)):
            assert any(now.used + (op.amount or 0) > now.units for now in account.limits)
        account = decision.accounts[0] if decision.accounts else account
        for now, start in zip(account.limits, limits, strict=True):
            assert replace(now, used=0) == start  # nothing but the count ever moves
            assert now.used == counted(rows, of_losses=now.of_losses)


def _balance(account: Account) -> Balance:
    return Balance(FUN, account.cash, account.bonus, account.held, account.seq)
