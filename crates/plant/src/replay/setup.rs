//! Master data before the first moment: reason codes, machines, operators, orders in their order.
//!
//! All of it exists a day before the log begins. What an earlier run of the same replay made is
//! kept; anything else that is already there under one of the ids stops the replay.

use jiff::{SignedDuration, Timestamp};
use mraos_api::batch::{Batch, BatchAnswer, BatchResult, MAX_BATCH_ITEMS};
use mraos_api::dependency::AddDependency;
use mraos_api::machine::CreateMachine;
use mraos_api::operator::CreateOperator;
use mraos_api::problem::Problem;
use mraos_api::reason_code::CreateReasonCode;
use mraos_api::work_order::CreateWorkOrder;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use crate::client::{Client, ClientError};
use crate::replay::ReplayError;
use crate::replay::plan::{Plan, PlannedResource, Step, machine_type};

/// Reason code of a setup that is done.
pub(super) const SETUP_DONE: &str = "setup_done";
/// Reason code of a breakdown row.
pub(super) const BREAKDOWN: &str = "breakdown_reported";

const OPENING: SignedDuration = SignedDuration::from_hours(24);

/// Brings the server's master data to what the plan needs; `is_there` if a run before did so.
pub(super) async fn prepare(
    client: &Client,
    plan: &Plan,
    run_key: &str,
    is_there: bool,
) -> Result<(), ReplayError> {
    let opening = plan.span().and_then(|(start, _)| start.checked_sub(OPENING).ok());
    let key = format!("{run_key}{}", plan.id_ending);
    define_reason_codes(client, &key).await?;
    let batches = Batches { client, key, is_there };
    let machines = plan.machines.iter().map(|machine| create_machine(machine, opening)).collect();
    batches.create("/machines/batch", "machine", 0, machines).await?;
    let operators = plan.operators.iter().map(|person| create_operator(person, opening)).collect();
    batches.create("/operators/batch", "operator", 0, operators).await?;
    // A predecessor must exist before its successor: first steps first.
    let last = plan.steps.iter().map(|step| step.number).max().unwrap_or_default();
    for number in 1..=last {
        let steps = plan.steps.iter().filter(|step| step.number == number);
        let orders = steps.map(|step| create_order(step, plan, run_key, opening)).collect();
        batches.create("/work-orders/batch", "work order", number, orders).await?;
    }
    Ok(())
}

async fn define_reason_codes(client: &Client, key: &str) -> Result<(), ReplayError> {
    for (reason_code, category, description) in [
        (SETUP_DONE, "release", "the machine is set up, production follows"),
        (BREAKDOWN, "breakdown", "the production log reports a breakdown"),
    ] {
        let wish = CreateReasonCode {
            reason_code: reason_code.to_owned(),
            category: Some(category.to_owned()),
            description: description.to_owned(),
            is_active: None,
        };
        let key = format!("{key}-{reason_code}");
        match client.post::<Value>("/reason-codes", &wish, Some(&key)).await {
            Ok(_) => {}
            Err(ClientError::Problem { problem, .. }) if is_there_already(&problem) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn create_machine(machine: &PlannedResource, opening: Option<Timestamp>) -> CreateMachine {
    let machine_type = machine_type(machine);
    CreateMachine {
        machine_id: machine.id.clone(),
        machine_name: machine.name.clone(),
        production_line: machine_type.clone(),
        machine_type,
        parallel_capacity: Some(i64::from(machine.parallel_capacity)),
        occurred_at: opening,
        ..CreateMachine::default()
    }
}

fn create_operator(operator: &PlannedResource, opening: Option<Timestamp>) -> CreateOperator {
    CreateOperator {
        operator_id: operator.id.clone(),
        employee_id: operator.id.trim_start_matches("O-").to_owned(),
        first_name: "Worker".to_owned(),
        last_name: operator.name.clone(),
        parallel_capacity: Some(i64::from(operator.parallel_capacity)),
        occurred_at: opening,
        ..CreateOperator::default()
    }
}

fn create_order(
    step: &Step,
    plan: &Plan,
    run_key: &str,
    opening: Option<Timestamp>,
) -> CreateWorkOrder {
    let dependencies = step.predecessor.map(|predecessor| AddDependency {
        predecessor_work_order_id: plan.steps[predecessor.step].work_order_id.clone(),
        dependency_type: Some("finish_to_start".to_owned()),
        lag_minutes: Some(0),
        // A supervisor may let part of a batch go ahead, as this factory's did all the time.
        is_mandatory: Some(false),
    });
    CreateWorkOrder {
        work_order_id: step.work_order_id.clone(),
        work_order_number: format!("{}/{:02}{}", step.case_id, step.number, plan.id_ending),
        product_id: step.product_id.clone(),
        product_name: step.part.clone(),
        product_variant: None,
        quantity_ordered: Decimal::from(step.quantity_ordered),
        unit_of_measure: "EA".to_owned(),
        priority: None,
        due_date: step.due,
        planned_start_date: None,
        planned_end_date: None,
        estimated_duration_minutes: Some(step.estimated_minutes),
        production_line: None,
        assigned_shift: None,
        customer_order_id: Some(run_key.to_owned()),
        erp_work_order_id: Some(step.case_id.clone()),
        current_operation: Some(step.activity.clone()),
        quality_inspection_required: None,
        quality_status: None,
        overrun_percentage: None,
        overrun_quantity: None,
        wait_minutes: None,
        occurred_at: opening,
        dependencies: dependencies.into_iter().collect(),
    }
}

struct Batches<'a> {
    client: &'a Client,
    key: String,
    is_there: bool,
}

impl Batches<'_> {
    async fn create<T: Serialize>(
        &self,
        path: &str,
        what: &'static str,
        round: usize,
        items: Vec<T>,
    ) -> Result<(), ReplayError> {
        for (number, chunk) in items.chunks(MAX_BATCH_ITEMS).enumerate() {
            let batch = Batch { items: chunk.iter().collect() };
            let key = format!("{}{path}-{round}-{number}", self.key);
            let answer: BatchAnswer = self.client.post(path, &batch, Some(&key)).await?.body;
            for (item, result) in chunk.iter().zip(answer.results) {
                self.check(what, item, result)?;
            }
        }
        Ok(())
    }

    fn check(
        &self,
        what: &'static str,
        item: &impl Serialize,
        result: BatchResult,
    ) -> Result<(), ReplayError> {
        if (200..300).contains(&result.status) {
            return Ok(());
        }
        let problem: Problem = serde_json::from_value(result.body).unwrap_or_default();
        if self.is_there && is_there_already(&problem) {
            return Ok(());
        }
        let item = serde_json::to_value(item).unwrap_or_default();
        let ids = ["machine_id", "operator_id", "work_order_id"];
        let id = ids.iter().find_map(|field| item[field].as_str()).unwrap_or_default();
        let detail = format!("{} {}: {}", result.status, problem.code, problem.detail);
        Err(ReplayError::Setup { what, id: id.to_owned(), detail })
    }
}

fn is_there_already(problem: &Problem) -> bool {
    let refused_for = |code: &str| problem.refusals.iter().all(|refusal| refusal.code == code);
    problem.status == 409 && !problem.refusals.is_empty() && refused_for("duplicate_value")
}
