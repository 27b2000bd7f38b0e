-- A statement of the writer takes its rows as one array of a composite type. From an array per
-- column PostgreSQL makes a table per column first, which took most of the statement's time.
-- A type is never changed: a node of an earlier version may be writing with it. Columns that are
-- added later come with a type of another name.

CREATE TYPE written_event AS (
    position BIGINT,
    event_id UUID,
    entity_type TEXT,
    entity_id TEXT,
    event_type TEXT,
    schema_version SMALLINT,
    payload TEXT,
    entities TEXT,
    occurred_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ,
    actor TEXT,
    source TEXT,
    correlation_id TEXT,
    digest BYTEA
);

-- The position of the version that is replaced leads to its row by the key.
CREATE TYPE written_operator_status AS (
    operator_id TEXT,
    current_status TEXT,
    posted_status TEXT,
    status_updated_at TIMESTAMPTZ,
    status_posted_at TIMESTAMPTZ,
    last_work_ended_at TIMESTAMPTZ,
    open_allocations BIGINT[],
    running_alone SMALLINT,
    updated_at TIMESTAMPTZ,
    position BIGINT,
    replaced_position BIGINT
);

CREATE TYPE written_machine_status AS (
    machine_id TEXT,
    current_status TEXT,
    status_reason_code TEXT,
    status_updated_at TIMESTAMPTZ,
    last_work_ended_at TIMESTAMPTZ,
    running_ms BIGINT,
    open_allocations BIGINT[],
    running_alone SMALLINT,
    updated_at TIMESTAMPTZ,
    position BIGINT,
    replaced_position BIGINT
);

CREATE TYPE written_work_order_status AS (
    work_order_id TEXT,
    status TEXT,
    quantity_ordered NUMERIC,
    quantity_produced NUMERIC,
    quantity_rejected NUMERIC,
    quantity_most NUMERIC,
    progress_percentage NUMERIC,
    waiting_until TIMESTAMPTZ,
    actual_start_date TIMESTAMPTZ,
    actual_end_date TIMESTAMPTZ,
    actual_duration_minutes INTEGER,
    open_allocations BIGINT[],
    version INTEGER,
    updated_at TIMESTAMPTZ,
    position BIGINT
);

CREATE TYPE written_allocation AS (
    allocation_id BIGINT,
    operator_id TEXT,
    machine_id TEXT,
    allocation_type TEXT,
    status TEXT,
    phase TEXT,
    expected_start_time TIMESTAMPTZ,
    expected_end_time TIMESTAMPTZ,
    actual_start_time TIMESTAMPTZ,
    actual_end_time TIMESTAMPTZ,
    actual_duration_minutes INTEGER,
    running_since TIMESTAMPTZ,
    worked_ms BIGINT,
    released_by TEXT,
    released_at TIMESTAMPTZ,
    release_reason_text_id UUID,
    release_reason_digest TEXT,
    quantity_produced NUMERIC,
    last_transition_at TIMESTAMPTZ,
    version INTEGER,
    updated_at TIMESTAMPTZ,
    position BIGINT,
    expected_duration_minutes INTEGER,
    work_order_id TEXT,
    allocated_at TIMESTAMPTZ,
    allocation_method TEXT,
    suggestion_score NUMERIC,
    allocated_by TEXT,
    created_at TIMESTAMPTZ
);

CREATE TYPE written_machine_status_change AS (
    status_id BIGINT,
    machine_id TEXT,
    status TEXT,
    started_at TIMESTAMPTZ,
    reason_code TEXT,
    reason_text_id UUID,
    reason_digest TEXT,
    reported_by TEXT,
    created_at TIMESTAMPTZ,
    position BIGINT
);
