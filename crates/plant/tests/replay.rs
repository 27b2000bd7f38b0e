//! Whole replays against a server of a few plain rules.
//!
//! Every row in one bucket, the same report however the answers are timed, a second run answered
//! like the first, and capacity codes gone once the capacity is learned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "fake/http.rs"]
mod http;
#[path = "fake/plant.rs"]
mod plant;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use mraos_plant::client::Client;
use mraos_plant::replay::{Bucket, LogSource, Milliseconds, ReplayOptions, Report, run};

fn options(source: LogSource, learn_capacity: bool) -> ReplayOptions {
    let now = "2026-01-15T12:00:00Z".parse().unwrap();
    ReplayOptions { learn_capacity, ..ReplayOptions::new(source, now) }
}

async fn replay_at(url: &str, source: LogSource, learn_capacity: bool) -> Report {
    let client = Client::new(url, "token").unwrap();
    let mut report = run(options(source, learn_capacity), client).await.unwrap();
    assert!(report.allocation_ms.p50 <= report.allocation_ms.p99);
    report.allocation_ms = Milliseconds::default();
    report
}

async fn replay(source: LogSource, learn_capacity: bool) -> (Report, Arc<Mutex<plant::Plant>>) {
    let (url, state) = plant::start().await;
    (replay_at(&url, source, learn_capacity).await, state)
}

fn real_log() -> Option<LogSource> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../../../shared/data/production-log/production_shared.csv");
    path.exists().then_some(LogSource::File(path))
}

fn assert_accounted(report: &Report) {
    assert_eq!(report.rows_unaccounted, 0);
    assert_eq!(report.buckets.values().sum::<u64>(), report.rows);
    assert_eq!(report.buckets[&Bucket::Failed], 0, "{:?}", report.failures);
    assert_eq!(report.refusals.values().sum::<u64>(), report.buckets[&Bucket::Refused]);
    let allocated = report.buckets[&Bucket::Done] + report.buckets[&Bucket::EndedEarlier];
    assert_eq!(report.allocations, allocated);
    assert_eq!(report.pieces.booked + report.pieces.not_booked, report.pieces.in_log);
}

#[tokio::test]
async fn strict_and_learned_replays_of_the_sample_account_for_every_row() {
    for learn_capacity in [false, true] {
        let (report, state) = replay(LogSource::Sample, learn_capacity).await;
        assert_accounted(&report);
        assert_eq!((report.rows, report.buckets[&Bucket::Breakdown]), (153, 4));
        assert_eq!(report.refusals.contains_key("machine_booked"), !learn_capacity);
        assert_eq!(report.refusals.contains_key("operator_booked"), !learn_capacity);
        let state = state.lock().unwrap();
        assert!(state.jobs.iter().all(|job| job.phase == "ended"));
        let produced: u64 = state.orders.values().map(|order| order.produced).sum();
        assert_eq!(produced, report.pieces.booked);
    }
}

#[tokio::test]
async fn breakdowns_interrupt_and_work_goes_on_afterwards() {
    let (report, _) = replay(LogSource::Sample, true).await;
    assert_eq!(report.breakdowns.reported, 4);
    assert!(report.breakdowns.interrupted_rows > 0 && report.breakdowns.resumed > 0);
}

#[tokio::test]
async fn the_report_is_the_same_on_every_run() {
    let (first, _) = replay(LogSource::Sample, false).await;
    let (second, _) = replay(LogSource::Sample, false).await;
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_second_run_is_answered_like_the_first() {
    let (url, state) = plant::start().await;
    let first = replay_at(&url, LogSource::Sample, false).await;
    let jobs = state.lock().unwrap().jobs.len();
    let mut second = replay_at(&url, LogSource::Sample, false).await;
    assert_eq!(state.lock().unwrap().jobs.len(), jobs);
    assert!(second.answered_as_before > 0);
    second.answered_as_before = 0;
    assert_eq!(first, second);
}

#[tokio::test]
async fn another_mode_gets_a_copy_of_the_plant_and_changes_nothing_of_the_first() {
    let (url, state) = plant::start().await;
    let strict = replay_at(&url, LogSource::Sample, false).await;
    let learned = replay_at(&url, LogSource::Sample, true).await;
    assert_eq!((strict.id_ending.as_str(), learned.id_ending.as_str()), ("", ".2"));
    let (alone, _) = replay(LogSource::Sample, true).await;
    assert_eq!(learned.refusals, alone.refusals);
    let mut again = replay_at(&url, LogSource::Sample, false).await;
    again.answered_as_before = 0;
    assert_eq!(strict, again);
    let state = state.lock().unwrap();
    assert_eq!(state.jobs.len() as u64, strict.allocations + learned.allocations);
}

#[tokio::test]
async fn a_strict_replay_of_the_real_log_refuses_about_a_third_for_overlaps() {
    let Some(source) = real_log() else { return };
    let (report, _) = replay(source.clone(), false).await;
    assert_accounted(&report);
    let overlaps = report.refusals["machine_booked"] + report.refusals["operator_booked"];
    assert!((900..1_200).contains(&overlaps), "{:?}", report.refusals);
    let (report, _) = replay(source, true).await;
    assert_accounted(&report);
    assert!(!report.refusals.contains_key("machine_booked"), "{:?}", report.refusals);
    assert!(report.buckets[&Bucket::Refused] < 60, "{:?}", report.refusals);
}

#[tokio::test]
async fn the_report_reads_well_and_keeps_its_contract() {
    let (report, _) = replay(LogSource::Sample, false).await;
    let json = serde_json::to_value(&report).unwrap();
    for key in ["rows", "orders", "allocations", "rows_unaccounted"] {
        assert!(json[key].is_u64(), "{key}");
    }
    assert!(json["refusals"].is_object());
    assert!(json["screen_ms"]["p50"].is_null() && json["screen_ms"]["p99"].is_null());
    let text = report.to_string();
    assert!(text.contains("153 rows") && text.contains("machine_booked"), "{text}");
    assert!(text.contains("--learn-capacity") && text.contains("line 153"), "{text}");
}
