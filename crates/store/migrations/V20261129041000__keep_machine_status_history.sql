-- What machines began to do and when; a period ends where the machine's next one begins, so that
-- what is stated late finds its place without touching other rows.

CREATE TABLE machine_status_changes (
    status_id BIGINT PRIMARY KEY,
    machine_id VARCHAR(20) NOT NULL,
    status VARCHAR(20) NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    reason_code VARCHAR(50),
    reason_text_id UUID,
    reason_digest VARCHAR(64),
    reported_by VARCHAR(50) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT chk_machine_history_status CHECK (status IN
        ('running', 'idle', 'maintenance', 'breakdown', 'offline'))
);
CREATE INDEX idx_machine_status_history_machine
    ON machine_status_changes (machine_id, started_at DESC, status_id DESC);

CREATE VIEW machine_status_history AS
SELECT c.status_id, c.machine_id, c.status, before.status AS previous_status, c.started_at,
    after.started_at AS ended_at,
    floor(extract(epoch FROM after.started_at - c.started_at) / 60)::int AS duration_minutes,
    c.reason_code, t.body AS reason_description, c.reported_by, c.created_at
FROM machine_status_changes c
LEFT JOIN LATERAL (
    SELECT n.started_at FROM machine_status_changes n
    WHERE n.machine_id = c.machine_id
        AND (n.started_at, n.status_id) > (c.started_at, c.status_id)
    ORDER BY n.started_at, n.status_id LIMIT 1
) after ON true
LEFT JOIN LATERAL (
    SELECT n.status FROM machine_status_changes n
    WHERE n.machine_id = c.machine_id
        AND (n.started_at, n.status_id) < (c.started_at, c.status_id)
    ORDER BY n.started_at DESC, n.status_id DESC LIMIT 1
) before ON true
LEFT JOIN event_texts t ON t.text_id = c.reason_text_id;

GRANT SELECT, INSERT, UPDATE, DELETE ON machine_status_changes TO mraos_app;
GRANT SELECT ON machine_status_history TO mraos_app;
