//! The committer on a real PostgreSQL: what is acknowledged is in the log, once, and every node
//! sees it.
//!
//! The clock is turned by hand; nothing sleeps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use mraos_app::{AppError, Clock, Decision, IdempotencyKey, Outcome, Snapshot};
use mraos_domain::command::Reason;
use mraos_domain::{
    Command, Instant, MachineStatus, OperatorStatus, Phase, RefusalCode, State, WorkOrderStatus,
};
use mraos_store::log::Chain;
use mraos_store::{Batch, Expected, Head, StoreError, Writer};
use mraos_testkit::app::{admin, start_app, submission};
use mraos_testkit::build::*;
use mraos_testkit::{HandClock, TestApp, TestPostgres};

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
async fn the_guards_count_what_runs_alone_and_hold_what_is_booked() {
    let test = TestApp::start().await;
    plant(&test).await;
    let mut shared = create_machine("M-3");
    if let Command::CreateMachine { details, .. } = &mut shared {
        details.parallel_capacity = 2;
    }
    test.apply(shared).await;
    let running = test.allocation(allocate("WO-1", "O-1", "M-3")).await.allocation_id;
    let booked = test.allocation(book("WO-2", "O-2", "M-3", "2026-11-24T08:00:00Z")).await;
    let owner = test.database.owner().await;
    let alone = async |table: &str, id: &str| -> i16 {
        let sql = format!("SELECT running_alone FROM {table}_status WHERE {table}_id = $1");
        owner.query_one(&sql, &[&id]).await.unwrap().get(0)
    };
    assert_eq!((alone("operator", "O-1").await, alone("machine", "M-3").await), (1, 0));
    let bookings = "SELECT allocation_id, operator_id, machine_id FROM allocation_bookings";
    let row = owner.query_one(bookings, &[]).await.unwrap();
    let found: (i64, Option<String>, Option<String>) = (row.get(0), row.get(1), row.get(2));
    assert_eq!(found, (booked.allocation_id.0, Some("O-2".to_owned()), None));
    test.allocation(release(running)).await;
    assert_eq!(alone("operator", "O-1").await, 0);
    let cancel = Command::Cancel { allocation_id: booked.allocation_id, reason: Reason::default() };
    test.allocation(cancel).await;
    assert!(owner.query(bookings, &[]).await.unwrap().is_empty());
}

/// Breaks at a call that is chosen, once.
struct BrittleClock {
    hand: HandClock,
    calls_left: Arc<AtomicI64>,
}

impl Clock for BrittleClock {
    fn now(&self) -> Instant {
        assert!(self.calls_left.fetch_sub(1, Ordering::SeqCst) != 1, "a defect");
        self.hand.now()
    }
}

#[tokio::test]
async fn a_panic_costs_its_own_batch_and_leaves_the_committer_alive() {
    let database = TestPostgres::shared().create_database().await;
    let calls_left = Arc::new(AtomicI64::new(-1));
    let hand = HandClock::at("2026-11-23T08:00:00Z");
    let clock = BrittleClock { hand, calls_left: calls_left.clone() };
    let app = start_app(&database, Arc::new(clock)).await;
    let create = |id: String| {
        let app = app.clone();
        tokio::spawn(async move { app.submit(submission(vec![create_operator(&id)])).await })
    };
    // Alone for a while, the node decides ahead of what it writes.
    let mut acknowledged = 0;
    for number in 0..10 {
        create(format!("A-{number}")).await.unwrap().unwrap();
        acknowledged += 1;
    }
    let mut unanswered = 0;
    for round in 1..=8 {
        calls_left.store(round, Ordering::SeqCst);
        let all: Vec<_> = (0..40).map(|number| create(format!("B-{round}-{number}"))).collect();
        for answer in all {
            match answer.await.unwrap() {
                Ok(outcome) => {
                    assert!(matches!(outcome.decision, Decision::Applied(_)), "{outcome:?}");
                    acknowledged += 1;
                }
                Err(AppError::Unavailable) => unanswered += 1,
                Err(error) => panic!("{error}"),
            }
        }
        calls_left.store(-1, Ordering::SeqCst);
        create(format!("C-{round}")).await.unwrap().expect("the committer lives");
        acknowledged += 1;
    }
    assert!(unanswered > 0, "no batch met the defect");
    let owner = database.owner().await;
    let sql = "SELECT count(*), max(position) FROM events";
    let row = owner.query_one(sql, &[]).await.unwrap();
    let logged: (i64, i64) = (row.get(0), row.get(1));
    assert_eq!(logged, (acknowledged, acknowledged), "what is acknowledged is in the log, once");
}

/// A log that ends five positions before its second partition.
async fn log_before_its_next_partition(owner: &tokio_postgres::Client) {
    let last = "INSERT INTO events (position, event_id, entity_type, entity_id, event_type, \
                schema_version, payload, entities, occurred_at, recorded_at, actor, source, \
                digest) VALUES (9999995, gen_random_uuid(), 'x', 'x', 'x', 1, '{}', '[]', \
                '2026-11-20', '2026-11-20', 'x', 'api', sha256('x'))";
    owner.batch_execute(last).await.unwrap();
}

#[tokio::test]
async fn the_log_goes_on_into_its_next_partition() {
    let database = TestPostgres::shared().create_database().await;
    let owner = database.owner().await;
    log_before_its_next_partition(&owner).await;
    let app = start_app(&database, Arc::new(HandClock::at("2026-11-23T08:00:00Z"))).await;
    // As many nodes may, which must not be in each other's way.
    let upkeep = || {
        let store = app.store().clone();
        tokio::spawn(async move { store.upkeep().await })
    };
    for made in (0..8).map(|_| upkeep()).collect::<Vec<_>>() {
        made.await.unwrap().unwrap();
    }
    for number in 0..10 {
        let wanted = submission(vec![create_operator(&format!("O-{number}"))]);
        let outcome = app.submit(wanted).await.unwrap();
        assert_eq!(outcome.position, 9_999_996 + number);
    }
    let next = owner.query_one("SELECT count(*) FROM events_000001", &[]).await.unwrap();
    assert_eq!(next.get::<_, i64>(0), 6, "positions from 10,000,000 on");
}

#[tokio::test]
async fn room_for_the_log_waits_for_no_reader() {
    let database = TestPostgres::shared().create_database().await;
    let owner = database.owner().await;
    let dump = database.owner().await;
    dump.batch_execute("BEGIN; SELECT count(*) FROM events").await.unwrap();
    let app = start_app(&database, Arc::new(HandClock::at("2026-11-23T08:00:00Z"))).await;
    let refused = app.store().upkeep().await.unwrap_err();
    assert!(refused.to_string().contains("lock timeout"), "{refused}");
    let made = "SELECT to_regclass('events_000001') IS NOT NULL";
    assert!(!owner.query_one(made, &[]).await.unwrap().get::<_, bool>(0), "the dump reads on");
    app.submit(submission(vec![create_operator("O-1")])).await.unwrap();
    dump.batch_execute("COMMIT").await.unwrap();
    app.store().upkeep().await.unwrap();
    assert!(owner.query_one(made, &[]).await.unwrap().get::<_, bool>(0));
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

/// Alone for so long that a node decides on the head that it knows, without the lock.
async fn be_alone(test: &TestApp, round: usize) {
    for number in 0..12 {
        test.apply(create_operator(&format!("O-{}", 100 * (round + 1) + number))).await;
    }
}

#[tokio::test]
async fn what_was_decided_without_the_lock_is_decided_again_when_another_node_was_first() {
    let test = TestApp::start().await;
    plant(&test).await;
    let other = test.another_node().await;
    for round in 0..3 {
        be_alone(&test, round).await;
        let theirs = other.submit(submission(vec![allocate("WO-1", "O-1", "M-1")])).await.unwrap();
        let Decision::Applied(snapshots) = theirs.decision else { panic!("refused") };
        let [Snapshot::Allocation(theirs)] = snapshots.as_slice() else { panic!() };
        let refusals = test.refused(allocate("WO-2", "O-1", "M-2")).await;
        assert_eq!(refusals[0].code, RefusalCode::OperatorBooked);
        assert_eq!(refusals[0].allocation_id, Some(theirs.allocation_id));
        test.apply(release(theirs.allocation_id)).await;
    }
    let owner = test.database.owner().await;
    let sql = "SELECT count(*) = max(position) FROM events";
    let is_dense: bool = owner.query_one(sql, &[]).await.unwrap().get(0);
    assert!(is_dense);
}

#[tokio::test]
async fn a_key_answers_as_the_first_time_also_where_nobody_waits_for_the_lock() {
    let test = TestApp::start().await;
    plant(&test).await;
    be_alone(&test, 0).await;
    let mut first = submission(vec![allocate("WO-1", "O-1", "M-1")]);
    first.idempotency = Some(IdempotencyKey { key: "k-1".to_owned(), request_digest: [1; 32] });
    let answered = test.app.submit(first.clone()).await.unwrap();
    be_alone(&test, 1).await;
    let again = test.app.submit(first).await.unwrap();
    assert!(again.replayed && !answered.replayed);
    assert_eq!((again.position, &again.decision), (answered.position, &answered.decision));
}

#[tokio::test]
async fn whoever_resolves_a_lost_commit_shuts_out_what_is_still_under_way() {
    let test = TestApp::start().await;
    plant(&test).await;
    let (lost, resolving) = (writer(&test).await, writer(&test).await);
    let (head, _) = lost.begin(&[]).await.unwrap();
    lost.rollback().await.unwrap();
    let send = |head: Head| {
        let expected = Expected { head: head.clone(), keys: Vec::new() };
        let (lost, batch, state) = (&lost, Batch::default(), State::default());
        async move {
            let chain = Chain::after(&head);
            let writes = lost.prepare(chain, (&batch, &state), Some(expected)).await.unwrap();
            lost.commit(&writes, || ()).await
        }
    };
    send(head.clone()).await.expect("the log is as expected");
    resolving.shut_out().await.unwrap();
    let waiting = send(head.clone());
    let resolved = async {
        let (position, event_id) = (head.position, head.event_id.unwrap());
        assert!(resolving.holds(position, event_id).await.unwrap());
        assert!(!resolving.holds(position, uuid::Uuid::nil()).await.unwrap());
        resolving.end().await.unwrap();
    };
    let (sent, ()) = tokio::join!(waiting, resolved);
    assert!(matches!(sent, Err(StoreError::Overtaken(_))), "{sent:?}");
    // What was known of the log before is forgotten, and the work goes on.
    test.allocation(allocate("WO-1", "O-1", "M-1")).await;
}

/// Whoever defines a reason code waits in its COMMIT as long as somebody holds this lock; the code
/// `refused` is refused there.
const HOLD_COMMITS: &str = "CREATE FUNCTION wait_in_commit() RETURNS trigger LANGUAGE plpgsql AS \
    $$ BEGIN PERFORM pg_advisory_xact_lock(4711); IF NEW.reason_code = 'refused' THEN RAISE \
    check_violation; END IF; RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER \
    wait AFTER INSERT ON reason_codes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION \
    wait_in_commit(); SELECT pg_advisory_lock(4711)";

/// A test that has waited so long for a session fails instead of waiting for ever.
const MOST_WAITED: Duration = Duration::from_secs(30);

/// The session that waits where `sql` says, once there is one.
async fn waiting_session(owner: &tokio_postgres::Client, sql: &str) -> i32 {
    let sql = format!("SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND {sql}");
    let waiting = async {
        loop {
            if let Some(row) = owner.query_opt(&sql, &[]).await.unwrap() {
                return row.get(0);
            }
        }
    };
    tokio::time::timeout(MOST_WAITED, waiting).await.expect("no session waits there")
}

type Outcomes = [tokio::task::JoinHandle<Result<Outcome, AppError>>; 2];

/// Defines `code`, and allocates in a batch that is sent behind that; the session in whose COMMIT
/// the first of them waits.
async fn two_under_way(
    test: &TestApp,
    owner: &tokio_postgres::Client,
    code: &str,
) -> (Outcomes, i32) {
    plant(test).await;
    be_alone(test, 0).await;
    owner.batch_execute(HOLD_COMMITS).await.unwrap();
    let submit = |command: Command| {
        let app = test.app.clone();
        tokio::spawn(async move { app.submit(submission(vec![command])).await })
    };
    // Another writer has the lock: the first batch is sent and waits, the second is decided.
    let other = writer(test).await;
    other.begin(&[]).await.unwrap();
    let first = submit(define_reason(code, "Waits"));
    waiting_session(owner, "query LIKE '%lock_log_as_expected%'").await;
    let second = submit(allocate("WO-1", "O-1", "M-1"));
    other.rollback().await.unwrap();
    // The first is in its COMMIT, and the second is on its way behind it.
    let pid = waiting_session(owner, "query = 'COMMIT'").await;
    ([first, second], pid)
}

/// How often each was recorded, and whether nothing is missing between events.
async fn recorded(owner: &tokio_postgres::Client) -> (i64, i64, bool) {
    let sql = "SELECT count(*) FILTER (WHERE event_type = 'reason_code_defined'), count(*) FILTER \
               (WHERE event_type = 'allocation_created'), count(*) = max(position) FROM events";
    let row = owner.query_one(sql, &[]).await.unwrap();
    (row.get(0), row.get(1), row.get(2))
}

#[tokio::test]
async fn two_batches_that_were_lost_with_their_session_happen_once_each() {
    let test = TestApp::start().await;
    let owner = test.database.owner().await;
    let (outcomes, pid) = two_under_way(&test, &owner, "held").await;
    owner.execute("SELECT pg_terminate_backend($1)", &[&pid]).await.unwrap();
    owner.execute("SELECT pg_advisory_unlock(4711)", &[]).await.unwrap();
    for one in outcomes {
        let outcome = one.await.unwrap().unwrap();
        assert!(matches!(outcome.decision, Decision::Applied(_)), "{outcome:?}");
    }
    assert_eq!(recorded(&owner).await, (1, 1, true));
}

#[tokio::test]
async fn a_batch_behind_one_that_is_refused_happens_all_the_same() {
    let test = TestApp::start().await;
    let owner = test.database.owner().await;
    let ([first, second], _) = two_under_way(&test, &owner, "refused").await;
    owner.execute("SELECT pg_advisory_unlock(4711)", &[]).await.unwrap();
    let refused = first.await.unwrap();
    assert!(matches!(refused, Err(AppError::Internal(_))), "{refused:?}");
    let outcome = second.await.unwrap().unwrap();
    assert!(matches!(outcome.decision, Decision::Applied(_)), "{outcome:?}");
    assert_eq!(recorded(&owner).await, (0, 1, true));
    // It is not left in memory either: where nothing stands in its way it is news, and is written.
    owner.batch_execute("DROP TRIGGER wait ON reason_codes").await.unwrap();
    let again = submission(vec![define_reason("refused", "Waits")]);
    assert!(test.app.submit(again).await.unwrap().changed);
    assert_eq!(recorded(&owner).await, (1, 1, true));
}

async fn writer(test: &TestApp) -> Writer {
    Writer::connect(&test.database.options).await.unwrap()
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
