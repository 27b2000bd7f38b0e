//! Maintenance of the machines: inspections by the calendar, lubrication by running hours, windows
//! in the coming shifts, and here and there something that is overdue.
//!
//! Windows are as long as the work takes by the clock, so that a fast plant is not held up by a
//! slow clock.

use jiff::SignedDuration;
use mraos_api::machine::CreateMachine;
use mraos_api::maintenance::PlanMaintenance;

use super::{Opening, PlannedMaintenance};
use crate::dice::Dice;

/// The machines take turns with what is planned for them.
const TURNS: usize = 12;
/// A window is no shorter than this, or nobody would see it.
const SHORTEST_WINDOW_MINUTES: i64 = 10;
const WINDOWS: [&str; 3] = ["Tool change", "Calibration", "Filter change"];

pub(super) fn plans(
    seed: u64,
    machines: &[CreateMachine],
    opening: &Opening,
) -> Vec<PlannedMaintenance> {
    let plan = |(number, machine): (usize, &CreateMachine)| {
        let id = &machine.machine_id;
        let mut dice = Dice::of(seed, &format!("upkeep-{id}"));
        let further = match number % TURNS {
            2 => Some(window(number / TURNS, &mut dice, opening)),
            5 => Some(by_hours(&mut dice)),
            8 => Some(overdue(&mut dice, opening)),
            _ => None,
        };
        let regular = inspection(&mut dice, opening);
        let all = [Some(regular), further].into_iter().flatten();
        all.map(|plan| PlannedMaintenance { machine_id: id.clone(), plan }).collect::<Vec<_>>()
    };
    machines.iter().enumerate().flat_map(plan).collect()
}

fn inspection(dice: &mut Dice, opening: &Opening) -> PlanMaintenance {
    PlanMaintenance {
        maintenance_type: "Safety inspection".to_owned(),
        due_date: opening.days_from(dice.between(4, 90)),
        interval_days: Some(90),
        ..PlanMaintenance::default()
    }
}

/// The first windows begin within hours, further ones in the next shifts.
fn window(turn: usize, dice: &mut Dice, opening: &Opening) -> PlanMaintenance {
    let turn = i64::try_from(turn).unwrap_or_default();
    let start = opening.at + SignedDuration::from_mins(40 + 95 * (turn % 8));
    let minutes = opening.clock_minutes(dice.between(30, 75)).max(SHORTEST_WINDOW_MINUTES);
    PlanMaintenance {
        maintenance_type: (*dice.pick(&WINDOWS)).to_owned(),
        planned_start: Some(start),
        planned_end: Some(start + SignedDuration::from_mins(minutes)),
        ..PlanMaintenance::default()
    }
}

fn by_hours(dice: &mut Dice) -> PlanMaintenance {
    PlanMaintenance {
        maintenance_type: "Lubrication".to_owned(),
        due_after_hours: Some(dice.between(2, 16)),
        repeats_by_hours: Some(true),
        ..PlanMaintenance::default()
    }
}

fn overdue(dice: &mut Dice, opening: &Opening) -> PlanMaintenance {
    PlanMaintenance {
        maintenance_type: "Guard and light-curtain check".to_owned(),
        due_date: opening.days_from(-dice.between(1, 4)),
        interval_days: Some(30),
        ..PlanMaintenance::default()
    }
}
