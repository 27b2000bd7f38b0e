-- Who has looked at what about people, and at the records that auditors read. Not derived from the
-- log. Rows are added and, after seven years, taken away; nothing changes them.

CREATE TABLE data_access_audit (
    audit_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id VARCHAR(50) NOT NULL,
    accessed_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    entity_type VARCHAR(50) NOT NULL,
    entity_id VARCHAR(50) NOT NULL,
    action VARCHAR(20) NOT NULL,
    ip_address INET,
    user_agent TEXT,
    query_executed TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    -- Whom an answer about several showed; `entity_id` is `*` then.
    entity_ids VARCHAR(50)[]
);
CREATE INDEX idx_data_access_audit_user ON data_access_audit (user_id, accessed_at DESC);
CREATE INDEX idx_data_access_audit_entity ON data_access_audit (entity_type, entity_id);
CREATE INDEX idx_data_access_audit_time ON data_access_audit USING BRIN (accessed_at);

CREATE FUNCTION purge_data_access_audit() RETURNS BIGINT
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM data_access_audit WHERE accessed_at < now() - interval '7 years' RETURNING 1
    )
    SELECT count(*) FROM gone;
$$;
GRANT SELECT, INSERT ON data_access_audit TO mraos_app;
GRANT EXECUTE ON FUNCTION purge_data_access_audit() TO mraos_app;
