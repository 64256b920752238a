"""Which jetton wallet is ours: asked from the master, and for USDT also worked out offline."""

from __future__ import annotations

from typing import Final

from pytoniq_core.boc.builder import Builder
from pytoniq_core.boc.cell import Cell

from casino.errors import Bug
from casino.money import Currency
from wallets.ton.addresses import raw
from wallets.ton.client import Pool
from wallets.ton.tonlib import Client
from wallets.ton.wallet import contract_address

USDT_MASTER: Final = "0:b113a994b5024a16719f69139328eb759596c38a25f59028b146fecdc3621dfe"
# A library cell: its 32 bytes name the real code. It must stay exotic, or the hash is another.
_USDT_CODE: Final = (
    "b5ee9c72010101010023000842028f452d7a4dfd74066b682365177259ed05734435be76b5fd4bd5d8af2b7c3d68"
)


class WrongJettonWallet(Bug):
    """A lite server's proven answer and the offline derivation disagree."""


async def jetton_wallet(pool: Pool, owner: str, currency: Currency, master: str) -> str:
    """Return the raw address of an owner's jetton wallet, as its master says.

    Raises Unavailable, and WrongJettonWallet when the derivation known for USDT disagrees.
    """

    async def question(client: Client) -> str:
        return raw(await client.get_jetton_wallet_address(owner, master))

    told = await pool.ask(question)
    if master == USDT_MASTER and told != usdt_wallet(owner):
        raise WrongJettonWallet(f"{currency}: the master names {told}, expected otherwise")
    return told


def usdt_wallet(owner: str) -> str:
    """Return the raw address of an owner's USDT wallet on the main network.

    Layout of ``stablecoin-contract``: status, balance, owner, master.
    """
    data = Builder().store_uint(0, 4).store_coins(0)
    data.store_address(owner).store_address(USDT_MASTER)
    return contract_address(Cell.one_from_boc(bytes.fromhex(_USDT_CODE)), data.end_cell())
