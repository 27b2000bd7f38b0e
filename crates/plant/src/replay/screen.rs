//! A screen that watches the replay: how long it takes until a decision is seen.
//!
//! From before an allocation is asked for until its frame has arrived on the live stream, on one
//! clock. A server without a live stream gives no figure; nothing of the replay depends on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mraos_api::live::ServerFrame;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::client::Client;
use crate::live::LiveClient;

/// How long the last frames may take.
const PATIENCE: Duration = Duration::from_secs(3);

type Arrivals = Arc<Mutex<HashMap<i64, Instant>>>;

/// A screen on the live stream.
pub(super) struct Screen {
    arrived: Arrivals,
    position: watch::Receiver<i64>,
    asked: Mutex<HashMap<i64, Instant>>,
    watching: JoinHandle<()>,
}

impl Screen {
    /// Puts up a screen, if the server has a live stream.
    pub(super) async fn open(client: &Client) -> Option<Self> {
        let connecting =
            LiveClient::connect(client.base_url(), client.token(), &["allocation-changes"]);
        let live = connecting.await.ok()?;
        let arrived = Arrivals::default();
        let (reached, position) = watch::channel(0);
        let watching = tokio::spawn(watch_frames(live, arrived.clone(), reached));
        Some(Self { arrived, position, asked: Mutex::default(), watching })
    }

    /// Notes when an allocation was asked for.
    pub(super) fn note(&self, allocation_id: i64, asked: Instant) {
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(allocation_id, asked);
    }

    /// Waits for what is still on its way; milliseconds from asking to seeing.
    pub(super) async fn finish(mut self) -> Vec<f64> {
        let asked = self.asked.into_inner().unwrap_or_else(PoisonError::into_inner);
        let last = asked.keys().copied().max().unwrap_or_default();
        let reached = self.position.wait_for(|position| *position >= last);
        // What has not come by then is not counted as seen.
        tokio::time::timeout(PATIENCE, reached).await.map(drop).unwrap_or_default();
        self.watching.abort();
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        let took = asked.iter().filter_map(|(allocation_id, asked)| {
            let at = arrived.get(allocation_id)?;
            Some(at.saturating_duration_since(*asked).as_secs_f64() * 1_000.0)
        });
        took.collect()
    }
}

/// Takes down when each position arrives; an allocation's id is its first position.
async fn watch_frames(mut live: LiveClient, arrived: Arrivals, reached: watch::Sender<i64>) {
    while let Ok(frame) = live.next().await {
        let position = match frame {
            ServerFrame::Event { position, .. } => {
                let mut arrived = arrived.lock().unwrap_or_else(PoisonError::into_inner);
                arrived.entry(position).or_insert_with(Instant::now);
                position
            }
            ServerFrame::Heartbeat { position, .. } => position,
            _ => continue,
        };
        reached.send_replace(position);
    }
}
