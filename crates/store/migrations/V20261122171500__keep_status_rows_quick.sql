-- While another session holds a snapshot, old versions of a row cannot be removed, and a key that
-- never changes leads to all of them. With a generation in the key, which changes every 32,768
-- positions, a lookup meets the versions of one generation; most updates still change no index.
-- One row per operator and machine: each write names the position of the version it replaces.

ALTER TABLE operator_status
    ADD COLUMN generation BIGINT NOT NULL GENERATED ALWAYS AS (position >> 15) STORED;
ALTER TABLE operator_status DROP CONSTRAINT operator_status_pkey;
ALTER TABLE operator_status ADD PRIMARY KEY (operator_id, generation);

ALTER TABLE machine_status
    ADD COLUMN generation BIGINT NOT NULL GENERATED ALWAYS AS (position >> 15) STORED;
ALTER TABLE machine_status DROP CONSTRAINT machine_status_pkey;
ALTER TABLE machine_status ADD PRIMARY KEY (machine_id, generation);
