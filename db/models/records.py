"""Messages in and out, and what staff did and the audits found."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model


class InboxMessage(Model):
    """A foreign message, stored before it was acknowledged."""

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(max_length=64)
    external_id = fields.CharField(max_length=128)
    body = fields.BinaryField()
    received_at = fields.DatetimeField(auto_now_add=True)
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField(auto_now_add=True)
    handled_at = fields.DatetimeField(null=True)
    parked_at = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "inbox"
        unique_together = (("source", "external_id"),)


class OutboxEvent(Model):
    """Something that happened and that somebody must be told, written with the change itself."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=48)
    player_id = fields.BigIntField(null=True)
    body: Any = fields.JSONField()
    created_at = fields.DatetimeField(auto_now_add=True)
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField(auto_now_add=True)
    told_at = fields.DatetimeField(null=True)
    parked_at = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "outbox"


class AuditEntry(Model):
    """Who of the staff did what to whom, when and why. Append-only (a trigger refuses edits)."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField(auto_now_add=True)
    staff_id = fields.BigIntField()
    staff_name = fields.CharField(max_length=128)
    action = fields.CharField(max_length=32)
    target = fields.CharField(max_length=96)
    reason = fields.CharField(max_length=500)
    detail: Any = fields.JSONField()

    class Meta:
        table = "audit_trail"


class Finding(Model):
    """Something an audit found wrong; open until a later audit no longer finds it."""

    id = fields.BigIntField(primary_key=True)
    text = fields.CharField(max_length=500, unique=True)
    first_seen_at = fields.DatetimeField(auto_now_add=True)
    last_seen_at = fields.DatetimeField(auto_now_add=True)
    resolved_at = fields.DatetimeField(null=True)

    class Meta:
        table = "findings"
