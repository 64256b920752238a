-- The shared ledger. Append-only transfers, one row an operation; accounts are derived state kept
-- beside them. No foreign keys and no surrogate keys on the hot path (docs/adr/0002): player_id leads
-- every key, so that the tables shard by player, and the audit proves what a foreign key would say.

CREATE TABLE currencies (
    id smallint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    decimals smallint NOT NULL CHECK (decimals BETWEEN 0 AND 18)
);

-- Where the other leg of a transfer goes: 'house:<source>', 'rail:<rail>', or the account named.
CREATE TABLE transfer_kinds (
    id smallint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    counter_account text NOT NULL CHECK (counter_account IN ('house', 'rail', 'promo', 'adjustments', 'held')),
    may_overdraw boolean NOT NULL
);

CREATE TABLE sources (
    id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64)
);

CREATE TABLE accounts (
    player_id bigint NOT NULL REFERENCES players (id),
    currency_id smallint NOT NULL REFERENCES currencies (id),
    cash bigint NOT NULL DEFAULT 0,
    bonus bigint NOT NULL DEFAULT 0 CHECK (bonus >= 0),
    held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
    seq bigint NOT NULL DEFAULT 0 CHECK (seq >= 0),
    frozen boolean NOT NULL DEFAULT false,
    PRIMARY KEY (player_id, currency_id)
) WITH (fillfactor = 90);

CREATE TABLE transfers (
    player_id bigint NOT NULL,
    currency_id smallint NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    kind_id smallint NOT NULL,
    source_id smallint NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 190),
    amount bigint NOT NULL CHECK (amount >= 0),
    cash_delta bigint NOT NULL,
    bonus_delta bigint NOT NULL,
    held_delta bigint NOT NULL,
    cash_after bigint NOT NULL,
    bonus_after bigint NOT NULL CHECK (bonus_after >= 0),
    held_after bigint NOT NULL CHECK (held_after >= 0),
    round_id text CHECK (length(round_id) BETWEEN 1 AND 190),
    game_id integer,
    reference text CHECK (length(reference) BETWEEN 1 AND 190),
    ends_round boolean NOT NULL,
    -- The moment of writing, under the account's lock: it grows with seq.
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT transfers_pkey PRIMARY KEY (player_id, currency_id, seq),
    -- A key is taken once, for ever.
    CONSTRAINT transfers_key_once UNIQUE (player_id, source_id, key),
    -- Nothing but a reversal (40) or a staff correction (63) takes cash below zero.
    CONSTRAINT transfers_never_overdrawn CHECK (
        cash_after >= 0 OR cash_delta >= 0 OR kind_id IN (40, 63)
    ),
    -- Stakes take, credits give, a hold moves within the player's own money.
    CONSTRAINT transfers_signs CHECK (
        CASE
            WHEN kind_id BETWEEN 1 AND 19 OR kind_id = 63 THEN
                cash_delta <= 0 AND bonus_delta <= 0 AND held_delta = 0
                AND cash_delta + bonus_delta = -amount
            WHEN kind_id BETWEEN 20 AND 39 OR kind_id BETWEEN 60 AND 62 THEN
                cash_delta >= 0 AND bonus_delta >= 0 AND held_delta = 0
                AND cash_delta + bonus_delta = amount
            WHEN kind_id = 40 THEN held_delta = 0 AND abs(cash_delta + bonus_delta) <= amount
            WHEN kind_id = 41 THEN cash_delta = 0 AND bonus_delta = 0 AND held_delta = 0
            WHEN kind_id = 80 THEN cash_delta = -amount AND bonus_delta = 0 AND held_delta = amount
            WHEN kind_id = 81 THEN
                held_delta < 0 AND bonus_delta = 0 AND cash_delta >= 0
                AND cash_delta + held_delta = -amount
            WHEN kind_id = 82 THEN held_delta = -amount AND bonus_delta = 0 AND cash_delta = amount
            ELSE false
        END
    ),
    CONSTRAINT transfers_reference_kinds CHECK (
        (reference IS NOT NULL) = (kind_id IN (40, 81, 82))
    )
);

-- A transfer is reversed, captured or released once. It also finds the tombstone of a late original.
CREATE UNIQUE INDEX transfers_reference_once
    ON transfers (player_id, source_id, reference) WHERE reference IS NOT NULL;

-- Rounds that took bonus money: a win returns in the same proportion.
CREATE INDEX transfers_bonus_rounds
    ON transfers (player_id, source_id, round_id) WHERE bonus_delta < 0;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO currencies (id, code, decimals) VALUES
    (1, 'TON', 9), (2, 'USDT', 6), (3, 'FUN', 6), (4, 'BTC', 8), (5, 'EUR', 2), (6, 'USD', 2), (7, 'XTR', 0);

INSERT INTO transfer_kinds (id, code, counter_account, may_overdraw) VALUES
    (1, 'bet', 'house', false),
    (2, 'tip', 'house', false),
    (3, 'buy_in', 'house', false),
    (4, 'promo_bet', 'house', false),
    (5, 'bonus_buy', 'house', false),
    (20, 'win', 'house', false),
    (21, 'free_spin_win', 'house', false),
    (22, 'jackpot', 'house', false),
    (23, 'promo_win', 'house', false),
    (24, 'tournament_win', 'house', false),
    (25, 'payout', 'house', false),
    (40, 'reversal', 'house', true),
    (41, 'finish', 'house', false),
    (60, 'deposit', 'rail', false),
    (61, 'grant', 'promo', false),
    (62, 'correction_up', 'adjustments', false),
    (63, 'correction_down', 'adjustments', true),
    (80, 'hold', 'held', false),
    (81, 'capture', 'rail', false),
    (82, 'release', 'held', false);

-- Both legs of every transfer: the player's pockets, and the account on the other side.
CREATE VIEW postings AS
SELECT t.player_id, t.currency_id, t.seq, t.created_at, leg.account, leg.units
FROM transfers t
JOIN transfer_kinds k ON k.id = t.kind_id
JOIN sources s ON s.id = t.source_id
CROSS JOIN LATERAL (VALUES
    ('player:cash', t.cash_delta),
    ('player:bonus', t.bonus_delta),
    ('player:held', t.held_delta),
    (CASE k.counter_account WHEN 'house' THEN 'house:' || s.name
          WHEN 'rail' THEN 'rail:' || regexp_replace(s.name, '^rail:', '')
          ELSE k.counter_account END,
     -(t.cash_delta + t.bonus_delta + t.held_delta))
) AS leg (account, units)
WHERE leg.units <> 0;
