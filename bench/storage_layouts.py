"""Candidates for the layout of ``transfers`` (tables, indexes, statements) and for the server."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from db.embedded import POSTGRES_SETTINGS

PLAYERS = 10_000
BATCH = 64
STRIDE = 7_919  # no divisor of PLAYERS: a walk that meets everybody before anybody twice

# The checkpoints of the server's defaults, with buffers enough for a small house.
LAYOUT_SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "1GB", "wal_buffers": "16MB"}
LOADING = {**LAYOUT_SETTINGS, "max_wal_size": "16GB"}

DEFAULTS = {"max_wal_size": "1GB", "checkpoint_timeout": "5min", "shared_buffers": "128MB"}
RARE = {"max_wal_size": "8GB", "checkpoint_timeout": "30min", "shared_buffers": "1GB"}
SETTINGS: dict[str, dict[str, str]] = {
    "defaults": DEFAULTS,
    "embedded": POSTGRES_SETTINGS,
    "rare_checkpoints": RARE,
    "rare_and_compressed": {**RARE, "wal_compression": "pglz"},
}

ACCOUNTS = """
CREATE TABLE accounts (
    player_id bigint NOT NULL, currency_id smallint NOT NULL, cash bigint NOT NULL,
    bonus bigint NOT NULL DEFAULT 0 CHECK (bonus >= 0),
    held bigint NOT NULL DEFAULT 0 CHECK (held >= 0), seq bigint NOT NULL CHECK (seq >= 0),
    frozen boolean NOT NULL DEFAULT false, guard bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (player_id, currency_id)
) WITH (fillfactor = 90)
"""
_COLUMNS = """
    player_id bigint NOT NULL, currency_id smallint NOT NULL, seq bigint NOT NULL CHECK (seq > 0),
    kind_id smallint NOT NULL, source_id smallint NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 190),
    amount bigint NOT NULL CHECK (amount >= 0), cash_delta bigint NOT NULL,
    bonus_delta bigint NOT NULL, held_delta bigint NOT NULL, cash_after bigint NOT NULL,
    bonus_after bigint NOT NULL CHECK (bonus_after >= 0),
    held_after bigint NOT NULL CHECK (held_after >= 0),
    round_id text CHECK (length(round_id) BETWEEN 1 AND 190), game_id integer,
    reference text CHECK (length(reference) BETWEEN 1 AND 190), ends_round boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    position bigint NOT NULL DEFAULT nextval('ledger_positions'),
    CHECK (cash_after >= 0 OR cash_delta >= 0 OR kind_id IN (40, 63)),
    CHECK (CASE
        WHEN kind_id < 20 THEN
            cash_delta <= 0 AND bonus_delta <= 0 AND held_delta = 0
            AND cash_delta + bonus_delta = -amount
        WHEN kind_id < 40 THEN
            cash_delta >= 0 AND bonus_delta >= 0 AND held_delta = 0
            AND cash_delta + bonus_delta = amount
        ELSE held_delta = 0 AND abs(cash_delta + bonus_delta) <= amount END),
    CHECK ((reference IS NOT NULL) = (kind_id IN (40, 81, 82)))
"""
NAMES = (
    "player_id, currency_id, seq, kind_id, source_id, key, amount, cash_delta, bonus_delta,"
    " held_delta, cash_after, bonus_after, held_after, round_id, game_id, reference, ends_round"
)
# Row n of the past. Players come in another order in every block; 1 in 64 reverses something.
_PAST = f"""
SELECT 1 + ((n % {PLAYERS}) * {STRIDE} + n / {PLAYERS} * 104729) % {PLAYERS} AS player_id,
    3::smallint AS currency_id, n / {PLAYERS} + 1 AS seq,
    (CASE WHEN n % 64 = 0 THEN 40 WHEN n % 2 = 0 THEN 1 ELSE 20 END)::smallint AS kind_id,
    1::smallint AS source_id, gen_random_uuid()::text AS key, 100 AS amount,
    CASE WHEN n % 64 > 0 AND n % 2 = 0 THEN -100 ELSE 100 END AS cash_delta,
    0 AS bonus_delta, 0 AS held_delta, 1000000000000 AS cash_after, 0 AS bonus_after,
    0 AS held_after, 'round-' || lpad(n::text, 14, '0') AS round_id, 17 AS game_id,
    CASE WHEN n % 64 = 0 THEN gen_random_uuid()::text END AS reference, n % 2 = 1 AS ends_round,
    now() - ($3::bigint - n) / $3::bigint::float8 * interval '182 days' AS created_at,
    n AS position
FROM generate_series($1::bigint, $2::bigint - 1) AS n
"""  # noqa: S608 - constants
_MOVE = """
    UPDATE accounts a SET cash = k.cash, seq = k.seq
    FROM unnest($1::text::bigint[], $9::text::bigint[], $2::text::bigint[])
        AS k (player_id, cash, seq)
    WHERE a.player_id = k.player_id AND a.currency_id = 3 AND a.seq = k.seq - 1
"""
_NEW = """
    SELECT k.player_id, 3, k.seq, k.kind, 1, k.key, k.amount, k.delta, 0, 0, k.cash, 0, 0,
        k.round, 17, k.reference, k.kind = 20
    FROM unnest($1::text::bigint[], $2::text::bigint[], $3::text::smallint[], $4::text[],
        $5::text::bigint[], $6::text::bigint[], $7::text[], $8::text[], $9::text::bigint[])
        AS k (player_id, seq, kind, key, amount, delta, round, reference, cash)
"""


def _found(table: str, column: str, keys: str) -> str:
    """Look keys up, one index descent each."""
    return f"""
    SELECT t.player_id, t.seq FROM unnest($1::text::bigint[], {keys}) AS k (player_id, key)
    CROSS JOIN LATERAL (
        SELECT * FROM {table} t WHERE t.player_id = k.player_id AND {column} = k.key OFFSET 0
    ) t"""  # noqa: S608 - constants


def _read(by_key: str, table: str = "transfers") -> str:
    by_reference = _found(table, "t.source_id = 1 AND t.reference", "$2::text[]")
    return f"""
    SELECT a.player_id, a.seq FROM unnest($1::text::bigint[]) AS k (player_id)
    CROSS JOIN LATERAL (
        SELECT * FROM accounts a WHERE a.player_id = k.player_id AND a.currency_id = 3 OFFSET 0
    ) a UNION ALL {by_key} UNION ALL {by_reference}"""  # noqa: S608 - constants


_BY_TEXT = _found("transfers", "t.source_id = 1 AND t.key", "$2::text[]")
_BY_DIGEST = _found("transfers", "t.digest", "$3::text::uuid[]")
_PKEY = "UNIQUE INDEX transfers_pkey ON transfers (player_id, currency_id, seq)"
_KEY = "UNIQUE INDEX transfers_key ON transfers (player_id, source_id, key)"
_REFERENCE = (
    "UNIQUE INDEX transfers_reference ON transfers (player_id, source_id, reference)"
    " WHERE reference IS NOT NULL"
)
_BONUS = (
    "INDEX transfers_bonus ON transfers (player_id, source_id, round_id) WHERE bonus_delta < 0"
)
FEED = "INDEX transfers_position ON transfers (position)"
_INSERT = f"INSERT INTO transfers ({NAMES}) {_NEW}"
# Bulk loads must not set it going in a measured stretch.
_NO_VACUUM = "autovacuum_enabled = false"


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to store transfers."""

    name: str
    tables: tuple[str, ...]
    indexes: tuple[str, ...]
    write: str = f"WITH moved AS ({_MOVE}) {_INSERT}"
    read: str = field(default_factory=lambda: _read(_BY_TEXT))
    past: tuple[str, ...] = (f"INSERT INTO transfers ({NAMES}, created_at, position) {_PAST}",)
    has_digest: bool = False


def layouts() -> list[Layout]:
    """Return them all."""
    table = f"CREATE TABLE transfers ({_COLUMNS})"
    common = (_PKEY, _KEY, _REFERENCE, _BONUS, FEED)
    digested = f"INSERT INTO transfers ({NAMES}, digest) " + _NEW.replace(
        "k.kind = 20", "k.kind = 20, k.digest"
    ).replace("$9::text::bigint[])", "$9::text::bigint[], $10::text::uuid[])").replace(
        "reference, cash)", "reference, cash, digest)"
    )
    past_digest = (
        f"INSERT INTO transfers ({NAMES}, created_at, position, digest)"  # noqa: S608 - constants
        " SELECT p.*, encode(substr(sha256(('1:' || p.key)::bytea), 1, 16), 'hex')::uuid"
        f" FROM ({_PAST}) p"
    )
    digest_key = "UNIQUE INDEX transfers_key ON transfers (player_id, digest)"
    keys = (
        "CREATE TABLE transfer_keys (player_id bigint NOT NULL, source_id smallint NOT NULL,"
        " key text NOT NULL, reference text, currency_id smallint NOT NULL, seq bigint NOT NULL)"
        f" WITH ({_NO_VACUUM})"
    )
    months = """DO $$ BEGIN FOR m IN 0..7 LOOP EXECUTE format(
        'CREATE TABLE transfers_%s PARTITION OF transfers FOR VALUES FROM (%L) TO (%L)', m,
        date_trunc('month', now()) + (m - 6) * interval '1 month',
        date_trunc('month', now()) + (m - 5) * interval '1 month')
        || ' WITH (autovacuum_enabled = false)'; END LOOP; END $$"""
    hashes = """DO $$ BEGIN FOR m IN 0..15 LOOP EXECUTE format('CREATE TABLE transfers_%s
        PARTITION OF transfers FOR VALUES WITH (MODULUS 16, REMAINDER %s)
        WITH (autovacuum_enabled = false)', m, m);
        END LOOP; END $$"""
    on_keys = [i.replace("ON transfers ", "ON transfer_keys ") for i in (_KEY, _REFERENCE)]
    by_key = _found("transfer_keys", "t.source_id = 1 AND t.key", "$2::text[]")
    keyed = (
        "INSERT INTO transfer_keys (player_id, source_id, key, reference, currency_id, seq)"
        " SELECT player_id, source_id, key, reference, currency_id, seq FROM"
    )
    named = f"({_NEW}) AS t ({NAMES})"
    past_keys = f"WITH t AS MATERIALIZED ({_PAST}), keyed AS ({keyed} t)"
    return [
        Layout("plain", (f"{table} WITH ({_NO_VACUUM})",), common),
        Layout(
            "digest",
            (f"CREATE TABLE transfers ({_COLUMNS}, digest uuid NOT NULL) WITH ({_NO_VACUUM})",),
            (_PKEY, digest_key, _REFERENCE, _BONUS, FEED),
            f"WITH moved AS ({_MOVE}) {digested}",
            _read(_BY_DIGEST),
            (past_digest,),
            has_digest=True,
        ),
        Layout("hash", (f"{table} PARTITION BY HASH (player_id)", hashes), common),
        Layout(
            "month",
            (f"{table} PARTITION BY RANGE (created_at)", months, keys),
            (_PKEY.replace("seq)", "seq, created_at)"), *on_keys, _BONUS, FEED),
            f"WITH moved AS ({_MOVE}), keyed AS ({keyed} {named}) {_INSERT}",
            _read(by_key, "transfer_keys"),
            (f"{past_keys} INSERT INTO transfers ({NAMES}, created_at, position) TABLE t",),
        ),
    ]


class Driver:
    """One connection that reads and writes batches as the engine does."""

    def __init__(self, connection: asyncpg.Connection, layout: Layout, write: str) -> None:
        """Say nothing to the server yet."""
        self._connection, self._layout, self._write = connection, layout, write
        self._turn = uuid.uuid4().int % PLAYERS

    async def batch(self) -> None:
        """Read and write one batch."""
        first = self._turn
        self._turn += BATCH
        players = [1 + n * STRIDE % PLAYERS for n in range(first, first + BATCH)]
        keys = [str(uuid.uuid4()) for _ in players]
        digests = [_array([_digest(k) for k in keys])] if self._layout.has_digest else []
        rows = await self._connection.fetch(self._layout.read, _array(players), keys, *digests)
        if len(rows) != BATCH:
            raise RuntimeError(f"{len(rows)} rows instead of the accounts")
        seqs = {row[0]: row[1] + 1 for row in rows}
        kinds = [40] + [1, 20] * (BATCH // 2 - 1) + [1]
        written = await self._connection.execute(
            self._write,
            _array(players),
            _array([seqs[p] for p in players]),
            _array(kinds),
            keys,
            _array([100] * BATCH),
            _array([-100 if kind == 1 else 100 for kind in kinds]),
            [f"round-{n:014}" for n in range(first, first + BATCH)],
            [str(uuid.uuid4()), *[None] * (BATCH - 1)],
            _array([10**12] * BATCH),
            *digests,
        )
        if written != f"INSERT 0 {BATCH}":
            raise RuntimeError(written)


def _array(values: Sequence[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _digest(key: str) -> str:
    return hashlib.sha256(b"1:" + key.encode()).digest()[:16].hex()
