//! Method, path and body of the request that an act is.
//!
//! Acts on a job first, then those on people, machines, materials and orders. Questions are reads
//! and have no body; they are answered elsewhere.

use mraos_api::allocation::{
    CancelAllocation, CompleteAllocation, CreateAllocation, PauseAllocation, ReassignAllocation,
    ReleaseAllocation, ResumeAllocation, StartAllocation,
};
use mraos_api::attendance::{CallOff, PostAttendance};
use mraos_api::maintenance::CompleteMaintenance;
use mraos_api::material::ChangeMaterial;
use mraos_api::production_log::{DecideQuality, NoteProduction};
use mraos_api::status::ChangeStatus;
use mraos_api::transaction::PostTransaction;
use mraos_api::work_order::ReportProgress;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::Act;
use crate::catalogue::{EXPIRED, PLAN_CHANGED, REPLACEMENT, SICK_NOTE};

/// What is sent to change something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// A new thing, or something that happens.
    Post(String, Value),
    /// Another value of master data.
    Patch(String, Value),
}

impl Wish {
    /// What is sent.
    #[cfg(test)]
    pub(crate) fn body(&self) -> &Value {
        match self {
            Self::Post(_, body) | Self::Patch(_, body) => body,
        }
    }
}

impl Act {
    /// The request that it is; a question is none.
    pub(crate) fn request(&self) -> Option<Wish> {
        self.on_job().or_else(|| self.on_resource()).or_else(|| self.on_order())
    }

    fn on_job(&self) -> Option<Wish> {
        let post = |job: &i64, verb: &str, body: Value| {
            Some(Wish::Post(format!("/allocations/{job}/{verb}"), body))
        };
        match self {
            Self::Allocate { .. } => Some(Wish::Post("/allocations".to_owned(), self.allocation())),
            Self::Start { job } => post(job, "start", body(&StartAllocation::default())),
            Self::Pause { job, reason } => {
                let wish = PauseAllocation { reason_code: code(reason), occurred_at: None };
                post(job, "pause", body(&wish))
            }
            Self::Resume { job } => post(job, "resume", body(&ResumeAllocation::default())),
            Self::Reassign { job, person, machine, .. } => {
                let wish = ReassignAllocation {
                    operator_id: person.clone(),
                    machine_id: machine.clone(),
                    reason_code: code(REPLACEMENT),
                    ..ReassignAllocation::default()
                };
                post(job, "reassign", body(&wish))
            }
            Self::Release { job, reason } => {
                let wish =
                    ReleaseAllocation { reason_code: code(reason), ..ReleaseAllocation::default() };
                post(job, "release", body(&wish))
            }
            Self::Cancel { job } => {
                let wish = CancelAllocation { reason_code: code(PLAN_CHANGED), occurred_at: None };
                post(job, "cancel", body(&wish))
            }
            Self::Complete { job, produced, rejected, .. } => {
                let wish = CompleteAllocation {
                    quantity_produced: Some(*produced),
                    quantity_rejected: Some(*rejected),
                    work_order_completed: Some(true),
                    occurred_at: None,
                };
                post(job, "complete", body(&wish))
            }
            _ => None,
        }
    }

    fn allocation(&self) -> Value {
        let Self::Allocate { order, person, machine, from, minutes, score } = self else {
            return Value::Null;
        };
        let method = if score.is_some() { "ai_suggested" } else { "automated" };
        body(&CreateAllocation {
            work_order_id: order.clone(),
            operator_id: Some(person.clone()),
            machine_id: Some(machine.clone()),
            allocation_method: Some(method.to_owned()),
            suggestion_score: score.map(Decimal::from),
            expected_start_time: *from,
            expected_duration_minutes: Some(*minutes),
            ..CreateAllocation::default()
        })
    }

    fn on_resource(&self) -> Option<Wish> {
        Some(match self {
            Self::ClockIn { person } | Self::ClockOut { person } => {
                let wish = PostAttendance {
                    clocking_type: self.name().to_owned(),
                    ..PostAttendance::default()
                };
                Wish::Post(format!("/operators/{person}/attendance"), body(&wish))
            }
            Self::CallOff { person } => {
                let wish = CallOff {
                    status: Some("sick".to_owned()),
                    reason_code: code(SICK_NOTE),
                    ..CallOff::default()
                };
                Wish::Post(format!("/operators/{person}/call-off"), body(&wish))
            }
            Self::PostPerson { person, status, reason } => {
                Wish::Post(format!("/operators/{person}/status"), status_body(status, *reason))
            }
            Self::PostMachine { machine, status, reason } => {
                Wish::Post(format!("/machines/{machine}/status"), status_body(status, *reason))
            }
            Self::AssignShift { person, shift } => {
                Wish::Post(format!("/operators/{person}/shifts"), body(shift))
            }
            Self::PlanUpkeep { machine, plan } => {
                Wish::Post(format!("/machines/{machine}/maintenance"), body(plan))
            }
            Self::CompleteUpkeep { machine, upkeep } => {
                let path = format!("/machines/{machine}/maintenance/{upkeep}/complete");
                let notes = Some("Done as planned.".to_owned());
                Wish::Post(path, body(&CompleteMaintenance { notes, occurred_at: None }))
            }
            Self::ExpectMaterial { material, delivery } => {
                let change = ChangeMaterial {
                    next_receipt_at: Some(delivery.map(|(at, _)| at)),
                    next_receipt_quantity: Some(delivery.map(|(_, quantity)| quantity)),
                    ..ChangeMaterial::default()
                };
                Wish::Patch(format!("/materials/{material}"), body(&change))
            }
            Self::Receive { material, .. } | Self::Scrap { material, .. } => {
                Wish::Post(format!("/materials/{material}/transactions"), self.movement())
            }
            _ => return None,
        })
    }

    fn movement(&self) -> Value {
        body(&match self {
            Self::Receive { quantity, batch, .. } => PostTransaction {
                transaction_type: "receipt".to_owned(),
                quantity: Some(*quantity),
                reference_type: Some("PurchaseOrder".to_owned()),
                reference_id: Some(format!("PO-{batch}")),
                batch_number: Some(batch.clone()),
                ..PostTransaction::default()
            },
            Self::Scrap { quantity, lot, .. } => PostTransaction {
                transaction_type: "adjustment".to_owned(),
                quantity: Some(-*quantity),
                batch_number: lot.batch_number.clone(),
                lot_number: lot.lot_number.clone(),
                expiration_date: lot.expiration_date,
                from_location: lot.location.clone(),
                reason_code: code(EXPIRED),
                ..PostTransaction::default()
            },
            _ => PostTransaction::default(),
        })
    }

    fn on_order(&self) -> Option<Wish> {
        Some(match self {
            Self::Report { order, produced, rejected } => {
                let wish = ReportProgress {
                    quantity_delta: Some(*produced),
                    quantity_rejected: Some(*rejected),
                    ..ReportProgress::default()
                };
                Wish::Post(format!("/work-orders/{order}/progress"), body(&wish))
            }
            Self::Inspect { order, status } => {
                let wish = DecideQuality { quality_status: (*status).to_owned(), notes: None };
                Wish::Post(format!("/work-orders/{order}/quality"), body(&wish))
            }
            Self::Note { order, kind, text, machine } => {
                let wish = NoteProduction {
                    event_type: (*kind).to_owned(),
                    notes: text.clone(),
                    machine_id: machine.clone(),
                    ..NoteProduction::default()
                };
                Wish::Post(format!("/work-orders/{order}/logs"), body(&wish))
            }
            Self::CreateOrder(order) => Wish::Post("/work-orders".to_owned(), body(order)),
            Self::SetBomLine { order, line } => {
                Wish::Post(format!("/work-orders/{order}/bom"), body(line))
            }
            Self::RequireSkill(asked) => Wish::Post("/skill-requirements".to_owned(), body(asked)),
            _ => return None,
        })
    }
}

fn code(reason: &str) -> Option<String> {
    Some(reason.to_owned())
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
