-- How orders are carried out: overrun, waiting steps, the production log. `quantity_most` is what
-- may be made at most: the ordered quantity and the overrun.

ALTER TABLE work_orders
    ADD COLUMN overrun_percentage DECIMAL(5,2),
    ADD COLUMN overrun_quantity DECIMAL(15,3),
    ADD COLUMN wait_minutes INT,
    ADD CONSTRAINT chk_wo_overrun CHECK (overrun_percentage BETWEEN 0 AND 100
        AND overrun_quantity IS NULL OR overrun_percentage IS NULL),
    ADD CONSTRAINT chk_wo_wait CHECK (wait_minutes >= 1);
CREATE INDEX idx_work_orders_waiting ON work_orders (work_order_id)
    WHERE is_open AND wait_minutes IS NOT NULL;

ALTER TABLE work_order_status
    ADD COLUMN quantity_most DECIMAL(15,3),
    ADD COLUMN waiting_until TIMESTAMPTZ;
UPDATE work_order_status SET quantity_most = quantity_ordered;
ALTER TABLE work_order_status
    ALTER COLUMN quantity_most SET NOT NULL,
    DROP CONSTRAINT chk_wo_quantities,
    ADD CONSTRAINT chk_wo_quantities CHECK (quantity_ordered > 0
        AND quantity_most >= quantity_ordered
        AND quantity_produced BETWEEN 0 AND quantity_most AND quantity_rejected >= 0),
    DROP COLUMN quantity_remaining,
    ADD COLUMN quantity_remaining DECIMAL(15,3)
        GENERATED ALWAYS AS (greatest(quantity_ordered - quantity_produced, 0)) STORED;

CREATE TABLE production_log_entries (
    log_id BIGINT PRIMARY KEY,
    work_order_id VARCHAR(20) NOT NULL,
    logged_at TIMESTAMPTZ NOT NULL,
    event_type VARCHAR(50) NOT NULL,
    quantity_produced DECIMAL(15,3),
    quantity_rejected DECIMAL(15,3),
    cumulative_quantity DECIMAL(15,3),
    operator_id VARCHAR(20),
    machine_id VARCHAR(20),
    notes_text_id UUID,
    notes_digest VARCHAR(64),
    logged_by VARCHAR(50) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX idx_production_logs_wo ON production_log_entries (work_order_id, logged_at DESC);
CREATE INDEX idx_production_logs_machine ON production_log_entries (machine_id, logged_at)
    WHERE quantity_produced IS NOT NULL AND machine_id IS NOT NULL;

CREATE VIEW production_logs AS
SELECT l.log_id, l.work_order_id, l.logged_at AS timestamp, l.event_type, l.quantity_produced,
    l.quantity_rejected, l.cumulative_quantity, l.operator_id, l.machine_id, t.body AS notes,
    l.logged_by, l.created_at
FROM production_log_entries l
LEFT JOIN event_texts t ON t.text_id = l.notes_text_id
UNION ALL
SELECT e.position * 1000, a.work_order_id, e.occurred_at,
    CASE e.event_type WHEN 'allocation_created' THEN 'started'
        ELSE substr(e.event_type, 12) END,
    NULL, NULL, NULL, e.payload -> 'assignment' ->> 'operator_id',
    e.payload -> 'assignment' ->> 'machine_id', t.body, e.actor, e.recorded_at
FROM allocations a
JOIN events e ON e.entity_type = 'allocation' AND e.entity_id = a.allocation_id::text
    AND (e.event_type IN ('allocation_started', 'allocation_paused', 'allocation_resumed',
        'allocation_released')
        OR e.event_type = 'allocation_created' AND e.payload ->> 'phase' = 'running')
LEFT JOIN event_texts t ON t.text_id = (e.payload -> 'reason' ->> 'text_id')::uuid;

GRANT SELECT, INSERT, UPDATE, DELETE ON production_log_entries TO mraos_app;
GRANT SELECT ON production_logs TO mraos_app;
