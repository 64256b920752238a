from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

# Never changes once it ran anywhere: see 0002.
SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [('db', '0006_lobby')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReconciliationRun',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('provider_id', fields.CharField(max_length=32)),
                ('origin', fields.CharField(max_length=16)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('began_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ours', fields.BigIntField(null=True)),
                ('theirs', fields.BigIntField(null=True)),
                ('differences', fields.BigIntField(null=True)),
                ('totals', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('error', fields.CharField(null=True, max_length=500)),
            ],
            options={'table': 'reconciliation_runs', 'app': 'db', 'pk_attr': 'id', 'table_description': 'One comparison over a span of time. ``totals`` are of both sides, by currency.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReconciliationFinding',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('provider_id', fields.CharField(max_length=32)),
                ('what', fields.CharField(max_length=16)),
                ('player_ref', fields.CharField(max_length=64)),
                ('key', fields.CharField(max_length=190)),
                ('text', fields.CharField(max_length=500)),
                ('currency_id', fields.SmallIntField()),
                ('ours_units', fields.BigIntField(null=True)),
                ('theirs_units', fields.BigIntField(null=True)),
                ('round_ref', fields.CharField(null=True, max_length=190)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('first_seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('resolved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('run', fields.ForeignKeyField('db.ReconciliationRun', source_field='run_id', db_constraint=True, to_field='id', related_name='findings', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'reconciliation_findings', 'app': 'db', 'unique_together': (('provider_id', 'what', 'player_ref', 'key'),), 'pk_attr': 'id', 'table_description': 'A difference; open until a later comparison of its time no longer finds it.'},
            bases=['Model'],
        ),
        ops.RunSQL((SQL / "0007_reconciliation.sql").read_text()),
    ]
