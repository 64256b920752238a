from __future__ import annotations

import asyncio

import pytest

from casino.cashier.rail import Method, PaymentRail
from casino.errors import UnknownCurrency
from casino.money import FUN
from tests.wallets.support import Book, watching
from wallets.sandbox import SandboxRail


async def test_play_money_is_instant_and_never_sent_anywhere() -> None:
    rail: PaymentRail = SandboxRail()

    manifest = rail.manifest

    assert (manifest.method, manifest.currencies, manifest.play_money) == (
        Method.INSTANT,
        (FUN,),
        True,
    )
    assert all(currency.play_money for currency in manifest.currencies)
    assert manifest.minimums["FUN"]
    with pytest.raises(UnknownCurrency):
        await rail.deposit_address(FUN)
    with pytest.raises(UnknownCurrency):
        rail.deposit_uri(FUN, "", "")


async def test_watching_waits_until_cancelled_and_reports_nothing() -> None:
    rail, book = SandboxRail(), Book()
    async with watching(rail, book) as task:
        await asyncio.sleep(0.02)
        assert not task.done()

    assert task.cancelled()
    assert not book.settled
    assert rail.trouble() is None
