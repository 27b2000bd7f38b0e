//! The machines whose status is posted, and when that was done last.
//!
//! Statuses go round all machines, so that one machine changes seldom and a frame can be told
//! apart from the one before it by the status that it shows.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::product::Product;

/// Production lines of the plant.
pub(super) const LINES: usize = 6;
/// Machines of the plant.
const MACHINES: usize = 1_200;
/// Connections that post.
const POSTERS: usize = 16;

/// The last status posted for a machine.
#[derive(Clone, Copy)]
pub(super) struct Posted {
    pub(super) at: Instant,
    pub(super) is_idle: bool,
}

/// What was posted.
pub(super) struct Floor {
    machines: Vec<Posted>,
    next: usize,
}

impl Floor {
    /// Creates the machines, all of them idle.
    pub(super) async fn create(product: &Product) -> Result<Self> {
        let mut connection = product.connect().await?;
        for batch in (0..MACHINES).collect::<Vec<_>>().chunks(600) {
            let items: Vec<String> = batch.iter().map(|n| machine(*n)).collect();
            let body = format!(r#"{{"items":[{}]}}"#, items.join(","));
            let answer = connection.send("POST", "/api/v1/machines/batch", None, &body).await?;
            if answer.status != 200 {
                bail!("machines: {} {}", answer.status, String::from_utf8_lossy(answer.body));
            }
        }
        let posted = Posted { at: Instant::now(), is_idle: true };
        Ok(Self { machines: vec![posted; MACHINES], next: 0 })
    }

    /// What was posted last for a machine.
    pub(super) fn posted(&self, machine: usize) -> Option<Posted> {
        self.machines.get(machine).copied()
    }

    /// Posts at a rate for a time; how many events each line had.
    pub(super) async fn post(
        floor: &Rc<RefCell<Self>>,
        product: &Product,
        events_per_s: u32,
        length: Duration,
    ) -> Result<[u64; LINES]> {
        let began = Instant::now();
        let total = (f64::from(events_per_s) * length.as_secs_f64()) as u32;
        let mut posters = Vec::new();
        for poster in 0..POSTERS {
            let mut connection = product.connect().await?;
            let floor = Rc::clone(floor);
            posters.push(tokio::task::spawn_local(async move {
                let mut lines = [0; LINES];
                for event in (poster as u32..total).step_by(POSTERS) {
                    let due = began + Duration::from_secs(1) * event / events_per_s;
                    tokio::time::sleep_until(due.into()).await;
                    let (machine, is_idle) = floor.borrow_mut().turn();
                    let status = if is_idle { "idle" } else { "maintenance" };
                    let path = format!("/api/v1/machines/M-{machine}/status");
                    let body = format!(r#"{{"status":"{status}"}}"#);
                    let answer = connection.send("POST", &path, None, &body).await?;
                    if answer.status != 200 {
                        bail!("a status was answered {}", answer.status);
                    }
                    lines[machine % LINES] += 1;
                }
                Ok(lines)
            }));
        }
        let mut all = [0; LINES];
        for poster in posters {
            for (line, events) in poster.await??.into_iter().enumerate() {
                all[line] += events;
            }
        }
        Ok(all)
    }

    /// The next machine and its next status, which is posted now.
    fn turn(&mut self) -> (usize, bool) {
        let machine = self.next;
        self.next = (self.next + 1) % MACHINES;
        let is_idle = !self.machines[machine].is_idle;
        self.machines[machine] = Posted { at: Instant::now(), is_idle };
        (machine, is_idle)
    }
}

fn machine(n: usize) -> String {
    format!(
        r#"{{"machine_id":"M-{n}","machine_name":"Machine {n}","machine_type":"Press",
            "production_line":"Line-{}","current_status":"idle"}}"#,
        n % LINES
    )
}
