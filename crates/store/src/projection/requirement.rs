//! Rows of skill requirements and reason codes that a batch changed.
//!
//! A requirement that is stated again has a row of its own: the one before it goes.

use std::collections::BTreeSet;

use mraos_domain::event::{Event, Recorded};
use mraos_domain::{ReasonCode, RequirementScope, RowId, State};

use super::TableChange;
use crate::requirement::{REASON_CODES, REQUIREMENTS, encode, encode_reason_code};

/// Which rows changed.
#[derive(Debug, Default)]
pub(super) struct Lists {
    requirements: BTreeSet<RequirementScope>,
    dropped_requirements: BTreeSet<RowId>,
    reason_codes: BTreeSet<ReasonCode>,
}

impl Lists {
    /// Whether no row changed.
    pub(super) fn is_empty(&self) -> bool {
        self.requirements.is_empty() && self.reason_codes.is_empty()
    }

    /// Notes rows that `recorded` is about to remove.
    pub(super) fn note_before(&mut self, state: &State, recorded: &Recorded) {
        match &recorded.event {
            Event::SkillRequired(event) => {
                let known = state.requirements(&event.scope).iter();
                let same = known.filter(|one| one.skill_code == event.skill_code);
                self.dropped_requirements.extend(same.map(|one| one.requirement_id));
            }
            Event::SkillRequirementDropped(event) => {
                self.dropped_requirements.insert(event.requirement_id);
            }
            _ => {}
        }
    }

    /// Notes rows that `recorded` has changed.
    pub(super) fn note(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::SkillRequired(event) => drop(self.requirements.insert(event.scope.clone())),
            Event::SkillRequirementDropped(event) => {
                self.requirements.insert(event.scope.clone());
            }
            Event::ReasonCodeDefined(event) => {
                self.reason_codes.insert(event.definition.reason_code.clone());
            }
            _ => {}
        }
    }

    /// What happens to the tables.
    pub(super) fn changes(&self, state: &State, out: &mut Vec<TableChange>) {
        let mut requirements = TableChange::new(&REQUIREMENTS);
        requirements.delete_ids(self.dropped_requirements.iter());
        for scope in &self.requirements {
            requirements.write.extend(state.requirements(scope).iter().map(encode));
        }
        let mut codes = TableChange::new(&REASON_CODES);
        let known = self.reason_codes.iter().filter_map(|code| state.reason_code(code));
        codes.write.extend(known.map(encode_reason_code));
        out.extend([requirements, codes]);
    }
}
