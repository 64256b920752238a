"""Free spins and vouchers: what the house gives away through the aggregator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from casino.money import Currency, InvalidAmount, Money
from casino.play import ProviderUnavailable
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused
from providers.slotegrator.client import AggregatorRefused, SlotegratorClient
from providers.slotegrator.rows import FreeSpinsRow, OfferedBets, VoucherRow
from providers.slotegrator.settings import SlotegratorAccount

PLAYER_NAME_LENGTH_MAX = 64
VOUCHER_TABLES_MAX = 50
WHY_LENGTH_MAX = 120


@dataclass(frozen=True, slots=True)
class Voucher:
    """Money for live tables that the house gives one player; ``table_ids`` come from lobbies."""

    ref: str  # ours
    player_ref: str
    title: str
    balance: Money
    winnings_max: Money
    valid_until: datetime
    table_ids: tuple[str, ...]
    terms: str = ""
    terms_short: str = ""


class Offers:
    """Asks the aggregator for free spins and vouchers."""

    def __init__(self, account: SlotegratorAccount, client: SlotegratorClient) -> None:
        """Contact nobody yet."""
        self._account = account
        self._client = client

    async def give(self, grant: FreeSpinGrant) -> None:
        """Give free spins, once per ``ref``. Raises ProviderUnavailable, FreeSpinsRefused."""
        if len(grant.game_refs) != 1:
            raise FreeSpinsRefused(why="free spins are for one game")
        wire = self._wire(grant.currency)
        offered = await self.bets(grant.game_refs[0], wire)
        stake = chosen(offered, grant.stake_units, grant.currency, grant.option)
        try:
            await self._client.post(
                "freespins/set",
                {
                    "player_id": grant.player_ref,
                    "player_name": grant.player_name[:PLAYER_NAME_LENGTH_MAX],
                    "currency": wire,
                    "quantity": str(grant.quantity),
                    "valid_from": _unix(grant.valid_from),
                    "valid_until": _unix(grant.valid_until),
                    "freespin_id": grant.ref,
                    "game_uuid": grant.game_refs[0],
                    **stake,
                },
            )
        except AggregatorRefused as refused:
            # A repeat of what was given before is refused too: what stands there decides.
            known = await self.find(grant.ref)
            if known is None or known.is_canceled or not _same(known, grant):
                raise _refusal(refused) from refused

    async def take_back(self, grant: FreeSpinGrant) -> None:
        """Cancel free spins. Raises ProviderUnavailable, FreeSpinsRefused."""
        try:
            await self._client.post("freespins/cancel", {"freespin_id": grant.ref})
        except AggregatorRefused as refused:
            known = await self.find(grant.ref)
            if known is None or not known.is_canceled:
                raise _refusal(refused) from refused

    async def bets(self, game_ref: str, wire: str) -> OfferedBets:
        """List the stakes that free spins of a game may have."""
        try:
            return await self._client.get(
                "freespins/bets", {"game_uuid": game_ref, "currency": wire}, OfferedBets
            )
        except AggregatorRefused as refused:
            raise _refusal(refused) from refused

    async def find(self, ref: str) -> FreeSpinsRow | None:
        """Return free spins as the aggregator knows them, or None."""
        try:
            return await self._client.get("freespins/get", {"freespin_id": ref}, FreeSpinsRow)
        except AggregatorRefused:
            return None

    async def set_voucher(self, voucher: Voucher) -> None:
        """Give a voucher. Raises ProviderUnavailable, FreeSpinsRefused."""
        if not 0 < len(voucher.table_ids) <= VOUCHER_TABLES_MAX:
            raise FreeSpinsRefused(why="a voucher names one to fifty tables")
        parameters = {
            "player_id": voucher.player_ref,
            "title": voucher.title,
            "currency": self._wire(voucher.balance.currency),
            "initial_balance": voucher.balance.text(),
            "max_winnings": voucher.winnings_max.text(),
            "valid_until": _unix(voucher.valid_until),
            "voucher_id": voucher.ref,
            "short_terms": voucher.terms_short,
            "terms_and_conds": voucher.terms,
            "table_ids": voucher.table_ids,
        }
        try:
            await self._client.post("freevouchers/set", parameters)
        except AggregatorRefused as refused:
            raise _refusal(refused) from refused

    async def voucher(self, ref: str) -> VoucherRow | None:
        """Return a voucher as the aggregator knows it, or None."""
        try:
            return await self._client.get("freevouchers/get", {"voucher_id": ref}, VoucherRow)
        except AggregatorRefused:
            return None

    async def cancel_voucher(self, ref: str, *, forfeited: bool = False) -> None:
        """Take a voucher back. Raises ProviderUnavailable, FreeSpinsRefused."""
        reason = "Forfeited" if forfeited else "Canceled"
        try:
            await self._client.post("freevouchers/cancel", {"voucher_id": ref, "reason": reason})
        except AggregatorRefused as refused:
            raise _refusal(refused) from refused

    def _wire(self, currency: Currency) -> str:
        wire = self._account.wire_of(currency.code)
        if wire is None:
            raise ProviderUnavailable("currency", currency.code)
        return wire


def chosen(
    offered: OfferedBets, stake_units: int, currency: Currency, option: str | None
) -> dict[str, str]:
    """Return what names a spin's stake on the wire; the stake must be one that is on offer.

    ``option`` may say which: the id of a total bet, or "<bet id>:<denomination>". Raises
    FreeSpinsRefused where nothing offered costs exactly this.
    """
    for total in offered.total_bets or ():
        if option in {None, str(total.bet_id)} and _units(total.amount, currency) == stake_units:
            return {"total_bet_id": str(total.bet_id)}
    for bet in offered.bets or ():
        for denomination in offered.denominations or ():
            written = format(denomination, "f")
            if option not in {None, f"{bet.bet_id}:{written}"}:
                continue
            cost = bet.bet_per_line * bet.lines * denomination
            if _units(cost, currency) == stake_units:
                return {"bet_id": str(bet.bet_id), "denomination": written}
    raise FreeSpinsRefused(why="no stake on offer is that high")


def _units(amount: Decimal, currency: Currency) -> int | None:
    """Return an offered amount in minor units; None where it is no amount of the currency."""
    if not amount.is_finite():
        return None
    try:
        return Money.parse(format(amount, "f"), currency).units
    except InvalidAmount:
        return None


def _same(known: FreeSpinsRow, grant: FreeSpinGrant) -> bool:
    asked = (grant.player_ref, grant.game_refs[0], grant.quantity)
    return (known.player_id, known.game_uuid, known.quantity) == asked


def _refusal(refused: AggregatorRefused) -> FreeSpinsRefused:
    return FreeSpinsRefused(why=refused.why[:WHY_LENGTH_MAX])


def _unix(moment: datetime) -> str:
    return str(int(moment.timestamp()))
