"""The aggregator's catalogue and transactions in the casino's words."""

from __future__ import annotations

import re

from casino.money import InvalidAmount
from casino.play import Category, GameEntry, Manifest, Volatility
from casino.play.capabilities import Reported
from casino.wallet.operations import Kind
from providers.hub88.client import GameRow, TransactionRow, is_web_address

PLATFORMS = {"GPL_DESKTOP": "desktop", "GPL_MOBILE": "mobile"}
LIVE_GAMES = ("live", "game show")
TABLE_GAMES = (
    *("roulette", "blackjack", "baccarat", "poker", "table", "card", "sic bo", "craps"),
    "dragon tiger",
)
# Six steps from low to very high.
VOLATILITIES = {
    **dict.fromkeys((1, 2), Volatility.LOW),
    **dict.fromkeys((3, 4), Volatility.MEDIUM),
    **dict.fromkeys((5, 6), Volatility.HIGH),
}

KINDS = {
    "TK_BET": Kind.BET,
    "TK_WIN": Kind.WIN,
    "TK_ROLLBACK": Kind.REVERSAL,
    "TK_FREE_BET": Kind.PROMO_BET,
    "TK_FREE_WIN": Kind.FREE_SPIN_WIN,
    "TK_JP_WIN": Kind.JACKPOT,
    "TK_BONUS_WIN": Kind.PROMO_WIN,
}
SUCCESS = "TS_SUCCESS"  # the others were declined, rolled back or given up

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def entry(row: GameRow, house_title: str) -> GameEntry:
    """Translate a game; ``house_title`` stands in for a studio that is not named."""
    return GameEntry(
        external_id=row.game_code,
        title=row.name,
        category=category_of(row.category or ""),
        studio=row.product or house_title,
        image_url=row.url_thumb if row.url_thumb and is_web_address(row.url_thumb) else None,
        rtp_ppm=None if row.rtp is None else int(row.rtp * 10_000),
        has_demo=row.demo_game_support,
        has_free_spins=row.freebet_support,
        volatility=VOLATILITIES.get(row.volatility or 0),
        tags=tuple(theme.lower() for theme in row.theme),
        features=tuple(feature.lower() for feature in row.features),
        devices=tuple(PLATFORMS[name] for name in row.platforms if name in PLATFORMS),
        restricted_countries=tuple(
            dict.fromkeys(
                code
                for code in (*row.blocked_countries, *row.restricted_countries)
                if _COUNTRY.fullmatch(code)
            )
        ),
        released_on=row.release_date,
    )


def category_of(name: str) -> Category:
    """Sort the aggregator's categories into the lobby's groups."""
    text = name.lower()
    if any(word in text for word in LIVE_GAMES):
        return Category.LIVE
    if "slot" in text:
        return Category.SLOTS
    if "crash" in text:
        return Category.CRASH
    if "scratch" not in text and any(word in text for word in TABLE_GAMES):
        return Category.TABLE
    return Category.INSTANT


def reported(row: TransactionRow, manifest: Manifest, prefix: str) -> Reported | None:
    """Translate a transaction; None for what can be no operation of ours."""
    kind, wire = KINDS.get(row.kind), manifest.currency_of(row.currency)
    if kind is None or wire is None or not row.user.startswith(prefix):
        return None
    try:
        units = wire.units(row.amount)
    except InvalidAmount:
        return None
    return Reported(
        key=row.transaction_uuid,
        player_ref=row.user.removeprefix(prefix),
        currency=wire.currency,
        kind=kind,
        units=0 if kind is Kind.PROMO_BET else units,  # a free bet is never debited
        round_ref=row.round or None,
        at=row.inserted_at,
    )
