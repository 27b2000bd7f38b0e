//! Maintenance and a machine's history: wire type ↔ domain type.
//!
//! Whether a plan makes sense is the domain's rule; here is only what the two ends of a window
//! have to do with each other.

use mraos_api::maintenance as api;
use mraos_app::reads::{MaintenanceView, StatusPeriod};
use mraos_domain::{Instant, Machine, MachineId, Maintenance, MaintenanceTerms, Window};

use crate::fields::{Fields, count, date, instant, text, whole_number};
use crate::problem::HttpResult;

/// Days between two maintenances: up to ten years.
const MOST_DAYS: i64 = 3_650;

/// What is planned.
pub(crate) fn read_plan(body: api::PlanMaintenance) -> HttpResult<MaintenanceTerms> {
    let mut fields = Fields::default();
    let maintenance_type = fields.text("maintenance_type", &body.maintenance_type);
    let mut terms = maintenance_type.map(|maintenance_type| MaintenanceTerms {
        maintenance_type,
        window: None,
        due_date: None,
        due_after_hours: None,
        interval_days: None,
        repeats_by_hours: false,
    });
    let rest = api::ChangeMaintenance {
        maintenance_type: None,
        planned_start: body.planned_start.map(Some),
        planned_end: body.planned_end.map(Some),
        due_date: body.due_date.map(Some),
        due_after_hours: body.due_after_hours.map(Some),
        interval_days: body.interval_days.map(Some),
        repeats_by_hours: body.repeats_by_hours,
    };
    if let Some(terms) = &mut terms {
        change_terms(&mut fields, terms, rest);
    }
    fields.finish(terms)
}

/// What is planned after a change.
pub(crate) fn read_change(
    mut terms: MaintenanceTerms,
    body: api::ChangeMaintenance,
) -> HttpResult<MaintenanceTerms> {
    let mut fields = Fields::default();
    let name = body.maintenance_type.clone();
    fields.replace(&mut terms.maintenance_type, "maintenance_type", name, text);
    change_terms(&mut fields, &mut terms, body);
    fields.finish(Some(terms))
}

fn change_terms(fields: &mut Fields, terms: &mut MaintenanceTerms, body: api::ChangeMaintenance) {
    if body.planned_start.is_some() || body.planned_end.is_some() {
        let mut start = terms.window.map(|window| window.start);
        let mut end = terms.window.map(|window| window.end);
        fields.replace_nullable(&mut start, "planned_start", body.planned_start, instant);
        fields.replace_nullable(&mut end, "planned_end", body.planned_end, instant);
        if start.is_some() != end.is_some() {
            fields.reject("planned_end", "a window has a planned_start and a planned_end");
        }
        terms.window = start.zip(end).map(|(start, end)| Window { start, end });
        terms.due_date = None;
    }
    let days = |name, value| whole_number(name, value, 1..=MOST_DAYS);
    fields.replace_nullable(&mut terms.due_date, "due_date", body.due_date, date);
    let hours = body.due_after_hours;
    fields.replace_nullable(&mut terms.due_after_hours, "due_after_hours", hours, count);
    fields.replace_nullable(&mut terms.interval_days, "interval_days", body.interval_days, days);
    terms.repeats_by_hours = body.repeats_by_hours.unwrap_or(terms.repeats_by_hours);
}

/// A planned maintenance as clients see one.
pub(crate) fn render_planned(
    machine: &Machine,
    planned: &Maintenance,
    now: Instant,
) -> api::Maintenance {
    let terms = &planned.terms;
    api::Maintenance {
        maintenance_id: planned.maintenance_id.0,
        machine_id: machine.machine_id.to_string(),
        maintenance_type: terms.maintenance_type.to_string(),
        status: "planned".to_owned(),
        planned_start: terms.window.map(|window| window.start.timestamp()),
        planned_end: terms.window.map(|window| window.end.timestamp()),
        due_date: terms.due_date,
        due_after_hours: terms.due_after_hours.map(i64::from),
        hours_remaining: planned.hours_remaining(machine, now),
        interval_days: terms.interval_days.map(i64::from),
        repeats_by_hours: terms.repeats_by_hours,
        ended_at: None,
        ended_by: None,
        notes: None,
        created_at: planned.created_at.timestamp(),
        updated_at: planned.updated_at.timestamp(),
    }
}

/// A maintenance of whatever status as clients see one.
pub(crate) fn render(machine: &Machine, view: &MaintenanceView, now: Instant) -> api::Maintenance {
    let row = &view.row;
    let shown = render_planned(machine, &row.maintenance, now);
    api::Maintenance {
        status: row.status.as_str().to_owned(),
        hours_remaining: shown.hours_remaining.filter(|_| row.ended_at.is_none()),
        ended_at: row.ended_at.map(Instant::timestamp),
        ended_by: row.ended_by.clone(),
        notes: view.notes.clone(),
        ..shown
    }
}

/// What a machine did for a while, as clients see it.
pub(crate) fn render_period(machine_id: &MachineId, period: StatusPeriod) -> api::StatusPeriod {
    api::StatusPeriod {
        status_id: period.status_id,
        machine_id: machine_id.to_string(),
        status: period.status.as_str().to_owned(),
        previous_status: period.previous_status.map(|status| status.as_str().to_owned()),
        started_at: period.started_at.timestamp(),
        ended_at: period.ended_at.map(Instant::timestamp),
        duration_minutes: period.duration_minutes.map(i64::from),
        reason_code: period.reason_code,
        reason_description: period.reason_description,
        reported_by: period.reported_by,
        created_at: period.created_at.timestamp(),
    }
}
