//! Commands about the plant's holidays.
//!
//! What a new holiday means for work that is booked already is seen when the work begins.

use super::{Decision, refuse};
use crate::command::Command;
use crate::event::{HolidayDefined, HolidayRemoved};
use crate::refusal::{EntityRef, Refusal, RefusalCode};
use crate::state::State;

pub(super) fn decide(state: &State, command: &Command) -> Decision {
    match command {
        Command::DefineHoliday { day, name } => {
            if state.holidays().get(day).is_some_and(|known| known.name == *name) {
                return Ok(Vec::new());
            }
            Ok(vec![HolidayDefined { day: *day, name: name.clone() }.into()])
        }
        Command::RemoveHoliday { day } => {
            if !state.holidays().contains_key(day) {
                let message = format!("{day} is no holiday; `GET /holidays` lists all.");
                let entity = EntityRef::holiday(*day);
                return refuse(Refusal::new(RefusalCode::UnknownHoliday, entity, message));
            }
            Ok(vec![HolidayRemoved { day: *day }.into()])
        }
        _ => Ok(Vec::new()),
    }
}
