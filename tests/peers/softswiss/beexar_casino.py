"""A casino that is not ours: Beexar's own wallet server over a ledger in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from beexar import (
    SIGNATURE_HEADER,
    BalanceRequest,
    BalanceResult,
    BetWinRequest,
    BetWinResult,
    BetWinTransactionResult,
    FinishRequest,
    FinishResult,
    Money,
    RequestContext,
    RollbackRequest,
    RollbackResult,
    RollbackTransactionResult,
    WalletError,
    WalletServer,
    route_from_path,
)


@dataclass
class MemoryLedger:
    """Balances in cents; may be below zero after a reversed win."""

    cents: dict[str, int] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)  # id -> what it did to the balance
    undone: dict[str, str] = field(default_factory=dict)  # original -> our id of its reversal

    def balance(self, request: BalanceRequest, _context: RequestContext) -> BalanceResult:
        return BalanceResult(balance=self._shown(request.account_id))

    def bet_win(self, request: BetWinRequest, _context: RequestContext) -> BetWinResult:
        after = self.cents.get(request.account_id, 0)
        new: dict[str, int] = {}
        for item in request.transactions:
            if item.id_provider in self.moved:
                continue
            if item.id_provider in self.undone:
                raise WalletError.already_rolled_back()
            cents = int(item.amount.format(2).replace(".", ""))
            delta = -cents if item.type == "bet" else cents
            if after + delta < 0 and delta < 0:
                raise WalletError.insufficient_funds(self._shown(request.account_id))
            after += delta
            new[item.id_provider] = delta
        self.cents[request.account_id] = after
        self.moved |= new
        return BetWinResult(
            balance=self._shown(request.account_id),
            round_id=request.round_id,
            transactions=[
                BetWinTransactionResult(id_provider=t.id_provider, id=f"c-{t.id_provider}")
                for t in request.transactions
            ],
        )

    def rollback(self, request: RollbackRequest, _context: RequestContext) -> RollbackResult:
        results = []
        for item in request.transactions:
            original = item.original_id_provider
            ours = f"c-{item.id_provider}" if original in self.moved else ""
            if original not in self.undone:
                self.undone[original] = ours
                self.cents[request.account_id] -= self.moved.get(original, 0)
            results.append(
                RollbackTransactionResult(
                    id_provider=item.id_provider, id=self.undone[original] and ours
                )
            )
        return RollbackResult(
            balance=self._shown(request.account_id),
            round_id=request.round_id_provider,
            transactions=results,
        )

    def finish(self, request: FinishRequest, _context: RequestContext) -> FinishResult:
        return FinishResult(balance=self._shown(request.account_id))

    def _shown(self, account: str) -> Money:
        if account not in self.cents:
            raise WalletError.invalid_player()
        return Money.from_minor_units(max(0, self.cents[account]), 2)


def casino_app(ledger: MemoryLedger, key: str) -> web.Application:
    """Serve the ledger through the SDK's dispatcher."""
    server = WalletServer(ledger, key)

    async def hook(request: web.Request) -> web.Response:
        route: Any = route_from_path(request.path)
        body = await request.read()
        said = server.dispatch(route, body, request.headers.get(SIGNATURE_HEADER))
        return web.Response(status=said.status, body=said.body, headers=said.headers)

    app = web.Application()
    app.router.add_post("/wallet/{route}", hook)
    return app
