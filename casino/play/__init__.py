"""Games: the catalogue, launches, rounds, fairness, and the contract every provider implements."""

from casino.play.calls import EndedSpins, GameCall, PlayerSession, UnknownPlayer, Visit
from casino.play.catalogue import Catalogue, Game, ProviderState
from casino.play.house import HouseGame, HouseRounds, Limits, ProfitTooLarge, Result, Round
from casino.play.manifest import (
    AmountForm,
    Capability,
    Grade,
    LateOriginals,
    Manifest,
    WireCurrency,
)
from casino.play.provider import (
    Call,
    Category,
    GameEntry,
    LaunchRequest,
    Provider,
    ProviderUnavailable,
    Reply,
    Till,
    Volatility,
    Wiring,
)
from casino.play.service import Launch, Play

__all__ = [
    "AmountForm",
    "Call",
    "Capability",
    "Catalogue",
    "Category",
    "EndedSpins",
    "Game",
    "GameCall",
    "GameEntry",
    "Grade",
    "HouseGame",
    "HouseRounds",
    "LateOriginals",
    "Launch",
    "LaunchRequest",
    "Limits",
    "Manifest",
    "Play",
    "PlayerSession",
    "ProfitTooLarge",
    "Provider",
    "ProviderState",
    "ProviderUnavailable",
    "Reply",
    "Result",
    "Round",
    "Till",
    "UnknownPlayer",
    "Visit",
    "Volatility",
    "WireCurrency",
    "Wiring",
]
