//! Tests of the rules through their public door: `requires`, `decide`, `evolve`.
//!
//! One binary, so that it links once. `world` is a plant small enough to read; every other
//! module tests one subject on it. No database and no clock are needed here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod allocating;
mod attendance;
mod calendar;
mod calling_off;
mod codes;
mod deriving;
mod eligibility;
mod golden;
mod idle;
mod life_cycle;
mod loading;
mod machine_history;
mod machines;
mod maintenance;
mod operators;
mod orders;
mod outlook;
mod production;
mod properties;
mod rescheduling;
mod scope;
mod shifts;
mod stated_times;
mod stock;
mod stock_histories;
mod suggestions;
mod supply;
mod undoing;
mod units;
mod values;
mod worked;
mod world;
