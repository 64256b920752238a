"""Which games there are: YAML lists per provider in v1, one JSON list in v2."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from pydantic import BaseModel, Field, TypeAdapter, field_validator

from casino.play import Category, GameEntry
from providers.softswiss.client import SoftswissClient, is_web_address
from providers.softswiss.settings import SoftswissAccount

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the first one where libyaml is there
RTP_PER_CENT_MAX = 200
COUNTRY_LENGTH, DATE_LENGTH = 2, 10
IMAGE_FORMS = ("horizontal", "square", "widescreen", "vertical")

CATEGORIES = {
    "slots": Category.SLOTS,
    "crash": Category.CRASH,
    "card": Category.TABLE,
    "craps": Category.TABLE,
    "poker": Category.TABLE,
    "roulette": Category.TABLE,
    "video_poker": Category.TABLE,
}


class _Default(BaseModel):
    blacklist: list[str] = []


class _Restrictions(BaseModel):
    default: _Default | None = None


class _V1Game(BaseModel):
    # Every scalar comes as text: YAML would make a number of a name, and "false" of Norway.
    identifier: str = Field(min_length=1, max_length=128)
    title: str = Field(min_length=1)
    provider: str | None = None
    producer: str | None = None
    category: str = ""
    devices: list[str] = []
    has_freespins: bool = False
    has_live: bool = False
    payout: str | None = None
    released_at: str | None = None
    recalled: bool = False
    restrictions: _Restrictions | None = None

    @field_validator("devices", mode="before")
    @classmethod
    def _none_named(cls, devices: object) -> object:
        return devices or []


_V1_GAMES = TypeAdapter(list[_V1Game])


class _Images(BaseModel):
    base_url: str | None = None


class _V2Game(BaseModel):
    id: str = Field(min_length=1, max_length=128)
    title: str = Field(min_length=1)
    provider: str | None = None
    producer: str | None = None
    category: str | None = None
    live: bool | None = None
    images: dict[str, str | None] | None = None
    released_at: datetime | None = None
    recalled_at: datetime | None = None

    @field_validator("released_at", "recalled_at", mode="before")
    @classmethod
    def _nothing_is_no_date(cls, value: object) -> object:
        return value or None

    @field_validator("released_at", "recalled_at")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class _V2Provider(BaseModel):
    name: str = Field(min_length=1)
    image_assets: _Images | None = None
    games: list[_V2Game] = []


class _V2List(BaseModel):
    providers: list[_V2Provider]


async def read_v1(client: SoftswissClient, account: SoftswissAccount) -> list[GameEntry]:
    """Read every provider's list, one after the other. Raises ProviderUnavailable."""
    entries = []
    for name in account.catalogue_providers:
        url = account.catalogue_url.replace("{provider}", name)
        document = await client.fetch(url)
        try:
            # A large document takes seconds, which other calls must not wait for.
            games = _V1_GAMES.validate_python(await asyncio.to_thread(read_yaml, document))
        except (ValueError, RecursionError) as error:  # ValidationError is one
            raise client.odd(url, f"list malformed: {type(error).__name__}") from error
        entries += [_v1_entry(game, name, account) for game in games if not game.recalled]
    return entries


async def read_v2(
    client: SoftswissClient, account: SoftswissAccount, now: datetime
) -> list[GameEntry]:
    """Read the list of games on offer now. Raises ProviderUnavailable."""
    asked = {"casino_id": account.casino_id}
    listed = await client.call("v2/casino_a8r.Game/List", asked, _V2List)
    return [
        _v2_entry(game, provider)
        for provider in listed.providers
        for game in provider.games
        if (game.released_at is None or game.released_at <= now)
        and (game.recalled_at is None or game.recalled_at > now)
    ]


def read_yaml(document: bytes) -> Any:  # noqa: ANN401 - a foreign document, validated next
    """Read a YAML document of texts, lists and maps. Raises ValueError."""
    try:
        # This loader makes nothing but texts, lists and maps of whatever it reads.
        return yaml.load(document, Loader=LOADER)  # noqa: S506 - safer than the safe one
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error


def provider_of(game_ref: str, studio: str) -> str:
    """Name the provider of a game as the wire does."""
    provider, colon, _ = game_ref.partition(":")
    return provider if colon else studio


def _v1_entry(game: _V1Game, listed_by: str, account: SoftswissAccount) -> GameEntry:
    provider = game.provider or listed_by
    ref = game.identifier if ":" in game.identifier else f"{provider}:{game.identifier}"
    image = account.image_url.replace("{provider}", provider)
    image = image.replace("{game}", ref.partition(":")[2])
    restrictions = game.restrictions.default if game.restrictions else None
    category = _category(game.category, live=game.has_live)
    return GameEntry(
        external_id=ref,
        title=game.title,
        category=category,
        studio=provider,
        image_url=image if is_web_address(image) else None,
        rtp_ppm=_ppm(game.payout),
        has_demo=category is not Category.LIVE,  # the list does not say; live has none
        has_free_spins=game.has_freespins,
        tags=_tags(game.producer),
        devices=tuple(d for d in game.devices if d in {"desktop", "mobile"}),
        restricted_countries=tuple(
            country.upper()
            for country in (restrictions.blacklist if restrictions else [])
            if len(country) == COUNTRY_LENGTH
        ),
        released_on=game.released_at[:DATE_LENGTH] if game.released_at else None,
    )


def _v2_entry(game: _V2Game, provider: _V2Provider) -> GameEntry:
    category = _category(game.category or "", live=bool(game.live))
    base = (provider.image_assets.base_url if provider.image_assets else None) or ""
    images = game.images or {}
    found = next((path for form in IMAGE_FORMS if (path := images.get(form))), "")
    image = found if is_web_address(found) else f"{base.rstrip('/')}/{found.lstrip('/')}"
    return GameEntry(
        external_id=game.id,
        title=game.title,
        category=category,
        studio=game.provider or provider.name,
        image_url=image if found and is_web_address(image) else None,
        has_demo=category is not Category.LIVE,
        tags=_tags(game.producer),
        released_on=game.released_at.date().isoformat() if game.released_at else None,
    )


def _category(name: str, *, live: bool) -> Category:
    if live:
        return Category.LIVE
    return CATEGORIES.get(name.lower(), Category.INSTANT)


def _tags(producer: str | None) -> tuple[str, ...]:
    return (producer.lower(),) if producer else ()


def _ppm(per_cent: str | None) -> int | None:
    try:
        read = Decimal(per_cent or "")
    except InvalidOperation:
        return None
    if not read.is_finite() or not 0 < read <= RTP_PER_CENT_MAX:
        return None
    return int(read * 10_000)
