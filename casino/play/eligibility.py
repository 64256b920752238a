"""Whether a visitor may open a game: with this money, on this device, from this country."""

from __future__ import annotations

from casino.errors import PlayerError
from casino.money import Currency
from casino.play.calls import Visit
from casino.play.lobby_games import Game


class GameNotHere(PlayerError):
    """The game is not offered in the visitor's country."""

    code = "game-not-here"
    status = 403


class GameNotOnDevice(PlayerError):
    """The game does not run on this kind of device."""

    code = "game-not-on-device"


class GameNotInCurrency(PlayerError):
    """The game does not take this currency; another one may do."""

    code = "game-not-in-currency"


class TableNotChosen(PlayerError):
    """The game is played at tables, and none was named."""

    code = "table-not-chosen"


class TableUnavailable(PlayerError):
    """The table is closed, or its game has no such table."""

    code = "table-unavailable"


def require(game: Game, currency: Currency, visit: Visit) -> None:
    """Refuse what could not be played. Raises GameNotHere, GameNotOnDevice, GameNotInCurrency."""
    if visit.country is not None and visit.country in game.restricted_countries:
        raise GameNotHere
    if game.devices and visit.device not in game.devices:
        raise GameNotOnDevice(device=visit.device)
    if not game.takes(currency.code):
        raise GameNotInCurrency(currency=currency.code)
