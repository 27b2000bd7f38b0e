-- The plant of the benchmark. {operators}, {machines} and {orders} are replaced by the driver, which
-- gives the same ids and the same spread of lines, products and priorities to the system under test.
insert into operators (operator_id, employee_id, first_name, last_name, email, department,
        home_location, efficiency_rating, on_time_completion_rate)
    select 'O-' || n, 'E-' || n, 'Given' || n % 701, 'Family' || n % 907,
           'o' || n || '@plant.example', 'Department ' || n % 12, 'Line ' || n % 40,
           (n % 500) / 100.0, (n % 10000) / 100.0
    from generate_series(1, {operators}) n;

insert into machines (machine_id, machine_name, machine_type, manufacturer, serial_number,
        production_line, zone, max_capacity_per_hour, next_maintenance_date)
    select 'M-' || n, 'Machine ' || n, 'Type ' || n % 25, 'Maker ' || n % 30, 'SN-' || n,
           'Line ' || n % 40, 'Zone ' || n % 6, 5000 + n % 200, date '2030-01-01' + n % 365
    from generate_series(1, {machines}) n;

insert into work_orders (work_order_id, work_order_number, product_id, product_name,
        quantity_ordered, unit_of_measure, priority, due_date, production_line,
        erp_work_order_id, estimated_duration_minutes, created_by)
    select 'WO-' || n, 'N-' || n, 'P-' || n % 500, 'Product ' || n % 500,
           100 + n % 900, 'EA', (array['low', 'medium', 'high', 'urgent'])[1 + n % 4],
           timestamp '2030-01-01' + n % 500000 * interval '1 minute', 'Line ' || n % 40,
           'ERP-' || n, 30 + n % 480, 'seed'
    from generate_series(1, {orders}) n;
