"""Deposits."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from webapp.api.schemas.base import Amount, AmountGiven, Code, Schema


class DepositMethodView(Schema):
    """A way to deposit; ``trouble`` says in words why it is away."""

    rail: str
    title: str
    currency: str
    method: Literal["memo", "instant"]
    minimum: Amount
    play_money: bool
    trouble: str | None


class DepositMethodsView(Schema):
    """What this surface may offer."""

    methods: list[DepositMethodView]


class DepositTargetRequest(Schema):
    """Which method."""

    rail: Code
    currency: Code


class DepositTargetView(Schema):
    """Where to send, and the memo that must be with it."""

    rail: str
    currency: str
    address: str
    memo: str
    uri: str
    minimum: Amount


class InstantDepositRequest(Schema):
    """How much play money."""

    rail: Code
    currency: Code
    amount: AmountGiven


class DepositView(Schema):
    """A credited deposit."""

    id: str
    rail: str
    currency: str
    amount: Amount
    status: Literal["credited"]
    at: datetime
    external_id: str


class DepositsView(Schema):
    """The newest deposits."""

    deposits: list[DepositView]
