-- Days on which the plant rests. A shift on one counts only if it says so.

CREATE TABLE holidays (
    day DATE PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by VARCHAR(50) NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON holidays TO mraos_app;

-- What was recorded before holidays were known says nothing about them.
ALTER TABLE operator_shifts ADD COLUMN counts_on_holidays BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE operator_shifts ALTER COLUMN counts_on_holidays DROP DEFAULT;
