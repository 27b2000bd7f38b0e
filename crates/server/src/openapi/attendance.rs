//! What the API's document says about attendance.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::attendance::{
    Attendance, CallOff, CallOffUndone, CalledOff, Clocked, PostAttendance, UndoCallOff,
};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::attendance::LIST;

pub(crate) fn post() -> Operation {
    Operation::act::<PostAttendance, Clocked>("Clock an operator in or out")
        .about(
            "Clocking in belongs to the shift that lasts or begins within two hours, and makes a \
             person who was away available; clocking out ends the shift, makes the person offline \
             and pauses the work that runs. The same again changes nothing. What is stated late, \
             also between two others, takes its place in its shift and changes nothing present; \
             what belongs to no shift is refused as `out_of_order`.",
        )
        .etag()
        .refuses(&[R::WrongPhase, R::OperatorUnavailable])
}

pub(crate) fn call_off() -> Operation {
    Operation::act::<CallOff, CalledOff>("Call a shift off")
        .about(
            "Without `shift_id` or `shift_date` the present shift, else the next within 24 hours. \
             A shift that lasts ends with it: the person is `absent`, `sick` or on `vacation`, and \
             the work that runs is paused, all in one commit. `hit` names the work that is \
             affected, with who could take over.",
        )
        .etag()
        .refuses(&[R::UnknownShift, R::WrongPhase, R::UnknownReasonCode])
}

pub(crate) fn undo_call_off() -> Operation {
    Operation::act::<UndoCallOff, CallOffUndone>("Take back that a shift was called off")
        .about(
            "The shift is again what the clock said of it. In a shift that lasts, who was away \
             because of it is available if in by the clock, or without ever using it; else \
             offline. Work that was paused stays paused.",
        )
        .etag()
        .refuses(&[R::UnknownShift, R::WrongPhase])
}

pub(crate) fn list() -> Operation {
    Operation::list::<Attendance>("An operator's attendance, newest first", &LIST).about(
        "Every read is audited. Why somebody is absent, in words (`reason_description`), is told \
         to roles with `read_people` alone; the others get the same rows with null in its place.",
    )
}
