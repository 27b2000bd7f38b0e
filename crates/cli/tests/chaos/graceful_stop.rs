//! A node that is asked to stop under load: whatever it has committed, it has also answered.
//!
//! No command carries a key, so that none is sent twice and a lost answer would show.

use crate::ONE_AT_A_TIME;
use crate::client::Client;
use crate::history::History;
use crate::load::{Load, create_floor};
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_finishes_what_it_accepted() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let site = Site::new();
    let mut node = site.start_node();
    let address = node.address();
    let client = Client::new();
    create_floor(&client, &node.url).await;
    let mut all = Vec::new();
    for round in 0..3 {
        let load = Load::start_without_keys(&[node.url.clone()], 70 + round);
        load.wait_for_progress(200).await;
        let status = tokio::task::spawn_blocking(move || node.stop()).await.unwrap();
        assert!(status.success(), "{status:?}");
        assert_eq!(site.postmaster(), None, "the database stops with its last node");
        all.extend(load.finish().await);
        node = site.start_node_at(address);
    }
    let history = History::read(&client, &node.url).await;
    history.check_nothing_overlaps();
    history.check_acknowledged(&all);
    history.check_unanswered_never_happened(&all);
    site.verify_log();
}
