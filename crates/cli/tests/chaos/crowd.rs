//! A crowd on the live stream: all dropped at once and back at once, and some who do not read.
//!
//! Full size: `LIVE_RETURNING=2000` for the first, `LIVE_READERS=180 LIVE_DEAF=20` for the second.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mraos_api::live::{NamedStart, ServerFrame, Start};
use mraos_plant::live::LiveClient;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::live::{ALL, PATIENCE, machine_on, shown_positions};
use crate::load::{Load, create_floor};
use crate::site::{Node, Site, TOKEN};
use crate::{ONE_AT_A_TIME, size};

/// What happens while everybody is away.
const CHANGES: usize = 100;
/// So many of those who come back have forgotten where they were.
const ONE_OF_SO_MANY_BEGINS_ANEW: usize = 4;
/// How long buffers on the way may hide that nobody reads, on a machine with other work.
const CUT_PATIENCE: Duration = Duration::from_secs(600);
/// What all together may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

async fn connect_all(count: usize, url: &str) -> Vec<LiveClient> {
    let mut connecting = JoinSet::new();
    for _ in 0..count {
        let url = url.to_owned();
        connecting.spawn(async move { LiveClient::connect(&url, TOKEN, &ALL).await.unwrap() });
    }
    connecting.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn all_dropped_at_once_are_back_and_complete_in_time() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (site, client) = (Site::new(), Client::new());
    let node = site.start_node();
    create_floor(&client, &node.url).await;
    let mut clients = connect_all(size("LIVE_RETURNING", 200), &node.url).await;
    let address = node.address();
    node.kill();
    clients.iter_mut().for_each(LiveClient::disconnect);
    let node = site.start_node_at(address);
    for n in 0..CHANGES {
        let status = if n < CHANGES / 2 { "maintenance" } else { "breakdown" };
        let path = format!("/machines/M-{}/status", n % (CHANGES / 2));
        client.create(&node.url, &path, json!({ "status": status })).await;
    }
    let last = shown_positions(&client, &node.url).await.into_keys().max().unwrap();

    let began = Instant::now();
    let mut returning = JoinSet::new();
    for (n, mut live) in clients.into_iter().enumerate() {
        let url = node.url.clone();
        returning.spawn(async move {
            if n % ONE_OF_SO_MANY_BEGINS_ANEW == 0 {
                assert_eq!(machines_of_snapshot(&url).await, CHANGES / 2);
            } else {
                assert_eq!(events_until(&mut live, last).await, CHANGES);
            }
        });
    }
    returning.join_all().await;
    let took = began.elapsed();
    assert!(took < TIME_LIMIT, "{took:?}");
    assert!(node.stop().success());
}

async fn machines_of_snapshot(url: &str) -> usize {
    let mut live = LiveClient::new(url, TOKEN).unwrap();
    let channels = ALL.map(str::to_owned).to_vec();
    live.want("a", channels, Start::Named(NamedStart::Snapshot));
    let mut machines = 0;
    loop {
        let frame = tokio::time::timeout(PATIENCE, live.next()).await.unwrap().unwrap();
        if let ServerFrame::Snapshot { items, last, .. } = frame {
            machines += items.iter().filter(|one| one.entity_type == "machine").count();
            if last {
                return machines;
            }
        }
    }
}

/// How many positions come up to `last`; [`LiveClient`] checks that none is missing.
async fn events_until(live: &mut LiveClient, last: i64) -> usize {
    let mut events = 0;
    while live.position("a").unwrap() < last {
        let frame = tokio::time::timeout(PATIENCE, live.next()).await.unwrap().unwrap();
        assert!(!matches!(frame, ServerFrame::Resync { .. }), "{frame:?}");
        events += usize::from(matches!(frame, ServerFrame::Event { .. }));
    }
    events
}

/// Bytes that the stream may take: the formula of `docs/operations.md` for one group of
/// subscribers, and as much again for what the node remembers of the load itself.
const MOST_GROWTH_KIB: usize = 2 * (48 + 4 + 4) * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_is_cut_costs_little_and_resumes_complete() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (site, client) = (Site::new(), Client::new());
    let node = site.start_node();
    create_floor(&client, &node.url).await;
    let (readers, deaf) = (size("LIVE_READERS", 30), size("LIVE_DEAF", 10));
    let before_kib = resident_kib(&node);
    let (open_ears, ears) = watch::channel(false);
    let heard = Arc::new(AtomicUsize::new(0));
    let mut listening = JoinSet::new();
    for (n, live) in connect_all(readers + deaf, &node.url).await.into_iter().enumerate() {
        let mut ears = (n < deaf).then(|| ears.clone());
        let heard = Arc::clone(&heard);
        listening.spawn(async move {
            if let Some(ears) = &mut ears {
                ears.wait_for(|open| *open).await.unwrap();
            }
            positions(live, ears.is_none().then_some(&*heard)).await
        });
    }
    let load = Load::start(std::slice::from_ref(&node.url), 17, usize::MAX / 2);
    let mut most_kib = 0;
    wait_until("all who do not read are cut", async || {
        most_kib = most_kib.max(resident_kib(&node));
        client.counter(&node.url, "mraos_live_closes_total{code=\"4008\"}").await as usize >= deaf
    })
    .await;
    load.finish().await;
    let read = heard.load(Ordering::Relaxed);
    let passed = shown_positions(&client, &node.url).await.len();
    assert!(read > readers * passed / 2, "{readers} readers had {read} frames of {passed} each");
    let growth_kib = most_kib.saturating_sub(before_kib);
    assert!(growth_kib < MOST_GROWTH_KIB, "{growth_kib} KiB more than before");

    open_ears.send_replace(true);
    client.create(&node.url, "/machines", machine_on("Line-2")).await;
    let log = shown_positions(&client, &node.url).await;
    for (first_after, positions) in listening.join_all().await {
        let mut expected: Vec<i64> =
            log.keys().copied().filter(|position| *position > first_after).collect();
        expected.sort_unstable();
        assert!(positions == expected, "{} of {} positions", positions.len(), expected.len());
    }
    assert!(node.stop().success());
}

/// All positions up to the last machine's, and after which one they begin.
async fn positions(mut live: LiveClient, heard: Option<&AtomicUsize>) -> (i64, Vec<i64>) {
    let first_after = live.position("a").unwrap();
    let mut positions = Vec::new();
    loop {
        let frame = tokio::time::timeout(PATIENCE, live.next()).await.unwrap().unwrap();
        let ServerFrame::Event { position, events, .. } = frame else { continue };
        positions.push(position);
        if let Some(heard) = heard {
            heard.fetch_add(1, Ordering::Relaxed);
        }
        if events.iter().any(|event| event.entity_id == "M-last") {
            return (first_after, positions);
        }
    }
}

async fn wait_until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + CUT_PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "not yet: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What a node keeps in memory.
fn resident_kib(node: &Node) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", node.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
