-- The log: every fact, in commit order, for ever. Beside it what is kept but not derived from it.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mraos_app') THEN
        CREATE ROLE mraos_app NOLOGIN;
    END IF;
EXCEPTION
    -- Another database of the same server was migrated at the same moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
GRANT mraos_app TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO mraos_app;

CREATE TABLE events (
    position BIGINT NOT NULL,
    event_id UUID NOT NULL,
    entity_type VARCHAR(30) NOT NULL,
    entity_id VARCHAR(100) NOT NULL,
    event_type VARCHAR(50) NOT NULL,
    schema_version SMALLINT NOT NULL,
    payload JSONB NOT NULL,
    entities JSONB NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    actor VARCHAR(50) NOT NULL,
    source VARCHAR(20) NOT NULL,
    correlation_id VARCHAR(200),
    digest BYTEA NOT NULL,
    PRIMARY KEY (position)
) PARTITION BY RANGE (position);

-- An allocation's own history is the one look-up that is not by position.
CREATE INDEX idx_events_allocation ON events (entity_id, position)
    WHERE entity_type = 'allocation';

CREATE FUNCTION refuse_event_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_event_change();
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change();

-- Partitions of 10 million positions; the writer asks for the next one long before it is needed.
CREATE FUNCTION ensure_event_partition(wanted BIGINT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    size CONSTANT BIGINT := 10000000;
    number BIGINT := wanted / size;
    name TEXT := 'events_' || lpad(number::text, 6, '0');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%s) TO (%s)',
                       name, number * size, (number + 1) * size);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO mraos_app', name);
    END IF;
END
$$;
SELECT ensure_event_partition(1);
GRANT EXECUTE ON FUNCTION ensure_event_partition(BIGINT) TO mraos_app;
GRANT SELECT, INSERT ON events TO mraos_app;

-- One row: which incarnation of the log this is.
CREATE TABLE log_meta (
    only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    epoch UUID NOT NULL,
    system_identifier BIGINT NOT NULL,
    timeline INT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
GRANT SELECT, INSERT, UPDATE ON log_meta TO mraos_app;

-- Signed statements "the log has this digest at this position".
CREATE TABLE checkpoints (
    position BIGINT PRIMARY KEY,
    digest BYTEA NOT NULL,
    signed_at TIMESTAMPTZ NOT NULL,
    public_key BYTEA NOT NULL,
    signature BYTEA NOT NULL
);
GRANT SELECT, INSERT ON checkpoints TO mraos_app;

-- Answers by Idempotency-Key, kept 24 hours.
CREATE TABLE idempotency (
    actor VARCHAR(50) NOT NULL,
    key VARCHAR(200) NOT NULL,
    request_digest BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX idx_idempotency_created ON idempotency USING BRIN (created_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO mraos_app;

-- How far each source of signals has been applied.
CREATE TABLE ingest_watermarks (
    source_id VARCHAR(50) PRIMARY KEY,
    sequence BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON ingest_watermarks TO mraos_app;

-- Free texts that people wrote; the event keeps a salted hash, so a text can be erased.
CREATE TABLE event_texts (
    text_id UUID PRIMARY KEY,
    salt BYTEA NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
GRANT SELECT, INSERT, DELETE ON event_texts TO mraos_app;
