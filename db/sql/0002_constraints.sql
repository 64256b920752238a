-- What the ORM cannot say about its own tables.

ALTER SEQUENCE players_id_seq RESTART WITH 1001;

ALTER TABLE players ADD CONSTRAINT players_language CHECK (language ~ '^[a-z]{2}$');
ALTER TABLE deposits ADD CONSTRAINT deposits_positive CHECK (units > 0);
ALTER TABLE deposits ADD CONSTRAINT deposits_currency FOREIGN KEY (currency_id) REFERENCES currencies (id);
ALTER TABLE house_rounds ADD CONSTRAINT house_rounds_amounts CHECK (stake_units > 0 AND payout_units >= 0);
ALTER TABLE seed_pairs ADD CONSTRAINT seed_pairs_nonce CHECK (nonce >= 0);

-- A player has one seed pair in play.
CREATE UNIQUE INDEX seed_pairs_active ON seed_pairs (player_id) WHERE revealed_at IS NULL;

CREATE INDEX house_rounds_of_player ON house_rounds (player_id, id DESC);
CREATE INDEX deposits_of_player ON deposits (player_id, id DESC);
CREATE INDEX identities_of_player ON identities (player_id);
CREATE INDEX identities_username ON identities (lower(username)) WHERE username IS NOT NULL;
CREATE INDEX sign_ins_of_player ON sign_ins (player_id);
CREATE INDEX inbox_due ON inbox (source, id) WHERE handled_at IS NULL AND parked_at IS NULL;
CREATE INDEX outbox_due ON outbox (id) WHERE told_at IS NULL AND parked_at IS NULL;
CREATE INDEX transfers_by_day ON transfers USING brin (created_at);

CREATE TRIGGER audit_trail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
