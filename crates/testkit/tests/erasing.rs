//! Erasing on a real database: what an interrupted erasure leaves, what an earlier version stored.
//!
//! Whether anything shows in files and frames is tested on the binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use mraos_app::{Decision, PersonalData, free_text};
use mraos_domain::command::Reason;
use mraos_domain::{Command, OperatorId, OperatorStatus};
use mraos_testkit::app::{TestApp, submission};
use mraos_testkit::build;

const COUNT_KEYS: &str = "SELECT count(*) FROM operator_personal WHERE wrapped_key IS NOT NULL";
const COUNT_TEXTS: &str = "SELECT count(*) FROM event_texts";

async fn count(test: &TestApp, query: &str) -> i64 {
    test.database.owner().await.query_one(query, &[]).await.unwrap().get(0)
}

fn operator_id() -> OperatorId {
    OperatorId::new("O-1").unwrap()
}

/// An operator with a name and a text about an illness.
async fn with_person() -> TestApp {
    let test = TestApp::start().await;
    let person = PersonalData { first_name: "Ada".to_owned(), ..PersonalData::default() };
    let mut create = submission(vec![build::create_operator("O-1")]);
    create.attachments.push(test.app.vault().seal(&operator_id(), &person).unwrap());
    test.app.submit(create).await.unwrap();
    let (text, stored) = free_text::attach("a fever");
    let ill = Command::SetOperatorStatus {
        operator_id: operator_id(),
        status: OperatorStatus::Sick,
        reason: Reason { reason_code: None, text: Some(text) },
    };
    let mut ill = submission(vec![ill]);
    ill.attachments.push(stored);
    test.app.submit(ill).await.unwrap();
    test
}

#[tokio::test]
async fn an_interrupted_erasure_is_finished_by_the_next_start() {
    let test = with_person().await;
    assert_eq!((count(&test, COUNT_KEYS).await, count(&test, COUNT_TEXTS).await), (1, 1));
    // The event has got into the log, and then the node was killed.
    let owner = test.database.owner().await;
    owner
        .batch_execute(
            "CREATE TABLE kept AS TABLE event_texts; CREATE TABLE sealed AS TABLE \
             operator_personal",
        )
        .await
        .unwrap();
    let erase = submission(vec![Command::EraseOperator { operator_id: operator_id() }]);
    let erased = test.app.submit(erase).await.unwrap();
    assert!(matches!(erased.decision, Decision::Applied(_)) && erased.changed);
    owner
        .batch_execute(
            "INSERT INTO event_texts SELECT * FROM kept; UPDATE operator_personal p SET \
             wrapped_key = s.wrapped_key, sealed = s.sealed, traces_erased_at = NULL FROM sealed s",
        )
        .await
        .unwrap();
    assert_eq!((count(&test, COUNT_KEYS).await, count(&test, COUNT_TEXTS).await), (1, 1));
    let next = test.another_node().await;
    assert_eq!((count(&test, COUNT_KEYS).await, count(&test, COUNT_TEXTS).await), (0, 0));
    next.shut_down().await;
}

#[tokio::test]
async fn a_refused_erasure_destroys_nothing() {
    let test = with_person().await;
    test.apply(build::create_machine("M-1")).await;
    test.apply(build::create_work_order("WO-1")).await;
    let well = Command::SetOperatorStatus {
        operator_id: operator_id(),
        status: OperatorStatus::Available,
        reason: Reason::default(),
    };
    test.apply(well).await;
    test.allocation(build::allocate("WO-1", "O-1", "M-1")).await;
    test.refused(Command::EraseOperator { operator_id: operator_id() }).await;
    assert_eq!((count(&test, COUNT_KEYS).await, count(&test, COUNT_TEXTS).await), (1, 1));
}

#[tokio::test]
async fn texts_of_an_earlier_version_are_sealed_by_the_next_start() {
    let test = with_person().await;
    let owner = test.database.owner().await;
    owner
        .batch_execute("UPDATE event_texts SET body = 'as it was written', is_sealed = false")
        .await
        .unwrap();
    let next = test.another_node().await;
    let row = owner.query_one("SELECT text_id, body FROM event_texts", &[]).await.unwrap();
    let (id, body): (uuid::Uuid, String) = (row.get(0), row.get(1));
    assert!(!body.contains("written"), "{body}");
    assert_eq!(next.reads().texts(&[id]).await.unwrap()[&id], "as it was written");
    next.shut_down().await;
}
