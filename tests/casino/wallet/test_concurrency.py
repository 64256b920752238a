"""Many at once: one balance, no overdraft, no lost update, nothing that only looks sequential."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from casino.backoffice import Backoffice, Staff
from casino.money import FUN, TON, USDT, Currency, Money
from casino.players import Player, Players, TelegramUser
from casino.wallet import Applied, Batch, Kind, Op, Outcome, Refusal, Refused, Wallet
from db.database import Database, transaction
from tests.casino.support import broken_chains, count, pockets, until_blocked

T = TypeVar("T")
START = 1_000_000_000
STAFF = Staff(1, "Grace")


def bet(player: Player, key: str, units: int, source: str = "one") -> Batch:
    return Batch(player.id, FUN, source, (Op(Kind.BET, key, units, "r"),))


@pytest.fixture
async def crowd(players: Players) -> list[Player]:
    return [await players.meet_telegram(TelegramUser(n, f"P{n}")) for n in range(1, 5)]


async def test_two_integrations_and_a_balance_that_covers_one_stake_let_exactly_one_through(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    for n in range(8):
        await wallet.apply(Batch(player.id, TON, "promo", (Op(Kind.GRANT, f"d{n}", 100),)))
        answers = await asyncio.gather(
            *(
                wallet.apply(Batch(player.id, TON, source, (Op(Kind.BET, f"b{n}", 100),)))
                for source in ("one", "two")
            )
        )
        assert sorted(type(a).__name__ for a in answers) == ["Applied", "Refused"]
        refused = next(a for a in answers if isinstance(a, Refused))
        assert refused.reason is Refusal.NOT_ENOUGH_MONEY
        assert await pockets(second, player.id, TON) == (0, 0, 0)
    assert (await wallet.audit()).ok


async def test_a_first_operation_in_a_currency_by_many_at_once_opens_one_account(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    answers = await asyncio.gather(
        *(
            wallet.apply(Batch(player.id, USDT, "promo", (Op(Kind.GRANT, f"d{n}", 1),)))
            for n in range(16)
        )
    )
    assert all(isinstance(a, Applied) for a in answers)
    assert await pockets(second, player.id, USDT) == (16, 0, 0)
    assert await broken_chains(second) == []


async def test_processes_that_meet_a_new_source_at_once_agree_on_its_number(
    database: Database, player: Player, second: asyncpg.Connection
) -> None:
    processes = [Wallet(database, (FUN,)) for _ in range(8)]
    answers = await asyncio.gather(
        *(p.apply(bet(player, "same", 5, "brand new")) for p in processes)
    )
    outcomes = sorted(a.items[0].outcome for a in answers if isinstance(a, Applied))
    assert outcomes == [Outcome.APPLIED] + [Outcome.REPLAYED] * 7
    assert await count(second, "sources", "name = 'brand new'") == 1
    assert await pockets(second, player.id, FUN) == (START - 5, 0, 0)


async def test_a_reversal_and_its_original_at_once_end_at_nothing_in_either_order(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    for n in range(10):
        back = Op(Kind.REVERSAL, f"x{n}", round_id="r", reference=f"b{n}")
        batches = [bet(player, f"b{n}", 100), Batch(player.id, FUN, "one", (back,))]
        await asyncio.gather(*map(wallet.apply, batches[:: 1 if n % 2 else -1]))
        assert await pockets(second, player.id, FUN) == (START, 0, 0)
    assert (await wallet.audit()).ok


async def test_one_original_is_reversed_once_by_many_keys_at_once(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await wallet.apply(bet(player, "b", 100))
    answers = await asyncio.gather(
        *(
            wallet.apply(
                Batch(player.id, FUN, "one", (Op(Kind.REVERSAL, f"x{n}", reference="b"),))
            )
            for n in range(12)
        )
    )
    outcomes = [a.items[0].outcome for a in answers if isinstance(a, Applied)]
    assert sorted(outcomes) == [Outcome.ALREADY_ENDED] * 11 + [Outcome.APPLIED]
    assert await pockets(second, player.id, FUN) == (START, 0, 0)


async def test_a_stake_after_the_freeze_committed_is_refused_and_a_win_is_not(
    wallet: Wallet, backoffice: Backoffice, player: Player
) -> None:
    async def stake_on() -> list[bool]:
        return [
            isinstance(await wallet.apply(bet(player, f"b{n}", 1)), Applied) for n in range(30)
        ]

    staking = asyncio.ensure_future(stake_on())
    await asyncio.sleep(0)
    await backoffice.freeze(STAFF, player.id, "asked for it")
    after = await wallet.apply(bet(player, "after", 1))
    assert isinstance(after, Refused)
    assert after.reason is Refusal.FROZEN
    taken = await staking
    assert taken == sorted(taken, reverse=True)  # once refused, refused from then on
    win = Op(Kind.WIN, "w", 5, "r")
    assert isinstance(await wallet.apply(Batch(player.id, FUN, "one", (win,))), Applied)
    assert (await wallet.audit()).ok


def when(go: asyncio.Event, work: Callable[[], Awaitable[T]]) -> asyncio.Future[T]:
    """Begin at the event, in a context of its own: a transaction open by then is not joined."""

    async def waiting() -> T:
        await go.wait()
        return await work()

    return asyncio.ensure_future(waiting())


@pytest.mark.parametrize("first", ["freeze", "opening"])
async def test_an_account_opened_while_its_player_is_being_frozen_ends_up_frozen(
    first: str,
    wallet: Wallet,
    backoffice: Backoffice,
    player: Player,
    second: asyncpg.Connection,
) -> None:
    """Whichever begins first holds its commit back until the other one waits for it."""
    grant = Batch(player.id, USDT, "promo", (Op(Kind.GRANT, "d", 5),))
    go = asyncio.Event()
    if first == "freeze":
        later = when(go, lambda: wallet.apply(grant))
        async with transaction():
            await backoffice.freeze(STAFF, player.id, "now")
            go.set()
            await until_blocked(second)
        assert isinstance(await later, Applied)
    else:
        freezing = when(go, lambda: backoffice.freeze(STAFF, player.id, "now"))
        async with transaction() as tx:
            await wallet.transfer(tx, grant)
            go.set()
            await until_blocked(second)
        await freezing
    frozen = await second.fetch("SELECT frozen FROM accounts WHERE player_id = $1", player.id)
    assert [row[0] for row in frozen] == [True, True]
    assert (await wallet.audit()).ok


async def test_a_freeze_does_not_deadlock_with_work_that_names_the_player_after_its_transfer(
    wallet: Wallet, backoffice: Backoffice, player: Player, second: asyncpg.Connection
) -> None:
    """A deposit and a house round do just that: the ledger first, then a row with a foreign key.

    The freeze must not hold the player's row against that key while it waits for the account.
    """
    go = asyncio.Event()
    freezing = when(go, lambda: backoffice.freeze(STAFF, player.id, "now"))
    async with transaction() as tx:
        await wallet.transfer(tx, bet(player, "b", 5))
        go.set()
        await until_blocked(second)
        await tx.raw.execute(
            "INSERT INTO deposits (player_id, rail, external_id, currency_id, units, created_at)"
            " VALUES ($1, 'ton', 'x', $2, 1, now())",
            player.id,
            TON.id,
        )
    await freezing
    assert await second.fetchval("SELECT frozen FROM players WHERE id = $1", player.id) is True


@st.composite
def errands(draw: st.DrawFn) -> list[list[tuple[int, Currency, str, Op]]]:
    """Twenty tasks of a few operations each, over few players, keys and rounds."""
    keys = st.integers(0, 14)
    errand = st.tuples(
        st.integers(0, 3),
        st.sampled_from((FUN, FUN, FUN, TON)),
        st.sampled_from(("one", "two")),
        keys.flatmap(
            lambda n: st.sampled_from(
                (
                    Op(Kind.BET, f"b{n}", 10 + n, f"r{n % 3}"),
                    Op(Kind.WIN, f"w{n}", 3 * n, f"r{n % 3}"),
                    Op(Kind.REVERSAL, f"xb{n}", None, reference=f"b{n}"),
                    Op(Kind.REVERSAL, f"xw{n}", None, reference=f"w{n}"),
                    Op(Kind.HOLD, f"h{n % 4}", 50),
                    Op(Kind.CAPTURE, f"c{n % 4}", 20, reference=f"h{n % 4}"),
                    Op(Kind.RELEASE, f"l{n % 4}", None, reference=f"h{n % 4}"),
                )
            )
        ),
    )
    return draw(st.lists(st.lists(errand, min_size=6, max_size=6), min_size=20, max_size=20))


@settings(
    max_examples=4,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(work=errands())
async def test_twenty_tasks_over_four_players_leave_a_book_that_balances(
    wallet: Wallet,
    crowd: list[Player],
    second: asyncpg.Connection,
    work: list[list[tuple[int, Currency, str, Op]]],
) -> None:
    async def run(task: list[tuple[int, Currency, str, Op]]) -> list[tuple[str, int]]:
        acknowledged = []
        for who, currency, source, op in task:
            # The same key in two currencies has a test of its own.
            batch = Batch(crowd[who].id, currency, f"{source}-{currency}", (op,))
            answer = await wallet.apply(batch)
            if isinstance(answer, Applied):
                item = answer.items[0]
                if item.outcome in (Outcome.APPLIED, Outcome.REPLAYED, Outcome.TOMBSTONED):
                    acknowledged.append((item.transfer_id, item.balance_units))
        return acknowledged

    tasks = await asyncio.gather(*map(run, work))
    report = await wallet.audit()
    assert report.ok, report.findings
    assert await broken_chains(second) == []
    stored = {
        f"{row[0]}-{row[1]}-{row[2]}": row[3]
        for row in await second.fetch(
            "SELECT player_id, currency_id, seq, greatest(cash_after, 0) + bonus_after"
            " FROM transfers"
        )
    }
    for acknowledged in tasks:
        for transfer_id, balance in acknowledged:
            assert stored[transfer_id] == balance


async def test_what_was_answered_first_has_the_smaller_sequence(
    wallet: Wallet, player: Player
) -> None:
    seen: list[int] = []

    async def stake(n: int) -> None:
        begun = max(seen, default=0)
        answer = await wallet.apply(bet(player, f"b{n}", 1))
        assert isinstance(answer, Applied)
        seq = int(answer.items[0].transfer_id.rsplit("-", 1)[1])
        assert seq > begun
        seen.append(seq)

    await asyncio.gather(*(stake(n) for n in range(40)))
    assert sorted(seen) == list(range(2, 42))


async def test_more_callers_than_connections_all_get_their_answer(
    wallet: Wallet, crowd: list[Player], second: asyncpg.Connection
) -> None:
    async def hold_and_release(n: int) -> None:
        who = crowd[n % 4].id
        async with transaction() as tx:
            await wallet.hold(tx, "cashier", who, f"h{n}", Money(10, FUN))
            await wallet.release(tx, "cashier", who, f"r{n}", f"h{n}", FUN)
            await wallet.balance(who, FUN)  # inside a transaction: no second connection

    await asyncio.gather(*(hold_and_release(n) for n in range(60)))
    assert await count(second, "transfers", "kind_id IN (80, 82)") == 120
    assert (await wallet.audit()).ok
