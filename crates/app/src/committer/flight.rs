//! A batch on its way: its writes and its COMMIT are with the database, its callers wait.
//!
//! Whoever takes one sees to it that it lands: that its callers hear what became of it.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::future::{BoxFuture, MaybeDone, maybe_done};
use futures_util::{FutureExt as _, poll};
use mraos_store::{Head, StoreError, Writes};
use tokio::sync::Notify;

use super::Pending;
use super::decide::Decided;
use super::session::Sessions;

pub(super) struct Flight {
    pub(super) sessions: Sessions,
    pub(super) pending: Vec<Pending>,
    pub(super) decided: Decided,
    /// The log's head once it is committed.
    pub(super) head: Head,
    /// Until it is known what became of the batch.
    pub(super) landing: MaybeDone<BoxFuture<'static, Result<(), StoreError>>>,
    /// Told when the database has done half of the writes, and when it has done all.
    pub(super) progress: Arc<Notify>,
}

impl Flight {
    /// Sends the writes, before anything that is sent over the session later.
    pub(super) async fn start(
        sessions: Sessions,
        (pending, decided): (Vec<Pending>, Decided),
        writes: Writes,
    ) -> Self {
        let head = writes.head().clone();
        let progress = Arc::new(Notify::new());
        let (writer, progressed) = (sessions.writer.clone(), progress.clone());
        let committing = async move { writer.commit(&writes, || progressed.notify_one()).await };
        let mut landing = maybe_done(committing.boxed());
        let _ = poll!(&mut landing);
        Self { sessions, pending, decided, head, landing, progress }
    }

    /// What became of it, once it has landed.
    pub(super) fn result(&mut self) -> Result<(), StoreError> {
        let result = Pin::new(&mut self.landing).take_output();
        let lost = || StoreError::Unavailable("a commit gave no result".to_owned());
        result.unwrap_or_else(|| Err(lost()))
    }
}
