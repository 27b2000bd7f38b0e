//! What a simulation has done, in numbers: for people while it runs and for scripts at its end.
//!
//! Counts only; whether a number is good news is the reader's to say.

use std::collections::BTreeMap;
use std::fmt;

use mraos_api::problem::Problem;
use serde::Serialize;

/// Counts since a simulation began.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Seconds by the clock.
    pub seconds: u64,
    /// Minutes of the plant's own time.
    pub plant_minutes: u64,
    /// What was done, by kind.
    pub done: BTreeMap<&'static str, u64>,
    /// What was refused, by the codes of the refusals.
    pub refused: BTreeMap<String, u64>,
    /// Answers that an error of the server's made, other than being busy.
    pub server_errors: u64,
    /// How often the server could not be reached or was too busy.
    pub unavailable: u64,
    /// What the last unexpected answer said.
    pub last_trouble: Option<String>,
    /// People, machines, open orders and running allocations at the end.
    pub floor: FloorSize,
}

/// The size of a floor at some moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FloorSize {
    /// People.
    pub operators: usize,
    /// Machines.
    pub machines: usize,
    /// Open orders.
    pub open_orders: usize,
    /// Running allocations.
    pub running: usize,
}

impl Summary {
    /// How much was done.
    pub fn done_in_all(&self) -> u64 {
        self.done.values().sum()
    }

    pub(crate) fn count_done(&mut self, name: &'static str) {
        *self.done.entry(name).or_default() += 1;
    }

    pub(crate) fn count_refused(&mut self, problem: &Problem) {
        if problem.refusals.is_empty() {
            *self.refused.entry(problem.code.clone()).or_default() += 1;
        }
        for refusal in &problem.refusals {
            *self.refused.entry(refusal.code.clone()).or_default() += 1;
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FloorSize { operators, machines, open_orders, running } = self.floor;
        writeln!(
            formatter,
            "{} plant minutes in {} s: {} acts on {machines} machines by {operators} operators; \
             {running} jobs run, {open_orders} orders are open.",
            self.plant_minutes,
            self.seconds,
            self.done_in_all(),
        )?;
        for (name, count) in &self.done {
            writeln!(formatter, "{count:>8}  {}", name.replace('_', " "))?;
        }
        for (code, count) in &self.refused {
            writeln!(formatter, "{count:>8}  refused: {code}")?;
        }
        if self.unavailable > 0 {
            writeln!(formatter, "{:>8}  times the server was busy or away", self.unavailable)?;
        }
        if self.server_errors > 0 {
            writeln!(formatter, "{:>8}  errors of the server", self.server_errors)?;
        }
        Ok(())
    }
}
