//! Random commands from many connections, seeded; what was asked and what was answered.
//!
//! A worker knows of every open allocation and mostly asks for steps that its phase allows; the
//! rest is refused, which has to be right as well. Most commands carry a key and are insisted on
//! until a node has decided them; one of four has none and is sent once, come what may.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use mraos_app::{Clock as _, SystemClock};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::{Answer, Client, Write};

const OPERATORS: usize = 50;
const MACHINES: usize = 50;
const ORDERS: usize = 200;
/// Connections.
pub(crate) const WORKERS: usize = 64;

/// Phases of the open allocations, as the last answers told.
#[derive(Default)]
struct Shared(Mutex<BTreeMap<i64, String>>);

impl Shared {
    fn note(&self, id: i64, phase: &str) {
        let mut open = self.0.lock().unwrap();
        match phase {
            "ended" => open.remove(&id),
            _ => open.insert(id, phase.to_owned()),
        };
    }

    /// The open allocation at a random place.
    fn pick(&self, random: u64) -> Option<(i64, String)> {
        let open = self.0.lock().unwrap();
        let place = usize::try_from(random).unwrap_or_default() % open.len().max(1);
        open.iter().nth(place).map(|(id, phase)| (*id, phase.clone()))
    }
}

/// A command and its answer; none if nobody knows what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) write: Write,
    pub(crate) answer: Option<Answer>,
}

/// A load that runs.
pub(crate) struct Load {
    workers: JoinSet<Vec<Done>>,
    stop: Arc<AtomicBool>,
    decided: Arc<AtomicUsize>,
}

/// Fifty operators, fifty machines and more orders than both.
pub(crate) async fn create_floor(client: &Client, url: &str) {
    let operators: Vec<Value> = (0..OPERATORS)
        .map(|n| {
            let name = format!("Operator {n}");
            json!({"operator_id": operator(n), "employee_id": format!("E-{n}"),
                   "first_name": name, "last_name": "Test"})
        })
        .collect();
    let machines: Vec<Value> = (0..MACHINES)
        .map(|n| {
            json!({"machine_id": machine(n), "machine_name": format!("Machine {n}"),
                   "machine_type": "press", "production_line": format!("Line-{}", n % 3 + 1)})
        })
        .collect();
    let orders: Vec<Value> = (0..ORDERS)
        .map(|n| {
            json!({"work_order_id": order(n), "work_order_number": format!("N-{n}"),
                   "product_id": "P-1", "product_name": "Drum", "quantity_ordered": 1000,
                   "unit_of_measure": "EA", "due_date": "2999-01-01T00:00:00Z"})
        })
        .collect();
    for (path, items) in [
        ("/operators/batch", operators),
        ("/machines/batch", machines),
        ("/work-orders/batch", orders),
    ] {
        let body = client.create(url, path, json!({ "items": items })).await;
        for result in body["results"].as_array().unwrap() {
            assert_eq!(result["status"], 201, "{result:#}");
        }
    }
}

fn operator(n: usize) -> String {
    format!("O-{n}")
}

fn machine(n: usize) -> String {
    format!("M-{n}")
}

fn order(n: usize) -> String {
    format!("WO-{n}")
}

impl Load {
    /// Begins to send, at most `commands` over all workers.
    pub(crate) fn start(urls: &[String], seed: u64, commands: usize) -> Self {
        Self::start_with(urls, seed, commands, 3)
    }

    /// Begins to send without any key: nothing is sent twice.
    pub(crate) fn start_without_keys(urls: &[String], seed: u64) -> Self {
        Self::start_with(urls, seed, usize::MAX / 2, 0)
    }

    /// `keyed` of four commands carry a key.
    fn start_with(urls: &[String], seed: u64, commands: usize, keyed: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let decided = Arc::new(AtomicUsize::new(0));
        let (taken, shared) = (Arc::new(AtomicUsize::new(0)), Arc::new(Shared::default()));
        let client = Client::new();
        let mut workers = JoinSet::new();
        for n in 0..WORKERS {
            let (urls, client) = (urls.to_vec(), client.clone());
            let (stop, decided) = (Arc::clone(&stop), Arc::clone(&decided));
            let (taken, shared) = (Arc::clone(&taken), Arc::clone(&shared));
            workers.spawn(async move {
                let mut random = StdRng::seed_from_u64(seed * 1_000 + n as u64);
                let mut all = Vec::new();
                while !stop.load(Ordering::Relaxed)
                    && taken.fetch_add(1, Ordering::Relaxed) < commands
                {
                    let mut write = next_command(&mut random, &shared);
                    write.key = format!("{seed}-{n}-{}", all.len());
                    write.is_repeatable = random.random_range(0..4) < keyed;
                    let answer = client.ask(&urls, n, &write).await;
                    let body = answer.as_ref().map_or(&Value::Null, |answer| &answer.body);
                    if let (Some(id), Some(phase)) =
                        (body["allocation_id"].as_i64(), body["phase"].as_str())
                    {
                        shared.note(id, phase);
                    }
                    decided.fetch_add(1, Ordering::Relaxed);
                    all.push(Done { write, answer });
                }
                all
            });
        }
        Self { workers, stop, decided }
    }

    /// How many commands have been decided so far.
    pub(crate) fn decided(&self) -> usize {
        self.decided.load(Ordering::Relaxed)
    }

    /// Waits until `more` commands have been decided.
    pub(crate) async fn wait_for_progress(&self, more: usize) {
        let goal = self.decided() + more;
        let waiting = async {
            while self.decided() < goal {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let patience = std::time::Duration::from_secs(60);
        tokio::time::timeout(patience, waiting).await.expect("the load stands still");
    }

    /// Lets every worker finish what it began.
    pub(crate) async fn finish(self) -> Vec<Done> {
        self.stop.store(true, Ordering::Relaxed);
        self.run_out().await
    }

    /// Waits until every command has been sent and decided.
    pub(crate) async fn run_out(mut self) -> Vec<Done> {
        let mut all = Vec::new();
        while let Some(worker) = self.workers.join_next().await {
            all.extend(worker.unwrap());
        }
        all
    }
}

fn next_command(random: &mut StdRng, shared: &Shared) -> Write {
    let dice = random.random_range(0..100_u32);
    let write = |path: String, body: Value| Write::new("", path, body);
    let known = (dice >= 45).then(|| shared.pick(random.random())).flatten();
    let Some((id, phase)) = known else {
        return write("/allocations".into(), proposal(random));
    };
    let step = match (phase.as_str(), dice % 4) {
        ("booked", 0..=2) => "start",
        ("running", 0) => "pause",
        ("running", 1) | (_, 2) => "release",
        ("running", _) => "reassign",
        ("paused", 0..=1) => "resume",
        (_, 0) => "resume",
        (_, 1) => "pause",
        _ => "reassign",
    };
    let body = match step {
        "reassign" if random.random() => json!({"operator_id": any(random, OPERATORS, operator)}),
        "reassign" => json!({"machine_id": any(random, MACHINES, machine)}),
        _ => json!({}),
    };
    write(format!("/allocations/{id}/{step}"), body)
}

fn any(random: &mut StdRng, count: usize, name: fn(usize) -> String) -> String {
    name(random.random_range(0..count))
}

/// Work now, or within the next half hour, for a minute.
fn proposal(random: &mut StdRng) -> Value {
    let mut body = json!({
        "work_order_id": any(random, ORDERS, order),
        "operator_id": any(random, OPERATORS, operator),
        "machine_id": any(random, MACHINES, machine),
        "expected_duration_minutes": 1,
    });
    if random.random_range(0..3) == 0 {
        let start = SystemClock.now().plus_minutes(random.random_range(1..30));
        body["expected_start_time"] = json!(start.to_string());
    }
    body
}

/// How often each step was answered with each status; 0 where nobody knows.
fn summary(all: &[Done]) -> BTreeMap<(String, u16), usize> {
    let mut summary = BTreeMap::new();
    for done in all {
        let step = done.write.path.rsplit('/').next().unwrap_or_default().to_owned();
        let status = done.answer.as_ref().map_or(0, |answer| answer.status.as_u16());
        *summary.entry((step, status)).or_default() += 1;
    }
    summary
}

/// Every command was decided as it should, and every step did happen sometimes.
pub(crate) fn check_answers(all: &[Done]) {
    for Done { write, answer } in all {
        let decided =
            answer.as_ref().is_none_or(|answer| matches!(answer.status.as_u16(), 200 | 201 | 409));
        assert!(decided, "{write:?}\n{answer:#?}");
        assert!(answer.is_some() || !write.is_repeatable, "{write:?}");
    }
    let summary = summary(all);
    for step in ["allocations", "start", "pause", "resume", "release", "reassign"] {
        let done = [200, 201].iter().any(|status| summary.contains_key(&(step.into(), *status)));
        assert!(done, "no {step} succeeded: {summary:?}");
    }
}
