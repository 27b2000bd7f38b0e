//! Who works where, when and in which order: a pure optimiser for plants and job shops.
//!
//! Two problems, two searches. A job shop ([`problem::Problem`]) is searched for its shortest
//! [`schedule::Schedule`]; a plant ([`plant::PlantProblem`], with calendars, skills, materials,
//! setups and due dates) for the [`plant::Plan`] of the best score. Either answer is a function of
//! problem, seed and budget alone and has passed a checker that shares no code with the search.
//! There is no clock but the budget's, no I/O, and nothing of the rest of the product.

pub mod chart;
pub mod check;
pub mod document;
pub mod format;
pub mod plant;
pub mod problem;
mod random;
pub mod schedule;
pub mod search;
mod stop;
