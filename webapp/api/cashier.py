"""Deposits."""

from __future__ import annotations

from typing import Literal

from casino import errors
from webapp.api import schemas
from webapp.api.account import currency_of
from webapp.api.house import amount_of
from webapp.api.registry import Api, Ask
from webapp.api.views import deposit_view

api = Api()


@api.endpoint("GET", "/deposit/methods", schemas.DepositMethodsView)
async def get_deposit_methods(ask: Ask) -> schemas.DepositMethodsView:
    """List the ways to deposit that this surface may offer."""
    methods = []
    for m in ask.services.cashier.methods(ask.visitor.surface):
        kind: Literal["memo", "instant"] = m.method.value
        methods.append(
            schemas.DepositMethodView(
                rail=m.rail,
                title=m.title,
                currency=m.currency.code,
                method=kind,
                minimum=m.minimum.text(),
                play_money=m.play_money,
                trouble=m.trouble,
            )
        )
    return schemas.DepositMethodsView(methods=methods)


@api.endpoint(
    "POST", "/deposit/target", schemas.DepositTargetView, body=schemas.DepositTargetRequest
)
async def get_deposit_target(
    ask: Ask, body: schemas.DepositTargetRequest
) -> schemas.DepositTargetView:
    """Say where to send, and with which memo."""
    currency = currency_of(body.currency)
    if currency not in ask.services.house.currencies(ask.visitor.surface):
        raise errors.UnknownCurrency
    target = await ask.services.cashier.deposit_target(await ask.player(), body.rail, currency)
    return schemas.DepositTargetView(
        rail=target.rail,
        currency=target.currency.code,
        address=target.address,
        memo=target.memo,
        uri=target.uri,
        minimum=target.minimum.text(),
    )


@api.endpoint(
    "POST", "/deposit/instant", schemas.DepositView, body=schemas.InstantDepositRequest, keyed=True
)
async def deposit_play_money(ask: Ask, body: schemas.InstantDepositRequest) -> schemas.DepositView:
    """Credit play money, once per key."""
    deposit = await ask.services.cashier.instant_deposit(
        await ask.player(), body.rail, amount_of(body.amount, body.currency), ask.key
    )
    return deposit_view(deposit)


@api.endpoint("GET", "/deposits", schemas.DepositsView)
async def get_deposits(ask: Ask) -> schemas.DepositsView:
    """List the newest deposits."""
    deposits = await ask.services.cashier.deposits(ask.visitor.player_id)
    return schemas.DepositsView(deposits=[deposit_view(d) for d in deposits])
