//! Random commands from 64 connections over 50 operators and 50 machines, on two nodes.
//!
//! `CHAOS_COMMANDS=20000` is the full size.

use std::collections::BTreeMap;

use crate::client::Client;
use crate::history::History;
use crate::load::{Load, check_answers, create_floor};
use crate::site::Site;
use crate::{ONE_AT_A_TIME, size};

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_never_let_anybody_do_two_things_at_once() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let commands = size("CHAOS_COMMANDS", 3_000);
    let site = Site::new();
    let nodes = [site.start_node(), site.start_node()];
    let urls = nodes.each_ref().map(|node| node.url.clone());
    let client = Client::new();
    create_floor(&client, &urls[0]).await;

    let all = Load::start(&urls, 2, commands).run_out().await;
    assert_eq!(all.len(), commands);
    check_answers(&all);
    let history = History::read(&client, &urls[1]).await;
    history.check_nothing_overlaps();
    history.check_acknowledged(&all);
    let report = site.verify_log();
    assert_eq!(report["position"], history.len(), "{report}");

    // The API's own picture of who works is the log's.
    let mut at_work: BTreeMap<String, usize> = BTreeMap::new();
    let running = client.get(&urls[0], "/api/v1/allocations?phase=running&limit=500").await;
    for allocation in running.unwrap().body["items"].as_array().unwrap() {
        *at_work.entry(allocation["operator_id"].to_string()).or_default() += 1;
    }
    assert!(at_work.values().all(|count| *count == 1), "{at_work:?}");
    for url in &urls {
        assert_eq!(client.counter(url, "mraos_commit_bisections_total").await, 0.0, "{url}");
    }
    for node in nodes {
        assert!(node.stop().success());
    }
}
