"""Signing in, the player, the wallet."""

from __future__ import annotations

import secrets

from casino import errors
from casino.ids import read_id
from casino.money import CURRENCIES, Currency
from casino.players import LANGUAGES, Player, SignedIn
from casino.surfaces import Mode, Surface
from webapp.api import schemas
from webapp.api.registry import Api, Ask
from webapp.api.views import account_view, entry_view, player_view
from webapp.auth import Visitor, verify_init_data
from webapp.auth.tokens import LIFE

api = Api()


@api.endpoint("GET", "/config", schemas.ConfigView, query=schemas.SurfaceQuery, open_to_all=True)
async def get_config(ask: Ask, query: schemas.SurfaceQuery) -> schemas.ConfigView:
    """Say what a client must know before anybody signs in."""
    house = ask.services.house
    return schemas.ConfigView(
        mode=house.mode.value,
        bot_username=ask.services.bot_username(),
        languages=list(LANGUAGES),
        currencies=[
            schemas.CurrencyView(code=c.code, decimals=c.decimals, play_money=c.play_money)
            for c in house.currencies(query.surface)
        ],
        demo_sign_in=house.mode is Mode.DEMO,
        terms_version=house.terms_version,
        reality_check_minutes=house.reality_check_minutes,
    )


@api.endpoint(
    "POST", "/auth/telegram", schemas.SignInView, body=schemas.TelegramSignIn, open_to_all=True
)
async def sign_in_with_telegram(ask: Ask, body: schemas.TelegramSignIn) -> schemas.SignInView:
    """Sign in with the Mini App's init data; the player is the one the bot knows."""
    services = ask.services
    proof = verify_init_data(body.init_data, services.bot_token or "", services.clock.now())
    await services.sign_ins.use_init_data(body.init_data)
    player = await services.players.meet_telegram(proof.user, start_payload=proof.start_param)
    signed_in = await services.sign_ins.open(player.id, Surface.TELEGRAM)
    return _signed_in(ask, player, signed_in)


@api.endpoint("POST", "/auth/demo", schemas.SignInView, open_to_all=True)
async def sign_in_as_demo(ask: Ask) -> schemas.SignInView:
    """Sign in as a new demo player; only a house in demo mode has them."""
    if ask.services.house.mode is not Mode.DEMO:
        raise errors.NotFound
    language = ask.request.headers.get("Accept-Language", "")[:2]
    player = await ask.services.players.meet_demo(secrets.token_urlsafe(24), language)
    signed_in = await ask.services.sign_ins.open(player.id, Surface.WEB)
    return _signed_in(ask, player, signed_in)


@api.endpoint(
    "POST", "/auth/refresh", schemas.SignInView, body=schemas.RefreshRequest, open_to_all=True
)
async def refresh_sign_in(ask: Ask, body: schemas.RefreshRequest) -> schemas.SignInView:
    """Trade a refresh token for new tokens; each works once."""
    signed_in = await ask.services.sign_ins.renew(body.refresh_token)
    player = await ask.services.players.get(signed_in.player_id)
    return _signed_in(ask, player, signed_in)


@api.endpoint("GET", "/me", schemas.PlayerView)
async def get_me(ask: Ask) -> schemas.PlayerView:
    """Show the player who is signed in."""
    return player_view(await ask.player(), ask.visitor.surface)


@api.endpoint("PATCH", "/me", schemas.PlayerView, body=schemas.PlayerPatch)
async def change_me(ask: Ask, body: schemas.PlayerPatch) -> schemas.PlayerView:
    """Change the language."""
    player = await ask.services.players.set_language(ask.visitor.player_id, body.language)
    return player_view(player, ask.visitor.surface)


@api.endpoint("POST", "/me/terms", schemas.PlayerView, body=schemas.TermsRequest)
async def accept_terms(ask: Ask, body: schemas.TermsRequest) -> schemas.PlayerView:  # noqa: ARG001 - its shape is the proof
    """Confirm age and accept the terms."""
    player = await ask.services.players.accept_terms(ask.visitor.player_id)
    return player_view(player, ask.visitor.surface)


@api.endpoint("GET", "/wallet", schemas.WalletView)
async def get_wallet(ask: Ask) -> schemas.WalletView:
    """Show every currency of the wallet."""
    balances = await ask.services.wallet.balances(ask.visitor.player_id)
    offered = ask.services.house.currencies(ask.visitor.surface)
    return schemas.WalletView(
        accounts=[account_view(b) for b in balances if b.currency in offered or b.version]
    )


@api.endpoint("GET", "/wallet/history", schemas.HistoryView, query=schemas.HistoryQuery)
async def get_history(ask: Ask, query: schemas.HistoryQuery) -> schemas.HistoryView:
    """Page through the statement, newest first."""
    entries = await ask.services.wallet.statement(
        ask.visitor.player_id,
        limit=query.limit,
        before=query.before,
        currency=currency_of(query.currency) if query.currency else None,
    )
    more = entries[-1].id if len(entries) == query.limit else None
    return schemas.HistoryView(items=[entry_view(e) for e in entries], next=more)


def currency_of(code: str) -> Currency:
    """Read a currency code. Raises UnknownCurrency."""
    currency = CURRENCIES.get(code)
    if currency is None:
        raise errors.UnknownCurrency
    return currency


def codes_at(ask: Ask, surface: Surface) -> tuple[str, ...]:
    """Return the codes of what may be played with on a surface."""
    return tuple(currency.code for currency in ask.services.house.currencies(surface))


def number_of(text: str) -> int:
    """Read an id from a path or query. Raises NotFound for what cannot be one."""
    number = read_id(text)
    if number is None:
        raise errors.NotFound
    return number


def _signed_in(ask: Ask, player: Player, signed_in: SignedIn) -> schemas.SignInView:
    visitor = Visitor(player.id, signed_in.surface)
    return schemas.SignInView(
        access_token=ask.services.tokens.issue(visitor),
        expires_in=int(LIFE.total_seconds()),
        refresh_token=signed_in.refresh_token,
        player=player_view(player, signed_in.surface),
    )
