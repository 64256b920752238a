"""TON and jettons on one wallet, told apart by a memo in the comment."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import structlog

from casino.cashier.rail import DepositBook, Method, RailManifest
from casino.clock import Clock
from casino.errors import Bug, TryLater, UnknownCurrency
from casino.money import TON, Currency
from wallets.ton import chain
from wallets.ton.addresses import shown, shown_contract
from wallets.ton.client import Pool, Unavailable
from wallets.ton.jettons import jetton_wallet
from wallets.ton.messages import read_jetton_wallet, read_owner
from wallets.ton.settings import TonSettings
from wallets.ton.wallet import network_of, wallet_address
from wallets.ton.watcher import Watcher

RAIL_ID = "ton"
log = structlog.get_logger(__name__)


class TonRail:
    """Deposits of TON and configured jettons to the house's wallet."""

    def __init__(self, settings: TonSettings, folder: Path, clock: Clock) -> None:
        """Work out the wallet's address; nothing is connected yet.

        Lite clients keep proven blocks in ``folder``. Raises ValueError for settings or a
        network config that cannot be used.
        """
        config = settings.network_config()
        self._settings = settings
        self._clock = clock
        self._network = network_of(config)
        self.account = wallet_address(
            settings.public_key(), settings.wallet_version, self._network
        )
        self._masters = settings.masters()
        self._pool = Pool(config, folder, query_s=settings.query_s)
        self._watchers: list[Watcher] = []
        self._trouble: str | None = None
        self._manifest = RailManifest(
            id=RAIL_ID,
            title="TON",
            method=Method.MEMO,
            currencies=(TON, *self._masters),
            minimums=settings.minimums(),
        )

    @property
    def manifest(self) -> RailManifest:
        """What it declares."""
        return self._manifest

    async def deposit_address(self, currency: Currency) -> str:
        """Return the wallet's address: jettons go to their owner's address too."""
        if currency not in self._manifest.currencies:
            raise UnknownCurrency(currency=currency.code)
        return shown(self.account, testnet=self._network.testnet)

    def deposit_uri(self, currency: Currency, address: str, memo: str) -> str:
        """Return a ``ton://transfer`` link with the memo as comment."""
        uri = f"ton://transfer/{address}?text={quote(memo, safe='')}"
        master = self._masters.get(currency)
        if master is None:
            return uri
        return f"{uri}&jetton={shown_contract(master, testnet=self._network.testnet)}"

    async def watch(self, book: DepositBook) -> None:
        """Settle what arrives until cancelled; outages are waited out.

        Raises Bug, and settles nothing more, when the history contradicts what was settled.
        """
        self._trouble = "the chain was not read yet"
        while True:
            pause_s = self._settings.poll_s
            try:
                await self._poll(book)
            except Unavailable as error:
                self._say(str(error), reasons=error.reasons)
            except TryLater as error:
                self._say(str(error) or "the book is away")
            except Bug as error:
                self._trouble = "stopped: the chain contradicts what was settled"
                log.critical("ton rail stopped", reason=str(error))
                raise
            except Exception:
                # The cursor did not move past what failed, so the next poll meets it again.
                log.exception("ton poll failed")
                self._trouble = "reading the chain fails"
                pause_s *= 5
            else:
                self._say(None)
            await asyncio.sleep(pause_s)

    def trouble(self) -> str | None:
        """Say why deposits are not seen at the moment, or None."""
        return self._trouble

    async def close(self) -> None:
        """Stop the lite clients."""
        await self._pool.close()

    async def _poll(self, book: DepositBook) -> None:
        head = await self._pool.head(chain.newest_block)
        if not self._watchers:
            self._watchers = await self._find_accounts()
        for watcher in self._watchers:
            await watcher.poll(self._pool, head, book)

    async def _find_accounts(self) -> list[Watcher]:
        """Name the accounts to watch: ours, and our wallet of each jetton.

        All of them or none: while a jetton wallet is unknown, its genuine notifications would
        pass for forged ones.
        """
        wallets = {
            await jetton_wallet(self._pool, self.account, currency, master): currency
            for currency, master in self._masters.items()
        }
        watcher = partial(
            Watcher,
            RAIL_ID,
            clock=self._clock,
            behind=timedelta(seconds=self._settings.behind_s),
        )
        return [
            watcher(account=self.account, classify=partial(read_owner, jettons=wallets)),
            *(
                watcher(
                    account=wallet,
                    classify=partial(read_jetton_wallet, owner=self.account, currency=currency),
                )
                for wallet, currency in wallets.items()
            ),
        ]

    def _say(self, trouble: str | None, reasons: list[str] | None = None) -> None:
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble is None:
            log.info("ton deposits are seen")
        else:
            log.warning("ton deposits are not seen", trouble=trouble, reasons=reasons)
