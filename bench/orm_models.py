"""The tables of the plain ORM design."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Player(Model):
    """A player."""

    id = fields.BigIntField(primary_key=True)
    frozen = fields.BooleanField(default=False)

    class Meta:
        """Where it is."""

        table = "bench_players"


class Game(Model):
    """A game."""

    id = fields.IntField(primary_key=True)
    enabled = fields.BooleanField(default=True)

    class Meta:
        """Where it is."""

        table = "bench_games"


class Session(Model):
    """One launch of a game."""

    id = fields.BigIntField(primary_key=True)
    player_id = fields.BigIntField()
    game_id = fields.IntField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        """Where it is."""

        table = "bench_sessions"


class Account(Model):
    """A player's money."""

    id = fields.BigIntField(primary_key=True)
    player_id = fields.BigIntField(unique=True)
    balance = fields.BigIntField()

    class Meta:
        """Where it is."""

        table = "bench_accounts"


class Round(Model):
    """A round of a game."""

    id = fields.BigIntField(primary_key=True)
    player_id = fields.BigIntField()
    external_id = fields.CharField(max_length=190)
    game_id = fields.IntField()
    ended = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        """Where it is."""

        table = "bench_rounds"


class Transfer(Model):
    """One operation."""

    id = fields.BigIntField(primary_key=True)
    player_id = fields.BigIntField()
    round_id = fields.BigIntField()
    kind = fields.SmallIntField()
    key = fields.CharField(max_length=190)
    reference = fields.CharField(max_length=190, null=True)
    amount = fields.BigIntField()
    balance_after = fields.BigIntField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        """Where it is."""

        table = "bench_transfers"


class Posting(Model):
    """One leg of a transfer."""

    id = fields.BigIntField(primary_key=True)
    transfer_id = fields.BigIntField()
    account = fields.CharField(max_length=32)
    units = fields.BigIntField()

    class Meta:
        """Where it is."""

        table = "bench_postings"
