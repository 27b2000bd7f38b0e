//! Commands about materials: master data.
//!
//! A material's unit is fixed: stock, reservations and bills of materials are kept in it.

use super::stock::find;
use super::{Decision, all_or, already_exists, check_unique, check_version};
use crate::command::Command;
use crate::event::{MaterialChanged, MaterialCreated};
use crate::ids::MaterialId;
use crate::key::UniqueField;
use crate::material::MaterialDetails;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::unit::is_same;

pub(super) fn decide(state: &State, command: &Command) -> Decision {
    match command {
        Command::CreateMaterial { material_id, details } => {
            let mut refusals = Vec::new();
            if state.material(material_id).is_some() {
                refusals.push(already_exists(material_id.into()));
            }
            check(state, material_id, details, &mut refusals);
            let (material_id, details) = (material_id.clone(), details.clone());
            all_or(vec![MaterialCreated { material_id, details }.into()], refusals)
        }
        Command::ChangeMaterial { material_id, expected_version, details } => {
            let material = find(state, material_id)?;
            check_version(material_id, *expected_version, material.version)?;
            if material.details == *details {
                return Ok(Vec::new());
            }
            let mut refusals = Vec::new();
            check(state, material_id, details, &mut refusals);
            let (own, other) = (&material.details.unit_of_measure, &details.unit_of_measure);
            if own != other {
                let message = format!(
                    "{material_id} is counted in {own}; register what is counted in {other} as \
                     another material, or add it as a package."
                );
                let refusal = Refusal::new(RefusalCode::InUse, material_id, message);
                refusals.push(refusal.figures(own, other));
            }
            let (material_id, details) = (material_id.clone(), details.clone());
            all_or(vec![MaterialChanged { material_id, details }.into()], refusals)
        }
        _ => Ok(Vec::new()),
    }
}

fn check(state: &State, id: &MaterialId, details: &MaterialDetails, out: &mut Vec<Refusal>) {
    let number = details.part_number.as_str();
    check_unique(state, UniqueField::PartNumber, number, id.into(), out);
    for (index, package) in details.packages.iter().enumerate() {
        let name = package.unit_of_measure.as_str();
        let mut earlier = details.packages.iter().take(index);
        let is_known = earlier.any(|one| is_same(one.unit_of_measure.as_str(), name))
            || is_same(name, details.unit_of_measure.as_str());
        if is_known || package.quantity.is_zero() {
            let message = format!(
                "Package {name} of {}: each unit once, other than {}, and more than 0.",
                package.quantity, details.unit_of_measure
            );
            out.push(Refusal::new(RefusalCode::InvalidValue, id, message));
        }
    }
}
