//! The migrated schema against the specification's: tables, columns, checks, unique keys, indexes.
//!
//! Written out from the specification's text, not read from the migrations. Where the schema
//! differs on purpose, the difference stands here with its decision record or reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use mraos_testkit::TestPostgres;
use tokio_postgres::Client;

/// A table of the specification, the tables that hold its columns here, and the columns.
struct Table {
    name: &'static str,
    here: &'static [&'static str],
    columns: &'static str,
}

const TABLES: [Table; 14] = [
    Table {
        name: "operators",
        // 0011: what changes with the work; names and contacts are sealed as one value.
        here: &["operators", "operator_status"],
        columns: "operator_id employee_id hire_date department home_location current_status \
                  status_updated_at efficiency_rating on_time_completion_rate created_at \
                  updated_at created_by updated_by is_active",
    },
    Table {
        name: "operator_skills",
        here: &["operator_skills"],
        columns: "operator_skill_id operator_id skill_code skill_name proficiency_level \
                  certification_date certification_expiry certified_by created_at",
    },
    Table {
        name: "operator_shifts",
        here: &["operator_shifts"],
        columns: "shift_id operator_id shift_name shift_date start_time end_time break_start \
                  break_end actual_clock_in actual_clock_out status created_at",
    },
    Table {
        name: "machines",
        here: &["machines", "machine_status", "machine_figures"],
        columns: "machine_id machine_name machine_type manufacturer model_number serial_number \
                  production_line zone physical_location product_types max_capacity_per_hour \
                  current_status status_updated_at overall_equipment_effectiveness \
                  uptime_percentage last_maintenance_date next_maintenance_date \
                  maintenance_hours_remaining installation_date warranty_expiry is_active \
                  created_at updated_at",
    },
    Table {
        // A view: a period ends where the machine's next row begins.
        name: "machine_status_history",
        here: &["machine_status_history"],
        columns: "status_id machine_id status previous_status started_at ended_at \
                  duration_minutes reason_code reason_description reported_by created_at",
    },
    Table {
        name: "materials",
        // 0053: what there is of a material is the sum of its lots, as a view.
        here: &["materials", "material_stock"],
        columns: "material_id part_number part_name description category unit_of_measure \
                  standard_cost currency on_hand_quantity allocated_quantity available_quantity \
                  safety_stock_level reorder_point economic_order_quantity shelf_life_days \
                  requires_fifo requires_fefo primary_warehouse primary_location is_active \
                  is_hazardous created_at updated_at",
    },
    Table {
        name: "inventory_transactions",
        // 0053: a view of the log. `notes` is free text: a row has where it is kept and its digest.
        here: &["inventory_transactions"],
        columns: "transaction_id material_id transaction_type transaction_date quantity unit_cost \
                  reference_type reference_id from_location to_location batch_number lot_number \
                  expiration_date performed_by notes_text_id created_at",
    },
    Table {
        name: "material_reservations",
        here: &["material_reservations"],
        columns: "reservation_id material_id work_order_id quantity_reserved reservation_date \
                  expected_consumption_date status batch_number lot_number reserved_by released_at \
                  released_by created_at updated_at",
    },
    Table {
        name: "work_order_bom",
        // 0053: what is allocated is the sum of the order's reservations, as a view.
        here: &["work_order_bom", "work_order_bom_allocation"],
        columns: "bom_id work_order_id material_id quantity_required quantity_allocated \
                  quantity_consumed unit_of_measure is_critical created_at",
    },
    Table {
        name: "work_orders",
        here: &["work_orders", "work_order_status"],
        columns: "work_order_id work_order_number product_id product_name product_variant \
                  quantity_ordered quantity_produced quantity_remaining unit_of_measure priority \
                  status planned_start_date planned_end_date due_date actual_start_date \
                  actual_end_date estimated_duration_minutes actual_duration_minutes \
                  production_line assigned_shift customer_order_id erp_work_order_id \
                  progress_percentage current_operation quality_inspection_required \
                  quality_status created_at updated_at created_by version",
    },
    Table {
        name: "work_order_dependencies",
        here: &["work_order_dependencies"],
        columns: "dependency_id work_order_id predecessor_work_order_id dependency_type \
                  lag_minutes is_mandatory created_at",
    },
    Table {
        // A view: starts and ends of work are read from the log.
        name: "production_logs",
        here: &["production_logs"],
        columns: "log_id work_order_id timestamp event_type quantity_produced \
                  cumulative_quantity operator_id machine_id notes logged_by created_at",
    },
    Table {
        name: "allocation_change_events",
        here: &["allocation_change_events"],
        columns: "event_id allocation_id event_type event_timestamp previous_state new_state \
                  change_reason_code change_reason_description idle_time_prevented_minutes \
                  work_order_delay_minutes changed_by change_source created_at",
    },
    Table {
        name: "data_access_audit",
        here: &["data_access_audit"],
        columns: "audit_id user_id accessed_at entity_type entity_id action ip_address \
                  user_agent query_executed created_at",
    },
];

/// `release_reason` is free text: the row holds where it is kept and its digest instead.
const ALLOCATION_COLUMNS: &str = "allocation_id work_order_id operator_id machine_id \
    allocation_type status allocated_at expected_start_time expected_end_time \
    expected_duration_minutes actual_start_time actual_end_time actual_duration_minutes \
    allocation_method suggestion_score allocated_by released_by released_at created_at updated_at";

/// Checks by the specification's names, with every value that they have to allow.
const CHECKS: [(&str, &str); 16] = [
    ("chk_status", "available busy break absent sick vacation offline"),
    ("chk_efficiency", "0 5"),
    ("chk_proficiency", "1 4"),
    ("chk_shift_status", "scheduled in_progress completed absent late"),
    ("chk_machine_status", "running idle maintenance breakdown offline"),
    ("chk_oee", "0 100"),
    // 0053: chk_quantities, of each lot instead of their sum.
    ("chk_lot_quantities", "quantity reserved_quantity"),
    ("chk_reservation_status", "active consumed released expired"),
    ("chk_wo_priority", "low medium high urgent"),
    ("chk_wo_status", "queued assigned in_progress paused completed cancelled"),
    ("chk_wo_quality", "pending passed failed waived"),
    ("chk_dep_type", "finish_to_start start_to_start finish_to_finish"),
    ("chk_allocation_type", "operator machine operator_machine"),
    ("chk_allocation_status", "active completed released cancelled"),
    ("chk_allocation_method", "manual ai_suggested automated"),
    ("chk_has_resource", "operator_id machine_id"),
];

const UNIQUE: [(&str, &str); 8] = [
    ("operators", "employee_id"),
    ("operator_skills", "operator_id, skill_code"),
    // §7.2 needs this key and the specification lacks it.
    ("operator_shifts", "operator_id, shift_date, start_time"),
    ("machines", "serial_number"),
    ("materials", "part_number"),
    ("work_order_bom", "work_order_id, material_id"),
    ("work_orders", "work_order_number"),
    ("work_orders", "work_order_id"),
];

const INDEXES: [&str; 27] = [
    "idx_operators_dept",
    "idx_operators_location",
    "idx_operator_skills_code",
    "idx_operator_skills_expiry",
    "idx_operator_shifts_date",
    "idx_operator_shifts_status",
    "idx_machines_line",
    "idx_machines_type",
    "idx_machines_maintenance",
    "idx_machine_status_history_machine",
    "idx_materials_category",
    "idx_inventory_txn_material",
    "idx_material_reservations_material",
    "idx_material_reservations_wo",
    "idx_work_order_bom_material",
    "idx_work_orders_due_date",
    "idx_work_orders_line",
    "idx_work_orders_erp",
    "idx_work_order_dependencies_wo",
    "idx_work_order_dependencies_pred",
    "idx_production_logs_wo",
    "idx_allocations_wo",
    "idx_allocations_operator",
    "idx_allocations_machine",
    // In place of the four on allocation_change_events, which is a view of the log.
    "idx_events_allocation",
    "idx_data_access_audit_user",
    "idx_data_access_audit_entity",
];

/// Indexes of the specification that are left out, and what serves their queries.
const LEFT_OUT: [(&str, &str); 11] = [
    ("idx_operators_status", "0011: filtered in the narrow table"),
    ("idx_machines_status", "0011: filtered in the narrow table"),
    ("idx_machine_status_history_status", "0022: written by all work, and has no query"),
    ("idx_work_orders_status", "0011: idx_work_orders_open, by priority and due date"),
    ("idx_materials_part_number", "the unique key on part_number"),
    ("idx_materials_available", "0053: the sum of the lots, which no query filters by"),
    ("idx_inventory_txn_type", "0023: read by material, in the order of the log"),
    ("idx_inventory_txn_reference", "0023: read by material, in the order of the log"),
    ("idx_work_order_bom_wo", "the unique key begins with work_order_id"),
    ("idx_production_logs_event", "0028: starts and ends are in the log, and has no query"),
    ("idx_allocations_time", "the primary key: ids are positions, in order of time"),
];

async fn owner() -> Client {
    TestPostgres::shared().create_database().await.owner().await
}

async fn columns(client: &Client, table: &str) -> BTreeMap<String, String> {
    let query = "SELECT column_name::text, data_type::text FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = $1";
    let rows = client.query(query, &[&table]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn every_column_of_the_specification_is_there() {
    let client = owner().await;
    for table in TABLES {
        let mut found = BTreeMap::new();
        for part in table.here {
            found.extend(columns(&client, part).await);
        }
        for column in table.columns.split_whitespace() {
            assert!(found.contains_key(column), "{}.{column} is missing", table.name);
        }
    }
    let found = columns(&client, "allocations").await;
    for column in ALLOCATION_COLUMNS.split_whitespace() {
        assert!(found.contains_key(column), "allocations.{column} is missing");
    }
}

#[tokio::test]
async fn every_time_has_a_zone_and_no_projection_makes_up_values() {
    let client = owner().await;
    let naive = "SELECT table_name::text || '.' || column_name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND data_type = 'timestamp without time zone' \
                 AND table_name <> 'refinery_schema_history'";
    let naive: Vec<String> =
        client.query(naive, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(naive.is_empty(), "without a zone: {naive:?}");
    let made_up = "SELECT table_name::text || '.' || column_name FROM information_schema.columns \
                   WHERE table_schema = 'public' AND table_name = ANY($1) \
                   AND column_default IS NOT NULL AND is_generated = 'NEVER' \
                   AND table_name || '.' || column_name <> 'operator_shifts.status' AND \
                   table_name <> 'data_access_audit'";
    let projections: Vec<&str> =
        TABLES.iter().flat_map(|table| table.here).copied().chain(["allocations"]).collect();
    let rows = client.query(made_up, &[&projections]).await.unwrap();
    let made_up: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(made_up.is_empty(), "with a default: {made_up:?}");
}

#[tokio::test]
async fn every_check_and_unique_key_is_there() {
    let client = owner().await;
    let query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1";
    for (name, values) in CHECKS {
        let rows = client.query(query, &[&name]).await.unwrap();
        let definition: String = rows.first().map(|row| row.get(0)).unwrap_or_default();
        assert!(!definition.is_empty(), "{name} is missing");
        for value in values.split_whitespace() {
            assert!(definition.contains(value), "{name} does not know `{value}`: {definition}");
        }
    }
    let query = "SELECT count(*) FROM pg_indexes WHERE tablename = $1 \
                 AND indexdef LIKE 'CREATE UNIQUE INDEX%(' || $2 || ')'";
    for (table, key) in UNIQUE {
        let count: i64 = client.query_one(query, &[&table, &key]).await.unwrap().get(0);
        assert_eq!(count, 1, "no unique key on {table} ({key})");
    }
}

#[tokio::test]
async fn every_index_is_there_or_left_out_for_a_reason() {
    let client = owner().await;
    let query = "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public'";
    let rows = client.query(query, &[]).await.unwrap();
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    for name in INDEXES {
        assert!(found.iter().any(|index| index == name), "{name} is missing");
    }
    for (name, why) in LEFT_OUT {
        assert!(found.iter().all(|index| index != name), "{name} is back; it was left out: {why}");
    }
}

/// What work and stock change all the time. An index that speaks of one of these columns would get
/// an entry with every change, and each row a place on another page.
const CHANGES_OFTEN: [(&str, &[&str]); 4] = [
    ("material_lots", &["quantity", "reserved_quantity", "updated_at"]),
    (
        "material_reservations",
        &["quantity_consumed", "quantity_released", "status", "released_at", "position"],
    ),
    ("work_order_bom", &["quantity_consumed"]),
    ("work_order_status", &["status", "quantity_produced", "open_allocations", "position"]),
];

#[tokio::test]
async fn no_index_speaks_of_what_changes_often() {
    let client = owner().await;
    let query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = $1";
    for (table, often) in CHANGES_OFTEN {
        let known = columns(&client, table).await;
        let rows = client.query(query, &[&table]).await.unwrap();
        assert!(!rows.is_empty(), "{table} has no key");
        for row in rows {
            let definition: String = row.get(0);
            let (_, speaks_of) = definition.split_once('(').unwrap();
            let words: Vec<&str> =
                speaks_of.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            for column in often {
                assert!(known.contains_key(*column), "{table} has no {column}");
                assert!(!words.contains(column), "{definition}");
            }
        }
    }
}

#[tokio::test]
async fn busy_tables_are_sampled_lightly_and_so_are_partitions_to_come() {
    let client = owner().await;
    client.execute("SELECT ensure_event_partition(20000000)", &[]).await.unwrap();
    let query = "SELECT attname::text, attstattarget::int FROM pg_attribute WHERE attrelid = \
                 $1::text::regclass AND attnum > 0 AND NOT attisdropped";
    let mut busy: Vec<&str> = CHANGES_OFTEN.iter().map(|(table, _)| *table).collect();
    // Lines of bills change only as material is used up.
    busy.retain(|table| *table != "work_order_bom");
    busy.extend(["events_000000", "events_000002", "allocations", "machine_status_changes"]);
    for table in busy {
        let rows = client.query(query, &[&table]).await.unwrap();
        let targets: BTreeMap<String, i32> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        for (column, target) in &targets {
            assert!((0..=10).contains(target), "{table}.{column}: {target}");
        }
        assert_eq!(targets.get("payload").copied().unwrap_or_default(), 0, "{table}");
        assert!(targets.values().any(|target| *target == 10), "{table}");
    }
}

#[tokio::test]
async fn the_database_itself_refuses_a_resource_twice() {
    let client = owner().await;
    for noun in ["operator", "machine"] {
        let query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1";
        let row = client.query_one(query, &[&format!("{noun}_runs_once")]).await.unwrap();
        let definition: String = row.get(0);
        assert!(definition.contains("(running_alone <= 1)"), "{definition}");
        let book = |id: i32, hour: i32| {
            format!(
                "INSERT INTO allocation_bookings (allocation_id, {noun}_id, expected_start_time, \
                 expected_end_time) VALUES ({id}, 'X-1', '2030-01-01 {hour}:00Z', '2030-01-01 \
                 {}:00Z')",
                hour + 2
            )
        };
        client.batch_execute(&format!("{}; {}", book(1, 8), book(2, 10))).await.unwrap();
        let error = client.batch_execute(&book(3, 11)).await.unwrap_err();
        let constraint = error.as_db_error().unwrap().constraint().map(str::to_owned);
        assert_eq!(constraint, Some(format!("{noun}_booked_once")));
        client.batch_execute("DELETE FROM allocation_bookings").await.unwrap();
    }
}

#[tokio::test]
async fn personal_data_is_stored_sealed_and_apart() {
    let client = owner().await;
    let query = "SELECT table_name::text FROM information_schema.columns WHERE table_schema = \
                 'public' AND column_name IN ('first_name', 'last_name', 'email', 'phone', \
                 'photo_url')";
    assert!(client.query(query, &[]).await.unwrap().is_empty());
    let sealed = columns(&client, "operator_personal").await;
    assert_eq!(sealed.get("sealed").map(String::as_str), Some("bytea"));
    assert_eq!(sealed.get("wrapped_key").map(String::as_str), Some("bytea"));
}
