-- Who came and went when, by the clock; and which shifts were missed or called off.

ALTER TABLE operator_shifts
    ALTER COLUMN status DROP DEFAULT,
    ADD COLUMN is_called_off BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE operator_shifts ALTER COLUMN is_called_off DROP DEFAULT;
-- Shifts that somebody should have come for by now.
CREATE INDEX idx_operator_shifts_scheduled ON operator_shifts (starts_at)
    WHERE status = 'scheduled';

ALTER TABLE operators
    ADD COLUMN last_clocking_type VARCHAR(10),
    ADD COLUMN last_clocked_at TIMESTAMPTZ,
    ADD COLUMN last_clocked_shift_id BIGINT,
    ADD CONSTRAINT chk_last_clocking CHECK (last_clocking_type IN ('clock_in', 'clock_out')),
    ADD CONSTRAINT chk_last_clocked CHECK
        ((last_clocking_type IS NULL) = (last_clocked_at IS NULL));

CREATE TABLE operator_attendance (
    attendance_id BIGINT PRIMARY KEY,
    operator_id VARCHAR(20) NOT NULL,
    shift_id BIGINT,
    attendance_type VARCHAR(20) NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    is_late BOOLEAN NOT NULL,
    reason_code VARCHAR(50),
    reason_text_id UUID,
    reason_digest VARCHAR(64),
    recorded_by VARCHAR(50) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT chk_attendance_type CHECK (attendance_type IN
        ('clock_in', 'clock_out', 'absent', 'called_off'))
);
CREATE INDEX idx_operator_attendance
    ON operator_attendance (operator_id, occurred_at DESC, attendance_id DESC);

GRANT SELECT, INSERT, UPDATE, DELETE ON operator_attendance TO mraos_app;
