"""A till in memory, judging by the wallet's own ``decide``, and the route to a provider.

An adapter that passes here meets the wallet's exact semantics without a database. Tests on real
PostgreSQL stand beside those that use it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace

from casino.money import CURRENCIES, Currency, Money
from casino.play import Call, GameCall, Provider, UnknownPlayer
from casino.wallet.decide import decide
from casino.wallet.operations import (
    STAKES,
    Answer,
    Balance,
    Batch,
    Refusal,
    Refused,
)
from casino.wallet.rows import Account, AccountKey, RoundKey, Stored, Transfer, TransferKey
from tests.providers.till import EmptyTill

NOBODY = 0


@dataclass
class Book(EmptyTill):
    """Players, sessions and games known to the house, and everything that ever moved."""

    accounts: dict[AccountKey, Account] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)  # session -> player
    games: dict[str, int] = field(default_factory=dict)
    games_off: set[int] = field(default_factory=set)
    sessions_dead: set[int] = field(default_factory=set)
    transfers: list[Transfer] = field(default_factory=list)
    calls: list[GameCall] = field(default_factory=list)

    def open(self, player_id: int, *funds: Money) -> None:
        """Make a player with some money."""
        for amount in funds:
            key = (player_id, amount.currency.id)
            self.accounts[key] = Account(*key, amount.units, 0, 0, 0, frozen=False)

    def cash(self, player_id: int, currency: Currency) -> Money:
        return Money(self.accounts[player_id, currency.id].cash, currency)

    def freeze(self, player_id: int) -> None:
        for key, account in self.accounts.items():
            if key[0] == player_id:
                self.accounts[key] = replace(account, frozen=True)

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        self.calls.append(call)
        player_id = int(call.player_ref) if call.player_ref.isdigit() else NOBODY
        if not any(key[0] == player_id for key in self.accounts):
            return Refused(Refusal.UNKNOWN_PLAYER, None)
        staking = any(op.kind in STAKES for op in call.ops)
        session_id = self._session(player_id, call.session_ref) if staking else None
        game_id = self.games.get(call.game_ref or "", NOBODY)
        batch = Batch(player_id, call.currency, provider_id, call.ops, game_id or None, session_id)
        if staking:
            batch = replace(batch, game_id=game_id)
        decision = decide(self._stored(batch), [batch])
        for account in decision.accounts:
            self.accounts[account.player_id, account.currency_id] = account
        self.transfers += decision.transfers
        return decision.answers[0]

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        player_id = int(player_ref) if player_ref.isdigit() else NOBODY
        if not any(key[0] == player_id for key in self.accounts):
            raise UnknownPlayer
        account = self.accounts.get((player_id, currency.id))
        if account is None:
            return Balance(currency, 0, 0, 0, 0)
        return Balance(currency, account.cash, account.bonus, account.held, account.seq)

    def snapshot(self) -> object:
        """Everything that a refused call must leave as it was."""
        return dict(self.accounts), tuple(self.transfers)

    def _session(self, player_id: int, ref: str | None) -> int:
        number = list(self.sessions).index(ref) + 1 if ref in self.sessions else NOBODY
        return number if self.sessions.get(ref or "") == player_id else NOBODY

    def _stored(self, batch: Batch) -> Stored:
        by_key: dict[TransferKey, Transfer] = {}
        by_reference: dict[TransferKey, Transfer] = {}
        stakes: dict[RoundKey, tuple[int, int] | None] = {
            (batch.player_id, batch.currency.id, batch.source, op.round_id): None
            for op in batch.ops
            if op.round_id is not None
        }
        for t in self.transfers:
            by_key[t.player_id, t.source, t.key] = t
            if t.reference is not None:
                by_reference[t.player_id, t.source, t.reference] = t
            if t.round_id is not None and t.kind in STAKES:
                where = (t.player_id, t.currency_id, t.source, t.round_id)
                cash, bonus = stakes.get(where) or (0, 0)
                stakes[where] = (cash - t.cash_delta, bonus - t.bonus_delta)
        return Stored(
            dict(self.accounts),
            by_key,
            by_reference,
            stakes,
            frozenset({NOBODY, *self.sessions_dead}),
            frozenset({NOBODY, *self.games_off}),
        )


def casino_app(provider: Callable[[], Provider]) -> web.Application:
    """Route ``/providers/<id>[/tail]`` to one provider, as the house does."""

    async def hook(request: web.Request) -> web.Response:
        reply = await provider().answer(
            Call(
                method=request.method,
                path=request.match_info.get("tail", ""),
                query=request.rel_url.raw_query_string,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.read(),
            )
        )
        return web.Response(
            status=reply.status,
            body=reply.body,
            content_type=reply.content_type,
            headers=reply.headers,
        )

    app = web.Application()
    app.router.add_route("*", "/providers/{id}", hook)
    app.router.add_route("*", "/providers/{id}/{tail:.*}", hook)
    return app


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[TestServer]:
    """Serve an application on a port of its own."""
    server = TestServer(app)
    await server.start_server()
    try:
        yield server
    finally:
        await server.close()


__all__ = ["CURRENCIES", "Book", "casino_app", "serving"]
