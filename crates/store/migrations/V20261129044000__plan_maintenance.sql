-- Maintenance: what is planned, and what was done or called off. Running hours are counted from
-- `counted_from_ms`, how long the machine had run when they began to count.

CREATE TABLE maintenance_schedules (
    maintenance_id BIGINT PRIMARY KEY,
    machine_id VARCHAR(20) NOT NULL REFERENCES machines (machine_id),
    maintenance_type VARCHAR(50) NOT NULL,
    status VARCHAR(20) NOT NULL,
    planned_start TIMESTAMPTZ,
    planned_end TIMESTAMPTZ,
    due_date DATE,
    due_after_hours INT,
    interval_days INT,
    repeats_by_hours BOOLEAN NOT NULL,
    counted_from_ms BIGINT NOT NULL,
    ended_at TIMESTAMPTZ,
    ended_by VARCHAR(50),
    notes_text_id UUID,
    notes_digest VARCHAR(64),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_maintenance_status CHECK (status IN ('planned', 'completed', 'cancelled')),
    CONSTRAINT chk_maintenance_window CHECK ((planned_start IS NULL) = (planned_end IS NULL)
        AND planned_end > planned_start),
    CONSTRAINT chk_maintenance_due CHECK (due_date IS NOT NULL OR due_after_hours IS NOT NULL),
    CONSTRAINT chk_maintenance_ended CHECK ((status = 'planned') = (ended_at IS NULL))
);
CREATE INDEX idx_maintenance_schedules_machine
    ON maintenance_schedules (machine_id, maintenance_id DESC);
CREATE INDEX idx_maintenance_schedules_planned
    ON maintenance_schedules (machine_id) WHERE status = 'planned';

ALTER TABLE machine_status ADD COLUMN running_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE machine_status ALTER COLUMN running_ms DROP DEFAULT;

GRANT SELECT, INSERT, UPDATE, DELETE ON maintenance_schedules TO mraos_app;
