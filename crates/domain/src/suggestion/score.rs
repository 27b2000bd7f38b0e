//! How good a possible pair is: a sum of whole points, each with its name and its reason.
//!
//! What depends on one side is computed once per side; a pair then costs a few additions. The
//! most points of all factors are 100 together.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Pair;
use crate::allocation::Allocation;
use crate::eligibility::Proposal;
use crate::machine::{Machine, MachineStatus};
use crate::operator::{Operator, OperatorStatus};
use crate::text::Text;
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
}

pub(super) struct OfMachine<'a> {
    pub(super) machine: Option<&'a Machine>,
    side: Side,
    line: Line,
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

/// How far a person's place is from a machine, as far as is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Distance {
    SamePlace,
    SameLine,
    SameZone,
    Unknown,
    Elsewhere,
}

impl Distance {
    fn between(operator: Option<&Operator>, machine: Option<&Machine>) -> Option<Self> {
        let (operator, machine) = (operator?, machine?);
        let (line, home) = (&operator.details.production_line, &operator.details.home_location);
        let same_line = line.as_ref().map(|line| *line == machine.details.production_line);
        let is_home = |place: Option<&str>| match (home, place) {
            (Some(home), Some(place)) => Some(home.as_str() == place),
            _ => None,
        };
        let exactly = is_home(machine.details.physical_location.as_ref().map(Text::as_str));
        let zone = is_home(machine.details.zone.as_ref().map(Text::as_str));
        Some(match (same_line, zone) {
            _ if exactly == Some(true) => Self::SamePlace,
            (Some(true), Some(true)) => Self::SamePlace,
            (Some(true), _) => Self::SameLine,
            (_, Some(true)) => Self::SameZone,
            (None, None) => Self::Unknown,
            _ => Self::Elsewhere,
        })
    }

    fn points(self) -> u8 {
        match self {
            Self::SamePlace => 20,
            Self::SameLine => 15,
            Self::SameZone => 10,
            Self::Unknown => 5,
            Self::Elsewhere => 0,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::SamePlace => "at home right there",
            Self::SameLine => "at home on the same line",
            Self::SameZone => "at home in the same zone",
            Self::Unknown => "it is not known where the person is at home",
            Self::Elsewhere => "at home elsewhere",
        }
    }
}

/// What pairs are scored by.
pub(super) struct Table<'a> {
    pub(super) people: Vec<OfOperator<'a>>,
    pub(super) machines: Vec<OfMachine<'a>>,
    /// The machines of each group.
    pub(super) groups: Vec<Range<usize>>,
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
        let mut machines = Vec::new();
        let mut ranges = Vec::new();
        for group in groups {
            let first = machines.len();
            machines.extend(group.iter().map(|machine| of_machine(sought, order, *machine)));
            ranges.push(first..machines.len());
        }
        let people = people.into_iter().map(|operator| of_operator(sought, operator)).collect();
        Self { people, machines, groups: ranges, urgency: urgency(sought, order) }
    }

    pub(super) fn score(&self, pair: Pair) -> u8 {
        self.points(pair).into_iter().map(|(_, points)| points).sum()
    }

    fn points(&self, pair: Pair) -> [(Factor, u8); 7] {
        let (person, machine) = (&self.people[pair.person], &self.machines[pair.machine]);
        let margin = person.operator.map_or(0, |_| margin_points(pair.margin));
        let distance = Distance::between(person.operator, machine.machine);
        [
            (Factor::OperatorFreeTime, person.side.free_points),
            (Factor::MachineFreeTime, machine.side.free_points),
            (Factor::IdleTime, person.side.idle_points + machine.side.idle_points),
            (Factor::SkillMargin, margin),
            (Factor::Distance, distance.map_or(0, Distance::points)),
            (Factor::ProductionLine, machine.machine.map_or(0, |_| machine.line.points())),
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
            Factor::Distance => {
                Distance::between(person.operator, machine.machine)?.words().to_owned()
            }
            Factor::ProductionLine => machine.machine.map(|_| line_words(machine).to_owned())?,
            Factor::Urgency => self.urgency.message.clone(),
        })
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

fn of_operator<'a>(sought: &Proposal<'_>, operator: Option<&'a Operator>) -> OfOperator<'a> {
    let side = operator.map(|operator| {
        let open = sought.resources.open_of_operator(&operator.operator_id);
        let is_idle = operator.current_status == OperatorStatus::Available;
        let idle_since = is_idle.then_some(operator.status_updated_at);
        let holidays = sought.resources.holidays();
        let until = operator.on_shift_until(sought.window.end, holidays);
        side(sought, open, until, idle_since)
    });
    OfOperator { operator, side: side.unwrap_or_default() }
}

fn of_machine<'a>(
    sought: &Proposal<'_>,
    order: Option<&WorkOrder>,
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
    OfMachine { machine, side: side.unwrap_or_default(), line }
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
