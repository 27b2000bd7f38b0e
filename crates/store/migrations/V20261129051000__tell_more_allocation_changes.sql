-- Allocations that were moved, overran or were opened again; what a change means for idle time and
-- for the order's date, where it lets work be done in a window.

CREATE OR REPLACE VIEW allocation_change_events AS
SELECT e.position AS event_id,
       e.entity_id::bigint AS allocation_id,
       substr(e.event_type, length('allocation_') + 1) AS event_type,
       e.occurred_at AS event_timestamp,
       CASE e.event_type
           WHEN 'allocation_created' THEN NULL
           WHEN 'allocation_reassigned' THEN e.payload -> 'previous'
               || jsonb_build_object('phase', e.payload -> 'phase')
           ELSE e.payload -> 'assignment' || jsonb_build_object('phase',
               coalesce(e.payload ->> 'previous_phase',
                        CASE e.event_type WHEN 'allocation_started' THEN 'booked'
                                          WHEN 'allocation_paused' THEN 'running'
                                          WHEN 'allocation_resumed' THEN 'paused'
                                          WHEN 'allocation_overran' THEN 'running'
                                          WHEN 'allocation_reopened' THEN 'ended'
                                          WHEN 'allocation_rescheduled' THEN e.payload ->> 'phase'
                                          ELSE 'booked' END))
       END AS previous_state,
       e.payload -> 'assignment' || jsonb_build_object('phase',
           coalesce(e.payload ->> 'phase',
                    CASE e.event_type WHEN 'allocation_started' THEN 'running'
                                      WHEN 'allocation_resumed' THEN 'running'
                                      WHEN 'allocation_overran' THEN 'running'
                                      WHEN 'allocation_paused' THEN 'paused'
                                      ELSE 'ended' END)) AS new_state,
       e.payload ->> 'reason_code' AS change_reason_code,
       t.body AS change_reason_description,
       CASE WHEN e.event_type IN ('allocation_created', 'allocation_resumed')
                OR (e.event_type = 'allocation_reopened' AND e.payload ->> 'phase' <> 'paused')
            THEN ceil(extract(epoch FROM (e.payload -> 'window' ->> 'end')::timestamptz
                - (e.payload -> 'window' ->> 'start')::timestamptz) / 60)::int
       END AS idle_time_prevented_minutes,
       CASE WHEN e.payload ? 'window'
            THEN ceil(greatest(0, extract(epoch FROM
                (e.payload -> 'window' ->> 'end')::timestamptz
                - coalesce(w.planned_end_date, w.due_date))) / 60)::int
       END AS work_order_delay_minutes,
       e.actor AS changed_by,
       e.source AS change_source,
       e.recorded_at AS created_at
FROM events e
LEFT JOIN event_texts t ON t.text_id = (e.payload -> 'reason' ->> 'text_id')::uuid
LEFT JOIN work_orders w ON w.work_order_id = e.payload -> 'assignment' ->> 'work_order_id'
WHERE e.entity_type = 'allocation';
