-- Users and tokens. Only hashes of secrets are kept.

CREATE TABLE users (
    user_id VARCHAR(50) PRIMARY KEY,
    role VARCHAR(20) NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE tokens (
    token_id UUID PRIMARY KEY,
    token_digest BYTEA UNIQUE NOT NULL,
    user_id VARCHAR(50) NOT NULL,
    role VARCHAR(20) NOT NULL,
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_tokens_user ON tokens (user_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON users, tokens TO mraos_app;
