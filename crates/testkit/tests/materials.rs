//! Material on a real database: rows follow from the log, in the same commit as the work.
//!
//! The rules themselves are tested in the domain; here it is the tables and the nodes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use mraos_app::{Decision, Snapshot};
use mraos_domain::{Command, RefusalCode, TransactionType};
use mraos_testkit::TestApp;
use mraos_testkit::app::submission;
use mraos_testkit::build::*;

async fn furnished() -> TestApp {
    let test = TestApp::start().await;
    for command in [
        create_operator("O-1"),
        create_machine("M-1"),
        create_work_order("WO-1"),
        create_work_order("WO-2"),
        create_material("MAT-1"),
        move_stock("MAT-1", TransactionType::Receipt, "30", None),
        need("WO-1", "MAT-1", "20"),
        need("WO-2", "MAT-1", "20"),
    ] {
        test.apply(command).await;
    }
    test
}

/// On hand, set aside and free by the tables: the sums, and what lots and reservations add up to.
async fn told(test: &TestApp) -> [String; 5] {
    let client = test.database.owner().await;
    let sql = "SELECT on_hand_quantity::text, allocated_quantity::text, available_quantity::text, \
               (SELECT sum(quantity)::text FROM material_lots l WHERE l.material_id = \
               s.material_id), (SELECT coalesce(sum(quantity_reserved - quantity_consumed - \
               quantity_released), 0.000)::text FROM material_reservations r WHERE r.material_id = \
               s.material_id AND status = 'active') FROM material_stock s";
    let row = client.query_one(sql, &[]).await.unwrap();
    [0, 1, 2, 3, 4].map(|column| row.get::<_, String>(column))
}

#[tokio::test]
async fn an_allocation_sets_aside_and_a_release_gives_back_in_one_commit_each() {
    let test = furnished().await;
    let outcome = test.submit(allocate("WO-1", "O-1", "M-1")).await;
    let Decision::Applied(snapshots) = outcome.decision else { panic!("refused") };
    let Snapshot::Allocation(allocation) = &snapshots[0] else { panic!("{snapshots:?}") };
    assert_eq!(outcome.position, allocation.allocation_id.0 + 1, "two events, one answer");
    assert_eq!(told(&test).await, ["30.000", "20.000", "10.000", "30.000", "20.000"]);
    test.clock.advance_minutes(5);
    test.apply(release(allocation.allocation_id)).await;
    assert_eq!(told(&test).await, ["30.000", "0.000", "30.000", "30.000", "0.000"]);
    let client = test.database.owner().await;
    let sql = "SELECT status, quantity_released::text FROM material_reservations";
    let row = client.query_one(sql, &[]).await.unwrap();
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("released", "20.000"));
}

#[tokio::test]
async fn another_node_sees_what_is_set_aside() {
    let test = furnished().await;
    let other = test.another_node().await;
    let claim = |order| move_stock("MAT-1", TransactionType::Reservation, "20", Some(order));
    test.apply(claim("WO-1")).await;
    let outcome = other.submit(submission(vec![claim("WO-2")])).await.unwrap();
    let Decision::Refused(refusals) = outcome.decision else { panic!("set aside twice") };
    assert_eq!(refusals[0].code, RefusalCode::MaterialShort);
    assert_eq!(refusals[0].actual.as_deref(), Some("10.000"));
    other.shut_down().await;
}

#[tokio::test]
async fn a_refused_submission_moves_nothing() {
    let test = furnished().await;
    let kinds = [TransactionType::Receipt, TransactionType::Issue, TransactionType::Adjustment];
    let mut commands: Vec<_> =
        kinds.iter().map(|kind| move_stock("MAT-1", *kind, "7", None)).collect();
    commands.push(move_stock("MAT-1", TransactionType::Issue, "1000", None));
    let outcome = test.app.submit(submission(commands)).await.unwrap();
    assert!(matches!(outcome.decision, Decision::Refused(_)));
    assert_eq!(told(&test).await[0], "30.000");
    let client = test.database.owner().await;
    let rows = client.query("SELECT FROM inventory_transactions", &[]).await.unwrap();
    assert_eq!(rows.len(), 1, "the first receipt alone");
}

#[tokio::test]
async fn the_database_itself_refuses_more_claims_than_goods() {
    let test = furnished().await;
    let client = test.database.owner().await;
    for sql in [
        "UPDATE material_stock SET allocated_quantity = on_hand_quantity + 0.001",
        "UPDATE material_lots SET reserved_quantity = quantity + 0.001",
        "UPDATE material_stock SET on_hand_quantity = -1",
    ] {
        let error = client.execute(sql, &[]).await.unwrap_err();
        assert!(error.as_db_error().unwrap().constraint().unwrap().starts_with("chk_"), "{sql}");
    }
}

#[tokio::test]
async fn a_booking_gets_its_material_when_it_comes_near_and_loses_what_expires() {
    let test = furnished().await;
    let Command::Allocate(mut far) = allocate("WO-1", "O-1", "M-1") else { unreachable!() };
    far.expected_start_time = Some(test.app.now().plus_minutes(4_320 + 60));
    far.expected_duration_minutes = Some(60);
    test.allocation(Command::Allocate(far)).await;
    assert_eq!(told(&test).await[1], "0.000");
    assert_eq!(test.app.supply().await.unwrap(), 0, "too far away");
    test.clock.advance_minutes(90);
    assert_eq!(test.app.supply().await.unwrap(), 1);
    assert_eq!(told(&test).await, ["30.000", "20.000", "10.000", "30.000", "20.000"]);
    assert_eq!(test.app.supply().await.unwrap(), 0, "once is enough");

    let mut claim = move_stock("MAT-1", TransactionType::Reservation, "5", Some("WO-2"));
    if let Command::MoveStock { transaction, .. } = &mut claim {
        transaction.expected_consumption_date = Some(test.app.now().plus_minutes(10));
    }
    test.apply(claim).await;
    assert_eq!(test.app.supply().await.unwrap(), 0, "it may still be used");
    test.clock.advance_minutes(25 * 60);
    assert_eq!(test.app.supply().await.unwrap(), 1);
    let client = test.database.owner().await;
    let sql = "SELECT count(*) FROM material_reservations WHERE status = 'expired'";
    assert_eq!(client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0), 1);
}
