-- The specification's §6.1 transaction, its seven statements one round trip each, then the release
-- that takes everything back. A draw that is taken already ends in a rollback and is not a pair.
\set o random(1, :operators)
\set m random(1, :machines)
\set w random(1, :orders)
\set operator_free 0
\set machine_free 0
begin transaction isolation level read committed;
select 1 as operator_free from operators where operator_id = 'O-' || :o and current_status = 'available' for update \aset
select 1 as machine_free from machines where machine_id = 'M-' || :m and current_status = 'idle' for update \aset
\if :operator_free + :machine_free < 2
rollback;
\else
insert into allocations (work_order_id, operator_id, machine_id, allocation_type, allocated_by, allocation_method) values ('WO-' || :w, 'O-' || :o, 'M-' || :m, 'operator_machine', 'S-042', 'manual') returning allocation_id as a \gset
update operators set current_status = 'busy', status_updated_at = now(), updated_at = now() where operator_id = 'O-' || :o;
update machines set current_status = 'running', status_updated_at = now(), updated_at = now() where machine_id = 'M-' || :m;
update work_orders set status = 'assigned', updated_at = now() where work_order_id = 'WO-' || :w;
insert into allocation_change_events (allocation_id, event_type, changed_by, change_source, new_state) values (:a, 'created', 'S-042', 'supervisor_ui', jsonb_build_object('operator', 'O-' || :o, 'machine', 'M-' || :m, 'work_order', 'WO-' || :w));
commit;
begin transaction isolation level read committed;
update allocations set status = 'released', released_by = 'S-042', released_at = now(), updated_at = now() where allocation_id = :a and status = 'active';
update operators set current_status = 'available', status_updated_at = now(), updated_at = now() where operator_id = 'O-' || :o;
update machines set current_status = 'idle', status_updated_at = now(), updated_at = now() where machine_id = 'M-' || :m;
update work_orders set status = 'queued', updated_at = now() where work_order_id = 'WO-' || :w;
insert into allocation_change_events (allocation_id, event_type, changed_by, change_source, previous_state, new_state) values (:a, 'released', 'S-042', 'supervisor_ui', '{"status": "active"}', '{"status": "released"}');
commit;
\endif
