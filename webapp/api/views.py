"""From the house's own objects to what the API shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

from casino.cashier import Deposit
from casino.money import Money
from casino.play import Category, Game, Round
from casino.play.fairness import Seeds
from casino.play.lobby_games import Facets, Page
from casino.play.tables import OfferedTable
from casino.players import Player
from casino.surfaces import Surface
from casino.wallet import Balance, Entry
from webapp.api import schemas
from webapp.images import picture_path

ROLL_SCALE = 100  # a roll of 0 to 9,999 is shown with two decimals
MULTIPLIER_PLACES = 4
PPM_PER_PERCENT = 10_000


def player_view(player: Player, surface: Surface) -> schemas.PlayerView:
    """Show a player."""
    return schemas.PlayerView(
        id=str(player.id),
        name=player.name,
        language=player.language,
        surface=surface,
        terms_accepted=player.terms_accepted,
        frozen=player.frozen,
    )


def account_view(balance: Balance) -> schemas.AccountView:
    """Show one currency of a wallet."""
    return schemas.AccountView(
        currency=balance.currency.code,
        available=balance.available.text(),
        held=Money(balance.held, balance.currency).text(),
        bonus=Money(balance.bonus, balance.currency).text(),
        version=balance.version,
    )


def entry_view(entry: Entry) -> schemas.EntryView:
    """Show one line of a statement."""
    game = None
    if entry.game_id is not None and entry.game_title is not None:
        game = schemas.GameRef(id=str(entry.game_id), title=entry.game_title)
    return schemas.EntryView(
        id=entry.id,
        at=entry.at,
        kind=entry.kind.name.lower(),
        currency=entry.currency.code,
        amount=entry.delta.text(),
        balance_after=entry.balance_after.text(),
        game=game,
        round_id=entry.round_id,
    )


def game_view(game: Game, offered: Sequence[str]) -> schemas.GameView:
    """Show a game where these currencies are offered."""
    return schemas.GameView(
        id=str(game.id),
        title=game.title,
        studio=game.studio,
        provider=game.provider_id,
        category=game.category.value,
        image=picture_path(game.id, game.image_url) if game.image_url else None,
        own=game.external_id if game.own else None,
        has_demo=game.has_demo,
        rtp=None if game.rtp_ppm is None else _percent(game.rtp_ppm),
        has_free_spins=game.has_free_spins,
        has_tables=game.has_tables,
        volatility=game.volatility,
        features=list(game.features),
        new_on=game.new_on,
        currencies=[code for code in offered if game.takes(code)],
    )


@cache
def lobby_view(
    offered: tuple[str, ...],
) -> Callable[[Page, Sequence[Category]], schemas.LobbyView]:
    """Show a page of games, and the categories of all, where these currencies are offered.

    The same function for the same currencies: what it made is remembered for it.
    """

    def show(page: Page, categories: Sequence[Category]) -> schemas.LobbyView:
        return schemas.LobbyView(
            games=[game_view(game, offered) for game in page.games],
            categories=[category.value for category in categories],
            next=page.next,
        )

    return show


def table_view(table: OfferedTable) -> schemas.TableView:
    """Show a table."""
    return schemas.TableView(
        ref=table.ref,
        title=table.title,
        dealer=table.dealer,
        open=table.open,
        least=None if table.least is None else table.least.text(),
        most=None if table.most is None else table.most.text(),
    )


def facets_view(facets: Facets) -> schemas.FacetsView:
    """Show what further filters would leave."""

    def counted(values: tuple[tuple[str, int], ...]) -> list[schemas.FacetView]:
        return [schemas.FacetView(value=value, games=games) for value, games in values]

    return schemas.FacetsView(
        games=facets.games,
        categories=counted(facets.categories),
        studios=counted(facets.studios),
        providers=counted(facets.providers),
        volatilities=counted(facets.volatilities),
        features=counted(facets.features),
        tags=counted(facets.tags),
    )


def seeds_view(seeds: Seeds) -> schemas.SeedsView:
    """Show the seed pair in play."""
    return schemas.SeedsView(
        server_seed_hash=seeds.server_seed_hash, client_seed=seeds.client_seed, nonce=seeds.nonce
    )


def deposit_view(deposit: Deposit) -> schemas.DepositView:
    """Show a credited deposit."""
    return schemas.DepositView(
        id=str(deposit.id),
        rail=deposit.rail,
        currency=deposit.amount.currency.code,
        amount=deposit.amount.text(),
        status="credited",
        at=deposit.at,
        external_id=deposit.external_id,
    )


def dice_view(round_: Round, multiplier: Fraction, balance: Balance | None) -> schemas.RoundView:
    """Show a dice round; ``multiplier`` is that of its bet, cut to four places."""
    return schemas.RoundView(
        id=str(round_.id),
        at=round_.at,
        game=round_.game,
        currency=round_.stake.currency.code,
        stake=round_.stake.text(),
        payout=round_.payout.text(),
        won=round_.outcome["won"],
        roll=_decimal(Fraction(round_.outcome["roll"], ROLL_SCALE), 2),
        multiplier=_decimal(multiplier, MULTIPLIER_PLACES),
        direction=round_.choices["direction"],
        win_numbers=round_.choices["win_numbers"],
        verification=schemas.VerificationView(
            algorithm=round_.algorithm,
            server_seed_hash=round_.server_seed_hash,
            server_seed=round_.server_seed,
            client_seed=round_.client_seed,
            nonce=round_.nonce,
        ),
        account=account_view(balance) if balance is not None else None,
    )


def _percent(ppm: int) -> str:
    """Write millionths as percent with two places, cut towards zero."""
    whole, rest = divmod(ppm, PPM_PER_PERCENT)
    return f"{whole}.{rest * 100 // PPM_PER_PERCENT:02}"


def _decimal(exact: Fraction, places: int) -> str:
    """Write with a fixed number of places, cut towards zero."""
    units = exact * 10**places
    digits = str(units.numerator // units.denominator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"
