-- The guards against double allocation move off the allocations: as long as an index there asked
-- for the phase, every end of work wrote a row's four other index entries anew, and beside a
-- long snapshot each start met every dead entry of its resource.
-- Running work is counted in the row of the resource, which every start and end rewrites anyway.
-- Bookings have a narrow table of their own.

ALTER TABLE operator_status ADD COLUMN running_alone SMALLINT;
UPDATE operator_status s SET running_alone = (
    SELECT count(*) FROM allocations a
    WHERE a.operator_id = s.operator_id AND a.phase = 'running' AND a.operator_exclusive);
ALTER TABLE operator_status
    ALTER COLUMN running_alone SET NOT NULL,
    ADD CONSTRAINT operator_runs_once CHECK (running_alone BETWEEN 0 AND 1);

ALTER TABLE machine_status ADD COLUMN running_alone SMALLINT;
UPDATE machine_status s SET running_alone = (
    SELECT count(*) FROM allocations a
    WHERE a.machine_id = s.machine_id AND a.phase = 'running' AND a.machine_exclusive);
ALTER TABLE machine_status
    ALTER COLUMN running_alone SET NOT NULL,
    ADD CONSTRAINT machine_runs_once CHECK (running_alone BETWEEN 0 AND 1);

ALTER TABLE allocations
    DROP CONSTRAINT operator_booked_once,
    DROP CONSTRAINT machine_booked_once,
    DROP CONSTRAINT operator_runs_once,
    DROP CONSTRAINT machine_runs_once;

-- The resources are named if they can do one thing at a time.
CREATE TABLE allocation_bookings (
    allocation_id BIGINT PRIMARY KEY,
    operator_id VARCHAR(20),
    machine_id VARCHAR(20),
    expected_start_time TIMESTAMPTZ NOT NULL,
    expected_end_time TIMESTAMPTZ NOT NULL,
    -- Checked at commit: one batch may move two bookings past each other.
    CONSTRAINT operator_booked_once EXCLUDE USING gist (
        operator_id WITH =, tstzrange(expected_start_time, expected_end_time) WITH &&)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT machine_booked_once EXCLUDE USING gist (
        machine_id WITH =, tstzrange(expected_start_time, expected_end_time) WITH &&)
        DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO allocation_bookings
SELECT allocation_id, CASE WHEN operator_exclusive THEN operator_id END,
       CASE WHEN machine_exclusive THEN machine_id END, expected_start_time, expected_end_time
FROM allocations WHERE phase = 'booked';
GRANT SELECT, INSERT, UPDATE, DELETE ON allocation_bookings TO mraos_app;

ALTER TABLE allocations
    DROP COLUMN operator_exclusive,
    DROP COLUMN machine_exclusive;

-- Nearly every row is rewritten once: twice as many find room on their page, in the same space.
ALTER TABLE allocations SET (fillfactor = 70);
