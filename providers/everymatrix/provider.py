"""The provider contract over EveryMatrix's external wallet."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import structlog

from casino.errors import OutcomeUnknown, TryLater
from casino.money import CURRENCIES, Currency
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
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused, Table
from providers.everymatrix.callback import BadCallback, Message, decode
from providers.everymatrix.client import EverymatrixClient
from providers.everymatrix.credentials import Credentials, NotAllowedFrom, NotAuthentic, ShutOut
from providers.everymatrix.desk import Desk
from providers.everymatrix.feed import BonusName, Row, bonus_name, entries, table
from providers.everymatrix.replies import Code, Replies
from providers.everymatrix.settings import EverymatrixAccount

log = structlog.get_logger(__name__)


class EverymatrixProvider:
    """One operator's account."""

    def __init__(self, wiring: Wiring, account: EverymatrixAccount) -> None:
        """Contact nobody yet."""
        self._account = account
        self._client = EverymatrixClient(account)
        self._credentials = Credentials(account, wiring.clock)
        self._replies = Replies(account)
        self._desk = Desk(wiring.id, wiring.till, account, self._replies)
        self._log = log.bind(provider=wiring.id)
        self._names: dict[str, BonusName] = {}  # by slug, as the catalogue was last read
        capabilities = {Capability.DEMO, Capability.TABLES}
        if account.bonus_url is not None:
            capabilities.add(Capability.FREE_SPINS)
        self._manifest = Manifest(
            id=wiring.id,
            title=account.title,
            family="everymatrix",
            grade=Grade.AGREED,
            amounts=AmountForm.DECIMAL_NUMBER,
            capabilities=frozenset(capabilities),
            currencies=tuple(
                WireCurrency(wire, CURRENCIES[ours], CURRENCIES[ours].decimals)
                for wire, ours in account.currencies.items()
            ),
            late_originals=LateOriginals.REJECT,
            frame_origins=account.frame_origins,
            networks=account.networks,
        )

    @property
    def manifest(self) -> Manifest:
        """What it declares."""
        return self._manifest

    async def catalogue(self) -> list[GameEntry]:
        """List every game and table on offer. Raises ProviderUnavailable."""
        games = await self._client.rows("game")
        tables = await self._client.rows("table")
        self._names = self._bonus_names(games)
        found = entries(games, tables, self._account)
        self._log.info("catalogue read", games=len(games), tables=len(tables), offered=len(found))
        return found

    async def tables(self, game_ref: str, currency: Currency) -> list[Table]:
        """List the tables of one game. Raises ProviderUnavailable."""
        if self._account.wire_of(currency.code) is None:
            return []
        return [table(row) for row in await self._client.rows("table") if row.slug == game_ref]

    async def launch(self, request: LaunchRequest) -> str:
        """Return the address of one opened game; nobody is asked. Raises ProviderUnavailable."""
        query = {
            "language": request.language,
            "funMode": "True" if request.demo else "False",
            "casinolobbyurl": request.return_url,
        }
        if not request.demo:
            if self._account.wire_of(request.currency) is None:
                raise ProviderUnavailable("currency", request.currency)
            query["_sid"] = request.session_ref
        if request.deposit_url:
            query["cashierurl"] = request.deposit_url
        if request.table_ref:
            query["tableID"] = request.table_ref
        slug = quote(request.game_external_id, safe="")
        base = f"{self._account.launch_url}/Loader/Start/{self._account.operator_id}/{slug}"
        return f"{base}?{urlencode(query, quote_via=quote, safe='')}"

    async def issue_free_spins(self, grant: FreeSpinGrant) -> None:
        """Give them. Raises ProviderUnavailable, FreeSpinsRefused."""
        await self._client.award(*await self._named(grant), grant)

    async def cancel_free_spins(self, grant: FreeSpinGrant) -> None:
        """Take back what was not played. Raises ProviderUnavailable, FreeSpinsRefused."""
        await self._client.forfeit(*await self._named(grant), grant)

    async def answer(self, call: Call) -> Reply:
        """Verify, perform, render; what goes wrong becomes one of the protocol's codes."""
        message: Message | None = None
        try:
            self._credentials.require_address(call.peer)
            if call.method != "POST":
                raise BadCallback("method")  # noqa: TRY301 - told like every other malformed call
            said = decode(call.body)
            self._credentials.require(call.peer, said.login_name, said.password)
            message = said
            return await self._desk.answer(message)
        except NotAllowedFrom as error:
            code = Code.IP_NOT_ALLOWED
            self._log.warning("callback not authentic", why=str(error), peer=call.peer)
        except ShutOut:
            # Told once when it began: a line for each would be what a guesser fills the disk with.
            code = Code.UNKNOWN_ERROR
        except NotAuthentic as error:
            code = Code.UNKNOWN_ERROR
            self._log.warning("callback not authentic", why=str(error), peer=call.peer)
        except BadCallback as error:
            code = Code.UNKNOWN_ERROR
            self._log.warning("callback malformed", field=str(error))
        except UnknownPlayer:
            code = Code.USER_NOT_FOUND
            self._log.warning("callback names no player of ours")
        except OutcomeUnknown as error:
            # The vendor asks what became of it, repeats it, or rolls it back: each finds out.
            code = Code(self._account.outcome_unknown_code)
            self._log.error("callback of unknown outcome", why=repr(error.__cause__))
        except (TryLater, TimeoutError) as error:
            code = Code.UNKNOWN_ERROR
            self._log.error("callback failed on our side, nothing done", why=repr(error))
        except Exception:  # noqa: BLE001 - the last guard of an edge that may never raise
            code = Code.UNKNOWN_ERROR
            self._log.exception("callback crashed")
        return self._replies.failed(code, message)

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def _named(self, grant: FreeSpinGrant) -> tuple[str, list[str]]:
        """Name the games as the bonus API does: a vendor, and its games."""
        if any(ref not in self._names for ref in grant.game_refs):
            self._names = self._bonus_names(await self._client.rows("game"))
        names = [self._names[ref] for ref in grant.game_refs if ref in self._names]
        vendors = {name.vendor for name in names}
        if len(names) < len(grant.game_refs) or len(vendors) != 1:
            raise FreeSpinsRefused(why="games")
        return vendors.pop(), [name.game for name in names]

    def _bonus_names(self, games: list[Row]) -> dict[str, BonusName]:
        field = self._account.bonus_game_field
        return {row.slug: bonus_name(row, field) for row in games}
