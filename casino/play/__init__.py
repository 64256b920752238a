"""Games: the catalogue, launches, rounds, fairness, and the contract every provider implements."""

from casino.play.catalogue import Catalogue, Game, ProviderState
from casino.play.house import HouseGame, HouseRounds, Limits, ProfitTooLarge, Result, Round
from casino.play.provider import (
    Call,
    Category,
    GameEntry,
    LateOriginals,
    LaunchRequest,
    Manifest,
    Provider,
    ProviderUnavailable,
    Reply,
)
from casino.play.service import GameCall, Launch, Play, UnknownPlayer

__all__ = [
    "Call",
    "Catalogue",
    "Category",
    "Game",
    "GameCall",
    "GameEntry",
    "HouseGame",
    "HouseRounds",
    "LateOriginals",
    "Launch",
    "LaunchRequest",
    "Limits",
    "Manifest",
    "Play",
    "ProfitTooLarge",
    "Provider",
    "ProviderState",
    "ProviderUnavailable",
    "Reply",
    "Result",
    "Round",
    "UnknownPlayer",
]
