"""The vendor's list of games in the lobby's words."""

from __future__ import annotations

import re
from datetime import date

from casino.play import Category, GameEntry, Volatility
from providers.st8.rows import CategoryRow, DeveloperRow, GameRow, Games

FREE_BETS = "free_bets"
TABLE_GAMES = ("roulette", "blackjack", "baccarat", "poker", "table", "card", "sic bo", "craps")

_COUNTRY = re.compile(r"[A-Z]{2}")


def entries(listed: Games, *, unnamed: str) -> list[GameEntry]:
    """List what is on; ``unnamed`` stands for the studio of a game that names none."""
    developers: dict[str, DeveloperRow] = {}
    for developer in listed.developers:
        # A game names its developer by name; by code in some of the vendor's texts.
        developers |= {developer.code: developer, developer.name: developer}
    kinds = {row.name: row for row in listed.categories}
    return [
        _entry(row, developers.get(row.developer), kinds.get(row.category), unnamed)
        for row in listed.games
        if row.enabled
    ]


def _entry(
    row: GameRow, developer: DeveloperRow | None, kind: CategoryRow | None, unnamed: str
) -> GameEntry:
    closed = row.restricted_territories + row.prohibited_territories
    if developer is not None:
        closed += developer.restricted_territories + developer.prohibited_territories
    return GameEntry(
        external_id=row.code,
        title=row.name,
        category=category_of(f"{row.category} {kind.type if kind else ''}"),
        studio=(developer.name if developer else "") or row.developer or unnamed,
        rtp_ppm=None if row.rtp is None else int(row.rtp * 10_000),
        has_demo=row.fun_mode,
        has_free_spins=FREE_BETS in row.bonus_types,
        volatility=_volatility(row.volatility),
        tags=_lowered(row.themes),
        features=_lowered(row.features),
        restricted_countries=tuple(sorted({c for c in closed if _COUNTRY.fullmatch(c)})),
        released_on=_day(row.release_date),
    )


def category_of(kind: str) -> Category:
    """Sort the vendor's categories into the lobby's groups."""
    text = kind.lower()
    if "live" in text:
        return Category.LIVE
    if "crash" in text:
        return Category.CRASH
    if "slot" in text:
        return Category.SLOTS
    if any(word in text for word in TABLE_GAMES):
        return Category.TABLE
    return Category.INSTANT


def _volatility(word: str) -> Volatility | None:
    return next((known for known in Volatility if known.value == word.lower()), None)


def _lowered(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for word in words if word))


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None
