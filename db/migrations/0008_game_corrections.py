from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops

# Never changes once it ran anywhere: see 0002.
SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("db", "0007_reconciliation")]

    operations = [ops.RunSQL((SQL / "0008_game_corrections.sql").read_text())]
