"""PostgreSQL and Redis: models, migrations, the ledger's SQL, and how to connect."""
