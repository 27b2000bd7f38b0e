-- Allocations, and the database's own guard against double allocation: at most one running
-- allocation and no overlapping bookings for a resource that can do one thing at a time.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Refuses a write that met another number of rows than the state in memory says there are.
CREATE FUNCTION expect_rows(met BIGINT, expected BIGINT) RETURNS VOID
LANGUAGE plpgsql AS $$
BEGIN
    IF met <> expected THEN
        RAISE EXCEPTION 'a write met % rows, expected %', met, expected
            USING ERRCODE = 'MR001';
    END IF;
END
$$;
GRANT EXECUTE ON FUNCTION expect_rows(BIGINT, BIGINT) TO mraos_app;

-- No foreign keys: the same transaction updates the status row of each party and is refused by
-- expect_rows unless it met one, which is the same proof.
CREATE TABLE allocations (
    allocation_id BIGINT PRIMARY KEY,
    work_order_id VARCHAR(20) NOT NULL,
    operator_id VARCHAR(20),
    machine_id VARCHAR(20),
    allocation_type VARCHAR(20) NOT NULL,
    status VARCHAR(20) NOT NULL,
    phase VARCHAR(10) NOT NULL,
    operator_exclusive BOOLEAN NOT NULL,
    machine_exclusive BOOLEAN NOT NULL,
    allocated_at TIMESTAMPTZ NOT NULL,
    expected_start_time TIMESTAMPTZ NOT NULL,
    expected_end_time TIMESTAMPTZ NOT NULL,
    expected_duration_minutes INT NOT NULL,
    actual_start_time TIMESTAMPTZ,
    actual_end_time TIMESTAMPTZ,
    actual_duration_minutes INT,
    running_since TIMESTAMPTZ,
    worked_ms BIGINT NOT NULL,
    allocation_method VARCHAR(20) NOT NULL,
    suggestion_score DECIMAL(5,2),
    allocated_by VARCHAR(50) NOT NULL,
    released_by VARCHAR(50),
    released_at TIMESTAMPTZ,
    release_reason_text_id UUID,
    release_reason_digest VARCHAR(64),
    quantity_produced DECIMAL(15,3) NOT NULL,
    last_transition_at TIMESTAMPTZ NOT NULL,
    version INT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT chk_allocation_type CHECK (allocation_type IN
        ('operator', 'machine', 'operator_machine')),
    CONSTRAINT chk_allocation_status CHECK (status IN
        ('active', 'completed', 'released', 'cancelled')),
    CONSTRAINT chk_allocation_phase CHECK (phase IN ('booked', 'running', 'paused', 'ended')),
    CONSTRAINT chk_allocation_method CHECK (allocation_method IN
        ('manual', 'ai_suggested', 'automated')),
    CONSTRAINT chk_has_resource CHECK (operator_id IS NOT NULL OR machine_id IS NOT NULL),
    CONSTRAINT operator_booked_once EXCLUDE USING gist (
        operator_id WITH =, tstzrange(expected_start_time, expected_end_time) WITH &&)
        WHERE (phase = 'booked' AND operator_exclusive) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT machine_booked_once EXCLUDE USING gist (
        machine_id WITH =, tstzrange(expected_start_time, expected_end_time) WITH &&)
        WHERE (phase = 'booked' AND machine_exclusive) DEFERRABLE INITIALLY DEFERRED,
    -- Unique, but checked at commit: one batch may move two allocations past each other.
    CONSTRAINT operator_runs_once EXCLUDE USING btree (operator_id WITH =)
        WHERE (phase = 'running' AND operator_exclusive) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT machine_runs_once EXCLUDE USING btree (machine_id WITH =)
        WHERE (phase = 'running' AND machine_exclusive) DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor = 85);
CREATE INDEX idx_allocations_wo ON allocations (work_order_id);
CREATE INDEX idx_allocations_operator ON allocations (operator_id, allocation_id);
CREATE INDEX idx_allocations_machine ON allocations (machine_id, allocation_id);

-- The specification's table of allocation changes, read from the log itself.
CREATE VIEW allocation_change_events AS
SELECT e.position AS event_id,
       e.entity_id::bigint AS allocation_id,
       substr(e.event_type, length('allocation_') + 1) AS event_type,
       e.occurred_at AS event_timestamp,
       CASE e.event_type
           WHEN 'allocation_created' THEN NULL
           WHEN 'allocation_reassigned' THEN e.payload -> 'previous'
               || jsonb_build_object('phase', e.payload -> 'phase')
           ELSE e.payload -> 'assignment' || jsonb_build_object('phase',
               coalesce(e.payload ->> 'previous_phase',
                        CASE e.event_type WHEN 'allocation_started' THEN 'booked'
                                          WHEN 'allocation_paused' THEN 'running'
                                          WHEN 'allocation_resumed' THEN 'paused'
                                          ELSE 'booked' END))
       END AS previous_state,
       e.payload -> 'assignment' || jsonb_build_object('phase',
           coalesce(e.payload ->> 'phase',
                    CASE e.event_type WHEN 'allocation_started' THEN 'running'
                                      WHEN 'allocation_resumed' THEN 'running'
                                      WHEN 'allocation_paused' THEN 'paused'
                                      ELSE 'ended' END)) AS new_state,
       e.payload ->> 'reason_code' AS change_reason_code,
       t.body AS change_reason_description,
       NULL::int AS idle_time_prevented_minutes,
       NULL::int AS work_order_delay_minutes,
       e.actor AS changed_by,
       e.source AS change_source,
       e.recorded_at AS created_at
FROM events e
LEFT JOIN event_texts t ON t.text_id = (e.payload -> 'reason' ->> 'text_id')::uuid
WHERE e.entity_type = 'allocation';

GRANT SELECT, INSERT, UPDATE, DELETE ON allocations TO mraos_app;
GRANT SELECT ON allocation_change_events TO mraos_app;
