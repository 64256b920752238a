"""The provider contract over the St8 protocol."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import datetime
from http import HTTPStatus
from typing import Any

import orjson
import structlog

from casino.errors import OutcomeUnknown, TryLater
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
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused, Reported
from casino.wallet.operations import Applied, Item, Kind, Outcome, Refusal, Refused
from providers.st8.callback import (
    BadCallback,
    BalanceQuery,
    OtherSite,
    ProfileQuery,
    Settlement,
    parse,
)
from providers.st8.catalogue import FREE_BETS, entries
from providers.st8.client import St8Client
from providers.st8.languages import three_letters
from providers.st8.report import report
from providers.st8.settings import St8Account
from providers.st8.signature import HEADER, is_signed

log = structlog.get_logger(__name__)

STATUS_OF = {
    Refusal.NOT_ENOUGH_MONEY: "not_enough_money",
    Refusal.FROZEN: "player_locked",
    Refusal.EXCLUDED: "player_locked",
    Refusal.BLOCKED: "player_locked",
    Refusal.LIMIT_REACHED: "spending_limit",
    Refusal.SESSION_ENDED: "session_expired",
    Refusal.GAME_OFF: "game_disabled",
    Refusal.UNKNOWN_PLAYER: "player_not_found",
    Refusal.KEY_CONFLICT: "unknown",
    Refusal.REFERENCE_MISMATCH: "unknown",
    Refusal.UNKNOWN_HOLD: "unknown",
    Refusal.OUT_OF_RANGE: "unknown",
}
# How the wallet meets a player who wants to play and may not: nothing for anybody to look into.
ORDINARY = frozenset({Refusal.NOT_ENOUGH_MONEY, Refusal.LIMIT_REACHED})


class NotAuthentic(ValueError):
    """No key of the vendor's signed this call."""


class St8Provider:
    """One site of one operator account."""

    def __init__(self, wiring: Wiring, account: St8Account) -> None:
        """Contact nobody yet."""
        self._account = account
        self._keys = account.verifiers
        self._client = St8Client(account)
        self._till = wiring.till
        self._log = log.bind(provider=wiring.id)
        self._wire = {CURRENCIES[ours]: wire for wire, ours in account.currencies.items()}
        accepts_late = account.late_original == "ok"
        self._manifest = Manifest(
            id=wiring.id,
            title=account.title,
            family="st8",
            grade=Grade.AGREED,
            amounts=AmountForm.DECIMAL_TEXT,
            capabilities=frozenset({Capability.DEMO, Capability.FREE_SPINS, Capability.REPORT}),
            currencies=tuple(
                WireCurrency(wire, ours, ours.decimals) for ours, wire in self._wire.items()
            ),
            late_originals=LateOriginals.ACCEPT if accepts_late else LateOriginals.REJECT,
            frame_origins=account.frame_origins,
        )

    @property
    def manifest(self) -> Manifest:
        """What it declares."""
        return self._manifest

    async def catalogue(self) -> list[GameEntry]:
        """List every game that is on. Raises ProviderUnavailable."""
        listed = entries(await self._client.games(), unnamed=self._manifest.title)
        if len({entry.external_id for entry in listed}) < len(listed):
            raise ProviderUnavailable("games", "a game is listed twice")
        return listed

    async def launch(self, request: LaunchRequest) -> str:
        """Return the address of one opened game. Raises ProviderUnavailable."""
        wire = self._account.wire_of(request.currency)
        if wire is None and not request.demo:
            raise ProviderUnavailable("currency", request.currency)
        device = request.device
        wanted: dict[str, Any] = {
            "game_code": request.game_external_id,
            "currency": wire or self._account.profile_currency,
            "site": {
                "id": self._account.site,
                "lobby": request.return_url,
                "deposit": request.deposit_url or request.return_url,
            },
            "lang": three_letters(request.language),
            "device": device.upper() if self._account.devices_upper_case else device,
            "fun_mode": request.demo,
        }
        country = request.country or self._account.country
        if country is not None:
            wanted["country"] = country
        if not request.demo:  # a demo is told nothing about the player
            wanted |= {
                "token": request.session_ref,
                "player": request.player_ref,
                "player_profile": self._profile(request, wanted["currency"], country),
            }
        return await self._client.launch(wanted)

    async def issue_free_spins(self, grant: FreeSpinGrant) -> None:
        """Give free bets, once per ``ref``. Raises ProviderUnavailable, FreeSpinsRefused."""
        wire = self._wire.get(grant.currency)
        if wire is None:
            raise FreeSpinsRefused(why="currency")
        total = self._account.free_bets_value == "total"
        value = Money(grant.stake_units * (grant.quantity if total else 1), grant.currency)
        await self._client.create_bonus(
            {
                "bonus_id": grant.ref,
                "game_codes": list(grant.game_refs),
                "type": FREE_BETS,
                "value": value.text(grant.currency.decimals),
                "currency": wire,
                "players": [grant.player_ref],
                "count": grant.quantity,
                "site": self._account.site,
                "start_time": grant.valid_from.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "duration": int((grant.valid_until - grant.valid_from).total_seconds()),
            }
        )

    async def cancel_free_spins(self, grant: FreeSpinGrant) -> None:
        """Take back what was not played. Raises ProviderUnavailable, FreeSpinsRefused."""
        await self._client.cancel_bonus({"bonus_id": grant.ref, "site": self._account.site})

    def report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        """Yield what the vendor settled in a span of time. Raises ProviderUnavailable."""
        return report(self._client, self._account, since, until)

    async def answer(self, call: Call) -> Reply:
        """Verify, perform, render; what goes wrong becomes the protocol's own status."""
        try:
            return await self._answer(call)
        except NotAuthentic as error:
            self._log.warning("callback not authentic", why=str(error))
            return _status("auth_failed")
        except OtherSite:
            self._log.warning("callback of another site")
            return _status("site_disabled")
        except BadCallback as error:
            self._log.warning("callback malformed", field=str(error))
            return _status("unknown")
        except UnknownPlayer:
            self._log.warning("callback names no player of ours")
            return _status("player_not_found")
        except OutcomeUnknown as error:
            # The protocol has no way to say "perhaps". A stake that is answered so is cancelled,
            # anything else repeated, and both find what stands under the same keys.
            self._log.error("callback of unknown outcome", why=repr(error.__cause__))
            return _status("unknown")
        except (TryLater, TimeoutError) as error:
            self._log.error("callback failed on our side, nothing done", why=repr(error))
            return _status("unknown")
        except Exception:  # noqa: BLE001 - the last guard of an edge that may never raise
            self._log.exception("callback crashed")
            return _status("unknown")

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def _answer(self, call: Call) -> Reply:
        signed = call.query.encode("utf-8", "replace") if call.method == "GET" else call.body
        if not is_signed(signed, call.headers.get(HEADER, ""), self._keys):
            raise NotAuthentic("signature missing or of another key")
        if call.method != "POST":
            raise BadCallback("method")
        message = parse(call.path.strip("/"), call.body, self._account)
        if isinstance(message, ProfileQuery):
            return await self._player(message)
        if isinstance(message, BalanceQuery):
            balance = await self._till.balance(message.player_ref, message.currency)
            return self._standing(balance.cash + balance.bonus, message.currency)
        return await self._settle(message)

    async def _player(self, asked: ProfileQuery) -> Reply:
        wire = self._account.profile_currency
        # Only to learn whether there is such a player.
        await self._till.balance(asked.player_ref, CURRENCIES[self._account.currencies[wire]])
        return _reply(
            {
                "status": "ok",
                "id": asked.player_ref,
                "jurisdiction": self._account.jurisdiction,
                "default_currency": wire,
            }
        )

    async def _settle(self, settlement: Settlement) -> Reply:
        if settlement.ignored_stake is not None:
            self._log.error(
                "free bet came with a stake: not debited",
                alert=True,
                amount=str(settlement.ignored_stake),
                **_seen(settlement),
            )
        answer = await self._till.settle(self._manifest.id, settlement.call)
        if isinstance(answer, Refused):
            return self._refused(answer.reason, settlement)
        # The ledger is the record of what was settled; a line for each costs more than its entry.
        if self._log.is_enabled_for(logging.DEBUG):
            outcomes = [item.outcome.value for item in answer.items]
            self._log.debug("callback settled", outcomes=outcomes, **_seen(settlement))
        return await self._settled(answer, settlement)

    def _refused(self, reason: Refusal, settlement: Settlement) -> Reply:
        tell = self._log.info if reason in ORDINARY else self._log.warning
        tell("callback refused", reason=reason.value, **_seen(settlement))
        if reason is Refusal.LATE_ORIGINAL:
            return _status(self._account.late_original)
        sessionless = settlement.action == "buyin" and settlement.call.session_ref is None
        if reason is Refusal.SESSION_ENDED and sessionless:
            return _status(self._account.buyin_without_session)
        return _status(STATUS_OF[reason])

    async def _settled(self, answer: Applied, settlement: Settlement) -> Reply:
        item = answer.items[0]
        if (
            settlement.op.kind is Kind.REVERSAL
            and self._account.cancel_of_unknown != "ok"
            and await self._found_nothing(item, settlement)
        ):
            return _status(self._account.cancel_of_unknown)
        # The balance of that moment, which a replay repeats, not the newest one. Unlike others,
        # this vendor wants to see how far below zero a correction went.
        return self._standing(item.balance_units - item.deficit_units, settlement.call.currency)

    async def _found_nothing(self, item: Item, settlement: Settlement) -> bool:
        """Say whether a cancel's original never came. A repeat is told the same as the first."""
        if item.outcome is Outcome.TOMBSTONED or item.outcome is Outcome.APPLIED:
            return item.outcome is Outcome.TOMBSTONED
        original = settlement.op.reference or ""
        player = settlement.call.player_ref
        return await self._till.known(self._manifest.id, player, original) is None

    def _standing(self, units: int, currency: Currency) -> Reply:
        return _reply(
            {
                "status": "ok",
                "balance": Money(units, currency).text(currency.decimals),
                "currency": self._wire[currency],
            }
        )

    def _profile(self, request: LaunchRequest, wire: str, country: str | None) -> dict[str, Any]:
        profile: dict[str, Any] = {
            "id": request.player_ref,
            "jurisdiction": self._account.jurisdiction,
            "default_currency": wire,
            "reg_date": request.player_since.strftime("%Y-%m-%d"),
            "attributes": {"labels": []},
        }
        return profile if country is None else profile | {"reg_country": country}


def _seen(settlement: Settlement) -> dict[str, object]:
    """Name what a log line is about."""
    return {
        "action": settlement.action,
        "transaction": settlement.op.key,
        "player": settlement.call.player_ref,
        "currency": settlement.call.currency.code,
    }


def _status(word: str) -> Reply:
    return _reply({"status": word})


def _reply(body: dict[str, object]) -> Reply:
    # Errors too are HTTP 200: the protocol knows no other status from us.
    return Reply(HTTPStatus.OK, orjson.dumps(body))
