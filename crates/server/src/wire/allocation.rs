//! Allocations: wire type ↔ domain type.
//!
//! Which fields make sense together is checked by the domain when it decides; only shapes are
//! checked here.

use mraos_api::allocation as api;
use mraos_app::reads::AllocationView;
use mraos_domain::command::{ExpectedEnd, NewAllocation};
use mraos_domain::event::Override;
use mraos_domain::{
    Allocation, AllocationMethod, Instant, Invalid, MachineId, OperatorId, Percentage, RefusalCode,
    Side, WorkOrderId,
};

use crate::fields::{Fields, instant, minutes, named_value};
use crate::wire::text::Texts;

/// Rules that one command may pass over.
const MAX_OVERRIDES: usize = 50;

/// A new allocation as asked for.
pub(crate) fn read_new(
    fields: &mut Fields,
    texts: &mut Texts,
    body: &api::CreateAllocation,
) -> Option<NewAllocation> {
    require_resource(fields, body.operator_id.as_deref(), body.machine_id.as_deref());
    read_proposal(fields, texts, body)
}

/// A new allocation that is asked about; it may leave open who and where.
pub(crate) fn read_proposal(
    fields: &mut Fields,
    texts: &mut Texts,
    body: &api::CreateAllocation,
) -> Option<NewAllocation> {
    let work_order_id = fields.take("work_order_id", WorkOrderId::new(&body.work_order_id));
    let operator_id = body.operator_id.as_deref().map(OperatorId::new);
    let operator_id = fields.take_optional("operator_id", operator_id);
    let machine_id = body.machine_id.as_deref().map(MachineId::new);
    let machine_id = fields.take_optional("machine_id", machine_id);
    let method = body.allocation_method.as_deref().unwrap_or("manual");
    let method =
        named_value("allocation_method", method, AllocationMethod::ALL, AllocationMethod::as_str);
    let allocation_method = fields.take("allocation_method", method);
    let start = body.expected_start_time.map(|at| instant("expected_start_time", at));
    let expected_start_time = fields.take_optional("expected_start_time", start);
    let duration = body.expected_duration_minutes;
    let duration = duration.map(|value| minutes("expected_duration_minutes", value));
    let expected_duration_minutes = fields.take_optional("expected_duration_minutes", duration);
    let score = body.suggestion_score.map(Percentage::new);
    let suggestion_score = fields.take_optional("suggestion_score", score);
    let overrides = read_overrides(fields, texts, &body.overrides);
    Some(NewAllocation {
        work_order_id: work_order_id?,
        operator_id: operator_id?,
        machine_id: machine_id?,
        allocation_method: allocation_method?,
        expected_start_time: expected_start_time?,
        expected_duration_minutes: expected_duration_minutes?,
        suggestion_score: suggestion_score?,
        overrides: overrides?,
    })
}

/// Operator and machine of a body.
pub(crate) fn read_resources(
    fields: &mut Fields,
    operator_id: Option<&str>,
    machine_id: Option<&str>,
) -> (Option<Option<OperatorId>>, Option<Option<MachineId>>) {
    let operator = fields.take_optional("operator_id", operator_id.map(OperatorId::new));
    let machine = fields.take_optional("machine_id", machine_id.map(MachineId::new));
    (operator, machine)
}

/// At least one of operator and machine is there.
pub(crate) fn require_resource(
    fields: &mut Fields,
    operator_id: Option<&str>,
    machine_id: Option<&str>,
) {
    if operator_id.is_none() && machine_id.is_none() {
        fields.reject("operator_id", "name an operator_id, a machine_id or both");
    }
}

/// Overrides with their reasons put beside the log.
pub(crate) fn read_overrides(
    fields: &mut Fields,
    texts: &mut Texts,
    items: &[api::Override],
) -> Option<Vec<Override>> {
    if items.len() > MAX_OVERRIDES {
        fields.reject("overrides", format!("{} overrides; at most {MAX_OVERRIDES}", items.len()));
        return None;
    }
    let mut overrides = Vec::with_capacity(items.len());
    fields.below("overrides", |fields| {
        for (index, item) in items.iter().enumerate() {
            overrides.push(fields.below(&index.to_string(), |fields| {
                let code = fields.take("code", override_code(&item.code));
                let reason = texts.attach(fields, "reason", &item.reason);
                Some(Override { code: code?, reason: reason? })
            }));
        }
    });
    overrides.into_iter().collect()
}

fn override_code(value: &str) -> Result<RefusalCode, Invalid> {
    let rule = "the `code` of an overridable refusal, such as operator_off_shift";
    RefusalCode::parse(value).ok_or_else(|| Invalid::new("code", value, rule))
}

/// An allocation as it was read at `now`.
pub(crate) fn render_view(view: AllocationView, now: Instant) -> api::Allocation {
    let before = view.runs_before.filter(|one| one.has_overrun(now));
    let held_up_by_allocation_id = before.map(|one| one.allocation_id.0);
    api::Allocation { held_up_by_allocation_id, ..render(&view.allocation, view.release_reason) }
}

/// A side of an allocation.
pub(crate) fn read_side(fields: &mut Fields, name: &str, side: Option<&str>) -> Option<Side> {
    match side? {
        "operator" => Some(Side::Operator),
        "machine" => Some(Side::Machine),
        other => {
            fields.reject(name, format!("`{other}` is neither operator nor machine"));
            None
        }
    }
}

/// When work is to be over: at a time or after a length, not both.
pub(crate) fn read_expected_end(
    fields: &mut Fields,
    body: &api::RescheduleAllocation,
) -> Option<Option<ExpectedEnd>> {
    let at = body.expected_end_time.map(|at| instant("expected_end_time", at));
    let at = fields.take_optional("expected_end_time", at)?;
    let length = body.expected_duration_minutes;
    let length = length.map(|value| minutes("expected_duration_minutes", value));
    let length = fields.take_optional("expected_duration_minutes", length)?;
    if at.is_some() && length.is_some() {
        fields.reject("expected_end_time", "give an end or a length, not both");
    }
    if at.is_none() && length.is_none() && body.expected_start_time.is_none() {
        fields.reject("expected_start_time", "give a new start, end or length");
    }
    Some(at.map(ExpectedEnd::At).or(length.map(ExpectedEnd::After)))
}

/// An allocation as clients see one. `release_reason` is the free text beside the log.
pub(crate) fn render(allocation: &Allocation, release_reason: Option<String>) -> api::Allocation {
    let at = |instant: Option<Instant>| instant.map(Instant::timestamp);
    let assignment = &allocation.assignment;
    api::Allocation {
        allocation_id: allocation.allocation_id.0,
        work_order_id: assignment.work_order_id.to_string(),
        operator_id: assignment.operator_id.as_ref().map(ToString::to_string),
        machine_id: assignment.machine_id.as_ref().map(ToString::to_string),
        allocation_type: assignment.allocation_type().to_owned(),
        status: allocation.status.as_str().to_owned(),
        phase: allocation.phase.as_str().to_owned(),
        allocated_at: allocation.allocated_at.timestamp(),
        expected_start_time: Some(allocation.window.start.timestamp()),
        expected_end_time: Some(allocation.window.end.timestamp()),
        expected_duration_minutes: Some(allocation.expected_duration_minutes.into()),
        actual_start_time: at(allocation.actual_start_time),
        actual_end_time: at(allocation.actual_end_time),
        actual_duration_minutes: allocation.actual_duration_minutes(),
        allocation_method: allocation.allocation_method.as_str().to_owned(),
        suggestion_score: allocation.suggestion_score.map(Percentage::decimal),
        allocated_by: allocation.allocated_by.to_string(),
        released_by: allocation.released_by.as_ref().map(ToString::to_string),
        released_at: at(allocation.released_at),
        release_reason,
        quantity_produced: allocation.quantity_produced.decimal(),
        held_up_by_allocation_id: None,
        version: allocation.version.into(),
        created_at: allocation.created_at.timestamp(),
        updated_at: allocation.updated_at.timestamp(),
    }
}
