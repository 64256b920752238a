"""The lobby and launches."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, WithJsonSchema

from casino.play import Volatility
from casino.play.lobby_games import Collection, Sort
from casino.play.tables import REF_LENGTH_MAX
from casino.surfaces import Surface
from webapp.api.schemas.base import ADDED, Amount, Code, Query, Schema


def _spelt_out(names: type[StrEnum]) -> WithJsonSchema:
    """Describe names where they stand: no answer has them, so that nothing else describes them."""
    return WithJsonSchema({"type": "string", "enum": [name.value for name in names]})


Label = Annotated[str, StringConstraints(max_length=64)]
Labels = Annotated[str, StringConstraints(max_length=256)]  # between commas


class LobbyQuery(Query):
    """Which games: a game has all that is asked for. ``q`` forgives typing errors.

    ``country`` is a question; where the house knows the visitor's, it asks for that one instead.
    """

    category: Annotated[str, StringConstraints(max_length=16)] | None = None
    q: Annotated[str, StringConstraints(max_length=64)] | None = None
    studio: Label | None = None
    provider: Label | None = None
    volatility: Volatility | None = None
    tags: Labels | None = None
    features: Labels | None = None
    surface: Surface | None = None
    currency: Code | None = None
    device: Literal["desktop", "mobile"] | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")] | None = None


class FacetsQuery(LobbyQuery):
    """Facets of what is the same for everybody."""

    collection: Literal["popular", "new", "has_demo", "free_spins"] | None = None


class GamesQuery(LobbyQuery):
    """A page of games; those of ``favourites`` and ``recent`` are the player's, newest first."""

    collection: Annotated[Collection, _spelt_out(Collection)] | None = None
    sort: Annotated[Sort, _spelt_out(Sort)] | None = None
    cursor: Annotated[str, StringConstraints(max_length=512)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 500


class GameView(Schema):
    """A game in the lobby; ``own`` is the slug of a house game with its own page.

    ``image`` is a picture of ours; ``w`` in its query chooses a width (see ``webapp.images``).
    ``currencies`` are those of the surface that the game takes. A game that ``has_tables`` is
    opened at one of them.
    """

    id: str
    title: str
    studio: str
    provider: str
    category: str
    image: str | None
    own: str | None
    has_demo: bool
    rtp: str | None
    has_free_spins: Annotated[bool, ADDED] = False
    has_tables: Annotated[bool, ADDED] = False
    volatility: Annotated[Volatility | None, ADDED] = None
    features: Annotated[tuple[str, ...], ADDED] = ()
    new_on: Annotated[date | None, ADDED] = None
    currencies: Annotated[tuple[str, ...], ADDED] = ()


class LobbyView(Schema):
    """Games that can be opened now; ``next`` continues them, ``categories`` are those of all."""

    games: list[GameView]
    categories: list[str]
    next: Annotated[str | None, ADDED] = None


class FacetView(Schema):
    """A value to filter by, and how many games it would leave."""

    value: str
    games: int


class FacetsView(Schema):
    """How many games each further filter would leave, the most first."""

    games: int
    categories: list[FacetView]
    studios: list[FacetView]
    providers: list[FacetView]
    volatilities: list[FacetView]
    features: list[FacetView]
    tags: list[FacetView]


class TablesQuery(Query):
    """In which currency one wants to play."""

    currency: Code


class TableView(Schema):
    """A table; ``ref`` goes into the launch, ``least`` and ``most`` may be staked, where known."""

    ref: str
    title: str
    dealer: str | None
    open: bool
    least: Amount | None
    most: Amount | None


class TablesView(Schema):
    """The tables of a game as they were a moment ago."""

    currency: str
    tables: list[TableView]


class LaunchRequestBody(Schema):
    """How to open a game; ``table`` is the ``ref`` of one of its tables, where it has some."""

    currency: Code
    mode: Literal["real", "demo"] = "real"
    table: Annotated[str, StringConstraints(min_length=1, max_length=REF_LENGTH_MAX)] | None = None


class LaunchView(Schema):
    """Where the opened game is; each launch works once.

    Its frame gets ``sandbox`` tokens and ``allow`` features beyond those that every frame gets.
    """

    launch_url: str
    session_id: str
    sandbox: Annotated[tuple[str, ...], ADDED] = ()
    allow: Annotated[tuple[str, ...], ADDED] = ()
