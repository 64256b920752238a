"""House games and their fairness."""

from __future__ import annotations

from casino import errors
from casino.money import InvalidAmount, Money
from casino.play import HouseGame, Round, fairness
from casino.wallet import Balance
from webapp.api import schemas
from webapp.api.account import currency_of, number_of
from webapp.api.registry import Api, Ask
from webapp.api.views import dice_view, seeds_view

api = Api()
DICE = "dice"


@api.endpoint("GET", "/fairness", schemas.SeedsView)
async def get_seeds(ask: Ask) -> schemas.SeedsView:
    """Show the seed pair in play."""
    return seeds_view(await fairness.current(ask.visitor.player_id))


@api.endpoint("POST", "/fairness/rotate", schemas.RotateView, body=schemas.RotateRequest)
async def rotate_seeds(ask: Ask, body: schemas.RotateRequest) -> schemas.RotateView:
    """Reveal the pair in play and commit to a new one."""
    revealed, current = await fairness.rotate(
        ask.visitor.player_id, body.client_seed, ask.services.clock
    )
    return schemas.RotateView(
        revealed=schemas.RevealedView(
            server_seed=revealed.server_seed,
            server_seed_hash=revealed.server_seed_hash,
            client_seed=revealed.client_seed,
            nonce=revealed.nonce,
        ),
        current=seeds_view(current),
    )


@api.endpoint("GET", "/house/dice", schemas.DiceView)
async def get_dice(ask: Ask) -> schemas.DiceView:
    """Show the rules of dice and what may be staked here."""
    game = _game(ask, DICE)
    offered = ask.services.house.currencies(ask.visitor.surface)
    limits = [limits for c in game.currencies if c in offered and (limits := game.limits(c))]
    return schemas.DiceView(
        limits=[
            schemas.LimitsView(
                currency=each.minimum.currency.code,
                minimum=each.minimum.text(),
                maximum=each.maximum.text(),
            )
            for each in limits
        ],
        **game.rules,
    )


@api.endpoint("POST", "/house/dice/bets", schemas.RoundView, body=schemas.DiceBet, keyed=True)
async def play_dice(ask: Ask, body: schemas.DiceBet) -> schemas.RoundView:
    """Play one round of dice, once per key."""
    game = _game(ask, DICE)
    stake = amount_of(body.stake, body.currency)
    if stake.currency not in ask.services.house.currencies(ask.visitor.surface):
        raise errors.UnknownCurrency
    choices = {"direction": body.direction, "win_numbers": body.win_numbers}
    round_, balance = await ask.services.house_rounds.play(
        game, await ask.player(), stake, choices, ask.key
    )
    return _view(game, round_, balance)


@api.endpoint("GET", "/house/rounds", schemas.RoundsView, query=schemas.RoundsQuery)
async def get_rounds(ask: Ask, query: schemas.RoundsQuery) -> schemas.RoundsView:
    """Page through the player's house rounds, newest first."""
    rounds = await ask.services.house_rounds.rounds(
        ask.visitor.player_id,
        game=query.game or DICE,
        limit=query.limit,
        before=number_of(query.before) if query.before else None,
    )
    more = str(rounds[-1].id) if len(rounds) == query.limit else None
    return schemas.RoundsView(
        rounds=[_view(_game(ask, r.game), r, None) for r in rounds], next=more
    )


@api.endpoint("GET", "/house/rounds/{round_id}", schemas.RoundView)
async def get_round(ask: Ask) -> schemas.RoundView:
    """Show one round with everything needed to check it."""
    round_ = await ask.services.house_rounds.round(
        ask.visitor.player_id, number_of(ask.request.match_info["round_id"])
    )
    return _view(_game(ask, round_.game), round_, None)


def amount_of(text: str, currency_code: str) -> Money:
    """Read an amount. Raises UnknownCurrency, Malformed for what is finer than one unit."""
    try:
        return Money.parse(text, currency_of(currency_code))
    except InvalidAmount as error:
        raise errors.Malformed(fields="amount") from error


def _game(ask: Ask, slug: str) -> HouseGame:
    game = ask.services.house_games.get(slug)
    if game is None:
        raise errors.GameUnavailable
    return game


def _view(game: HouseGame, round_: Round, balance: Balance | None) -> schemas.RoundView:
    return dice_view(round_, game.multiplier(round_.choices), balance)
