//! Turns decisions into requests and answers into knowledge, turn by turn.
//!
//! Acts of a turn go out side by side, each under a key of its own, so that a lost answer can be
//! asked for again. The plant's time moves only while the server answers.

use std::pin::pin;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use mraos_api::work_order::WorkOrder;
use serde_json::Value;
use tokio::time::Instant;

use crate::client::{Client, ClientError};
use crate::generator::{Batches, PlannedOrder, Sizes, lines_of};
use crate::simulator::act::{Act, Wish};
use crate::simulator::floor::{Floor, Phase};
use crate::simulator::foreman::{Foreman, MOST_BATCHES, Outcome, Supply};
use crate::simulator::moment::{Moment, PlantTime};
use crate::simulator::stream::Stream;
use crate::simulator::summary::{FloorSize, Summary};
use crate::simulator::{SimulatorError, SimulatorOptions, sight};

const TURN: Duration = Duration::from_millis(250);
/// Longer gaps between turns, as after an outage, do not count as work.
const LONGEST_GAP: Duration = Duration::from_secs(2);
const CONCURRENCY: usize = 16;
/// Without a live stream the floor is looked at so often.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// What the stream does not tell, such as requirements, is looked at so often.
const LOOK_AROUND_EVERY: Duration = Duration::from_secs(300);
const REPORT_EVERY: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Runs a floor until `stop` is ready or the time is over; `report` hears of it now and then.
pub async fn run(
    client: &Client,
    options: &SimulatorOptions,
    stop: impl Future<Output = ()>,
    mut report: impl FnMut(&Summary),
) -> Result<Summary, SimulatorError> {
    let mut stop = pin!(stop);
    let mut driver = tokio::select! {
        started = Driver::start(client, options) => started?,
        () = &mut stop => return Ok(Summary::default()),
    };
    let mut reported = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let wait = match driver.turn().await {
            Ok(()) => {
                pause = FIRST_PAUSE;
                TURN
            }
            Err(error) => {
                driver.bear(error)?;
                pause = (pause * 2).min(LONGEST_PAUSE);
                pause
            }
        };
        driver.measure();
        if reported.elapsed() >= REPORT_EVERY {
            reported = Instant::now();
            report(&driver.summary);
        }
        let is_over = options.run_for.is_some_and(|run_for| driver.began.elapsed() >= run_for);
        if is_over {
            return Ok(driver.summary);
        }
        tokio::select! {
            biased;
            () = &mut stop => return Ok(driver.summary),
            () = tokio::time::sleep(wait) => {}
        }
    }
}

struct Driver<'a> {
    client: &'a Client,
    options: &'a SimulatorOptions,
    floor: Floor,
    stream: Stream,
    foreman: Foreman,
    summary: Summary,
    began: Instant,
    last_turn: Instant,
    plant_seconds: f64,
    last_look: Instant,
    last_look_around: Instant,
    sent: u64,
    must_look: bool,
}

impl<'a> Driver<'a> {
    async fn start(
        client: &'a Client,
        options: &'a SimulatorOptions,
    ) -> Result<Self, SimulatorError> {
        let mut floor = Floor::default();
        sight::look_around(client, &mut floor).await.map_err(SimulatorError::Client)?;
        if floor.machines.is_empty() || floor.people.is_empty() {
            return Err(SimulatorError::EmptyFloor);
        }
        let supply = find_supply(client, options, &floor).await.map_err(SimulatorError::Client)?;
        let now = Instant::now();
        Ok(Self {
            client,
            options,
            floor,
            stream: Stream::follow(client),
            foreman: Foreman::new(options.seed, supply),
            summary: Summary::default(),
            began: now,
            last_turn: now,
            plant_seconds: 0.0,
            last_look: now,
            last_look_around: now,
            sent: 0,
            must_look: false,
        })
    }

    async fn turn(&mut self) -> Result<(), ClientError> {
        self.look().await?;
        let gap = self.last_turn.elapsed().min(LONGEST_GAP);
        self.last_turn = Instant::now();
        self.plant_seconds += gap.as_secs_f64() * self.options.speed;
        let now = self.now();
        let acts = self.foreman.decide(&self.floor, now);
        let client = self.client;
        let began = self.options.now.as_microsecond();
        let sending = acts.into_iter().map(|act| {
            self.sent += 1;
            let key = format!("floor-{began}-{}-{}", self.options.seed, self.sent);
            async move {
                let result = send(client, &act, &key).await;
                (act, result)
            }
        });
        let sending: Vec<_> = sending.collect();
        let mut answers = stream::iter(sending).buffer_unordered(CONCURRENCY);
        let mut trouble = None;
        while let Some((act, result)) = answers.next().await {
            match result {
                Ok(outcome) => {
                    match &outcome {
                        Outcome::Done(_) if act.is_question() => {}
                        Outcome::Done(_) => self.summary.count_done(act.name()),
                        Outcome::Refused(problem) => {
                            self.summary.count_refused(problem);
                            self.summary.last_trouble =
                                Some(format!("{}: {}", act.name(), problem.detail));
                        }
                    }
                    self.foreman.hear(&mut self.floor, &act, &outcome, now);
                }
                Err(error) => trouble = Some(error),
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    async fn look(&mut self) -> Result<(), ClientError> {
        self.stream.take_up(&mut self.floor);
        if self.must_look || self.last_look_around.elapsed() >= LOOK_AROUND_EVERY {
            sight::look_around(self.client, &mut self.floor).await?;
            self.last_look_around = Instant::now();
        } else if !self.stream.is_live() && self.last_look.elapsed() >= LOOK_EVERY {
            sight::look_at_work(self.client, &mut self.floor).await?;
        } else {
            return Ok(());
        }
        self.last_look = Instant::now();
        self.must_look = false;
        Ok(())
    }

    /// Trouble that passes is counted; other trouble ends the simulation.
    fn bear(&mut self, error: ClientError) -> Result<(), SimulatorError> {
        self.must_look = true;
        self.summary.last_trouble = Some(error.to_string());
        match &error {
            ClientError::Problem { problem, .. } => match problem.status {
                401 | 403 => return Err(SimulatorError::NotPermitted(error)),
                429 | 503 => self.summary.unavailable += 1,
                _ => self.summary.server_errors += 1,
            },
            ClientError::Unreachable { .. } | ClientError::Unreadable { .. } => {
                self.summary.unavailable += 1;
            }
            ClientError::Address { .. } => return Err(SimulatorError::Client(error)),
        }
        Ok(())
    }

    fn now(&self) -> Moment {
        let elapsed = SignedDuration::try_from(self.began.elapsed()).unwrap_or_default();
        let own = self.options.now.checked_add(elapsed).unwrap_or(Timestamp::MAX);
        Moment {
            clock: self.stream.clock().unwrap_or(own),
            plant: PlantTime(self.plant_seconds as i64),
            speed: self.options.speed,
        }
    }

    fn measure(&mut self) {
        self.summary.seconds = self.began.elapsed().as_secs();
        self.summary.plant_minutes = (self.plant_seconds / 60.0) as u64;
        self.summary.floor = FloorSize {
            operators: self.floor.people.len(),
            machines: self.floor.machines.len(),
            open_orders: self.floor.orders.len(),
            running: self.floor.jobs.values().filter(|job| job.phase == Phase::Running).count(),
        };
    }
}

async fn send(client: &Client, act: &Act, key: &str) -> Result<Outcome, ClientError> {
    let answered = match act.request() {
        Some(Wish::Post(path, body)) => {
            client.post::<Value>(&path, &body, Some(key)).await.map(|answer| answer.body)
        }
        Some(Wish::Patch(path, body)) => client.patch(&path, &body).await,
        None => sight::answer(client, act).await,
    };
    match answered {
        Ok(body) => Ok(Outcome::Done(body)),
        Err(ClientError::Problem { problem, .. })
            if matches!(problem.status, 400 | 404 | 409 | 412 | 422) =>
        {
            Ok(Outcome::Refused(problem))
        }
        Err(error) => Err(error),
    }
}

/// Where new orders come from: the sequence of the plant's seed, after what is there already.
async fn find_supply(
    client: &Client,
    options: &SimulatorOptions,
    floor: &Floor,
) -> Result<Supply, ClientError> {
    let Some(wanted) = options.open_orders else { return Ok(Supply::new(None, 0)) };
    let sizes =
        Sizes { operators: floor.people.len(), machines: floor.machines.len(), orders: wanted };
    let ours = |name: &str| floor.machines.values().any(|machine| machine.line == name);
    let lines = lines_of(sizes).ok().filter(|lines| lines.iter().all(|line| ours(&line.name)));
    let Some(lines) = lines else { return Ok(Supply::new(None, 0)) };
    let mut batches = Batches::new(options.seed, lines, options.speed);
    let first = batches.next_number();
    // Gallop to a batch that is not there, then halve the way back.
    let (mut there, mut stride) = (first, 1);
    while exists(client, there).await? {
        there += stride;
        stride *= 2;
    }
    let (mut low, mut high) = (there.saturating_sub(stride / 2).max(first), there);
    while low < high {
        let middle = low + (high - low) / 2;
        if exists(client, middle).await? { low = middle + 1 } else { high = middle }
    }
    batches.skip_to(high);
    let begun = find_begun(client, &mut batches, options.now).await?;
    let mut supply = Supply::new(Some(batches), wanted);
    for (batch, exist) in begun {
        supply.go_on_with(batch, &exist);
    }
    Ok(supply)
}

async fn exists(client: &Client, batch: u32) -> Result<bool, ClientError> {
    is_there(client, &Batches::mark_of(batch)).await
}

async fn is_there(client: &Client, order: &str) -> Result<bool, ClientError> {
    let path = format!("/work-orders/{order}");
    Ok(client.find::<WorkOrder>(&path).await?.is_some())
}

/// Batches that were begun and not all created when the simulator before this one was stopped, and
/// which of their orders there are. Those that were created at the same time may be complete.
async fn find_begun(
    client: &Client,
    batches: &mut Batches,
    clock: Timestamp,
) -> Result<Vec<(Vec<PlannedOrder>, Vec<bool>)>, ClientError> {
    let mut begun = Vec::new();
    for _ in 0..MOST_BATCHES {
        let number = batches.next_number();
        let batch = batches.next_batch(clock);
        let mut exist = Vec::with_capacity(batch.len());
        for planned in &batch {
            exist.push(is_there(client, &planned.order.work_order_id).await?);
        }
        if !exist.contains(&true) {
            batches.skip_to(number);
            break;
        }
        if exist.contains(&false) {
            begun.push((batch, exist));
        }
    }
    Ok(begun)
}
