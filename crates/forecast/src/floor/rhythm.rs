//! The shop's rhythm: how many reports were in work, and how many began, in every tenth of an hour
//! and some weeks back.
//!
//! A plant repeats itself by the week: shifts, breaks, short Fridays. What the shop did a week ago
//! from this hour on is the best single hint at when a resource is taken up again. No calendar is
//! configured; while there is no week to look back on, earlier days stand in.

use crate::report::{DAY_MINUTES, LocalMinute, WEEK_MINUTES};

/// Minutes of a cell.
const CELL_MINUTES: f64 = 10.0;
/// Cells kept: five weeks.
const CELLS: usize = 5 * 7 * 144;
/// Weeks looked back on.
const WEEKS: u32 = 4;
/// Days that stand in for the first week.
const DAYS: u32 = 6;
/// How far ahead the rhythm is asked for.
pub(crate) const HORIZONS_MINUTES: [u32; 10] =
    [60, 120, 240, 480, 720, 960, 1440, 2160, 2880, 4320];

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    in_work: u32,
    begun: u32,
}

/// What the shop did, cell by cell.
#[derive(Debug, Clone)]
pub(crate) struct Rhythm {
    cells: Vec<Cell>,
    first_cell: Option<i64>,
    last_cell: i64,
}

/// What the shop did from the same hour of earlier weeks on, per horizon, as a mean.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Echo {
    /// Reports in work at the horizon.
    pub(crate) in_work: Option<f64>,
    /// Reports begun up to the horizon.
    pub(crate) begun: Option<f64>,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { cells: vec![Cell::default(); CELLS], first_cell: None, last_cell: i64::MIN }
    }
}

impl Rhythm {
    pub(super) fn observe(&mut self, start: LocalMinute, end: LocalMinute) {
        let (from, to) = (cell_of(start), cell_of(end));
        self.advance(to);
        self.first_cell = Some(self.first_cell.map_or(from, |first| first.min(from)));
        let oldest = self.last_cell - CELLS as i64 + 1;
        if from >= oldest {
            self.cells[place(from)].begun += 1;
        }
        // A cell counts what is in work at its beginning.
        for cell in (from + 1).max(oldest)..=to {
            self.cells[place(cell)].in_work += 1;
        }
    }

    /// Forgets what falls out of the five weeks that end with `cell`.
    fn advance(&mut self, cell: i64) {
        if cell <= self.last_cell {
            return;
        }
        let fresh = self.last_cell.saturating_add(1).max(cell - CELLS as i64 + 1);
        for passed in fresh..=cell {
            self.cells[place(passed)] = Cell::default();
        }
        self.last_cell = cell;
    }

    /// What followed on the same hour of earlier weeks, for each of [`HORIZONS_MINUTES`].
    pub(crate) fn echo(&self, now: LocalMinute) -> [Echo; HORIZONS_MINUTES.len()] {
        let mut sums = [(0_u32, 0_u32, 0_u32); HORIZONS_MINUTES.len()];
        for week in 1..=WEEKS {
            self.add_echo(now, now - f64::from(week) * WEEK_MINUTES, &mut sums);
        }
        if sums[0].2 == 0 {
            for day in 1..=DAYS {
                self.add_echo(now, now - f64::from(day) * DAY_MINUTES, &mut sums);
            }
        }
        sums.map(|(in_work, begun, times)| {
            let mean = |sum: u32| (times > 0).then(|| f64::from(sum) / f64::from(times));
            Echo { in_work: mean(in_work), begun: mean(begun) }
        })
    }

    fn add_echo(
        &self,
        now: LocalMinute,
        then: LocalMinute,
        sums: &mut [(u32, u32, u32); HORIZONS_MINUTES.len()],
    ) {
        let from = cell_of(then);
        if self.first_cell.is_none_or(|first| from < first) {
            return;
        }
        let (present, mut cell, mut begun) = (cell_of(now), from, 0);
        for (horizon, sum) in HORIZONS_MINUTES.iter().zip(sums) {
            let until = cell_of(then + f64::from(*horizon));
            if until >= present {
                break;
            }
            while cell < until {
                cell += 1;
                begun += self.at(cell).begun;
            }
            *sum = (sum.0 + self.at(until).in_work, sum.1 + begun, sum.2 + 1);
        }
    }

    /// The cell, empty if it is past the five weeks or nothing was reported so late.
    fn at(&self, cell: i64) -> Cell {
        let kept = self.last_cell.saturating_sub(CELLS as i64) < cell && cell <= self.last_cell;
        if kept { self.cells[place(cell)] } else { Cell::default() }
    }
}

fn cell_of(moment: LocalMinute) -> i64 {
    (moment / CELL_MINUTES).floor() as i64
}

fn place(cell: i64) -> usize {
    cell.rem_euclid(CELLS as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_ago_is_heard_again() {
        let mut rhythm = Rhythm::default();
        rhythm.observe(0.0, 5.0);
        rhythm.observe(90.0, 300.0);
        let echo = rhythm.echo(WEEK_MINUTES);
        assert_eq!(echo[0], Echo { in_work: Some(0.0), begun: Some(0.0) });
        assert_eq!(echo[1], Echo { in_work: Some(1.0), begun: Some(1.0) });
        assert_eq!(echo[3], Echo { in_work: Some(0.0), begun: Some(1.0) });
    }

    #[test]
    fn before_the_first_week_days_stand_in_and_the_future_is_unknown() {
        let mut rhythm = Rhythm::default();
        rhythm.observe(0.0, 100.0);
        assert_eq!(rhythm.echo(50.0)[0], Echo::default());
        let echo = rhythm.echo(DAY_MINUTES);
        assert_eq!(echo[0].in_work, Some(1.0));
        assert_eq!(echo[6], Echo::default());
    }

    #[test]
    fn what_is_older_than_five_weeks_is_forgotten() {
        let mut rhythm = Rhythm::default();
        rhythm.observe(0.0, 100.0);
        rhythm.observe(6.0 * WEEK_MINUTES, 6.0 * WEEK_MINUTES + 20.0);
        assert!(rhythm.cells.iter().map(|cell| cell.begun).sum::<u32>() == 1);
        rhythm.observe(10.0, 6.0 * WEEK_MINUTES + 40.0);
        assert_eq!(rhythm.cells.iter().map(|cell| cell.begun).sum::<u32>(), 1);
    }
}
