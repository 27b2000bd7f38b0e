//! The hub of a node: recent positions, and the groups of subscribers that want them.
//!
//! The tail puts in what it has derived; subscriptions take out what concerns them. One lock
//! orders the two, so that a subscriber that catches up joins its group without gap or overlap.
//! While nobody subscribes nothing is derived or kept.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

use bytes::Bytes;
use mraos_domain::OperatorId;
use tokio::sync::watch;

use super::group::{Bell, Cursor, Group, body_of, frame_text};
use super::message::Published;
use super::round::Round;
use super::view::{Filter, View};

/// Most bytes of recent positions, for those who resume.
const RECENT_BYTES: usize = 48 * 1024 * 1024;
/// Bytes that all groups together keep, shared out evenly …
const GROUP_BYTES: usize = 256 * 1024 * 1024;
/// … between these bounds for each.
const LEAST_WINDOW: usize = 32 * 1024;
const MOST_WINDOW: usize = 4 * 1024 * 1024;
/// Most groups: distinct pairs of rights and filter.
const MOST_GROUPS: usize = 8_192;
/// A message with its card and its bytes.
const MESSAGE_BYTES: usize = 2_500;
/// How long positions are still kept when the last subscriber has gone.
const LINGER: Duration = Duration::from_secs(60);

/// Recent positions and groups of subscribers.
pub(crate) struct Hub {
    inner: Mutex<Inner>,
    next_key: AtomicU64,
    position: watch::Sender<i64>,
    /// The last position that this node has committed, or knows to be.
    committed: AtomicI64,
    /// Whether another node was there when it was last looked, if ever.
    in_company: watch::Sender<Option<bool>>,
}

struct Inner {
    recent: VecDeque<Arc<Published>>,
    recent_bytes: usize,
    /// Everything after this position is in `recent`.
    first_after: i64,
    position: i64,
    groups: HashMap<(View, Filter), Arc<Group>>,
    wanted_at: Option<Moment>,
}

/// What a step of catching up led to.
pub(crate) enum Step {
    /// Some frames; there are more.
    More,
    /// Everything; from now on the group is read.
    Joined(Arc<Group>, u64),
    /// The position is older than what is kept here; read the log up to the given one.
    ReadLog(i64),
    /// The position is not reached here yet.
    Ahead,
    /// There are too many groups.
    Full,
}

impl Default for Hub {
    fn default() -> Self {
        let inner = Inner {
            recent: VecDeque::new(),
            recent_bytes: 0,
            first_after: 0,
            position: 0,
            groups: HashMap::new(),
            wanted_at: None,
        };
        Self {
            inner: Mutex::new(inner),
            next_key: AtomicU64::new(0),
            position: watch::Sender::new(0),
            committed: AtomicI64::new(0),
            in_company: watch::Sender::new(None),
        }
    }
}

impl Hub {
    /// Notes whether another node is there.
    pub(crate) fn note_company(&self, in_company: bool) {
        self.in_company.send_replace(Some(in_company));
    }

    /// Tells whether another node is there, once it was looked.
    pub(crate) fn watch_company(&self) -> watch::Receiver<Option<bool>> {
        self.in_company.subscribe()
    }

    /// Whether nothing is known to have been written after `position`, here or elsewhere.
    pub(crate) fn has_all_at(&self, position: i64) -> bool {
        *self.in_company.borrow() == Some(false) && position >= self.committed()
    }

    /// Notes what this node has committed and the tail has not taken yet.
    pub(crate) fn note_committed(&self, position: i64) {
        self.committed.fetch_max(position, Ordering::Relaxed);
    }

    /// The last position that this node has committed or knows to be, or 0.
    pub(crate) fn committed(&self) -> i64 {
        self.committed.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last position that has been published.
    pub(crate) fn position(&self) -> i64 {
        *self.position.borrow()
    }

    /// Tells when the position moves.
    pub(crate) fn watch_position(&self) -> watch::Receiver<i64> {
        self.position.subscribe()
    }

    /// Whether what happens is to be derived.
    pub(crate) fn is_wanted(&self) -> bool {
        let inner = self.lock();
        !inner.groups.is_empty() || inner.wanted_at.is_some_and(|at| at.elapsed() < LINGER)
    }

    /// Somebody is about to subscribe: what happens from now on is wanted.
    pub(crate) fn want(&self) {
        self.lock().wanted_at = Some(Moment::now());
    }

    /// Puts the hub at a position, with nothing before it.
    pub(crate) fn start_at(&self, position: i64) {
        self.skip_to(position);
    }

    /// Positions up to `position` have passed without being derived.
    pub(crate) fn skip_to(&self, position: i64) {
        let mut inner = self.lock();
        inner.recent.clear();
        inner.recent_bytes = 0;
        inner.first_after = position;
        inner.position = position;
        drop(inner);
        self.position.send_replace(position);
    }

    /// Takes what has happened, in order; how many frames that is for all subscribers.
    pub(crate) fn publish(&self, all: &[Arc<Published>]) -> usize {
        let Some(round) = Round::of(all) else { return 0 };
        let mut inner = self.lock();
        let window = (GROUP_BYTES / inner.groups.len().max(1)).clamp(LEAST_WINDOW, MOST_WINDOW);
        let told = inner.groups.values().map(|group| group.publish(&round, window)).sum();
        for published in all {
            inner.keep(published.clone());
        }
        inner.position = round.last();
        drop(inner);
        self.position.send_replace(round.last());
        told
    }

    /// Takes the name of a person out of everything that is kept here.
    pub(crate) fn forget_name(&self, id: &OperatorId) {
        let mut inner = self.lock();
        let mut nameless = HashMap::new();
        for published in &mut inner.recent {
            if let Some(other) = published.without_name(id) {
                *published = Arc::new(other);
                nameless.insert(published.position, published.clone());
            }
        }
        let known_after = inner.first_after;
        inner.groups.values().for_each(|group| group.tell_again(&nameless, known_after));
    }

    /// Moves frames after the cursor into `out`, up to `most_bytes`, and joins the group when
    /// nothing is left.
    pub(crate) fn catch_up(
        &self,
        (view, filter): (&View, &Filter),
        cursor: &mut Cursor,
        bell: &Bell,
        most_bytes: usize,
        out: &mut Vec<Bytes>,
    ) -> Step {
        let mut inner = self.lock();
        inner.wanted_at = Some(Moment::now());
        if cursor.position > inner.position {
            return Step::Ahead;
        }
        if cursor.position < inner.first_after {
            return Step::ReadLog(inner.first_after);
        }
        let from = inner.recent.partition_point(|one| one.position <= cursor.position);
        let mut bytes = 0;
        for published in inner.recent.range(from..) {
            if bytes >= most_bytes {
                return Step::More;
            }
            bytes += take(published, (view, filter), cursor, out);
        }
        cursor.position = inner.position;
        match inner.join(view, filter, &cursor.id, || self.next_key.fetch_add(1, Ordering::Relaxed))
        {
            Some((group, key)) => {
                group.join(key, bell.clone());
                Step::Joined(group, key)
            }
            None => Step::Full,
        }
    }

    /// Takes a subscriber out of its group.
    pub(crate) fn leave(&self, group: &Group, key: u64) {
        let mut inner = self.lock();
        if group.leave(key) {
            inner.groups.remove(&(group.view.clone(), group.filter.clone()));
            inner.wanted_at = Some(Moment::now());
        }
    }
}

/// Moves the frame of one position into `out`; its bytes.
pub(crate) fn take(
    published: &Published,
    (view, filter): (&View, &Filter),
    cursor: &mut Cursor,
    out: &mut Vec<Bytes>,
) -> usize {
    cursor.position = published.position;
    let Some(body) = body_of(published, view, filter) else { return 0 };
    let (text, _) = frame_text(&cursor.id, published.position, cursor.last, &body);
    cursor.last = published.position;
    let bytes = text.len();
    out.push(text);
    bytes
}

impl Inner {
    fn keep(&mut self, published: Arc<Published>) {
        self.recent_bytes += weight(&published);
        self.recent.push_back(published);
        while self.recent_bytes > RECENT_BYTES
            && let Some(oldest) = self.recent.pop_front()
        {
            self.recent_bytes = self.recent_bytes.saturating_sub(weight(&oldest));
            self.first_after = oldest.position;
        }
    }

    fn join(
        &mut self,
        view: &View,
        filter: &Filter,
        id: &str,
        key: impl FnOnce() -> u64,
    ) -> Option<(Arc<Group>, u64)> {
        let pair = (view.clone(), filter.clone());
        if !self.groups.contains_key(&pair) && self.groups.len() >= MOST_GROUPS {
            return None;
        }
        let position = self.position;
        let new = || Arc::new(Group::new(view.clone(), filter.clone(), id.to_owned(), position));
        Some((self.groups.entry(pair).or_insert_with(new).clone(), key()))
    }
}

/// Roughly what a position keeps in memory once its messages are encoded.
fn weight(published: &Published) -> usize {
    200 + published.messages.len() * MESSAGE_BYTES
}
