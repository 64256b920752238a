-- The lobby: search that forgives typing errors, orders that an index gives, and what follows the players.

-- Whoever owns the database may create this extension; on some servers only an administrator may.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN
    RAISE EXCEPTION 'the extension pg_trgm is missing and cannot be created here (%)', SQLERRM
        USING ERRCODE = 'insufficient_privilege',
        HINT = 'Have an administrator of the server run CREATE EXTENSION pg_trgm in this database '
            '(on some systems after installing the package postgresql-contrib), then migrate again.';
END $$;

-- Games of before are found by their plain words until the next sync.
UPDATE games SET search = lower(regexp_replace(title || ' ' || studio, '[^[:alnum:]]+', ' ', 'g'));

ALTER TABLE games
    ADD COLUMN title_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (left(search, 48)) STORED,
    ADD COLUMN new_on date NOT NULL
        GENERATED ALWAYS AS (coalesce(released_on, (created_at AT TIME ZONE 'UTC')::date)) STORED;

CREATE INDEX games_popular ON games (popularity DESC, id DESC) WHERE listed AND enabled;
CREATE INDEX games_of_category ON games (category, popularity DESC, id DESC) WHERE listed AND enabled;
CREATE INDEX games_of_studio ON games (studio, popularity DESC, id DESC) WHERE listed AND enabled;
CREATE INDEX games_new ON games (new_on DESC, id DESC) WHERE listed AND enabled;
CREATE INDEX games_by_title ON games (title_key, id) WHERE listed AND enabled;
CREATE INDEX games_by_rtp ON games (coalesce(rtp_ppm, 0) DESC, id DESC) WHERE listed AND enabled;

-- What a search looks through, beside the games: their popularity changes all the time, and every change
-- of a row is one of all of its indexes.
CREATE TABLE game_words (
    game_id integer PRIMARY KEY REFERENCES games (id) ON DELETE CASCADE,
    search text NOT NULL,
    -- "search" is words between single blanks: no parser decides again what a word is.
    words tsvector NOT NULL
        GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(search, ' '), ''))) STORED,
    tags text[] NOT NULL,
    features text[] NOT NULL
);

INSERT INTO game_words (game_id, search, tags, features) SELECT id, search, tags, features FROM games;

-- Read all the time and written by a sync: no list of pending entries for searches to go through.
CREATE INDEX game_words_words ON game_words USING gin (words) WITH (fastupdate = off);
CREATE INDEX game_words_labels ON game_words USING gin (tags, features) WITH (fastupdate = off);

-- Every word of every game, for guessing which one was meant: some thousand, whatever the number of games.
CREATE TABLE lobby_words (word text COLLATE "C" PRIMARY KEY);
INSERT INTO lobby_words
SELECT DISTINCT w FROM game_words, unnest(string_to_array(search, ' ')) w WHERE length(w) BETWEEN 3 AND 64;
CREATE INDEX lobby_words_like ON lobby_words USING gin (word gin_trgm_ops) WITH (fastupdate = off);

CREATE FUNCTION keep_game_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO game_words (game_id, search, tags, features)
    VALUES (NEW.id, NEW.search, NEW.tags, NEW.features)
    ON CONFLICT (game_id) DO UPDATE
    SET search = excluded.search, tags = excluded.tags, features = excluded.features
    WHERE (game_words.search, game_words.tags, game_words.features)
        IS DISTINCT FROM (excluded.search, excluded.tags, excluded.features);
    INSERT INTO lobby_words
    -- In one order: syncs of two providers never wait for each other in a circle.
    SELECT DISTINCT w FROM unnest(string_to_array(NEW.search, ' ')) w
    WHERE length(w) BETWEEN 3 AND 64 AND NOT EXISTS (SELECT FROM lobby_words l WHERE l.word = w)
    ORDER BY w
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER games_words AFTER INSERT OR UPDATE OF search, tags, features ON games
    FOR EACH ROW EXECUTE FUNCTION keep_game_words();

-- Words like this one, or begun like it, the likest first. "spellings" are one slip away and count for much
-- where they are words: in a short word one slip leaves few trigrams.
CREATE FUNCTION words_like(wanted text, spellings text[]) RETURNS TABLE (word text, likeness real)
LANGUAGE sql STABLE ROWS 8
SET pg_trgm.word_similarity_threshold = 0.4 AS $$
    SELECT l.word, max(l.likeness)::real AS likeness FROM (
        (SELECT l.word, word_similarity(wanted, l.word) + similarity(wanted, l.word) AS likeness
        FROM lobby_words l WHERE wanted <% l.word ORDER BY likeness DESC, l.word LIMIT 8)
        UNION ALL
        (SELECT l.word, 1.5 FROM lobby_words l WHERE l.word = ANY (spellings) LIMIT 32)
    ) l GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 32
$$;

-- How far each provider's catalogue has been taken over. "version" grows with every change of its games.
CREATE TABLE catalogue_syncs (
    provider_id varchar(32) PRIMARY KEY REFERENCES providers (id),
    version bigint NOT NULL DEFAULT 0,
    started_at timestamptz,  -- the list was asked for
    finished_at timestamptz, -- the newest list was taken over to its end
    listed integer NOT NULL DEFAULT 0, -- entries of the newest list
    seen integer NOT NULL DEFAULT 0,   -- of which so many have been looked at
    changed integer NOT NULL DEFAULT 0,
    gone integer NOT NULL DEFAULT 0,
    error text CHECK (length(error) <= 200) -- of the newest attempt
);

-- A list that has come and is not taken over yet, page by page: after a crash nobody asks for it again.
CREATE TABLE catalogue_pages (
    provider_id varchar(32) NOT NULL REFERENCES providers (id),
    page integer NOT NULL,
    entries json NOT NULL,
    PRIMARY KEY (provider_id, page)
);

-- Rounds by game and day (UTC), kept by following the ledger.
CREATE TABLE game_days (
    day date NOT NULL,
    game_id integer NOT NULL,
    rounds bigint NOT NULL,
    PRIMARY KEY (day, game_id)
);

CREATE TABLE favourites (
    player_id bigint NOT NULL REFERENCES players (id),
    game_id integer NOT NULL REFERENCES games (id),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (player_id, game_id)
);

CREATE INDEX game_sessions_of_player ON game_sessions (player_id, id DESC);
