from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import SqlDefault
from tortoise import fields

# Never changes once it ran anywhere: see 0002.
SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [('db', '0005_free_spins')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Game',
            name='currencies',
            field=ArrayField(db_default=SqlDefault("'{}'"), element_type='TEXT'),
        ),
        ops.AddField(
            model_name='Game',
            name='devices',
            field=ArrayField(db_default=SqlDefault("'{}'"), element_type='TEXT'),
        ),
        ops.AddField(
            model_name='Game',
            name='features',
            field=ArrayField(db_default=SqlDefault("'{}'"), element_type='TEXT'),
        ),
        ops.AddField(
            model_name='Game',
            name='has_free_spins',
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name='Game',
            name='has_tables',
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name='Game',
            name='popularity',
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name='Game',
            name='released_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Game',
            name='restricted_countries',
            field=ArrayField(db_default=SqlDefault("'{}'"), element_type='TEXT'),
        ),
        ops.AddField(
            model_name='Game',
            name='search',
            field=fields.TextField(db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Game',
            name='tags',
            field=ArrayField(db_default=SqlDefault("'{}'"), element_type='TEXT'),
        ),
        ops.AddField(
            model_name='Game',
            name='volatility',
            field=fields.CharField(null=True, max_length=8),
        ),
        ops.RunSQL((SQL / "0006_lobby.sql").read_text()),
    ]
