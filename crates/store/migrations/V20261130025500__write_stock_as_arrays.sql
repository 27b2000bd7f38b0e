-- What moves stock, sets it aside and gives it back travels as rows of work do: one array of a
-- composite type per statement. Types are never changed (V20261129221500).

CREATE TYPE written_material_stock AS (
    material_id TEXT,
    on_hand_quantity NUMERIC,
    allocated_quantity NUMERIC,
    below_safety_since TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    position BIGINT
);

CREATE TYPE written_material_lot AS (
    lot_id BIGINT,
    material_id TEXT,
    batch_number TEXT,
    lot_number TEXT,
    expiration_date DATE,
    location TEXT,
    quantity NUMERIC,
    reserved_quantity NUMERIC,
    received_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ
);

CREATE TYPE written_material_reservation AS (
    reservation_id BIGINT,
    material_id TEXT,
    work_order_id TEXT,
    batch_number TEXT,
    lot_number TEXT,
    expiration_date DATE,
    location TEXT,
    quantity_reserved NUMERIC,
    quantity_consumed NUMERIC,
    quantity_released NUMERIC,
    reservation_date TIMESTAMPTZ,
    expected_consumption_date TIMESTAMPTZ,
    for_work BOOLEAN,
    status TEXT,
    reserved_by TEXT,
    released_at TIMESTAMPTZ,
    released_by TEXT,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    position BIGINT
);

-- What stock movements change of a line.
CREATE TYPE written_bom_line AS (
    bom_id BIGINT,
    quantity_consumed NUMERIC,
    quantity_allocated NUMERIC
);

CREATE TYPE written_inventory_transaction AS (
    transaction_id BIGINT,
    material_id TEXT,
    transaction_type TEXT,
    transaction_date TIMESTAMPTZ,
    quantity NUMERIC,
    unit_cost NUMERIC,
    reference_type TEXT,
    reference_id TEXT,
    from_location TEXT,
    to_location TEXT,
    batch_number TEXT,
    lot_number TEXT,
    expiration_date DATE,
    reservation_id BIGINT,
    reason_code TEXT,
    performed_by TEXT,
    notes_text_id UUID,
    notes_digest TEXT,
    created_at TIMESTAMPTZ
);
