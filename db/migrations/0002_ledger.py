from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops

# These two files belong to this migration and never change once it ran anywhere: when the ledger
# changes, a new file and a new migration say how.
SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("db", "0001_initial")]

    operations = [
        ops.RunSQL((SQL / "0002_ledger.sql").read_text()),
        ops.RunSQL((SQL / "0002_constraints.sql").read_text()),
    ]
