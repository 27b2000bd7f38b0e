-- What is set aside is written once, as reservations of lots; what a material's and a bill's are is
-- their sum. A lot keeps what is set aside of it, and with it the check that this is never more
-- than there is. Inventory transactions are read from the log, which told each of them already.

ALTER TABLE materials ADD COLUMN below_safety_since TIMESTAMPTZ;
UPDATE materials m SET below_safety_since = s.below_safety_since FROM material_stock s
    WHERE s.material_id = m.material_id AND s.below_safety_since IS NOT NULL;
DROP TABLE material_stock;
DROP TYPE written_material_stock;
ALTER TABLE work_order_bom DROP COLUMN quantity_allocated,
    ADD CONSTRAINT chk_bom_quantities CHECK (quantity_required > 0 AND quantity_consumed >= 0);
DROP TYPE written_bom_line;
CREATE TYPE written_bom_consumption AS (bom_id BIGINT, quantity_consumed NUMERIC);
CREATE VIEW work_order_bom_allocation AS
SELECT b.bom_id, b.work_order_id, b.material_id, r.quantity_allocated
FROM work_order_bom b CROSS JOIN LATERAL (
    SELECT coalesce(sum(quantity_reserved - quantity_consumed - quantity_released), 0)
            ::decimal(15,3) AS quantity_allocated
    FROM material_reservations WHERE work_order_id = b.work_order_id
        AND material_id = b.material_id AND status = 'active') r;

-- The events of a material: what moved it, and the last of them for when it changed.
DROP TABLE inventory_transactions;
DROP TYPE written_inventory_transaction;
CREATE INDEX idx_inventory_txn_material ON events (entity_id, position)
    WHERE entity_type = 'material';
CREATE VIEW material_stock AS
SELECT m.material_id, l.on_hand_quantity, l.allocated_quantity,
    l.on_hand_quantity - l.allocated_quantity AS available_quantity,
    -- By a range of ids, of which one is meant: no other index has this order.
    (SELECT recorded_at FROM events WHERE entity_type = 'material'
        AND entity_id >= m.material_id AND entity_id <= m.material_id
        ORDER BY entity_id DESC, position DESC LIMIT 1) AS updated_at
FROM materials m CROSS JOIN LATERAL (
    SELECT coalesce(sum(quantity), 0)::decimal(15,3) AS on_hand_quantity,
        coalesce(sum(reserved_quantity), 0)::decimal(15,3) AS allocated_quantity
    FROM material_lots WHERE material_id = m.material_id) l;

CREATE VIEW inventory_transactions AS
SELECT e.position AS transaction_id,
    e.entity_id AS material_id,
    e.payload ->> 'transaction_type' AS transaction_type,
    e.occurred_at AS transaction_date,
    CASE e.payload ->> 'transaction_type' WHEN 'adjustment' THEN lots.net
        ELSE greatest(abs((e.payload #>> '{movements,0,on_hand}')::decimal(15,3)),
            abs((e.payload #>> '{movements,0,allocated}')::decimal(15,3)))
    END AS quantity,
    (e.payload ->> 'unit_cost')::decimal(12,4) AS unit_cost,
    CASE WHEN e.payload -> 'reference' <> 'null' THEN e.payload #>> '{reference,reference_type}'
        WHEN e.payload ->> 'work_order_id' IS NOT NULL THEN 'WorkOrder'
    END AS reference_type,
    coalesce(e.payload #>> '{reference,reference_id}', e.payload ->> 'work_order_id')
        AS reference_id,
    CASE WHEN lots.moves THEN lots.from_location
        ELSE e.payload #>> '{movements,0,location}' END AS from_location,
    CASE WHEN lots.moves THEN lots.to_location
        ELSE e.payload #>> '{movements,0,location}' END AS to_location,
    e.payload #>> '{movements,0,batch_number}' AS batch_number,
    e.payload #>> '{movements,0,lot_number}' AS lot_number,
    (e.payload #>> '{movements,0,expiration_date}')::date AS expiration_date,
    CASE e.payload #>> '{reservation,kind}' WHEN 'made' THEN e.position
        WHEN 'drawn' THEN (e.payload #>> '{reservation,reservation_id}')::bigint
    END AS reservation_id,
    e.payload ->> 'reason_code' AS reason_code,
    e.actor AS performed_by,
    (e.payload #>> '{reason,text_id}')::uuid AS notes_text_id,
    e.payload #>> '{reason,digest}' AS notes_digest,
    e.recorded_at AS created_at
FROM events e CROSS JOIN LATERAL (
    SELECT sum(goes.by) AS net,
        bool_or(goes.by <> 0) AS moves,
        (array_agg(goes.location ORDER BY goes.place) FILTER (WHERE goes.by < 0))[1]
            AS from_location,
        (array_agg(goes.location ORDER BY goes.place) FILTER (WHERE goes.by > 0))[1]
            AS to_location
    FROM (SELECT (lot ->> 'on_hand')::decimal(15,3) AS by, lot ->> 'location' AS location, place
          FROM jsonb_array_elements(e.payload -> 'movements') WITH ORDINALITY AS m (lot, place))
        AS goes) lots
WHERE e.entity_type = 'material' AND e.event_type = 'stock_moved' AND lots.net IS NOT NULL;

GRANT SELECT ON material_stock, work_order_bom_allocation, inventory_transactions TO mraos_app;
