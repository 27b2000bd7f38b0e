-- Materials, their stock by lots, what moved it, what is set aside, and the bills of materials of
-- orders. What changes with the work lives in narrow rows with room on their pages. Transactions
-- and reservations have no foreign keys: the same transaction proves that what they name exists.

CREATE TABLE materials (
    material_id VARCHAR(20) PRIMARY KEY,
    part_number VARCHAR(50) NOT NULL,
    part_name VARCHAR(200) NOT NULL,
    description TEXT,
    category VARCHAR(50),
    unit_of_measure VARCHAR(20) NOT NULL,
    package_units TEXT[] NOT NULL,
    package_quantities NUMERIC(15,3)[] NOT NULL,
    standard_cost DECIMAL(12,4),
    currency VARCHAR(3) NOT NULL,
    safety_stock_level DECIMAL(15,3),
    reorder_point DECIMAL(15,3),
    economic_order_quantity DECIMAL(15,3),
    shelf_life_days INT,
    requires_fifo BOOLEAN NOT NULL,
    requires_fefo BOOLEAN NOT NULL,
    primary_warehouse VARCHAR(50),
    primary_location VARCHAR(100),
    next_receipt_at TIMESTAMPTZ,
    next_receipt_quantity DECIMAL(15,3),
    is_active BOOLEAN NOT NULL,
    is_hazardous BOOLEAN NOT NULL,
    version INT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT materials_part_number_key UNIQUE (part_number) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX idx_materials_category ON materials (category);

CREATE TABLE material_stock (
    material_id VARCHAR(20) PRIMARY KEY REFERENCES materials (material_id),
    on_hand_quantity DECIMAL(15,3) NOT NULL,
    allocated_quantity DECIMAL(15,3) NOT NULL,
    available_quantity DECIMAL(15,3)
        GENERATED ALWAYS AS (on_hand_quantity - allocated_quantity) STORED,
    below_safety_since TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT chk_quantities CHECK (on_hand_quantity >= 0 AND allocated_quantity >= 0),
    CONSTRAINT chk_available CHECK (available_quantity >= 0)
) WITH (fillfactor = 20);

CREATE TABLE material_lots (
    lot_id BIGINT PRIMARY KEY,
    material_id VARCHAR(20) NOT NULL REFERENCES materials (material_id),
    batch_number VARCHAR(50),
    lot_number VARCHAR(50),
    expiration_date DATE,
    location VARCHAR(100),
    quantity DECIMAL(15,3) NOT NULL,
    reserved_quantity DECIMAL(15,3) NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_lot_quantities CHECK (quantity > 0 AND reserved_quantity BETWEEN 0 AND quantity)
) WITH (fillfactor = 50);
CREATE INDEX idx_material_lots_material ON material_lots (material_id);

CREATE TABLE inventory_transactions (
    transaction_id BIGINT PRIMARY KEY,
    material_id VARCHAR(20) NOT NULL,
    transaction_type VARCHAR(20) NOT NULL,
    transaction_date TIMESTAMPTZ NOT NULL,
    quantity DECIMAL(15,3) NOT NULL,
    unit_cost DECIMAL(12,4),
    reference_type VARCHAR(50),
    reference_id VARCHAR(50),
    from_location VARCHAR(100),
    to_location VARCHAR(100),
    batch_number VARCHAR(50),
    lot_number VARCHAR(50),
    expiration_date DATE,
    reservation_id BIGINT,
    reason_code VARCHAR(50),
    performed_by VARCHAR(50) NOT NULL,
    notes_text_id UUID,
    notes_digest VARCHAR(64),
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT chk_transaction_type CHECK (transaction_type IN
        ('receipt', 'issue', 'adjustment', 'transfer', 'reservation', 'release'))
);
CREATE INDEX idx_inventory_txn_material ON inventory_transactions (material_id, transaction_id);

CREATE TABLE material_reservations (
    reservation_id BIGINT PRIMARY KEY,
    material_id VARCHAR(20) NOT NULL,
    work_order_id VARCHAR(20) NOT NULL,
    quantity_reserved DECIMAL(15,3) NOT NULL,
    quantity_consumed DECIMAL(15,3) NOT NULL,
    quantity_released DECIMAL(15,3) NOT NULL,
    reservation_date TIMESTAMPTZ NOT NULL,
    expected_consumption_date TIMESTAMPTZ,
    for_work BOOLEAN NOT NULL,
    status VARCHAR(20) NOT NULL,
    batch_number VARCHAR(50),
    lot_number VARCHAR(50),
    expiration_date DATE,
    location VARCHAR(100),
    reserved_by VARCHAR(50) NOT NULL,
    released_at TIMESTAMPTZ,
    released_by VARCHAR(50),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT chk_reservation_status CHECK (status IN
        ('active', 'consumed', 'released', 'expired')),
    CONSTRAINT chk_reservation_quantities CHECK (quantity_reserved > 0 AND quantity_consumed >= 0
        AND quantity_released >= 0 AND quantity_consumed + quantity_released <= quantity_reserved)
) WITH (fillfactor = 70);
CREATE INDEX idx_material_reservations_material ON material_reservations (material_id)
    WHERE status = 'active';
CREATE INDEX idx_material_reservations_wo ON material_reservations (work_order_id);

CREATE TABLE work_order_bom (
    bom_id BIGINT PRIMARY KEY,
    work_order_id VARCHAR(20) NOT NULL REFERENCES work_orders (work_order_id) ON DELETE CASCADE,
    material_id VARCHAR(20) NOT NULL REFERENCES materials (material_id),
    quantity_required DECIMAL(15,3) NOT NULL,
    quantity_allocated DECIMAL(15,3) NOT NULL,
    quantity_consumed DECIMAL(15,3) NOT NULL,
    unit_of_measure VARCHAR(20) NOT NULL,
    is_critical BOOLEAN NOT NULL,
    consumption VARCHAR(20) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT work_order_bom_material_key UNIQUE (work_order_id, material_id)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT chk_bom_quantities CHECK (quantity_required > 0 AND quantity_allocated >= 0
        AND quantity_consumed >= 0),
    CONSTRAINT chk_bom_consumption CHECK (consumption IN ('backflush', 'at_start'))
) WITH (fillfactor = 70);
CREATE INDEX idx_work_order_bom_material ON work_order_bom (material_id);

-- Whether an order needs material: one that needs none is loaded without asking.
ALTER TABLE work_orders ADD COLUMN has_bom BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE work_orders ALTER COLUMN has_bom DROP DEFAULT;

GRANT SELECT, INSERT, UPDATE, DELETE ON materials, material_stock, material_lots,
    inventory_transactions, material_reservations, work_order_bom TO mraos_app;
