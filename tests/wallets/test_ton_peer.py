"""The chain peer itself: over HTTP, and under a process that was started separately."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from casino.money import TON
from tests.peers.ton.chain import Chain, global_config
from tests.peers.ton.remote import install
from tests.peers.ton.server import app
from tests.peers.ton.wrapper import PYTONLIB_CLIENT
from tests.wallets.support import MEMO, Book, case, stream, until, watching, world
from wallets.ton import TonRail, TonSettings

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def peer() -> AsyncIterator[tuple[str, Chain]]:
    """A chain served over HTTP by this process."""
    chain = Chain()
    async with TestServer(app(chain)) as server:
        yield str(server.make_url("")).rstrip("/"), chain


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


def rail_at(folder: Path) -> TonRail:
    path = folder / "config.json"
    path.write_text(json.dumps(global_config()))
    settings = TonSettings(
        _env_file=None, config=path, wallet_seed="07" * 32, poll_s=0.02, query_s=1
    )
    return TonRail(settings, folder / "keystore", SystemClock())


async def test_a_deposit_put_in_over_http_arrives_through_unmodified_pytonlib(
    peer: tuple[str, Chain],
    session: aiohttp.ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, _ = peer
    monkeypatch.setattr(PYTONLIB_CLIENT, "TonLib", PYTONLIB_CLIENT.TonLib)  # put back afterwards
    install(url)
    rail, book = rail_at(tmp_path), Book()
    address = await rail.deposit_address(TON)
    async with watching(rail, book):
        body = {"account": address, "memo": MEMO, "nanotons": 5}
        async with session.post(f"{url}/deposits", json=body) as response:
            told = await response.json()
        await until(lambda: len(book.settled) == 1)

    (deposit,) = book.deposits()
    assert deposit.external_id == f"{rail.account}:{told['lt']}:{told['hash']}"
    assert (deposit.memo, deposit.amount.units) == (MEMO, 5)


async def test_a_casino_process_of_its_own_reads_the_same_chain(
    peer: tuple[str, Chain], tmp_path: Path
) -> None:
    """What the whole house's test does: a script runs elsewhere with the wrapper installed."""
    url, chain = peer
    config = tmp_path / "config.json"
    config.write_text(json.dumps(global_config()))
    script = tmp_path / "house.py"
    script.write_text(_HOUSE)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.peers.ton.remote", url, str(script), str(tmp_path)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            address = (await process.stdout.readline()).decode().strip()
            chain.deposit(address, memo=MEMO, nanotons=41)
            chain.deposit(address, memo=MEMO, nanotons=42)
            seen = [json.loads(await process.stdout.readline()) for _ in range(2)]
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()

    assert seen == [[MEMO, 41], [MEMO, 42]]


_HOUSE = """
import asyncio, json, sys
from pathlib import Path
from casino.clock import SystemClock
from casino.money import TON
from wallets.ton import TonRail, TonSettings

class Book:
    cursors = {}
    async def cursor(self, rail, account):
        return self.cursors.get(account)
    async def record(self, rail, transaction):
        from casino.cashier.rail import Cursor
        self.cursors[transaction.account] = Cursor(transaction.lt, transaction.hash)
        print(json.dumps([transaction.finding.memo, transaction.finding.amount.units]), flush=True)
        return True

async def main(folder):
    settings = TonSettings(
        _env_file=None, config=folder / "config.json", wallet_seed="07" * 32, poll_s=0.02
    )
    rail = TonRail(settings, folder / "keystore", SystemClock())
    print(await rail.deposit_address(TON), flush=True)
    await rail.watch(Book())

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_the_peer_prints_its_address_when_started_alone(
    session: aiohttp.ClientSession,
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.peers.ton.server"), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            url = (await process.stdout.readline()).decode().strip()
            async with session.get(f"{url}/config?servers=3") as response:
                config = await response.json()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()

    assert len(config["liteservers"]) == 3


async def test_every_door_of_the_peer(
    peer: tuple[str, Chain], session: aiohttp.ClientSession
) -> None:
    url, chain = peer

    async def post(path: str, body: dict[str, Any]) -> int:
        async with session.post(f"{url}/{path}", json=body) as response:
            return response.status

    genuine = stream("v4r2")[0]
    jetton = {"master": world("jetton_master"), "wallets": {}}
    transfer = {"account": genuine.account, "memo": MEMO, "units": 3}
    assert await post("transactions", {"boc": genuine.boc}) == 200
    assert await post("jettons", jetton) == 200
    assert await post("jetton-deposits", transfer | {"master": jetton["master"]}) == 200
    assert await post("faults", {"server": 1, "lag": 2}) == 200
    assert await post("faults", {"server": 1, "mood": "bad"}) == 400

    assert len(chain.accounts[genuine.account]) == 2
    assert chain.server(1).lag == 2


async def test_pytonlibs_own_history_reads_the_peer_too(genuine: Chain, tmp_path: Path) -> None:
    """The peer is faithful enough for calls that the rail does not make."""
    from wallets.ton.tonlib import TonlibClient

    client = TonlibClient(0, global_config(), str(tmp_path))
    await client.init()

    told = await client.get_transactions(world("v5r1"), limit=100)

    assert len(told) == len(stream("owner"))
    comment = case("active-comment")
    (found,) = (t for t in told if t["transaction_id"]["lt"] == str(comment.lt))
    assert found["in_msg"]["value"] == "3000000000"
    assert found["in_msg"]["source"].startswith("EQ")
    assert genuine.head > 1000
