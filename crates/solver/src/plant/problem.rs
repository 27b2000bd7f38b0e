//! The general problem as data: what is to be done, by whom it may be done, what is wanted.
//!
//! Everything is referred to by its index, times are whole numbers in the caller's unit. A plant's
//! state, one suggestion and a generated benchmark are stated in the same words. What each rule
//! means stands at the field that it reads; nothing here knows how a problem is solved.

use serde::{Deserialize, Serialize};

use super::plan::Assignment;
use super::score::Weights;
use crate::problem::Time;

/// Work to be planned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantProblem {
    /// Nothing that is not pinned starts or is set up earlier.
    #[serde(default)]
    pub now: Time,
    /// Where work is done.
    pub machines: Vec<Machine>,
    /// Who does it.
    #[serde(default)]
    pub operators: Vec<Operator>,
    /// What is used up.
    #[serde(default)]
    pub materials: Vec<Material>,
    /// How long machines are set up between products.
    #[serde(default)]
    pub setups: Vec<SetupTable>,
    /// What is promised to whom.
    #[serde(default)]
    pub orders: Vec<Order>,
    /// What is to be done.
    pub operations: Vec<Operation>,
    /// Which operations wait for which; without cycles.
    #[serde(default)]
    pub links: Vec<Link>,
    /// What is wanted, and how much.
    #[serde(default)]
    pub weights: Weights,
}

/// A span of time, from the start to before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// When it begins.
    pub start: Time,
    /// When it ends.
    pub end: Time,
}

/// When something or somebody can work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calendar {
    /// An operation lies in one of these as a whole; windows that touch are one. None: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Vec<Window>>,
    /// No operation starts in one of these; one that has started may last through it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Window>,
}

/// A machine or work place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Machine {
    /// How many operations it does at once, each at a place of its own.
    pub capacity: u32,
    /// When it can work and be set up.
    pub calendar: Calendar,
    /// What its operator has to be able to do, whatever the operation.
    pub needs: Vec<Requirement>,
    /// Which table says how long it is set up; none: it never is. Setting up takes the machine and
    /// nobody, directly before the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setups: Option<usize>,
    /// The product that it is set up for at first, at all of its places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<u32>,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            capacity: 1,
            calendar: Calendar::default(),
            needs: Vec::new(),
            setups: None,
            product: None,
        }
    }
}

/// A person who operates machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Operator {
    /// How many operations they attend to at once.
    pub capacity: u32,
    /// When they work.
    pub calendar: Calendar,
    /// What they can do; each skill once.
    pub skills: Vec<Skill>,
    /// Work that counts as theirs already when it is spread fairly.
    pub worked: Time,
}

impl Default for Operator {
    fn default() -> Self {
        Self { capacity: 1, calendar: Calendar::default(), skills: Vec::new(), worked: 0 }
    }
}

/// Something that an operator can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// Which skill.
    pub skill: u32,
    /// How well.
    pub level: u32,
    /// An operation that asks for it starts no earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// An operation that asks for it ends no later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// A skill that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Which skill.
    pub skill: u32,
    /// At least this well.
    pub level: u32,
}

/// Something that is used up. At no time has more been used than has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// What is there and what comes; stock is what has come by `now`.
    pub arrivals: Vec<Arrival>,
}

/// Material that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// When it can be used.
    pub at: Time,
    /// How much.
    pub quantity: i64,
}

/// Setting up from one product to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupTable {
    /// How many products there are.
    pub products: u32,
    /// A row per product that was made, with a time per product that is to be made.
    pub times: Vec<Time>,
}

/// What operations belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Order {
    /// No operation of the order starts earlier.
    pub release: Time,
    /// When its last operation should have ended, if that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Time>,
    /// How much a late end matters.
    pub weight: i64,
}

impl Default for Order {
    fn default() -> Self {
        Self { release: 0, due: None, weight: 1 }
    }
}

/// Something that a machine, with an operator if it needs one, does without interruption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The order that it belongs to.
    pub order: usize,
    /// What it makes; none needs no setting up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<u32>,
    /// The machines that can do it, each with who can operate it.
    #[serde(default)]
    pub ways: Vec<Way>,
    /// What its operator has to be able to do, beside what the machine asks for.
    #[serde(default)]
    pub needs: Vec<Requirement>,
    /// What it uses up when it starts.
    #[serde(default)]
    pub consumes: Vec<Consumption>,
    /// Where it runs or is pinned. It stays there: own rules, setting up and links do not move
    /// it, and everything else makes room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Assignment>,
    /// Where it is in the current plan, from which departing has a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Assignment>,
}

/// A machine for an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The machine.
    pub machine: u32,
    /// Who operates it, and how long it takes.
    pub crew: Crew,
}

/// Who can operate a machine for an operation, and how long it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crew {
    /// Nobody: the machine works alone.
    Alone(Time),
    /// Every operator who has the skills, all equally quick.
    Anyone(Time),
    /// These, as far as they have the skills, each as quick as they are.
    Named(Vec<Hand>),
}

/// Somebody who can do an operation at a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hand {
    /// Who.
    pub operator: u32,
    /// How long it takes.
    pub duration: Time,
}

/// Material that an operation uses up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumption {
    /// Which.
    pub material: usize,
    /// How much.
    pub quantity: i64,
}

/// Two operations of which the second waits for the first. What is not planned keeps what waits
/// for it from being planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The first.
    pub before: usize,
    /// The second.
    pub after: usize,
    /// Which ends are tied.
    #[serde(default)]
    pub kind: LinkKind,
    /// At least this much time between the two ends; below 0 they may overlap by as much.
    #[serde(default)]
    pub lag: Time,
}

/// Which ends of two operations a link ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The second starts after the first has ended.
    #[default]
    FinishToStart,
    /// The second starts after the first has started.
    StartToStart,
    /// The second ends after the first has ended.
    FinishToFinish,
}
