"""The JSON API of the Mini App."""

from webapp.api import account, cashier, games, house, sessions
from webapp.api.registry import Api

__all__ = ["whole_api"]


def whole_api() -> Api:
    """Return every endpoint there is."""
    api = Api()
    for room in (account, games, sessions, house, cashier):
        api.endpoints += room.api.endpoints
    return api
