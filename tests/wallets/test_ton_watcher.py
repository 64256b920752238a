"""Every deposit once: over pages, polls, outages, crashes and servers that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casino.cashier.rail import ChainTransaction, Cursor, Ignored, UnknownAsset
from casino.money import TON, USDT, Money
from tests.peers.ton import build
from tests.peers.ton.chain import Chain, global_config
from tests.peers.ton.wrapper import PYTONLIB_CLIENT, local
from tests.wallets.support import MEMO, NOW, Book, Crash, FixedClock, stream, world
from wallets.ton import chain as ton_chain
from wallets.ton import watcher as ton_watcher
from wallets.ton.client import Pool, Unavailable
from wallets.ton.messages import Finding, Unreadable, read_jetton_wallet, read_owner
from wallets.ton.watcher import Behind, ChainMismatch, Watcher

OWNER = world("v5r1")
JETTON_WALLET = world("jetton_wallet")
QUERY_S = 0.05


def owner_watcher(clock: FixedClock) -> Watcher:
    return Watcher(
        "ton",
        OWNER,
        partial(read_owner, jettons={JETTON_WALLET: USDT}),
        clock=clock,
        behind=timedelta(seconds=60),
    )


def pool_of(folder: Path, servers: int = 2) -> Pool:
    return Pool(global_config(servers), folder, query_s=QUERY_S)


async def poll(watcher: Watcher, pool: Pool, book: Book) -> int:
    return await watcher.poll(pool, await pool.head(ton_chain.newest_block), book)


def pages(chain: Chain) -> int:
    return sum(kind == "raw.getTransactions" for _, kind in chain.queries)


async def test_a_whole_history_is_settled_oldest_first_and_once(
    genuine: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    watcher, pool = owner_watcher(clock), pool_of(tmp_path)

    first, second = await poll(watcher, pool, book), await poll(watcher, pool, book)

    history = stream("owner")
    assert (first, second) == (len(history), 0)
    assert [t.lt for t in book.settled.values()] == [t.lt for t in history]
    assert book.repeats == 0
    assert pages(genuine) == 3  # 29 transactions in pages of ten
    credited = sum(d.amount.units for d in book.deposits() if d.amount.currency == TON)
    # what stayed, with the memo: table 1.4 on the genuine stream
    assert Money(credited, TON) == Money.parse("12.300000001", TON)


async def test_more_than_a_page_between_polls_is_found(
    chain: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    watcher, pool = owner_watcher(clock), pool_of(tmp_path)
    for batch in (1, 25, 10, 11, 0, 1):
        for _ in range(batch):
            chain.deposit(OWNER, memo=MEMO, nanotons=7)
        assert await poll(watcher, pool, book) == batch

    assert len(book.deposits()) == 48
    assert book.repeats == 0


async def test_nothing_new_asks_for_no_history(
    chain: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    watcher, pool = owner_watcher(clock), pool_of(tmp_path)
    assert await poll(watcher, pool, book) == 0  # an account that never existed
    chain.deposit(OWNER, memo=MEMO, nanotons=7)
    await poll(watcher, pool, book)
    asked = pages(chain)

    await poll(watcher, pool, book)

    assert pages(chain) == asked == 1


@pytest.mark.usefixtures("genuine")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_crash_at_any_transaction_settles_everything_once(
    clock: FixedClock, tmp_path: Path, when: str
) -> None:
    pool = pool_of(tmp_path)
    for victim in stream("owner"):
        book = Book()

        def die(moment: str, transaction: ChainTransaction, at: int = victim.lt) -> None:
            if moment == when and transaction.lt == at:
                raise Crash

        book.crash = die
        with pytest.raises(Crash):
            await poll(owner_watcher(clock), pool, book)
        book.crash = lambda _when, _transaction: None

        await poll(owner_watcher(clock), pool, book)  # a new process

        assert [t.lt for t in book.settled.values()] == [t.lt for t in stream("owner")]
        assert book.repeats == 0


@pytest.mark.usefixtures("genuine")
@pytest.mark.parametrize("place", ["older", "newest"])
async def test_a_history_without_the_last_settled_transaction_stops_the_watcher(
    book: Book, clock: FixedClock, tmp_path: Path, place: str
) -> None:
    history = stream("owner")
    settled = history[-1] if place == "newest" else history[-15]
    book.cursors[OWNER] = Cursor(settled.lt, "ab" * 32)

    with pytest.raises(ChainMismatch, match=str(settled.lt)):
        await poll(owner_watcher(clock), pool_of(tmp_path), book)

    assert not book.settled


@pytest.mark.usefixtures("genuine")
async def test_a_cursor_between_two_transactions_stops_the_watcher(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    book.cursors[OWNER] = Cursor(stream("owner")[-3].lt + 1, "ab" * 32)

    with pytest.raises(ChainMismatch):
        await poll(owner_watcher(clock), pool_of(tmp_path), book)

    assert not book.settled


async def test_an_old_block_credits_nothing(
    genuine: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    watcher, pool = owner_watcher(clock), pool_of(tmp_path)
    genuine.server(0).stale_s = genuine.server(1).stale_s = 61

    with pytest.raises(Behind, match="older than 60 s"):
        await poll(watcher, pool, book)
    assert not book.settled

    genuine.server(0).stale_s = genuine.server(1).stale_s = 59
    assert await poll(watcher, pool, book) == len(stream("owner"))


async def test_a_lagging_server_is_passed_over(
    genuine: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    genuine.server(0).lag = 20  # would hide twenty transactions

    settled = await poll(owner_watcher(clock), pool_of(tmp_path), book)

    assert settled == len(stream("owner"))
    states = {server for server, kind in genuine.queries if kind == "raw.getTransactions"}
    assert states == {1}


async def test_servers_that_forgot_what_was_settled_are_waited_for(
    genuine: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    watcher, pool = owner_watcher(clock), pool_of(tmp_path)
    await poll(watcher, pool, book)
    genuine.server(0).lag = genuine.server(1).lag = 30

    with pytest.raises(Behind, match="already settled"):
        await poll(watcher, pool, book)

    genuine.server(1).lag = 0
    assert await poll(watcher, pool, book) == 0


async def test_an_archival_gap_is_bridged_by_another_server(
    genuine: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    genuine.server(0).oldest_lt = stream("owner")[12].lt

    settled = await poll(owner_watcher(clock), pool_of(tmp_path), book)

    assert settled == len(stream("owner"))
    assert {server for server, kind in genuine.queries if kind == "raw.getTransactions"} == {0, 1}


async def test_an_archival_gap_that_nobody_bridges_waits_and_never_skips(
    genuine: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    watcher, pool = owner_watcher(clock), pool_of(tmp_path)
    for server in (0, 1):
        genuine.server(server).oldest_lt = stream("owner")[12].lt
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            await poll(watcher, pool, book)
        assert "not in db" in str(caught.value.reasons)
    assert not book.settled
    genuine.server(1).oldest_lt = 0
    genuine.deposit(OWNER, memo=MEMO, nanotons=1)  # meanwhile
    asked = pages(genuine)

    assert await poll(watcher, pool, book) == len(stream("owner"))  # the kept way back goes on
    assert pages(genuine) - asked <= 4
    assert await poll(watcher, pool, book) == 1


async def test_a_way_back_is_dropped_when_another_process_settled_meanwhile(
    genuine: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    watcher, pool = owner_watcher(clock), pool_of(tmp_path)
    for server in (0, 1):
        genuine.server(server).oldest_lt = stream("owner")[12].lt
    with pytest.raises(Unavailable):
        await poll(watcher, pool, book)
    for server in (0, 1):
        genuine.server(server).oldest_lt = 0
    await poll(owner_watcher(clock), pool, book)

    assert await poll(watcher, pool, book) == 0
    assert book.repeats == 0


@pytest.mark.usefixtures("genuine")
async def test_two_watchers_at_once_settle_once(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    pool = pool_of(tmp_path)

    await asyncio.gather(*(poll(owner_watcher(clock), pool, book) for _ in range(2)))

    assert len(book.settled) == len(stream("owner"))
    assert book.repeats == len(stream("owner"))


@pytest.mark.parametrize(
    "fault",
    [
        lambda faults: setattr(faults, "silent", True),
        lambda faults: setattr(faults, "dead", True),
        lambda faults: setattr(faults, "garbles", True),
        lambda faults: setattr(faults, "repeats_pages", True),
        lambda faults: setattr(faults, "script", ["LITE_SERVER_NETWORK: adnl query timeout"] * 50),
    ],
    ids=["silent", "dead", "garbles", "repeats-pages", "errors"],
)
async def test_a_server_that_misbehaves_is_replaced_by_another(
    genuine: Chain,
    book: Book,
    clock: FixedClock,
    tmp_path: Path,
    fault: Callable[[object], None],
) -> None:
    fault(genuine.server(0))

    settled = await poll(owner_watcher(clock), pool_of(tmp_path), book)

    assert settled == len(stream("owner"))


async def test_pages_that_no_server_can_prove_stop_crediting_loudly(
    genuine: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    genuine.server(0).garbles = genuine.server(1).garbles = True

    with pytest.raises(Unavailable) as caught:
        await poll(owner_watcher(clock), pool_of(tmp_path), book)

    assert "BadAnswer" in str(caught.value.reasons)
    assert not book.settled


async def test_a_proven_transaction_that_cannot_be_read_is_filed_and_the_next_credited(
    chain: Chain, book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    chain.deposit(OWNER, memo=MEMO, nanotons=5)
    strange = chain.deposit(OWNER, memo=MEMO, nanotons=6)
    chain.deposit(OWNER, memo=MEMO, nanotons=7)

    def classify(link: ton_chain.Link) -> Finding:
        if link.id.lt == strange.lt:
            raise Unreadable("of a kind from the future")
        return read_owner(link, {})

    watcher = Watcher("ton", OWNER, classify, clock=clock, behind=timedelta(seconds=60))
    await poll(watcher, pool_of(tmp_path), book)

    assert [d.amount.units for d in book.deposits()] == [5, 7]
    (filed,) = book.unknown()
    assert filed == UnknownAsset(
        f"{OWNER}:{strange.lt}:{strange.hash}",
        None,
        "unreadable transaction: of a kind from the future",
    )


async def test_a_backlog_beyond_memory_is_settled_in_stretches(
    chain: Chain,
    book: Book,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ton_watcher, "BACKLOG_MAX", 10)
    watcher, pool = owner_watcher(clock), pool_of(tmp_path)
    amounts = list(range(1, 26))
    for amount in amounts:
        chain.deposit(OWNER, memo=MEMO, nanotons=amount)

    assert [await poll(watcher, pool, book) for _ in range(4)] == [10, 10, 5, 0]
    assert [d.amount.units for d in book.deposits()] == amounts


@pytest.mark.usefixtures("genuine")
async def test_the_jetton_wallet_is_watched_for_what_nobody_is_told(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    watcher = Watcher(
        "ton",
        JETTON_WALLET,
        partial(read_jetton_wallet, owner=OWNER, currency=USDT),
        clock=clock,
        behind=timedelta(seconds=60),
    )

    await poll(watcher, pool_of(tmp_path), book)

    (silent,) = book.incoming()
    assert silent.amount == Money.parse("3.5", USDT)
    findings = [t.finding for t in book.settled.values()]
    assert sum(isinstance(finding, Ignored) for finding in findings) == len(findings) - 1


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    batches=st.lists(st.integers(0, 14), max_size=6),
    page_size=st.integers(1, 12),
    backlog=st.integers(1, 30),
    crashes=st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["before", "after"]))),
    restarts=st.booleans(),
)
def test_any_history_pages_polls_and_crashes_credit_each_deposit_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    batches: list[int],
    page_size: int,
    backlog: int,
    crashes: list[tuple[int, str]],
    *,
    restarts: bool,
) -> None:
    clock = FixedClock(datetime.fromtimestamp(NOW, UTC))
    chain, book = Chain(now=lambda: NOW, page_size=page_size), Book()
    planned = set(crashes)

    def die(moment: str, transaction: ChainTransaction) -> None:
        number = next(i for i, s in enumerate(chain.accounts[OWNER], 1) if s.lt == transaction.lt)
        if (number, moment) in planned:
            planned.remove((number, moment))
            raise Crash

    async def run() -> None:
        pool, watcher = pool_of(tmp_path), owner_watcher(clock)
        for batch in batches:
            for _ in range(batch):
                chain.deposit(OWNER, memo=MEMO, nanotons=len(chain.accounts.get(OWNER, ())) + 1)
            if restarts:
                watcher = owner_watcher(clock)
            try:
                await poll(watcher, pool, book)
            except Crash:
                watcher = owner_watcher(clock)
        book.crash = lambda _when, _transaction: None
        while await poll(watcher, pool, book):
            pass

    book.crash = die
    with monkeypatch.context() as patch:
        patch.setattr(PYTONLIB_CLIENT, "TonLib", local(chain))
        patch.setattr(ton_watcher, "BACKLOG_MAX", backlog)
        asyncio.run(run())

    assert [d.amount.units for d in book.deposits()] == list(range(1, sum(batches) + 1))
    assert book.repeats == 0


def test_built_transactions_are_read_back_as_they_were_meant() -> None:
    """The peer's own cells must be well-formed, or the tests above prove nothing."""
    chain = Chain(now=lambda: NOW)
    first = chain.deposit(OWNER, memo=MEMO, nanotons=7)
    second = chain.jetton_deposit(OWNER, master=world("jetton_master"), memo=MEMO, units=9)

    assert (second.previous_lt, second.previous_hash) == (first.lt, first.hash)
    with pytest.raises(ValueError, match="does not follow"):
        chain.append(build.base64_of(first.boc))
