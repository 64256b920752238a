"""What the WebSocket says."""

from __future__ import annotations

from typing import Literal

from webapp.api.schemas.account import AccountView
from webapp.api.schemas.base import Schema
from webapp.api.schemas.cashier import DepositView


class LiveReady(Schema):
    """The connection is signed in."""

    t: Literal["ready"] = "ready"


class LiveWallet(Schema):
    """A snapshot at first, then accounts that changed."""

    t: Literal["wallet"] = "wallet"
    accounts: list[AccountView]


class LiveDeposit(Schema):
    """A deposit was credited."""

    t: Literal["deposit"] = "deposit"
    deposit: DepositView


class LiveNotice(Schema):
    """Something happened to the player's account; ``code`` names the text."""

    t: Literal["notice"] = "notice"
    code: str


class LivePing(Schema):
    """Answer with ``{"t": "pong"}``."""

    t: Literal["ping"] = "ping"


LiveMessage = LiveReady | LiveWallet | LiveDeposit | LiveNotice | LivePing
