"""The lobby and launches."""

from __future__ import annotations

from casino.play import Visit
from casino.play.lobby_games import Collection, Wanted
from casino.surfaces import Surface
from webapp.api import schemas
from webapp.api.account import codes_at, currency_of, number_of
from webapp.api.registry import Api, Ask, bearer
from webapp.api.views import facets_view, game_view, lobby_view, table_view

api = Api()


@api.endpoint("GET", "/games", schemas.LobbyView, query=schemas.GamesQuery, open_to_all=True)
async def get_games(ask: Ask, query: schemas.GamesQuery) -> schemas.LobbyView:
    """List games that can be opened now; favourites and recent ones need a player."""
    lobby, wanted = ask.services.catalogue.lobby, _wanted(ask, query, query.collection)
    show = lobby_view(codes_at(ask, query.surface or Surface.WEB))
    if query.collection is not None and query.collection.personal:
        player_id = bearer(ask.services, ask.request).player_id
        page = await lobby.personal(player_id, wanted, query.limit)
        return show(page, await lobby.categories())
    return await lobby.shown(wanted, show, sort=query.sort, cursor=query.cursor, limit=query.limit)


@api.endpoint(
    "GET", "/games/facets", schemas.FacetsView, query=schemas.FacetsQuery, open_to_all=True
)
async def get_facets(ask: Ask, query: schemas.FacetsQuery) -> schemas.FacetsView:
    """Count what further filters would leave."""
    collection = None if query.collection is None else Collection(query.collection)
    wanted = _wanted(ask, query, collection)
    return facets_view(await ask.services.catalogue.lobby.facets(wanted))


def _wanted(ask: Ask, query: schemas.LobbyQuery, collection: Collection | None) -> Wanted:
    currencies = None if query.surface is None else codes_at(ask, query.surface)
    if query.currency is not None:
        offered = currencies is None or query.currency in currencies
        currencies = (query.currency,) if offered else ()
    return Wanted(
        query=query.q or "",
        category=query.category,
        studio=query.studio,
        provider=query.provider,
        volatility=query.volatility,
        tags=_labels(query.tags),
        features=_labels(query.features),
        collection=collection,
        device=query.device,
        country=ask.services.whereabouts.country(ask.request) or query.country,
        currencies=currencies,
    )


def _labels(text: str | None) -> tuple[str, ...]:
    return tuple(label for label in (text or "").lower().split(",") if label)


@api.endpoint("PUT", "/games/{game_id}/favourite", None)
async def add_favourite(ask: Ask) -> None:
    """Keep a game among the player's favourites. Idempotent."""
    game_id = number_of(ask.request.match_info["game_id"])
    await ask.services.catalogue.lobby.add_favourite(ask.visitor.player_id, game_id)


@api.endpoint("DELETE", "/games/{game_id}/favourite", None)
async def remove_favourite(ask: Ask) -> None:
    """Take a game out of the player's favourites. Idempotent."""
    game_id = number_of(ask.request.match_info["game_id"])
    await ask.services.catalogue.lobby.remove_favourite(ask.visitor.player_id, game_id)


@api.endpoint(
    "GET", "/games/{game_id}", schemas.GameView, query=schemas.SurfaceQuery, open_to_all=True
)
async def get_game(ask: Ask, query: schemas.SurfaceQuery) -> schemas.GameView:
    """Show one game."""
    game_id = number_of(ask.request.match_info["game_id"])
    return game_view(await ask.services.catalogue.game(game_id), codes_at(ask, query.surface))


@api.endpoint("GET", "/games/{game_id}/tables", schemas.TablesView, query=schemas.TablesQuery)
async def get_tables(ask: Ask, query: schemas.TablesQuery) -> schemas.TablesView:
    """List the tables of a game, for a launch at one of them."""
    currency = currency_of(query.currency)
    tables = await ask.services.play.tables(
        number_of(ask.request.match_info["game_id"]), currency, _visit(ask)
    )
    return schemas.TablesView(
        currency=currency.code, tables=[table_view(table) for table in tables]
    )


@api.endpoint(
    "POST", "/games/{game_id}/launch", schemas.LaunchView, body=schemas.LaunchRequestBody
)
async def launch_game(ask: Ask, body: schemas.LaunchRequestBody) -> schemas.LaunchView:
    """Open a game and return where it is; each launch works once."""
    launch = await ask.services.play.launch(
        await ask.player(),
        number_of(ask.request.match_info["game_id"]),
        currency_of(body.currency),
        demo=body.mode == "demo",
        visit=_visit(ask),
        table_ref=body.table,
    )
    return schemas.LaunchView(
        launch_url=launch.url,
        session_id=launch.session_ref,
        sandbox=launch.sandbox,
        allow=launch.allow,
    )


def _visit(ask: Ask) -> Visit:
    agent = ask.request.headers.get("User-Agent", "")
    return Visit(
        ask.visitor.surface,
        "mobile" if "Mobi" in agent or "Android" in agent else "desktop",
        ask.services.whereabouts.ip(ask.request),
        ask.services.whereabouts.country(ask.request),
    )


@api.endpoint("POST", "/sessions/{session_id}/end", None)
async def end_session(ask: Ask) -> None:
    """Leave a game: no further stakes; what is under way still settles."""
    await ask.services.play.end_session(
        ask.visitor.player_id, ask.request.match_info["session_id"][:32]
    )
