"""The pool: time limits, other servers, clients thrown away, and pytonlib's own traps."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.peers.ton.answers import Answer
from tests.peers.ton.chain import Chain, global_config
from tests.peers.ton.wrapper import PYTONLIB_CLIENT, Wrapper, local
from wallets.ton.chain import newest_block
from wallets.ton.client import LIVE_MAX, Pool, Unavailable
from wallets.ton.tonlib import Client

QUERY_S = 0.05


@pytest.fixture
def opened(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> list[Wrapper]:
    """Every client that was opened, in order."""
    made: list[Wrapper] = []
    library = local(chain)

    def make(*arguments: object) -> Wrapper:
        made.append(library(*arguments))
        return made[-1]

    monkeypatch.setattr(PYTONLIB_CLIENT, "TonLib", make)
    return made


def pool_of(folder: Path, servers: int = 2) -> Pool:
    return Pool(global_config(servers), folder, query_s=QUERY_S)


def closed(wrapper: Wrapper) -> bool:
    return bool(vars(wrapper)["_state"] == "finished")


async def test_the_head_is_the_newest_block_that_any_server_reports(
    chain: Chain, tmp_path: Path
) -> None:
    chain.server(0).lag = 3

    assert await pool_of(tmp_path).head(newest_block) == chain.head


async def test_no_server_at_all_is_said_with_the_reasons(chain: Chain, tmp_path: Path) -> None:
    chain.server(0).silent = True
    chain.server(1).script = ["LITE_SERVER_NETWORK"]

    with pytest.raises(Unavailable, match="no lite server answers") as caught:
        await pool_of(tmp_path).head(newest_block)

    assert [reason.split(":")[0] for reason in caught.value.reasons] == ["server 0", "server 1"]
    assert "LITE_SERVER_NETWORK" in caught.value.reasons[1]


async def test_a_stuck_library_is_thrown_away_and_works_again_afterwards(
    chain: Chain, opened: list[Wrapper], tmp_path: Path
) -> None:
    pool = pool_of(tmp_path, servers=1)
    await pool.head(newest_block)
    chain.server(0).dead = True
    with pytest.raises(Unavailable):
        await pool.head(newest_block)
    chain.server(0).dead = False

    assert await pool.head(newest_block) == chain.head  # the old client would stay stuck for good
    assert [closed(wrapper) for wrapper in opened] == [True, False]


async def test_a_server_silent_three_times_gets_a_new_client(
    chain: Chain, opened: list[Wrapper], tmp_path: Path
) -> None:
    pool = pool_of(tmp_path, servers=1)
    await pool.head(newest_block)
    chain.server(0).silent = True

    for _ in range(3):
        assert len(opened) == 1
        with pytest.raises(Unavailable):
            await pool.head(newest_block)

    assert closed(opened[0])


async def test_an_outage_of_any_length_ends_when_the_servers_are_back(
    chain: Chain, tmp_path: Path
) -> None:
    pool = pool_of(tmp_path, servers=1)
    chain.server(0).script = ["LITE_SERVER_NETWORK"] * 1100  # more doublings than a float holds
    while chain.server(0).script:
        with pytest.raises(Unavailable):
            await pool.ask(newest_block)

    assert await pool.ask(newest_block) == chain.head


@pytest.mark.usefixtures("chain")
async def test_a_question_that_hangs_ends_at_the_time_limit(tmp_path: Path) -> None:
    pool = pool_of(tmp_path, servers=1)
    await pool.head(newest_block)

    async def hang(_client: Client) -> int:
        await asyncio.Event().wait()
        return 0

    with pytest.raises(Unavailable) as caught:
        async with asyncio.timeout(5):
            await pool.ask(hang)
    assert "TimeoutError" in str(caught.value.reasons)


@pytest.mark.usefixtures("chain")
async def test_a_server_that_only_names_blocks_is_asked_last(tmp_path: Path) -> None:
    """It answers the cheap question each time; that must not put it first for the real ones."""
    pool = pool_of(tmp_path)
    asked: list[int] = []

    async def question(client: Client) -> int:
        server = int(vars(client)["ls_index"])
        asked.append(server)
        if server == 0:
            raise TimeoutError
        return server

    await pool.head(newest_block)
    assert await pool.ask(question) == 1
    await pool.head(newest_block)
    assert await pool.ask(question) == 1

    assert asked == [0, 1, 1]


async def unknown_block(client: Client) -> None:
    await client.raw_get_account_state(f"0:{'00' * 32}", 999_999_999)


async def unknown_transaction(client: Client) -> None:
    await client.raw_get_transactions(f"0:{'00' * 32}", "5", "00" * 32)


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("ask", [unknown_block, unknown_transaction])
async def test_missing_history_is_no_fault_of_the_server(
    tmp_path: Path, ask: Callable[[Client], Awaitable[None]]
) -> None:
    pool = pool_of(tmp_path)
    asked: list[int] = []

    async def question(client: Client) -> int:
        server = int(vars(client)["ls_index"])
        asked.append(server)
        if server == 0:
            await ask(client)
        return server

    await pool.head(newest_block)
    assert [await pool.ask(question), await pool.ask(question)] == [1, 1]

    assert asked == [0, 1, 0, 1]  # still first: it only lacks that much


async def test_few_clients_live_however_many_servers_a_network_names(
    chain: Chain, opened: list[Wrapper], tmp_path: Path
) -> None:
    pool = pool_of(tmp_path, servers=15)
    for server in range(10):
        chain.server(server).script = ["LITE_SERVER_NETWORK"] * 99

    for _ in range(20):
        try:
            await pool.head(newest_block)
        except Unavailable:
            continue
        break

    assert sum(not closed(wrapper) for wrapper in opened) <= LIVE_MAX
    assert await pool.head(newest_block) == chain.head
    await pool.close()
    assert all(closed(wrapper) for wrapper in opened)


async def test_an_answer_of_a_wrong_shape_is_a_failure_like_any(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = chain.answer

    def nonsense(query: Answer, server: int = 0) -> Answer:
        if query["@type"] == "blocks.getMasterchainInfo" and server == 0:
            return {"@type": "blocks.masterchainInfo", "last": {"seqno": "soon"}}
        return answer(query, server)

    monkeypatch.setattr(chain, "answer", nonsense)

    assert await pool_of(tmp_path).head(newest_block) == chain.head


async def test_a_cancelled_question_leaves_pytonlib_able_to_expire_the_next(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The real C library, with a lite server that accepts connections and says nothing.

    pytonlib's expiry loop ends for good when it meets a future that a caller cancelled.
    """
    silent = socket.create_server(("127.0.0.1", 0))
    config = global_config(1)
    config["liteservers"][0]["id"]["key"] = "n4VDnSCUuSpjnCyUk9e3QOOd6o0ItSWYbTnW3Wnn8wk="
    config["liteservers"][0]["port"] = silent.getsockname()[1]
    pool = Pool(config, tmp_path, query_s=0.5)
    with caplog.at_level(logging.CRITICAL, logger="pytonlib.tonlibjson"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await pool.ask(newest_block)
        await asyncio.sleep(2)  # the expiry loop has met the abandoned query by now
        with pytest.raises(Unavailable) as caught:
            await pool.ask(newest_block)
        await pool.close()
    silent.close()

    assert "did not respond" in str(caught.value.reasons)  # expired by pytonlib, not by our limit
    assert not caplog.records
