//! Tables come back from the log, whatever happened to them, also while nodes work on them.
//!
//! Whether they came back is asked of the same examination that users run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::ToSpan as _;
use jiff::civil::date;
use mraos_app::{Decision, Snapshot};
use mraos_domain::RefusalCode;
use mraos_store::log::finding::FindingCode;
use mraos_testkit::app::submission;
use mraos_testkit::build::*;

use crate::plant::{LoggedPlant, add_shift_on};

const ALL_TABLES: &str = "operator_attendance, production_log_entries, maintenance_schedules, \
    material_reservations, work_order_bom, material_lots, materials, \
    machine_status_changes, allocation_bookings, allocations, reason_codes, skill_requirements, \
    work_order_dependencies, operator_shifts, operator_skills, work_order_status, work_orders, \
    machine_status, machines, operator_status, operator_personal, operators";

#[tokio::test]
async fn emptied_tables_come_back() {
    let plant = LoggedPlant::start().await;
    plant.tamper(&format!("TRUNCATE {ALL_TABLES}")).await;
    assert!(!plant.verify().await.ok);
    let rebuilt = plant.rebuild(false).await;
    assert!(rebuilt.ok);
    assert_eq!(rebuilt.repaired.len(), 21, "{:#?}", rebuilt.repaired);
    let of = |table: &str| rebuilt.repaired.iter().find(|one| one.table == table).unwrap().inserted;
    assert_eq!((of("operators"), of("allocations"), of("operator_skills")), (4, 3, 1));
    assert!(plant.verify().await.ok);
    let again = plant.rebuild(false).await;
    assert!(again.ok && again.repaired.is_empty() && again.differences.is_empty());
}

#[tokio::test]
async fn a_large_table_that_was_emptied_has_its_indexes_again() {
    const FINDERS: &str = "SELECT indexdef FROM pg_indexes WHERE tablename = 'operator_shifts' \
                           UNION SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint \
                           WHERE conrelid = 'operator_shifts'::regclass ORDER BY 1";
    let plant = LoggedPlant::start().await;
    for number in 0..30 {
        let id = format!("O-1{number}");
        let days = (0..340).map(|day| add_shift_on(&id, date(2027, 1, 1) + day.days()));
        let commands = std::iter::once(create_operator(&id)).chain(days).collect();
        let outcome = plant.test.app.submit(submission(commands)).await.unwrap();
        assert!(matches!(outcome.decision, Decision::Applied(_)), "{outcome:?}");
    }
    let owner = plant.test.database.owner().await;
    let finders = async || {
        let rows = owner.query(FINDERS, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
    };
    let shifts = owner.query_one("SELECT count(*) FROM operator_shifts", &[]).await.unwrap();
    let shifts = u64::try_from(shifts.get::<_, i64>(0)).unwrap();
    assert!(shifts > 10_000, "{shifts} are not many");
    let before = finders().await;
    assert!(before.iter().any(|one| one.contains("UNIQUE (operator_id")), "{before:?}");
    plant.tamper("TRUNCATE operator_shifts").await;
    let rebuilt = plant.rebuild(false).await;
    let repaired: Vec<_> = rebuilt.repaired.iter().map(|one| (one.table, one.inserted)).collect();
    assert_eq!(repaired, [("operator_shifts", shifts)]);
    assert_eq!(finders().await, before);
    assert!(plant.verify().await.ok);
}

#[tokio::test]
async fn rows_that_no_event_led_to_go_and_swapped_unique_values_return() {
    let plant = LoggedPlant::start().await;
    plant
        .tamper(
            "INSERT INTO operators SELECT 'O-9', 'E9', hire_date, department, home_location, \
             production_line, parallel_capacity, efficiency_rating, on_time_completion_rate, \
             is_active, version, created_at, created_by, updated_by FROM operators WHERE \
             operator_id = 'O-1'; INSERT INTO operator_personal (operator_id, updated_at) VALUES \
             ('O-9', now()); UPDATE operators SET employee_id = 'x' WHERE operator_id = 'O-1'; \
             UPDATE operators SET employee_id = 'EO-1' WHERE operator_id = 'O-2'; UPDATE operators \
             SET employee_id = 'EO-2' WHERE operator_id = 'O-1'; UPDATE operator_shifts SET \
             start_time = '16:00', starts_at = starts_at + interval '1 hour', shift_date = \
             shift_date - 1 WHERE shift_id = 14; DELETE FROM operator_status WHERE operator_id = \
             'O-3'",
        )
        .await;
    let found = plant.verify().await;
    let code_of = |key: &str| found.findings.iter().find(|one| one.key.as_deref() == Some(key));
    assert_eq!(code_of("O-9").unwrap().code, FindingCode::RowUnknown);
    assert_eq!(code_of("O-9").unwrap().position, None);
    assert_eq!(code_of("O-3").unwrap().code, FindingCode::RowMissing);
    let rebuilt = plant.rebuild(false).await;
    let operators = rebuilt.repaired.iter().find(|one| one.table == "operators").unwrap();
    assert_eq!((operators.changed, operators.inserted, operators.deleted), (2, 0, 1));
    let found = plant.verify().await;
    assert!(found.ok, "{:#?}", found.findings);
}

#[tokio::test]
async fn a_damaged_log_is_not_followed_unless_told_to() {
    let plant = LoggedPlant::start().await;
    plant.sign().await;
    let head = plant.head().await;
    plant.tamper(&format!("DELETE FROM events WHERE position = {head}")).await;
    let refused = plant.rebuild(false).await;
    assert!(!refused.ok && refused.repaired.is_empty(), "{refused:#?}");
    assert_eq!(refused.log_findings[0].code, FindingCode::TailMissing);
    let forced = plant.rebuild(true).await;
    assert!(forced.ok && !forced.repaired.is_empty(), "{forced:#?}");
    // The tables agree with the log now; that its tail is missing stays a finding.
    let found = plant.verify().await;
    assert_eq!(found.findings.len(), 1, "{:#?}", found.findings);
    assert_eq!(found.findings[0].code, FindingCode::TailMissing);
}

#[tokio::test]
async fn a_running_node_forgets_what_it_loaded_before_a_repair() {
    let plant = LoggedPlant::start().await;
    let node = plant.test.another_node().await;
    plant
        .tamper(
            "UPDATE operator_status SET current_status = 'sick', posted_status = 'sick' WHERE \
             operator_id = 'O-2'",
        )
        .await;
    let wanted = || submission(vec![allocate("WO-3", "O-2", "M-3")]);
    let Decision::Refused(refusals) = node.submit(wanted()).await.unwrap().decision else {
        panic!("the tampered row was not believed");
    };
    assert_eq!(refusals[0].code, RefusalCode::OperatorUnavailable);
    assert!(plant.rebuild(false).await.ok);
    let outcome = node.submit(wanted()).await.unwrap();
    assert!(matches!(outcome.decision, Decision::Applied(_)), "{outcome:?}");
    assert!(plant.verify().await.ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repair_catches_up_with_nodes_that_go_on_working() {
    let plant = LoggedPlant::start().await;
    let (app, stop) = (plant.test.app.clone(), Arc::new(AtomicBool::new(false)));
    let stopping = stop.clone();
    let working = tokio::spawn(async move {
        let mut pairs = 0;
        while !stopping.load(Ordering::Relaxed) {
            let wanted = submission(vec![allocate("WO-3", "O-2", "M-3")]);
            let outcome = app.submit(wanted).await.unwrap();
            let Decision::Applied(snapshots) = outcome.decision else { panic!("{outcome:?}") };
            let [Snapshot::Allocation(made)] = snapshots.as_slice() else { panic!() };
            app.submit(submission(vec![release(made.allocation_id)])).await.unwrap();
            // Rows come back into a table that was emptied.
            app.submit(submission(vec![define_reason(
                &format!("code-{}", pairs % 5),
                &format!("Definition {pairs}"),
            )]))
            .await
            .unwrap();
            pairs += 1;
        }
        pairs
    });
    let before = plant.head().await;
    for round in 0..5 {
        // Rows that the node works with are among those that are damaged.
        plant
            .tamper(&format!(
                "UPDATE operators SET department = 'Paint {round}'; UPDATE operator_status SET \
                 last_work_ended_at = NULL; UPDATE allocations SET worked_ms = worked_ms + 1 \
                 WHERE phase = 'ended'; DELETE FROM operator_shifts; DELETE FROM reason_codes; \
                 DELETE FROM machine_status_changes WHERE position % 3 = 0"
            ))
            .await;
        let rebuilt = plant.rebuild(false).await;
        assert!(rebuilt.ok && !rebuilt.repaired.is_empty(), "{rebuilt:#?}");
        let found = plant.verify().await;
        assert!(found.ok, "round {round}: {:#?}", found.findings);
    }
    stop.store(true, Ordering::Relaxed);
    assert!(working.await.unwrap() > 0);
    assert!(plant.head().await > before);
    let found = plant.verify().await;
    assert!(found.ok, "{:#?}", found.findings);
}
