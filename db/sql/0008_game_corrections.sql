-- A provider's own corrections belong to its games: they count among its wins (26 adds, 27 takes), and the
-- other leg is the house's account with that provider, not the adjustments of our staff (62, 63).
INSERT INTO transfer_kinds (id, code, counter_account, may_overdraw) VALUES
    (26, 'game_correction_up', 'house', false),
    (27, 'game_correction_down', 'house', true);

ALTER TABLE transfers
    DROP CONSTRAINT transfers_never_overdrawn,
    -- Nothing but a reversal (40) or a correction (27, 63) takes cash below zero.
    ADD CONSTRAINT transfers_never_overdrawn CHECK (
        cash_after >= 0 OR cash_delta >= 0 OR kind_id IN (27, 40, 63)
    ),
    DROP CONSTRAINT transfers_signs,
    -- Stakes take, credits give, a hold moves within the player's own money.
    ADD CONSTRAINT transfers_signs CHECK (
        CASE
            WHEN kind_id BETWEEN 1 AND 19 OR kind_id IN (27, 63) THEN
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
    );
