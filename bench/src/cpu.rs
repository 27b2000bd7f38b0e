//! Processor time, read from `/proc`, split by who used it.
//!
//! A run's cost is what PostgreSQL (the postmaster, its living children and those it has reaped),
//! the system under test and the load generator used between two readings. What the rest of the
//! machine used is reported beside every run, because a busy neighbour spoils a number.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;

/// A run starts once the rest of the machine uses less than this share of it.
const QUIET_PERCENT: f64 = 8.0;

/// Whose processor time a reading collects.
#[derive(Clone, Copy)]
pub(crate) struct Meter {
    pub(crate) postmaster: u32,
    /// The nodes of the system under test.
    pub(crate) nodes: [Option<u32>; 2],
}

/// Cumulative processor time at one instant, in clock ticks.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    postgres: u64,
    product: u64,
    driver: u64,
    machine_busy: u64,
    machine_total: u64,
}

/// Processor time between two readings.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct CpuUse {
    pub(crate) postgres_s: f64,
    pub(crate) product_s: f64,
    pub(crate) driver_s: f64,
    /// Share of the machine used by anything else.
    pub(crate) others_percent: f64,
}

struct ProcessTimes {
    parent: u32,
    own: u64,
    reaped_children: u64,
}

impl Meter {
    /// Reads the counters now.
    pub(crate) fn read(self) -> Result<Reading> {
        let mut postgres = process_times(self.postmaster)
            .map(|times| times.own + times.reaped_children)
            .with_context(|| format!("PostgreSQL (pid {}) is gone", self.postmaster))?;
        for entry in fs::read_dir("/proc")?.flatten() {
            let pid = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
            // A process may end between the listing and the reading.
            let Some(times) = pid.and_then(process_times) else {
                continue;
            };
            if times.parent == self.postmaster {
                postgres += times.own + times.reaped_children;
            }
        }
        let nodes = self.nodes.into_iter().flatten().filter_map(process_times);
        let product = nodes.map(|times| times.own).sum();
        let driver =
            process_times(std::process::id()).map_or(0, |times| times.own + times.reaped_children);
        let (machine_busy, machine_total) = machine_times()?;
        Ok(Reading { postgres, product, driver, machine_busy, machine_total })
    }

    /// Waits, for a bounded time, until neighbours and the server's own housekeeping are quiet.
    pub(crate) async fn wait_for_quiet(self, longest_s: u32) -> Result<()> {
        let cores = std::thread::available_parallelism().map_or(1.0, |n| n.get() as f64);
        for _ in 0..longest_s {
            let before = self.read()?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            let used = before.until(self.read()?);
            let housekeeping_percent = 100.0 * (used.postgres_s + used.product_s) / cores;
            if used.others_percent + housekeeping_percent < QUIET_PERCENT {
                break;
            }
        }
        Ok(())
    }
}

impl Reading {
    /// What was used since this reading.
    pub(crate) fn until(self, later: Self) -> CpuUse {
        let ticks_per_s = rustix::param::clock_ticks_per_second() as f64;
        let used = |before: u64, after: u64| after.saturating_sub(before) as f64;
        let postgres = used(self.postgres, later.postgres);
        let product = used(self.product, later.product);
        let driver = used(self.driver, later.driver);
        let others = used(self.machine_busy, later.machine_busy) - postgres - product - driver;
        let total = used(self.machine_total, later.machine_total).max(1.0);
        CpuUse {
            postgres_s: postgres / ticks_per_s,
            product_s: product / ticks_per_s,
            driver_s: driver / ticks_per_s,
            others_percent: (100.0 * others / total).max(0.0),
        }
    }
}

impl CpuUse {
    /// What the servers used per pair; the generator is not in it.
    pub(crate) fn server_ms_per_pair(self, pairs: u64) -> f64 {
        1_000.0 * (self.postgres_s + self.product_s) / pairs as f64
    }
}

/// Resident memory of a process in MiB.
pub(crate) fn resident_mib(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<f64>().ok())
        .with_context(|| format!("{path} has no VmRSS"))?;
    Ok(kib / 1_024.0)
}

fn process_times(pid: u32) -> Option<ProcessTimes> {
    parse_process_times(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Reads one `/proc/<pid>/stat`; the command name in it may hold blanks and brackets.
fn parse_process_times(stat: &str) -> Option<ProcessTimes> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(ProcessTimes {
        parent: fields.get(1)?.parse().ok()?,
        own: ticks(11)? + ticks(12)?,
        reaped_children: ticks(13)? + ticks(14)?,
    })
}

/// Busy and total ticks of all cores together.
fn machine_times() -> Result<(u64, u64)> {
    let stat = fs::read_to_string("/proc/stat").context("cannot read /proc/stat")?;
    let ticks: Vec<u64> = stat
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .take(8)
        .filter_map(|field| field.parse().ok())
        .collect();
    let total: u64 = ticks.iter().sum();
    // Columns 4 and 5 are idle and waiting for the disk.
    let idle: u64 = ticks.iter().skip(3).take(2).sum();
    Ok((total - idle, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_stat_line_whose_name_has_brackets() {
        let line = "7 (a) b) S 3 7 7 0 -1 4194304 1 0 0 0 10 20 30 40 20 0 1 0 5";
        let times = parse_process_times(line);
        assert!(times.is_some_and(|times| {
            times.parent == 3 && times.own == 30 && times.reaped_children == 70
        }));
    }
}
