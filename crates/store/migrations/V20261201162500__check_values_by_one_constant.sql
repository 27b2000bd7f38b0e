-- The same values as before, each list as one constant. PostgreSQL reads the checks of a table anew
-- with every statement that writes to it; a list of constants takes it twice as long.

ALTER TABLE operator_status DROP CONSTRAINT chk_status, DROP CONSTRAINT chk_posted_status,
    ADD CONSTRAINT chk_status CHECK (current_status = ANY
        ('{available,busy,break,absent,sick,vacation,offline}'::text[])),
    ADD CONSTRAINT chk_posted_status CHECK (posted_status = ANY
        ('{available,break,absent,sick,vacation,offline}'::text[]));
ALTER TABLE machine_status DROP CONSTRAINT chk_machine_status,
    ADD CONSTRAINT chk_machine_status CHECK (current_status = ANY
        ('{running,idle,maintenance,breakdown,offline}'::text[]));
ALTER TABLE machine_status_changes DROP CONSTRAINT chk_machine_history_status,
    ADD CONSTRAINT chk_machine_history_status CHECK (status = ANY
        ('{running,idle,maintenance,breakdown,offline}'::text[]));
ALTER TABLE work_order_status DROP CONSTRAINT chk_wo_status,
    ADD CONSTRAINT chk_wo_status CHECK (status = ANY
        ('{queued,assigned,in_progress,paused,completed,cancelled}'::text[]));
ALTER TABLE allocations DROP CONSTRAINT chk_allocation_type, DROP CONSTRAINT chk_allocation_status,
    DROP CONSTRAINT chk_allocation_phase, DROP CONSTRAINT chk_allocation_method,
    ADD CONSTRAINT chk_allocation_type CHECK (allocation_type = ANY
        ('{operator,machine,operator_machine}'::text[])),
    ADD CONSTRAINT chk_allocation_status CHECK (status = ANY
        ('{active,completed,released,cancelled}'::text[])),
    ADD CONSTRAINT chk_allocation_phase CHECK (phase = ANY
        ('{booked,running,paused,ended}'::text[])),
    ADD CONSTRAINT chk_allocation_method CHECK (allocation_method = ANY
        ('{manual,ai_suggested,automated}'::text[]));
ALTER TABLE material_reservations DROP CONSTRAINT chk_reservation_status,
    ADD CONSTRAINT chk_reservation_status CHECK (status = ANY
        ('{active,consumed,released,expired}'::text[]));
