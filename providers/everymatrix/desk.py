"""The wallet's desk: what an authentic call asks for, asked of the house."""

from __future__ import annotations

import logging

import msgspec
import structlog

from casino.errors import TryLater
from casino.money import Currency, Money
from casino.play import GameCall, PlayerSession, Reply, Till
from casino.play.remembered import Remembered
from casino.wallet import Kind, Known, Op, Outcome, Refused
from providers.everymatrix.callback import (
    Action,
    BadCallback,
    Message,
    action_of,
    finds_original_by_round,
    may_take_back,
    result,
    rollback,
    wager,
)
from providers.everymatrix.replies import Code, Replies
from providers.everymatrix.settings import EverymatrixAccount

log = structlog.get_logger(__name__)

SESSIONS_REMEMBERED = 10_000
ROUNDS_REMEMBERED = 10_000
SEEN_LENGTH_MAX = 100


class _Failed(Exception):
    """The call is answered with this code; nothing was done."""

    def __init__(self, code: Code) -> None:
        self.code = code


class _Seat(msgspec.Struct, frozen=True):
    """Who a call is about. ``session_ref`` and ``game_ref`` are asked of stakes only."""

    player_ref: str
    currency: Currency
    session_ref: str | None = None
    game_ref: str | None = None


class Desk:
    """Answers calls whose credentials were right."""

    def __init__(
        self, provider_id: str, till: Till, account: EverymatrixAccount, replies: Replies
    ) -> None:
        """Remember nothing yet."""
        self._id = provider_id
        self._till = till
        self._account = account
        self._replies = replies
        self._log = log.bind(provider=provider_id)
        # Whom a session is of never changes, and is known long after it ended.
        self._seats: Remembered[str, _Seat] = Remembered(SESSIONS_REMEMBERED)
        self._rounds: Remembered[tuple[str, str], bool] = Remembered(ROUNDS_REMEMBERED)

    async def answer(self, message: Message) -> Reply:
        """Perform and reply.

        Raises BadCallback, UnknownPlayer and what the till raises; then nothing of the call was
        done, except with OutcomeUnknown.
        """
        action = action_of(message)
        try:
            if action is Action.ACCOUNT:
                return await self._tell_account(message)
            # What lacks its key is malformed, whoever it may be about.
            key = message.key if action is not Action.BALANCE else ""
            seat = await self._seat(message, action)
            if action is Action.BALANCE:
                balance = await self._till.balance(seat.player_ref, seat.currency)
                return self._replies.balance(message, seat.player_ref, balance)
            if action is Action.STATUS:
                known = await self._till.known(self._id, seat.player_ref, key)
                return self._replies.status(message, seat.player_ref, processed=known is not None)
            if action is Action.ROLLBACK:
                return await self._roll_back(message, seat)
            return await self._move(message, seat, stakes=action is Action.WAGER)
        except _Failed as failed:
            if failed.code is not Code.TRANSACTION_NOT_FOUND:
                self._log.warning("callback refused", code=failed.code.value, **_seen(message))
            return self._replies.failed(failed.code, message)

    async def _tell_account(self, message: Message) -> Reply:
        ref = message.session_ref
        if ref is None:
            raise BadCallback("SessionId")
        session = await self._session(message, ref)
        seat = _seat_of(ref, session)
        self._require_same(message, seat)
        return self._replies.account(message, session)

    async def _seat(self, message: Message, action: Action) -> _Seat:
        """Find whom the call is about: by its session, else by the player it names."""
        ref = message.session_ref
        if ref is None:
            return self._seat_by_name(message, action)
        seat = self._seats.get(ref)
        # Whether it is over is asked of a stake where it is taken, and never of a credit.
        if seat is None or (action is Action.BALANCE and message.validate_session):
            seat = _seat_of(ref, await self._session(message, ref, read=action is Action.BALANCE))
            self._seats.keep(ref, seat)
        self._require_same(message, seat)
        return seat

    def _seat_by_name(self, message: Message, action: Action) -> _Seat:
        player_ref = message.player_ref
        if player_ref is None or action is Action.WAGER:
            raise BadCallback("SessionId")
        wire = message.wire_currency
        account = self._account
        currency = account.currency_unsaid if wire is None else account.currency_of(wire)
        if currency is None:
            raise _Failed(Code.CURRENCY_NOT_SUPPORTED)
        return _Seat(player_ref, currency)

    async def _session(self, message: Message, ref: str, *, read: bool = True) -> PlayerSession:
        """Find a session; one that is to be valid is also to be alive, where only read."""
        session = await self._till.session(self._id, ref)
        if session is None or (read and message.validate_session and not session.alive):
            raise _Failed(Code.USER_NOT_FOUND)
        return session

    def _require_same(self, message: Message, seat: _Seat) -> None:
        """Refuse a call that contradicts its own session: whose money is meant is not clear."""
        if message.player_ref not in (None, seat.player_ref):
            raise _Failed(Code.USER_NOT_FOUND)
        wire = message.wire_currency
        if (
            wire is not None and self._account.currency_of(wire) != seat.currency
        ) or self._account.wire_of(seat.currency.code) is None:
            raise _Failed(Code.CURRENCY_NOT_SUPPORTED)

    async def _move(self, message: Message, seat: _Seat, *, stakes: bool) -> Reply:
        op = (wager if stakes else result)(message, seat.currency)
        answer = await self._till.settle(self._id, self._call(message, seat, op))
        if isinstance(answer, Refused):
            self._log.info("callback refused", reason=answer.reason.value, **_seen(message))
            return self._replies.refused(answer.reason, message)
        item = answer.items[0]
        if stakes:
            if op.round_id is not None:
                self._rounds.keep((seat.player_ref, op.round_id), True)  # noqa: FBT003 - a fact
        elif item.outcome is Outcome.APPLIED:
            await self._look_for_wager(message, seat, op)
        if self._log.is_enabled_for(logging.DEBUG):
            self._log.debug("callback settled", outcome=item.outcome.value, **_seen(message))
        balance = Money(item.balance_units, seat.currency)
        return self._replies.moved(
            message, seat.player_ref, item.transfer_id, balance, op.amount or 0
        )

    async def _look_for_wager(self, message: Message, seat: _Seat, op: Op) -> None:
        """Wake somebody when a win came from nowhere. It is paid: a win must not be lost."""
        if op.kind is Kind.FREE_SPIN_WIN:
            return
        if op.round_id is not None:
            where = (seat.player_ref, op.round_id)
            if self._rounds.get(where) is not None:
                return
            try:
                if await self._wagers(seat, op.round_id):
                    self._rounds.keep(where, True)  # noqa: FBT003 - a fact
                    return
            except TryLater:
                return  # it stands and is answered; whether to wonder can be asked of the ledger
        self._log.error("win without a wager", alert=True, **_seen(message))

    async def _roll_back(self, message: Message, seat: _Seat) -> Reply:
        units = message.units(seat.currency)
        key = message.original_key or await self._original_by_round(message, seat)
        original = await self._till.known(self._id, seat.player_ref, key)
        if original is not None and (
            not may_take_back(message, original.kind) or original.amount != units
        ):
            raise _Failed(Code.UNKNOWN_ERROR)
        op = rollback(message, key)
        answer = await self._till.settle(self._id, self._call(message, seat, op))
        if isinstance(answer, Refused):
            self._log.warning("rollback refused", reason=answer.reason.value, **_seen(message))
            return self._replies.refused(answer.reason, message)
        item = answer.items[0]
        if original is None and item.outcome is not Outcome.TOMBSTONED:
            # It may have come between the two looks; a tombstone seen again is still one.
            original = await self._till.known(self._id, seat.player_ref, key)
        if original is None:
            self._log.warning("rollback of something unknown", **_seen(message))
            return self._replies.failed(Code.TRANSACTION_NOT_FOUND, message)
        ended_before = item.outcome is Outcome.ALREADY_ENDED
        balance = Money(item.balance_units, seat.currency)
        return self._replies.moved(
            message,
            seat.player_ref,
            item.transfer_id,
            balance,
            0 if ended_before else original.amount,
        )

    async def _original_by_round(self, message: Message, seat: _Seat) -> str:
        """Find what a rollback means that names no original: the only wager of its round."""
        if not finds_original_by_round(message) or message.round_ref is None:
            raise BadCallback("RollbackTransactionId")
        # A repeat means what it meant the first time, whatever the round has become since.
        before = await self._till.known(self._id, seat.player_ref, message.key)
        if before is not None and before.reference is not None:
            return before.reference
        wagers = await self._wagers(seat, message.round_ref)
        if not wagers:
            raise _Failed(Code.TRANSACTION_NOT_FOUND)
        if len(wagers) > 1:
            raise _Failed(Code.UNKNOWN_ERROR)
        return wagers[0].key

    async def _wagers(self, seat: _Seat, round_ref: str) -> list[Known]:
        return await self._till.stakes_of_round(
            self._id, seat.player_ref, seat.currency, round_ref
        )

    def _call(self, message: Message, seat: _Seat, op: Op) -> GameCall:
        named = message.game_ref if self._account.stake_game == "slug" else None
        return GameCall(
            player_ref=seat.player_ref,
            currency=seat.currency,
            ops=(op,),
            session_ref=seat.session_ref,
            game_ref=named or seat.game_ref,
        )


def _seat_of(ref: str, session: PlayerSession) -> _Seat:
    return _Seat(session.player_ref, session.currency, ref, session.game_ref)


def _seen(message: Message) -> dict[str, object]:
    """Name what a log line is about; of the body nothing else is ever logged."""
    return {
        "request": message.request,
        "type": message.transaction_type and message.transaction_type[:SEEN_LENGTH_MAX],
        "transaction": str(message.transaction_id)[:SEEN_LENGTH_MAX],
        "round": str(message.round_id)[:SEEN_LENGTH_MAX],
    }
