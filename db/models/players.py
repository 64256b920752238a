"""Players, how we know them, and how they are signed in."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Player(Model):
    """A person who plays. The ledger's shard key."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=128)
    language = fields.CharField(max_length=8)
    frozen = fields.BooleanField(default=False)
    terms_version = fields.CharField(max_length=16, null=True)
    terms_accepted_at = fields.DatetimeField(null=True)
    start_payload = fields.CharField(max_length=64, null=True)
    chat_id = fields.BigIntField(null=True)
    chat_blocked_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "players"


class Identity(Model):
    """One way of proving to be a player: a Telegram account, a demo browser."""

    id = fields.BigIntField(primary_key=True)
    player: fields.ForeignKeyRelation[Player] = fields.ForeignKeyField(
        "db.Player", related_name="identities", on_delete=fields.OnDelete.RESTRICT
    )
    player_id: int
    kind = fields.CharField(max_length=16)
    external_id = fields.CharField(max_length=64)
    username = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "identities"
        unique_together = (("kind", "external_id"),)


class SignIn(Model):
    """A signed-in client: the hash of its refresh token, which changes with each use."""

    id = fields.BigIntField(primary_key=True)
    player: fields.ForeignKeyRelation[Player] = fields.ForeignKeyField(
        "db.Player", related_name="sign_ins", on_delete=fields.OnDelete.CASCADE
    )
    player_id: int
    token_hash = fields.CharField(max_length=64, unique=True)
    surface = fields.CharField(max_length=16)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "sign_ins"


class SeenInitData(Model):
    """Telegram init data that signed somebody in, by digest: a copy is worthless later."""

    digest = fields.CharField(max_length=64, primary_key=True)
    first_seen_at = fields.DatetimeField()

    class Meta:
        table = "seen_init_data"
