-- A shift that was called off by mistake is to be worked after all; that it was is told for good.

ALTER TABLE operator_attendance
    DROP CONSTRAINT chk_attendance_type,
    ADD CONSTRAINT chk_attendance_type CHECK (attendance_type IN
        ('clock_in', 'clock_out', 'absent', 'called_off', 'call_off_undone'));
