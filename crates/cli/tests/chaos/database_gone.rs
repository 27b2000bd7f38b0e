//! The database goes away under a node and comes back: 503 meanwhile, no restart afterwards.
//!
//! The node uses another site's database by its URL, so that nobody restarts it too soon.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::ONE_AT_A_TIME;
use crate::client::{Answer, Client, Write};
use crate::load::create_floor;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_a_node_says_so_and_recovers_by_itself() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let owner = Site::new();
    let keeper = owner.start_node();
    let guest = Site::on_database_of(&owner);
    let node = guest.start_node();
    let client = Client::new();
    create_floor(&client, &node.url).await;
    let allocate = |n: usize| {
        let body = json!({"work_order_id": "WO-1", "operator_id": format!("O-{n}")});
        Write::new(format!("gone-{n}"), "/allocations", body)
    };
    assert_eq!(client.send(&node.url, &allocate(1)).await.unwrap().status, 201);

    let address = keeper.address();
    assert!(keeper.stop().success());
    assert_eq!(owner.postmaster(), None, "the keeper was the last to use it");
    let unavailable = |answer: Answer| {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.retry_after_s.is_some(), "{answer:?}");
        assert_eq!(answer.body["status"], 503, "a problem document: {answer:?}");
    };
    unavailable(client.send(&node.url, &allocate(2)).await.unwrap());
    unavailable(client.get(&node.url, "/api/v1/operators").await.unwrap());
    unavailable(client.get(&node.url, "/readyz").await.unwrap());
    assert_eq!(client.get(&node.url, "/healthz").await.unwrap().status, 200);

    let _keeper = owner.start_node_at(address);
    let deadline = Instant::now() + Duration::from_secs(30);
    while client.get(&node.url, "/readyz").await.unwrap().status != 200 {
        assert!(Instant::now() < deadline, "the node does not recover");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let urls = [node.url.clone()];
    assert_eq!(client.insist(&urls, 0, &allocate(2)).await.status, 201, "the key was not used up");
    assert_eq!(client.insist(&urls, 0, &allocate(1)).await.status, 201);
    assert!(client.insist(&urls, 0, &allocate(1)).await.replayed);
    owner.verify_log();
    assert_eq!(client.counter(&node.url, "mraos_commit_bisections_total").await, 0.0);
    assert!(node.stop().success());
}
