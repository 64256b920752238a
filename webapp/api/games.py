"""The lobby and launches."""

from __future__ import annotations

from casino.play import Category, Visit
from webapp.api import schemas
from webapp.api.account import currency_of, number_of
from webapp.api.registry import Api, Ask
from webapp.api.views import game_view

api = Api()


@api.endpoint("GET", "/games", schemas.LobbyView, query=schemas.GamesQuery, open_to_all=True)
async def get_games(ask: Ask, query: schemas.GamesQuery) -> schemas.LobbyView:
    """List the games that can be opened now."""
    catalogue = ask.services.catalogue
    games = await catalogue.games(category=query.category, query=query.q)
    every = games if query.category is None and not query.q else await catalogue.games()
    present = {g.category for g in every}
    return schemas.LobbyView(
        games=[game_view(g) for g in games],
        categories=[c.value for c in Category if c in present],
    )


@api.endpoint("GET", "/games/{game_id}", schemas.GameView, open_to_all=True)
async def get_game(ask: Ask) -> schemas.GameView:
    """Show one game."""
    game_id = number_of(ask.request.match_info["game_id"])
    return game_view(await ask.services.catalogue.game(game_id))


@api.endpoint(
    "POST", "/games/{game_id}/launch", schemas.LaunchView, body=schemas.LaunchRequestBody
)
async def launch_game(ask: Ask, body: schemas.LaunchRequestBody) -> schemas.LaunchView:
    """Open a game and return where it is; each launch works once."""
    agent = ask.request.headers.get("User-Agent", "")
    launch = await ask.services.play.launch(
        await ask.player(),
        number_of(ask.request.match_info["game_id"]),
        currency_of(body.currency),
        demo=body.mode == "demo",
        visit=Visit(
            ask.visitor.surface, "mobile" if "Mobi" in agent or "Android" in agent else "desktop"
        ),
    )
    return schemas.LaunchView(launch_url=launch.url, session_id=launch.session_ref)


@api.endpoint("POST", "/sessions/{session_id}/end", None)
async def end_session(ask: Ask) -> None:
    """Leave a game: no further stakes; what is under way still settles."""
    await ask.services.play.end_session(
        ask.visitor.player_id, ask.request.match_info["session_id"][:32]
    )
