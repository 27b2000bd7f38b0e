//! Planning a plant: the general problem, its search, its checker, its explanations.
//!
//! [`PlantProblem`] states what is to be done and by which rules; [`search::solve`] finds a
//! [`Plan`]; [`check::check`] says by itself whether it keeps the rules and what it costs;
//! [`explain`] answers why. Operations are never interrupted. Nothing here knows where the data
//! comes from.

pub mod check;
pub mod explain;
pub mod generate;
mod plan;
mod problem;
mod score;
pub mod search;
mod validate;

pub use plan::{Assignment, Plan};
pub use problem::{
    Arrival, Calendar, Consumption, Crew, Hand, Link, LinkKind, Machine, Material, Operation,
    Operator, Order, PlantProblem, Requirement, SetupTable, Skill, Way, Window,
};
pub use score::{Factors, Score, Weights};
pub use validate::ProblemError;
