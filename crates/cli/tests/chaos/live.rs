//! Subscribers of the live stream under forced reconnects, killed nodes and a killed database.
//!
//! Each keeps its place by position. In the end everybody has seen every position of the log that
//! concerns it, once and in order, and nothing that it may not see. Full size:
//! `LIVE_FRAMES=1000000 LIVE_SUBSCRIBERS=200 LIVE_RECONNECTS=2000 LIVE_KILLS=10 LIVE_RESTARTS=3`.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mraos_api::live::ServerFrame;
use mraos_plant::live::{LiveClient, LiveError};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::load::{Load, create_floor};
use crate::site::{Site, TOKEN};
use crate::{ONE_AT_A_TIME, size};

pub(crate) const ALL: [&str; 4] =
    ["resource-status", "allocation-changes", "work-order-progress", "alerts"];
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// What a subscriber may see and wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An administrator who wants everything.
    Everything,
    /// A viewer, who may not see names.
    Nameless,
    /// An administrator who wants one line.
    Line,
    /// A viewer who may see one line and nothing of the others.
    Limited,
}

/// What the subscribers share.
struct Shared {
    frames: AtomicUsize,
    reconnects: AtomicUsize,
    stop: AtomicBool,
}

/// What one has seen: positions with the channels of their messages.
struct Seen {
    kind: Kind,
    first_after: i64,
    positions: Vec<(i64, Vec<String>)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_miss_nothing_across_reconnects_and_kills() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (site, client) = (Site::new(), Client::new());
    let mut node = site.start_node();
    let url = node.url.clone();
    create_floor(&client, &url).await;
    let viewer = token(&client, &url, json!({"name": "v", "role": "viewer"})).await;
    let limited = json!({"name": "l", "role": "viewer", "production_lines": ["Line-2"]});
    let limited = token(&client, &url, limited).await;

    let shared = Arc::new(Shared {
        frames: AtomicUsize::new(0),
        reconnects: AtomicUsize::new(size("LIVE_RECONNECTS", 40)),
        stop: AtomicBool::new(false),
    });
    let mut subscribers = JoinSet::new();
    for n in 0..size("LIVE_SUBSCRIBERS", 12) {
        let (kind, token, channels) = match n % 4 {
            0 => (Kind::Everything, TOKEN, ALL.to_vec()),
            1 => (Kind::Nameless, viewer.as_str(), ALL.to_vec()),
            2 => (Kind::Line, TOKEN, vec!["line:Line-2:*"]),
            _ => (Kind::Limited, limited.as_str(), ALL.to_vec()),
        };
        let live = LiveClient::connect(&url, token, &channels).await.unwrap();
        subscribers.spawn(listen(live, kind, n as u64, Arc::clone(&shared)));
    }

    let load = Load::start(std::slice::from_ref(&url), 11, usize::MAX / 2);
    let (kills, restarts) = (size("LIVE_KILLS", 2), size("LIVE_RESTARTS", 1));
    let goal = size("LIVE_FRAMES", 6_000);
    let blows = kills + restarts;
    for blow in 0..blows {
        wait_for(&shared, goal * (blow + 1) / (blows + 1)).await;
        if blow < kills {
            let address = node.address();
            node.kill();
            node = site.start_node_at(address);
        } else {
            kill_process(site.postmaster().expect("PostgreSQL runs"), Signal::KILL).unwrap();
        }
    }
    wait_for(&shared, goal).await;
    load.finish().await;

    shared.stop.store(true, Ordering::Relaxed);
    // Something that everybody sees and that comes after everything else.
    let last = client.create(&url, "/machines", machine_on("Line-2")).await;
    assert_eq!(last["machine_id"], "M-last");
    let log = shown_positions(&client, &url).await;
    for seen in subscribers.join_all().await {
        check(&seen, &log);
    }
    assert!(node.stop().success());
}

async fn wait_for(shared: &Shared, frames: usize) {
    let deadline = Instant::now() + PATIENCE;
    let mut before = 0;
    let mut deadline_of_progress = deadline;
    loop {
        let seen = shared.frames.load(Ordering::Relaxed);
        if seen >= frames {
            return;
        }
        if seen > before {
            before = seen;
            deadline_of_progress = Instant::now() + PATIENCE;
        }
        assert!(Instant::now() < deadline_of_progress, "{seen} of {frames} frames");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Listens until the last machine is there; [`LiveClient`] checks the chain of positions.
async fn listen(mut live: LiveClient, kind: Kind, seed: u64, shared: Arc<Shared>) -> Seen {
    let mut random = StdRng::seed_from_u64(seed);
    let first_after = live.position("a").unwrap();
    let mut positions = Vec::new();
    loop {
        let frame = match tokio::time::timeout(PATIENCE, live.next()).await {
            Ok(Ok(frame)) => frame,
            Ok(Err(LiveError::Refused(text))) => panic!("{kind:?} {seed}: {text}"),
            Ok(Err(error)) => panic!("{kind:?} {seed}: {error}"),
            Err(_) => panic!("{kind:?} {seed} waits after {:?}", live.position("a")),
        };
        let ServerFrame::Event { position, events, .. } = frame else {
            assert!(!matches!(frame, ServerFrame::Resync { .. }), "{frame:?}");
            continue;
        };
        for event in &events {
            check_visible(kind, &event.entity_type, &event.data);
        }
        let channels = events.iter().map(|event| event.metadata.channel.clone()).collect();
        positions.push((position, channels));
        shared.frames.fetch_add(1, Ordering::Relaxed);
        if events.iter().any(|event| event.entity_id == "M-last") {
            return Seen { kind, first_after, positions };
        }
        let left = shared.reconnects.load(Ordering::Relaxed);
        if left > 0 && !shared.stop.load(Ordering::Relaxed) && random.random_range(0..40) == 0 {
            shared.reconnects.fetch_sub(1, Ordering::Relaxed);
            live.disconnect();
        }
    }
}

fn check_visible(kind: Kind, entity_type: &str, data: &Value) {
    match kind {
        Kind::Everything | Kind::Line => {}
        Kind::Nameless => assert!(data.get("name").is_none(), "{data}"),
        Kind::Limited => {
            assert!(data.get("name").is_none(), "{data}");
            let line = data["production_line"].as_str();
            let is_own = line.is_none_or(|line| line == "Line-2") || data["removed"] == true;
            assert!(is_own, "{entity_type} {data}");
        }
    }
}

/// Whoever wants everything has all; whoever wants less has nothing twice and nothing else.
fn check(seen: &Seen, log: &HashMap<i64, String>) {
    let positions: Vec<i64> = seen.positions.iter().map(|(position, _)| *position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b), "{:?}: reordered or doubled", seen.kind);
    let last = *positions.last().unwrap();
    let mut expected: Vec<i64> = log
        .keys()
        .copied()
        .filter(|position| (seen.first_after + 1..=last).contains(position))
        .collect();
    expected.sort_unstable();
    match seen.kind {
        Kind::Everything | Kind::Nameless => assert_eq!(positions, expected, "{:?}", seen.kind),
        Kind::Line | Kind::Limited => {
            assert!(positions.iter().all(|position| log.contains_key(position)));
        }
    }
}

/// Positions whose events are shown on the floor.
pub(crate) async fn shown_positions(client: &Client, url: &str) -> HashMap<i64, String> {
    let mut shown = HashMap::new();
    let mut after = 0;
    loop {
        let path = format!("/api/v1/events?after={after}&limit=500");
        let page = client.get(url, &path).await.unwrap();
        let items = page.body["items"].as_array().unwrap().clone();
        let Some(last) = items.last() else { return shown };
        after = last["position"].as_i64().unwrap();
        for event in items {
            let event_type = event["event_type"].as_str().unwrap().to_owned();
            if !event_type.ends_with("_restated") {
                shown.insert(event["position"].as_i64().unwrap(), event_type);
            }
        }
    }
}

async fn token(client: &Client, url: &str, body: Value) -> String {
    let issued = client.create(url, "/tokens", body).await;
    issued["secret"].as_str().unwrap().to_owned()
}

pub(crate) fn machine_on(line: &str) -> Value {
    json!({"machine_id": "M-last", "machine_name": "The last", "machine_type": "press",
           "production_line": line})
}
