"""The provider contract over both generations of the SOFTSWISS protocol."""

from __future__ import annotations

import asyncio
import logging

import msgspec
import structlog

from casino.errors import OutcomeUnknown, TryLater
from casino.money import Money
from casino.play import (
    AmountForm,
    Call,
    Capability,
    GameEntry,
    Grade,
    LateOriginals,
    LaunchRequest,
    Manifest,
    Reply,
    UnknownPlayer,
    WireCurrency,
    Wiring,
)
from casino.play.capabilities import FreeSpinGrant, Jackpot, RoundDetails
from casino.wallet.operations import Answer, Applied, Balance, Outcome, Refused
from providers.softswiss.callback import (
    BODY_BYTES_MAX,
    FAILURE,
    FORGED,
    MALFORMED,
    NOT_FOUND,
    PLAYER,
    REFUSALS,
    UNAVAILABLE,
    BalanceQuery,
    Dialect,
    Message,
    Rejected,
    Settlement,
    SpinsEnd,
    names_original,
)
from providers.softswiss.catalogue import read_v1, read_v2
from providers.softswiss.client import SoftswissClient
from providers.softswiss.desk import Desk
from providers.softswiss.settings import SoftswissAccount
from providers.softswiss.signature import ARRIVING, is_signed
from providers.softswiss.v1 import V1
from providers.softswiss.v2 import V2

log = structlog.get_logger(__name__)

# For reading a balance; the vendor waits far longer, a player's screen should not.
DEADLINE_S = 2
ANSWER_WITHIN_S = 15
MILLISECONDS_LENGTH = len("2026-01-05T12:00:00.123")
WHY_LENGTH_MAX = 200
OK = 200


class SoftswissProvider:
    """One casino's account at one aggregator that speaks this protocol."""

    def __init__(self, wiring: Wiring, account: SoftswissAccount) -> None:
        """Contact nobody yet."""
        self._account = account
        self._keys = account.keys
        self._clock = wiring.clock
        self._till = wiring.till
        self._client = SoftswissClient(account)
        self._desk = Desk(self._client, account)
        self._v1 = account.generation == "v1"
        self._dialect: Dialect = V1(account) if self._v1 else V2(account)
        self._log = log.bind(provider=wiring.id)
        self._manifest = _manifest(wiring.id, account)

    @property
    def manifest(self) -> Manifest:
        """What it declares."""
        return self._manifest

    async def catalogue(self) -> list[GameEntry]:
        """List every game on offer. Raises ProviderUnavailable."""
        if self._v1:
            entries = await read_v1(self._client, self._account)
        else:
            entries = await read_v2(self._client, self._account, self._clock.now())
        self._log.info("catalogue read", games=len(entries))
        return entries

    async def launch(self, request: LaunchRequest) -> str:
        """Return the address of one opened game. Raises ProviderUnavailable."""
        return await self._desk.launch(request)

    async def issue_free_spins(self, grant: FreeSpinGrant) -> None:
        """Give free spins. Raises ProviderUnavailable, FreeSpinsRefused."""
        await self._desk.issue(grant)

    async def cancel_free_spins(self, grant: FreeSpinGrant) -> None:
        """Take back what was not played. Raises ProviderUnavailable, FreeSpinsRefused."""
        await self._desk.cancel(grant)

    async def answer(self, call: Call) -> Reply:
        """Verify, perform, render; what goes wrong becomes the protocol's own error."""
        failed = self._dialect.failed
        try:
            return await self._answer(call)
        except Rejected as error:
            self._log.warning("callback rejected", code=error.code, why=error.why)
            return failed(error.code, None, None)
        except UnknownPlayer:
            self._log.warning("callback names no player of ours")
            return failed(PLAYER, None, None)
        except OutcomeUnknown as error:
            # The vendor repeats with the same ids, or rolls back: either finds out what happened.
            self._log.error("callback of unknown outcome", why=repr(error.__cause__))
            return failed(UNAVAILABLE, None, None)
        except (TryLater, TimeoutError) as error:
            self._log.error("callback failed on our side, nothing done", why=repr(error))
            return failed(FAILURE, None, None)
        except Exception:  # noqa: BLE001 - the last guard of an edge that may never raise
            self._log.exception("callback crashed")
            return failed(FAILURE, None, None)

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def _answer(self, call: Call) -> Reply:
        body = call.body
        if len(body) > BODY_BYTES_MAX:
            raise Rejected(MALFORMED, "body too large")
        if not is_signed(body, call.headers.get(ARRIVING, ""), self._keys):
            raise Rejected(FORGED, "signature")
        if call.method != "POST":
            raise Rejected(NOT_FOUND, "method")
        message = self._read(call.path, body)
        if isinstance(message, Settlement):
            return await self._settle(message)
        if isinstance(message, SpinsEnd):
            return await self._end_spins(message)
        return await self._balance(message)

    def _read(self, path: str, body: bytes) -> Message:
        try:
            return self._dialect.read(path, body)
        except Rejected:
            raise
        except (msgspec.DecodeError, RecursionError, ValueError) as error:
            raise Rejected(MALFORMED, repr(error)[:WHY_LENGTH_MAX]) from error

    async def _balance(self, asked: BalanceQuery) -> Reply:
        async with asyncio.timeout(DEADLINE_S):
            balance = await self._till.balance(asked.player_ref, asked.wire.currency)
        return Reply(OK, self._dialect.balance(balance.playable, asked.wire))

    async def _settle(self, settlement: Settlement) -> Reply:
        answer = await self._till.settle(self._manifest.id, settlement.call)
        if isinstance(answer, Refused):
            self._log.warning("callback refused", reason=answer.reason.value, **_seen(settlement))
            return self._refused(answer, settlement.wire)
        # The ledger is the record of what was settled; a line for each costs more than its entry.
        if self._log.is_enabled_for(logging.DEBUG):
            outcomes = [item.outcome.value for item in answer.items]
            self._log.debug("callback settled", outcomes=outcomes, **_seen(settlement))
        transfers = []
        for op, item in zip(settlement.call.ops, answer.items, strict=True):
            found = item.outcome is not Outcome.TOMBSTONED
            if found and names_original(op, item):
                found = await self._is_known(settlement.call.player_ref, op.reference or "")
            transfers.append(item.transfer_id if found else "")
        # The time of the answer: the ledger's answer to a repeat holds the balance and the id
        # of the first one, but not its time.
        at = self._clock.now().isoformat(timespec="milliseconds")[:MILLISECONDS_LENGTH] + "Z"
        balance = _balance_after(answer)
        return Reply(OK, self._dialect.settled(settlement, transfers, balance, at))

    async def _end_spins(self, end: SpinsEnd) -> Reply:
        if end.status is None:
            return await self._balance(BalanceQuery(end.player_ref, end.wire))
        answer: Answer | None = await self._till.end_free_spins(
            self._manifest.id, end.ref, end.status, end.won_units
        )
        if answer is None:
            raise Rejected(MALFORMED, "no such free spins")
        if isinstance(answer, Refused):
            self._log.error("end of free spins refused", reason=answer.reason.value, ref=end.ref)
            return self._refused(answer, end.wire)
        return Reply(OK, self._dialect.balance(_balance_after(answer), end.wire))

    async def _is_known(self, player_ref: str, key: str) -> bool:
        """Say whether the original of a reversal that was told before ever arrived."""
        return await self._till.known(self._manifest.id, player_ref, key) is not None

    def _refused(self, answer: Refused, wire: WireCurrency) -> Reply:
        standing: Balance | None = answer.balance
        balance = None if standing is None else standing.playable
        return self._dialect.failed(REFUSALS[answer.reason], balance, wire)


class RoundsShown(SoftswissProvider):
    """An account of v1: the only generation that shows rounds."""

    async def round_details(self, round_ref: str, studio: str) -> RoundDetails:
        """Show one round. Raises ProviderUnavailable."""
        return await self._desk.round_details(round_ref, studio)


class JackpotsListed(SoftswissProvider):
    """An account of v2 whose vendor confirmed the feed of jackpots."""

    async def jackpots(self) -> list[Jackpot]:
        """List the jackpots. Raises ProviderUnavailable."""
        return await self._desk.jackpots()


def provider_of(wiring: Wiring, account: SoftswissAccount) -> SoftswissProvider:
    """Build the provider that can do what the account can, and no more."""
    if account.generation == "v1":
        return RoundsShown(wiring, account)
    if account.jackpots:
        return JackpotsListed(wiring, account)
    return SoftswissProvider(wiring, account)


def _balance_after(answer: Applied) -> Money:
    """Return the balance to answer: that of the last operation, which a repeat repeats.

    A request of which some operations came before and others did not ends at the newest one.
    """
    last = answer.items[-1]
    if last.outcome is Outcome.REPLAYED and any(
        item.outcome is not Outcome.REPLAYED for item in answer.items
    ):
        return answer.balance.playable
    return Money(last.balance_units, answer.balance.currency)


def _manifest(provider_id: str, account: SoftswissAccount) -> Manifest:
    v1 = account.generation == "v1"
    capabilities = {Capability.DEMO, Capability.FREE_SPINS}
    if v1:
        capabilities.add(Capability.ROUND_DETAILS)
    elif account.jackpots:
        capabilities.add(Capability.JACKPOTS)
    return Manifest(
        id=provider_id,
        title=account.title,
        family="softswiss",
        grade=Grade.AGREED,
        amounts=AmountForm.INTEGER if v1 else AmountForm.DECIMAL_TEXT,
        capabilities=frozenset(capabilities),
        currencies=account.wires,
        late_originals=LateOriginals.REJECT
        if account.dialect == "beexar"
        else LateOriginals.ACCEPT,
        answer_within_s=ANSWER_WITHIN_S,
        frame_origins=account.frame_origins,
        names_sessions=account.echoes_session,
    )


def _seen(settlement: Settlement) -> dict[str, object]:
    """Name what a log line is about."""
    return {
        "ids": settlement.ids,
        "round": settlement.round_id,
        "player": settlement.call.player_ref,
        "currency": settlement.wire.code,
    }
