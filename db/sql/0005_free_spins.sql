-- What the ORM cannot say about free spins.
ALTER TABLE free_spins
    ADD CONSTRAINT free_spins_amounts CHECK (quantity > 0 AND stake_units > 0 AND won_units >= 0),
    ADD CONSTRAINT free_spins_time CHECK (valid_until > valid_from),
    ADD CONSTRAINT free_spins_status
        CHECK (status IN ('issuing', 'active', 'played', 'cancelled', 'expired', 'refused')),
    ADD CONSTRAINT free_spins_currency FOREIGN KEY (currency_id) REFERENCES currencies (id);

CREATE INDEX free_spins_of_player ON free_spins (player_id, id DESC);
CREATE INDEX free_spins_waiting ON free_spins (id) WHERE status = 'issuing';
