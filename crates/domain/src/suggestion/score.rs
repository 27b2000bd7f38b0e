//! How good a possible pair is: a sum of whole points, each with its name and its reason.
//!
//! What depends on one side is computed once per side; a pair then costs a few additions. The
//! most points of all factors are 100 together.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Pair;
use super::distance::{Distance, Home, Place, Words};
use crate::allocation::Allocation;
use crate::eligibility::Proposal;
use crate::machine::{Machine, MachineStatus};
use crate::operator::{Operator, OperatorStatus};
use crate::time::Instant;
use crate::work_order::{Priority, WorkOrder, named_values};

named_values!(
/// What a contribution is for.
Factor {
    /// How long the person stays free after the work.
    OperatorFreeTime => "operator_free_time",
    /// How long the machine stays free after the work.
    MachineFreeTime => "machine_free_time",
    /// How long both have been standing idle.
    IdleTime => "idle_time",
    /// How far the person is above what is asked for.
    SkillMargin => "skill_margin",
    /// How near the person's place is to the machine.
    Distance => "distance",
    /// Whether the machine stands in the line that is meant for the order.
    ProductionLine => "production_line",
    /// How urgent the order is.
    Urgency => "urgency",
});

impl Factor {
    /// The most points that it gives.
    pub fn most_points(self) -> u8 {
        match self {
            Self::OperatorFreeTime | Self::MachineFreeTime => 15,
            Self::IdleTime | Self::ProductionLine | Self::Urgency => 10,
            Self::SkillMargin | Self::Distance => 20,
        }
    }
}

/// Part of a score, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// What it is for.
    pub factor: Factor,
    /// How much it adds.
    pub points: u8,
    /// Why, in words.
    pub message: String,
}

/// Free time beyond this is not better.
const LONG_FREE_MINUTES: i64 = 240;
/// Nor is having stood idle for longer than this.
const LONG_IDLE_MINUTES: i64 = 120;
/// An order that is due within this time is urgent, whatever its priority says.
const NEARLY_DUE_MINUTES: i64 = 24 * 60;

/// What is known of one side; of a side that is not needed, nothing.
#[derive(Default)]
struct Side {
    /// Minutes free after the work; `None` without an end.
    free_minutes: Option<i64>,
    free_points: u8,
    /// Minutes idle until the work; 0 if there is other work.
    idle_minutes: i64,
    idle_points: u8,
}

pub(super) struct OfOperator<'a> {
    pub(super) operator: Option<&'a Operator>,
    side: Side,
    home: Option<Home>,
}

pub(super) struct OfMachine<'a> {
    pub(super) machine: Option<&'a Machine>,
    side: Side,
    line: Line,
    place: Option<Place>,
}

/// Machines that ask for the same skills, by their places in the table.
pub(super) struct OfGroup {
    pub(super) machines: Range<usize>,
    /// What no machine of them gives more points than, whoever works there.
    most_points: u8,
}

/// Whether a machine stands where the order belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Meant,
    Another,
    NoneGiven,
}

impl Line {
    fn points(self) -> u8 {
        match self {
            Self::Meant => 10,
            Self::NoneGiven => 5,
            Self::Another => 0,
        }
    }
}

/// What pairs are scored by.
pub(super) struct Table<'a> {
    pub(super) people: Vec<OfOperator<'a>>,
    pub(super) machines: Vec<OfMachine<'a>>,
    pub(super) groups: Vec<OfGroup>,
    urgency: Urgency,
}

/// How urgent the order is, and why.
struct Urgency {
    points: u8,
    message: String,
}

impl<'a> Table<'a> {
    pub(super) fn new<'b>(
        sought: &Proposal<'_>,
        people: Vec<Option<&'a Operator>>,
        groups: impl Iterator<Item = &'b [Option<&'a Machine>]>,
    ) -> Self
    where
        'a: 'b,
    {
        let order = sought.orders.work_order(sought.work_order_id);
        let mut words = Words::default();
        let mut all: Vec<OfMachine<'a>> = Vec::new();
        let mut ranges = Vec::new();
        for group in groups {
            let first = all.len();
            all.extend(group.iter().map(|one| of_machine(sought, order, &mut words, *one)));
            let most_points = all[first..].iter().map(OfMachine::own_points).max();
            let machines = first..all.len();
            ranges.push(OfGroup { machines, most_points: most_points.unwrap_or_default() });
        }
        let people = people.into_iter().map(|one| of_operator(sought, &mut words, one)).collect();
        Self { people, machines: all, groups: ranges, urgency: urgency(sought, order) }
    }

    /// What no pair of this person and this group scores more than.
    pub(super) fn most(&self, person: usize, group: usize, margin: u8) -> u8 {
        let side = &self.people[person].side;
        let own_points = side.free_points + side.idle_points + margin_points(margin);
        let nearest = Factor::Distance.most_points();
        own_points + self.groups[group].most_points + nearest + self.urgency.points
    }

    pub(super) fn score(&self, pair: Pair) -> u8 {
        self.points(pair).into_iter().map(|(_, points)| points).sum()
    }

    fn points(&self, pair: Pair) -> [(Factor, u8); 7] {
        let (person, machine) = (&self.people[pair.person], &self.machines[pair.machine]);
        let margin = person.operator.map_or(0, |_| margin_points(pair.margin));
        let distance = Distance::between(person.home, machine.place);
        [
            (Factor::OperatorFreeTime, person.side.free_points),
            (Factor::MachineFreeTime, machine.side.free_points),
            (Factor::IdleTime, person.side.idle_points + machine.side.idle_points),
            (Factor::SkillMargin, margin),
            (Factor::Distance, distance.map_or(0, Distance::points)),
            (Factor::ProductionLine, machine.line_points()),
            (Factor::Urgency, self.urgency.points),
        ]
    }

    pub(super) fn contributions(&self, pair: Pair) -> Vec<Contribution> {
        let points = self.points(pair).into_iter();
        let told = points.filter_map(|(factor, points)| {
            let message = self.message(pair, factor)?;
            Some(Contribution { factor, points, message })
        });
        told.collect()
    }

    /// Why a factor gives what it gives; `None` if it is about a side that is not needed.
    fn message(&self, pair: Pair, factor: Factor) -> Option<String> {
        let (person, machine) = (&self.people[pair.person], &self.machines[pair.machine]);
        Some(match factor {
            Factor::OperatorFreeTime => person.operator.map(|_| free_words(&person.side))?,
            Factor::MachineFreeTime => machine.machine.map(|_| free_words(&machine.side))?,
            Factor::IdleTime => idle_words(person, machine),
            Factor::SkillMargin => person.operator.map(|_| margin_words(pair.margin))?,
            Factor::Distance => Distance::between(person.home, machine.place)?.words().to_owned(),
            Factor::ProductionLine => machine.machine.map(|_| line_words(machine).to_owned())?,
            Factor::Urgency => self.urgency.message.clone(),
        })
    }
}

impl OfMachine<'_> {
    fn line_points(&self) -> u8 {
        self.machine.map_or(0, |_| self.line.points())
    }

    /// What it gives whoever works there.
    fn own_points(&self) -> u8 {
        self.side.free_points + self.side.idle_points + self.line_points()
    }
}

/// `most` points for `full` minutes, fewer for less.
fn share(minutes: i64, full: i64, most: u8) -> u8 {
    let points = minutes.clamp(0, full) * i64::from(most) / full;
    u8::try_from(points).unwrap_or(most)
}

fn side<'b>(
    sought: &Proposal<'_>,
    open: impl Iterator<Item = &'b Allocation>,
    until: Option<Instant>,
    idle_since: Option<Instant>,
) -> Side {
    let end = sought.window.end;
    let open = open.filter(|one| one.occupies() && Some(one.allocation_id) != sought.except);
    let next = open.map(|one| one.window.start).filter(|start| *start >= end).min();
    let until = [next, until].into_iter().flatten().min();
    let minutes = |from: Instant, to: Instant| to.millis_since(from).max(0) / 60_000;
    let free_minutes = until.map(|until| minutes(end, until));
    let idle_minutes = idle_since.map_or(0, |since| minutes(since, sought.window.start));
    Side {
        free_minutes,
        free_points: share(free_minutes.unwrap_or(LONG_FREE_MINUTES), LONG_FREE_MINUTES, 15),
        idle_minutes,
        idle_points: share(idle_minutes, LONG_IDLE_MINUTES, 5),
    }
}

fn of_operator<'a>(
    sought: &Proposal<'_>,
    words: &mut Words<'a>,
    operator: Option<&'a Operator>,
) -> OfOperator<'a> {
    let side = operator.map(|operator| {
        let open = sought.resources.open_of_operator(&operator.operator_id);
        let is_idle = operator.current_status == OperatorStatus::Available;
        let idle_since = is_idle.then_some(operator.status_updated_at);
        let holidays = sought.resources.holidays();
        let until = operator.on_shift_until(sought.window.end, holidays);
        side(sought, open, until, idle_since)
    });
    let home = operator.map(|operator| words.home(operator));
    OfOperator { operator, side: side.unwrap_or_default(), home }
}

fn of_machine<'a>(
    sought: &Proposal<'_>,
    order: Option<&WorkOrder>,
    words: &mut Words<'a>,
    machine: Option<&'a Machine>,
) -> OfMachine<'a> {
    let side = machine.map(|machine| {
        let open = sought.resources.open_of_machine(&machine.machine_id);
        let is_idle = machine.current_status == MachineStatus::Idle;
        let idle_since = is_idle.then_some(machine.status_updated_at);
        side(sought, open, None, idle_since)
    });
    let meant = order.and_then(|order| order.details.production_line.as_ref());
    let line = match meant {
        Some(line) if machine.is_some_and(|one| one.details.production_line == *line) => {
            Line::Meant
        }
        Some(_) => Line::Another,
        None => Line::NoneGiven,
    };
    let place = machine.map(|machine| words.place(machine));
    OfMachine { machine, side: side.unwrap_or_default(), line, place }
}

fn margin_points(margin: u8) -> u8 {
    match margin {
        // Nothing is asked for.
        u8::MAX | 0 => 10,
        1 => 15,
        _ => 20,
    }
}

fn urgency(sought: &Proposal<'_>, order: Option<&WorkOrder>) -> Urgency {
    let Some(order) = order else {
        return Urgency { points: 0, message: "the order is not known".to_owned() };
    };
    let due = order.details.due_date;
    let (end, shown) = (sought.window.end, sought.context.plant.show(due));
    if end > due {
        return Urgency { points: 10, message: format!("it will be later than due, at {shown}") };
    }
    if end.plus_minutes(NEARLY_DUE_MINUTES) > due {
        return Urgency { points: 9, message: format!("nearly due, at {shown}") };
    }
    let points = match order.details.priority {
        Priority::Urgent => 10,
        Priority::High => 7,
        Priority::Medium => 4,
        Priority::Low => 1,
    };
    Urgency { points, message: format!("priority {}", order.details.priority.as_str()) }
}

fn free_words(side: &Side) -> String {
    match side.free_minutes {
        None => "free for as long as is known".to_owned(),
        Some(minutes) => format!("free for {minutes} minutes more afterwards"),
    }
}

fn idle_words(person: &OfOperator<'_>, machine: &OfMachine<'_>) -> String {
    let sides = [
        ("the person", person.operator.is_some(), &person.side),
        ("the machine", machine.machine.is_some(), &machine.side),
    ];
    let needed = sides.into_iter().filter(|(_, is_needed, _)| *is_needed);
    let told: Vec<String> = needed
        .map(|(who, _, side)| format!("{who} has been free for {} minutes", side.idle_minutes))
        .collect();
    told.join(", ")
}

fn margin_words(margin: u8) -> String {
    match margin {
        u8::MAX => "no skill is asked for".to_owned(),
        0 => "exactly the level that is asked for".to_owned(),
        levels => format!("{levels} above the level that is asked for"),
    }
}

fn line_words(machine: &OfMachine<'_>) -> &'static str {
    match machine.line {
        Line::Meant => "the line that is meant for the order",
        Line::Another => "another line than the one that is meant for the order",
        Line::NoneGiven => "no line is meant for the order",
    }
}
