"""Comparisons of our book with what a provider reports, and the differences they found."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model


class ReconciliationRun(Model):
    """One comparison over a span of time. ``totals`` are of both sides, by currency."""

    id = fields.BigIntField(primary_key=True)
    provider_id = fields.CharField(max_length=32)
    origin = fields.CharField(max_length=16)
    since = fields.DatetimeField()
    until = fields.DatetimeField()
    began_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    ours = fields.BigIntField(null=True)
    theirs = fields.BigIntField(null=True)
    differences = fields.BigIntField(null=True)
    totals: Any = fields.JSONField(null=True)
    error = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "reconciliation_runs"


class ReconciliationFinding(Model):
    """A difference; open until a later comparison of its time no longer finds it.

    A table of its own: the audit resolves whatever findings it does not see itself.
    """

    id = fields.BigIntField(primary_key=True)
    provider_id = fields.CharField(max_length=32)
    what = fields.CharField(max_length=16)
    player_ref = fields.CharField(max_length=64)
    key = fields.CharField(max_length=190)
    text = fields.CharField(max_length=500)
    currency_id = fields.SmallIntField()
    ours_units = fields.BigIntField(null=True)
    theirs_units = fields.BigIntField(null=True)
    round_ref = fields.CharField(max_length=190, null=True)
    at = fields.DatetimeField()
    first_seen_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    resolved_at = fields.DatetimeField(null=True)
    run: fields.ForeignKeyRelation[ReconciliationRun] = fields.ForeignKeyField(
        "db.ReconciliationRun", related_name="findings", on_delete=fields.OnDelete.RESTRICT
    )
    run_id: int

    class Meta:
        table = "reconciliation_findings"
        unique_together = (("provider_id", "what", "player_ref", "key"),)
