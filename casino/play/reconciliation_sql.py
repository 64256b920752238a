"""The statements of a comparison with a provider's report; ``reported`` is theirs."""

from __future__ import annotations

TABLE = """
SET statement_timeout = '10min';
CREATE TEMP TABLE reported (
    player_ref text NOT NULL, player_id bigint NOT NULL, key text NOT NULL,
    currency_id smallint NOT NULL, kind_id smallint NOT NULL, units bigint NOT NULL,
    round_ref text, at timestamptz NOT NULL,
    UNIQUE (player_ref, key, currency_id, kind_id, units)
);
CREATE INDEX ON reported (player_id, key);
"""
# A row that a report has twice, as pages that overlap do, counts once.
LOAD = """
INSERT INTO reported
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::smallint[], $5::smallint[],
    $6::bigint[], $7::text[], $8::timestamptz[])
ON CONFLICT DO NOTHING
"""
# What moved no money on both sides is no difference: the end of a round, a win of nothing, and a
# late original, whose reversal came first and found nothing (a tombstone).
THEIRS = """
SELECT r.player_ref, r.key, r.round_ref, r.at, r.currency_id, r.kind_id, r.units,
    t.currency_id AS our_currency, t.kind_id AS our_kind, t.amount AS our_units
FROM reported r
LEFT JOIN LATERAL (
    SELECT * FROM transfers t
    WHERE t.player_id = r.player_id AND t.source_id = $1 AND t.key = r.key
    OFFSET 0
) t ON true
WHERE r.at >= $2 AND r.at < $3 AND r.kind_id <> 41 AND CASE
    WHEN t.seq IS NULL THEN r.units <> 0 AND NOT EXISTS (
        SELECT FROM transfers x
        WHERE x.player_id = r.player_id AND x.source_id = $1 AND x.reference = r.key
            AND x.kind_id = 40 AND x.cash_delta = 0 AND x.bonus_delta = 0)
    WHEN t.kind_id = 40 AND r.kind_id = 40 AND t.cash_delta = 0 AND t.bonus_delta = 0 THEN
        r.units <> 0 AND EXISTS (
            SELECT FROM transfers o
            WHERE o.player_id = t.player_id AND o.source_id = $1 AND o.key = t.reference
                AND o.amount <> 0)
    ELSE t.currency_id <> r.currency_id OR t.amount <> r.units
        OR (t.kind_id <> r.kind_id AND r.units <> 0) END
"""
# Free spins that ended are paid under a key of ours, which no report has.
OURS = """
SELECT t.player_id::text AS player_ref, t.key, t.round_id AS round_ref, t.created_at AS at,
    t.currency_id, t.kind_id, t.amount AS our_units
FROM transfers t
WHERE t.source_id = $1 AND t.created_at >= $2 AND t.created_at < $3
    AND t.kind_id BETWEEN 1 AND 40 AND (t.cash_delta <> 0 OR t.bonus_delta <> 0)
    AND NOT (t.kind_id = 21 AND starts_with(t.key, 'freespins:'))
    AND NOT EXISTS (SELECT FROM reported r WHERE r.player_id = t.player_id AND r.key = t.key)
"""
OUR_SUMS = """
SELECT currency_id, count(*) AS rows,
    coalesce(-sum(cash_delta + bonus_delta) FILTER (WHERE kind_id < 20), 0) AS stakes,
    coalesce(sum(cash_delta + bonus_delta) FILTER (WHERE kind_id BETWEEN 20 AND 39), 0) AS wins,
    coalesce(sum(cash_delta + bonus_delta) FILTER (WHERE kind_id = 40), 0) AS reversals
FROM transfers
WHERE source_id = $1 AND created_at >= $2 AND created_at < $3 AND kind_id BETWEEN 1 AND 40
GROUP BY 1
"""
# A report does not say what a reversal reverses: ours does; one that we do not have gave a stake
# back.
THEIR_SUMS = """
SELECT r.currency_id, count(*) AS rows,
    coalesce(sum(r.units) FILTER (WHERE r.kind_id < 20), 0) AS stakes,
    coalesce(sum(CASE WHEN r.kind_id = 27 THEN -r.units ELSE r.units END)
        FILTER (WHERE r.kind_id BETWEEN 20 AND 39), 0) AS wins,
    coalesce(sum(CASE WHEN t.cash_delta + t.bonus_delta < 0 THEN -r.units ELSE r.units END)
        FILTER (WHERE r.kind_id = 40), 0) AS reversals
FROM reported r
LEFT JOIN LATERAL (
    SELECT * FROM transfers t WHERE r.kind_id = 40
        AND t.player_id = r.player_id AND t.source_id = $1 AND t.key = r.key
    OFFSET 0
) t ON true
WHERE r.at >= $2 AND r.at < $3 AND r.kind_id BETWEEN 1 AND 40
GROUP BY 1
"""
FILE = """
INSERT INTO reconciliation_findings (provider_id, run_id, first_seen_at, last_seen_at, what,
    player_ref, key, text, currency_id, ours_units, theirs_units, round_ref, at)
SELECT $1, $2, $3, $3, *
FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[], $9::bigint[],
    $10::bigint[], $11::text[], $12::timestamptz[])
ON CONFLICT (provider_id, what, player_ref, key) DO UPDATE
SET run_id = excluded.run_id, last_seen_at = excluded.last_seen_at, resolved_at = NULL,
    text = excluded.text, ours_units = excluded.ours_units, theirs_units = excluded.theirs_units
"""
RESOLVE = """
UPDATE reconciliation_findings SET resolved_at = $3
WHERE provider_id = $1 AND resolved_at IS NULL AND run_id <> $2 AND CASE what
    WHEN 'missing-there' THEN at >= $4 AND at < $5 ELSE at >= $6 AND at < $7 END
"""
