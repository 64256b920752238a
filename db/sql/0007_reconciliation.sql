-- How providers do, and what comparisons with their reports found.

-- A row for each provider whose breaker is open: its calls wait until retry_at, then one tries.
CREATE TABLE provider_health (
    provider_id text PRIMARY KEY CHECK (length(provider_id) BETWEEN 1 AND 64),
    since timestamptz NOT NULL,
    trials integer NOT NULL CHECK (trials >= 0), -- that failed
    retry_at timestamptz NOT NULL
);

ALTER TABLE reconciliation_runs
    ADD CONSTRAINT reconciliation_runs_span CHECK (since < until),
    ADD CONSTRAINT reconciliation_runs_origin CHECK (origin IN ('report', 'file'));
ALTER TABLE reconciliation_findings
    ADD CONSTRAINT reconciliation_findings_what
        CHECK (what IN ('missing-here', 'missing-there', 'currency', 'amount', 'kind')),
    ADD CONSTRAINT reconciliation_findings_currency
        FOREIGN KEY (currency_id) REFERENCES currencies (id);

CREATE INDEX reconciliation_runs_of_provider ON reconciliation_runs (provider_id, since);
CREATE INDEX reconciliation_findings_open
    ON reconciliation_findings (provider_id, at) WHERE resolved_at IS NULL;
