"""House games: provably fair, outcomes as pure functions of committed seeds."""

from providers.house.provider import HouseProvider

__all__ = ["HouseProvider"]
