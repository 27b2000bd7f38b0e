//! How long somebody was on shift without work, of a stretch of time.
//!
//! Breaks do not count, nor time before the first clocking in and after the last clocking out where
//! there is one. Pure arithmetic on windows; whoever calls knows what was worked.

use crate::holiday::Holidays;
use crate::operator::Operator;
use crate::time::{Instant, Window};

/// Whole minutes of `stretch` on shift and without work; `None` if the person has no shift in it.
/// Shifts are looked for in the whole stretch, minutes counted up to `now`.
pub fn idle_minutes(
    operator: &Operator,
    holidays: &Holidays,
    stretch: Window,
    now: Instant,
    worked: &[Window],
) -> Option<i64> {
    let on_shift = operator
        .shifts_that_count(holidays)
        .filter(|shift| shift.window.overlaps(&stretch))
        .map(|shift| {
            let attendance = shift.attendance;
            let came = attendance.clocked_in_at.unwrap_or(shift.window.start);
            let gone = attendance.clocked_out_at.unwrap_or(shift.window.end);
            let present = clip(shift.window, Window { start: came, end: gone.max(came) });
            let counted = clip(clip(present, stretch), Window { start: Instant::EPOCH, end: now });
            (counted, shift.break_window)
        });
    let on_shift: Vec<(Window, Option<Window>)> = on_shift.collect();
    if on_shift.is_empty() {
        return None;
    }
    let idle_ms = on_shift.iter().map(|(present, pause)| {
        let mut taken: Vec<Window> =
            worked.iter().chain(pause).map(|one| clip(*present, *one)).collect();
        taken.sort_by_key(|one| one.start);
        length_ms(*present) - covered_ms(&taken)
    });
    Some(idle_ms.sum::<i64>() / 60_000)
}

/// What two windows share; empty if nothing.
fn clip(one: Window, other: Window) -> Window {
    let start = one.start.max(other.start);
    Window { start, end: one.end.min(other.end).max(start) }
}

fn length_ms(window: Window) -> i64 {
    window.end.millis_since(window.start)
}

/// How much windows cover together; they come by start.
fn covered_ms(windows: &[Window]) -> i64 {
    let mut covered = 0;
    let mut until = Instant::EPOCH;
    for window in windows {
        let rest = clip(*window, Window { start: until, end: window.end.max(until) });
        covered += length_ms(rest);
        until = until.max(window.end);
    }
    covered
}
