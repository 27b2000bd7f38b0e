//! One socket: reads what a client asks for, writes what its subscriptions give.
//!
//! A single task per socket. It takes from the stream only what the client has room for, so a
//! slow client costs no memory: it falls behind, and is cut when it is too far behind. Every wait
//! for the client ends when the rights end. Parses nothing beyond the frames of the protocol.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use mraos_api::live::{ClientFrame, Draining, NamedStart, ServerFrame, Start, close_code};
use mraos_app::live::{Bell, Ended, Filter, Live, Snapshot, Subscription, View};
use tokio::net::TcpStream;
use tokio::time::{Instant as Moment, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::filters::{Claim, MOST_FILTERS};
use super::pipe::Pipe;
use super::registry::{Cut, Seat};
use crate::reading::Reading;
use crate::state::Server;

/// Largest frame of a client.
const MOST_FRAME_BYTES: usize = 16 * 1024;
/// Most subscriptions of a socket.
const MOST_SUBSCRIPTIONS: usize = 32;
/// Most channels of a subscription.
const MOST_CHANNELS: usize = 64;
/// Longest name of a subscription.
const MOST_ID_CHARS: usize = 64;
/// About so much is taken from the stream at a time.
const TAKE_BYTES: usize = 64 * 1024;
/// How often a client is told how far it is.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Heartbeats between two pings.
const HEARTBEATS_PER_PING: u32 = 4;
/// A client from which nothing has come for so long is gone.
const MOST_SILENCE: Duration = Duration::from_secs(65);
/// A client that takes a round of frames no faster is cut.
const MOST_STALL: Duration = Duration::from_secs(10);
/// How long the close frame may take.
const CLOSE_PATIENCE: Duration = Duration::from_secs(3);
/// Clients of a node that goes down come back after this, each at another time within the spread.
const LEAST_RETRY_MS: u64 = 250;
const RETRY_SPREAD_MS: u64 = 4_000;

/// Why a socket ends.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The client is gone.
    Gone,
    /// We close it.
    Close(u16, String),
}

impl End {
    fn close(code: u16, reason: impl Into<String>) -> Self {
        Self::Close(code, reason.into())
    }
}

/// A snapshot on its way: chunk after chunk, as the client takes them.
struct Sending {
    id: String,
    snapshot: Arc<Snapshot>,
    next: usize,
}

/// Who asks for cards with names, for the audit of reads.
pub(super) struct Witness {
    server: Server,
    reading: Reading,
}

impl Witness {
    pub(super) fn new(server: Server, reading: Reading) -> Self {
        Self { server, reading }
    }

    async fn note(&self, channels: &[String]) -> bool {
        let access = self.reading.subscription(&self.server, channels);
        let noted = self.server.app.note_access(access).await;
        noted.inspect_err(|error| tracing::warn!(%error, "a subscription was refused")).is_ok()
    }
}

/// Whether a subscription may begin: it shows no names, or it is noted that it does.
async fn is_noted(witness: Option<&Witness>, filter: &Filter, channels: &[String]) -> bool {
    match witness {
        Some(witness) if filter.shows_people() => witness.note(channels).await,
        _ => true,
    }
}

type Stream = WebSocketStream<Pipe<TcpStream>>;

/// A socket on the live stream.
pub(super) struct Socket {
    socket: Stream,
    live: Live,
    view: View,
    seat: Seat,
    /// Notes who is shown names; nobody is if it is not there.
    witness: Option<Witness>,
    subscriptions: Vec<Subscription>,
    /// The filters in use, by the id of the subscription.
    claims: HashMap<String, Claim>,
    snapshots: VecDeque<Sending>,
    bell: Bell,
    heard_at: Moment,
    heartbeats: u32,
}

impl Socket {
    pub(super) fn new(
        socket: Stream,
        live: Live,
        view: View,
        (seat, witness): (Seat, Option<Witness>),
    ) -> Self {
        Self {
            socket,
            live,
            view,
            seat,
            witness,
            subscriptions: Vec::new(),
            claims: HashMap::new(),
            snapshots: VecDeque::new(),
            bell: Bell::default(),
            heard_at: Moment::now(),
            heartbeats: 0,
        }
    }

    /// Runs until one side ends it.
    pub(super) async fn run(mut self) {
        let end = self.serve().await;
        // From here on nothing more of the stream is told.
        self.socket.get_mut().forget_unbegun();
        self.subscriptions.clear();
        self.claims.clear();
        self.snapshots.clear();
        if let End::Close(code, reason) = end {
            metrics::counter!("mraos_live_closes_total", "code" => code.to_string()).increment(1);
            let frame = CloseFrame { code: code.into(), reason: reason.into() };
            let closing = self.socket.send(Message::Close(Some(frame)));
            // A client that does not even take this is dropped.
            if let Ok(Ok(())) = timeout(CLOSE_PATIENCE, closing).await {
                timeout(CLOSE_PATIENCE, drain(&mut self.socket)).await.ok();
            }
        }
    }

    async fn serve(&mut self) -> End {
        // Heartbeats of sockets that came together should not go together.
        let offset = Duration::from_millis(self.seat.number.wrapping_mul(37) % 5_000);
        let mut heartbeat = tokio::time::interval_at(Moment::now() + offset, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let step = tokio::select! {
                biased;
                end = cut(&mut self.seat) => return end,
                received = self.socket.next() => self.receive(received).await,
                () = self.bell.notified() => self.write_events().await,
                _ = heartbeat.tick() => self.beat().await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn receive(&mut self, received: Option<Result<Message, Error>>) -> Result<(), End> {
        self.heard_at = Moment::now();
        match received {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            Some(Err(error)) => Err(unreadable(&error)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            // The library hands out whole messages only, never a frame of one.
            Some(Ok(Message::Binary(_) | Message::Frame(_))) => {
                Err(End::close(close_code::PROTOCOL, "frames are JSON texts"))
            }
            Some(Ok(Message::Text(text))) if text.len() > MOST_FRAME_BYTES => {
                let reason = format!("a frame has at most {MOST_FRAME_BYTES} bytes");
                Err(End::close(close_code::TOO_BIG, reason))
            }
            Some(Ok(Message::Text(text))) => {
                let frame = serde_json::from_str(text.as_str()).map_err(|error| {
                    let reason: String = format!("no frame: {error}").chars().take(100).collect();
                    End::close(close_code::PROTOCOL, reason)
                })?;
                self.handle(frame).await
            }
        }
    }

    async fn handle(&mut self, frame: ClientFrame) -> Result<(), End> {
        match frame {
            ClientFrame::Ping => self.tell(&ServerFrame::Pong { server_time: now() }).await,
            ClientFrame::Unsubscribe { id } => {
                self.subscriptions.retain(|one| one.id() != id);
                self.snapshots.retain(|one| one.id != id);
                self.claims.remove(&id);
                Ok(())
            }
            ClientFrame::Subscribe { id, channels, from } => {
                if self.subscriptions.len() >= MOST_SUBSCRIPTIONS || channels.len() > MOST_CHANNELS
                {
                    let reason = format!(
                        "at most {MOST_SUBSCRIPTIONS} subscriptions of {MOST_CHANNELS} channels"
                    );
                    return Err(End::close(close_code::TOO_MANY, reason));
                }
                let witness = self.witness.as_ref();
                match self.check(&id, &channels) {
                    Ok(filter) if !is_noted(witness, &filter, &channels).await => {
                        let detail = "who is shown names cannot be noted at present; try again";
                        self.refuse(Some(id), "not_available", detail.to_owned()).await
                    }
                    Ok(filter) => self.subscribe(id, filter, from).await,
                    Err((code, detail)) => self.refuse(Some(id), code, detail).await,
                }
            }
        }
    }

    fn check(&self, id: &str, channels: &[String]) -> Result<Filter, (&'static str, String)> {
        if id.is_empty() || id.chars().count() > MOST_ID_CHARS {
            let detail = format!("an id has 1 to {MOST_ID_CHARS} characters");
            return Err(("invalid_id", detail));
        }
        if self.subscriptions.iter().any(|one| one.id() == id) {
            let detail = "this id is in use; unsubscribe it first, or choose another".to_owned();
            return Err(("subscription_exists", detail));
        }
        if channels.is_empty() {
            return Err(("unknown_channel", "name at least one channel".to_owned()));
        }
        Filter::parse(channels.iter().map(String::as_str))
            .map_err(|error| ("unknown_channel", error.to_string()))
    }

    async fn subscribe(&mut self, id: String, filter: Filter, from: Start) -> Result<(), End> {
        let Some(claim) = self.seat.claim(&filter) else {
            let reason = format!("at most {MOST_FILTERS} different filters on all your sockets");
            return Err(End::close(close_code::TOO_MANY, reason));
        };
        let (view, bell) = (self.view.clone(), self.bell.clone());
        let subscription = match from {
            Start::Unsaid | Start::Named(NamedStart::Now) => {
                self.live.subscribe_from_now(id, view, filter, bell).await
            }
            Start::Named(NamedStart::Snapshot) => {
                let snapshot = match self.live.snapshot(&view, &filter).await {
                    Ok(snapshot) => snapshot,
                    Err(error) => {
                        tracing::debug!(%error, "no snapshot");
                        let detail = "the state is not available at present; try again";
                        return self.refuse(Some(id), "not_available", detail.to_owned()).await;
                    }
                };
                let position = snapshot.position;
                self.snapshots.push_back(Sending { id: id.clone(), snapshot, next: 0 });
                self.live.subscribe_after(position, id, view, filter, bell)
            }
            Start::Position(resume) => {
                if resume.epoch != self.live.epoch() {
                    return self.resync(id, "epoch_changed").await;
                }
                if !self.live.reaches(resume.position).await {
                    return self.resync(id, "position_unknown").await;
                }
                self.live.subscribe_after(resume.position, id, view, filter, bell)
            }
        };
        self.send(vec![subscription.subscribed_frame()]).await?;
        self.claims.insert(subscription.id().to_owned(), claim);
        self.subscriptions.push(subscription);
        self.bell.notify_one();
        Ok(())
    }

    async fn refuse(&mut self, id: Option<String>, code: &str, detail: String) -> Result<(), End> {
        self.tell(&ServerFrame::Error { id, code: code.to_owned(), detail }).await
    }

    async fn resync(&mut self, id: String, reason: &str) -> Result<(), End> {
        self.tell(&ServerFrame::Resync { id, reason: reason.to_owned(), earliest: 0 }).await
    }

    /// Writes the next round of what there is; rings again if that was not all.
    async fn write_events(&mut self) -> Result<(), End> {
        if self.write_round().await? {
            self.bell.notify_one();
        }
        Ok(())
    }

    /// Writes one round; whether there is more.
    async fn write_round(&mut self) -> Result<bool, End> {
        let mut out = Vec::new();
        let mut more = false;
        // Events of a subscription come after its snapshot.
        while out.is_empty()
            && let Some(sending) = self.snapshots.front_mut()
        {
            out.push(sending.snapshot.frame(&sending.id, sending.next));
            sending.next += 1;
            if sending.next >= sending.snapshot.chunks.len() {
                self.snapshots.pop_front();
            }
            more = true;
        }
        let mut ended = None;
        for (index, subscription) in self.subscriptions.iter_mut().enumerate() {
            if self.snapshots.iter().any(|sending| sending.id == subscription.id()) {
                continue;
            }
            match subscription.take(TAKE_BYTES, &mut out).await {
                Ok(has_more) => more |= has_more,
                Err(Ended::Lagging) => {
                    return Err(End::close(close_code::LAGGING, "too slow; resume by position"));
                }
                Err(Ended::Full) => {
                    return Err(End::close(
                        close_code::TOO_MANY,
                        "too many kinds of subscriptions",
                    ));
                }
                Err(Ended::PositionUnknown) => ended = Some(index),
                Err(Ended::Failed(error)) => {
                    tracing::warn!(%error, "a subscriber could not be caught up");
                    return Err(End::close(close_code::LAGGING, "the log is not available"));
                }
            }
        }
        self.send(out).await?;
        if let Some(index) = ended {
            let subscription = self.subscriptions.remove(index);
            self.claims.remove(subscription.id());
            self.resync(subscription.id().to_owned(), "position_unknown").await?;
        }
        Ok(more)
    }

    /// Tells the client how far it is, once it is there.
    async fn beat(&mut self) -> Result<(), End> {
        if self.heard_at.elapsed() > MOST_SILENCE {
            return Err(End::Gone);
        }
        self.heartbeats += 1;
        if self.heartbeats.is_multiple_of(HEARTBEATS_PER_PING) {
            self.ping().await?;
        }
        if self.write_round().await? {
            self.bell.notify_one();
            return Ok(());
        }
        // Before the first subscription nothing has been sent: a client that has just asked to
        // resume must not take itself to be further than it is.
        let position = self.subscriptions.iter().map(Subscription::position).min().unwrap_or(0);
        for subscription in &mut self.subscriptions {
            subscription.told_by_heartbeat(position);
        }
        self.tell(&ServerFrame::Heartbeat { position, server_time: now() }).await
    }

    async fn tell(&mut self, frame: &ServerFrame) -> Result<(), End> {
        let text = serde_json::to_vec(frame).map_err(|error| {
            tracing::error!(%error, "a frame cannot be written");
            End::Gone
        })?;
        self.send(vec![text.into()]).await
    }

    /// Writes frames, all of them at once as far as the client takes them.
    async fn send(&mut self, frames: Vec<Bytes>) -> Result<(), End> {
        if frames.is_empty() {
            return Ok(());
        }
        let Self { socket, seat, .. } = self;
        let write = async {
            // An answer to a ping may wait there.
            socket.flush().await?;
            socket.get_mut().put(frames);
            socket.flush().await
        };
        unless_cut(seat, write).await
    }

    async fn ping(&mut self) -> Result<(), End> {
        let Self { socket, seat, .. } = self;
        unless_cut(seat, socket.send(Message::Ping(Bytes::new()))).await
    }
}

/// Writes; gives up when the socket has to go, or the client takes nothing.
async fn unless_cut(
    seat: &mut Seat,
    write: impl Future<Output = Result<(), Error>>,
) -> Result<(), End> {
    tokio::select! {
        biased;
        // Mostly there is room, and whether the socket has to go was asked just before.
        written = timeout(MOST_STALL, write) => match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::close(close_code::LAGGING, "too slow; resume")),
        },
        end = cut(seat) => Err(end),
    }
}

/// Waits until the socket has to go.
async fn cut(seat: &mut Seat) -> End {
    let number = seat.number;
    tokio::select! {
        why = seat.cut.wait_for(Option::is_some) => match why.ok().and_then(|why| *why) {
            Some(Cut::Expired) => End::close(close_code::EXPIRED, "the session has expired"),
            _ => End::close(close_code::REVOKED, "revoked, or other rights now: sign in again"),
        },
        _ = seat.draining.wait_for(|draining| *draining) => {
            let spread_ms = number.wrapping_mul(2_654_435_761) % RETRY_SPREAD_MS;
            let retry_after_ms = LEAST_RETRY_MS + spread_ms;
            let reason = serde_json::to_string(&Draining { retry_after_ms });
            End::close(close_code::DRAINING, reason.unwrap_or_default())
        }
    }
}

/// What a client gets for bytes that are no frame.
fn unreadable(error: &Error) -> End {
    match error {
        Error::Capacity(_) => {
            let reason = format!("a frame has at most {MOST_FRAME_BYTES} bytes");
            End::close(close_code::TOO_BIG, reason)
        }
        Error::Protocol(_) | Error::Utf8(_) => {
            End::close(close_code::PROTOCOL, "not a WebSocket frame of this protocol")
        }
        _ => End::Gone,
    }
}

/// Reads and forgets until the client has closed as well.
async fn drain(socket: &mut Stream) {
    while let Some(Ok(_)) = socket.next().await {}
}

#[expect(clippy::disallowed_methods, reason = "clients compare it with their own clock")]
fn now() -> Timestamp {
    Timestamp::now()
}
