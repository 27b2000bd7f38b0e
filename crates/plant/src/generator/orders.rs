//! Orders, batch by batch: one order per operation of the route, each after the one before.
//!
//! A batch is what its number and the seed say, so that a plant can be given new work for ever
//! without remembering the old. Only the due dates depend on when it is created.

use jiff::{SignedDuration, Timestamp};
use mraos_api::dependency::AddDependency;
use mraos_api::skill_requirement::RequireSkill;
use mraos_api::work_order::CreateWorkOrder;
use rust_decimal::Decimal;

use super::Line;
use super::machines::product_id;
use crate::catalogue::{INSPECTION_SKILL, LAST_OPERATION, Operation};
use crate::dice::Dice;

const FIRST_BATCH: u32 = 1_001;
const SET_UP_MINUTES: i64 = 8;
/// Of every hundred batches at the opening, so many are somewhere on their way.
const UNDER_WAY_PERCENT: usize = 75;
/// Level that the final test of an urgent order asks for.
const INSPECTION_LEVEL: i64 = 3;
const INSPECTED_PRIORITY: &str = "urgent";
const VARIANTS: [&str; 4] = ["white", "stainless steel", "black", "graphite"];

/// The endless sequence of a plant's batches.
#[derive(Debug, Clone)]
pub(crate) struct Batches {
    seed: u64,
    lines: Vec<Line>,
    next: u32,
}

impl Batches {
    pub(crate) fn new(seed: u64, lines: Vec<Line>) -> Self {
        Self { seed, lines, next: FIRST_BATCH }
    }

    /// The id of the order that every batch has, for a look whether a batch is there.
    pub(crate) fn mark_of(batch: u32) -> String {
        order_id(batch, LAST_OPERATION)
    }

    /// Number of the batch that comes next.
    pub(crate) fn next_number(&self) -> u32 {
        self.next
    }

    /// Goes on with batch `number`.
    pub(crate) fn skip_to(&mut self, number: u32) {
        self.next = number;
    }

    /// About `count` orders, some batches of them under way.
    pub(crate) fn opening_orders(&mut self, count: usize, at: Timestamp) -> Vec<CreateWorkOrder> {
        let mut orders = Vec::with_capacity(count);
        while orders.len() < count {
            let mut dice = Dice::of(self.seed, &format!("opening-{}", self.next));
            let steps = self.line_of(self.next).family.route.len();
            let under_way = dice.chance(UNDER_WAY_PERCENT);
            let done = if under_way { dice.below(steps) } else { 0 };
            // The last batch is cut at its beginning, so that the count is exact.
            let done = done.max((orders.len() + steps).saturating_sub(count).min(steps - 1));
            orders.extend(self.next_batch(done, at));
        }
        orders
    }

    /// The orders of the next batch whose first `done` operations lie in the past.
    pub(crate) fn next_batch(&mut self, done: usize, at: Timestamp) -> Vec<CreateWorkOrder> {
        let batch = self.next;
        self.next += 1;
        let line = self.line_of(batch);
        let family = line.family;
        let mut dice = Dice::of(self.seed, &format!("batch-{batch}"));
        let model = *dice.pick(&family.models);
        let quantity = dice.between(3, 15) * 8;
        let priority = draw_priority(&mut dice);
        let slack_hours = dice.between(-3, 90);
        let variant = *dice.pick(&VARIANTS);
        let mut due = at + SignedDuration::from_hours(slack_hours);
        let mut orders = Vec::new();
        let mut before: Option<String> = None;
        for operation in family.route.iter().skip(done) {
            let minutes = estimate_minutes(operation, quantity);
            due += SignedDuration::from_mins(minutes + 30);
            let id = order_id(batch, operation.number);
            let predecessor = before.replace(id.clone());
            orders.push(CreateWorkOrder {
                work_order_id: id,
                work_order_number: format!("{batch}/{}", operation.number),
                product_id: product_id(family, model.number, operation),
                product_name: format!("{}, {}", model.name, operation.result),
                product_variant: Some(variant.to_owned()),
                quantity_ordered: Decimal::from(quantity),
                unit_of_measure: "EA".to_owned(),
                priority: Some(priority.to_owned()),
                due_date: due,
                planned_start_date: None,
                planned_end_date: None,
                estimated_duration_minutes: Some(minutes),
                production_line: Some(line.name.clone()),
                assigned_shift: None,
                customer_order_id: Some(format!("SO-{}", 70_000 + batch / 3)),
                erp_work_order_id: Some(format!("B{batch}")),
                current_operation: Some(operation.machine_type.to_owned()),
                quality_inspection_required: Some(operation.skill == INSPECTION_SKILL),
                quality_status: None,
                overrun_percentage: None,
                overrun_quantity: None,
                wait_minutes: None,
                dependencies: predecessor.map(finish_to_start).into_iter().collect(),
                occurred_at: None,
            });
        }
        orders
    }

    fn line_of(&self, batch: u32) -> &Line {
        let number = usize::try_from(batch - FIRST_BATCH).unwrap_or_default();
        &self.lines[number % self.lines.len()]
    }
}

fn order_id(batch: u32, operation: u32) -> String {
    format!("WO-{batch}-{operation}")
}

fn estimate_minutes(operation: &Operation, quantity: i64) -> i64 {
    SET_UP_MINUTES + (quantity * operation.seconds_per_piece + 59) / 60
}

fn draw_priority(dice: &mut Dice) -> &'static str {
    match dice.below(100) {
        0..6 => "urgent",
        6..26 => "high",
        26..84 => "medium",
        _ => "low",
    }
}

fn finish_to_start(predecessor_work_order_id: String) -> AddDependency {
    AddDependency {
        predecessor_work_order_id,
        dependency_type: Some("finish_to_start".to_owned()),
        lag_minutes: Some(0),
        is_mandatory: Some(true),
    }
}

/// What an order asks of its operator beyond what the machine does.
pub(crate) fn requirement(order: &CreateWorkOrder) -> Option<RequireSkill> {
    let urgent = order.priority.as_deref() == Some(INSPECTED_PRIORITY);
    let tested = order.quality_inspection_required == Some(true);
    (urgent && tested).then(|| RequireSkill {
        scope: "work_order".to_owned(),
        scope_id: order.work_order_id.clone(),
        skill_code: INSPECTION_SKILL.to_owned(),
        minimum_level: Some(INSPECTION_LEVEL),
    })
}
