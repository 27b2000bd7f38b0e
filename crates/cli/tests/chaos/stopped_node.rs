//! A node that is frozen while it holds the log's lock holds the others up for seconds only.
//!
//! Freezing it at the right moment takes a few tries: the other one stands still only if the
//! lock was held.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::ONE_AT_A_TIME;
use crate::client::Client;
use crate::history::History;
use crate::load::{Load, create_floor};
use crate::site::Site;

/// The promise.
const LONGEST: Duration = Duration::from_secs(6);
/// Without a commit for this long, the lock is taken to be held.
const STANDSTILL: Duration = Duration::from_millis(400);
const TRIES: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_node_holds_the_other_up_for_at_most_six_seconds() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let site = Site::new();
    let [frozen, other] = [site.start_node(), site.start_node()];
    let client = Client::new();
    create_floor(&client, &other.url).await;
    let on_frozen = Load::start(std::slice::from_ref(&frozen.url), 5, usize::MAX / 2);
    let on_other = Load::start(std::slice::from_ref(&other.url), 6, usize::MAX / 2);
    let mut held_up = None;
    for _ in 0..TRIES {
        on_frozen.wait_for_progress(20).await;
        frozen.signal(Signal::STOP);
        let since = Instant::now();
        let moved = progress_within(&on_other, STANDSTILL).await;
        if !moved {
            assert!(
                progress_within(&on_other, LONGEST - since.elapsed()).await,
                "held up too long"
            );
            held_up = Some(since.elapsed());
        }
        frozen.signal(Signal::CONT);
        if held_up.is_some() {
            break;
        }
    }
    assert!(held_up.is_some(), "the lock was never held in {TRIES} tries");
    // The one that was frozen has lost its session, finds out what became of its work and goes on.
    on_frozen.wait_for_progress(100).await;
    on_other.wait_for_progress(100).await;
    let mut all = on_frozen.finish().await;
    all.extend(on_other.finish().await);
    let history = History::read(&client, &other.url).await;
    history.check_nothing_overlaps();
    history.check_acknowledged(&all);
    site.verify_log();
    for node in [frozen, other] {
        assert!(node.stop().success());
    }
}

async fn progress_within(load: &Load, limit: Duration) -> bool {
    // What was decided before the freeze may still be on its way.
    let slack = crate::load::WORKERS;
    tokio::time::timeout(limit, load.wait_for_progress(slack + 1)).await.is_ok()
}
