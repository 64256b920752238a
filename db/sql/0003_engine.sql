-- What the wallet's engine needs: writes that verify what they were decided by, and a position in the log.

-- Bumped by whatever changes what a stake may do without moving money: a decision made before that is
-- not written. Everything a stake is asked for is on the account, or bumps its guard, or the switches.
ALTER TABLE accounts
    ADD COLUMN guard bigint NOT NULL DEFAULT 0,
    ADD COLUMN excluded_until timestamptz,
    ADD COLUMN blocked boolean NOT NULL DEFAULT false,
    ADD COLUMN limited boolean NOT NULL DEFAULT false;

ALTER TABLE players
    ADD COLUMN excluded_until timestamptz,
    ADD COLUMN blocked boolean NOT NULL DEFAULT false,
    ADD COLUMN limited boolean NOT NULL DEFAULT false; -- in some currency

CREATE FUNCTION bump_own_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.guard := OLD.guard + 1;
    RETURN NEW;
END $$;

-- Only where these columns are written: the path of a stake never does.
CREATE TRIGGER accounts_guard BEFORE UPDATE OF frozen, excluded_until, blocked, limited ON accounts
    FOR EACH ROW EXECUTE FUNCTION bump_own_guard();

CREATE FUNCTION bump_guard_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts SET guard = guard + 1
    WHERE player_id = NEW.player_id AND currency_id = NEW.currency_id;
    RETURN NULL;
END $$;

CREATE TRIGGER game_sessions_guard AFTER UPDATE OF ended_at, expires_at ON game_sessions
    FOR EACH ROW EXECUTE FUNCTION bump_guard_of_session();

-- What players may stake or lose in a span of days; cash only. Few have one: accounts.limited says who.
CREATE TABLE limits (
    player_id bigint NOT NULL,
    currency_id smallint NOT NULL,
    of_losses boolean NOT NULL,
    days smallint NOT NULL CHECK (days IN (1, 7, 30)),
    units bigint NOT NULL CHECK (units >= 0),
    used bigint NOT NULL DEFAULT 0,
    used_since date NOT NULL DEFAULT current_date,
    PRIMARY KEY (player_id, currency_id, of_losses, days)
);

-- The day on which a span of days began, at this moment: today, Monday, or the first (UTC).
CREATE FUNCTION span_began(days smallint) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT date_trunc(CASE days WHEN 1 THEN 'day' WHEN 7 THEN 'week' ELSE 'month' END,
                      now() AT TIME ZONE 'UTC')::date
$$;

-- The player's row first: an account being opened at this moment shares it, and either is seen here or
-- sees the player limited.
CREATE FUNCTION bump_guard_of_limit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed limits := coalesce(NEW, OLD);
BEGIN
    UPDATE players SET limited = EXISTS (SELECT FROM limits l WHERE l.player_id = changed.player_id)
    WHERE id = changed.player_id;
    UPDATE accounts SET limited = EXISTS (
        SELECT FROM limits l
        WHERE l.player_id = changed.player_id AND l.currency_id = changed.currency_id)
    WHERE player_id = changed.player_id AND currency_id = changed.currency_id;
    RETURN NULL;
END $$;

CREATE TRIGGER limits_guard AFTER INSERT OR DELETE OR UPDATE OF units ON limits
    FOR EACH ROW EXECUTE FUNCTION bump_guard_of_limit();

-- Which games are on, as a version: whoever remembers which are compares it.
CREATE TABLE switches (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), -- there is one row
    version bigint NOT NULL DEFAULT 0
);
INSERT INTO switches DEFAULT VALUES;

-- Writers of stakes share this lock, whoever flips a switch has it alone: no stake that was decided
-- before the flip is written after it.
CREATE FUNCTION bump_switches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('switches', 0));
    UPDATE switches SET version = version + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER games_switched AFTER UPDATE OF enabled ON games
    FOR EACH ROW WHEN (OLD.enabled <> NEW.enabled) EXECUTE FUNCTION bump_switches();
CREATE TRIGGER providers_switched AFTER UPDATE OF enabled ON providers
    FOR EACH ROW WHEN (OLD.enabled <> NEW.enabled) EXECUTE FUNCTION bump_switches();

-- The ledger as a log: a position is drawn while the account is locked, so it grows with seq.
CREATE SEQUENCE ledger_positions;
ALTER TABLE transfers ADD COLUMN position bigint NOT NULL DEFAULT nextval('ledger_positions');
CREATE INDEX transfers_by_position ON transfers (position);

-- Store a decision: the accounts that are still as they were read, and their transfers. Returns the
-- players for whom something had moved on; nothing of theirs is stored. Never waits for a row: one that
-- somebody has locked has moved on. A statement of its own is one transaction.
CREATE FUNCTION ledger_write(
    switches_read bigint, -- NULL where no stake asked for a game
    a_player bigint[], a_currency smallint[], a_seq_read bigint[], a_guard bigint[],
    a_cash bigint[], a_bonus bigint[], a_held bigint[], a_seq bigint[],
    limits_used json, -- NULL, or rows of limits
    t_player bigint[], t_currency smallint[], t_seq bigint[], t_kind smallint[], t_source smallint[],
    t_key text[], t_amount bigint[], t_cash bigint[], t_bonus bigint[], t_held bigint[],
    t_cash_after bigint[], t_bonus_after bigint[], t_held_after bigint[],
    t_round text[], t_game integer[], t_reference text[], t_ends boolean[]
) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
BEGIN
    IF switches_read IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('switches', 0));
        IF (SELECT version FROM switches) <> switches_read THEN
            RETURN QUERY SELECT DISTINCT unnest(a_player);
            RETURN;
        END IF;
    END IF;
    RETURN QUERY
    WITH locked AS MATERIALIZED (
        SELECT k.player_id, k.currency_id
        FROM unnest(a_player, a_currency, a_seq_read, a_guard) AS k (player_id, currency_id, seq, guard)
        CROSS JOIN LATERAL (
            SELECT FROM accounts a
            WHERE a.player_id = k.player_id AND a.currency_id = k.currency_id
                AND a.seq = k.seq AND a.guard = k.guard
            FOR NO KEY UPDATE SKIP LOCKED
        ) a
    ), stale AS MATERIALIZED (
        SELECT DISTINCT k.player_id
        FROM unnest(a_player, a_currency) AS k (player_id, currency_id)
        WHERE (k.player_id, k.currency_id) NOT IN (SELECT l.player_id, l.currency_id FROM locked l)
    ), moved AS (
        UPDATE accounts a SET cash = k.cash, bonus = k.bonus, held = k.held, seq = k.seq
        FROM unnest(a_player, a_currency, a_cash, a_bonus, a_held, a_seq)
            AS k (player_id, currency_id, cash, bonus, held, seq)
        WHERE a.player_id = k.player_id AND a.currency_id = k.currency_id
            AND k.player_id NOT IN (SELECT s.player_id FROM stale s)
    ), counted AS (
        UPDATE limits l SET used = k.used, used_since = span_began(l.days)
        FROM json_to_recordset(limits_used)
            AS k (player_id bigint, currency_id smallint, of_losses boolean, days smallint, used bigint)
        WHERE l.player_id = k.player_id AND l.currency_id = k.currency_id
            AND l.of_losses = k.of_losses AND l.days = k.days
            AND k.player_id NOT IN (SELECT s.player_id FROM stale s)
    ), stored AS (
        INSERT INTO transfers (player_id, currency_id, seq, kind_id, source_id, key, amount,
            cash_delta, bonus_delta, held_delta, cash_after, bonus_after, held_after,
            round_id, game_id, reference, ends_round)
        SELECT * FROM unnest(t_player, t_currency, t_seq, t_kind, t_source, t_key, t_amount,
            t_cash, t_bonus, t_held, t_cash_after, t_bonus_after, t_held_after,
            t_round, t_game, t_reference, t_ends) AS t (player_id)
        WHERE t.player_id NOT IN (SELECT s.player_id FROM stale s)
    )
    SELECT s.player_id FROM stale s;
END $$;

-- The name of the account on the other side of a transfer.
CREATE FUNCTION house_account(counter_account text, source text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE counter_account
        WHEN 'house' THEN 'house:' || source
        WHEN 'rail' THEN 'rail:' || regexp_replace(source, '^rail:', '')
        ELSE counter_account END
$$;

-- How far each follower of the log has come.
CREATE TABLE feed_cursors (
    name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    position bigint NOT NULL
);

-- What each account of the house has taken (+) or given (-), by day; kept by following the log, so
-- that no stake ever waits for a row of the house.
CREATE TABLE house_totals (
    day date NOT NULL,
    currency_id smallint NOT NULL,
    source_id smallint NOT NULL,
    kind_id smallint NOT NULL,
    transfers bigint NOT NULL,
    units numeric NOT NULL,
    PRIMARY KEY (day, currency_id, source_id, kind_id)
);

-- Rows of transfers never change: each page is frozen once, soon after it is full. Those of accounts change
-- all the time, in place: what is dead is cleared away often and in small portions.
ALTER TABLE transfers SET (
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000,
    autovacuum_analyze_scale_factor = 0.02, autovacuum_freeze_min_age = 0
);
ALTER TABLE accounts SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
