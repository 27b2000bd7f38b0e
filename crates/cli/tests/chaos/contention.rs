//! Two hundred clients want the same operator at once, on two nodes.
//!
//! One gets the operator; everybody else is told who did.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::ONE_AT_A_TIME;
use crate::client::{Client, Write};
use crate::history::History;
use crate::load::create_floor;
use crate::site::Site;

const CLIENTS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_hundred_gets_the_operator_and_the_others_learn_who() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let site = Site::new();
    let nodes = [site.start_node(), site.start_node()];
    let client = Client::new();
    create_floor(&client, &nodes[0].url).await;

    let barrier = Arc::new(Barrier::new(CLIENTS));
    let mut clients = JoinSet::new();
    for n in 0..CLIENTS {
        let (barrier, client, url) =
            (Arc::clone(&barrier), client.clone(), nodes[n % 2].url.clone());
        clients.spawn(async move {
            let body = json!({"work_order_id": format!("WO-{n}"), "operator_id": "O-7"});
            let write = Write::new(format!("want-{n}"), "/allocations", body);
            barrier.wait().await;
            client.send(&url, &write).await.unwrap()
        });
    }
    let answers = clients.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((won.len(), lost.len()), (1, CLIENTS - 1), "{answers:#?}");
    let winner = &won[0].body;
    for answer in lost {
        assert_eq!(answer.status, 409, "{answer:?}");
        let refusal = &answer.body["refusals"][0];
        assert_eq!(refusal["code"], "operator_booked");
        assert_eq!(refusal["allocation_id"], winner["allocation_id"]);
        assert_eq!(refusal["work_order_id"], winner["work_order_id"]);
        let order = winner["work_order_id"].as_str().unwrap();
        assert!(refusal["message"].as_str().unwrap().contains(order), "{refusal}");
    }
    History::read(&client, &nodes[1].url).await.check_nothing_overlaps();
    site.verify_log();
    for node in nodes {
        assert_eq!(client.counter(&node.url, "mraos_commit_bisections_total").await, 0.0);
        assert!(node.stop().success());
    }
    assert_eq!(site.postmaster(), None, "the last node stops the database");
}
