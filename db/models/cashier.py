"""Money from outside: memos, what was seen on chains, what was credited, what was filed."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from db.models.players import Player


class DepositMemo(Model):
    """The personal memo that tells whose deposit arrived."""

    memo = fields.CharField(max_length=32, primary_key=True)
    player: fields.OneToOneRelation[Player] = fields.OneToOneField(
        "db.Player", related_name="deposit_memo", on_delete=fields.OnDelete.RESTRICT
    )
    player_id: int

    class Meta:
        table = "deposit_memos"


class ChainCursor(Model):
    """The last settled transaction of a watched account."""

    id = fields.IntField(primary_key=True)
    rail = fields.CharField(max_length=32)
    account = fields.CharField(max_length=96)
    lt = fields.BigIntField()
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "chain_cursors"
        unique_together = (("rail", "account"),)


class ChainEntry(Model):
    """One settled transaction of a watched account, whatever it was."""

    id = fields.BigIntField(primary_key=True)
    rail = fields.CharField(max_length=32)
    account = fields.CharField(max_length=96)
    lt = fields.BigIntField()
    hash = fields.CharField(max_length=64)
    outcome = fields.CharField(max_length=16)
    note = fields.CharField(max_length=200)
    at = fields.DatetimeField()

    class Meta:
        table = "chain_entries"
        unique_together = (("rail", "account", "lt"),)


class Deposit(Model):
    """Money credited to a player. ``external_id`` is the rail's own name for it."""

    id = fields.BigIntField(primary_key=True)
    player: fields.ForeignKeyRelation[Player] = fields.ForeignKeyField(
        "db.Player", related_name="deposits", on_delete=fields.OnDelete.RESTRICT
    )
    player_id: int
    rail = fields.CharField(max_length=32)
    external_id = fields.CharField(max_length=190)
    currency_id = fields.SmallIntField()
    units = fields.BigIntField()
    sender = fields.CharField(max_length=96, null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "deposits"
        unique_together = (("rail", "external_id"),)


class FiledDeposit(Model):
    """Money that arrived and belongs to nobody yet, with the reason."""

    id = fields.BigIntField(primary_key=True)
    rail = fields.CharField(max_length=32)
    external_id = fields.CharField(max_length=190)
    reason = fields.CharField(max_length=24)
    currency_id = fields.SmallIntField(null=True)
    units = fields.BigIntField(null=True)
    memo = fields.CharField(max_length=128, null=True)
    sender = fields.CharField(max_length=96, null=True)
    note = fields.CharField(max_length=200, default="")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "filed_deposits"
        unique_together = (("rail", "external_id"),)
