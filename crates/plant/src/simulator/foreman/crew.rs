//! People: they come and go with their shifts, take breaks, fall ill and recover.
//!
//! Breaks and illness follow each person's own dice. Whoever is away for a reason of somebody
//! else's is treated alike: a while later the person is back.

use crate::catalogue::{SHIFT_END, SHORT_BREAK, SICK_NOTE};
use crate::dice::Dice;
use crate::simulator::act::Act;
use crate::simulator::floor::{Abilities, Floor, Job, Person, Phase};
use crate::simulator::foreman::Foreman;
use crate::simulator::foreman::turn::{Duty, Turn};
use crate::simulator::moment::PlantTime;
use jiff::{SignedDuration, ToSpan as _};
use mraos_api::shift::AssignShift;

/// Somebody not signed in so soon after the start of a shift is just arriving.
const ARRIVAL: SignedDuration = SignedDuration::from_mins(5);
/// The rota is known at least so far ahead.
const ROTA_AHEAD: SignedDuration = SignedDuration::from_hours(16);
/// Everybody who is to be there arrives within so many minutes of a simulation's start.
const SETTLING_MINUTES: i64 = 10;

/// What a person has before them.
#[derive(Debug)]
pub(super) struct Mood {
    dice: Dice,
    seen_status: String,
    next_break: PlantTime,
    next_illness: PlantTime,
    back_at: PlantTime,
    pub(super) rests_until: PlantTime,
    pub(super) rota_until: PlantTime,
}

impl Mood {
    fn new(seed: u64, id: &str, now: PlantTime) -> Self {
        let mut dice = Dice::of(seed, &format!("{id}-{}", now.0));
        Self {
            seen_status: String::new(),
            next_break: now.plus_minutes(dice.between(10, 150)),
            next_illness: now.plus_minutes(dice.between(30, 3_000)),
            back_at: now,
            rota_until: now,
            rests_until: now.plus_minutes(dice.between(0, 2)),
            dice,
        }
    }

    /// A status that is new brings its own end with it.
    fn notice(&mut self, status: &str, is_arriving: bool, now: PlantTime) {
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
            "offline" if is_arriving => self.dice.between(0, 5),
            _ => self.dice.between(45, 150),
        };
        self.back_at = now.plus_minutes(minutes);
    }
}

impl Foreman {
    pub(super) fn look_after_crew(&mut self, turn: &mut Turn<'_>) {
        let (floor, now) = (turn.floor, turn.now);
        for (id, person) in &floor.people {
            let Some(abilities) = &person.abilities else {
                turn.ask(Act::LearnPerson { person: id.clone() });
                continue;
            };
            let duty = turn.duty(person);
            let mood =
                self.crew.entry(id.clone()).or_insert_with(|| Mood::new(self.seed, id, now.plant));
            mood.notice(&person.status, is_arriving(duty, turn), now.plant);
            if now.plant >= mood.rota_until
                && let Some(shift) = next_shift(abilities, turn)
            {
                turn.act(Act::AssignShift { person: id.clone(), shift }, &[id]);
                continue;
            }
            match duty {
                Duty::On { in_break, .. } => on_duty(mood, id, person, in_break, turn),
                Duty::Off => {
                    let own = |job: &i64| self.own.contains(job);
                    if person.status == "available" && send_home(id, floor, own, turn) {
                        post(turn, id, "offline", None);
                    }
                }
                Duty::Unknown => {}
            }
        }
    }
}

fn is_arriving(duty: Duty, turn: &Turn<'_>) -> bool {
    let settling = turn.now.plant < PlantTime(0).plus_minutes(SETTLING_MINUTES);
    match duty {
        Duty::On { began: Some(began), .. } => {
            settling || turn.now.clock.duration_since(began) < ARRIVAL
        }
        _ => settling,
    }
}

fn on_duty(mood: &mut Mood, id: &str, person: &Person, in_break: bool, turn: &mut Turn<'_>) {
    let now = turn.now.plant;
    if person.status != "available" {
        if now >= mood.back_at && !in_break {
            post(turn, id, "available", None);
        }
    } else if in_break || now >= mood.next_break {
        post(turn, id, "break", Some(SHORT_BREAK));
    } else if now >= mood.next_illness && post(turn, id, "sick", Some(SICK_NOTE)) {
        mood.next_illness = now.plus_minutes(mood.dice.between(1_500, 4_500));
    }
}

fn post(turn: &mut Turn<'_>, id: &str, status: &'static str, reason: Option<&'static str>) -> bool {
    turn.act(Act::PostPerson { person: id.to_owned(), status, reason }, &[id])
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
