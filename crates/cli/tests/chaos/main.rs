//! The promises that only the real thing can keep: the built binary, real PostgreSQL, real kills.
//!
//! One test at a time, because each fills the machine. `CHAOS_COMMANDS` and `CHAOS_KILLS` give
//! the size; without them it is small enough for every run. Everything listens on loopback or a
//! unix socket, lives in a throw-away directory and is stopped at the end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
mod contention;
mod crowd;
mod database_gone;
mod everything;
mod graceful_stop;
mod history;
mod kills;
mod live;
mod load;
mod random_commands;
mod site;
mod stopped_node;

/// Whole processes are measured against each other here: only one test may run.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A number from the environment, or `small`.
fn size(variable: &str, small: usize) -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "the size of a test is no setting of the product"
    )]
    let given = std::env::var(variable).ok();
    given.map_or(small, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text}")))
}
