//! How events about holidays change the state.
//!
//! The plant has so few that they are one value. What they mean for a shift is asked when work
//! begins.

use crate::event::{Event, Recorded};
use crate::holiday::Holiday;
use crate::state::State;

pub(super) fn apply(state: &mut State, recorded: &Recorded) {
    let mut all = state.holidays().clone();
    match &recorded.event {
        Event::HolidayDefined(event) => {
            let holiday = Holiday {
                day: event.day,
                name: event.name.clone(),
                created_at: recorded.recorded_at,
                created_by: recorded.actor.clone(),
            };
            all.insert(event.day, holiday);
        }
        Event::HolidayRemoved(event) => drop(all.remove(&event.day)),
        _ => return,
    }
    state.put_holidays(all);
}
