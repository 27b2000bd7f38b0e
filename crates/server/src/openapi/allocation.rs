//! What the API's document says about `/allocations`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::allocation::{
    Allocation, AllocationChangeEvent, CancelAllocation, CompleteAllocation, CreateAllocation,
    PauseAllocation, ReassignAllocation, ReleaseAllocation, RescheduleAllocation, ResumeAllocation,
    StartAllocation, UndoAllocation, Validation,
};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::allocation::LIST;

/// Rules that speak for or against work here and now.
const ELIGIBILITY: &[R] = &[
    R::WorkOrderNotAllocatable,
    R::DependencyUnmet,
    R::OperatorUnavailable,
    R::OperatorOffShift,
    R::OperatorOnBreak,
    R::OperatorBooked,
    R::SkillMissing,
    R::SkillLevelTooLow,
    R::CertificationExpires,
    R::MachineUnavailable,
    R::MachineBooked,
    R::MachineCannotProduce,
    R::MachineCapacityExceeded,
    R::UnknownOperator,
    R::UnknownMachine,
    R::UnknownWorkOrder,
];

pub(crate) fn create() -> Operation {
    Operation::create::<CreateAllocation, Allocation>("Allocate")
        .about(
            "Checks person, certificates, machine, time and predecessors at once and answers with \
             all reasons that speak against it. With a start in the future it books, else it \
             starts at once. A soft refusal (`overridable`) can be overridden with a reason.",
        )
        .location()
        .refuses(ELIGIBILITY)
}

pub(crate) fn create_batch() -> Operation {
    Operation::batch::<CreateAllocation, Allocation>("Allocate many")
}

pub(crate) fn validate() -> Operation {
    Operation::ask::<CreateAllocation, Validation>("Ask whether an allocation would be allowed")
        .about(
            "The answer that `POST /allocations` would give now; commits nothing. Where operator \
             or machine is left open, `pairs` says which pairs are possible and why the others \
             are not.",
        )
}

pub(crate) fn list() -> Operation {
    Operation::list::<Allocation>("List allocations", &LIST)
}

pub(crate) fn show() -> Operation {
    Operation::read::<Allocation>("Show an allocation")
}

pub(crate) fn list_events() -> Operation {
    Operation::whole::<AllocationChangeEvent>("List the changes of an allocation")
        .about("With the state before and after, who changed it and why.")
}

pub(crate) fn start() -> Operation {
    Operation::act::<StartAllocation, Allocation>("Start a booked allocation")
        .about("All rules are checked again, as of now.")
        .refuses(&[R::WrongPhase])
        .refuses(ELIGIBILITY)
}

pub(crate) fn pause() -> Operation {
    Operation::act::<PauseAllocation, Allocation>("Pause a running allocation")
        .about("Frees operator and machine.")
        .refuses(&[R::WrongPhase, R::UnknownReasonCode])
}

pub(crate) fn resume() -> Operation {
    Operation::act::<ResumeAllocation, Allocation>("Resume a paused allocation")
        .about("All rules are checked again, as of now.")
        .refuses(&[R::WrongPhase])
        .refuses(ELIGIBILITY)
}

pub(crate) fn release() -> Operation {
    Operation::act::<ReleaseAllocation, Allocation>("Release: end the work, the order goes on")
        .refuses(&[R::WrongPhase, R::UnknownReasonCode])
}

pub(crate) fn complete() -> Operation {
    Operation::act::<CompleteAllocation, Allocation>("Complete: end the work as done")
        .about("Reaching the ordered quantity, or `work_order_completed`, completes the order.")
        .refuses(&[R::WrongPhase, R::WouldExceedOrdered, R::DependencyUnmet])
}

pub(crate) fn reassign() -> Operation {
    Operation::act::<ReassignAllocation, Allocation>("Give an allocation other resources")
        .about("The id stays; what is not named stays as it is. `drop` frees a side.")
        .refuses(&[R::WrongPhase, R::UnknownReasonCode])
        .refuses(ELIGIBILITY)
}

pub(crate) fn reschedule() -> Operation {
    Operation::act::<RescheduleAllocation, Allocation>("Move a booking, or extend running work")
        .about(
            "A booking gets another start, end or length; running work another end or length. \
             Checked as if it were booked anew; work that is to end earlier is in nobody's way.",
        )
        .refuses(&[R::WrongPhase, R::UnknownReasonCode])
        .refuses(ELIGIBILITY)
}

pub(crate) fn undo() -> Operation {
    Operation::act::<UndoAllocation, Allocation>("Take the last change of an allocation back")
        .about(
            "Within 15 minutes, by what makes up for it: a booking is cancelled, a start or \
             resumption paused, a pause resumed, work given or moved back, an end opened again \
             with what was reported taken off. What lets work begin again is checked like any \
             beginning. The log keeps both.",
        )
        .refuses(&[R::NotUndoable, R::UnknownReasonCode])
        .refuses(ELIGIBILITY)
}

pub(crate) fn cancel() -> Operation {
    Operation::act::<CancelAllocation, Allocation>("Cancel a booked allocation")
        .refuses(&[R::WrongPhase, R::UnknownReasonCode])
}
