//! kill -9 under load, first of a node, then of PostgreSQL itself.
//!
//! Clients repeat what was not answered under the same key, on the other node if need be. In the
//! end every acknowledged command is in the log once. `CHAOS_KILLS=20` is the full size.

use rustix::process::{Signal, kill_process};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::history::History;
use crate::load::{Done, Load, WORKERS, check_answers, create_floor};
use crate::site::{Node, Site};
use crate::{ONE_AT_A_TIME, size};

/// Decided commands between two blows.
const BETWEEN: usize = 150;

#[tokio::test(flavor = "multi_thread")]
async fn killed_nodes_lose_nothing_that_they_acknowledged() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (site, mut nodes, client) = two_nodes().await;
    let urls = nodes.each_ref().map(|node| node.url.clone());
    let load = Load::start(&urls, 3, usize::MAX / 2);
    for round in 0..size("CHAOS_KILLS", 3) {
        load.wait_for_progress(BETWEEN).await;
        let address = nodes[round % 2].address();
        let [first, second] = nodes;
        let (victim, other) = if round % 2 == 0 { (first, second) } else { (second, first) };
        victim.kill();
        // Both down now and then: the database is left behind and has to be adopted.
        let back = match round % 3 {
            2 => {
                let other_address = other.address();
                other.kill();
                [site.start_node_at(address), site.start_node_at(other_address)]
            }
            _ => [site.start_node_at(address), other],
        };
        let [victim, other] = back;
        nodes = if round % 2 == 0 { [victim, other] } else { [other, victim] };
        site.verify_log();
    }
    load.wait_for_progress(BETWEEN).await;
    settle(&site, nodes, &client, load.finish().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_comes_back_with_all_that_was_acknowledged() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (site, nodes, client) = two_nodes().await;
    let urls = nodes.each_ref().map(|node| node.url.clone());
    let load = Load::start(&urls, 4, usize::MAX / 2);
    for _ in 0..size("CHAOS_KILLS", 3) {
        load.wait_for_progress(BETWEEN).await;
        kill_process(site.postmaster().expect("PostgreSQL runs"), Signal::KILL).unwrap();
        load.wait_for_progress(BETWEEN).await;
        site.verify_log();
    }
    settle(&site, nodes, &client, load.finish().await).await;
}

async fn two_nodes() -> (Site, [Node; 2], Client) {
    let site = Site::new();
    let nodes = [site.start_node(), site.start_node()];
    let client = Client::new();
    create_floor(&client, &nodes[0].url).await;
    (site, nodes, client)
}

/// Nothing is missing, nothing is there twice, and every key is answered as the first time.
async fn settle(site: &Site, nodes: [Node; 2], client: &Client, all: Vec<Done>) {
    check_answers(&all);
    let urls = nodes.each_ref().map(|node| node.url.clone());
    let history = History::read(client, &urls[0]).await;
    history.check_nothing_overlaps();
    history.check_acknowledged(&all);
    repeat_all(&urls, client, &all).await;
    let report = site.verify_log();
    assert_eq!(report["position"], history.len(), "repeating changed nothing: {report}");
    for node in nodes {
        assert_eq!(client.counter(&node.url, "mraos_commit_bisections_total").await, 0.0);
        assert!(node.stop().success());
    }
}

/// Sends every command that has a key again, as many at once as before.
async fn repeat_all(urls: &[String], client: &Client, all: &[Done]) {
    let mut repeats = JoinSet::new();
    for (n, share) in all.chunks(all.len().div_ceil(WORKERS).max(1)).enumerate() {
        let (urls, client, share) = (urls.to_vec(), client.clone(), share.to_vec());
        repeats.spawn(async move {
            for Done { write, answer } in share.into_iter().filter(|done| done.write.is_repeatable)
            {
                let again = client.insist(&urls, n, &write).await;
                let first = answer.expect("insisted on before");
                assert!(again.replayed, "{write:?}\n{again:?}");
                assert_eq!((again.status, again.body), (first.status, first.body), "{write:?}");
            }
        });
    }
    repeats.join_all().await;
}
