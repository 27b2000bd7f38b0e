-- Work orders, what has become of them, and their predecessors. `is_open` changes once in an
-- order's life; everything that changes with the work lives in the narrow table.

CREATE TABLE work_orders (
    work_order_id VARCHAR(20) PRIMARY KEY,
    work_order_number VARCHAR(50) UNIQUE NOT NULL,
    product_id VARCHAR(20) NOT NULL,
    product_name VARCHAR(200) NOT NULL,
    product_variant VARCHAR(100),
    unit_of_measure VARCHAR(20) NOT NULL,
    priority VARCHAR(10) NOT NULL,
    planned_start_date TIMESTAMPTZ,
    planned_end_date TIMESTAMPTZ,
    due_date TIMESTAMPTZ NOT NULL,
    estimated_duration_minutes INT,
    production_line VARCHAR(50),
    assigned_shift VARCHAR(20),
    customer_order_id VARCHAR(50),
    erp_work_order_id VARCHAR(50),
    current_operation VARCHAR(100),
    quality_inspection_required BOOLEAN NOT NULL,
    quality_status VARCHAR(20),
    is_open BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by VARCHAR(50),
    CONSTRAINT chk_wo_priority CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    CONSTRAINT chk_wo_quality CHECK (quality_status IS NULL OR quality_status IN
        ('pending', 'passed', 'failed', 'waived'))
) WITH (fillfactor = 90);

CREATE TABLE work_order_status (
    work_order_id VARCHAR(20) PRIMARY KEY REFERENCES work_orders (work_order_id),
    status VARCHAR(20) NOT NULL,
    quantity_ordered DECIMAL(15,3) NOT NULL,
    quantity_produced DECIMAL(15,3) NOT NULL,
    quantity_remaining DECIMAL(15,3)
        GENERATED ALWAYS AS (quantity_ordered - quantity_produced) STORED,
    quantity_rejected DECIMAL(15,3) NOT NULL,
    progress_percentage DECIMAL(5,2) NOT NULL,
    actual_start_date TIMESTAMPTZ,
    actual_end_date TIMESTAMPTZ,
    actual_duration_minutes INT,
    version INT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    open_allocations BIGINT[] NOT NULL,
    CONSTRAINT chk_wo_status CHECK (status IN
        ('queued', 'assigned', 'in_progress', 'paused', 'completed', 'cancelled')),
    CONSTRAINT chk_wo_quantities CHECK (quantity_ordered > 0
        AND quantity_produced BETWEEN 0 AND quantity_ordered AND quantity_rejected >= 0)
) WITH (fillfactor = 50);
CREATE INDEX idx_work_orders_open ON work_orders (priority, due_date) WHERE is_open;
CREATE INDEX idx_work_orders_due_date ON work_orders (due_date);
CREATE INDEX idx_work_orders_line ON work_orders (production_line) WHERE is_open;
CREATE INDEX idx_work_orders_erp ON work_orders (erp_work_order_id)
    WHERE erp_work_order_id IS NOT NULL;

CREATE TABLE work_order_dependencies (
    dependency_id BIGINT PRIMARY KEY,
    work_order_id VARCHAR(20) NOT NULL REFERENCES work_orders (work_order_id) ON DELETE CASCADE,
    predecessor_work_order_id VARCHAR(20) NOT NULL REFERENCES work_orders (work_order_id),
    dependency_type VARCHAR(20) NOT NULL,
    lag_minutes INT NOT NULL,
    is_mandatory BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_dep_type CHECK (dependency_type IN
        ('finish_to_start', 'start_to_start', 'finish_to_finish')),
    CONSTRAINT chk_no_self_dependency CHECK (work_order_id <> predecessor_work_order_id)
);
CREATE INDEX idx_work_order_dependencies_wo ON work_order_dependencies (work_order_id);
CREATE INDEX idx_work_order_dependencies_pred
    ON work_order_dependencies (predecessor_work_order_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON work_orders, work_order_status,
    work_order_dependencies TO mraos_app;
