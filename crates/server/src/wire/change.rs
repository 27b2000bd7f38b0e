//! The history of an allocation: log events → the specification's change events.
//!
//! States before and after are derived from the event alone; free texts are joined last, because
//! they may have been erased.

use std::collections::HashMap;

use mraos_api::allocation::AllocationChangeEvent;
use mraos_app::AppError;
use mraos_app::reads::StoredEvent;
use mraos_domain::event::AllocationReassigned;
use mraos_domain::{Assignment, Event, Phase, Recorded, TextRef, WorkOrder, consequence};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::problem::HttpResult;

/// A change whose free text is still to be joined.
pub(crate) struct Change {
    pub(crate) text_id: Option<Uuid>,
    rendered: AllocationChangeEvent,
}

impl Change {
    /// The change as clients see one.
    pub(crate) fn render(mut self, texts: &HashMap<Uuid, String>) -> AllocationChangeEvent {
        self.rendered.change_reason_description =
            self.text_id.and_then(|text_id| texts.get(&text_id).cloned());
        self.rendered
    }
}

/// Where an allocation stood, and with whom.
struct Standing<'a>(&'a Assignment, Phase);

impl Standing<'_> {
    fn render(&self) -> Value {
        let Self(assignment, phase) = self;
        json!({
            "work_order_id": assignment.work_order_id,
            "operator_id": assignment.operator_id,
            "machine_id": assignment.machine_id,
            "phase": phase,
        })
    }
}

/// The change that an event of an allocation tells; none for events of anything else.
pub(crate) fn read_change(
    stored: &StoredEvent,
    order: Option<&WorkOrder>,
) -> HttpResult<Option<Change>> {
    let recorded = stored.recorded().map_err(AppError::from)?;
    let Some((before, after)) = standings(&recorded.event) else { return Ok(None) };
    let (reason_code, text) = reason(&recorded.event);
    let Recorded { position, occurred_at, recorded_at, actor, event } = &recorded;
    let kind = event.event_type();
    let consequence = consequence::of_change(event, order);
    let rendered = AllocationChangeEvent {
        event_id: *position,
        allocation_id: stored.row.entity_id.parse().unwrap_or(*position),
        event_type: kind.strip_prefix("allocation_").unwrap_or(kind).to_owned(),
        event_timestamp: occurred_at.timestamp(),
        previous_state: before.map(|standing| standing.render()),
        new_state: Some(after.render()),
        change_reason_code: reason_code,
        change_reason_description: None,
        idle_time_prevented_minutes: consequence.idle_time_prevented_minutes,
        work_order_delay_minutes: consequence.work_order_delay_minutes,
        changed_by: actor.to_string(),
        change_source: stored.row.source.clone(),
        created_at: recorded_at.timestamp(),
    };
    Ok(Some(Change { text_id: text.map(|text| text.text_id), rendered }))
}

/// Before (nothing at its creation) and after.
fn standings(event: &Event) -> Option<(Option<Standing<'_>>, Standing<'_>)> {
    use Event as E;
    use Phase::{Booked, Ended, Paused, Running};
    let step = |assignment, before, after| {
        (Some(Standing(assignment, before)), Standing(assignment, after))
    };
    Some(match event {
        E::AllocationCreated(e) => (None, Standing(&e.assignment, e.phase)),
        E::AllocationStarted(e) => step(&e.assignment, Booked, Running),
        E::AllocationPaused(e) => step(&e.assignment, Running, Paused),
        E::AllocationResumed(e) => step(&e.assignment, Paused, Running),
        E::AllocationReassigned(AllocationReassigned { previous, assignment, phase, .. }) => {
            (Some(Standing(previous, *phase)), Standing(assignment, *phase))
        }
        E::AllocationRescheduled(e) => step(&e.assignment, e.phase, e.phase),
        E::AllocationOverran(e) => step(&e.assignment, Running, Running),
        E::AllocationReopened(e) => step(&e.assignment, Ended, e.phase),
        E::AllocationReleased(e) => step(&e.assignment, e.previous_phase, Ended),
        E::AllocationCompleted(e) => step(&e.assignment, e.previous_phase, Ended),
        E::AllocationCancelled(e) => step(&e.assignment, Booked, Ended),
        _ => return None,
    })
}

fn reason(event: &Event) -> (Option<String>, Option<&TextRef>) {
    use Event as E;
    let (code, text) = match event {
        E::AllocationPaused(e) => (&e.reason_code, &e.reason),
        E::AllocationReassigned(e) => (&e.reason_code, &e.reason),
        E::AllocationRescheduled(e) => (&e.reason_code, &e.reason),
        E::AllocationReopened(e) => (&e.reason_code, &e.reason),
        E::AllocationReleased(e) => (&e.reason_code, &e.reason),
        E::AllocationCancelled(e) => (&e.reason_code, &e.reason),
        _ => return (None, None),
    };
    (code.as_ref().map(ToString::to_string), text.as_ref())
}
