//! A running node signs what it has written, at the latest when it stops.
//!
//! The interval is longer than any test: what is signed in between is signed at start or stop.

use std::time::Duration;

use mraos_app::{CheckpointOptions, Checkpoints};
use mraos_store::log::checkpoint;
use mraos_testkit::build::create_operator;

use crate::plant::LoggedPlant;

#[tokio::test]
async fn the_head_is_signed_at_start_and_at_the_end() {
    let plant = LoggedPlant::start().await;
    let options = CheckpointOptions {
        master_key: [7; 32],
        file: plant.checkpoint_file(),
        interval: Duration::from_secs(86_400),
    };
    let before = plant.head().await;
    let signed = || {
        let all = checkpoint::read_file(&plant.checkpoint_file()).unwrap();
        all.iter().map(|one| one.position).collect::<Vec<_>>()
    };
    let checkpoints = Checkpoints::start(plant.test.app.clone(), options).unwrap();
    while signed().is_empty() {
        tokio::task::yield_now().await;
    }
    plant.test.apply(create_operator("O-7")).await;
    checkpoints.stop().await;
    assert_eq!(signed(), [before, before + 1]);
    let found = plant.verify().await;
    assert!(found.ok, "{:#?}", found.findings);
    assert_eq!(found.checkpoints, 2);
}
