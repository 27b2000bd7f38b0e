//! Subscribers with the same rights and the same filter: what one gets, all get, encoded once.
//!
//! A group keeps its latest frames, bounded in bytes and age. Each subscriber reads them at its
//! own pace; who falls out of what is kept is cut and resumes by position. Nobody waits for a
//! slow reader.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

use bytes::Bytes;
use tokio::sync::Notify;

use super::message::Published;
use super::round::Round;
use super::view::{Filter, View};

/// Frames older than this are not kept: a reader further behind is cut.
const MOST_AGE: Duration = Duration::from_secs(30);

/// What tells a subscriber that there is something to read.
pub type Bell = Arc<Notify>;

/// A frame as all of the group get it.
#[derive(Clone)]
struct Frame {
    position: i64,
    previous: i64,
    text: Bytes,
    /// Where what does not depend on the subscriber begins.
    body_at: usize,
    made_at: Moment,
}

struct Frames {
    kept: VecDeque<Frame>,
    bytes: usize,
    /// Everything after this position is kept.
    first_after: i64,
    /// Everything up to this position has been looked at.
    seen: i64,
}

/// Subscribers that get the same.
pub(crate) struct Group {
    pub(crate) view: View,
    pub(crate) filter: Filter,
    /// The id that most subscriptions have, as far as one can know: the first one's.
    id: String,
    frames: Mutex<Frames>,
    bells: Mutex<HashMap<u64, Bell>>,
}

/// How far a subscriber has read.
#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    /// Its own name of the subscription.
    pub(crate) id: String,
    /// Everything up to this position was sent or is not for it.
    pub(crate) position: i64,
    /// What the next frame follows on.
    pub(crate) last: i64,
}

/// A subscriber has fallen out of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lagging;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Group {
    pub(crate) fn new(view: View, filter: Filter, id: String, position: i64) -> Self {
        let frames =
            Frames { kept: VecDeque::new(), bytes: 0, first_after: position, seen: position };
        Self { view, filter, id, frames: Mutex::new(frames), bells: Mutex::default() }
    }

    pub(crate) fn join(&self, key: u64, bell: Bell) {
        lock(&self.bells).insert(key, bell);
    }

    /// Whether nobody is left.
    pub(crate) fn leave(&self, key: u64) -> bool {
        let mut bells = lock(&self.bells);
        bells.remove(&key);
        bells.is_empty()
    }

    /// Takes what has happened, keeping at most `window` bytes; how many frames that is for all.
    pub(crate) fn publish(&self, round: &Round<'_>, window: usize) -> usize {
        let mut fresh = 0;
        {
            let mut frames = lock(&self.frames);
            for published in round.may_interest(&self.filter) {
                if let Some(body) = body_of(published, &self.view, &self.filter) {
                    frames.push(&self.id, published.position, &body);
                    fresh += 1;
                }
            }
            frames.seen = round.last();
            frames.trim(window);
        }
        if fresh == 0 {
            return 0;
        }
        let bells = lock(&self.bells);
        bells.values().for_each(|bell| bell.notify_one());
        fresh * bells.len()
    }

    /// Puts other messages in the place of those of the same positions; positions that are kept
    /// here and nowhere else any more cannot be looked into, so they go.
    pub(crate) fn tell_again(&self, changed: &HashMap<i64, Arc<Published>>, known_after: i64) {
        let mut frames = lock(&self.frames);
        while frames.kept.front().is_some_and(|oldest| oldest.position <= known_after) {
            frames.drop_oldest();
        }
        let mut bytes = 0;
        for frame in &mut frames.kept {
            let body = changed
                .get(&frame.position)
                .and_then(|published| body_of(published, &self.view, &self.filter));
            if let Some(body) = body {
                frame.text = frame_text(&self.id, frame.position, frame.previous, &body).0;
            }
            bytes += frame.text.len();
        }
        frames.bytes = bytes;
    }

    /// Moves what `cursor` has not read into `out`, up to `most_bytes`; whether there is more.
    pub(crate) fn read(
        &self,
        cursor: &mut Cursor,
        most_bytes: usize,
        out: &mut Vec<Bytes>,
    ) -> Result<bool, Lagging> {
        let frames = lock(&self.frames);
        if cursor.position < frames.first_after {
            return Err(Lagging);
        }
        let from = frames.kept.partition_point(|frame| frame.position <= cursor.position);
        let mut bytes = 0;
        for frame in frames.kept.range(from..) {
            if bytes >= most_bytes {
                return Ok(true);
            }
            bytes += frame.text.len();
            if frame.previous == cursor.last && cursor.id == self.id {
                out.push(frame.text.clone());
            } else {
                let body = &frame.text[frame.body_at..];
                out.push(frame_text(&cursor.id, frame.position, cursor.last, body).0);
            }
            cursor.position = frame.position;
            cursor.last = frame.position;
        }
        cursor.position = cursor.position.max(frames.seen);
        Ok(false)
    }
}

impl Frames {
    fn push(&mut self, id: &str, position: i64, body: &[u8]) {
        let previous = self.kept.back().map_or(self.first_after, |frame| frame.position);
        let (text, body_at) = frame_text(id, position, previous, body);
        self.bytes += text.len();
        let made_at = Moment::now();
        self.kept.push_back(Frame { position, previous, text, body_at, made_at });
    }

    fn trim(&mut self, window: usize) {
        while let Some(oldest) = self.kept.front()
            && (self.bytes > window || oldest.made_at.elapsed() > MOST_AGE)
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.kept.pop_front() {
            self.bytes -= oldest.text.len();
            self.first_after = oldest.position;
        }
    }
}

/// What `published` means to a view and a filter, as the end of a frame; `None` if nothing.
pub(crate) fn body_of(published: &Published, view: &View, filter: &Filter) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    for message in &published.messages {
        let Some(bytes) = message.bytes_for(view, filter) else { continue };
        body.push(if body.is_empty() { b'[' } else { b',' });
        body.extend_from_slice(&bytes);
    }
    if body.is_empty() {
        return None;
    }
    body.extend_from_slice(b"]}");
    Some(body)
}

/// A frame, and where its body begins.
pub(crate) fn frame_text(id: &str, position: i64, previous: i64, body: &[u8]) -> (Bytes, usize) {
    let id = serde_json::Value::from(id);
    let head = format!(
        "{{\"type\":\"event\",\"id\":{id},\"position\":{position},\"previous_position\":\
         {previous},\"events\":"
    );
    let mut text = Vec::with_capacity(head.len() + body.len());
    text.extend_from_slice(head.as_bytes());
    text.extend_from_slice(body);
    (Bytes::from(text), head.len())
}
