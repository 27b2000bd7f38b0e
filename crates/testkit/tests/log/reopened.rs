//! Ends that were taken back: the log still leads to the tables, long after and at once.
//!
//! A replay lets ended allocations go; it must not do so before their ends stand.

use mraos_domain::command::{ExpectedEnd, Reason};
use mraos_domain::{AllocationId, Command, Phase};
use mraos_testkit::build::*;

use crate::plant::LoggedPlant;

fn undo(allocation_id: AllocationId) -> Command {
    Command::Undo { allocation_id, reason: Reason::default(), overrides: Vec::new() }
}

#[tokio::test]
async fn a_log_with_ends_that_were_taken_back_verifies_and_rebuilds() {
    let plant = LoggedPlant::start().await;
    let test = &plant.test;
    let id = test.allocation(allocate("WO-3", "O-2", "M-3")).await.allocation_id;
    let longer = Command::Reschedule {
        allocation_id: id,
        expected_start_time: None,
        expected_end: Some(ExpectedEnd::After(90)),
        reason: Reason::default(),
        overrides: Vec::new(),
    };
    assert_eq!(test.allocation(longer).await.expected_duration_minutes, 90);
    test.allocation(release(id)).await;
    test.clock.advance_minutes(15);
    let reopened = test.allocation(undo(id)).await;
    assert_eq!((reopened.phase, reopened.released_at), (Phase::Running, None));
    assert!(plant.verify().await.ok, "an open end that was taken back");
    test.allocation(release(id)).await;
    assert!(plant.verify().await.ok, "an end that may still be taken back");
    test.clock.advance_minutes(20);
    test.refused(undo(id)).await;
    test.apply(create_operator("O-9")).await;
    assert!(plant.verify().await.ok, "an end that stands");
    plant
        .tamper("UPDATE allocations SET worked_ms = worked_ms + 1, expected_duration_minutes = 1")
        .await;
    assert!(!plant.verify().await.ok);
    assert!(plant.rebuild(false).await.ok);
    assert!(plant.verify().await.ok, "as the log leads to it");
}
