//! Reads on a large plant: look-ups, a filtered list, validation and suggestions.
//!
//! Part of [`crate::large`]. Each kind of read runs by itself, closed loop, over
//! the same number of connections; every answer has to be a success.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::LargeArguments;
use crate::connection::Connection;
use crate::dataset::{ORDER_LINES, Size};
use crate::product::Product;
use crate::report;
use crate::statistics::percentiles_ms;

/// The line to which the sender of suggestions is limited: 500 people, 300 machines.
const LINE: &str = "Line 1";
/// A first share of each run that is not counted.
const WARM_UP: Duration = Duration::from_secs(1);

/// By then a server has read what it keeps of the past.
const LONGEST_START: Duration = Duration::from_secs(120);

/// In an answer that had nothing to rank: with too few events for its orders a plant's waiting
/// orders wait for others that are not done.
const NOTHING_POSSIBLE: &str = "\"possible_pairs\":0,";

/// A kind of read, and how long it may take.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    most_ms: f64,
    request: fn(&Size, &mut StdRng) -> Request,
}

struct Request {
    method: &'static str,
    path: String,
    body: String,
}

fn get(path: String) -> Request {
    Request { method: "GET", path, body: String::new() }
}

const KINDS: [Kind; 6] = [
    Kind {
        name: "look up an operator",
        most_ms: 5.0,
        request: |size, random| {
            get(format!("/api/v1/operators/O-{}", random.random_range(1..=size.operators)))
        },
    },
    Kind {
        name: "look up a machine",
        most_ms: 5.0,
        request: |size, random| {
            get(format!("/api/v1/machines/M-{}", random.random_range(1..=size.machines)))
        },
    },
    Kind {
        name: "look up an order",
        most_ms: 5.0,
        request: |size, random| {
            get(format!("/api/v1/work-orders/WO-{}", random.random_range(1..=size.orders)))
        },
    },
    Kind {
        name: "list who is available",
        most_ms: 25.0,
        request: |_, random| {
            let department = random.random_range(0..12);
            get(format!(
                "/api/v1/operators?current_status=available&department=Department%20{department}\
                 &limit=50"
            ))
        },
    },
    Kind {
        name: "validate an allocation",
        most_ms: 50.0,
        request: |size, random| Request {
            method: "POST",
            path: "/api/v1/allocations/validate".to_owned(),
            body: json!({
                "work_order_id": waiting_order(size, random),
                "operator_id": format!("O-{}", random.random_range(1..=size.operators)),
                "machine_id": format!("M-{}", random.random_range(1..=size.machines)),
            })
            .to_string(),
        },
    },
    Kind {
        name: "suggest, 500 × 300",
        most_ms: 100.0,
        request: |size, random| {
            // Orders of the line, as its planner sees them.
            let first = size.done() / ORDER_LINES + 1;
            let order = random.random_range(first..=size.orders / ORDER_LINES) * ORDER_LINES;
            get(format!("/api/v1/suggestions?work_order_id=WO-{order}"))
        },
    },
];

fn waiting_order(size: &Size, random: &mut StdRng) -> String {
    format!("WO-{}", random.random_range(size.done() + 1..=size.orders))
}

/// What a kind of read took.
#[derive(Serialize)]
pub(crate) struct Measured {
    name: &'static str,
    answers: usize,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    most_ms: f64,
}

impl Measured {
    /// Whether it took no longer than it may.
    pub(crate) fn is_fast_enough(&self) -> bool {
        self.p99_ms <= self.most_ms
    }
}

/// Measures every kind of read on the plant of that size.
pub(crate) async fn run(
    product: &Product,
    size: &Size,
    arguments: &LargeArguments,
) -> Result<Vec<Measured>> {
    wait_until_past_is_known(product).await?;
    let planner = planner_of_line(product).await?;
    let mut all = Vec::new();
    for kind in KINDS {
        let token = if kind.name.starts_with("suggest") { &planner } else { product.token() };
        all.push(measure(product, token, kind, size, arguments).await?);
    }
    Ok(all)
}

/// Waits until the server has read what it keeps of the day before, beside serving.
async fn wait_until_past_is_known(product: &Product) -> Result<()> {
    let mut connection = product.connect().await?;
    let began = Instant::now();
    while began.elapsed() < LONGEST_START {
        let answer = connection.send("GET", "/metrics", None, "").await?;
        if String::from_utf8_lossy(answer.body).contains("\nmraos_past_work_known 1") {
            let seconds = began.elapsed().as_secs_f64();
            report::print_progress(&format!("past work was known after {seconds:.1} s more"));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the server does not know when people worked before it was started")
}

/// A token that sees one line alone.
async fn planner_of_line(product: &Product) -> Result<String> {
    let body = json!({"name": "planner", "role": "planner", "production_lines": [LINE]});
    let mut connection = product.connect().await?;
    let answer = connection.send("POST", "/api/v1/tokens", None, &body.to_string()).await?;
    let issued: Value = serde_json::from_slice(answer.body)?;
    Ok(issued["secret"].as_str().context("no token was issued")?.to_owned())
}

async fn measure(
    product: &Product,
    token: &str,
    kind: Kind,
    size: &Size,
    arguments: &LargeArguments,
) -> Result<Measured> {
    let counted = Duration::from_secs(arguments.seconds);
    let began = Instant::now();
    let mut clients = Vec::new();
    for number in 0..arguments.readers {
        let mut connection = Connection::open(product.address(), token).await?;
        let (size, mut random) = (size.clone(), StdRng::seed_from_u64(number as u64));
        clients.push(tokio::spawn(async move {
            let mut samples_us = Vec::new();
            while began.elapsed() < WARM_UP + counted {
                let request = (kind.request)(&size, &mut random);
                let asked = Instant::now();
                let answer =
                    connection.send(request.method, &request.path, None, &request.body).await?;
                let body = String::from_utf8_lossy(answer.body);
                if answer.status != 200 || body.contains(NOTHING_POSSIBLE) {
                    bail!("{} was answered {}: {body}", request.path, answer.status);
                }
                if began.elapsed() >= WARM_UP {
                    samples_us.push(u32::try_from(asked.elapsed().as_micros())?);
                }
            }
            Ok(samples_us)
        }));
    }
    let mut samples_us = Vec::new();
    for client in clients {
        samples_us.extend(client.await??);
    }
    let answers = samples_us.len();
    let (p50_ms, p99_ms) = percentiles_ms(&mut samples_us);
    let per_second = answers as f64 / counted.as_secs_f64();
    let Kind { name, most_ms, .. } = kind;
    Ok(Measured { name, answers, per_second, p50_ms, p99_ms, most_ms })
}

/// The table of what was measured.
pub(crate) fn table(all: &[Measured]) -> String {
    let mut told =
        String::from("read                       per second    p50 ms    p99 ms   at most\n");
    for one in all {
        let verdict = if one.is_fast_enough() { "" } else { "  too slow" };
        writeln!(
            told,
            "{:<26} {:>10.0} {:>9.2} {:>9.2} {:>9.0}{verdict}",
            one.name, one.per_second, one.p50_ms, one.p99_ms, one.most_ms,
        )
        .ok();
    }
    told
}
