//! Material on a real database: rows follow from the log, in the same commit as the work.
//!
//! The rules themselves are tested in the domain; here it is the tables and the nodes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::civil::date;
use mraos_app::{Decision, Snapshot};
use mraos_domain::command::StockTransaction;
use mraos_domain::event::StockReference;
use mraos_domain::{Command, Cost, RefusalCode, Text, TransactionType};
use mraos_testkit::TestApp;
use mraos_testkit::app::{admin, submission};
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

/// On hand, set aside and free by the lots, and set aside by reservations and by the bills.
async fn told(test: &TestApp) -> [String; 5] {
    let client = test.database.owner().await;
    let sql = "SELECT on_hand_quantity::text, allocated_quantity::text, available_quantity::text, \
               (SELECT coalesce(sum(quantity_reserved - quantity_consumed - quantity_released), \
               0.000)::text FROM material_reservations r WHERE r.material_id = s.material_id AND \
               status = 'active'), (SELECT sum(quantity_allocated)::text FROM \
               work_order_bom_allocation b WHERE b.material_id = s.material_id) FROM \
               material_stock s";
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
    assert_eq!(told(&test).await, ["30.000", "20.000", "10.000", "20.000", "20.000"]);
    test.clock.advance_minutes(5);
    test.apply(release(allocation.allocation_id)).await;
    assert_eq!(told(&test).await, ["30.000", "0.000", "30.000", "0.000", "0.000"]);
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
        "UPDATE material_lots SET reserved_quantity = quantity + 0.001",
        "UPDATE material_lots SET reserved_quantity = -1",
        "UPDATE material_lots SET quantity = 0",
        "UPDATE work_order_bom SET quantity_consumed = -1",
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
    assert_eq!(told(&test).await, ["30.000", "20.000", "10.000", "20.000", "20.000"]);
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

#[tokio::test]
async fn every_movement_is_a_row_that_can_be_read_alone() {
    use TransactionType as T;
    fn text<const MAX: usize>(value: &str) -> Text<MAX> {
        Text::new(value).unwrap()
    }
    let test = TestApp::start().await;
    for command in [
        create_operator("O-1"),
        create_machine("M-1"),
        create_work_order("WO-1"),
        create_work_order("WO-2"),
        create_material("MAT-1"),
        need("WO-1", "MAT-1", "6"),
        need("WO-2", "MAT-1", "3"),
        define_reason("COUNTED", "Counted by hand"),
    ] {
        test.apply(command).await;
    }
    let moved = |kind, amount, order, change: fn(&mut StockTransaction)| {
        let mut command = move_stock("MAT-1", kind, amount, order);
        if let Command::MoveStock { transaction, .. } = &mut command {
            change(transaction);
        }
        command
    };
    test.apply(moved(T::Receipt, "10", None, |receipt| {
        receipt.to_location = Some(text("A-1"));
        receipt.lot.batch_number = Some(text("B7"));
        receipt.lot.lot_number = Some(text("L1"));
        receipt.lot.expiration_date = Some(date(2027, 5, 1));
        receipt.unit_cost = Some(Cost::new("3.1".parse().unwrap()).unwrap());
        let (reference_type, reference_id) = (text("PurchaseOrder"), text("PO-1"));
        receipt.reference = Some(StockReference { reference_type, reference_id });
    }))
    .await;
    let made = test.app.submit(submission(vec![moved(T::Reservation, "6", Some("WO-1"), |_| ())]));
    let made = made.await.unwrap().position;
    test.apply(moved(T::Transfer, "4", None, |transfer| transfer.to_location = Some(text("A-2"))))
        .await;
    test.apply(moved(T::Release, "1", Some("WO-1"), |_| ())).await;
    test.apply(moved(T::Issue, "2", Some("WO-1"), |_| ())).await;
    test.apply(moved(T::Issue, "3", Some("WO-2"), |_| ())).await;
    test.apply(moved(T::Adjustment, "-1", None, |_| ())).await;
    test.apply(moved(T::Adjustment, "2.5", None, |found| {
        found.lot.location = Some(text("A-1"));
        found.reason.reason_code = Some(text("COUNTED"));
    }))
    .await;
    let client = test.database.owner().await;
    let sql = "SELECT concat_ws(' ', transaction_type, quantity, coalesce(from_location, '-') || \
               '>' || coalesce(to_location, '-'), unit_cost, reference_type, reference_id, \
               batch_number, lot_number, expiration_date, 'held by ' || reservation_id, \
               reason_code), performed_by, transaction_date = created_at, material_id FROM \
               inventory_transactions ORDER BY transaction_id";
    let rows = client.query(sql, &[]).await.unwrap();
    let lot = "B7 L1 2027-05-01";
    let expected = [
        format!("receipt 10.000 ->A-1 3.1000 PurchaseOrder PO-1 {lot}"),
        format!("reservation 6.000 A-1>A-1 WorkOrder WO-1 {lot} held by {made}"),
        format!("transfer 4.000 A-1>A-2 {lot}"),
        format!("release 1.000 A-1>A-1 WorkOrder WO-1 {lot} held by {made}"),
        format!("issue 2.000 A-1>- WorkOrder WO-1 {lot} held by {made}"),
        format!("issue 1.000 A-1>- WorkOrder WO-2 {lot}"),
        format!("issue 2.000 A-2>- WorkOrder WO-2 {lot}"),
        format!("adjustment -1.000 A-2>- {lot}"),
        "adjustment 2.500 ->A-1 COUNTED".to_owned(),
    ];
    let told: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(told, expected);
    for row in rows {
        assert_eq!((row.get::<_, &str>(1), row.get::<_, &str>(3)), ("S-042", "MAT-1"));
        assert!(row.get::<_, bool>(2));
    }
}

#[tokio::test]
async fn a_material_says_when_it_or_its_stock_changed_last_also_once_it_is_read_anew() {
    let test = furnished().await;
    let Command::CreateMaterial { material_id, mut details } = create_material("MAT-1") else {
        unreachable!()
    };
    details.safety_stock_level = Some(quantity("15"));
    let id = material_id.clone();
    test.apply(Command::ChangeMaterial { material_id, expected_version: None, details }).await;
    let short = "SELECT below_safety_since FROM materials WHERE below_safety_since IS NOT NULL";
    let client = test.database.owner().await;
    assert!(client.query(short, &[]).await.unwrap().is_empty());
    for order in ["WO-1", "WO-2"] {
        test.clock.advance_minutes(5);
        let claim = move_stock("MAT-1", TransactionType::Reservation, "9", Some(order));
        let outcome = test.app.submit(submission(vec![claim])).await.unwrap();
        let now = test.app.now();
        let other = test.another_node().await;
        let found = other.reads().find_material(&admin(), &id).await.unwrap().unwrap();
        assert_eq!((found.updated_at, found.position), (now, outcome.position));
        other.shut_down().await;
        let sql = "SELECT updated_at FROM material_stock";
        let told: jiff::Timestamp = client.query_one(sql, &[]).await.unwrap().get(0);
        assert_eq!(told, now.timestamp());
    }
    assert_eq!(client.query(short, &[]).await.unwrap().len(), 1, "12 of 15 are free");
    test.apply(move_stock("MAT-1", TransactionType::Receipt, "3", None)).await;
    assert!(client.query(short, &[]).await.unwrap().is_empty(), "15 of 15");
}
