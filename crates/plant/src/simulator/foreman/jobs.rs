//! Work under way: pieces are made and counted, work stops and goes on, bookings begin.
//!
//! Pieces come at the rate of the order's estimate, somewhat faster or slower per allocation.
//! What a breakdown or an absence has stopped goes on when both are back, moves to a replacement,
//! or is given up. What somebody has paused at a screen is left paused for a good while.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::catalogue::{NO_REPLACEMENT, STOPS};
use crate::dice::Dice;
use crate::simulator::act::Act;
use crate::simulator::floor::{EdgeKind, Floor, Job, Machine, Order, Phase};
use crate::simulator::foreman::Foreman;
use crate::simulator::foreman::planning::after;
use crate::simulator::foreman::turn::{Duty, Turn, can_work};
use crate::simulator::moment::PlantTime;

/// More is not made up for when a turn comes late.
const LONGEST_TURN_SECONDS: i64 = 30 * 60;
const THOUSANDTHS: i64 = 1_000;
/// So often is a job tried again before it is given up.
const MOST_REFUSALS: u32 = 3;
const AFTER_REFUSAL_MINUTES: i64 = 2;
/// A booking that nobody has begun is called off so long after its end.
const FORGOTTEN: SignedDuration = SignedDuration::from_mins(30);
/// Of every hundred bookings of ours, so many are called off when their time comes.
const CALLED_OFF_PERCENT: usize = 12;

/// What is made and meant on one allocation.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) order: String,
    dice: Dice,
    seen_phase: Option<Phase>,
    /// Percent of the estimated rate.
    pace: i64,
    made_until: PlantTime,
    /// Made and not reported yet.
    thousandths: i64,
    next_report: PlantTime,
    next_stop: PlantTime,
    stopped_by_us: bool,
    resume_at: PlantTime,
    replace_at: PlantTime,
    give_up_at: PlantTime,
    is_called_off: bool,
    refusals: u32,
    quiet_until: PlantTime,
    /// What has to be finished before was seen to be; then the order may end after a lag.
    may_end_at: Option<Timestamp>,
}

impl Progress {
    fn new(seed: u64, id: i64, job: &Job, now: PlantTime) -> Self {
        let mut dice = Dice::of(seed, &format!("job-{id}"));
        Self {
            order: job.order.clone(),
            seen_phase: None,
            pace: dice.between(85, 118),
            made_until: now,
            thousandths: 0,
            next_report: now.plus_minutes(dice.between(3, 12)),
            next_stop: now.plus_minutes(dice.between(15, 400)),
            stopped_by_us: false,
            resume_at: now,
            replace_at: now,
            give_up_at: now,
            is_called_off: dice.chance(CALLED_OFF_PERCENT),
            refusals: 0,
            quiet_until: now,
            may_end_at: None,
            dice,
        }
    }

    pub(super) fn was_refused(&mut self, now: PlantTime) {
        self.refusals += 1;
        self.quiet_until = now.plus_minutes(AFTER_REFUSAL_MINUTES);
    }

    fn notice(&mut self, phase: Phase, interrupted: bool, now: PlantTime) {
        if self.seen_phase == Some(phase) {
            return;
        }
        self.seen_phase = Some(phase);
        self.made_until = now;
        self.refusals = 0;
        match phase {
            Phase::Paused => {
                let minutes = match (self.stopped_by_us, interrupted) {
                    (true, _) => self.dice.between(3, 9),
                    (false, true) => 1,
                    // Somebody's own decision.
                    (false, false) => self.dice.between(30, 60),
                };
                self.resume_at = now.plus_minutes(minutes);
                self.replace_at = now.plus_minutes(self.dice.between(4, 10));
                self.give_up_at = now.plus_minutes(self.dice.between(50, 100));
                self.stopped_by_us = false;
            }
            Phase::Booked => self.give_up_at = PlantTime(i64::MAX),
            Phase::Running | Phase::Ended => {}
        }
    }

    fn make(&mut self, order: &Order, now: PlantTime) {
        let seconds = (now.0 - self.made_until.0).clamp(0, LONGEST_TURN_SECONDS);
        self.made_until = now;
        let ordered = order.ordered.ceil().to_i64().unwrap_or(1);
        let rate = ordered.saturating_mul(THOUSANDTHS).saturating_mul(self.pace) / 100;
        self.thousandths += rate.saturating_mul(seconds) / (order.estimate_minutes * 60);
    }

    /// Whole pieces that wait to be counted.
    fn pieces(&self) -> Decimal {
        Decimal::from(self.thousandths / THOUSANDTHS)
    }

    fn rejected(&mut self) -> Decimal {
        Decimal::from(i64::from(self.dice.chance(9)))
    }
}

impl Foreman {
    pub(super) fn look_after_jobs(&mut self, turn: &mut Turn<'_>) {
        let (floor, now) = (turn.floor, turn.now.plant);
        for (id, job) in &floor.jobs {
            let is_own = self.own.contains(id);
            let progress =
                self.jobs.entry(*id).or_insert_with(|| Progress::new(self.seed, *id, job, now));
            progress.notice(job.phase, is_interrupted(job, turn), now);
            if now < progress.quiet_until {
                continue;
            }
            let act = match job.phase {
                Phase::Running => run(progress, *id, job, turn),
                Phase::Paused => go_on(progress, *id, job, turn),
                Phase::Booked => begin(progress, *id, job, is_own, turn),
                Phase::Ended => None,
            };
            let Some(act) = act else { continue };
            let stops = matches!(act, Act::Pause { .. });
            let concerns = concerns_of(&act, job, &id.to_string());
            let concerns: Vec<&str> = concerns.iter().map(String::as_str).collect();
            if turn.act(act, &concerns) {
                progress.stopped_by_us = stops;
            }
        }
    }
}

fn concerns_of(act: &Act, job: &Job, id: &str) -> Vec<String> {
    let mut concerns: Vec<String> =
        Turn::concerns(job, id).into_iter().map(str::to_owned).collect();
    if let Act::Reassign { person, machine, .. } = act {
        concerns.extend([person, machine].into_iter().flatten().cloned());
    }
    concerns
}

fn run(progress: &mut Progress, id: i64, job: &Job, turn: &Turn<'_>) -> Option<Act> {
    let now = turn.now.plant;
    let order = turn.floor.orders.get(&job.order)?;
    progress.make(order, now);
    if turn.is_claimed(&Turn::concerns(job, &id.to_string())) {
        return None;
    }
    let (pieces, remaining) = (progress.pieces(), order.remaining());
    if pieces >= remaining {
        if !may_end(progress, order, turn) {
            return None;
        }
        let (order, rejected) = (job.order.clone(), progress.rejected());
        return Some(Act::Complete { job: id, order, produced: remaining, rejected });
    }
    if now >= progress.next_report && pieces > Decimal::ZERO {
        progress.next_report = now.plus_minutes(progress.dice.between(5, 14));
        progress.thousandths %= THOUSANDTHS;
        let (order, rejected) = (job.order.clone(), progress.rejected());
        return Some(Act::Report { order, produced: pieces, rejected });
    }
    if now >= progress.next_stop {
        progress.next_stop = now.plus_minutes(progress.dice.between(100, 600));
        let reason = *progress.dice.pick(&STOPS);
        return Some(Act::Pause { job: id, reason });
    }
    None
}

/// Whether everything is finished that has to be before an order is.
fn may_end(progress: &mut Progress, order: &Order, turn: &Turn<'_>) -> bool {
    let edges = order.predecessors.iter().flatten();
    let finish = edges.filter(|edge| edge.kind == EdgeKind::FinishToFinish);
    let finish: Vec<_> = finish.collect();
    if finish.iter().any(|edge| turn.floor.orders.contains_key(&edge.before)) {
        return false;
    }
    let Some(lag) = finish.iter().map(|edge| edge.lag_minutes).max() else { return true };
    let clock = turn.now.clock;
    clock >= *progress.may_end_at.get_or_insert(after(clock, lag))
}

/// Whether the person is away or the machine down: then nobody has paused it on purpose.
fn is_interrupted(job: &Job, turn: &Turn<'_>) -> bool {
    let person = job.person.as_ref().and_then(|id| turn.floor.people.get(id));
    let machine = job.machine.as_ref().and_then(|id| turn.floor.machines.get(id));
    person.is_some_and(|person| !turn.is_at_work(person))
        || machine.is_some_and(|machine| !can_work(machine))
}

fn go_on(progress: &Progress, id: i64, job: &Job, turn: &Turn<'_>) -> Option<Act> {
    let (floor, now) = (turn.floor, turn.now.plant);
    let person = job.person.as_ref().and_then(|id| Some((id, floor.people.get(id)?)));
    let machine = job.machine.as_ref().and_then(|id| Some((id, floor.machines.get(id)?)));
    let person_is_back = person
        .is_none_or(|(id, person)| turn.is_at_work(person) && turn.has_room(id, person.capacity));
    let machine_is_back = machine.is_none_or(|(id, machine)| is_back(id, machine, job, turn));
    let release = Act::Release { job: id, reason: NO_REPLACEMENT };
    if progress.refusals >= MOST_REFUSALS {
        return Some(release);
    }
    if person_is_back && machine_is_back {
        return (now >= progress.resume_at).then_some(Act::Resume { job: id });
    }
    if now >= progress.give_up_at {
        return Some(release);
    }
    if now < progress.replace_at {
        return None;
    }
    match (person_is_back, machine_is_back) {
        (true, false) => {
            let other = other_machine(job, floor, turn)?;
            Some(reassign(id, None, Some(other)))
        }
        (false, true) if person.is_some_and(|(_, person)| is_long_away(&person.status)) => {
            let other = other_person(job, floor, turn)?;
            Some(reassign(id, Some(other), None))
        }
        _ => None,
    }
}

fn reassign(job: i64, person: Option<String>, machine: Option<String>) -> Act {
    Act::Reassign { job, person, machine, is_offered: false }
}

/// Whether a machine could go on with a job at once.
fn is_back(id: &str, machine: &Machine, job: &Job, turn: &Turn<'_>) -> bool {
    can_work(machine)
        && turn.has_room(id, machine.capacity)
        && turn.is_kept_up(machine, turn.now.clock, planned_end(job, turn))
}

/// When a job would end that begins now.
fn planned_end(job: &Job, turn: &Turn<'_>) -> Timestamp {
    let length = job.starts.zip(job.ends).map(|(starts, ends)| ends.duration_since(starts));
    turn.now.clock + length.unwrap_or_default()
}

fn is_long_away(status: &str) -> bool {
    !matches!(status, "available" | "break")
}

fn other_machine(job: &Job, floor: &Floor, turn: &Turn<'_>) -> Option<String> {
    let order = floor.orders.get(&job.order)?;
    let broken = floor.machines.get(job.machine.as_ref()?)?;
    let person = job.person.as_ref().and_then(|id| floor.people.get(id));
    let until = turn.now.clock.to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().ok()?;
    let fits = |(id, machine): &(&String, &Machine)| {
        machine.line == broken.line
            && machine.equipment.as_ref().is_some_and(|one| one.makes(&order.product_id))
            && is_back(id, machine, job, turn)
            && !turn.is_claimed(&[id.as_str()])
            && person.is_none_or(|person| floor.is_able(person, id, &job.order, until))
    };
    floor.machines.iter().find(fits).map(|(id, _)| id.clone())
}

fn other_person(job: &Job, floor: &Floor, turn: &Turn<'_>) -> Option<String> {
    let machine = job.machine.as_ref()?;
    let line = &floor.machines.get(machine)?.line;
    let until = turn.now.clock.to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().ok()?;
    let fits = |(id, person): &(&String, &crate::simulator::floor::Person)| {
        person.line.as_ref() == Some(line)
            && turn.is_at_work(person)
            && turn.has_room(id, person.capacity)
            && !turn.is_claimed(&[id.as_str()])
            && floor.is_able(person, machine, &job.order, until)
            && lasts(job, turn.duty(person))
    };
    floor.people.iter().find(fits).map(|(id, _)| id.clone())
}

/// Whether a person is still there at the planned end of a job.
fn lasts(job: &Job, duty: Duty) -> bool {
    match duty {
        Duty::On { until: Some(until), .. } => job.ends.is_none_or(|ends| ends <= until),
        Duty::On { until: None, .. } => true,
        Duty::Off | Duty::Unknown => false,
    }
}

fn begin(
    progress: &mut Progress,
    id: i64,
    job: &Job,
    is_own: bool,
    turn: &Turn<'_>,
) -> Option<Act> {
    if job.starts.is_some_and(|starts| starts > turn.now.clock) {
        return None;
    }
    let now = turn.now.plant;
    // A booking whose time is over is in everybody's way, whoever made it.
    if job.ends.is_some_and(|ends| ends + FORGOTTEN < turn.now.clock) {
        return Some(Act::Cancel { job: id });
    }
    if progress.refusals >= MOST_REFUSALS && !is_own {
        return None;
    }
    if progress.give_up_at == PlantTime(i64::MAX) {
        progress.give_up_at = now.plus_minutes(20);
    }
    let late = now >= progress.give_up_at || progress.refusals >= MOST_REFUSALS;
    if is_own && (progress.is_called_off || late) {
        return Some(Act::Cancel { job: id });
    }
    let floor = turn.floor;
    let person = job.person.as_ref().and_then(|id| Some((id, floor.people.get(id)?)));
    let machine = job.machine.as_ref().and_then(|id| Some((id, floor.machines.get(id)?)));
    let ready = person
        .is_none_or(|(id, person)| turn.is_at_work(person) && turn.can_run(id, person.capacity))
        && machine.is_none_or(|(id, machine)| {
            can_work(machine)
                && turn.can_run(id, machine.capacity)
                && turn.is_kept_up(machine, turn.now.clock, planned_end(job, turn))
        });
    ready.then_some(Act::Start { job: id })
}
