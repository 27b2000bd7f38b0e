-- The strongest plain form of the specification's transaction: the same statements in one PL/pgSQL
-- call, so that an allocation costs one round trip and one implicit commit.
create function allocate(order_id text, person_id text, station_id text, caller text)
returns bigint language plpgsql as $body$
declare
    created bigint;
begin
    perform from operators
        where operator_id = person_id and current_status = 'available' for update;
    if not found then
        return 0;
    end if;
    perform from machines
        where machine_id = station_id and current_status = 'idle' for update;
    if not found then
        return 0;
    end if;
    insert into allocations (work_order_id, operator_id, machine_id, allocation_type,
            allocated_by, allocation_method)
        values (order_id, person_id, station_id, 'operator_machine', caller, 'manual')
        returning allocation_id into created;
    update operators set current_status = 'busy', status_updated_at = now(), updated_at = now()
        where operator_id = person_id;
    update machines set current_status = 'running', status_updated_at = now(), updated_at = now()
        where machine_id = station_id;
    update work_orders set status = 'assigned', updated_at = now()
        where work_order_id = order_id;
    insert into allocation_change_events (allocation_id, event_type, changed_by, change_source,
            new_state)
        values (created, 'created', caller, 'supervisor_ui', jsonb_build_object(
            'operator', person_id, 'machine', station_id, 'work_order', order_id));
    return created;
end
$body$;

create function release(released_id bigint, caller text)
returns bigint language plpgsql as $body$
declare
    ended record;
begin
    update allocations
        set status = 'released', released_by = caller, released_at = now(), updated_at = now()
        where allocation_id = released_id and status = 'active'
        returning work_order_id, operator_id, machine_id into ended;
    if not found then
        return 0;
    end if;
    update operators set current_status = 'available', status_updated_at = now(),
            updated_at = now()
        where operator_id = ended.operator_id;
    update machines set current_status = 'idle', status_updated_at = now(), updated_at = now()
        where machine_id = ended.machine_id;
    update work_orders set status = 'queued', updated_at = now()
        where work_order_id = ended.work_order_id;
    insert into allocation_change_events (allocation_id, event_type, changed_by, change_source,
            previous_state, new_state)
        values (released_id, 'released', caller, 'supervisor_ui',
            '{"status": "active"}', '{"status": "released"}');
    return released_id;
end
$body$;
