-- Machines, reason codes, and the skills that machines, machine types and orders ask for.

CREATE TABLE machines (
    machine_id VARCHAR(20) PRIMARY KEY,
    machine_name VARCHAR(100) NOT NULL,
    machine_type VARCHAR(50) NOT NULL,
    manufacturer VARCHAR(100),
    model_number VARCHAR(50),
    serial_number VARCHAR(50) UNIQUE,
    production_line VARCHAR(50) NOT NULL,
    zone VARCHAR(50),
    physical_location VARCHAR(100),
    product_types TEXT[] NOT NULL,
    max_capacity_per_hour INT,
    parallel_capacity SMALLINT NOT NULL,
    overall_equipment_effectiveness DECIMAL(5,2),
    uptime_percentage DECIMAL(5,2),
    last_maintenance_date DATE,
    next_maintenance_date DATE,
    maintenance_hours_remaining INT,
    installation_date DATE,
    warranty_expiry DATE,
    is_active BOOLEAN NOT NULL,
    version INT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_oee CHECK (overall_equipment_effectiveness >= 0
        AND overall_equipment_effectiveness <= 100),
    CONSTRAINT chk_machine_capacity CHECK (parallel_capacity BETWEEN 1 AND 1000)
);

CREATE TABLE machine_status (
    machine_id VARCHAR(20) PRIMARY KEY REFERENCES machines (machine_id),
    current_status VARCHAR(20) NOT NULL,
    status_reason_code VARCHAR(50),
    status_updated_at TIMESTAMPTZ NOT NULL,
    last_work_ended_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    open_allocations BIGINT[] NOT NULL,
    CONSTRAINT chk_machine_status CHECK (current_status IN
        ('running', 'idle', 'maintenance', 'breakdown', 'offline'))
) WITH (fillfactor = 10);
CREATE INDEX idx_machines_line ON machines (production_line);
CREATE INDEX idx_machines_type ON machines (machine_type);
CREATE INDEX idx_machines_maintenance ON machines (next_maintenance_date);

CREATE TABLE reason_codes (
    reason_code VARCHAR(50) PRIMARY KEY,
    description VARCHAR(200) NOT NULL,
    category VARCHAR(50),
    is_active BOOLEAN NOT NULL
);

CREATE TABLE skill_requirements (
    requirement_id BIGINT PRIMARY KEY,
    scope VARCHAR(20) NOT NULL,
    scope_id VARCHAR(50) NOT NULL,
    skill_code VARCHAR(50) NOT NULL,
    minimum_level INT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_requirement_scope CHECK (scope IN ('machine', 'machine_type', 'work_order')),
    CONSTRAINT chk_requirement_level CHECK (minimum_level BETWEEN 1 AND 4),
    UNIQUE (scope, scope_id, skill_code)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON machines, machine_status, reason_codes,
    skill_requirements TO mraos_app;
