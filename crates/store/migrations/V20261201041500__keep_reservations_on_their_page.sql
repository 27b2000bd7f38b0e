-- A reservation's status changes when it is used up or given back. As long as no index speaks of it,
-- PostgreSQL keeps the new version of the row on its page and touches no index at all. What is active
-- is found by the open orders, which alone can have set something aside (decision 0023); of a
-- material all reservations are now found, in the order in which they are listed.

DROP INDEX idx_material_reservations_material;
CREATE INDEX idx_material_reservations_material
    ON material_reservations (material_id, reservation_id);
