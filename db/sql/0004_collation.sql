-- Identifiers of the outside world are compared byte by byte, whatever the database's language is: it is
-- faster, and no update of the system's locale can put an index of the ledger out of order.
ALTER TABLE transfers
    ALTER key TYPE text COLLATE "C", ALTER reference TYPE text COLLATE "C", ALTER round_id TYPE text COLLATE "C";
