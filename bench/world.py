"""The world that every stretch begins in: one database to copy, with players, a game and money."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.workload import OPENING_UNITS, PLAYERS
from casino.wallet.audit import audit
from db.database import Database

TEMPLATE = "bench_template"
SOURCE = "softswiss"  # the provider whose callbacks are sent end to end
GAME_ID, GAME_REF = 1, "bench:game"
OPENED = PLAYERS  # transfers that are there before a stretch: each player's opening grant

_WORLD = f"""
INSERT INTO providers (id, title, enabled) VALUES ('{SOURCE}', 'Bench', true);
INSERT INTO sources (name) VALUES ('{SOURCE}');
INSERT INTO games (provider_id, external_id, title, studio, category, has_demo, listed, enabled,
    created_at)
VALUES ('{SOURCE}', '{GAME_REF}', 'Bench', 'Bench', 'slots', false, true, true, now());
INSERT INTO players (name, language, frozen, created_at)
SELECT 'Bench ' || n, 'en', false, now() FROM generate_series(1, {PLAYERS}) n;
INSERT INTO game_sessions (ref, player_id, game_id, currency_id, surface, created_at, expires_at)
SELECT 'bench-session-' || lpad((row_number() OVER (ORDER BY players.id) - 1)::text, 12, '0'),
    players.id, (SELECT g.id FROM games g), 3, 'web', now(), now() + interval '1 day'
FROM players ORDER BY players.id;
INSERT INTO accounts (player_id, currency_id, cash, seq)
SELECT id, 3, {OPENING_UNITS}, 1 FROM players ORDER BY id;
INSERT INTO transfers (player_id, currency_id, seq, kind_id, source_id, key, amount, cash_delta,
    bonus_delta, held_delta, cash_after, bonus_after, held_after, ends_round)
SELECT id, 3, 1, 61, (SELECT s.id FROM sources s), 'opening', {OPENING_UNITS}, {OPENING_UNITS},
    0, 0, {OPENING_UNITS}, 0, 0, false
FROM players ORDER BY players.id;
"""  # noqa: S608 - constants
_PEERS = f"""
CREATE TABLE bench_players (id bigint PRIMARY KEY, frozen boolean NOT NULL DEFAULT false);
CREATE TABLE bench_games (id integer PRIMARY KEY, enabled boolean NOT NULL DEFAULT true);
CREATE TABLE bench_sessions (
    id bigint PRIMARY KEY, player_id bigint NOT NULL REFERENCES bench_players,
    game_id integer NOT NULL REFERENCES bench_games, ended_at timestamptz
);
CREATE TABLE bench_accounts (
    id bigint PRIMARY KEY, player_id bigint NOT NULL UNIQUE REFERENCES bench_players,
    balance bigint NOT NULL CHECK (balance >= 0)
) WITH (fillfactor = 90);
CREATE TABLE bench_rounds (
    id bigserial PRIMARY KEY, player_id bigint NOT NULL REFERENCES bench_players,
    external_id varchar(190) NOT NULL, game_id integer NOT NULL,
    ended boolean NOT NULL DEFAULT false, created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (player_id, external_id)
);
CREATE TABLE bench_transfers (
    id bigserial PRIMARY KEY, player_id bigint NOT NULL REFERENCES bench_players,
    round_id bigint NOT NULL REFERENCES bench_rounds, kind smallint NOT NULL,
    key varchar(190) NOT NULL, reference varchar(190), amount bigint NOT NULL CHECK (amount >= 0),
    balance_after bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (player_id, key)
);
CREATE UNIQUE INDEX bench_transfers_reference ON bench_transfers (player_id, reference)
    WHERE reference IS NOT NULL;
CREATE TABLE bench_postings (
    id bigserial PRIMARY KEY, transfer_id bigint NOT NULL REFERENCES bench_transfers,
    account varchar(32) NOT NULL, units bigint NOT NULL
);
INSERT INTO bench_players SELECT n FROM generate_series(1, {PLAYERS}) n;
INSERT INTO bench_games VALUES ({GAME_ID});
INSERT INTO bench_sessions SELECT n, n, {GAME_ID} FROM generate_series(1, {PLAYERS}) n;
INSERT INTO bench_accounts SELECT n, n, {OPENING_UNITS} FROM generate_series(1, {PLAYERS}) n;
"""  # noqa: S608 - constants


class BookWrong(RuntimeError):
    """A stretch left a book that does not balance, or lost or invented an operation."""


def named(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


async def execute(url: str, *statements: str) -> None:
    """Run statements, each by itself."""
    connection = await asyncpg.connect(url, command_timeout=1_800)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def make_template(url: str) -> None:
    """Create the database that stretches copy."""
    await execute(url, f"CREATE DATABASE {TEMPLATE}")
    template = named(url, TEMPLATE)
    await Database(template).migrate()
    await execute(template, _WORLD, _PEERS, "VACUUM (FREEZE, ANALYZE)")


async def copy_template(url: str, name: str) -> str:
    """Create a database in the state of the template; return its address."""
    await execute(
        url,
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}",
    )
    return named(url, name)


async def first_player_id(url: str) -> int:
    """Return the first player's number; the others' follow without a gap."""
    return await _number(url, "SELECT min(id) FROM players")


async def first_session_id(url: str) -> int:
    """Return the first player's session; the others' follow in their order."""
    return await _number(url, "SELECT min(id) FROM game_sessions")


async def _number(url: str, query: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(query, timeout=600))
    finally:
        await connection.close()


async def count_transfers(url: str) -> int:
    """Count what the ledger holds."""
    return await _number(url, "SELECT count(*) FROM transfers")


async def prove(url: str, stored: int) -> None:
    """Audit the wallet's book. Raises BookWrong unless it holds exactly ``stored`` transfers."""
    connection = await asyncpg.connect(url)
    try:
        report = await audit(connection)
    finally:
        await connection.close()
    if report.findings:
        raise BookWrong("; ".join(report.findings[:5]))
    if report.transfers != stored:
        raise BookWrong(f"{report.transfers} transfers stored, {stored} acknowledged")


_PEER_WRONG = f"""
SELECT count(*) FROM bench_accounts a LEFT JOIN (
    SELECT player_id, sum(CASE WHEN kind = 1 THEN -amount ELSE amount END) AS units
    FROM bench_transfers GROUP BY 1
) t USING (player_id) WHERE a.balance <> {OPENING_UNITS} + coalesce(t.units, 0)
"""  # noqa: S608 - constants


async def prove_peer(url: str, stored: int) -> None:
    """Do the same for a peer's tables: balances follow from what is stored, and all of it is."""
    wrong = await _number(url, _PEER_WRONG)
    found = await _number(url, "SELECT count(*) FROM bench_transfers")
    if wrong or found != stored:
        raise BookWrong(f"peer: {wrong} balances wrong, {found} stored, {stored} acknowledged")


async def require_durable(url: str) -> dict[str, str]:
    """Return the settings that matter, and the version. Raises BookWrong if not durable."""
    connection = await asyncpg.connect(url)
    try:
        names = (
            "server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers",
            "max_wal_size", "checkpoint_timeout", "wal_buffers", "wal_compression", "autovacuum",
        )  # fmt: skip
        found = {name: str(await connection.fetchval(f"SHOW {name}")) for name in names}
    finally:
        await connection.close()
    if (found["fsync"], found["synchronous_commit"]) != ("on", "on"):
        raise BookWrong("fsync and synchronous_commit must be on")
    return found
