"""Our vendor's side against a casino that is not ours: if this fails, the peer is wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import aiohttp
import beexar
import pytest

from casino.money import EUR, Money
from providers.softswiss.settings import SoftswissAccount
from providers.softswiss.v2 import V2
from tests.peers.softswiss.beexar_casino import MemoryLedger, casino_app
from tests.peers.softswiss.studio import Studio
from tests.providers.book import serving

KEY = "studio-key"


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger({"p-1": 100_00})


@pytest.fixture
async def studio(ledger: MemoryLedger) -> AsyncIterator[Studio]:
    async with serving(casino_app(ledger, KEY)) as server, aiohttp.ClientSession() as http:
        yield Studio(str(server.make_url("/wallet")), KEY, http)


async def test_a_round(studio: Studio, ledger: MemoryLedger) -> None:
    assert await studio.balance("p-1", "EUR", "dice") == (200, {"balance": "100.00"})
    status, said = await studio.moves(
        "p-1", "EUR", "r-1", ("bet", "10.00", "t-1"), ("win", "25.00", "t-2")
    )
    assert (status, said["balance"], said["round_id"]) == (200, "115.00", "r-1")
    assert [t["id"] for t in said["transactions"]] == ["c-t-1", "c-t-2"]
    again = await studio.moves("p-1", "EUR", "r-1", ("bet", "10.00", "t-1"))
    assert again[1]["balance"] == "115.00"
    assert await studio.finish("p-1", "EUR", "r-1") == (200, {"balance": "115.00"})
    assert ledger.cents == {"p-1": 115_00}


async def test_rollbacks(studio: Studio) -> None:
    await studio.moves("p-1", "EUR", "r-1", ("bet", "10.00", "t-1"))
    for _ in range(2):
        status, said = await studio.undo("p-1", "EUR", "r-1", ("u-1", "t-1"))
        assert (status, said["balance"]) == (200, "100.00")
        assert said["transactions"] == [{"id_provider": "u-1", "id": "c-u-1"}]
    _, said = await studio.undo("p-1", "EUR", "r-1", ("u-2", "t-9"))
    assert said["transactions"] == [{"id_provider": "u-2", "id": ""}]
    status, said = await studio.moves("p-1", "EUR", "r-1", ("bet", "1.00", "t-9"))
    assert (status, said["meta"]["api_code"]) == (400, "409")


async def test_refusals(studio: Studio) -> None:
    status, said = await studio.moves("p-1", "EUR", "r-1", ("bet", "100.01", "t-1"))
    assert (status, said["code"]) == (400, "invalid_argument")
    assert said["meta"]["api_code"] == "100"
    assert said["meta"]["balance"] == "100.00"
    status, said = await studio.moves("p-1", "EUR", "r-1", ("bet", "0.00", "t-1"))
    assert (status, said["meta"]["api_code"]) == (400, "400")
    status, said = await studio.balance("p-2", "EUR", "dice")
    assert (status, said["meta"]["api_code"]) == (400, "101")
    studio.key = "another-key"
    status, said = await studio.balance("p-1", "EUR", "dice")
    assert (status, said["meta"]["api_code"]) == (400, "403")


def test_our_errors_are_written_as_theirs() -> None:
    """The envelope of v2, against the one that Beexar's own code writes."""
    account = SoftswissAccount.model_validate(
        {"url": "http://x", "casino_id": "c", "auth_token": "k", "dialect": "beexar"}
    )
    wire = next(wire for wire in account.wires if wire.code == "EUR")
    balance = beexar.Money.parse("50.00")
    for theirs, code, shown in (
        (beexar.WalletError.insufficient_funds(balance), 100, Money(50_00, EUR)),
        (beexar.WalletError.bet_limit_reached(balance), 105, Money(50_00, EUR)),
        (beexar.WalletError.invalid_player(), 101, None),
        (beexar.WalletError.player_disabled(), 110, None),
        (beexar.WalletError.game_forbidden(), 107, None),
        (beexar.WalletError.currency_not_allowed(), 154, None),
        (beexar.WalletError.bad_request(), 400, None),
        (beexar.WalletError.invalid_signature(), 403, None),
        (beexar.WalletError.already_rolled_back(), 409, None),
        (beexar.WalletError.internal(), 500, None),
    ):
        ours = V2(account).failed(code, shown, wire)
        expected = theirs.to_envelope()
        said = json.loads(ours.body)
        assert (ours.status, said["code"]) == (theirs.status, expected["code"])
        assert said["meta"]["api_code"] == expected["meta"]["api_code"]
        assert said["meta"].get("balance") == expected["meta"].get("balance")
        assert set(said) == set(expected)
