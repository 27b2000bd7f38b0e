//! Who works where, when and in which order: a pure optimiser for plants and job shops.
//!
//! A [`problem::Problem`] goes in, the best [`schedule::Schedule`] found within a budget comes
//! out, and it is a function of problem, seed and budget alone. Here are the readers of benchmark
//! files, the search, the checker that every result passes, and the chart. There is no clock but
//! the budget's, no I/O, and nothing of the rest of the product.

pub mod chart;
pub mod check;
pub mod document;
pub mod format;
pub mod problem;
mod random;
pub mod schedule;
pub mod search;
