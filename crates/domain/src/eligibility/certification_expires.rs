//! Code `certification_expires`: the certificate lasts to the end of the work.
//!
//! It counts through the plant-local day on which the work ends. Never overridable.

use jiff::civil::Date;

use crate::ids::OperatorId;
use crate::refusal::{Refusal, RefusalCode};
use crate::skill::Skill;

/// The last day of a certificate that ends before the work does.
pub(super) fn too_early(held: &Skill, last_day: Date) -> Option<Date> {
    held.certification_expiry.filter(|expiry| *expiry < last_day)
}

pub(super) fn refuse(id: &OperatorId, held: &Skill, last_day: Date) -> Option<Refusal> {
    let expiry = too_early(held, last_day)?;
    let code = &held.skill_code;
    let message =
        format!("Operator {id}'s certificate for {code} ends on {expiry}, the work on {last_day}.");
    let refusal = Refusal::new(RefusalCode::CertificationExpires, id, message);
    Some(refusal.figures(last_day, expiry))
}
