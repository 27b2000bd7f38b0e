//! What the planner has booked before the doors open: first orders of batches for tomorrow's early
//! shift, and machines for batches that are weeks away.
//!
//! Only what every rule allows is booked: machine and person can do it, nothing of it waits for
//! another order, and no window of maintenance lies in the way.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use mraos_api::allocation::CreateAllocation;
use mraos_api::machine::CreateMachine;
use mraos_api::maintenance::PlanMaintenance;

use super::{Line, Opening, PlannedOperator, PlannedOrder, Plant};
use crate::catalogue::Operation;
use crate::rota::start_of;

/// Orders of a line that are booked for tomorrow.
const FOR_TOMORROW: usize = 2;
/// Tomorrow's bookings begin so long after the early shift.
const AFTER_START: SignedDuration = SignedDuration::from_mins(30);
const EARLY: usize = 0;
/// What is booked for tomorrow has ended by then.
const LONGEST_BOOKING_DAYS: i64 = 3;

pub(super) fn bookings(plant: &Plant, lines: &[Line], opening: &Opening) -> Vec<CreateAllocation> {
    lines.iter().flat_map(|line| of_line(plant, line, opening)).collect()
}

fn of_line(plant: &Plant, line: &Line, opening: &Opening) -> Vec<CreateAllocation> {
    let mut taken = BTreeSet::new();
    let mut booked = Vec::new();
    let tomorrow = opening.days_from(1).and_then(|date| opening.instant(date, start_of(EARLY)));
    let mut for_tomorrow = 0;
    for planned in plant.orders.iter().filter(|one| can_be_booked(one, line)) {
        let order = &planned.order;
        let from = match (order.planned_start_date, tomorrow) {
            (Some(later), _) => later,
            (None, Some(tomorrow)) if for_tomorrow < FOR_TOMORROW => tomorrow + AFTER_START,
            _ => continue,
        };
        let is_far = order.planned_start_date.is_some();
        let Some(machine) = free_machine(plant, planned, from, &taken) else { continue };
        let person =
            (!is_far).then(|| able_person(plant, line, machine, &taken, opening)).flatten();
        if !is_far && person.is_none() {
            continue;
        }
        for_tomorrow += usize::from(!is_far);
        taken.insert(machine.machine_id.as_str());
        taken.extend(person.map(|one| one.operator.operator_id.as_str()));
        booked.push(CreateAllocation {
            work_order_id: order.work_order_id.clone(),
            operator_id: person.map(|one| one.operator.operator_id.clone()),
            machine_id: Some(machine.machine_id.clone()),
            allocation_method: Some("manual".to_owned()),
            expected_start_time: Some(from),
            expected_duration_minutes: order.estimated_duration_minutes,
            ..CreateAllocation::default()
        });
    }
    booked
}

/// Waits for nothing, needs hands, and has no kit that might be missing.
fn can_be_booked(planned: &PlannedOrder, line: &Line) -> bool {
    let order = &planned.order;
    order.production_line.as_deref() == Some(line.name.as_str())
        && order.dependencies.is_empty()
        && order.wait_minutes.is_none()
        && order.quality_inspection_required != Some(true)
        && planned.bill.iter().all(|line| line.consumption.is_none())
}

fn free_machine<'p>(
    plant: &'p Plant,
    planned: &PlannedOrder,
    from: Timestamp,
    taken: &BTreeSet<&str>,
) -> Option<&'p CreateMachine> {
    let order = &planned.order;
    let minutes = order.estimated_duration_minutes.unwrap_or_default();
    let until = from + SignedDuration::from_mins(minutes);
    let overlaps = |plan: &PlanMaintenance| {
        plan.planned_start.is_some_and(|start| start < until)
            && plan.planned_end.is_some_and(|end| end > from)
    };
    plant.machines.iter().find(|machine| {
        let makes = machine.product_types.iter().flatten().any(|one| *one == order.product_id);
        let mut plans = plant.maintenance.iter();
        makes
            && machine.production_line == order.production_line.clone().unwrap_or_default()
            && !taken.contains(machine.machine_id.as_str())
            && !plans.any(|one| one.machine_id == machine.machine_id && overlaps(&one.plan))
    })
}

/// Somebody of tomorrow's early shift who is there for that operation, holiday or not.
fn able_person<'p>(
    plant: &'p Plant,
    line: &Line,
    machine: &CreateMachine,
    taken: &BTreeSet<&str>,
    opening: &Opening,
) -> Option<&'p PlannedOperator> {
    let mut route = line.family.route.iter();
    let operation: &Operation =
        route.find(|operation| operation.machine_type == machine.machine_type)?;
    let until = opening.days_from(LONGEST_BOOKING_DAYS)?;
    let is_able = |person: &PlannedOperator| {
        person.skills.iter().any(|skill| {
            skill.skill_code == operation.skill
                && skill.proficiency_level >= operation.minimum_level
                && skill.certification_expiry.is_none_or(|expiry| expiry >= until)
        })
    };
    plant.operators.iter().find(|person| {
        person.shift == EARLY
            && person.works_on_holidays
            && person.operator.production_line.as_deref() == Some(line.name.as_str())
            && !taken.contains(person.operator.operator_id.as_str())
            && is_able(person)
    })
}
