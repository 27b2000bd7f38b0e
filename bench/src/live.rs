//! The live stream under load: from a status posted over HTTP to the frame on a thousand sockets.
//!
//! Latency is taken from before the request is sent until the frame has been read, on one clock.
//! Subscribers only count and time; a frame that is missing, or comes for a status that was not
//! the last one posted, makes the run wrong. Idle sockets are measured by the server's memory.

mod audience;
mod floor;
mod subscriber;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde::Serialize;
use tokio::task::LocalSet;

use crate::args::LiveArguments;
use crate::cpu::Meter;
use crate::postgres::PrivatePostgres;
use crate::product::{Binary, DATABASE, Product};
use crate::report;
use crate::statistics::percentiles_ms;
pub(crate) use audience::Audience;
use floor::{Floor, LINES};
use subscriber::{Subscriber, Taken};

/// Every channel.
const ALL: [&str; 4] = ["resource-status", "allocation-changes", "work-order-progress", "alerts"];
/// How long frames may still come after the last status was answered.
const AFTERMATH: Duration = Duration::from_secs(5);

/// One run.
#[derive(Debug, Serialize)]
pub(crate) struct LiveRun {
    pub(crate) what: &'static str,
    pub(crate) subscribers: usize,
    pub(crate) events_per_s: f64,
    pub(crate) frames: u64,
    pub(crate) frames_expected: u64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) frames_per_server_cpu_s: f64,
    /// Sockets that were cut, and frames out of order.
    pub(crate) faults: u64,
    /// Memory of the server at the end.
    pub(crate) resident_mib: f64,
    pub(crate) others_percent: f64,
}

/// Memory of idle sockets.
#[derive(Debug, Serialize)]
pub(crate) struct Idle {
    pub(crate) sockets: usize,
    pub(crate) kib_per_socket: f64,
}

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(crate) struct LiveResults {
    pub(crate) runs: Vec<LiveRun>,
    pub(crate) idle: Idle,
}

/// What is run: rate, subscribers and who listens to what.
#[derive(Clone, Copy)]
struct Plan {
    what: &'static str,
    subscribers: usize,
    events_per_s: u32,
    /// Every so many listens to everything, the others to one line each.
    everything_each: usize,
    /// A tenth of them, of every kind, never reads.
    a_tenth_sleeps: bool,
}

impl LiveResults {
    /// What a tenth that never reads does to the others: p99 with it over p99 without, round by
    /// round.
    pub(crate) fn effects_of_sleepers(&self) -> Vec<f64> {
        let rounds = self.runs.chunks_exact(2);
        rounds.map(|round| round[1].p99_ms / round[0].p99_ms).collect()
    }
}

impl Plan {
    /// Whether a subscriber never reads.
    fn sleeps(&self, subscriber: usize) -> bool {
        self.a_tenth_sleeps && subscriber % 10 == subscriber / self.everything_each % 10
    }
}

/// Runs the suite and prints it; false when a frame was lost.
pub(crate) async fn run(arguments: &LiveArguments) -> Result<bool> {
    LocalSet::new().run_until(run_here(arguments)).await
}

async fn run_here(arguments: &LiveArguments) -> Result<bool> {
    let arguments = arguments.effective();
    raise_descriptor_limit();
    let postgres = PrivatePostgres::start(&arguments.directory, false).await?;
    let binary = Binary::prepare(&postgres, arguments.mraos.as_deref(), DATABASE).await?;
    let product = binary.serve().await?;
    let meter = Meter { postmaster: postgres.pid(), nodes: [Some(product.pid()), None] };
    let floor = Rc::new(RefCell::new(Floor::create(&product).await?));
    report::print_progress("idle sockets");
    let idle = measure_idle(&product, arguments.idle_sockets).await?;
    let mut runs = Vec::new();
    let mixed = Plan {
        what: "mixed line filters",
        subscribers: arguments.subscribers,
        events_per_s: 500,
        everything_each: 50,
        a_tenth_sleeps: false,
    };
    let asleep = Plan { what: "the same, a tenth never reads", a_tenth_sleeps: true, ..mixed };
    let all = Plan {
        what: "all channels",
        subscribers: arguments.subscribers * 2,
        events_per_s: 50,
        everything_each: 1,
        a_tenth_sleeps: false,
    };
    // The machine drifts: what is compared is run in turn.
    let rounds = std::iter::repeat_n([&mixed, &asleep], arguments.rounds).flatten();
    for plan in rounds.chain([&all]) {
        report::print_progress(plan.what);
        let length = Duration::from_secs(arguments.seconds);
        runs.push(measure(&product, meter, &floor, plan, length).await?);
    }
    product.stop().await?;
    let results = LiveResults { runs, idle };
    report::print_live(&results);
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_vec_pretty(&results)?)?;
    }
    let is_whole = |run: &LiveRun| run.faults == 0 && run.frames == run.frames_expected;
    Ok(results.runs.iter().all(is_whole))
}

async fn measure_idle(product: &Product, sockets: usize) -> Result<Idle> {
    let before_mib = product.resident_mib()?;
    let mut all = Vec::with_capacity(sockets);
    for n in 0..sockets {
        let channel = format!("line:Line-{}:*", n % LINES);
        all.push(Subscriber::open(product, &[channel]).await?);
    }
    let after_mib = product.resident_mib()?;
    Ok(Idle { sockets, kib_per_socket: (after_mib - before_mib) * 1_024.0 / sockets as f64 })
}

async fn measure(
    product: &Product,
    meter: Meter,
    floor: &Rc<RefCell<Floor>>,
    plan: &Plan,
    length: Duration,
) -> Result<LiveRun> {
    let taken = Rc::new(RefCell::new(Taken::default()));
    let (mut listeners, mut asleep) = (Vec::new(), Vec::new());
    for n in 0..plan.subscribers {
        let line = (n % plan.everything_each != 0).then_some(n % LINES);
        let everything = || ALL.map(str::to_owned).to_vec();
        let channels = line.map_or_else(everything, |line| vec![format!("line:Line-{line}:*")]);
        let subscriber = Subscriber::open(product, &channels).await?;
        if plan.sleeps(n) {
            asleep.push(subscriber);
            continue;
        }
        let (floor, taken) = (Rc::clone(floor), Rc::clone(&taken));
        listeners.push((line, tokio::task::spawn_local(subscriber.listen(floor, taken))));
    }
    let listening: Vec<Option<usize>> = listeners.iter().map(|(line, _)| *line).collect();
    let before = meter.read()?;
    let began = Instant::now();
    let posted = Floor::post(floor, product, plan.events_per_s, length).await?;
    let took_s = began.elapsed().as_secs_f64();
    let wants = |line: usize| listening.iter().filter(|l| l.is_none_or(|l| l == line)).count();
    let per_line = posted.iter().enumerate().map(|(line, events)| events * wants(line) as u64);
    let frames_expected: u64 = per_line.sum();
    let deadline = Instant::now() + AFTERMATH;
    while taken.borrow().frames < frames_expected && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let used = before.until(meter.read()?);
    let resident_mib = product.resident_mib()?;
    drop(asleep);
    for (_, listener) in listeners {
        listener.abort();
    }
    let mut taken = taken.borrow_mut();
    if taken.frames == 0 {
        bail!("no frame arrived");
    }
    let frames = taken.frames;
    let (p50_ms, p99_ms) = percentiles_ms(&mut taken.latencies_us);
    Ok(LiveRun {
        what: plan.what,
        subscribers: plan.subscribers,
        events_per_s: posted.iter().sum::<u64>() as f64 / took_s,
        frames,
        frames_expected,
        p50_ms,
        p99_ms,
        frames_per_server_cpu_s: frames as f64 / used.product_s.max(0.01),
        faults: taken.faults,
        resident_mib,
        others_percent: used.others_percent,
    })
}

/// Thousands of sockets are more files than a shell allows by default.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        report::print_progress(&format!("the limit of open files stays as it is: {error}"));
    }
}
