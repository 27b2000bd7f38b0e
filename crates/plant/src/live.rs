//! A client of the live stream: connects, subscribes, and says when something was missed.
//!
//! Keeps the place of each subscription, so that a lost connection is resumed without gap or
//! repetition, and checks the chain of positions as any client can. Draws no picture of the floor.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mraos_api::live::{
    ClientFrame, Draining, NamedStart, Resume, SUB_PROTOCOL, ServerFrame, Start, close_code,
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longest pause between two attempts to connect.
const MOST_PAUSE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// A server that says nothing for so long is gone: it sends a heartbeat every five seconds.
const MOST_SILENCE: Duration = Duration::from_secs(20);

/// Why the stream cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The address or the token cannot be sent.
    #[error("`{0}` is no address or token of a live stream")]
    Address(String),
    /// The server says no.
    #[error("the server does not let this client listen: {0}")]
    Refused(String),
    /// The server cannot be reached at present, or has ended the connection.
    #[error("the live stream was interrupted: {0}")]
    Interrupted(String),
    /// A frame does not follow on the one before.
    #[error("subscription `{id}`: after position {had} comes a frame that follows on {previous}")]
    Gap {
        /// The subscription.
        id: String,
        /// What this client has.
        had: i64,
        /// What the frame follows on.
        previous: i64,
    },
}

/// What is asked for, and how far it has come.
#[derive(Debug, Clone)]
struct Wanted {
    channels: Vec<String>,
    from: Start,
    position: Option<i64>,
    /// The server has confirmed it on this connection. Before that a heartbeat is not about it.
    is_confirmed: bool,
    /// A snapshot is under way: until it is whole there is nothing to go on from.
    is_partial: bool,
}

/// A client of the live stream.
pub struct LiveClient {
    url: String,
    token: String,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    wanted: HashMap<String, Wanted>,
    epoch: Option<String>,
    retry_after: Option<Duration>,
    pause: Duration,
}

impl LiveClient {
    /// A client of the server at `base_url` (`http://…`), which it does not connect to yet.
    pub fn new(base_url: &str, token: &str) -> Result<Self, LiveError> {
        let rest = base_url.trim_end_matches('/').strip_prefix("http");
        let rest = rest.ok_or_else(|| LiveError::Address(base_url.to_owned()))?;
        Ok(Self {
            url: format!("ws{rest}{}/live", mraos_api::API_PREFIX),
            token: token.to_owned(),
            socket: None,
            wanted: HashMap::new(),
            epoch: None,
            retry_after: None,
            pause: FIRST_PAUSE,
        })
    }

    /// Connects with one subscription; returns when the server has confirmed it.
    pub async fn connect(
        base_url: &str,
        token: &str,
        channels: &[&str],
    ) -> Result<Self, LiveError> {
        let mut client = Self::new(base_url, token)?;
        let channels = channels.iter().map(|channel| (*channel).to_owned()).collect();
        client.want("a", channels, Start::Named(NamedStart::Now));
        client.open().await?;
        loop {
            if let ServerFrame::Subscribed { .. } = client.read().await? {
                return Ok(client);
            }
        }
    }

    /// Adds a subscription, to be made at the next connection.
    pub fn want(&mut self, id: &str, channels: Vec<String>, from: Start) {
        let (position, is_confirmed, is_partial) = (None, false, false);
        let wanted = Wanted { channels, from, position, is_confirmed, is_partial };
        self.wanted.insert(id.to_owned(), wanted);
    }

    /// Adds a subscription that goes on after a position of the present epoch.
    pub fn want_after(&mut self, id: &str, channels: Vec<String>, position: i64) {
        self.want(id, channels, Start::Named(NamedStart::Now));
        if let Some(wanted) = self.wanted.get_mut(id) {
            wanted.position = Some(position);
        }
    }

    /// The next frame, over as many connections as it takes. A subscription goes on where it was;
    /// after a `resync` it begins with a snapshot.
    pub async fn next(&mut self) -> Result<ServerFrame, LiveError> {
        loop {
            let read = if self.socket.is_none() {
                self.open().await.map(|()| None)
            } else {
                self.read().await.map(Some)
            };
            match read {
                Ok(Some(frame)) => {
                    self.pause = FIRST_PAUSE;
                    return Ok(frame);
                }
                Ok(None) => {}
                Err(LiveError::Interrupted(_)) => self.rest().await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Connects and subscribes to everything that is wanted.
    pub async fn open(&mut self) -> Result<(), LiveError> {
        let address = || LiveError::Address(self.url.clone());
        let mut request = self.url.as_str().into_client_request().map_err(|_| address())?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.token));
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer.map_err(|_| LiveError::Address("token".to_owned()))?);
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUB_PROTOCOL));
        let (mut socket, _) = connect_async(request).await.map_err(refused_or_interrupted)?;
        if self.epoch.is_none() && self.wanted.values().any(|wanted| wanted.position.is_some()) {
            self.epoch = Some(ask_for_epoch(&mut socket).await?);
        }
        for (id, wanted) in &mut self.wanted {
            let from = match (wanted.position, &self.epoch) {
                (Some(position), Some(epoch)) if !wanted.is_partial => {
                    Start::Position(Resume { position, epoch: epoch.clone() })
                }
                _ => wanted.from.clone(),
            };
            wanted.is_partial = from == Start::Named(NamedStart::Snapshot);
            wanted.is_confirmed = false;
            let channels = wanted.channels.clone();
            let frame = ClientFrame::Subscribe { id: id.clone(), channels, from };
            send(&mut socket, &frame).await?;
        }
        self.socket = Some(socket);
        Ok(())
    }

    /// The next frame of this connection; the connection is given up when it fails.
    pub async fn read(&mut self) -> Result<ServerFrame, LiveError> {
        let read = self.read_frame().await;
        if read.is_err() {
            self.socket = None;
        }
        let frame = read?;
        self.note(&frame)?;
        if let ServerFrame::Resync { id, .. } = &frame {
            self.start_over(&id.clone()).await?;
        }
        Ok(frame)
    }

    async fn read_frame(&mut self) -> Result<ServerFrame, LiveError> {
        let interrupted = |why: &str| LiveError::Interrupted(why.to_owned());
        let socket = self.socket.as_mut().ok_or_else(|| interrupted("not connected"))?;
        loop {
            let message = tokio::time::timeout(MOST_SILENCE, socket.next()).await;
            let message = message.map_err(|_| interrupted("the server is silent"))?;
            let message = message.ok_or_else(|| interrupted("the connection has ended"))?;
            match message.map_err(|error| interrupted(&error.to_string()))? {
                Message::Text(text) => {
                    let unreadable = |error| LiveError::Refused(format!("{error} in {text}"));
                    return serde_json::from_str(text.as_str()).map_err(unreadable);
                }
                Message::Close(frame) => {
                    self.retry_after = frame.as_ref().and_then(retry_after);
                    return Err(closed(frame));
                }
                _ => {}
            }
        }
    }

    /// Checks a frame's place in its chain and remembers it.
    fn note(&mut self, frame: &ServerFrame) -> Result<(), LiveError> {
        match frame {
            ServerFrame::Subscribed { id, position, epoch } => {
                self.epoch = Some(epoch.clone());
                if let Some(wanted) = self.wanted.get_mut(id) {
                    wanted.position = Some(*position);
                    wanted.is_confirmed = true;
                }
            }
            ServerFrame::Snapshot { id, last: true, .. } => {
                if let Some(wanted) = self.wanted.get_mut(id) {
                    wanted.is_partial = false;
                }
            }
            ServerFrame::Event { id, position, previous_position, .. } => {
                let Some(wanted) = self.wanted.get_mut(id) else { return Ok(()) };
                let had = wanted.position.unwrap_or_default();
                if had != *previous_position || *position <= had {
                    let (id, previous) = (id.clone(), *previous_position);
                    return Err(LiveError::Gap { id, had, previous });
                }
                wanted.position = Some(*position);
            }
            ServerFrame::Heartbeat { position, .. } => {
                for wanted in self.wanted.values_mut().filter(|wanted| wanted.is_confirmed) {
                    wanted.position = wanted.position.map(|had| had.max(*position));
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn start_over(&mut self, id: &str) -> Result<(), LiveError> {
        let Some(wanted) = self.wanted.get_mut(id) else { return Ok(()) };
        wanted.position = None;
        wanted.is_confirmed = false;
        wanted.is_partial = true;
        let frame = ClientFrame::Subscribe {
            id: id.to_owned(),
            channels: wanted.channels.clone(),
            from: Start::Named(NamedStart::Snapshot),
        };
        match &mut self.socket {
            Some(socket) => send(socket, &frame).await,
            None => Ok(()),
        }
    }

    /// How far a subscription has come.
    pub fn position(&self, id: &str) -> Option<i64> {
        self.wanted.get(id)?.position
    }

    /// Drops the connection without a word, as a lost network does.
    pub fn disconnect(&mut self) {
        self.socket = None;
    }

    /// Waits before the next attempt, as long as the server asked for, or longer each time.
    async fn rest(&mut self) {
        let pause = self.retry_after.take().unwrap_or(self.pause);
        tokio::time::sleep(pause.min(MOST_PAUSE)).await;
        self.pause = (self.pause * 2).min(MOST_PAUSE);
    }
}

/// The epoch stands in the answer to any subscription.
async fn ask_for_epoch(
    socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>,
) -> Result<String, LiveError> {
    let (id, channels) = ("epoch".to_owned(), vec!["alerts".to_owned()]);
    let from = Start::Named(NamedStart::Now);
    send(socket, &ClientFrame::Subscribe { id: id.clone(), channels, from }).await?;
    send(socket, &ClientFrame::Unsubscribe { id }).await?;
    while let Some(Ok(message)) = socket.next().await {
        let Ok(text) = message.to_text() else { continue };
        if let Ok(ServerFrame::Subscribed { epoch, .. }) = serde_json::from_str(text) {
            return Ok(epoch);
        }
    }
    Err(LiveError::Interrupted("the connection has ended".to_owned()))
}

async fn send(
    socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>,
    frame: &ClientFrame,
) -> Result<(), LiveError> {
    let text = serde_json::to_string(frame);
    let text = text.map_err(|error| LiveError::Refused(error.to_string()))?;
    let sent = socket.send(Message::text(text)).await;
    sent.map_err(|error| LiveError::Interrupted(error.to_string()))
}

/// A server that answers in HTTP has said no, unless it is only busy.
fn refused_or_interrupted(error: tungstenite::Error) -> LiveError {
    match error {
        tungstenite::Error::Http(answer) if answer.status().is_client_error() => {
            let body = answer.body().as_deref().unwrap_or_default();
            let text = String::from_utf8_lossy(body).into_owned();
            LiveError::Refused(format!("{}: {text}", answer.status()))
        }
        error => LiveError::Interrupted(error.to_string()),
    }
}

fn closed(frame: Option<CloseFrame>) -> LiveError {
    let Some(frame) = frame else {
        return LiveError::Interrupted("the server has closed the connection".to_owned());
    };
    let text = format!("closed with {}: {}", frame.code, frame.reason);
    match u16::from(frame.code) {
        close_code::DRAINING | close_code::LAGGING => LiveError::Interrupted(text),
        code if code >= 4000 => LiveError::Refused(text),
        _ => LiveError::Interrupted(text),
    }
}

fn retry_after(frame: &CloseFrame) -> Option<Duration> {
    let draining: Draining = serde_json::from_str(&frame.reason).ok()?;
    Some(Duration::from_millis(draining.retry_after_ms))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_heartbeat_before_the_confirmation_skips_nothing() {
        let mut client = LiveClient::new("http://127.0.0.1:1", "token").unwrap();
        client.want_after("a", vec!["alerts".to_owned()], 5);
        let server_time = jiff::Timestamp::UNIX_EPOCH;
        client.note(&ServerFrame::Heartbeat { position: 100, server_time }).unwrap();
        assert_eq!(client.position("a"), Some(5));
        let (id, epoch) = ("a".to_owned(), "e".to_owned());
        client.note(&ServerFrame::Subscribed { id, position: 5, epoch }).unwrap();
        client.note(&ServerFrame::Heartbeat { position: 100, server_time }).unwrap();
        assert_eq!(client.position("a"), Some(100));
    }
}
