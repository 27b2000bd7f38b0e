//! The threads on which sockets of the live stream run, apart from those that serve requests.
//!
//! A thousand sockets that are told at once are a thousand tasks in a row, and a request or a
//! commit behind them would wait for all of them. On threads of their own they are one load among
//! others to the system's scheduler (docs/decisions/0048-sockets-run-on-threads-of-their-own.md).
//! Knows nothing of what runs on them.

use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};

/// Threads that begin with the first socket.
#[derive(Default)]
pub(crate) struct Threads(OnceLock<Option<Runtime>>);

impl Threads {
    /// Runs `socket` to its end; among the requests where no threads can be had.
    pub(super) fn spawn(&self, socket: impl Future<Output = ()> + Send + 'static) {
        match self.0.get_or_init(begin) {
            Some(runtime) => drop(runtime.spawn(socket)),
            None => drop(tokio::spawn(socket)),
        }
    }
}

/// As many as half of the processors, so that a round for all sockets leaves some to the rest.
fn begin() -> Option<Runtime> {
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = processors.div_ceil(2);
    let mut builder = Builder::new_multi_thread();
    let begun = builder.worker_threads(threads).thread_name("mraos-live").enable_all().build();
    begun.inspect_err(|error| tracing::warn!(%error, "sockets get no threads of their own")).ok()
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(Some(runtime)) = self.0.take() {
            // Whoever drops this may be among the sockets.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_socket_runs_apart_and_may_be_the_last_to_go() {
        let threads = std::sync::Arc::new(Threads::default());
        let (tell, told) = tokio::sync::oneshot::channel();
        let own = threads.clone();
        threads.spawn(async move {
            let name = std::thread::current().name().map(str::to_owned);
            tell.send((name, own)).ok();
        });
        drop(threads);
        let (name, last) = told.await.unwrap();
        assert_eq!(name.as_deref(), Some("mraos-live"));
        // Inside a runtime, where a runtime that waited for its threads would panic.
        drop(last);
    }
}
