-- Figures of machines are computed from history and counts, not typed in and not in the log.

ALTER TABLE machines
    DROP COLUMN overall_equipment_effectiveness,
    DROP COLUMN uptime_percentage;

CREATE TABLE machine_figures (
    machine_id VARCHAR(20) PRIMARY KEY,
    overall_equipment_effectiveness DECIMAL(5,2),
    uptime_percentage DECIMAL(5,2),
    computed_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_oee CHECK (overall_equipment_effectiveness >= 0
        AND overall_equipment_effectiveness <= 100)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON machine_figures TO mraos_app;
