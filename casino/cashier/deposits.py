"""The cashier: ways to deposit, where money goes, and what watching rails report."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from casino import errors
from casino.cashier.arrivals import MEMO_LENGTH, Deposit, credit, settle, view
from casino.cashier.rail import ChainTransaction, Cursor, Incoming, Method, PaymentRail
from casino.ids import new_token
from casino.money import Currency, Money
from casino.players import Player
from casino.surfaces import House, Surface
from casino.wallet import Wallet
from db import models
from db.database import transaction

DEPOSITS_MAX = 100
INSTANT_KEY_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class DepositMethod:
    """A way to deposit one currency on one surface."""

    rail: str
    title: str
    currency: Currency
    method: Method
    minimum: Money
    play_money: bool
    trouble: str | None


@dataclass(frozen=True, slots=True)
class DepositTarget:
    """Where a player sends money, and the memo that says whose it is."""

    rail: str
    currency: Currency
    address: str
    memo: str
    uri: str
    minimum: Money


class Cashier:
    """Deposit methods, targets and history; and the book that watching rails report to."""

    def __init__(self, wallet: Wallet, rails: Mapping[str, PaymentRail], house: House) -> None:
        """Take the registry of rails, by id, wired once at start."""
        self._wallet = wallet
        self._house = house
        self.rails = rails

    def methods(self, surface: Surface) -> list[DepositMethod]:
        """List what this surface may offer."""
        offered = self._house.currencies(surface)
        return [
            DepositMethod(
                rail.manifest.id,
                rail.manifest.title,
                currency,
                rail.manifest.method,
                rail.manifest.minimums.get(currency.code, Money(1, currency)),
                rail.manifest.play_money,
                rail.trouble(),
            )
            for rail in self.rails.values()
            for currency in rail.manifest.currencies
            if currency in offered
        ]

    async def deposit_target(
        self, player: Player, rail_id: str, currency: Currency
    ) -> DepositTarget:
        """Say where the player's deposits go.

        Raises NotFound, UnknownCurrency, TermsNotAccepted.
        """
        rail = self._rail(rail_id, Method.MEMO, currency)
        self._require_terms(player)
        address = await rail.deposit_address(currency)
        memo = await _memo_of(player.id)
        return DepositTarget(
            rail_id,
            currency,
            address,
            memo,
            rail.deposit_uri(currency, address, memo),
            rail.manifest.minimums.get(currency.code, Money(1, currency)),
        )

    async def instant_deposit(
        self, player: Player, rail_id: str, amount: Money, key: str
    ) -> Deposit:
        """Credit play money at once, once per key.

        Raises NotFound, UnknownCurrency, AmountOutOfRange, Malformed, TermsNotAccepted.
        """
        rail = self._rail(rail_id, Method.INSTANT, amount.currency)
        self._require_terms(player)
        if not rail.manifest.play_money or not amount.currency.play_money:
            raise errors.UnknownCurrency
        if (
            not 0 < len(key) <= INSTANT_KEY_LENGTH_MAX
            or not key.isascii()
            or not key.isprintable()
        ):
            raise errors.Malformed
        minimum = rail.manifest.minimums[amount.currency.code]
        maximum = Money(minimum.units * 10_000, amount.currency)
        if not minimum <= amount <= maximum:
            raise AmountOutOfRange(minimum=str(minimum), maximum=str(maximum))
        incoming = Incoming(f"{player.id}:{key}", amount, None)
        async with transaction() as tx:
            return await credit(tx, self._wallet, rail_id, player.id, incoming)

    async def deposits(self, player_id: int, limit: int = 20) -> list[Deposit]:
        """List a player's credited deposits, newest first."""
        rows = (
            await models.Deposit.filter(player_id=player_id)
            .order_by("-id")
            .limit(min(limit, DEPOSITS_MAX))
        )
        return [view(row) for row in rows]

    async def cursor(self, rail: str, account: str) -> Cursor | None:
        """Return the last settled transaction of a watched account (``DepositBook``)."""
        row = await models.ChainCursor.get_or_none(rail=rail, account=account)
        return Cursor(row.lt, row.hash) if row else None

    async def record(self, rail: str, transaction_seen: ChainTransaction) -> bool:
        """Settle one chain transaction and move the cursor, together (``DepositBook``)."""
        seen = transaction_seen
        async with transaction() as tx:
            # One watcher at a time moves a cursor; a second one finds the work done.
            await tx.raw.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{rail}:{seen.account}"
            )
            cursor = await models.ChainCursor.get_or_none(rail=rail, account=seen.account)
            if cursor is not None and cursor.lt >= seen.lt:
                return False
            manifest = self.rails[rail].manifest
            outcome, note = await settle(tx, self._wallet, manifest, seen)
            await models.ChainEntry.create(
                rail=rail,
                account=seen.account,
                lt=seen.lt,
                hash=seen.hash,
                outcome=outcome,
                note=note,
                at=seen.at,
            )
            if cursor is None:
                cursor = models.ChainCursor(rail=rail, account=seen.account)
            cursor.lt, cursor.hash = seen.lt, seen.hash
            await cursor.save()
        return True

    def _rail(self, rail_id: str, method: Method, currency: Currency) -> PaymentRail:
        rail = self.rails.get(rail_id)
        if rail is None or rail.manifest.method is not method:
            raise errors.NotFound
        if currency not in rail.manifest.currencies:
            raise errors.UnknownCurrency
        return rail

    def _require_terms(self, player: Player) -> None:
        if self._house.gate_enforced and not player.terms_accepted:
            raise errors.TermsNotAccepted


class AmountOutOfRange(errors.PlayerError):
    """The amount is below the minimum or above the maximum; both are shown."""

    code = "amount-out-of-range"


async def _memo_of(player_id: int) -> str:
    known = await models.DepositMemo.get_or_none(player_id=player_id)
    if known is None:
        try:
            known = await models.DepositMemo.create(memo=_new_memo(), player_id=player_id)
        except IntegrityError:  # asked twice at once (or, once in ever, a memo taken): look again
            known = await models.DepositMemo.get_or_none(player_id=player_id)
            if known is None:
                raise errors.TryLater(errors.TryLater.code) from None
    return known.memo


def _new_memo() -> str:
    # A letter first, so that no wallet takes the memo for a number and drops leading zeros.
    return secrets.choice("ABCDEFGHJKMNPQRSTVWXYZ") + new_token(MEMO_LENGTH - 1)
