"""The wallet inside a caller's transaction: holds and their ends, and who hears of it when."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest

from casino import errors
from casino.money import FUN, TON, Money
from casino.players import Player
from casino.wallet import Applied, Balance, Batch, Kind, Op, Outcome, Refused, Wallet
from db.database import Database, Transaction, transaction
from tests.casino.support import count, pockets, undo

START = 1_000_000_000
TEN = Money(10, FUN)


@pytest.fixture
def heard() -> list[tuple[int, Balance]]:
    return []


@pytest.fixture
def loud(database: Database, heard: list[tuple[int, Balance]]) -> Wallet:
    return Wallet(database, (FUN, TON), lambda player_id, b: heard.append((player_id, b)))


async def test_a_hold_is_captured_in_part_and_the_rest_returns(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    async with transaction() as tx:
        await wallet.hold(tx, "rail:ton", player.id, "h", Money(100, FUN))
    assert await pockets(second, player.id, FUN) == (START - 100, 0, 100)
    async with transaction() as tx:
        await wallet.capture(tx, "rail:ton", player.id, "c", "h", Money(60, FUN))
    assert await pockets(second, player.id, FUN) == (START - 60, 0, 0)
    legs = await second.fetch("SELECT account, units FROM postings WHERE seq = 3 ORDER BY account")
    assert [tuple(leg) for leg in legs] == [
        ("player:cash", 40),
        ("player:held", -100),
        ("rail:ton", 60),
    ]
    assert (await wallet.audit()).ok


async def test_a_hold_of_nothing_is_refused_or_ends_like_any_other(
    wallet: Wallet, player: Player
) -> None:
    """What the wallet lets in, the constraints of the ledger must let out again."""
    nothing = Money.zero(FUN)
    try:
        async with transaction() as tx:
            await wallet.hold(tx, "cashier", player.id, "h", nothing)
    except (ValueError, errors.CroupierError):
        return
    async with transaction() as tx:
        await wallet.capture(tx, "cashier", player.id, "c", "h", nothing)
    assert (await wallet.audit()).ok


async def test_a_release_gives_everything_back_once(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    async with transaction() as tx:
        await wallet.hold(tx, "cashier", player.id, "h", Money(100, FUN))
        await wallet.release(tx, "cashier", player.id, "r", "h", FUN)
    async with transaction() as tx:
        again = await wallet.release(tx, "cashier", player.id, "r", "h", FUN)
        late = await wallet.capture(tx, "cashier", player.id, "c", "h", Money(100, FUN))
    assert again.outcome is Outcome.REPLAYED
    assert late.outcome is Outcome.ALREADY_ENDED
    assert await pockets(second, player.id, FUN) == (START, 0, 0)
    assert (await wallet.audit()).ok


async def test_a_callers_rollback_leaves_nothing_and_announces_nothing(
    loud: Wallet, heard: list[tuple[int, Balance]], player: Player, second: asyncpg.Connection
) -> None:
    before = await count(second, "transfers")

    async def work(tx: Transaction) -> None:
        await loud.hold(tx, "cashier", player.id, "h", TEN)
        await loud.transfer(tx, Batch(player.id, TON, "promo", (Op(Kind.GRANT, "d", 5),)))
        await tx.raw.execute("UPDATE players SET name = 'seen' WHERE id = $1", player.id)

    await undo(work)
    assert await pockets(second, player.id, FUN) == (START, 0, 0)
    assert await pockets(second, player.id, TON) == (0, 0, 0)
    assert await count(second, "transfers") == before
    assert await count(second, "players", "name = 'seen'") == 0
    assert heard == []


async def test_announcements_come_after_the_commit_with_the_new_balance(
    loud: Wallet, heard: list[tuple[int, Balance]], player: Player, second: asyncpg.Connection
) -> None:
    async with transaction() as tx:
        await loud.hold(tx, "cashier", player.id, "h", TEN)
        assert heard == []
        assert await pockets(second, player.id, FUN) == (START, 0, 0)
    assert [(i, b.cash, b.held, b.version) for i, b in heard] == [(player.id, START - 10, 10, 2)]


async def test_at_the_moment_of_the_announcement_another_connection_sees_the_change(
    database: Database, player: Player, database_url: str
) -> None:
    async def ask() -> int:
        connection = await asyncpg.connect(database_url)
        try:
            return int(await connection.fetchval("SELECT max(seq) FROM transfers"))
        finally:
            await connection.close()

    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor() as beside:

        def announce(_player_id: int, balance: Balance) -> None:
            seen.append((balance.version, beside.submit(asyncio.run, ask()).result()))

        wallet = Wallet(database, (FUN,), announce)
        await wallet.apply(Batch(player.id, FUN, "test", (Op(Kind.BET, "b", 1),)))
        async with transaction() as tx:
            await wallet.hold(tx, "test", player.id, "h", TEN)
    assert seen == [(2, 2), (3, 3)]


async def test_nothing_is_announced_for_refusals_replays_and_late_originals(
    loud: Wallet, heard: list[tuple[int, Balance]], player: Player
) -> None:
    async def apply(*ops: Op) -> None:
        await loud.apply(Batch(player.id, FUN, "test", ops))

    await apply(Op(Kind.BET, "b", 1), Op(Kind.REVERSAL, "x", reference="late"))
    heard.clear()
    await apply(Op(Kind.BET, "b", 1))
    await apply(Op(Kind.BET, "late", 1))
    await apply(Op(Kind.BET, "too much", START * 2))
    await apply(Op(Kind.REVERSAL, "y", reference="late"))
    assert heard == []


async def test_a_refusal_raises_its_error_and_the_callers_work_goes_with_it(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    async def work() -> None:
        async with transaction() as tx:
            await tx.raw.execute("UPDATE players SET name = 'changed' WHERE id = $1", player.id)
            await wallet.hold(tx, "cashier", player.id, "h", Money(START + 1, FUN))

    with pytest.raises(errors.NotEnoughMoney):
        await work()
    assert await count(second, "players", "name = 'changed'") == 0


@pytest.mark.parametrize(
    ("op", "error"),
    [
        (Op(Kind.BET, "k", 2), errors.KeyReused),
        (Op(Kind.BET, "n", START * 2), errors.NotEnoughMoney),
        (Op(Kind.CAPTURE, "n", reference="none"), errors.Bug),
        (Op(Kind.RELEASE, "n", reference="k"), errors.Bug),
    ],
)
async def test_each_refusal_is_an_error_that_says_who_must_act(
    wallet: Wallet, player: Player, op: Op, error: type[errors.CroupierError]
) -> None:
    await wallet.apply(Batch(player.id, FUN, "test", (Op(Kind.BET, "k", 1),)))
    with pytest.raises(error):
        async with transaction() as tx:
            await wallet.transfer(tx, Batch(player.id, FUN, "test", (op,)))


async def test_a_transfer_to_nobody_is_not_found(wallet: Wallet) -> None:
    with pytest.raises(errors.NotFound):
        async with transaction() as tx:
            await wallet.hold(tx, "cashier", 9_999_999, "h", TEN)


async def test_a_new_sources_number_survives_the_rollback_of_its_first_use(
    database: Database, player: Player, second: asyncpg.Connection
) -> None:
    """Lost with the rollback but remembered in the process, it would name rows of no source:

    statements and postings would not show them, and the next process would give the source
    another number and pay every key a second time.
    """
    wallet = Wallet(database, (FUN,))
    deposit = Batch(player.id, FUN, "new rail", (Op(Kind.DEPOSIT, "d", 5),))
    await undo(lambda tx: wallet.transfer(tx, deposit))
    assert isinstance(await wallet.apply(deposit), Applied)
    assert await count(second, "sources", "name = 'new rail'") == 1
    restarted = Wallet(database, (FUN,))
    again = await restarted.apply(deposit)
    assert isinstance(again, Applied)
    assert again.items[0].outcome is Outcome.REPLAYED
    assert await pockets(second, player.id, FUN) == (START + 5, 0, 0)
    assert len(await restarted.statement(player.id, limit=9)) == 2


async def test_status_says_what_became_of_a_key(wallet: Wallet, player: Player) -> None:
    assert await wallet.known(player.id, "test", "b") is None
    first = await wallet.apply(Batch(player.id, FUN, "test", (Op(Kind.BET, "b", 1),)))
    await wallet.apply(Batch(player.id, FUN, "test", (Op(Kind.BET, "b2", 1),)))
    status = await wallet.known(player.id, "test", "b")
    assert status is not None
    assert isinstance(first, Applied)
    assert status.item.transfer_id == first.items[0].transfer_id
    assert status.item.balance_units == START - 1
    assert (status.kind, status.amount, status.currency) == (Kind.BET, 1, FUN)
    assert (status.moved, status.reversed) == (True, False)
    await wallet.apply(Batch(player.id, FUN, "test", (Op(Kind.REVERSAL, "u", reference="b"),)))
    status = await wallet.known(player.id, "test", "b")
    assert status is not None
    assert status.reversed
    assert await wallet.known(player.id, "other", "b") is None
    assert await wallet.known(player.id + 1, "test", "b") is None


async def test_the_same_key_in_two_currencies_at_once_is_one_transfer_and_one_conflict(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    """Each locks another account, so only the unique key can tell; its refusal is an answer."""
    for n in range(10):
        answers = await asyncio.gather(
            *(
                wallet.apply(Batch(player.id, c, "test", (Op(Kind.WIN, f"k{n}", 1),)))
                for c in (FUN, TON)
            )
        )
        assert sum(isinstance(a, Applied) for a in answers) == 1
        refused = [a for a in answers if isinstance(a, Refused)]
        assert [r.reason.value for r in refused] == ["key_conflict"]
    assert await count(second, "transfers", "source_id > 0 AND kind_id = 20") == 10
