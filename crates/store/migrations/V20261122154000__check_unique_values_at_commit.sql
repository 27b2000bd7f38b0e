-- One batch may pass a number or serial number on from one row to another, in any order of its
-- statements: what counts is that values are unique when it commits.

ALTER TABLE operators DROP CONSTRAINT operators_employee_id_key;
ALTER TABLE operators ADD CONSTRAINT operators_employee_id_key
    UNIQUE (employee_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE machines DROP CONSTRAINT machines_serial_number_key;
ALTER TABLE machines ADD CONSTRAINT machines_serial_number_key
    UNIQUE (serial_number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE work_orders DROP CONSTRAINT work_orders_work_order_number_key;
ALTER TABLE work_orders ADD CONSTRAINT work_orders_work_order_number_key
    UNIQUE (work_order_number) DEFERRABLE INITIALLY DEFERRED;
