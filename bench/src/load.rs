//! The closed loop of HTTP clients that allocate and release.
//!
//! Every client draws an operator, a machine and an order at random, as the rivals do, allocates,
//! releases what it got, and starts again; a refused draw is counted and is not a pair. Nothing is
//! retried: an answer that is neither success nor refusal is an error of its own in the table.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use crate::connection::Connection;

/// A client that meets this many errors stops: the run is spoilt anyway.
const ERRORS_TOLERATED: u64 = 100;

/// Draws an order, an operator and a machine as the body of an allocation.
pub(crate) type Draw = Arc<dyn Fn(&mut StdRng) -> String + Send + Sync>;

/// What the clients do, and for how long.
#[derive(Clone)]
pub(crate) struct LoadPlan {
    /// Nodes, over which the clients are spread evenly.
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) token: String,
    pub(crate) clients: usize,
    pub(crate) duration: Duration,
    /// Draws what is to be allocated: the body of the request.
    pub(crate) draw: Draw,
    /// Each command carries an `Idempotency-Key` of its own.
    pub(crate) with_idempotency_key: bool,
    /// Pairs are also counted per slice of this length.
    pub(crate) slice: Duration,
    pub(crate) seed: u64,
}

/// What the clients saw.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) pairs: u64,
    pub(crate) elapsed: Duration,
    /// Refusals by code.
    pub(crate) refusals: BTreeMap<String, u64>,
    /// Everything else that was not a success, by what it was.
    pub(crate) errors: BTreeMap<String, u64>,
    /// Acknowledged allocations.
    pub(crate) allocation_ids: Vec<i64>,
    pub(crate) releases: u64,
    pub(crate) allocate_us: Vec<u32>,
    pub(crate) pair_us: Vec<u32>,
    pub(crate) pairs_per_slice: Vec<u64>,
}

#[derive(Deserialize)]
struct CreatedAllocation {
    allocation_id: i64,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    refusals: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

/// Any order, operator and machine of a plant, as the rivals draw.
pub(crate) fn draw_any(orders: u32, operators: u32, machines: u32) -> Draw {
    Arc::new(move |random| {
        allocation_of(
            random.random_range(1..=orders),
            random.random_range(1..=operators),
            random.random_range(1..=machines),
        )
    })
}

/// The body of an allocation.
pub(crate) fn allocation_of(order: u32, operator: u32, machine: u32) -> String {
    format!(
        r#"{{"work_order_id":"WO-{order}","operator_id":"O-{operator}",
            "machine_id":"M-{machine}"}}"#
    )
}

struct LoadClient {
    connection: Connection,
    random: StdRng,
    plan: LoadPlan,
    started: Instant,
    tally: Tally,
}

/// Runs the plan and adds up what all clients saw.
pub(crate) async fn run(plan: &LoadPlan) -> Result<Tally> {
    let mut connections = Vec::with_capacity(plan.clients);
    for address in plan.addresses.iter().cycle().take(plan.clients) {
        let connection = Connection::open(*address, &plan.token).await;
        connections.push(connection.with_context(|| format!("cannot reach {address}"))?);
    }
    let started = Instant::now();
    let clients: Vec<_> = (0_u64..)
        .zip(connections)
        .map(|(number, connection)| {
            let client = LoadClient {
                connection,
                random: StdRng::seed_from_u64(plan.seed.wrapping_mul(1_000_003) + number),
                plan: plan.clone(),
                started,
                tally: Tally::default(),
            };
            tokio::spawn(client.run())
        })
        .collect();
    let mut total = Tally::default();
    for client in clients {
        total.add(client.await?);
    }
    total.elapsed = started.elapsed();
    if total.pairs == 0 {
        bail!("not one pair succeeded: {}", total.describe_failures());
    }
    Ok(total)
}

impl LoadClient {
    async fn run(mut self) -> Tally {
        let mut errors = 0;
        while self.started.elapsed() < self.plan.duration && errors < ERRORS_TOLERATED {
            if let Err(error) = self.run_pair().await {
                errors += 1;
                count(&mut self.tally.errors, error);
                if let Err(error) = self.connection.reopen().await {
                    count(&mut self.tally.errors, format!("connect: {}", error.kind()));
                }
            }
        }
        self.tally
    }

    /// One allocation and its release; an error leaves the connection to be replaced.
    async fn run_pair(&mut self) -> Result<(), String> {
        let began = Instant::now();
        let Some(allocation_id) = self.allocate().await? else {
            return Ok(());
        };
        self.tally.allocate_us.push(elapsed_us(began));
        self.tally.allocation_ids.push(allocation_id);
        let path = format!("/api/v1/allocations/{allocation_id}/release");
        let key = self.draw_key();
        let answer = self.connection.send("POST", &path, key.as_deref(), "{}").await;
        let answer = answer.map_err(|error| format!("release: {}", error.kind()))?;
        if answer.status != 200 {
            return Err(format!("release: {}", describe(answer.status, answer.body)));
        }
        self.tally.releases += 1;
        self.tally.pairs += 1;
        self.tally.pair_us.push(elapsed_us(began));
        let slice =
            (self.started.elapsed().as_millis() / self.plan.slice.as_millis().max(1)) as usize;
        if self.tally.pairs_per_slice.len() <= slice {
            self.tally.pairs_per_slice.resize(slice + 1, 0);
        }
        self.tally.pairs_per_slice[slice] += 1;
        Ok(())
    }

    async fn allocate(&mut self) -> Result<Option<i64>, String> {
        let body = (self.plan.draw)(&mut self.random);
        let key = self.draw_key();
        let answer =
            self.connection.send("POST", "/api/v1/allocations", key.as_deref(), &body).await;
        let answer = answer.map_err(|error| format!("allocate: {}", error.kind()))?;
        match answer.status {
            201 => serde_json::from_slice::<CreatedAllocation>(answer.body)
                .map(|created| Some(created.allocation_id))
                .map_err(|error| format!("allocate: unreadable answer: {error}")),
            409 => {
                for code in refusal_codes(answer.body) {
                    count(&mut self.tally.refusals, code);
                }
                Ok(None)
            }
            status => Err(format!("allocate: {}", describe(status, answer.body))),
        }
    }

    fn draw_key(&mut self) -> Option<String> {
        let keyed = self.plan.with_idempotency_key;
        keyed.then(|| format!("bench-{:032x}", self.random.random::<u128>()))
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.releases += other.releases;
        for (code, number) in other.refusals {
            *self.refusals.entry(code).or_default() += number;
        }
        for (what, number) in other.errors {
            *self.errors.entry(what).or_default() += number;
        }
        self.allocation_ids.extend(other.allocation_ids);
        self.allocate_us.extend(other.allocate_us);
        self.pair_us.extend(other.pair_us);
        let slices = self.pairs_per_slice.len().max(other.pairs_per_slice.len());
        self.pairs_per_slice.resize(slices, 0);
        for (sum, number) in self.pairs_per_slice.iter_mut().zip(other.pairs_per_slice) {
            *sum += number;
        }
    }

    /// Pairs per second over the whole run, the last answers included.
    pub(crate) fn pairs_per_s(&self) -> f64 {
        self.pairs as f64 / self.elapsed.as_secs_f64()
    }

    fn describe_failures(&self) -> String {
        format!("refusals {:?}, errors {:?}", self.refusals, self.errors)
    }
}

/// The codes of all refusals in a 409, or the problem's own code.
fn refusal_codes(body: &[u8]) -> Vec<String> {
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) if problem.refusals.is_empty() => vec![problem.code],
        Ok(problem) => problem.refusals.into_iter().map(|refusal| refusal.code).collect(),
        Err(_) => vec!["unreadable".to_owned()],
    }
}

fn describe(status: u16, body: &[u8]) -> String {
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => format!("{status} {}", problem.code),
        Err(_) => status.to_string(),
    }
}

fn count(counts: &mut BTreeMap<String, u64>, what: String) {
    *counts.entry(what).or_default() += 1;
}

fn elapsed_us(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn every_refusal_of_an_answer_is_counted() {
        let body = br#"{"code":"refused","refusals":[{"code":"operator_booked"},{"code":"x"}]}"#;
        assert_eq!(refusal_codes(body), ["operator_booked", "x"]);
        assert_eq!(refusal_codes(br#"{"code":"wrong_phase"}"#), ["wrong_phase"]);
    }

    #[test]
    fn tallies_add_up_slice_by_slice() {
        let mut total = Tally { pairs_per_slice: vec![1], ..Tally::default() };
        total.add(Tally { pairs: 5, pairs_per_slice: vec![2, 3], ..Tally::default() });
        assert_eq!((total.pairs, total.pairs_per_slice), (5, vec![3, 3]));
    }

    /// Answers allocations with growing ids and refuses every tenth.
    async fn answer_all(mut stream: TcpStream, requests: Arc<AtomicI64>) {
        let mut received = vec![0; 4_096];
        while let Ok(length) = stream.read(&mut received).await
            && length > 0
        {
            let request = std::str::from_utf8(&received[..length]).unwrap();
            let id = requests.fetch_add(1, Ordering::Relaxed);
            let (status, body) = match request.starts_with("POST /api/v1/allocations ") {
                true if id % 10 == 0 => (409, r#"{"code":"refused"}"#.to_owned()),
                true => (201, format!(r#"{{"allocation_id":{id},"phase":"running"}}"#)),
                false => (200, "{}".to_owned()),
            };
            let answer =
                format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn clients_count_pairs_refusals_and_every_acknowledged_id() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicI64::new(1));
        let served = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_all(stream, Arc::clone(&served)));
            }
        });
        let plan = LoadPlan {
            addresses: vec![address],
            token: "t".to_owned(),
            clients: 8,
            duration: Duration::from_millis(200),
            draw: draw_any(10, 10, 10),
            with_idempotency_key: true,
            slice: Duration::from_millis(100),
            seed: 1,
        };
        let tally = run(&plan).await.unwrap();
        let refused = tally.refusals["refused"];
        assert!(tally.errors.is_empty(), "{:?}", tally.errors);
        assert_eq!(tally.allocation_ids.len() as u64, tally.pairs);
        assert_eq!(2 * tally.pairs + refused + 1, requests.load(Ordering::Relaxed) as u64);
        assert_eq!(tally.pairs_per_slice.iter().sum::<u64>(), tally.pairs);
    }
}
