//! People: they come and go with their shifts, take breaks, fall ill and recover.
//!
//! Breaks and illness follow each person's own dice. Whoever is away for a reason of somebody
//! else's is treated alike: a while later the person is back. The clock at the gate hangs there
//! since the simulation began: who was in by then has not used it.

use crate::catalogue::{SHIFT_END, SHORT_BREAK, SICK_NOTE};
use crate::dice::Dice;
use crate::simulator::act::Act;
use crate::simulator::floor::{Abilities, Floor, Job, Person, Phase};
use crate::simulator::foreman::Foreman;
use crate::simulator::foreman::turn::{Duty, Turn};
use crate::simulator::moment::{Moment, PlantTime};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use mraos_api::shift::AssignShift;

/// The rota is known at least so far ahead.
const ROTA_AHEAD: SignedDuration = SignedDuration::from_hours(16);
const AFTER_REFUSAL_MINUTES: i64 = 10;
/// Of every hundred who come, so many come later than the clock allows …
const LATE_PERCENT: usize = 8;
/// … by so many of its minutes.
const LATE_MINUTES: (i64, i64) = (6, 25);

/// What a person has before them.
#[derive(Debug)]
pub(super) struct Mood {
    dice: Dice,
    seen_status: String,
    /// Start of the shift that was noticed last.
    seen_shift: Option<Timestamp>,
    next_break: PlantTime,
    next_illness: PlantTime,
    back_at: PlantTime,
    quiet_until: PlantTime,
    pub(super) rests_until: PlantTime,
    pub(super) rota_until: PlantTime,
}

impl Mood {
    fn new(seed: u64, id: &str, now: PlantTime) -> Self {
        let mut dice = Dice::of(seed, &format!("{id}-{}", now.0));
        Self {
            seen_status: String::new(),
            seen_shift: None,
            next_break: now.plus_minutes(dice.between(10, 150)),
            next_illness: now.plus_minutes(dice.between(30, 3_000)),
            back_at: now,
            quiet_until: now,
            rota_until: now,
            rests_until: now.plus_minutes(dice.between(0, 2)),
            dice,
        }
    }

    pub(super) fn was_refused(&mut self, now: PlantTime) {
        self.quiet_until = now.plus_minutes(AFTER_REFUSAL_MINUTES);
    }

    /// A status that is new brings its own end with it.
    fn notice(&mut self, status: &str, now: PlantTime) {
        if self.seen_status == status {
            return;
        }
        status.clone_into(&mut self.seen_status);
        let minutes = match status {
            "available" => {
                self.next_break = now.plus_minutes(self.dice.between(70, 150));
                self.rests_until = now.plus_minutes(self.dice.between(0, 3));
                // Time away from work makes nobody ill.
                if self.next_illness <= now {
                    self.next_illness = now.plus_minutes(self.dice.between(60, 3_000));
                }
                return;
            }
            "break" => self.dice.between(7, 14),
            "sick" => self.dice.between(120, 360),
            "vacation" => self.dice.between(2_000, 6_000),
            _ => self.dice.between(45, 150),
        };
        self.back_at = now.plus_minutes(minutes);
    }

    /// A shift that is new brings those who merely were at home: most within minutes. For one that
    /// began before the simulation nobody is late by chance.
    fn notice_shift(&mut self, began: Option<Timestamp>, opened: Timestamp, now: Moment) {
        if self.seen_shift == began {
            return;
        }
        self.seen_shift = began;
        let is_new = began.is_some_and(|began| began >= opened);
        let minutes = if is_new && self.dice.chance(LATE_PERCENT) {
            let (least, most) = LATE_MINUTES;
            // By the clock, which the plant's own time outruns.
            (self.dice.between(least, most) as f64 * now.speed) as i64
        } else {
            self.dice.between(0, 5)
        };
        if matches!(self.seen_status.as_str(), "offline" | "absent") {
            self.back_at = now.plant.plus_minutes(minutes);
        }
    }
}

/// Somebody, and what the clock at the gate has to do with them.
struct Visit<'a> {
    id: &'a str,
    person: &'a Person,
    is_in: bool,
}

impl Foreman {
    pub(super) fn look_after_crew(&mut self, turn: &mut Turn<'_>) {
        let (floor, now) = (turn.floor, turn.now);
        let opened = *self.opened.get_or_insert(now.clock);
        for (id, person) in &floor.people {
            let Some(abilities) = &person.abilities else {
                turn.ask(Act::LearnPerson { person: id.clone() });
                continue;
            };
            let mood =
                self.crew.entry(id.clone()).or_insert_with(|| Mood::new(self.seed, id, now.plant));
            mood.notice(&person.status, now.plant);
            if now.plant >= mood.rota_until
                && let Some(shift) = next_shift(abilities, turn)
            {
                turn.act(Act::AssignShift { person: id.clone(), shift }, &[id]);
                continue;
            }
            if now.plant < mood.quiet_until {
                continue;
            }
            let visit = Visit { id, person, is_in: abilities.is_in(now.clock) };
            match turn.duty(person) {
                Duty::On { began, in_break, is_missed, .. } => {
                    mood.notice_shift(began, opened, now);
                    let uses_clock = is_missed || began.is_some_and(|began| began >= opened);
                    let shift = OnShift { has_shift: began.is_some(), in_break, is_missed };
                    on_duty(mood, &visit, shift, uses_clock, turn);
                }
                Duty::Off => {
                    let own = |job: &i64| self.own.contains(job);
                    let is_there = visit.is_in || person.status == "available";
                    if is_there && send_home(id, floor, own, turn) {
                        visit.go(turn);
                    }
                }
                Duty::Unknown => {}
            }
        }
    }
}

/// What a shift that is on asks of a person.
#[derive(Clone, Copy)]
struct OnShift {
    has_shift: bool,
    in_break: bool,
    is_missed: bool,
}

fn on_duty(
    mood: &mut Mood,
    visit: &Visit<'_>,
    shift: OnShift,
    uses_clock: bool,
    turn: &mut Turn<'_>,
) {
    let (now, status) = (turn.now.plant, visit.person.status.as_str());
    let is_away = matches!(status, "sick" | "vacation" | "absent");
    if visit.is_in && (shift.is_missed || is_away) {
        visit.go(turn);
    } else if status != "available" || shift.is_missed {
        if now >= mood.back_at && !shift.in_break {
            visit.come(uses_clock, turn);
        }
    } else if shift.in_break || now >= mood.next_break {
        visit.post("break", Some(SHORT_BREAK), turn);
    } else if now >= mood.next_illness && visit.fall_ill(shift.has_shift, turn) {
        mood.next_illness = now.plus_minutes(mood.dice.between(1_500, 4_500));
    }
}

impl Visit<'_> {
    /// Whoever is in already has been on a break, or away for a reason of somebody else's.
    fn come(&self, uses_clock: bool, turn: &mut Turn<'_>) {
        if uses_clock && !self.is_in {
            turn.act(Act::ClockIn { person: self.id.to_owned() }, &[self.id]);
        } else {
            self.post("available", None, turn);
        }
    }

    fn go(&self, turn: &mut Turn<'_>) {
        if self.is_in {
            turn.act(Act::ClockOut { person: self.id.to_owned() }, &[self.id]);
        } else {
            self.post("offline", None, turn);
        }
    }

    fn fall_ill(&self, has_shift: bool, turn: &mut Turn<'_>) -> bool {
        if has_shift {
            turn.act(Act::CallOff { person: self.id.to_owned() }, &[self.id])
        } else {
            self.post("sick", Some(SICK_NOTE), turn)
        }
    }

    fn post(
        &self,
        status: &'static str,
        reason: Option<&'static str>,
        turn: &mut Turn<'_>,
    ) -> bool {
        turn.act(Act::PostPerson { person: self.id.to_owned(), status, reason }, &[self.id])
    }
}

/// Ends what a person still has to do at the end of the shift; true if there is nothing left.
/// Work that others began goes on: somebody wanted it to.
fn send_home(id: &str, floor: &Floor, own: impl Fn(&i64) -> bool, turn: &mut Turn<'_>) -> bool {
    let is_theirs = |job: &&Job| job.person.as_deref() == Some(id);
    let mut free = true;
    for (number, job) in floor.jobs.iter().filter(|(_, job)| is_theirs(job)) {
        let act = match job.phase {
            Phase::Booked if own(number) => Act::Cancel { job: *number },
            Phase::Running | Phase::Paused if own(number) => {
                Act::Release { job: *number, reason: SHIFT_END }
            }
            Phase::Running => {
                free = false;
                continue;
            }
            _ => continue,
        };
        free = false;
        turn.act(act, &Turn::concerns(job, &number.to_string()));
    }
    free
}

/// The day after the last one that is known, when that is near.
fn next_shift(abilities: &Abilities, turn: &Turn<'_>) -> Option<AssignShift> {
    let last = abilities.shifts.iter().max_by_key(|shift| shift.starts_at)?;
    let ahead = last.starts_at.duration_since(turn.now.clock);
    if ahead > ROTA_AHEAD {
        return None;
    }
    let last = last.clone();
    // After a long stop of the simulation the rota begins again with today.
    let today = turn.now.clock.to_zoned(jiff::tz::TimeZone::UTC).date();
    Some(AssignShift {
        shift_name: last.shift_name,
        shift_date: last.shift_date.checked_add(1.day()).ok()?.max(today),
        start_time: last.start_time,
        end_time: last.end_time,
        break_start: last.break_start,
        break_end: last.break_end,
        counts_on_holidays: last.counts_on_holidays,
    })
}
