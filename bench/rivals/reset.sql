-- Takes a rival back to its first state before every run, so that history never weighs on it.
update operators set current_status = 'available' where current_status <> 'available';
update machines set current_status = 'idle' where current_status <> 'idle';
update work_orders set status = 'queued' where status <> 'queued';
truncate allocation_change_events, allocations;
