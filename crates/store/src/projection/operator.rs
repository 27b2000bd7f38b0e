//! Rows of an operator's skills and shifts that a batch changed.
//!
//! A skill that is set again has a row of its own: the one before it goes.

use std::collections::BTreeSet;

use mraos_domain::event::{Event, Recorded};
use mraos_domain::{OperatorId, RowId, SkillCode, State};

use super::TableChange;
use crate::operator::{SHIFTS, SKILLS, encode_shift, encode_skill};

/// Which rows changed.
#[derive(Debug, Default)]
pub(super) struct Lists {
    skills: BTreeSet<(OperatorId, SkillCode)>,
    dropped_skills: BTreeSet<RowId>,
    shifts: BTreeSet<(OperatorId, RowId)>,
}

impl Lists {
    /// Notes rows that `recorded` is about to remove.
    pub(super) fn note_before(&mut self, state: &State, recorded: &Recorded) {
        let (id, code) = match &recorded.event {
            Event::OperatorSkillSet(event) => (&event.operator_id, &event.skill.skill_code),
            Event::OperatorSkillRemoved(event) => (&event.operator_id, &event.skill_code),
            _ => return,
        };
        let held = state.operator(id).into_iter().flat_map(|one| &one.skills);
        for old in held.filter(|held| held.skill.skill_code == *code) {
            self.dropped_skills.insert(old.operator_skill_id);
        }
    }

    /// Notes rows that `recorded` has changed.
    pub(super) fn note(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::OperatorSkillSet(event) => {
                let code = event.skill.skill_code.clone();
                self.skills.insert((event.operator_id.clone(), code));
            }
            // Written again in case the removal is undone with a refused submission.
            Event::OperatorSkillRemoved(event) => {
                self.skills.insert((event.operator_id.clone(), event.skill_code.clone()));
            }
            Event::OperatorShiftAdded(event) => {
                self.shifts.insert((event.operator_id.clone(), RowId(recorded.position)));
            }
            Event::OperatorShiftRemoved(event) => {
                self.shifts.insert((event.operator_id.clone(), event.shift_id));
            }
            Event::OperatorClockedIn(event) => {
                self.shifts.extend(event.shift_id.map(|id| (event.operator_id.clone(), id)));
            }
            Event::OperatorClockedOut(event) => {
                let of = |id: &RowId| (event.operator_id.clone(), *id);
                self.shifts.extend(event.shift_ids.iter().map(of));
            }
            Event::OperatorShiftMissed(event) => {
                self.shifts.insert((event.operator_id.clone(), event.shift_id));
            }
            Event::OperatorShiftCalledOff(event) => {
                self.shifts.insert((event.operator_id.clone(), event.shift_id));
            }
            Event::OperatorCallOffUndone(event) => {
                self.shifts.insert((event.operator_id.clone(), event.shift_id));
            }
            _ => {}
        }
    }

    /// What happens to the tables.
    pub(super) fn changes(&self, state: &State, out: &mut Vec<TableChange>) {
        let mut skills = TableChange::new(&SKILLS);
        skills.delete_ids(self.dropped_skills.iter());
        for (id, code) in &self.skills {
            let held = state.operator(id).into_iter().flat_map(|one| &one.skills);
            let held = held.filter(|held| held.skill.skill_code == *code);
            skills.write.extend(held.map(|held| encode_skill(id, held)));
        }
        let mut shifts = TableChange::new(&SHIFTS);
        for (id, shift_id) in &self.shifts {
            let mut kept = state.operator(id).into_iter().flat_map(|one| &one.shifts);
            match kept.find(|shift| shift.shift_id == *shift_id) {
                Some(shift) => shifts.write.push(encode_shift(id, shift)),
                None => shifts.delete_ids(std::iter::once(shift_id)),
            }
        }
        out.extend([skills, shifts]);
    }
}
