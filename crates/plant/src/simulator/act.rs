//! What people on a floor do, one request each.
//!
//! Says which method, path and body an act is; the driver sends it and the foreman hears what
//! came of it. Nothing here decides or waits.

use jiff::Timestamp;
use mraos_api::allocation::{
    CancelAllocation, CompleteAllocation, CreateAllocation, PauseAllocation, ReassignAllocation,
    ReleaseAllocation, ResumeAllocation, StartAllocation,
};
use mraos_api::shift::AssignShift;
use mraos_api::status::ChangeStatus;
use mraos_api::work_order::{CreateWorkOrder, ReportProgress};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

/// Something that somebody does, or wants to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Act {
    /// Binds a person and a machine to an order, now or later.
    Allocate {
        order: String,
        person: String,
        machine: String,
        from: Option<Timestamp>,
        minutes: i64,
    },
    /// Begins what was booked.
    Start { job: i64 },
    /// Interrupts work.
    Pause { job: i64, reason: &'static str },
    /// Goes on with it.
    Resume { job: i64 },
    /// Gives it to another person or machine.
    Reassign { job: i64, person: Option<String>, machine: Option<String> },
    /// Ends it with the order unfinished.
    Release { job: i64, reason: &'static str },
    /// Calls off what was booked.
    Cancel { job: i64 },
    /// Finishes it, and the order with it.
    Complete { job: i64, order: String, produced: Decimal, rejected: Decimal },
    /// Counts pieces.
    Report { order: String, produced: Decimal, rejected: Decimal },
    /// Says what a person does.
    PostPerson { person: String, status: &'static str, reason: Option<&'static str> },
    /// Says what a machine does.
    PostMachine { machine: String, status: &'static str, reason: Option<&'static str> },
    /// Puts a person on the rota.
    AssignShift { person: String, shift: AssignShift },
    /// New work arrives.
    CreateOrder(Box<CreateWorkOrder>),
    /// Asks for a person's skills and shifts.
    LearnPerson { person: String },
    /// Asks for a machine's products.
    LearnMachine { machine: String },
    /// Asks what an order waits for.
    LearnOrder { order: String },
}

impl Act {
    /// Its name in counts and reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Allocate { from: None, .. } => "allocate",
            Self::Allocate { from: Some(_), .. } => "book",
            Self::Start { .. } => "start",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Reassign { .. } => "reassign",
            Self::Release { .. } => "release",
            Self::Cancel { .. } => "cancel",
            Self::Complete { .. } => "complete",
            Self::Report { .. } => "report_progress",
            Self::PostPerson { status, .. } => match *status {
                "available" => "person_available",
                "break" => "person_break",
                "sick" => "person_sick",
                _ => "person_leaves",
            },
            Self::PostMachine { status, .. } => match *status {
                "idle" => "machine_repaired",
                "breakdown" => "machine_breakdown",
                _ => "machine_maintenance",
            },
            Self::AssignShift { .. } => "assign_shift",
            Self::CreateOrder(_) => "create_order",
            Self::LearnPerson { .. } | Self::LearnMachine { .. } | Self::LearnOrder { .. } => {
                "look"
            }
        }
    }

    /// Whether it only asks.
    pub(crate) fn is_question(&self) -> bool {
        self.name() == "look"
    }

    /// Path and body of the request that it is; a question has none.
    pub(crate) fn request(&self) -> Option<(String, Value)> {
        let of_job = |job: &i64, verb: &str| format!("/allocations/{job}/{verb}");
        let code = |reason: &'static str| Some(reason.to_owned());
        Some(match self {
            Self::Allocate { .. } => ("/allocations".to_owned(), self.allocation()),
            Self::Start { job } => (of_job(job, "start"), body(&StartAllocation::default())),
            Self::Pause { job, reason } => {
                let wish = PauseAllocation { reason_code: code(reason), occurred_at: None };
                (of_job(job, "pause"), body(&wish))
            }
            Self::Resume { job } => (of_job(job, "resume"), body(&ResumeAllocation::default())),
            Self::Reassign { job, person, machine } => {
                let wish = ReassignAllocation {
                    operator_id: person.clone(),
                    machine_id: machine.clone(),
                    reason_code: code(crate::catalogue::REPLACEMENT),
                    ..ReassignAllocation::default()
                };
                (of_job(job, "reassign"), body(&wish))
            }
            Self::Release { job, reason } => {
                let wish =
                    ReleaseAllocation { reason_code: code(reason), ..ReleaseAllocation::default() };
                (of_job(job, "release"), body(&wish))
            }
            Self::Cancel { job } => {
                let reason_code = code(crate::catalogue::PLAN_CHANGED);
                let wish = CancelAllocation { reason_code, occurred_at: None };
                (of_job(job, "cancel"), body(&wish))
            }
            Self::Complete { job, produced, rejected, .. } => {
                let wish = CompleteAllocation {
                    quantity_produced: Some(*produced),
                    quantity_rejected: Some(*rejected),
                    work_order_completed: Some(true),
                    occurred_at: None,
                };
                (of_job(job, "complete"), body(&wish))
            }
            Self::Report { order, produced, rejected } => {
                let wish = ReportProgress {
                    quantity_delta: Some(*produced),
                    quantity_rejected: Some(*rejected),
                    ..ReportProgress::default()
                };
                (format!("/work-orders/{order}/progress"), body(&wish))
            }
            Self::PostPerson { person, status, reason } => {
                (format!("/operators/{person}/status"), status_body(status, *reason))
            }
            Self::PostMachine { machine, status, reason } => {
                (format!("/machines/{machine}/status"), status_body(status, *reason))
            }
            Self::AssignShift { person, shift } => {
                (format!("/operators/{person}/shifts"), body(shift))
            }
            Self::CreateOrder(order) => ("/work-orders".to_owned(), body(order)),
            Self::LearnPerson { .. } | Self::LearnMachine { .. } | Self::LearnOrder { .. } => {
                return None;
            }
        })
    }

    fn allocation(&self) -> Value {
        let Self::Allocate { order, person, machine, from, minutes } = self else {
            return Value::Null;
        };
        body(&CreateAllocation {
            work_order_id: order.clone(),
            operator_id: Some(person.clone()),
            machine_id: Some(machine.clone()),
            allocation_method: Some("automated".to_owned()),
            expected_start_time: *from,
            expected_duration_minutes: Some(*minutes),
            ..CreateAllocation::default()
        })
    }
}

fn status_body(status: &str, reason: Option<&str>) -> Value {
    body(&ChangeStatus {
        status: status.to_owned(),
        reason_code: reason.map(str::to_owned),
        ..ChangeStatus::default()
    })
}

fn body(wish: &impl Serialize) -> Value {
    serde_json::to_value(wish).unwrap_or_default()
}
