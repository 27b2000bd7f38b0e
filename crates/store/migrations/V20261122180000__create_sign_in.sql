-- Sign-in: passwords, sessions, tickets of live connections, limits to parts of the plant.
-- Only hashes of secrets are kept; the name of a person is sealed.

ALTER TABLE users
    ADD COLUMN version INT,
    ADD COLUMN password_hash VARCHAR(200),
    ADD COLUMN display_name_sealed BYTEA,
    ADD COLUMN production_lines VARCHAR(50)[],
    ADD COLUMN operator_id VARCHAR(20);
UPDATE users SET version = 1;
ALTER TABLE users ALTER COLUMN version SET NOT NULL;

ALTER TABLE tokens
    ADD COLUMN production_lines VARCHAR(50)[],
    ADD COLUMN operator_id VARCHAR(20);

CREATE TABLE sessions (
    session_id UUID PRIMARY KEY,
    session_digest BYTEA UNIQUE NOT NULL,
    user_id VARCHAR(50) NOT NULL REFERENCES users,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_sessions_user ON sessions (user_id);

-- One use each: whoever deletes the row has used it. The bootstrap token has no credential_id.
CREATE TABLE live_tickets (
    ticket_digest BYTEA PRIMARY KEY,
    credential_kind VARCHAR(10) NOT NULL,
    credential_id UUID,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Goes up with every change of who may act, so that a node asks for one row to know that what
-- it holds is current.
CREATE TABLE access_generation (
    only_row BOOLEAN PRIMARY KEY CHECK (only_row),
    generation BIGINT NOT NULL
);
INSERT INTO access_generation VALUES (true, 1);

CREATE FUNCTION raise_access_generation() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE access_generation SET generation = generation + 1;
    RETURN NULL;
END;
$$;

CREATE TRIGGER users_change_access AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH STATEMENT EXECUTE FUNCTION raise_access_generation();
CREATE TRIGGER tokens_change_access AFTER INSERT OR UPDATE OR DELETE ON tokens
    FOR EACH STATEMENT EXECUTE FUNCTION raise_access_generation();
CREATE TRIGGER sessions_change_access AFTER INSERT OR UPDATE OR DELETE ON sessions
    FOR EACH STATEMENT EXECUTE FUNCTION raise_access_generation();

GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, live_tickets TO mraos_app;
GRANT SELECT, UPDATE ON access_generation TO mraos_app;
