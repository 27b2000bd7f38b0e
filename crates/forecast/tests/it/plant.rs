//! Made-up plants for tests: machines that work in blocks, with gaps drawn from a seed.
//!
//! During the day a gap is short or some half hour; over night everything rests until six. Drawn
//! with whole numbers, so that a plant is the same on every machine.

use std::sync::atomic::AtomicBool;

use mraos_forecast::backtest::Logs;
use mraos_forecast::model::Training;
use mraos_forecast::report::{ReportKind, Resource, WorkReport};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng as _};

/// Nobody cancels.
pub(crate) static GOES_ON: AtomicBool = AtomicBool::new(false);

pub(crate) fn training(seed: u64) -> Training<'static> {
    Training { seed, threads: 2, cancelled: &GOES_ON }
}

pub(crate) fn resources(count: usize) -> Vec<Resource> {
    (0..count).map(|at| Resource { name: format!("Machine {at}"), resource_type: at % 3 }).collect()
}

pub(crate) fn report(resource: usize, start: f64, end: f64) -> WorkReport {
    WorkReport {
        resource,
        start,
        end,
        kind: ReportKind::Production,
        operator: Some(resource % 7),
        work_order: Some(resource % 11),
        quantity_ordered: 100.0,
        quantity_completed: 5.0,
    }
}

/// `reports` reports of each of `machines` machines.
pub(crate) fn plant(seed: u64, machines: usize, reports: usize) -> Vec<WorkReport> {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut below = |bound: u64| (dice.next_u64() >> 33) % bound;
    let mut made = Vec::with_capacity(machines * reports);
    for machine in 0..machines {
        let mut now = 360 + below(60);
        for _ in 0..reports {
            let end = now + 20 + below(100);
            made.push(report(machine, now as f64, end as f64));
            now = end + if below(3) == 0 { 1 } else { 10 + below(50) };
            if now % 1440 > 1080 || now % 1440 < 360 {
                now = (now / 1440 + u64::from(now % 1440 > 1080)) * 1440 + 360 + below(30);
            }
        }
    }
    made
}

pub(crate) fn logs<'a>(resources: &'a [Resource], reports: &'a [WorkReport]) -> Logs<'a> {
    Logs { resources, train: reports, test: reports, blind: &[] }
}
