"""What the WebSocket says."""

from __future__ import annotations

from typing import Literal

from webapp.api.schemas.account import AccountView
from webapp.api.schemas.base import Schema
from webapp.api.schemas.cashier import DepositView


class LiveReady(Schema):
    """The connection is signed in; games of providers named here cannot be opened at present."""

    t: Literal["ready"] = "ready"
    unavailable: list[str]


class LiveProviders(Schema):
    """Other providers than before are unavailable: these, and no more."""

    t: Literal["providers"] = "providers"
    unavailable: list[str]


class LiveWallet(Schema):
    """A snapshot at first, then accounts that changed."""

    t: Literal["wallet"] = "wallet"
    accounts: list[AccountView]


class LiveDeposit(Schema):
    """A deposit was credited."""

    t: Literal["deposit"] = "deposit"
    deposit: DepositView


class LiveNotice(Schema):
    """Something happened to the player's account; ``code`` names the text.

    Of "sessions-cut", ``reason`` says why (a code) and ``sessions`` which opened games it ends.
    """

    t: Literal["notice"] = "notice"
    code: str
    reason: str | None = None
    sessions: tuple[str, ...] = ()


class LivePing(Schema):
    """Answer with ``{"t": "pong"}``."""

    t: Literal["ping"] = "ping"


LiveMessage = LiveReady | LiveProviders | LiveWallet | LiveDeposit | LiveNotice | LivePing
