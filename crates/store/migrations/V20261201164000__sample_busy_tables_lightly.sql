-- Tables that work appends to or rewrites all the time change so much that PostgreSQL samples them
-- anew every few seconds, thirty thousand rows each, and compares what it finds, documents of the
-- log included. Rows of them are found by keys: a tenth of the sample tells enough, and of
-- documents, digests and random ids nothing need be known.

CREATE FUNCTION sample_lightly(busy REGCLASS) RETURNS VOID
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    name TEXT;
    target INT;
BEGIN
    FOR name, target IN
        SELECT attname, CASE WHEN atttypid IN ('jsonb'::regtype, 'bytea'::regtype, 'uuid'::regtype)
                             THEN 0 ELSE 10 END
        FROM pg_attribute WHERE attrelid = busy AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', busy, name, target);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION ensure_event_partition(wanted BIGINT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    size CONSTANT BIGINT := 10000000;
    number BIGINT := wanted / size;
    name TEXT := 'events_' || lpad(number::text, 6, '0');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%s) TO (%s)',
                       name, number * size, (number + 1) * size);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO mraos_app', name);
        PERFORM sample_lightly(name::regclass);
    END IF;
END
$$;

SELECT sample_lightly(relation) FROM pg_partition_tree('events') AS tree (relation);
SELECT sample_lightly(busy::regclass) FROM unnest(ARRAY['allocations', 'machine_status_changes',
    'material_lots', 'material_reservations', 'work_order_status']) AS busy;
