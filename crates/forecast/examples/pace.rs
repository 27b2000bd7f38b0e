//! How long training and forecasting take on a large made-up plant, and how much memory.
//!
//! `cargo run --release -p mraos-forecast --example pace -- [RESOURCES] [SAMPLES] [THREADS]`
//! answers in one JSON line. `make bench-forecast` calls it; nothing else depends on it.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use mraos_forecast::FallingIdle;
use mraos_forecast::floor::Floor;
use mraos_forecast::model::{ForecastModel, Training};
use mraos_forecast::outlook::BlockLengths;
use mraos_forecast::report::{ReportKind, Resource, WorkReport};
use mraos_forecast::sample::{busy_blocks, samples};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng as _};

const DAY: u64 = 1440;

fn main() -> Result<(), Box<dyn Error>> {
    let mut sizes = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let resources = sizes.next().transpose()?.unwrap_or(1_000);
    let wanted = sizes.next().transpose()?.unwrap_or(1_000_000);
    let threads = sizes.next().transpose()?.unwrap_or(2);
    let roster: Vec<Resource> = (0..resources)
        .map(|at| Resource { name: format!("Machine {at}"), resource_type: at % 20 })
        .collect();
    let mut reports = make_reports(resources, wanted / resources + 1);
    reports.sort_by(|a, b| a.end.total_cmp(&b.end));
    let gaps = samples(&busy_blocks(&reports, resources));
    let cancelled = AtomicBool::new(false);
    let training = Training { seed: 1, threads, cancelled: &cancelled };
    let started = Instant::now();
    let model = ForecastModel::train(Floor::new(&roster), &reports, &gaps, &training)?;
    let train_seconds = started.elapsed().as_secs_f64();
    let mut floor = Floor::new(&roster);
    reports.iter().for_each(|report| floor.observe(report));
    let now = reports.last().map_or(0.0, |report| report.end);
    let started = Instant::now();
    let lengths = BlockLengths::of(&floor);
    let answered = (0..resources)
        .map(|resource| FallingIdle { resource, at: now, busy_since: now - 30.0 })
        .filter_map(|moment| model.outlook_of_busy(&floor, &lengths, &moment, 60.0))
        .count();
    let forecast_seconds = started.elapsed().as_secs_f64();
    println!(
        "{{\"samples\": {}, \"threads\": {threads}, \"train_seconds\": {train_seconds:.2}, \
         \"resources_forecast\": {answered}, \"forecast_seconds\": {forecast_seconds:.3}, \
         \"peak_mib\": {}}}",
        gaps.len(),
        peak_mib()?
    );
    Ok(())
}

/// Two shifts a day, blocks of work with gaps, ten minutes of rest at night at least.
fn make_reports(resources: usize, per_resource: usize) -> Vec<WorkReport> {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut below = |bound: u64| (dice.next_u64() >> 33) % bound;
    let mut made = Vec::with_capacity(resources * per_resource);
    for resource in 0..resources {
        let mut now = 360 + below(60);
        for number in 0..per_resource {
            let end = now + 20 + below(100);
            made.push(WorkReport {
                resource,
                start: now as f64,
                end: end as f64,
                kind: ReportKind::Production,
                operator: Some(below(resources as u64) as usize),
                work_order: Some(resource * per_resource + number / 5),
                quantity_ordered: 100.0,
                quantity_completed: below(30) as f64,
            });
            now = end + if below(3) == 0 { 1 } else { 10 + below(50) };
            if now % DAY > 1_320 || now % DAY < 360 {
                now = (now / DAY + u64::from(now % DAY > 1_320)) * DAY + 360 + below(30);
            }
        }
    }
    made
}

/// The most memory this process has held, as Linux counts it.
fn peak_mib() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    let kib: u64 = line.split_whitespace().nth(1).unwrap_or("0").parse()?;
    Ok(kib / 1024)
}
