//! A connection's place among the most that there may be, and when it is given up for another.
//!
//! Whoever drips a head or a body, reads nothing or says nothing keeps a place only as long as
//! nobody else needs it. A connection whose request is being worked on keeps it in any case.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// So many are asked to give way at a time, the rest stay.
const MOST_GIVEN_UP: usize = 64;

/// How many places there are, and how long one is kept from others who wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Most connections at a time; more wait in the kernel's queue.
    pub(super) connections: usize,
    /// Who has let the server wait for so long gives way.
    pub(super) idle: Duration,
    /// How often they are asked to, until there is room.
    pub(super) ask: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let (idle, ask) = (Duration::from_secs(2), Duration::from_millis(100));
        Self { connections: 4_096, idle, ask }
    }
}

/// All places.
pub(super) struct Places {
    limits: Limits,
    free: Arc<Semaphore>,
    call: Arc<Call>,
}

/// The call to give way.
#[derive(Default)]
struct Call {
    bell: Notify,
    places: AtomicUsize,
}

impl Call {
    fn ring(&self) {
        self.places.store(MOST_GIVEN_UP, Ordering::Relaxed);
        self.bell.notify_waiters();
    }

    /// Whether whoever answers the call is still needed.
    fn answer(&self) -> bool {
        let one_less = |places: usize| places.checked_sub(1);
        self.places.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }
}

impl Places {
    pub(super) fn new(limits: Limits) -> Self {
        let free = Arc::new(Semaphore::new(limits.connections));
        Self { limits, free, call: Arc::default() }
    }

    /// A place, as soon as there is one.
    pub(super) async fn take(&self) -> io::Result<Place> {
        let permit = loop {
            let free = self.free.clone().acquire_owned();
            match tokio::time::timeout(self.limits.ask, free).await {
                Ok(permit) => break permit.map_err(io::Error::other)?,
                Err(_) => self.call.ring(),
            }
        };
        let (call, idle) = (self.call.clone(), self.limits.idle);
        Ok(Place { call, idle, pace: Arc::default(), _permit: permit })
    }
}

/// The place of one connection; free again when dropped.
pub(super) struct Place {
    call: Arc<Call>,
    idle: Duration,
    pace: Arc<Pace>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Who waits for whom on this connection.
    pub(super) fn pace(&self) -> Arc<Pace> {
        self.pace.clone()
    }

    /// Resolves when another needs the place and its holder lets the server wait.
    pub(super) async fn is_wanted(&self) {
        loop {
            self.call.bell.notified().await;
            if self.pace.waited() >= self.idle && self.call.answer() {
                return;
            }
        }
    }
}

/// Since when the server waits for the client; none while it works for it.
#[derive(Debug)]
pub(super) struct Pace(Mutex<Option<Instant>>);

impl Default for Pace {
    fn default() -> Self {
        Self(Mutex::new(Some(Instant::now())))
    }
}

impl Pace {
    fn set(&self, waits_since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = waits_since;
    }

    /// It is the client's turn.
    pub(super) fn wait(&self) {
        self.set(Some(Instant::now()));
    }

    fn work(&self) {
        self.set(None);
    }

    fn waited(&self) -> Duration {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// A body on its way in: the work begins when all of it is here.
pub(super) struct Arriving {
    body: Incoming,
    pace: Arc<Pace>,
}

impl Arriving {
    pub(super) fn new(body: Incoming, pace: Arc<Pace>) -> Self {
        pace.wait();
        let arriving = Self { body, pace };
        arriving.note_end();
        arriving
    }

    fn note_end(&self) {
        if self.body.is_end_stream() {
            self.pace.work();
        }
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(None) => self.pace.work(),
            Poll::Ready(Some(_)) => self.note_end(),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
