"""What is asked of the aggregator: a game opened, free spins given, a round or jackpots shown."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, Field

from casino.money import Money
from casino.play import LaunchRequest, ProviderUnavailable, WireCurrency
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused, Jackpot, RoundDetails
from providers.softswiss.callback import issue_id
from providers.softswiss.catalogue import provider_of
from providers.softswiss.client import (
    URL_LENGTH_MAX,
    Declined,
    SoftswissClient,
    is_web_address,
)
from providers.softswiss.settings import SoftswissAccount
from providers.softswiss.v2 import PART_DIGITS_MAX

OUR_FAULT = frozenset({403, 404, 410, 411})  # codes about the account, not about what was asked
THEIR_FAULT = range(500, 600)


class _LaunchOptions(BaseModel):
    game_url: str = Field(min_length=1, max_length=URL_LENGTH_MAX)


class _V1Launched(BaseModel):
    launch_options: _LaunchOptions


class _V2Launched(BaseModel):
    launch_url: str = Field(min_length=1, max_length=URL_LENGTH_MAX)


class _Nothing(BaseModel):
    pass


class _Round(BaseModel):
    provider_identifier: str | None = None
    casino_identifier: str | None = None
    user_id: str | None = None
    finished: bool | None = None


class _Pot(BaseModel):
    amount: str
    currency: str


class _Level(BaseModel):
    name: str
    data: list[_Pot] = []


class _GamePots(BaseModel):
    game_id: str
    levels: list[_Level] = []


class _Feed(BaseModel):
    games: list[_GamePots]


class Desk:
    """Asks one aggregator in the words of its generation."""

    def __init__(self, client: SoftswissClient, account: SoftswissAccount) -> None:
        """Ask through a client."""
        self._client = client
        self._account = account
        self._v1 = account.generation == "v1"
        self._wires = {wire.currency.code: wire for wire in account.wires}

    async def launch(self, request: LaunchRequest) -> str:
        """Return the address of one opened game. Raises ProviderUnavailable."""
        asked: dict[str, object] = {
            "casino_id": self._account.casino_id,
            "game": request.game_external_id,
            "locale": request.language,
            "client_type": request.device,
            "jurisdiction": self._account.jurisdiction,
            "urls": _urls(request),
        }
        if request.ip:
            asked["ip"] = request.ip
        if not request.demo:
            wire = self._wire(request.currency)
            player = self._player(
                request.player_ref, request.player_name, request.country, request.player_since
            )
            if self._v1:
                balance = Money(request.balance_units, wire.currency)
                asked |= {"currency": wire.code, "balance": wire.integer(balance), "user": player}
            else:
                asked["player"] = player | {"currency": wire.code}
                asked["session_id"] = request.session_ref
        url = await self._open(asked, demo=request.demo)
        if not is_web_address(url):
            raise self._client.odd("launch", "the game's address is none of the web")
        return url

    async def issue(self, grant: FreeSpinGrant) -> None:
        """Give free spins. Raises ProviderUnavailable, FreeSpinsRefused."""
        wire = self._wire(grant.currency.code)
        player = self._player(
            grant.player_ref, grant.player_name, grant.player_country, grant.player_since
        )
        asked: dict[str, object] = {
            "casino_id": self._account.casino_id,
            "issue_id": issue_id(grant.ref, wire, grant.player_ref),
            "games": grant.game_refs,
            "freespins_quantity": grant.quantity,
            "valid_until": _moment(grant.valid_until),
        }
        if grant.option is not None:
            if not (grant.option.isascii() and grant.option.isdigit()):
                raise FreeSpinsRefused(why="a bet level is a whole number")
            asked["bet_level"] = int(grant.option)
        elif self._v1:
            raise FreeSpinsRefused(why="a bet level is needed")
        else:
            stake = Money(grant.stake_units, grant.currency)
            asked["bet_amount"] = stake.text(min(wire.exponent, PART_DIGITS_MAX))
        if self._v1:
            await self._ask("freespins/issue", asked | {"currency": wire.code, "user": player})
        else:
            player |= {"currency": wire.code}
            await self._ask("v2/casino_a8r.Freespins/Issue", asked | {"player": player})

    async def cancel(self, grant: FreeSpinGrant) -> None:
        """Take back what was not played. Raises ProviderUnavailable, FreeSpinsRefused."""
        wire = self._wire(grant.currency.code)
        asked: dict[str, object] = {
            "casino_id": self._account.casino_id,
            "issue_id": issue_id(grant.ref, wire, grant.player_ref),
        }
        if self._v1:
            await self._ask("freespins/cancel", asked)
        else:
            asked["provider"] = provider_of(grant.game_refs[0], grant.studio)
            await self._ask("v2/casino_a8r.Freespins/Cancel", asked)

    async def round_details(self, round_ref: str, studio: str) -> RoundDetails:
        """Show one round of v1. Raises ProviderUnavailable."""
        asked = {
            "casino_id": self._account.casino_id,
            "round_id": round_ref,
            "provider": studio,
        }
        if self._account.round_type:
            asked["round_type"] = self._account.round_type
        found = await self._client.call("round/details", asked, _Round)
        facts = found.model_dump(exclude_none=True)
        return RoundDetails(None, tuple((name, str(fact)) for name, fact in facts.items()))

    async def jackpots(self) -> list[Jackpot]:
        """List the jackpots of v2 in our currencies. Raises ProviderUnavailable."""
        path = "v2/casino_a8r.Jackpot/Feed"
        feed = await self._client.call(path, {"casino_id": self._account.casino_id}, _Feed)
        by_code = {wire.code: wire for wire in self._account.wires}
        found = []
        for game in feed.games:
            for level in game.levels:
                for pot in level.data:
                    wire = by_code.get(pot.currency)
                    if wire is None:
                        continue
                    units = self._shown_units(path, pot.amount, wire)
                    title = f"{game.game_id} {level.name}"
                    found.append(Jackpot(title, wire.currency, units))
        return found

    def _shown_units(self, path: str, text: str, wire: WireCurrency) -> int:
        # It is only shown, and grows by fractions of a unit: what is finer is cut.
        whole, _, part = text.partition(".")
        cut = part[: wire.currency.decimals]
        try:
            return Money.parse(f"{whole}.{cut}" if cut else whole, wire.currency).units
        except ValueError as error:
            raise self._client.odd(path, "an amount is malformed") from error

    async def _open(self, asked: dict[str, object], *, demo: bool) -> str:
        if self._v1:
            v1 = await self._client.call("demo" if demo else "sessions", asked, _V1Launched)
            return v1.launch_options.game_url
        path = f"v2/casino_a8r.Launcher/{'Demo' if demo else 'Real'}"
        return (await self._client.call(path, asked, _V2Launched)).launch_url

    async def _ask(self, path: str, asked: dict[str, object]) -> None:
        try:
            await self._client.call(path, asked, _Nothing)
        except Declined as no:
            if no.api_code in OUR_FAULT or no.api_code in THEIR_FAULT:
                raise
            raise FreeSpinsRefused(why=f"{no.api_code} {no.message}".strip()) from no

    def _wire(self, code: str) -> WireCurrency:
        wire = self._wires.get(code)
        if wire is None:
            raise ProviderUnavailable("currency", code)
        return wire

    def _player(
        self, ref: str, name: str, country: str | None, since: datetime
    ) -> dict[str, object]:
        """Say who plays: what the vendor needs and no more."""
        known: dict[str, object] = {
            **self._account.player_fields,
            "id": ref,
            "nickname": name,
            "registered_at": since.astimezone(UTC).date().isoformat()
            if self._v1
            else _moment(since),
        }
        if country is not None:
            known["country"] = country
        return known


def _urls(request: LaunchRequest) -> dict[str, str]:
    urls = {"return_url": request.return_url}
    if request.deposit_url and not request.demo:
        urls["deposit_url"] = request.deposit_url
    return urls


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
