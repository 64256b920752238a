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
    dependencies = [('db', '0004_collation')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FreeSpins',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('ref', fields.CharField(unique=True, max_length=32)),
                ('provider', fields.ForeignKeyField('db.Provider', source_field='provider_id', db_constraint=True, to_field='id', related_name='free_spins', on_delete=OnDelete.RESTRICT)),
                ('player', fields.ForeignKeyField('db.Player', source_field='player_id', db_constraint=True, to_field='id', related_name='free_spins', on_delete=OnDelete.RESTRICT)),
                ('currency_id', fields.SmallIntField()),
                ('games', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('studio', fields.CharField(max_length=64)),
                ('quantity', fields.IntField()),
                ('stake_units', fields.BigIntField()),
                ('option', fields.CharField(null=True, max_length=64)),
                ('valid_from', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('valid_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('status', fields.CharField(max_length=16)),
                ('won_units', fields.BigIntField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'free_spins', 'app': 'db', 'pk_attr': 'id', 'table_description': 'Free spins asked of a provider for one player; what they win is a transfer.'},
            bases=['Model'],
        ),
        ops.RunSQL((SQL / "0005_free_spins.sql").read_text()),
    ]
