//! The committer on a real PostgreSQL: what is acknowledged is in the log, once, and every node
//! sees it.
//!
//! The clock is turned by hand; nothing sleeps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use mraos_app::{AppError, Decision, IdempotencyKey, Snapshot};
use mraos_domain::{MachineStatus, OperatorStatus, Phase, RefusalCode, WorkOrderStatus};
use mraos_testkit::TestApp;
use mraos_testkit::app::{admin, submission};
use mraos_testkit::build::*;

async fn plant(test: &TestApp) {
    for id in ["O-1", "O-2"] {
        test.apply(create_operator(id)).await;
    }
    for id in ["M-1", "M-2"] {
        test.apply(create_machine(id)).await;
    }
    for id in ["WO-1", "WO-2"] {
        test.apply(create_work_order(id)).await;
    }
}

#[tokio::test]
async fn an_allocation_makes_both_sides_busy_and_a_release_frees_them() {
    let test = TestApp::start().await;
    plant(&test).await;
    let allocation = test.allocation(allocate("WO-1", "O-1", "M-1")).await;
    assert_eq!(allocation.phase, Phase::Running);
    assert_eq!(allocation.allocation_id.0, 7, "the id is the position of the event");
    let reads = test.app.reads();
    let operator = reads.find_operator(&admin(), &operator_id("O-1")).await.unwrap().unwrap();
    assert_eq!(operator.operator.current_status, OperatorStatus::Busy);
    assert_eq!(operator.open.len(), 1);
    let machine = reads.find_machine(&admin(), &machine_id("M-1")).await.unwrap().unwrap();
    assert_eq!(machine.machine.current_status, MachineStatus::Running);
    let order = reads.find_work_order(&admin(), &work_order_id("WO-1")).await.unwrap().unwrap();
    assert_eq!(order.order.status, WorkOrderStatus::InProgress);

    test.clock.advance_minutes(30);
    let ended = test.allocation(release(allocation.allocation_id)).await;
    assert_eq!((ended.phase, ended.worked_ms), (Phase::Ended, 30 * 60_000));
    let operator = reads.find_operator(&admin(), &operator_id("O-1")).await.unwrap().unwrap();
    assert_eq!(operator.operator.current_status, OperatorStatus::Available);
    assert!(operator.open.is_empty());
    let stored = reads.find_allocation(&admin(), allocation.allocation_id).await.unwrap().unwrap();
    assert_eq!(stored.allocation, ended, "the row says what the answer said");
}

#[tokio::test]
async fn a_second_node_sees_what_the_first_did() {
    let test = TestApp::start().await;
    plant(&test).await;
    let other = test.another_node().await;
    let allocation = test.allocation(allocate("WO-1", "O-1", "M-1")).await;
    let refused = other.submit(submission(vec![allocate("WO-2", "O-1", "M-2")])).await.unwrap();
    let Decision::Refused(refusals) = refused.decision else { panic!("not refused") };
    assert_eq!(refusals[0].code, RefusalCode::OperatorBooked);
    assert_eq!(refusals[0].allocation_id, Some(allocation.allocation_id));
    other.submit(submission(vec![release(allocation.allocation_id)])).await.unwrap();
    test.allocation(allocate("WO-2", "O-1", "M-2")).await;
}

#[tokio::test]
async fn many_at_once_share_transactions_and_each_gets_its_own_answer() {
    let test = TestApp::start().await;
    plant(&test).await;
    let waiting: Vec<_> = (0..200)
        .map(|_| {
            let app = test.app.clone();
            tokio::spawn(async move {
                app.submit(submission(vec![allocate("WO-1", "O-1", "M-1")])).await.unwrap()
            })
        })
        .collect();
    let (mut winners, mut losers) = (Vec::new(), Vec::new());
    for one in waiting {
        match one.await.unwrap().decision {
            Decision::Applied(snapshots) => winners.push(snapshots),
            Decision::Refused(refusals) => losers.push(refusals),
        }
    }
    assert_eq!((winners.len(), losers.len()), (1, 199));
    let [Snapshot::Allocation(winner)] = winners[0].as_slice() else { panic!() };
    for refusals in losers {
        let codes: Vec<RefusalCode> = refusals.iter().map(|refusal| refusal.code).collect();
        assert_eq!(codes, [RefusalCode::OperatorBooked, RefusalCode::MachineBooked]);
        assert_eq!(refusals[0].allocation_id, Some(winner.allocation_id));
        assert_eq!(refusals[0].held_by.as_deref(), Some("S-042"));
    }
}

#[tokio::test]
async fn a_submission_happens_whole_or_not_at_all() {
    let test = TestApp::start().await;
    plant(&test).await;
    let before = test.app.last_position();
    let both = vec![allocate("WO-1", "O-1", "M-1"), allocate("WO-2", "O-1", "M-2")];
    let outcome = test.app.submit(submission(both)).await.unwrap();
    assert!(matches!(outcome.decision, Decision::Refused(_)));
    assert_eq!(test.app.last_position(), before);
    let both = vec![allocate("WO-1", "O-1", "M-1"), allocate("WO-2", "O-2", "M-2")];
    let outcome = test.app.submit(submission(both)).await.unwrap();
    assert!(matches!(outcome.decision, Decision::Applied(done) if done.len() == 2));
}

#[tokio::test]
async fn a_key_answers_as_the_first_time_and_refuses_another_request() {
    let test = TestApp::start().await;
    plant(&test).await;
    let key = |digest| Some(IdempotencyKey { key: "k-1".to_owned(), request_digest: [digest; 32] });
    let mut first = submission(vec![allocate("WO-1", "O-1", "M-1")]);
    first.idempotency = key(1);
    let answered = test.app.submit(first.clone()).await.unwrap();
    let again = test.app.submit(first.clone()).await.unwrap();
    assert!(again.replayed && !answered.replayed);
    assert_eq!((again.position, &again.decision), (answered.position, &answered.decision));
    let elsewhere = test.another_node().await.submit(first.clone()).await.unwrap();
    assert_eq!(elsewhere.decision, answered.decision);
    first.idempotency = key(2);
    let other = test.app.submit(first).await;
    assert!(matches!(other, Err(AppError::IdempotencyMismatch)));
}

#[tokio::test]
async fn the_application_cannot_change_or_delete_events() {
    let test = TestApp::start().await;
    plant(&test).await;
    let owner = test.database.owner().await;
    owner.batch_execute("SET ROLE mraos_app").await.unwrap();
    for sql in [
        "UPDATE events SET actor = 'x' WHERE position = 1",
        "DELETE FROM events WHERE position = 1",
        "TRUNCATE events",
    ] {
        let error = owner.batch_execute(sql).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{sql}");
    }
    owner.batch_execute("RESET ROLE").await.unwrap();
    let error = owner.batch_execute("DELETE FROM events WHERE position = 1").await.unwrap_err();
    assert!(error.as_db_error().unwrap().message().contains("append-only"));
}

#[tokio::test]
async fn a_write_that_misses_a_row_is_refused_whole_and_harms_nobody_else() {
    let test = TestApp::start().await;
    plant(&test).await;
    let owner = test.database.owner().await;
    // The committer still holds O-1 in memory; its row is gone behind its back.
    owner.execute("DELETE FROM operator_status WHERE operator_id = 'O-1'", &[]).await.unwrap();
    let failed = test.app.submit(submission(vec![allocate("WO-1", "O-1", "M-1")])).await;
    assert!(matches!(failed, Err(AppError::Internal(_))), "{failed:?}");
    let events = owner.query_one("SELECT count(*) FROM events", &[]).await.unwrap();
    assert_eq!(events.get::<_, i64>(0), 6, "nothing of it was committed");
    let next = test.allocation(allocate("WO-1", "O-2", "M-1")).await;
    assert_eq!(next.allocation_id.0, 7, "positions stay dense");
}
