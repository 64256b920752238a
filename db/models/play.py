"""Providers, games, sessions, and the house's own rounds."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields import SqlDefault
from tortoise.models import Model

from db.models.players import Player

_NOTHING = SqlDefault("'{}'")


class Provider(Model):
    """A source of games, and whether staff have it switched on."""

    id = fields.CharField(max_length=32, primary_key=True)
    title = fields.CharField(max_length=64)
    enabled = fields.BooleanField(default=True)

    class Meta:
        table = "providers"


class Game(Model):
    """A game in the catalogue. ``listed`` follows the provider, ``enabled`` our staff."""

    id = fields.IntField(primary_key=True)
    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "db.Provider", related_name="games", on_delete=fields.OnDelete.RESTRICT
    )
    provider_id: str
    external_id = fields.CharField(max_length=128)
    title = fields.CharField(max_length=128)
    studio = fields.CharField(max_length=64)
    category = fields.CharField(max_length=16)
    image_url = fields.CharField(max_length=512, null=True)
    rtp_ppm = fields.IntField(null=True)
    has_demo = fields.BooleanField(default=False)
    listed = fields.BooleanField(default=True)
    enabled = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    volatility = fields.CharField(max_length=8, null=True)
    tags = ArrayField(element_type="text", db_default=_NOTHING)
    features = ArrayField(element_type="text", db_default=_NOTHING)
    devices = ArrayField(element_type="text", db_default=_NOTHING)
    currencies = ArrayField(element_type="text", db_default=_NOTHING)
    restricted_countries = ArrayField(element_type="text", db_default=_NOTHING)
    has_free_spins = fields.BooleanField(db_default=False)
    has_tables = fields.BooleanField(db_default=False)
    released_on = fields.DateField(null=True)
    search = fields.TextField(db_default="")  # what a search looks through, folded
    popularity = fields.IntField(db_default=0)  # a measure of rounds of late; see casino.play

    class Meta:
        table = "games"
        unique_together = (("provider", "external_id"),)


class GameSession(Model):
    """One launch of a game by a player; stakes need it alive, credits never do."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=32, unique=True)
    player: fields.ForeignKeyRelation[Player] = fields.ForeignKeyField(
        "db.Player", related_name="game_sessions", on_delete=fields.OnDelete.RESTRICT
    )
    player_id: int
    game: fields.ForeignKeyRelation[Game] = fields.ForeignKeyField(
        "db.Game", related_name="sessions", on_delete=fields.OnDelete.RESTRICT
    )
    game_id: int
    currency_id = fields.SmallIntField()
    surface = fields.CharField(max_length=16)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "game_sessions"


class FreeSpins(Model):
    """Free spins asked of a provider for one player; what they win is a transfer."""

    id = fields.BigIntField(primary_key=True)
    ref = fields.CharField(max_length=32, unique=True)
    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "db.Provider", related_name="free_spins", on_delete=fields.OnDelete.RESTRICT
    )
    provider_id: str
    player: fields.ForeignKeyRelation[Player] = fields.ForeignKeyField(
        "db.Player", related_name="free_spins", on_delete=fields.OnDelete.RESTRICT
    )
    player_id: int
    currency_id = fields.SmallIntField()
    games: Any = fields.JSONField()
    studio = fields.CharField(max_length=64)
    quantity = fields.IntField()
    stake_units = fields.BigIntField()
    option = fields.CharField(max_length=64, null=True)
    valid_from = fields.DatetimeField()
    valid_until = fields.DatetimeField()
    status = fields.CharField(max_length=16)
    won_units = fields.BigIntField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "free_spins"


class SeedPair(Model):
    """A committed server seed, the player's client seed, and the nonce of the next bet."""

    id = fields.BigIntField(primary_key=True)
    player: fields.ForeignKeyRelation[Player] = fields.ForeignKeyField(
        "db.Player", related_name="seed_pairs", on_delete=fields.OnDelete.RESTRICT
    )
    player_id: int
    server_seed = fields.CharField(max_length=64)
    server_seed_hash = fields.CharField(max_length=64)
    client_seed = fields.CharField(max_length=64)
    nonce = fields.BigIntField(default=0)
    created_at = fields.DatetimeField(auto_now_add=True)
    revealed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "seed_pairs"


class HouseRound(Model):
    """A round of a house game: everything its outcome is a pure function of, and the outcome."""

    id = fields.BigIntField(primary_key=True)
    player: fields.ForeignKeyRelation[Player] = fields.ForeignKeyField(
        "db.Player", related_name="house_rounds", on_delete=fields.OnDelete.RESTRICT
    )
    player_id: int
    game: fields.ForeignKeyRelation[Game] = fields.ForeignKeyField(
        "db.Game", related_name="rounds", on_delete=fields.OnDelete.RESTRICT
    )
    game_id: int
    key = fields.CharField(max_length=64)
    currency_id = fields.SmallIntField()
    stake_units = fields.BigIntField()
    payout_units = fields.BigIntField()
    algorithm = fields.CharField(max_length=16)
    seed_pair: fields.ForeignKeyRelation[SeedPair] = fields.ForeignKeyField(
        "db.SeedPair", related_name="rounds", on_delete=fields.OnDelete.RESTRICT
    )
    seed_pair_id: int
    nonce = fields.BigIntField()
    choices: Any = fields.JSONField()
    outcome: Any = fields.JSONField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "house_rounds"
        unique_together = (("player", "key"), ("seed_pair", "nonce"))
