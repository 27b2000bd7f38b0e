//! Follows the live stream beside the turns of the simulation.
//!
//! Frames wait in a bounded queue: if the floor does not keep up, the server cuts the stream and
//! it is resumed by position. A server without a stream is looked at with reads instead.

use jiff::Timestamp;
use mraos_api::live::{NamedStart, ServerFrame, Start};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::client::Client;
use crate::live::{LiveClient, LiveError};
use crate::simulator::floor::Floor;

const QUEUED_FRAMES: usize = 4_096;
/// The server names no more than these, the nearest due first.
const MOST_ORDERS_IN_SNAPSHOT: usize = 5_000;
const SUBSCRIPTION: &str = "floor";
const CHANNELS: [&str; 3] = ["resource-status", "allocation-changes", "work-order-progress"];

/// The live stream, read by a task of its own, which ends with it.
pub(crate) struct Stream {
    frames: mpsc::Receiver<ServerFrame>,
    reader: JoinHandle<()>,
    told: Vec<String>,
    clock: Option<(Timestamp, Instant)>,
    is_complete: bool,
}

impl Stream {
    /// Begins with a snapshot of the floor.
    pub(crate) fn follow(client: &Client) -> Self {
        let (sender, frames) = mpsc::channel(QUEUED_FRAMES);
        let client = client.clone();
        let reader = tokio::spawn(async move {
            // A chain that is broken is begun anew; a server that says no is not asked again.
            while let Err(LiveError::Gap { .. }) = read(&client, &sender).await {}
        });
        Self { frames, reader, told: Vec::new(), clock: None, is_complete: false }
    }

    /// Whether the floor follows from the stream alone.
    pub(crate) fn is_live(&self) -> bool {
        self.is_complete && !self.reader.is_finished()
    }

    /// The server's clock, once it has told it.
    pub(crate) fn clock(&self) -> Option<Timestamp> {
        let (told, at) = self.clock?;
        let since = jiff::SignedDuration::try_from(at.elapsed()).ok()?;
        told.checked_add(since).ok()
    }

    /// Takes up everything that has arrived.
    pub(crate) fn take_up(&mut self, floor: &mut Floor) {
        while let Ok(frame) = self.frames.try_recv() {
            match frame {
                ServerFrame::Snapshot { part, last, items, .. } => {
                    if part == 1 {
                        self.told.clear();
                        floor.forget_open();
                    }
                    for item in items {
                        floor.take_up(&item.entity_type, &item.data);
                        if item.entity_type == "work_order" {
                            self.told.push(item.entity_id);
                        }
                    }
                    if last {
                        // A snapshot that is cut says nothing about the orders it leaves out.
                        if self.told.len() < MOST_ORDERS_IN_SNAPSHOT {
                            floor.keep_orders(&self.told.drain(..).collect());
                        }
                        self.is_complete = true;
                    }
                }
                ServerFrame::Event { events, .. } => {
                    for message in events {
                        floor.take_up(&message.entity_type, &message.data);
                    }
                }
                ServerFrame::Heartbeat { server_time, .. } => {
                    self.clock = Some((server_time, Instant::now()));
                }
                _ => {}
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(client: &Client, frames: &mpsc::Sender<ServerFrame>) -> Result<(), LiveError> {
    let mut live = LiveClient::new(client.base_url(), client.token())?;
    let channels = CHANNELS.map(str::to_owned).to_vec();
    live.want(SUBSCRIPTION, channels, Start::Named(NamedStart::Snapshot));
    loop {
        let frame = live.next().await?;
        if frames.send(frame).await.is_err() {
            return Ok(());
        }
    }
}
