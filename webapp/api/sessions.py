"""What a player sees of sessions, of rounds under way and of providers that do not answer."""

from __future__ import annotations

from datetime import timedelta

from casino.play import Game, reality
from casino.text import is_storable
from webapp.api import schemas
from webapp.api.account import codes_at
from webapp.api.registry import Api, Ask
from webapp.api.views import game_view

api = Api()
REF_LENGTH_MAX = 32


@api.endpoint("GET", "/providers", schemas.ProvidersView, open_to_all=True)
async def get_providers(ask: Ask) -> schemas.ProvidersView:
    """Name the providers whose games cannot be opened at present, and say nothing else of them."""
    return schemas.ProvidersView(unavailable=list(ask.services.play.health.unavailable()))


@api.endpoint("GET", "/rounds/unfinished", schemas.UnfinishedView)
async def get_unfinished(ask: Ask) -> schemas.UnfinishedView:
    """List rounds that the player began and that have not ended, newest first."""
    offered = codes_at(ask, ask.visitor.surface)
    games: dict[int, Game] = {}
    rounds = []
    for each in await ask.services.play.unfinished(ask.visitor.player_id):
        if each.game_id is None or each.game_title is None:
            continue  # nothing to open
        if each.game_id not in games:
            games[each.game_id] = await ask.services.catalogue.game(each.game_id)
        rounds.append(
            schemas.UnfinishedRoundView(
                round_id=each.round_id,
                game=game_view(games[each.game_id], offered),
                currency=each.staked.currency.code,
                staked=each.staked.text(),
                won=each.won.text(),
                began_at=each.began_at,
            )
        )
    return schemas.UnfinishedView(rounds=rounds)


@api.endpoint("GET", "/sessions/summary", schemas.SummaryView, query=schemas.SummaryQuery)
async def get_summary(ask: Ask, query: schemas.SummaryQuery) -> schemas.SummaryView:
    """Sum up what the player staked and won of late, in every game."""
    since = ask.services.clock.now() - timedelta(seconds=query.seconds)
    return schemas.SummaryView(
        since=since,
        currencies=[
            schemas.PlayedView(
                currency=each.net.currency.code,
                staked=each.staked.text(),
                won=each.won.text(),
                returned=each.returned.text(),
                net=each.net.text(),
            )
            for each in await reality.played(ask.visitor.player_id, since)
        ],
    )


@api.endpoint("GET", "/sessions/{session_id}", schemas.SessionView)
async def get_session(ask: Ask) -> schemas.SessionView:
    """Say whether an opened game may still take stakes; one of somebody else may not."""
    ref = ask.request.match_info["session_id"]
    known = len(ref) <= REF_LENGTH_MAX and is_storable(ref)
    return schemas.SessionView(
        open=known
        and await reality.session_is_open(ask.visitor.player_id, ref, ask.services.clock.now())
    )
