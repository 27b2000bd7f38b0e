//! Each kind of damage is found, named, and nothing else is.
//!
//! The positions are those of the plant that every test starts from.

use mraos_app::Decision;
use mraos_domain::{Command, Text};
use mraos_store::log::finding::FindingCode;
use mraos_store::log::verify::Verification;
use mraos_testkit::app::submission;
use mraos_testkit::build::{create_operator, operator_id};

use crate::plant::LoggedPlant;

#[track_caller]
fn assert_first(found: &Verification, code: FindingCode, position: i64) {
    assert!(!found.ok);
    assert_eq!(found.findings[0].code, code, "{:#?}", found.findings);
    assert_eq!(found.first_bad_position, Some(position), "{:#?}", found.findings);
    assert_eq!(found.finding.as_deref(), Some(found.findings[0].detail.as_str()));
}

#[tokio::test]
async fn a_log_as_it_was_written_is_whole_and_the_tables_agree() {
    let plant = LoggedPlant::start().await;
    plant.sign().await;
    let found = plant.verify().await;
    assert!(found.ok, "{:#?}", found.findings);
    assert!(found.tables_compared);
    assert_eq!((found.position, found.events), (plant.head().await, plant.head().await));
    assert_eq!(found.checkpoints, 1, "table and file say the same");
    assert_eq!((found.first_bad_position, found.finding), (None, None));
    assert_eq!(found.tables_compared_by_row, 0, "the same values are the same bytes");
}

#[tokio::test]
async fn a_log_without_events_is_whole() {
    let test = mraos_testkit::TestApp::start().await;
    let key = mraos_store::log::checkpoint::CheckpointKey::derive(&[7; 32]).unwrap();
    let witness = mraos_store::log::verify::Witness { key, checkpoints: Vec::new() };
    let found = mraos_store::log::verify::verify(&test.database.options, witness, &|_| ()).await;
    let found = found.unwrap();
    assert!(found.ok && found.tables_compared && found.position == 0, "{found:#?}");
}

#[tokio::test]
async fn a_payload_that_was_edited_is_named() {
    let plant = LoggedPlant::start().await;
    plant
        .tamper(
            "UPDATE events SET payload = jsonb_set(payload, '{details,employee_id}', '\"X-1\"') \
             WHERE position = 4",
        )
        .await;
    let found = plant.verify().await;
    assert_first(&found, FindingCode::DigestMismatch, 4);
    assert_eq!(found.findings.len(), 1, "{:#?}", found.findings);
    assert!(!found.tables_compared);
}

#[tokio::test]
async fn every_column_of_a_row_is_covered() {
    let plant = LoggedPlant::start().await;
    for change in [
        "event_id = gen_random_uuid()",
        "entity_id = 'O-9'",
        "schema_version = 1 + schema_version",
        "entities = '[]'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 microsecond'",
        "recorded_at = 'infinity'",
        "actor = 'somebody'",
        "source = 'integration'",
        "correlation_id = 'other'",
        "digest = sha256(digest)",
    ] {
        let column = change.split(' ').next().unwrap();
        plant
            .tamper(&format!(
                "CREATE TABLE kept AS SELECT {column} AS value FROM events WHERE position = 5; \
                 UPDATE events SET {change} WHERE position = 5"
            ))
            .await;
        let found = plant.verify().await;
        assert_first(&found, FindingCode::DigestMismatch, 5);
        plant
            .tamper(&format!(
                "UPDATE events SET {column} = (SELECT value FROM kept) WHERE position = 5; DROP \
                 TABLE kept"
            ))
            .await;
    }
    assert!(plant.verify().await.ok);
}

#[tokio::test]
async fn swapped_rows_are_named() {
    let plant = LoggedPlant::start().await;
    plant
        .tamper(
            "UPDATE events SET position = 9000 WHERE position = 6; UPDATE events SET position = 6 \
             WHERE position = 8; UPDATE events SET position = 8 WHERE position = 9000",
        )
        .await;
    assert_first(&plant.verify().await, FindingCode::DigestMismatch, 6);
}

#[tokio::test]
async fn a_missing_row_is_named() {
    let plant = LoggedPlant::start().await;
    plant.tamper("DELETE FROM events WHERE position = 7").await;
    assert_first(&plant.verify().await, FindingCode::PositionGap, 7);
    plant.tamper("UPDATE events SET position = 0 WHERE position = 1").await;
    assert_first(&plant.verify().await, FindingCode::PositionGap, 0);
}

#[tokio::test]
async fn a_cut_tail_is_known_from_signatures_and_from_rows() {
    let plant = LoggedPlant::start().await;
    plant.sign().await;
    let head = plant.head().await;
    plant.tamper(&format!("DELETE FROM events WHERE position > {}", head - 3)).await;
    let found = plant.verify().await;
    assert_first(&found, FindingCode::TailMissing, head - 2);
    assert!(found.findings.iter().any(|one| one.code == FindingCode::RowBeyondLog));

    // The intruder thinks of the table of checkpoints, but cannot reach the file.
    plant.tamper("DELETE FROM checkpoints").await;
    assert_first(&plant.verify().await, FindingCode::TailMissing, head - 2);

    std::fs::remove_file(plant.checkpoint_file()).unwrap();
    let found = plant.verify().await;
    assert_first(&found, FindingCode::RowBeyondLog, head - 2);
    assert!(found.findings.iter().all(|one| one.code == FindingCode::RowBeyondLog));
}

#[tokio::test]
async fn a_chain_forged_anew_contradicts_what_was_signed() {
    let plant = LoggedPlant::start().await;
    let events = plant.test.app.store().events_after(0, 1_000).await.unwrap();
    plant.sign().await;
    let mut previous: [u8; 32] = events[3].digest.clone().try_into().unwrap();
    let mut forgery = String::from("UPDATE events SET actor = 'somebody' WHERE position = 5;");
    for stored in &events[4..] {
        let mut row = stored.row.clone();
        if stored.row.position == 5 {
            row.actor = "somebody".to_owned();
        }
        previous = row.digest(&previous, &mut Vec::new()).unwrap();
        forgery.push_str(&format!(
            "UPDATE events SET digest = '\\x{}' WHERE position = {};",
            hex::encode(previous),
            stored.row.position
        ));
    }
    plant.tamper(&forgery).await;
    // What is not vouched for begins at the first position: nothing was signed before.
    assert_first(&plant.verify().await, FindingCode::HistoryRewritten, 1);

    let forged = format!(
        "UPDATE checkpoints SET digest = '\\x{}'; UPDATE events SET position = position",
        hex::encode(previous)
    );
    plant.tamper(&forged).await;
    std::fs::remove_file(plant.checkpoint_file()).unwrap();
    assert_first(&plant.verify().await, FindingCode::CheckpointForged, plant.head().await);
}

#[tokio::test]
async fn an_event_that_this_program_cannot_read_is_named() {
    let plant = LoggedPlant::start().await;
    plant.tamper("UPDATE events SET payload = '{\"x\": 1}' WHERE position = 3").await;
    let found = plant.verify().await;
    assert_eq!(found.first_bad_position, Some(3));
    let codes: Vec<FindingCode> = found.findings.iter().map(|one| one.code).collect();
    assert!(codes.contains(&FindingCode::UnreadableEvent), "{:#?}", found.findings);
}

#[tokio::test]
async fn a_row_changed_behind_the_log_is_named_with_its_values() {
    let plant = LoggedPlant::start().await;
    let changes = [
        ("operators", "department = 'Paint'", "operator_id = 'O-2'", "O-2", Some(13)),
        ("operator_status", "current_status = 'sick'", "operator_id = 'O-3'", "O-3", Some(23)),
        ("machines", "machine_name = 'Other'", "machine_id = 'M-3'", "M-3", Some(8)),
        ("machine_status", "open_allocations = '{}'", "machine_id = 'M-2'", "M-2", Some(23)),
        ("work_orders", "due_date = due_date + interval '1 day'", "true", "WO-1", Some(3)),
        ("work_order_status", "quantity_produced = 1", "work_order_id = 'WO-2'", "WO-2", Some(23)),
        ("operator_skills", "proficiency_level = 4", "true", "11", Some(11)),
        (
            "operator_shifts",
            "ends_at = ends_at + interval '1 hour'",
            "shift_id = 14",
            "14",
            Some(14),
        ),
        ("work_order_dependencies", "is_mandatory = false", "true", "16", Some(16)),
        ("skill_requirements", "minimum_level = 1", "true", "17", Some(17)),
        ("reason_codes", "is_active = false", "true", "jam", Some(18)),
        ("allocations", "worked_ms = worked_ms + 1", "allocation_id = 19", "19", Some(24)),
        ("allocation_bookings", "machine_id = NULL", "true", "26", Some(26)),
    ];
    for (table, change, wanted, key, position) in changes {
        plant.tamper(&format!("UPDATE {table} SET {change} WHERE {wanted}")).await;
        let found = plant.verify().await;
        let first = &found.findings[0];
        assert_eq!(first.code, FindingCode::RowChanged, "{table}: {:#?}", found.findings);
        assert_eq!((first.table, first.key.as_deref()), (Some(table), Some(key)));
        assert_eq!(first.position, position, "{first:?}");
        let column = change.split(' ').next().unwrap();
        assert!(first.detail.contains(&format!("{column} is ")), "{}", first.detail);
        let repaired = plant.rebuild(false).await;
        assert!(repaired.ok && repaired.repaired.len() == 1, "{repaired:#?}");
    }
    assert!(plant.verify().await.ok);
}

#[tokio::test]
async fn a_refused_group_beside_others_leaves_no_trace_in_the_tables() {
    let plant = LoggedPlant::start().await;
    let remove = |code: &str| Command::RemoveSkill {
        operator_id: operator_id("O-1"),
        skill_code: Text::new(code).unwrap(),
    };
    // The first removal is decided and then undone, because the second is refused. Submissions
    // that wait while a batch is written share the next one.
    let waiting: Vec<_> = (0..60)
        .map(|number| {
            let app = plant.test.app.clone();
            let commands = match number % 2 {
                0 => vec![remove("WELD\\1"), remove("NONE")],
                _ => vec![create_operator(&format!("O-{}", 100 + number))],
            };
            tokio::spawn(async move { app.submit(submission(commands)).await.unwrap() })
        })
        .collect();
    for (number, one) in waiting.into_iter().enumerate() {
        let refused = matches!(one.await.unwrap().decision, Decision::Refused(_));
        assert_eq!(refused, number % 2 == 0);
    }
    let found = plant.verify().await;
    assert!(found.ok, "{:#?}", found.findings);
}
