//! Subscribers that only listen, while something else is measured.
//!
//! Each takes the frames of one production line off its socket and checks that none is missing;
//! they run beside the load on its thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, bail};
use tokio::task::JoinHandle;

use super::subscriber::Subscriber;
use crate::product::Product;
use crate::seed::LINES;

/// Subscribers of the live stream.
pub(crate) struct Audience {
    frames: Arc<AtomicU64>,
    all: Vec<JoinHandle<Result<()>>>,
}

impl Audience {
    /// Connects `number` subscribers.
    pub(crate) async fn gather(product: &Product, number: usize) -> Result<Self> {
        let frames = Arc::new(AtomicU64::new(0));
        let mut all = Vec::with_capacity(number);
        for n in 0..number {
            let channel = format!("line:Line {}:*", n % LINES);
            let subscriber = Subscriber::open(product, &[channel]).await?;
            all.push(tokio::spawn(subscriber.count(Arc::clone(&frames))));
        }
        Ok(Self { frames, all })
    }

    /// Disconnects them; how many frames they have got. An error if one was cut or missed one.
    pub(crate) async fn leave(self) -> Result<u64> {
        for one in self.all {
            one.abort();
            if let Ok(ended) = one.await {
                ended?;
                bail!("a subscriber has ended by itself");
            }
        }
        Ok(self.frames.load(Ordering::Relaxed))
    }
}
