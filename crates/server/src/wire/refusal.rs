//! Refusals: domain type → wire type, and the status that an answer with them carries.
//!
//! Most refusals are 409. A stale version, an impossible time and the path's own unknown id have
//! statuses that HTTP clients know how to handle.

use axum::http::StatusCode;
use mraos_api::problem as api;
use mraos_app::verdict::{Verdict, verdict};
use mraos_domain::{Command, EntityRef, Instant, Refusal, RefusalCode};

use crate::problem::HttpError;

/// A refusal as clients see one.
pub(crate) fn render(refusal: &Refusal) -> api::Refusal {
    let at = |instant: Option<Instant>| instant.map(Instant::timestamp);
    api::Refusal {
        code: refusal.code.as_str().to_owned(),
        entity_type: refusal.entity.entity_type.as_str().to_owned(),
        entity_id: refusal.entity.entity_id.clone(),
        message: refusal.message.clone(),
        overridable: refusal.overridable,
        allocation_id: refusal.allocation_id.map(|id| id.0),
        work_order_id: refusal.work_order_id.as_ref().map(ToString::to_string),
        held_by: refusal.held_by.clone(),
        from: at(refusal.from),
        to: at(refusal.to),
        required: refusal.required.clone(),
        actual: refusal.actual.clone(),
    }
}

/// The answer to refused commands. `subject` is what the path names beyond the commands' own.
pub(crate) fn to_error(
    refusals: &[Refusal],
    commands: &[Command],
    subject: Option<&EntityRef>,
) -> HttpError {
    let kind = |refusal: &Refusal| match verdict(refusal, commands) {
        Verdict::Refused if subject == Some(&refusal.entity) && is_unknown(refusal.code) => {
            Verdict::Unknown
        }
        kind => kind,
    };
    let worst = refusals.iter().max_by_key(|refusal| kind(refusal));
    let (status, code) = match worst.map(|refusal| (kind(refusal), refusal.code.as_str())) {
        Some((Verdict::Invalid, code)) => (StatusCode::UNPROCESSABLE_ENTITY, code),
        Some((Verdict::Stale, code)) => (StatusCode::PRECONDITION_FAILED, code),
        Some((Verdict::NotPermitted, code)) => (StatusCode::FORBIDDEN, code),
        Some((Verdict::Unknown, code)) => (StatusCode::NOT_FOUND, code),
        Some((Verdict::Refused, _)) | None => (StatusCode::CONFLICT, "refused"),
    };
    HttpError::refused(status, code, refusals.iter().map(render).collect())
}

fn is_unknown(code: RefusalCode) -> bool {
    use RefusalCode as R;
    matches!(
        code,
        R::UnknownOperator | R::UnknownMachine | R::UnknownWorkOrder | R::UnknownAllocation
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use mraos_domain::{MachineId, OperatorId};

    use super::*;

    fn refusal(code: RefusalCode, entity: impl Into<EntityRef>) -> Refusal {
        Refusal::new(code, entity, "because".to_owned())
    }

    #[test]
    fn an_unknown_id_is_404_in_the_path_and_409_in_the_body() {
        let operator = OperatorId::new("O-1").unwrap();
        let refusals = [refusal(RefusalCode::UnknownOperator, &operator)];
        let subject = EntityRef::from(&operator);
        let in_path = to_error(&refusals, &[], Some(&subject)).into_problem();
        assert_eq!((in_path.status, in_path.code.as_str()), (404, "unknown_operator"));
        let in_body = to_error(&refusals, &[], None).into_problem();
        assert_eq!((in_body.status, in_body.code.as_str()), (409, "refused"));
        assert_eq!(in_body.refusals[0].code, "unknown_operator");
    }

    #[test]
    fn all_refusals_are_told() {
        let machine = MachineId::new("M-1").unwrap();
        let refusals = [
            refusal(RefusalCode::MachineBooked, &machine),
            refusal(RefusalCode::MachineCannotProduce, &machine),
        ];
        let problem = to_error(&refusals, &[], None).into_problem();
        assert_eq!((problem.status, problem.refusals.len()), (409, 2));
        assert_eq!(problem.detail, "2 reasons: because because");
    }
}
