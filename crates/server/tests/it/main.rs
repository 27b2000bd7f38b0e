//! The HTTP interface against the whole application and a real database.
//!
//! One binary, one file per promise: what bad input leads to, who may do what, what conditional,
//! repeated and paged requests answer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attendance;
mod audit;
mod bad_input;
mod corrections;
mod day_of_people;
mod documented;
mod harness;
mod holidays;
mod lists;
mod live;
mod maintenance;
mod materials;
mod mutations;
mod name_search;
mod production;
mod promises;
mod roles;
mod sign_in;
mod suggestions;
mod users;
mod walk;
