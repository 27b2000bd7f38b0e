-- Takes the log's lock for a transaction that was decided before it had it, and proves what it was
-- decided on: the head of the log, and that none of its keys has been answered. Anything else is
-- an error, and none of the writes that come behind it happens.
--
-- Each statement of a volatile function sees what was committed before it began, so the second
-- sees all that the lock has waited for.

CREATE FUNCTION lock_log_as_expected(
    lock_key BIGINT,
    expected_position BIGINT,
    expected_event UUID,
    expected_digest BYTEA,
    expected_generation BIGINT,
    actors TEXT[],
    keys TEXT[]
) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    head RECORD;
BEGIN
    PERFORM pg_advisory_xact_lock(lock_key);
    SELECT e.position, e.event_id, e.digest INTO head
        FROM events e ORDER BY e.position DESC LIMIT 1;
    IF head.position IS DISTINCT FROM expected_position
        OR head.event_id IS DISTINCT FROM expected_event
        OR head.digest IS DISTINCT FROM expected_digest
        OR (SELECT m.projection_generation FROM log_meta m) IS DISTINCT FROM expected_generation
    THEN
        RAISE EXCEPTION 'the log has moved from position %', expected_position
            USING ERRCODE = 'MR002';
    END IF;
    -- LIMIT keeps the planner from a join that reads all of one actor's records for each key.
    IF cardinality(keys) > 0 AND EXISTS (
        SELECT FROM unnest(actors, keys) AS wanted (actor, key)
        CROSS JOIN LATERAL (
            SELECT i.created_at FROM idempotency i
            WHERE i.actor = wanted.actor AND i.key = wanted.key LIMIT 1
        ) AS known
        WHERE known.created_at > now() - interval '24 hours'
    ) THEN
        RAISE EXCEPTION 'a key is answered already' USING ERRCODE = 'MR002';
    END IF;
END
$$;
GRANT EXECUTE ON FUNCTION lock_log_as_expected(
    BIGINT, BIGINT, UUID, BYTEA, BIGINT, TEXT[], TEXT[]
) TO mraos_app;
