//! A subscriber that does the least: reads frames off its socket, times them, forgets them.
//!
//! Shares its thread with a thousand others and the machine with the server, so it parses only
//! what it needs: frame lengths, positions, one id and one status.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Poll, ready};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use super::floor::Floor;
use crate::product::Product;

const ANSWER_BYTES: usize = 2_048;

thread_local! {
    /// What has just been read: one for all sockets of the thread, so that it stays in the
    /// processor's cache and takes what the server has written at once.
    static READ: RefCell<Vec<u8>> = RefCell::new(vec![0; 128 * 1024]);
}

/// What all subscribers of a run have taken.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) frames: u64,
    pub(super) latencies_us: Vec<u32>,
    pub(super) faults: u64,
}

/// A socket with its subscription.
pub(super) struct Subscriber {
    stream: TcpStream,
    /// The beginning of a frame that was not read to its end.
    begun: Vec<u8>,
    position: i64,
}

impl Subscriber {
    /// Connects and subscribes; returns when the server has confirmed it.
    pub(super) async fn open(product: &Product, channels: &[String]) -> Result<Self> {
        let mut stream = TcpStream::connect(product.address()).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET /api/v1/live HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: \
             upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: \
             dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: mraos.v1\r\n\r\n",
            product.address(),
            product.token(),
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::with_capacity(ANSWER_BYTES);
        let head_end = loop {
            if let Some(at) = find(&answer, b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut answer).await? == 0 {
                bail!("the server has closed: {}", String::from_utf8_lossy(&answer));
            }
        };
        if !answer.starts_with(b"HTTP/1.1 101") || answer.len() > head_end {
            bail!("no WebSocket: {}", String::from_utf8_lossy(&answer));
        }
        let frame = serde_json::json!({
            "type": "subscribe", "id": "a", "channels": channels, "from": "now",
        });
        write_text(&mut stream, &frame.to_string()).await?;
        let mut subscriber = Self { stream, begun: Vec::new(), position: 0 };
        let mut is_subscribed = false;
        while !is_subscribed {
            subscriber
                .read(|payload, position| {
                    if find(payload, br#""type":"subscribed""#).is_some() {
                        *position = number_after(payload, br#""position":"#).unwrap_or(0);
                        is_subscribed = true;
                        return Ok(());
                    }
                    bail!("not subscribed: {}", String::from_utf8_lossy(payload));
                })
                .await?;
        }
        Ok(subscriber)
    }

    /// Takes frames until the socket ends.
    pub(super) async fn listen(mut self, floor: Rc<RefCell<Floor>>, taken: Rc<RefCell<Taken>>) {
        let ended = self.take_all(&floor, &taken).await;
        if ended.is_err() {
            taken.borrow_mut().faults += 1;
        }
    }

    async fn take_all(&mut self, floor: &RefCell<Floor>, taken: &RefCell<Taken>) -> Result<()> {
        loop {
            self.read(|payload, position| {
                if let Some(follows) = follow(payload, position) {
                    let (floor, mut taken) = (floor.borrow(), taken.borrow_mut());
                    taken.frames += 1;
                    taken.faults += u64::from(!follows);
                    time(payload, &floor, &mut taken, Instant::now());
                }
                Ok(())
            })
            .await?;
        }
    }

    /// Counts frames until the socket ends or one is missing.
    pub(super) async fn count(mut self, frames: Arc<AtomicU64>) -> Result<()> {
        loop {
            self.read(|payload, position| {
                if let Some(follows) = follow(payload, position) {
                    frames.fetch_add(1, Ordering::Relaxed);
                    if !follows {
                        bail!("a frame before position {position} is missing");
                    }
                }
                Ok(())
            })
            .await?;
        }
    }

    /// Waits for more and hands on each frame that is whole, with the position so far.
    async fn read(&mut self, mut each: impl FnMut(&[u8], &mut i64) -> Result<()>) -> Result<()> {
        let Self { stream, begun, position } = self;
        poll_fn(|cx| {
            READ.with_borrow_mut(|read| {
                let mut read = ReadBuf::new(read);
                ready!(Pin::new(&mut *stream).poll_read(cx, &mut read))?;
                Poll::Ready(take_whole(begun, read.filled(), |payload| each(payload, position)))
            })
        })
        .await
    }
}

/// Hands on the frames that `fresh` completes; keeps what it begins.
fn take_whole(
    begun: &mut Vec<u8>,
    fresh: &[u8],
    mut each: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    if fresh.is_empty() {
        bail!("the server has closed the socket");
    }
    let had_begun = !begun.is_empty();
    if had_begun {
        begun.extend_from_slice(fresh);
    }
    let bytes = if had_begun { begun.as_slice() } else { fresh };
    let mut at = 0;
    while let Some((from, to)) = frame_at(&bytes[at..])? {
        each(&bytes[at + from..at + to])?;
        at += to;
    }
    match had_begun {
        true => drop(begun.drain(..at)),
        false => begun.extend_from_slice(&fresh[at..]),
    }
    Ok(())
}

/// Times one frame.
fn time(payload: &[u8], floor: &Floor, taken: &mut Taken, now: Instant) {
    let machine = number_after(payload, br#""entity_id":"M-"#);
    let posted = machine.and_then(|n| usize::try_from(n).ok()).and_then(|n| floor.posted(n));
    let is_idle = find(payload, br#""current_status":"idle""#).is_some();
    match posted {
        Some(posted) if posted.is_idle == is_idle => {
            let latency = now.saturating_duration_since(posted.at).as_micros();
            taken.latencies_us.push(u32::try_from(latency).unwrap_or(u32::MAX));
        }
        // Later than the next status of the same machine: later than any aim.
        _ => taken.latencies_us.push(u32::MAX),
    }
}

/// Where the payload of the first frame begins and ends, once all of it is there.
fn frame_at(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let &[first, second, ..] = bytes else { return Ok(None) };
    let (head, length) = match second & 0x7f {
        126 => match bytes.get(2..4) {
            Some(length) => (4, usize::from(u16::from_be_bytes(length.try_into()?))),
            None => return Ok(None),
        },
        127 => match bytes.get(2..10) {
            Some(length) => (10, usize::try_from(u64::from_be_bytes(length.try_into()?))?),
            None => return Ok(None),
        },
        short => (2, usize::from(short)),
    };
    if first & 0x0f == 8 {
        bail!("closed by the server");
    }
    Ok((bytes.len() >= head + length).then_some((head, head + length)))
}

/// Sends a text; a mask of zeros leaves it as it is.
async fn write_text(stream: &mut TcpStream, text: &str) -> Result<()> {
    let length = u8::try_from(text.len()).ok().filter(|length| *length < 126);
    let mut frame = match length {
        Some(length) => vec![0x81, 0x80 | length],
        None => {
            let length = u16::try_from(text.len()).context("the frame is too long")?;
            [&[0x81, 0xfe][..], &length.to_be_bytes()].concat()
        }
    };
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text.as_bytes());
    stream.write_all(&frame).await.map_err(io::Error::into)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn number_after(bytes: &[u8], name: &[u8]) -> Option<i64> {
    let from = find(bytes, name)? + name.len();
    Some(leading_number(&bytes[from..])?.0)
}

/// The number that stands here, and what follows it.
fn leading_number(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = bytes.split_at(digits);
    Some((std::str::from_utf8(number).ok()?.parse().ok()?, rest))
}

/// Whether a frame with events follows on the last `position`, which moves on; one that cannot be
/// read does not. `None` if it has no events.
fn follow(payload: &[u8], position: &mut i64) -> Option<bool> {
    if payload.starts_with(br#"{"type":"event""#) {
        let last = *position;
        let told = event_positions(payload);
        *position = told.map_or(last, |(own, _)| own);
        return Some(told.is_some_and(|(own, previous)| previous == last && own > last));
    }
    if payload.starts_with(br#"{"type":"heartbeat""#) {
        let told = number_after(payload, br#""position":"#).unwrap_or(0);
        *position = (*position).max(told);
    }
    None
}

/// A frame's own position and the one that it follows on, which stand at its beginning.
fn event_positions(payload: &[u8]) -> Option<(i64, i64)> {
    let rest = payload.strip_prefix(br#"{"type":"event","id":"a","position":"#)?;
    let (own, rest) = leading_number(rest)?;
    let (previous, _) = leading_number(rest.strip_prefix(br#","previous_position":"#)?)?;
    Some((own, previous))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_taken_when_it_is_whole() {
        let mut frame = vec![0x81, 126, 0, 200];
        frame.extend_from_slice(&[b'x'; 200]);
        for cut in 0..frame.len() {
            assert!(frame_at(&frame[..cut]).is_ok_and(|found| found.is_none()), "{cut}");
        }
        assert!(frame_at(&frame).is_ok_and(|found| found == Some((4, 204))));
        assert!(frame_at(&[0x88, 2, 0, 0]).is_err());
    }

    #[test]
    fn frames_are_handed_on_whole_however_they_come() {
        let frames = [&[0x81, 3, b'o', b'n', b'e'][..], &[0x81, 3, b't', b'w', b'o'][..]].concat();
        for cut in 1..frames.len() {
            let (mut begun, mut taken) = (Vec::new(), Vec::new());
            for fresh in [&frames[..cut], &frames[cut..]] {
                let each = |payload: &[u8]| {
                    taken.push(payload.to_vec());
                    Ok(())
                };
                assert!(take_whole(&mut begun, fresh, each).is_ok());
            }
            assert_eq!((taken, begun.len()), (vec![b"one".to_vec(), b"two".to_vec()], 0), "{cut}");
        }
        assert!(take_whole(&mut Vec::new(), &[], |_| Ok(())).is_err(), "the end");
    }

    #[test]
    fn numbers_are_found_by_name() {
        let text = br#"{"position":12,"previous_position":7}"#;
        assert_eq!(number_after(text, br#""position":"#), Some(12));
        assert_eq!(number_after(text, br#""previous_position":"#), Some(7));
    }

    #[test]
    fn a_frame_that_is_missing_or_unreadable_is_a_fault() {
        let mut position = 7;
        let mut taken = |text: &str| (follow(text.as_bytes(), &mut position), position);
        let event = |own: i64, previous: i64| {
            let head = r#"{"type":"event","id":"a","position":"#;
            format!("{head}{own},\"previous_position\":{previous},\"events\":[]}}")
        };
        assert_eq!(taken(&event(12, 7)), (Some(true), 12));
        assert_eq!(taken(&event(20, 13)), (Some(false), 20), "one between is missing");
        assert_eq!(taken(&event(20, 20)), (Some(false), 20), "the same again");
        assert_eq!(taken(r#"{"type":"heartbeat","position":22}"#), (None, 22));
        assert_eq!(taken(&event(23, 22)), (Some(true), 23));
        let other = r#"{"type":"event","position":24,"previous_position":23,"events":[]}"#;
        assert_eq!(taken(other), (Some(false), 23), "of another form");
    }
}
