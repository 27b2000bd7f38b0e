//! Orders, batch by batch: one order per operation of the route, each after the one before, with
//! waiting steps where pieces cure, cool or dry.
//!
//! A batch is what its number and the seed say, so that a plant can be given new work for ever
//! without remembering the old. Only the due dates depend on when it is created.

use jiff::{SignedDuration, Timestamp};
use mraos_api::dependency::AddDependency;
use mraos_api::skill_requirement::RequireSkill;
use mraos_api::work_order::CreateWorkOrder;
use rust_decimal::Decimal;

use super::machines::product_id;
use super::{Line, PlannedOrder, bills, clock_minutes};
use crate::catalogue::{
    Family, INSPECTION_SKILL, LAGS, LAST_OPERATION, Model, Operation, RESTS, Rest,
};
use crate::dice::Dice;

const FIRST_BATCH: u32 = 1_001;
const SET_UP_MINUTES: i64 = 8;
/// Of every hundred batches at the opening, so many are somewhere on their way …
const UNDER_WAY_PERCENT: usize = 75;
/// … and so many are for weeks later.
const FAR_PERCENT: usize = 5;
/// Of every hundred batches, so many are packed while they are still tested …
const OVERLAPPING_PERCENT: usize = 25;
/// … and so many are to be packed after the batch before, unless somebody decides otherwise.
const IN_SEQUENCE_PERCENT: usize = 12;
const OVERLAP_LAG_MINUTES: i64 = 20;
const FINISH_LAG_MINUTES: i64 = 5;
/// Level that the final test of an urgent order asks for.
const INSPECTION_LEVEL: i64 = 3;
const INSPECTED_PRIORITY: &str = "urgent";
const VARIANTS: [&str; 4] = ["white", "stainless steel", "black", "graphite"];

/// The endless sequence of a plant's batches.
#[derive(Debug, Clone)]
pub(crate) struct Batches {
    seed: u64,
    lines: Vec<Line>,
    speed: f64,
    next: u32,
}

/// Where a batch stands when it is created.
#[derive(Debug, Clone, Copy, Default)]
struct Beginning {
    /// Steps that lie in the past.
    done: usize,
    /// Days until it may be begun.
    days_ahead: i64,
}

/// What an order of a batch is about.
#[derive(Debug, Clone, Copy)]
enum Step {
    Work(&'static Operation),
    Rest(&'static Rest),
}

/// What all orders of a batch have in common.
struct Batch<'a> {
    number: u32,
    line: &'a Line,
    model: Model,
    variant: &'static str,
    quantity: i64,
    priority: &'static str,
    planned_start: Option<Timestamp>,
    overlaps: bool,
    in_sequence: bool,
}

impl Batches {
    /// The batches of a plant whose work goes `speed` times as fast as the clock.
    pub(crate) fn new(seed: u64, lines: Vec<Line>, speed: f64) -> Self {
        Self { seed, lines, speed, next: FIRST_BATCH }
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
    pub(crate) fn opening_orders(&mut self, count: usize, at: Timestamp) -> Vec<PlannedOrder> {
        let mut orders = Vec::with_capacity(count);
        while orders.len() < count {
            let mut dice = Dice::of(self.seed, &format!("opening-{}", self.next));
            let steps = steps(self.line_of(self.next).family).len();
            let under_way = dice.chance(UNDER_WAY_PERCENT);
            let is_far = dice.chance(FAR_PERCENT);
            let done = if under_way && !is_far { dice.below(steps) } else { 0 };
            // The last batch is cut at its beginning, so that the count is exact.
            let done = done.max((orders.len() + steps).saturating_sub(count).min(steps - 1));
            let days_ahead = if is_far { dice.between(10, 35) } else { 0 };
            orders.extend(self.create(Beginning { done, days_ahead }, at));
        }
        orders
    }

    /// The orders of the next batch.
    pub(crate) fn next_batch(&mut self, at: Timestamp) -> Vec<PlannedOrder> {
        self.create(Beginning::default(), at)
    }

    fn create(&mut self, beginning: Beginning, at: Timestamp) -> Vec<PlannedOrder> {
        let number = self.next;
        self.next += 1;
        let mut dice = Dice::of(self.seed, &format!("batch-{number}"));
        let line = self.line_of(number);
        let start = at + SignedDuration::from_hours(24 * beginning.days_ahead);
        let batch = Batch {
            number,
            line,
            model: *dice.pick(&line.family.models),
            quantity: dice.between(3, 15) * 8,
            priority: draw_priority(&mut dice),
            variant: dice.pick::<&str>(&VARIANTS),
            planned_start: (beginning.days_ahead > 0).then_some(start),
            overlaps: dice.chance(OVERLAPPING_PERCENT),
            in_sequence: dice.chance(IN_SEQUENCE_PERCENT),
        };
        let mut due = start + SignedDuration::from_hours(dice.between(-3, 90));
        let mut orders: Vec<PlannedOrder> = Vec::new();
        let mut kit = bills::kit_of(self.turn_of(number), self.place_of(number));
        let mut before: Option<Step> = None;
        for step in steps(line.family).into_iter().skip(beginning.done) {
            due += SignedDuration::from_mins(batch.minutes(step) + 30);
            let mut order = batch.order(step, due);
            order.dependencies = self.dependencies(&batch, before, step);
            order.wait_minutes = match step {
                Step::Rest(rest) => Some(clock_minutes(rest.minutes, self.speed)),
                Step::Work(_) => None,
            };
            let mut bill = Vec::new();
            if let Step::Work(operation) = step {
                bill = bills::bill(line.family, operation, batch.quantity);
                bill.extend(kit.take().map(|kit| bills::kit_line(kit, batch.quantity)));
            }
            orders.push(PlannedOrder { order, bill });
            before = Some(step);
        }
        orders
    }

    /// What must come before a step: the one before it, finished or far enough.
    fn dependencies(
        &self,
        batch: &Batch<'_>,
        before: Option<Step>,
        step: Step,
    ) -> Vec<AddDependency> {
        let mut edges = Vec::new();
        let is_last = number_of(step) == LAST_OPERATION;
        if let Some(before) = before {
            let id = order_id(batch.number, number_of(before));
            if is_last && batch.overlaps && matches!(before, Step::Work(_)) {
                let lag = |minutes| clock_minutes(minutes, self.speed);
                edges.push(edge(&id, "start_to_start", lag(OVERLAP_LAG_MINUTES)));
                edges.push(edge(&id, "finish_to_finish", lag(FINISH_LAG_MINUTES)));
            } else {
                edges.push(edge(&id, "finish_to_start", self.lag_after(before)));
            }
        }
        let lines = u32::try_from(self.lines.len()).unwrap_or(1);
        let earlier = batch.number - lines;
        if is_last && batch.in_sequence && earlier >= FIRST_BATCH {
            let sequence = edge(&order_id(earlier, LAST_OPERATION), "finish_to_start", 0);
            edges.push(AddDependency { is_mandatory: Some(false), ..sequence });
        }
        edges
    }

    fn lag_after(&self, step: Step) -> i64 {
        let Step::Work(operation) = step else { return 0 };
        let lag = LAGS.iter().find(|(code, _)| *code == operation.code);
        lag.map_or(0, |(_, minutes)| clock_minutes(*minutes, self.speed))
    }

    fn line_of(&self, batch: u32) -> &Line {
        &self.lines[self.place_of(batch)]
    }

    /// Which of the lines makes a batch.
    fn place_of(&self, batch: u32) -> usize {
        let number = usize::try_from(batch - FIRST_BATCH).unwrap_or_default();
        number % self.lines.len()
    }

    /// How manieth batch of its line it is.
    fn turn_of(&self, batch: u32) -> u32 {
        (batch - FIRST_BATCH) / u32::try_from(self.lines.len()).unwrap_or(1)
    }
}

impl Batch<'_> {
    fn minutes(&self, step: Step) -> i64 {
        match step {
            Step::Work(operation) => estimate_minutes(operation, self.quantity),
            Step::Rest(rest) => rest.minutes,
        }
    }

    fn order(&self, step: Step, due_date: Timestamp) -> CreateWorkOrder {
        let (family, model) = (self.line.family, self.model);
        let (code, result, operation) = match step {
            Step::Work(work) => (work.code, work.result, work.machine_type),
            Step::Rest(rest) => (rest.code, rest.result, rest.name),
        };
        let is_tested = matches!(step, Step::Work(work) if work.skill == INSPECTION_SKILL);
        let is_work = matches!(step, Step::Work(_));
        CreateWorkOrder {
            work_order_id: order_id(self.number, number_of(step)),
            work_order_number: format!("{}/{}", self.number, number_of(step)),
            product_id: product_id(family, model.number, code),
            product_name: format!("{}, {result}", model.name),
            product_variant: Some(self.variant.to_owned()),
            quantity_ordered: Decimal::from(self.quantity),
            unit_of_measure: "EA".to_owned(),
            priority: Some(self.priority.to_owned()),
            due_date,
            planned_start_date: self.planned_start,
            planned_end_date: None,
            estimated_duration_minutes: is_work.then(|| self.minutes(step)),
            production_line: Some(self.line.name.clone()),
            assigned_shift: None,
            customer_order_id: Some(format!("SO-{}", 70_000 + self.number / 3)),
            erp_work_order_id: Some(format!("B{}", self.number)),
            current_operation: Some(operation.to_owned()),
            quality_inspection_required: Some(is_tested),
            quality_status: None,
            overrun_percentage: None,
            overrun_quantity: None,
            wait_minutes: None,
            dependencies: Vec::new(),
            occurred_at: None,
        }
    }
}

/// Operations and waiting steps of a route, in their order.
fn steps(family: &Family) -> Vec<Step> {
    let route = family.route.iter().flat_map(|operation| {
        let rest = RESTS.iter().find(|rest| rest.after == operation.code);
        [Some(Step::Work(operation)), rest.map(Step::Rest)]
    });
    route.flatten().collect()
}

fn number_of(step: Step) -> u32 {
    match step {
        Step::Work(operation) => operation.number,
        Step::Rest(rest) => rest.number,
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

fn edge(predecessor: &str, kind: &str, lag_minutes: i64) -> AddDependency {
    AddDependency {
        predecessor_work_order_id: predecessor.to_owned(),
        dependency_type: Some(kind.to_owned()),
        lag_minutes: Some(lag_minutes),
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
