-- The relational tables of the specification (§3.1-§3.5) that its allocation transaction touches, with every
-- column, check, foreign key and index that the specification gives them. Nothing is left out to slow
-- the rival down and nothing is added to speed it up.
set client_min_messages = warning;

create table operators (
    operator_id varchar(20) primary key,
    employee_id varchar(20) unique not null,
    first_name varchar(50) not null,
    last_name varchar(50) not null,
    email varchar(100),
    phone varchar(20),
    photo_url varchar(255),
    hire_date date,
    department varchar(50),
    home_location varchar(100),
    current_status varchar(20) not null default 'available'
        constraint chk_status check (current_status in
            ('available', 'busy', 'break', 'absent', 'sick', 'vacation', 'offline')),
    status_updated_at timestamp not null default now(),
    efficiency_rating decimal(3, 2)
        constraint chk_efficiency check (efficiency_rating >= 0 and efficiency_rating <= 5),
    on_time_completion_rate decimal(5, 2),
    created_at timestamp not null default now(),
    updated_at timestamp not null default now(),
    created_by varchar(50),
    updated_by varchar(50),
    is_active boolean not null default true
);
create index idx_operators_status on operators (current_status, is_active);
create index idx_operators_dept on operators (department);
create index idx_operators_location on operators (home_location);

create table machines (
    machine_id varchar(20) primary key,
    machine_name varchar(100) not null,
    machine_type varchar(50) not null,
    manufacturer varchar(100),
    model_number varchar(50),
    serial_number varchar(50) unique,
    production_line varchar(50) not null,
    zone varchar(50),
    physical_location varchar(100),
    product_types text[],
    max_capacity_per_hour int,
    current_status varchar(20) not null default 'idle'
        constraint chk_machine_status check (current_status in
            ('running', 'idle', 'maintenance', 'breakdown', 'offline')),
    status_updated_at timestamp not null default now(),
    overall_equipment_effectiveness decimal(5, 2)
        constraint chk_oee check (overall_equipment_effectiveness between 0 and 100),
    uptime_percentage decimal(5, 2),
    last_maintenance_date date,
    next_maintenance_date date,
    maintenance_hours_remaining int,
    installation_date date,
    warranty_expiry date,
    is_active boolean not null default true,
    created_at timestamp not null default now(),
    updated_at timestamp not null default now()
);
create index idx_machines_status on machines (current_status, is_active);
create index idx_machines_line on machines (production_line);
create index idx_machines_type on machines (machine_type);
create index idx_machines_maintenance on machines (next_maintenance_date);

create table work_orders (
    work_order_id varchar(20) primary key,
    work_order_number varchar(50) unique not null,
    product_id varchar(20) not null,
    product_name varchar(200) not null,
    product_variant varchar(100),
    quantity_ordered decimal(15, 3) not null,
    quantity_produced decimal(15, 3) not null default 0,
    quantity_remaining decimal(15, 3)
        generated always as (quantity_ordered - quantity_produced) stored,
    unit_of_measure varchar(20) not null,
    priority varchar(10) not null default 'medium'
        constraint chk_wo_priority check (priority in ('low', 'medium', 'high', 'urgent')),
    status varchar(20) not null default 'queued'
        constraint chk_wo_status check (status in
            ('queued', 'assigned', 'in_progress', 'paused', 'completed', 'cancelled')),
    planned_start_date timestamp,
    planned_end_date timestamp,
    due_date timestamp not null,
    actual_start_date timestamp,
    actual_end_date timestamp,
    estimated_duration_minutes int,
    actual_duration_minutes int,
    production_line varchar(50),
    assigned_shift varchar(20),
    customer_order_id varchar(50),
    erp_work_order_id varchar(50),
    progress_percentage decimal(5, 2) default 0,
    current_operation varchar(100),
    quality_inspection_required boolean default true,
    quality_status varchar(20)
        constraint chk_wo_quality check (quality_status is null or quality_status in
            ('pending', 'passed', 'failed', 'waived')),
    created_at timestamp not null default now(),
    updated_at timestamp not null default now(),
    created_by varchar(50)
);
create index idx_work_orders_status on work_orders (status, priority);
create index idx_work_orders_due_date on work_orders (due_date);
create index idx_work_orders_line on work_orders (production_line, status);
create index idx_work_orders_erp on work_orders (erp_work_order_id);

create table allocations (
    allocation_id bigserial primary key,
    work_order_id varchar(20) not null references work_orders (work_order_id),
    operator_id varchar(20) references operators (operator_id),
    machine_id varchar(20) references machines (machine_id),
    allocation_type varchar(20) not null
        constraint chk_allocation_type check (allocation_type in
            ('operator', 'machine', 'operator_machine')),
    status varchar(20) not null default 'active'
        constraint chk_allocation_status check (status in
            ('active', 'completed', 'released', 'cancelled')),
    allocated_at timestamp not null default now(),
    expected_start_time timestamp,
    expected_end_time timestamp,
    expected_duration_minutes int,
    actual_start_time timestamp,
    actual_end_time timestamp,
    actual_duration_minutes int,
    allocation_method varchar(20) not null
        constraint chk_allocation_method check (allocation_method in
            ('manual', 'ai_suggested', 'automated')),
    suggestion_score decimal(5, 2),
    allocated_by varchar(50) not null,
    released_by varchar(50),
    released_at timestamp,
    release_reason varchar(100),
    created_at timestamp not null default now(),
    updated_at timestamp not null default now(),
    constraint chk_has_resource check (operator_id is not null or machine_id is not null)
);
create index idx_allocations_wo on allocations (work_order_id, status);
create index idx_allocations_operator on allocations (operator_id, status);
create index idx_allocations_machine on allocations (machine_id, status);
create index idx_allocations_time on allocations (allocated_at desc);

create table allocation_change_events (
    event_id bigserial primary key,
    allocation_id bigint references allocations (allocation_id),
    event_type varchar(50) not null
        constraint chk_event_type check (event_type in
            ('created', 'reassigned', 'released', 'completed', 'paused', 'resumed')),
    event_timestamp timestamp not null default now(),
    previous_state jsonb,
    new_state jsonb,
    change_reason_code varchar(50),
    change_reason_description text,
    idle_time_prevented_minutes int,
    work_order_delay_minutes int,
    changed_by varchar(50) not null,
    change_source varchar(20) not null,
    created_at timestamp not null default now()
);
create index idx_allocation_events_allocation
    on allocation_change_events (allocation_id, event_timestamp desc);
create index idx_allocation_events_timestamp on allocation_change_events (event_timestamp desc);
create index idx_allocation_events_type
    on allocation_change_events (event_type, event_timestamp desc);
create index idx_allocation_events_changed_by on allocation_change_events (changed_by);
