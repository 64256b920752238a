"""The genuine history through the real cashier and database: what a player gets, what is filed."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from casino.cashier import Cashier, PaymentRail
from casino.players import Player
from db import models
from tests.peers.ton.chain import Chain
from tests.wallets.support import MEMO, FixedClock, stream, watching, world
from wallets.ton import TonRail, TonSettings


@pytest.fixture
def rail(mainnet: Path, clock: FixedClock, rails: dict[str, PaymentRail]) -> TonRail:
    settings = TonSettings(
        _env_file=None,
        config=mainnet,
        wallet_seed="07" * 32,
        jettons={"USDT": world("jetton_master")},
        poll_s=0.01,
    )
    made = TonRail(settings, mainnet.parent / "keystore", clock)
    rails["ton"] = made
    return made


async def settled(count: int) -> None:
    async with asyncio.timeout(30):
        while await models.ChainEntry.all().count() < count:  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.02)


async def test_every_genuine_transaction_is_credited_filed_or_ignored(
    genuine: Chain, rail: TonRail, cashier: Cashier, player: Player
) -> None:
    await models.DepositMemo.create(memo=MEMO, player_id=player.id)
    history = [*stream("owner"), *stream("jetton-wallet")]

    async with watching(rail, cashier):
        await settled(len(history))
        genuine.deposit(rail.account, memo=MEMO, nanotons=5_000_000_000)
        await settled(len(history) + 1)

    credited = [str(deposit.amount) for deposit in await cashier.deposits(player.id, limit=100)]
    assert sorted(credited) == sorted(
        ["2 TON", "3 TON", "1 TON", "1.1 TON", "1.5 USDT", "2.5 USDT", "4 TON", "5 TON"]
    )
    filed = Counter([row.reason for row in await models.FiledDeposit.all()])
    assert filed == {
        "no_memo": 7,
        "unknown_memo": 1,
        "below_minimum": 1,
        "bad_encoding": 5,
        "encrypted": 2,
        "unknown_asset": 2,
    }
    assert rail.trouble() is None
