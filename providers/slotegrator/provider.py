"""The provider contract over the Slotegrator protocol."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from http import HTTPStatus

import orjson
import structlog

from casino.errors import GameUnavailable, OutcomeUnknown, TryLater
from casino.money import CURRENCIES, Currency, Money
from casino.play import (
    AmountForm,
    Call,
    Capability,
    GameEntry,
    Grade,
    LateOriginals,
    LaunchRequest,
    Manifest,
    ProviderUnavailable,
    Reply,
    UnknownPlayer,
    WireCurrency,
    Wiring,
)
from casino.play.capabilities import FreeSpinGrant, Jackpot, SelfValidation, Table
from casino.wallet.operations import Applied, Refusal, Refused
from providers.slotegrator.callback import BadCallback, BalanceQuery, Settlement, parse
from providers.slotegrator.client import AggregatorRefused, SlotegratorClient
from providers.slotegrator.entries import entry, table
from providers.slotegrator.offers import PLAYER_NAME_LENGTH_MAX, Offers
from providers.slotegrator.rows import (
    FreeSpinLimit,
    JackpotRow,
    Lobby,
    LobbyRow,
    MerchantLimit,
    TagRow,
    Tags,
)
from providers.slotegrator.settings import SlotegratorAccount
from providers.slotegrator.signature import BadForm, BadSignature, parse_form, verify

log = structlog.get_logger(__name__)

# For reading a balance. The aggregator waits 3 s; what this leaves is for the network.
DEADLINE_S = 2

JACKPOTS_KEPT_S = 60  # the aggregator's own wish
CAPABILITIES = frozenset(
    {
        Capability.DEMO,
        Capability.TABLES,
        Capability.FREE_SPINS,
        Capability.JACKPOTS,
        Capability.SELF_VALIDATION,
    }
)


class SlotegratorProvider:
    """One merchant account at one aggregator that speaks this protocol."""

    def __init__(self, wiring: Wiring, account: SlotegratorAccount) -> None:
        """Contact nobody yet."""
        self._account = account
        self._keys = account.keys
        self._clock = wiring.clock
        self._client = SlotegratorClient(account, wiring.clock)
        self.offers = Offers(account, self._client)
        self._jackpots: tuple[datetime, list[Jackpot]] | None = None
        self._till = wiring.till
        self._log = log.bind(provider=wiring.id)
        self._manifest = Manifest(
            id=wiring.id,
            title=account.title,
            family="slotegrator",
            grade=Grade.AGREED,
            amounts=AmountForm.DECIMAL_NUMBER,
            capabilities=CAPABILITIES,
            currencies=tuple(
                WireCurrency(wire, CURRENCIES[ours], CURRENCIES[ours].decimals)
                for wire, ours in account.currencies.items()
            ),
            late_originals=LateOriginals.ACCEPT,
            frame_origins=account.frame_origins,
        )

    @property
    def manifest(self) -> Manifest:
        """What it declares."""
        return self._manifest

    async def catalogue(self) -> list[GameEntry]:
        """List every game that can be launched. Raises ProviderUnavailable."""
        rows = await self._client.games()
        tables = sum(row.has_lobby for row in rows)
        self._log.info("catalogue read", games=len(rows), tables=tables)
        return [entry(row, self._manifest.title) for row in rows]

    async def launch(self, request: LaunchRequest) -> str:
        """Return the address of one opened game, at a table where it has tables.

        Raises ProviderUnavailable.
        """
        parameters = {
            "game_uuid": request.game_external_id,
            "device": request.device,
            "return_url": request.return_url,
            "language": request.language,
        }
        if request.demo:
            return await self._client.init_demo(parameters)
        wire = self._account.wire_of(request.currency)
        if wire is None:
            raise ProviderUnavailable("currency", request.currency)
        parameters |= {
            "player_id": request.player_ref,
            "player_name": request.player_name[:PLAYER_NAME_LENGTH_MAX],
            "currency": wire,
            "session_id": request.session_ref,
        }
        if request.table_ref is not None:
            parameters["lobby_data"] = request.table_ref
        return await self._client.init(parameters)

    async def tables(self, game_ref: str, currency: Currency) -> list[Table]:
        """List the tables of one game. Raises GameUnavailable, ProviderUnavailable."""
        wire = self._account.wire_of(currency.code)
        if wire is None:
            raise ProviderUnavailable("currency", currency.code)
        asked = {"game_uuid": game_ref, "currency": wire}
        try:
            found = (await self._client.get("games/lobby", asked, Lobby)).lobby
        except AggregatorRefused as refused:  # it answers, and has none such
            raise GameUnavailable from refused
        return [table(row) for row in ([found] if isinstance(found, LobbyRow) else found)]

    async def issue_free_spins(self, grant: FreeSpinGrant) -> None:
        """Give free spins for one game at a stake on offer.

        Raises ProviderUnavailable, FreeSpinsRefused.
        """
        await self.offers.give(grant)

    async def cancel_free_spins(self, grant: FreeSpinGrant) -> None:
        """Take back what was not played. Raises ProviderUnavailable, FreeSpinsRefused."""
        await self.offers.take_back(grant)

    async def jackpots(self) -> list[Jackpot]:
        """List them, a minute old at most. Raises ProviderUnavailable."""
        now = self._clock.now()
        if self._jackpots is None or now - self._jackpots[0] >= timedelta(seconds=JACKPOTS_KEPT_S):
            try:
                rows = await self._client.get("jackpots", {}, list[JackpotRow])
            except AggregatorRefused:
                rows = []  # an old part of the protocol: not every account has it
            read = [self._jackpot(row) for row in rows]
            self._jackpots = now, [jackpot for jackpot in read if jackpot is not None]
        return self._jackpots[1]

    def _jackpot(self, row: JackpotRow) -> Jackpot | None:
        """Read one, cut to what its currency has; None where it is in none of ours."""
        currency = self._account.currency_of(row.currency)
        if currency is None or not row.amount.is_finite() or row.amount < 0:
            return None
        return Jackpot(row.name, currency, int(row.amount.scaleb(currency.decimals)))

    async def limits(self) -> list[MerchantLimit]:
        """List what is left of the merchant's credit. Raises ProviderUnavailable."""
        return await self._client.get("limits", {}, list[MerchantLimit])

    async def free_spin_limits(self) -> list[FreeSpinLimit]:
        """List how many free spins may still be given. Raises ProviderUnavailable."""
        return await self._client.get("limits/freespin", {}, list[FreeSpinLimit])

    async def tags(self) -> list[TagRow]:
        """List the words that games are tagged with. Raises ProviderUnavailable."""
        return (await self._client.get("game-tags", {"expand": "category"}, Tags)).items

    async def self_validate(self) -> SelfValidation:
        """Have the aggregator test our callbacks. Raises ProviderUnavailable."""
        found = await self._client.self_validate()
        return SelfValidation(found.success, tuple(map(_line, found.log)))

    async def answer(self, call: Call) -> Reply:
        """Verify, perform, render; what goes wrong becomes the protocol's own error."""
        try:
            return await self._answer(call)
        except (BadForm, BadSignature) as error:
            self._log.warning("callback not authentic", why=str(error))
            return _failure("INTERNAL_ERROR", "Request refused")
        except BadCallback as error:
            self._log.warning("callback malformed", field=str(error))
            return _failure("INTERNAL_ERROR", "Malformed request")
        except UnknownPlayer:
            self._log.warning("callback names no player of ours")
            return _failure("INTERNAL_ERROR", "Request refused")
        except OutcomeUnknown as error:
            self._log.error("callback of unknown outcome", why=repr(error.__cause__))
            return _no_answer()
        except (TryLater, TimeoutError) as error:
            self._log.error("callback failed on our side, nothing done", why=repr(error))
            return _failure("INTERNAL_ERROR", "Temporary failure")
        except Exception:  # noqa: BLE001 - the last guard of an edge that may never raise
            self._log.exception("callback crashed")
            return _no_answer()

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def _answer(self, call: Call) -> Reply:
        if call.method != "POST":
            raise BadForm("method")
        form = parse_form(call.body)
        account = self._account
        verify(form, call.headers, account.merchant_id, self._keys, now=self._clock.now())
        message = parse(form, account)
        if isinstance(message, BalanceQuery):
            async with asyncio.timeout(DEADLINE_S):
                balance = await self._till.balance(message.player_ref, message.currency)
            return _reply({"balance": self._number(balance.playable)})
        return await self._settle(message)

    async def _settle(self, settlement: Settlement) -> Reply:
        call = settlement.call
        if settlement.ignored_stake is not None:
            amount = str(settlement.ignored_stake)
            self._log.error(
                "free spin came with a stake: not debited",
                alert=True,
                amount=amount,
                **_seen(settlement),
            )
        answer = await self._till.settle(self._manifest.id, call)
        if isinstance(answer, Refused):
            return self._refused(answer.reason, settlement)
        # The ledger is the record of what was settled; a line for each costs more than its entry.
        if self._log.is_enabled_for(logging.DEBUG):
            outcomes = [item.outcome.value for item in answer.items]
            self._log.debug("callback settled", outcomes=outcomes, **_seen(settlement))
        return self._settled(answer, call.currency, settlement.rolled_back)

    def _refused(self, reason: Refusal, settlement: Settlement) -> Reply:
        if reason is Refusal.NOT_ENOUGH_MONEY and settlement.takes_stake:
            self._log.info("stake refused", reason=reason.value, **_seen(settlement))
            return _failure("INSUFFICIENT_FUNDS", "Not enough money")
        self._log.warning("callback refused", reason=reason.value, **_seen(settlement))
        return _failure("INTERNAL_ERROR", "Request refused")

    def _settled(
        self, answer: Applied, currency: Currency, rolled_back: tuple[str, ...] | None
    ) -> Reply:
        # The balance of the last operation, which a replay repeats, not the newest one.
        balance = Money(answer.items[-1].balance_units, currency)
        body: dict[str, object] = {
            "balance": self._number(balance),
            "transaction_id": answer.items[0].transfer_id,
        }
        if rolled_back is not None:
            body["rollback_transactions"] = rolled_back
        return _reply(body)

    def _number(self, amount: Money) -> orjson.Fragment:
        """Write a JSON number with fixed places, cut towards zero, never through a float."""
        places = min(amount.currency.decimals, self._account.balance_places_max)
        return orjson.Fragment(amount.text(places))


def _line(entry: object) -> str:
    """Write an entry of the aggregator's log as a line; what shape it has is not documented."""
    if isinstance(entry, dict):
        return " · ".join(f"{name}: {value}" for name, value in entry.items())
    return str(entry)


def _seen(settlement: Settlement) -> dict[str, object]:
    """Name what a log line is about."""
    return {
        "action": settlement.action,
        "transaction": settlement.transaction_id,
        "player": settlement.call.player_ref,
        "currency": settlement.call.currency.code,
        "retry": settlement.retry,
    }


def _no_answer() -> Reply:
    """Leave the call unanswered as the protocol understands it: anything but HTTP 200.

    The aggregator then refunds a stake, and repeats everything else, until it hears what became
    of it. An error it could read would end the matter with the stake perhaps taken.
    """
    return Reply(HTTPStatus.INTERNAL_SERVER_ERROR, b"", "text/plain")


def _failure(code: str, description: str) -> Reply:
    return _reply({"error_code": code, "error_description": description})


def _reply(body: dict[str, object]) -> Reply:
    # Errors too are HTTP 200: the protocol knows no other status from us.
    return Reply(HTTPStatus.OK, orjson.dumps(body))
