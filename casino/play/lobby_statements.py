"""What the lobby asks the database, word for word; braces are filled with our own words only."""

from __future__ import annotations

# Whatever decides which games are shown, except their popularity, moves this on.
VERSION = """
SELECT s.version AS switches, (SELECT sum(c.version)::bigint FROM catalogue_syncs c) AS games
FROM switches s
"""

CATEGORIES = """
SELECT c.name FROM unnest({names}::text[]) WITH ORDINALITY AS c (name, n)
WHERE EXISTS (SELECT FROM games g WHERE g.category = c.name AND {where}) ORDER BY c.n
"""

FACETS = """
WITH found AS MATERIALIZED (
    SELECT g.category, g.studio, g.provider_id, g.volatility, g.features, g.tags
    FROM {source} WHERE {where}
)
SELECT 'games' AS facet, '' AS value, count(*) AS games FROM found
UNION ALL SELECT 'categories', category, count(*) FROM found GROUP BY 2
UNION ALL SELECT 'studios', studio, count(*) FROM found WHERE studio <> '' GROUP BY 2
UNION ALL SELECT 'providers', provider_id, count(*) FROM found GROUP BY 2
UNION ALL SELECT 'volatilities', volatility, count(*) FROM found WHERE volatility <> '' GROUP BY 2
UNION ALL SELECT 'features', f, count(*) FROM found, unnest(features) f GROUP BY 2
UNION ALL SELECT 'tags', t, count(*) FROM found, unnest(tags) t GROUP BY 2
ORDER BY 1, 3 DESC, 2
"""

# The newest visit of each game among the player's newest visits of any.
RECENT = """
SELECT {columns} FROM (
    SELECT v.game_id, max(v.created_at) AS at FROM (
        (SELECT s.game_id, s.created_at FROM game_sessions s WHERE s.player_id = {player}
            ORDER BY s.id DESC LIMIT {looked_at})
        UNION ALL
        (SELECT r.game_id, r.created_at FROM house_rounds r WHERE r.player_id = {player}
            ORDER BY r.id DESC LIMIT {looked_at})
    ) v GROUP BY 1
) v JOIN games g ON g.id = v.game_id{words}
WHERE {where} ORDER BY v.at DESC, g.id DESC LIMIT {limit}
"""

FAVOURITES = """
SELECT {columns} FROM favourites f JOIN games g ON g.id = f.game_id{words}
WHERE f.player_id = {player} AND {where} ORDER BY f.at DESC, g.id DESC LIMIT {limit}
"""

HOW_MANY = """
SELECT count(*) FROM (
    SELECT FROM game_words w WHERE w.words @@ $1::text::tsquery LIMIT $2
) f
"""

WORDS_LIKE = """
SELECT q.word, l.word, l.likeness FROM unnest($1::text[], $2::text[]) AS q (word, slips)
CROSS JOIN LATERAL words_like(q.word, string_to_array(q.slips, ' ')) l
ORDER BY 1, 3 DESC, 2
"""

ADD_FAVOURITE = """
INSERT INTO favourites (player_id, game_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""

DROP_OLDEST = """
DELETE FROM favourites WHERE player_id = $1 AND game_id IN (
    SELECT f.game_id FROM favourites f WHERE f.player_id = $1
    ORDER BY f.at DESC, f.game_id DESC OFFSET $2
)
"""
