"""The provider contract over the Hub88 operator protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime
from http import HTTPStatus

import msgspec
import structlog

from casino.errors import OutcomeUnknown, TryLater
from casino.money import Money
from casino.play import (
    AmountForm,
    Call,
    Capability,
    GameCall,
    GameEntry,
    Grade,
    LaunchRequest,
    Manifest,
    ProviderUnavailable,
    Reply,
    UnknownPlayer,
    WireCurrency,
    Wiring,
)
from casino.play.capabilities import Reported
from casino.wallet.operations import STAKES, Item, Outcome, Refusal, Refused
from providers.hub88 import games
from providers.hub88.callback import (
    BODY_BYTES_MAX,
    TRANSACTIONS,
    BadCallback,
    Bet,
    Message,
    Rollback,
    Status,
    Win,
    decode,
    echo_of,
    player_of,
    text,
)
from providers.hub88.client import Hub88Client
from providers.hub88.settings import DEMO_CURRENCY, Hub88Account
from providers.hub88.signature import ARRIVING, BadSignature

log = structlog.get_logger(__name__)

DEADLINE_S = 2  # for questions; operations are bounded by the till

REFUSALS = {
    Refusal.NOT_ENOUGH_MONEY: Status.NOT_ENOUGH_MONEY,
    Refusal.FROZEN: Status.USER_DISABLED,
    Refusal.EXCLUDED: Status.USER_DISABLED,
    Refusal.BLOCKED: Status.USER_DISABLED,
    Refusal.LIMIT_REACHED: Status.LIMIT_REACHED,
    Refusal.SESSION_ENDED: Status.TOKEN_EXPIRED,
    Refusal.GAME_OFF: Status.INVALID_GAME,
    Refusal.UNKNOWN_PLAYER: Status.INVALID_TOKEN,
    Refusal.KEY_CONFLICT: Status.DUPLICATE_TRANSACTION,
}


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a reply; ``balance`` is the wire's integer."""

    status: Status
    user: str | None = None
    request_uuid: str | None = None
    currency: str | None = None
    balance: int | None = None
    country: str | None = None


class Hub88Provider:
    """One operator account at one aggregator that speaks this protocol."""

    def __init__(self, wiring: Wiring, account: Hub88Account) -> None:
        """Contact nobody yet."""
        self._account = account
        self._prefix = account.user_prefix
        self._verifier = account.verifier
        self._client = Hub88Client(account, wiring.clock)
        self._till = wiring.till
        self._log = log.bind(provider=wiring.id)
        self._manifest = Manifest(
            id=wiring.id,
            title=account.title,
            family="hub88",
            grade=Grade.OFFICIAL,
            amounts=AmountForm.INTEGER,
            capabilities=frozenset({Capability.DEMO, Capability.REPORT}),
            currencies=account.wires,
            late_originals=account.late_originals,
            frame_origins=account.frame_origins,
            networks=account.networks,
        )

    @property
    def manifest(self) -> Manifest:
        """What it declares."""
        return self._manifest

    async def catalogue(self) -> list[GameEntry]:
        """List every game that can be launched. Raises ProviderUnavailable."""
        rows = await self._client.games()
        offered = [row for row in rows if row.enabled]
        self._log.info("catalogue read", games=len(rows), offered=len(offered))
        return [games.entry(row, self._manifest.title) for row in offered]

    async def launch(self, request: LaunchRequest) -> str:
        """Return the address of one opened game. Raises ProviderUnavailable."""
        parameters = {
            "game_code": request.game_external_id,
            "platform": "GPL_MOBILE" if request.device == "mobile" else "GPL_DESKTOP",
            "lang": request.language,
            "country": request.country or self._account.country_unknown,
            "lobby_url": request.return_url,
        }
        if request.deposit_url:
            parameters["deposit_url"] = request.deposit_url
        if request.demo:
            return await self._client.open(parameters | {"currency": DEMO_CURRENCY})
        wire = self._manifest.wire_of(request.currency)
        if wire is None:
            raise ProviderUnavailable("currency", request.currency)
        if request.ip:
            parameters["ip"] = request.ip
        return await self._client.open(
            parameters
            | {
                "user": self._prefix + request.player_ref,
                "token": request.session_ref,
                "currency": wire.code,
                "game_currency": wire.code,
            }
        )

    async def report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        """Yield what it settled in a span of time. Raises ProviderUnavailable."""
        async for row in self._client.transactions(since, until):
            if row.status != games.SUCCESS or not since <= row.inserted_at < until:
                continue
            reported = games.reported(row, self._manifest, self._prefix)
            if reported is None:
                self._log.warning(
                    "reported transaction is none of ours",
                    transaction=row.transaction_uuid,
                    kind=row.kind,
                    currency=row.currency,
                )
                continue
            yield reported

    async def answer(self, call: Call) -> Reply:
        """Verify, perform, render; what goes wrong becomes the protocol's own error."""
        message: Message | None = None
        try:
            self._authenticate(call)
            message = decode(call.body)
            said = await self._perform(call, message)
        except BadSignature as error:
            self._log.warning("callback not authentic", why=str(error))
            said = Said(Status.INVALID_SIGNATURE)
        except BadCallback as error:
            self._log.warning("callback malformed", field=str(error))
            said = Said(error.status)
            if message is None:
                message = echo_of(call.body)
        except UnknownPlayer:
            self._log.warning("callback names no player of ours")
            said = Said(Status.INVALID_TOKEN)
        except OutcomeUnknown as error:
            # After this status a bet is rolled back; whatever comes again is done once.
            self._log.error("callback of unknown outcome", why=repr(error.__cause__))
            said = Said(Status.UNKNOWN)
        except (TryLater, TimeoutError) as error:
            self._log.error("callback failed on our side, nothing done", why=repr(error))
            said = Said(Status.UNKNOWN)
        except Exception:  # noqa: BLE001 - the last guard of an edge that may never raise
            self._log.exception("callback crashed")
            said = Said(Status.UNKNOWN)
        return _reply(said, message)

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    def _authenticate(self, call: Call) -> None:
        if len(call.body) > BODY_BYTES_MAX:
            raise BadSignature("body too large")
        self._verifier.verify(call.body, call.headers.get(ARRIVING, ""))

    async def _perform(self, call: Call, message: Message) -> Said:
        if call.method != "POST":
            raise BadCallback(Status.WRONG_SYNTAX, "method")
        path = call.path.strip("/")
        translate = TRANSACTIONS.get(path)
        if translate is not None:
            request = translate(message, self._manifest, self._prefix)
            if isinstance(request, Bet):
                return await self._bet(request)
            if isinstance(request, Win):
                return await self._win(request)
            return await self._roll_back(request)
        if path == "user/balance":
            return await self._balance(message)
        if path == "user/info":
            return await self._user(message)
        raise BadCallback(Status.WRONG_SYNTAX, "path")

    async def _user(self, message: Message) -> Said:
        player_ref = player_of(message, self._prefix)
        async with asyncio.timeout(DEADLINE_S):
            await self._till.balance(player_ref, self._manifest.currencies[0].currency)
        return Said(Status.OK, country=self._account.country_unknown)

    async def _balance(self, message: Message) -> Said:
        """Answer in the session's currency: the question names none.

        The session need not be alive, because a round under way ends after it.
        """
        player_ref = player_of(message, self._prefix)
        async with asyncio.timeout(DEADLINE_S):
            wire = await self._wire_of_session(player_ref, text(message.token, "token"))
            if wire is None:
                return Said(Status.INVALID_TOKEN)
            balance = await self._till.balance(player_ref, wire.currency)
        return _standing(Status.OK, wire, balance.playable)

    async def _bet(self, bet: Bet) -> Said:
        if bet.not_debited is not None:
            self._log.error(
                "free bet came with an amount: not debited",
                alert=True,
                amount=str(bet.not_debited),
                **_seen(bet.call),
            )
        if bet.supplier_promo:
            token = bet.call.session_ref or ""
            if await self._wire_of_session(bet.call.player_ref, token) is None:
                return Said(Status.INVALID_TOKEN)
        return await self._settle(bet.call, bet.wire)

    async def _win(self, win: Win) -> Said:
        call = win.call
        if win.needs_bet and self._account.wins_need_bets:
            if win.bet is None:
                raise BadCallback(Status.WRONG_SYNTAX, "reference_transaction_uuid")
            # Not one step with the credit: a rollback that comes in between finds the win paid, as
            # if the win had come first.
            bet = await self._till.known(self._manifest.id, call.player_ref, win.bet)
            stands = bet is not None and bet.kind in STAKES and not bet.reversed
            # A win that was paid before its bet was rolled back keeps its answer.
            if not stands and not await self._is_known(call.player_ref, call.ops[0].key):
                self._log.warning("win without its bet", bet=win.bet, **_seen(call))
                return Said(Status.TRANSACTION_DOES_NOT_EXIST)
        return await self._settle(call, win.wire)

    async def _roll_back(self, rollback: Rollback) -> Said:
        wire = rollback.wire or await self._wire_of_rollback(rollback)
        call = rollback.call(wire)
        answer = await self._till.settle(self._manifest.id, call)
        if isinstance(answer, Refused):
            return await self._refused(answer, call, wire)
        item = answer.items[0]
        if (
            self._account.unknown_rollback != "ok"
            and item.outcome is not Outcome.APPLIED
            # A repeat does not say what the first one found; the original never comes into being.
            and not await self._is_known(rollback.player_ref, rollback.reference)
        ):
            return Said(Status.TRANSACTION_DOES_NOT_EXIST)
        return self._settled(item, call, wire)

    async def _settle(self, call: GameCall, wire: WireCurrency) -> Said:
        answer = await self._till.settle(self._manifest.id, call)
        if isinstance(answer, Refused):
            return await self._refused(answer, call, wire)
        return self._settled(answer.items[0], call, wire)

    def _settled(self, item: Item, call: GameCall, wire: WireCurrency) -> Said:
        # The ledger is the record of what was settled; a line for each costs more than its entry.
        if self._log.is_enabled_for(logging.DEBUG):
            self._log.debug("callback settled", outcome=item.outcome.value, **_seen(call))
        # The balance after this operation, which a replay repeats, not the newest one.
        return _standing(Status.OK, wire, Money(item.balance_units, wire.currency))

    async def _refused(self, answer: Refused, call: GameCall, wire: WireCurrency) -> Said:
        reason, balance = answer.reason, answer.balance
        if reason is Refusal.NOT_ENOUGH_MONEY and balance is not None:
            self._log.info("stake refused", reason=reason.value, **_seen(call))
            return _standing(Status.NOT_ENOUGH_MONEY, wire, balance.playable)
        self._log.warning("callback refused", reason=reason.value, **_seen(call))
        if reason is Refusal.SESSION_ENDED:
            return Said(await self._why_no_session(call))
        return Said(REFUSALS.get(reason, Status.UNKNOWN))

    async def _why_no_session(self, call: GameCall) -> Status:
        """Tell a session that is over from one that is unknown or in another currency."""
        session = await self._till.session(self._manifest.id, call.session_ref or "")
        if session is None or session.player_ref != call.player_ref:
            return Status.INVALID_TOKEN
        if session.currency != call.currency:
            return Status.WRONG_CURRENCY
        return Status.TOKEN_EXPIRED

    async def _wire_of_session(self, player_ref: str, token: str) -> WireCurrency | None:
        session = await self._till.session(self._manifest.id, token)
        if session is None or session.player_ref != player_ref:
            return None
        return self._manifest.wire_of(session.currency.code)

    async def _wire_of_rollback(self, rollback: Rollback) -> WireCurrency:
        """Find the currency of a rollback that names none: its original's, or its session's.

        Where neither is known any will do: what is remembered blocks the original in all of them.
        """
        original = await self._till.known(
            self._manifest.id, rollback.player_ref, rollback.reference
        )
        wire = original and self._manifest.wire_of(original.currency.code)
        if wire is None and rollback.token is not None:
            wire = await self._wire_of_session(rollback.player_ref, rollback.token)
        return wire or self._manifest.currencies[0]

    async def _is_known(self, player_ref: str, key: str) -> bool:
        return await self._till.known(self._manifest.id, player_ref, key) is not None


def _standing(status: Status, wire: WireCurrency, playable: Money) -> Said:
    return Said(status, currency=wire.code, balance=wire.integer(playable))


def _seen(call: GameCall) -> dict[str, object]:
    """Name what a log line is about."""
    op = call.ops[0]
    return {
        "kind": op.kind.name,
        "transaction": op.key,
        "player": call.player_ref,
        "currency": call.currency.code,
    }


def _reply(said: Said, message: Message | None) -> Reply:
    # Errors too are HTTP 200: the protocol's status is in the body.
    if message is not None:
        said = msgspec.structs.replace(said, user=message.user, request_uuid=message.request_uuid)
    return Reply(HTTPStatus.OK, msgspec.json.encode(said))
