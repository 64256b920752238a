from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops

# Never changes once it ran anywhere: see 0002.
SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("db", "0003_engine")]

    operations = [ops.RunSQL((SQL / "0004_collation.sql").read_text())]
